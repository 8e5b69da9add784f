"""Where pages may be put and taken from: the case they belong to, and what of it is already in the queue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from villagedesk.desk.case_possible import promised
from villagedesk.desk.drafts import corrects, open_case
from villagedesk.domain.case import Case, Page
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot
from villagedesk.sync.ledger import manifest_of


def open_for(snapshot: Snapshot, case_id: str, requirement_id: str) -> Case:
    """The draft, the case that is being corrected, or the one that was taken in and still waits for that paper, which
    was promised.

    Raises:
        InputProblem: ``intake.gone``, ``intake.not_a_draft``.
    """
    try:
        return open_case(snapshot, case_id)
    except InputProblem as problem:
        if problem.key == "intake.gone":
            raise
        case = snapshot.case(case_id)
        if all(one.requirement_id != requirement_id for one in promised(case)):
            raise
        return case


def need_unqueued(snapshot: Snapshot, case: Case, touched: Collection[Page]) -> None:
    """Pages a submission consists of are changed only while the case is corrected: then they go with its next revision.

    Raises:
        InputProblem: ``life.page_queued``.
    """
    if corrects(snapshot, case):
        return
    queued = {sha256 for row in snapshot.outbox_of_case(case.case_id) for sha256 in _named_in(row)}
    if any(page.sha256 in queued for page in touched):
        raise InputProblem("life.page_queued")


def place_of(pages: Sequence[Page], page_id: str) -> int:
    """Where that page stands. Raises InputProblem ``scanning.page_gone``."""
    for place, page in enumerate(pages):
        if page.page_id == page_id:
            return place
    raise InputProblem("scanning.page_gone")


def renumbered(pages: Sequence[Page]) -> list[Page]:
    """The pages with their order counted from 1 within each requirement."""
    counts: dict[str, int] = {}
    numbered: list[Page] = []
    for page in pages:
        counts[page.requirement_id] = counts.get(page.requirement_id, 0) + 1
        numbered.append(replace(page, order=counts[page.requirement_id]))
    return numbered


def _named_in(row: OutboxRow) -> frozenset[str]:
    """Hashes of the pages a submission consists of."""
    if row.operation is not Operation.SUBMIT or row.state is SendingState.CANCELLED:
        return frozenset()
    return frozenset(entry.sha256 for entry in manifest_of(row) or ())
