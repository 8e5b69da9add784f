"""What a round of pages remembers of its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.sync.bench import Bench
from villagedesk.acceptance.port import Unanswered
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync import page_round
from villagedesk.sync.ledger import manifest_of
from villagedesk.sync.page_round import PageRound
from villagedesk.sync.traffic import Traffic

_PAGE = ManifestEntry(requirement_id="id_card", order=1, sha256="a" * 64, byte_count=10, media_type="image/jpeg")


class CutPages:
    """A page of which the server acknowledges something; the supervising thread looks; then the line is cut."""

    def __init__(self, acknowledges: bool) -> None:
        self.acknowledges = acknowledges
        self.look: Callable[[], bool] = lambda: True
        self.traffic = Traffic()

    def send(self, _case_id: str, _entry: ManifestEntry, progressed: Callable[[], None]) -> None:
        if self.acknowledges:
            progressed()
        self.look()
        raise Unanswered("sync.reason.cut")


class OneAfterTheOther:
    def __init__(self, pages: CutPages) -> None:
        self.pages = pages

    def run(self, jobs: Any, between: Callable[[], bool]) -> None:
        self.pages.look = between
        next(jobs)()


def failures_of(acknowledges: bool) -> tuple[list[bool], list[bool]]:
    pages = CutPages(acknowledges)
    the_round = PageRound(cast(Any, None), cast(Any, pages), cast(Any, OneAfterTheOther(pages)), cast(Any, None))
    seen: list[bool] = []

    def settle() -> bool:
        seen.append(the_round.take_progress())
        return True

    wanted = {"action": ("case", [_PAGE])}
    the_round.run(wanted, settle)
    first = [progressed for _action, _failure, progressed in the_round.take_failures()]
    pages.acknowledges = False
    the_round.run(wanted, settle)
    return seen, first + [progressed for _action, _failure, progressed in the_round.take_failures()]


def test_a_row_that_moved_has_moved_also_when_that_was_looked_at_before_the_cut() -> None:
    assert failures_of(True) == ([True, False], [True, False])


def test_one_that_stood_still_has_not() -> None:
    assert failures_of(False) == ([False, False], [False, False])


def test_what_is_asked_twice_a_second_reads_each_record_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    rows = [bench.clerk.take_in([f"{number}.{page}".encode() for page in range(3)])[1] for number in range(6)]
    read: list[str] = []

    def counting(row: OutboxRow) -> tuple[ManifestEntry, ...] | None:
        read.append(row.action_id)
        return manifest_of(row)

    monkeypatch.setattr(page_round, "manifest_of", counting)
    bench.settle()
    assert [bench.row(row).state for row in rows] == [SendingState.SENT] * 6
    assert sorted(read) == sorted({*read}) and len(read) == 6


@pytest.mark.parametrize("width", [2, 3])
def test_the_largest_of_the_last_pages_that_fit_side_by_side_begins_first(width: int) -> None:
    pages = NotedPages()
    pages.traffic.width = width
    the_round = PageRound(cast(Any, None), cast(Any, pages), cast(Any, TakesAll()), cast(Any, None))
    sizes = {"small": (5, 4, 1), "large": (9, 7)}
    the_round.run({case: (case, [page_of(size) for size in sizes[case]]) for case in sizes}, lambda: True)
    begun = [5, 4, 1, 9, 7]
    assert pages.sent == begun[:-width] + sorted(begun[-width:], reverse=True)
    assert the_round.left() == 0


def page_of(size: int) -> ManifestEntry:
    return _PAGE.model_copy(update={"sha256": f"{size:064}", "byte_count": size})


class NotedPages:
    def __init__(self) -> None:
        self.traffic = Traffic()
        self.sent: list[int] = []

    def send(self, _case_id: str, entry: ManifestEntry, _progressed: Callable[[], None]) -> None:
        self.sent.append(entry.byte_count)


class TakesAll:
    def run(self, jobs: Any, _between: Callable[[], bool]) -> None:
        for job in jobs:
            job()
