"""Cases moved along, the changes that tell it, the long poll, the autopilot."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.practice.village import Village, payload
from villagedesk.acceptance.wire import Change, ChangesAnswer
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.changes import Bell
from villagedesk.practice.server import PracticeServer


def _changes(village: Village, after: str = "", wait: float = 0) -> ChangesAnswer:
    return ChangesAnswer.model_validate_json(village.call("GET", f"/v1/changes?after={after}&wait={wait}").content)


def test_moves_are_told_in_order_with_their_values(village: Village) -> None:
    record = payload()
    village.commit(record)
    assert _changes(village) == ChangesAnswer(changes=[], cursor="0")
    village.move(record.case_id, "accept")
    village.move(record.case_id, "in_process")
    village.call("POST", f"/practice/cases/{record.case_id}/ask_correction", '{"reason": "照片模糊"}'.encode())
    village.commit(payload(record.case_id, 2))
    village.move(record.case_id, "accept")
    village.move(record.case_id, "conclude")
    told = _changes(village)
    assert [change.kind for change in told.changes] == [
        "accepted",
        "in_process",
        "correction_asked",
        "accepted",
        "concluded",
    ]
    assert [change.sequence for change in told.changes] == [1, 2, 3, 4, 5]
    assert {change.case_id for change in told.changes} == {record.case_id}
    first, again = told.changes[0].values, told.changes[3].values
    assert (first["acceptance_no"], first["query_code"]) == (again["acceptance_no"], again["query_code"])
    assert set(first) == {"acceptance_no", "query_code", "at", "organ", "limit_date", "lookup_url"}
    assert first["lookup_url"] == f"{village.address}/practice/?acceptance_no={first['acceptance_no']}"
    assert told.changes[2].values["reason"] == "照片模糊"
    assert told.changes[4].values == {"result": "准予"}
    assert [change.sequence for change in _changes(village, "3").changes] == [4, 5]
    assert _changes(village, told.cursor) == ChangesAnswer(changes=[], cursor=told.cursor)


def test_acceptance_number_is_31_and_the_day_and_a_serial(tmp_path: Path) -> None:
    # 18:30 UTC is the next day in Shanghai, where the number's day is counted.
    server = PracticeServer(tmp_path, now=lambda: datetime(2026, 11, 23, 18, 30, tzinfo=UTC))
    server.start()
    try:
        with Village(server) as village:
            village.enrol()
            for _ in range(2):
                record = payload()
                village.commit(record)
                village.move(record.case_id, "accept")
            numbers = [change.values["acceptance_no"] for change in _changes(village).changes]
            limits = {change.values["limit_date"] for change in _changes(village).changes}
    finally:
        server.stop()
    assert numbers == ["YBCBDJ" + "0" * 25 + "20261124" + serial for serial in ("0001", "0002")]
    assert {len(number) for number in numbers} == {43}
    assert limits == {"2026-12-09"}


@pytest.mark.parametrize(
    ("before", "move", "expected"),
    [
        ([], "in_process", 409),
        ([], "refuse", 200),
        (["refuse"], "accept", 409),
        (["accept"], "accept", 409),
        (["ask_correction"], "accept", 409),
        (["accept", "conclude"], "ask_correction", 409),
        ([], "dance", 404),
        ([], "reject", 409),
    ],
)
def test_moves_follow_the_state(shared_village: Village, before: list[str], move: str, expected: int) -> None:
    record = payload()
    shared_village.commit(record)
    for earlier in before:
        assert shared_village.move(record.case_id, earlier).status_code == 200
    cursor = _changes(shared_village).cursor
    assert shared_village.move(record.case_id, move).status_code == expected
    assert len(_changes(shared_village, cursor).changes) == (expected == 200)


def test_case_without_all_its_pages_is_not_accepted(shared_village: Village) -> None:
    record = payload(pages=(b"missing",))
    shared_village.put(record)
    assert shared_village.move(record.case_id, "accept").status_code == 409
    assert shared_village.move("unknown", "accept").status_code == 404


def test_long_poll_ends_with_the_change(server: PracticeServer, village: Village) -> None:
    record = payload()
    village.commit(record)
    with Village(server) as listener:
        heard: list[ChangesAnswer] = []
        thread = threading.Thread(target=lambda: heard.append(_changes(listener, "", 25)))
        began = time.monotonic()
        thread.start()
        village.move(record.case_id, "accept")
        thread.join()
    assert time.monotonic() - began < 20
    assert [change.kind for change in heard[0].changes] == ["accepted"]


def test_long_poll_without_news_answers_empty_in_time(village: Village) -> None:
    began = time.monotonic()
    assert _changes(village, "", 0.3) == ChangesAnswer(changes=[], cursor="0")
    assert 0.3 <= time.monotonic() - began < 20


def test_strange_cursors(village: Village) -> None:
    record = payload()
    village.commit(record)
    village.move(record.case_id, "accept")
    assert village.call("GET", "/v1/changes?after=x").json()["code"] == "bad_cursor"
    assert len(_changes(village, "99").changes) == 1, "a server restored to an older state tells everything again"
    assert _changes(village, "1").changes == [], "a cursor of before the marks"


def test_a_server_restored_that_told_as_many_others_since_tells_everything_again(tmp_path: Path) -> None:
    database, older = tmp_path / "practice" / "acceptance.sqlite", tmp_path / "older"
    record = payload()
    with running(tmp_path / "practice") as village:
        village.commit(record)
        village.move(record.case_id, "accept")
    shutil.copyfile(database, older)
    with running(tmp_path / "practice") as village:
        for move in ("in_process", "suspend"):
            village.move(record.case_id, move)
        told = _changes(village)
        assert [change.kind for change in told.changes] == ["accepted", "in_process", "suspended"]
        assert _changes(village, told.cursor).changes == []
    shutil.copyfile(older, database)
    with running(tmp_path / "practice") as village:
        village.move(record.case_id, "ask_correction")
        again = payload(record.case_id, 2)
        village.commit(again)
        for move in ("accept", "in_process"):
            assert village.move(record.case_id, move).status_code == 200
        kinds = [change.kind for change in _changes(village, told.cursor).changes]
    assert kinds == ["accepted", "correction_asked", "accepted", "in_process"]


@contextmanager
def running(folder: Path) -> Iterator[Village]:
    """A server on a folder that may hold one's data already, with its enrolled village."""
    server = PracticeServer(folder)
    server.start()
    try:
        with Village(server) as village:
            assert village.enrol().status_code == 200
            yield village
    finally:
        server.stop()


