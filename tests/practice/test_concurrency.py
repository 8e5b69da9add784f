"""Exactly once, also when everybody comes at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest
import requests

from tests.practice.village import Village, action, page, payload
from villagedesk.acceptance.wire import CaseAnswer, RevisionPayload, sha256_hex
from villagedesk.practice.server import PracticeServer

AT_ONCE = 8


def together(
    server: PracticeServer, calls: Sequence[Callable[[Village], requests.Response]]
) -> list[requests.Response]:
    """Every call from a client of its own, started at the same moment."""
    start = threading.Barrier(len(calls))
    answers: list[requests.Response | None] = [None] * len(calls)

    def one(index: int) -> None:
        with Village(server) as client:
            client.call("GET", "/v1/health")  # the TLS handshake comes before the start
            start.wait()
            answers[index] = calls[index](client)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]


def same_revision_commits_once(server: PracticeServer, village: Village) -> None:
    """Shared with the PostgreSQL test."""
    content = page("once")
    record = payload(pages=(content,))
    assert village.put(record).status_code == 202
    village.upload(content)
    answers = together(server, [lambda client: client.put(record)] * AT_ONCE)
    assert [answer.status_code for answer in answers] == [201] * AT_ONCE
    assert len({answer.content for answer in answers}) == 1


def different_contents_one_wins(server: PracticeServer, village: Village) -> None:
    """Shared with the PostgreSQL test."""
    first = payload()
    records = [
        RevisionPayload.model_validate(
            {**first.model_dump(), "clerk": f"办事员{index}", "action_id": f"{first.action_id[:30]}{index}"}
        )
        for index in range(AT_ONCE)
    ]
    answers = together(server, [partial(Village.put, record=record) for record in records])
    assert len(answers) == AT_ONCE
    won = [record for record, answer in zip(records, answers, strict=True) if answer.status_code == 201]
    assert len(won) == 1
    for answer in answers:
        if answer.status_code != 201:
            assert (answer.status_code, answer.json()["held_sha256"]) == (409, sha256_hex(won[0].to_bytes()))
    held = CaseAnswer.model_validate_json(village.call("GET", f"/v1/cases/{first.case_id}").content)
    assert [one.payload_sha256 for one in held.revisions] == [sha256_hex(won[0].to_bytes())]


def one_action_id_for_many_cases_one_wins(server: PracticeServer, village: Village) -> None:
    """Shared with the PostgreSQL test."""
    first = payload()
    records = [payload(action_id=first.action_id) for _ in range(AT_ONCE)]
    answers = together(server, [partial(Village.put, record=record) for record in records])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (AT_ONCE - 1)
    known = [village.call("GET", f"/v1/cases/{record.case_id}").status_code for record in records]
    assert sorted(known) == [200] + [404] * (AT_ONCE - 1)


def one_action_is_taken_once(server: PracticeServer, village: Village) -> None:
    """Shared with the PostgreSQL test."""
    record, taken = payload(), action("deliver")
    village.commit(record)
    answers = together(server, [lambda client: client.act(record.case_id, taken)] * AT_ONCE)
    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    assert len({answer.content for answer in answers}) == 1


def moves_at_once_number_their_changes_without_gaps(server: PracticeServer, village: Village) -> None:
    """Shared with the PostgreSQL test."""
    before = int(village.call("GET", "/v1/changes").json()["cursor"].partition("-")[0])
    records = [payload() for _ in range(AT_ONCE)]
    for record in records:
        village.commit(record)
    moves = [partial(Village.move, case_id=record.case_id, name="accept") for record in records]
    assert {answer.status_code for answer in together(server, moves * 2)} == {200, 409}
    told = village.call("GET", f"/v1/changes?after={before}").json()["changes"]
    assert [change["sequence"] for change in told] == list(range(before + 1, before + 1 + AT_ONCE))
    assert {change["case_id"] for change in told} == {record.case_id for record in records}
    assert len({change["values"]["acceptance_no"] for change in told}) == AT_ONCE


CONTESTS = [
    same_revision_commits_once,
    different_contents_one_wins,
    one_action_id_for_many_cases_one_wins,
    one_action_is_taken_once,
    moves_at_once_number_their_changes_without_gaps,
]


@pytest.mark.parametrize("contest", CONTESTS)
def test_at_once(
    contest: Callable[[PracticeServer, Village], None], shared_server: PracticeServer, shared_village: Village
) -> None:
    contest(shared_server, shared_village)
