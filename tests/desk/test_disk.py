"""Little room on the disk: told in time, no page begun that might not be kept, what is typed saved to the last."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.desk.counter import APPLICANT, SYSTEM_ITEM, Window, papers
from villagedesk.desk.disk import LOW_BYTES, STOP_BYTES, DiskWatch
from villagedesk.domain.problems import EnvironmentProblem

_MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("free", "key", "tone"),
    [
        (LOW_BYTES, "", ""),
        (LOW_BYTES - 1, "desk.disk_low", "warn"),
        (STOP_BYTES, "desk.disk_low", "warn"),
        (STOP_BYTES - 1, "desk.disk_stopped", "bad"),
        (0, "desk.disk_stopped", "bad"),
    ],
)
def test_the_sentence_follows_the_room_there_is(free: int, key: str, tone: str) -> None:
    said = DiskWatch(lambda: free).warning()
    assert (said.key, said.tone) == (key, tone) if said is not None else key == ""


def test_a_disk_that_cannot_be_asked_hinders_nothing() -> None:
    def unknown() -> int:
        raise OSError

    watch = DiskWatch(unknown)
    assert watch.warning() is None
    watch.need_room_for_pages()


def test_without_room_no_page_is_begun_but_what_is_typed_is_saved(window: Window, tmp_path: Path) -> None:
    picture = tmp_path / "scan.jpg"
    picture.write_bytes(papers()[0])
    scanning = window.desk.scanning
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    begun = scanning.capture(case_id, "id_card")
    window.free[0] = 99 * _MEGABYTE
    for path in (None, picture):
        with pytest.raises(EnvironmentProblem) as told:
            scanning.import_file(case_id, "id_card", path) if path else scanning.capture(case_id, "id_card")
        assert (told.value.key, told.value.params) == ("desk.disk_stopped", {"megabytes": 99, "least": 100})
    line = window.desk.devices()[-1]
    assert (line.sentence.key, line.short and line.short.key) == ("desk.disk_stopped", "desk.disk_stopped_short")
    window.desk.intake.type(case_id, APPLICANT, 2)
    assert window.desk.intake.open(case_id).case.applicant.name == APPLICANT["name"]
    assert scanning.keep(begun.proposal_id).order == 1  # what was begun may be finished

    window.free[0] = 600 * _MEGABYTE
    assert scanning.keep(scanning.capture(case_id, "id_card").proposal_id).order == 2
    assert scanning.keep(scanning.import_file(case_id, "id_card", picture).proposal_id).order == 3
    assert len(window.desk.devices()) == 2  # camera and printer: room enough is not worth a word


def test_a_disk_that_fills_up_while_somebody_works_is_news(window: Window) -> None:
    told: SimpleQueue[frozenset[str]] = SimpleQueue()
    window.desk.news.subscribe(told.put)
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    told.get(timeout=30)

    def news_of(free: int) -> list[bool]:
        window.free[0] = free * _MEGABYTE
        for name in ("王", "王秀"):
            window.desk.intake.type(case_id, {"name": name}, 2)
        # The writing thread tells it after the saving is through.
        return ["devices" in told.get(timeout=30) for _ in range(2)]

    for free, turned in ((900, False), (450, True), (440, False), (90, True), (600, True)):
        assert news_of(free) == [turned, False], free