def test_autopilot_accepts_by_itself_also_what_came_before_it_was_set(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path)
    server.start()
    first, second = payload(), payload()
    with Village(server) as village:
        village.enrol()
        village.commit(first)
    server.stop()
    server = PracticeServer(tmp_path, autopilot=AutopilotSetting(accept_after_seconds=0.0))
    server.start()
    try:
        with Village(server) as village:
            told: list[Change] = _changes(village, "", 25).changes
            assert [change.case_id for change in told] == [first.case_id]
            village.commit(second)
            told = _changes(village, "1", 25).changes
            assert [(change.case_id, change.kind) for change in told] == [(second.case_id, "accepted")]
            assert village.call("PUT", "/practice/autopilot", b'{"accept_after_seconds": null}').status_code == 200
    finally:
        server.stop()


def test_catalogue_is_given_when_newer(server: PracticeServer, village: Village) -> None:
    assert village.call("GET", "/v1/catalogue?have=0").status_code == 204
    folder = server.practice.folder / "catalogue"
    folder.mkdir()
    for version in (9, 10):
        (folder / f"{version}.json").write_text(f'{{"version": {version}}}', encoding="utf-8")
    (folder / "note.json").write_text("{}", encoding="utf-8")
    answer = village.call("GET", "/v1/catalogue?have=9")
    assert (answer.status_code, answer.content, answer.headers["Catalogue-Version"]) == (200, b'{"version": 10}', "10")
    assert village.call("GET", "/v1/catalogue?have=10").status_code == 204
    assert village.call("GET", "/v1/health").json()["catalogue_version"] == 10


def test_a_bell_wakes_who_waits_for_that_station() -> None:
    async def heard() -> list[bool]:
        bell = Bell()
        bell.open()
        one, again, other = bell.next_ring("one"), bell.next_ring("one"), bell.next_ring("other")
        bell.ring("one")
        await asyncio.sleep(0.01)
        rung = [one.is_set(), again.is_set(), other.is_set(), bell.next_ring("one").is_set()]
        bell.close()
        await asyncio.sleep(0.01)
        return [*rung, other.is_set()]

    assert asyncio.run(heard()) == [True, True, False, False, True]
