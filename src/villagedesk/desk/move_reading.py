"""Reading carried cases whose item moved to the acceptance system: which there are, and what each still lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from villagedesk.desk.checks import CheckedDraft
from villagedesk.desk.correcting import under_version, waived_then
from villagedesk.desk.draft_book import DraftBook
from villagedesk.desk.drafts import completes
from villagedesk.desk.move_matching import Likeness, Match, match_of, strange_entries
from villagedesk.desk.move_views import MoveCase
from villagedesk.desk.moves_decided import staying
from villagedesk.desk.views import Sentence
from villagedesk.desk.wording import business_sentence
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.mode_move import Way
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import HandlingMode, ServiceItem

MOST = 200
"""Cases that are read whole and shown; the others are counted."""


def open_cases(snapshot: Snapshot, codes: Collection[str], limit: int) -> tuple[list[Case], Mapping[str, int]]:
    """Carried cases of these items whose result has not come, the longest waiting first, and how many of each item
    there are in all."""
    counts: dict[str, int] = {}
    found: list[Case] = []
    for group in snapshot.running_cases():
        if group.mode is HandlingMode.PROXY and group.item_code in codes:
            counts[group.item_code] = counts.get(group.item_code, 0) + group.count
            if limit:
                found += snapshot.cases_running(group, limit)
    found.sort(key=lambda case: (case.received_at is not None, case.received_at, case.local_no or ""))
    return found[:limit], counts


def count_undecided(snapshot: Snapshot, codes: Collection[str]) -> int:
    """How many carried cases of these items wait for a decision; cheap, for the first screen."""
    if not codes:
        return 0
    _, counts = open_cases(snapshot, codes, 0)
    if not counts:
        return 0
    stay = [snapshot.case(case_id) for case_id in staying(snapshot)]
    return sum(counts.values()) - sum(case.item_code in counts and case.mode is HandlingMode.PROXY for case in stay)


def move_cases(snapshot: Snapshot, drafts: DraftBook, cases: Sequence[Case]) -> Iterator[MoveCase]:
    """Each of them with what it lacks, and what is proposed."""
    entries, stay = strange_entries(snapshot), staying(snapshot)
    for case in cases:
        item, match = drafts.newest(case.item_code), match_of(case, entries)
        missing = tuple(missing_of_case(snapshot, drafts, case, item)) if completes(case) else ()
        ways = (Way.ENTER, Way.BIND, Way.STAY) if completes(case) else (Way.BIND, Way.STAY)
        stays = case.case_id in stay
        yield MoveCase(
            case_id=case.case_id,
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            received_at=case.received_at,
            standing=business_sentence(case.status),
            papers=_papers(case),
            township_no=case.township_no,
            missing=missing,
            match=match,
            ways=ways,
            proposed=None if stays else _proposed(case, match, missing),
            stays=stays,
            can_be_mended=completes(case),
        )


def prepared(snapshot: Snapshot, drafts: DraftBook, case: Case, item: ServiceItem) -> tuple[Case, CheckedDraft]:
    """A carried case as the acceptance system would take it, checked like a draft that is taken in.

    Args:
        item: its newest version, which is what is asked for now.
    """
    pages = tuple(snapshot.pages(case.case_id))
    waived = waived_then(case, drafts.item_of(case), pages)
    again = replace(under_version(case, item), materials=(*case.materials, *waived))
    return again, drafts.check(snapshot, again, item, pages)


def missing_of_case(snapshot: Snapshot, drafts: DraftBook, case: Case, item: ServiceItem) -> Iterator[Sentence]:
    """What keeps it from being sent."""
    if snapshot.correction(case.case_id) is not None:
        yield Sentence("mode_move.missing.begun", {}, "warn")
    _, checked = prepared(snapshot, drafts, case, item)
    yield from (one.sentence for one in checked.missing)
    if checked.questions:
        yield Sentence("mode_move.missing.questions", {"count": len(checked.questions)}, "warn")


def _proposed(case: Case, match: Match | None, missing: Sequence[Sentence]) -> Way | None:
    if match is not None and match.likeness is Likeness.SAME and match.sure:
        return Way.BIND
    if not completes(case):
        # The township's word says that it has the case; that number is the nearest there is to the system's.
        told = match is not None and match.likeness in (Likeness.SAME, Likeness.TOLD)
        return Way.BIND if told else Way.STAY
    return Way.ENTER if match is None and not missing else None


def _papers(case: Case) -> Sentence:
    if case.status is CaseStatus.RECEIVED:
        return Sentence("mode_move.papers.here")
    return Sentence("mode_move.papers.township")
