"""What is to be carried to the township and what became of it, read and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from villagedesk.desk.handover_views import BatchLineView, BatchView, CarryView, ToCarry
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseStatus, MaterialState, Page
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.handover import OPEN_BATCHES, Batch, BatchState, HandoverLine, LineOutcome
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import HandlingMode

MOST_TO_CARRY = 200
MOST_BATCHES = 50
PACKED_TOO_LONG_DAYS = 3
"""From then on a packed bag is asked about: the clock of its cases runs."""
UNSIGNED_TOO_LONG_DAYS = 3
"""From then on the signed list is asked for."""
ORGAN = "handover.organ"
"""Setting: where the last batch went."""
_TONES = {
    LineOutcome.OPEN: "time",
    LineOutcome.TAKEN: "good",
    LineOutcome.SETTLED: "good",
    LineOutcome.SHORT: "bad",
    LineOutcome.REFUSED: "warn",
    LineOutcome.LEFT_OUT: "calm",
}


def batch_here(snapshot: Snapshot, batch_no: str) -> Batch:
    """The batch. Raises InputProblem ``handover.gone``."""
    try:
        return snapshot.batch(batch_no)
    except KeyError:
        raise InputProblem("handover.gone") from None


def to_carry(case: Case) -> bool:
    """Whether its papers lie here and are to go to the township."""
    return case.mode is HandlingMode.PROXY and case.status is CaseStatus.RECEIVED


def papers_to_carry(case: Case, pages: Sequence[Page]) -> tuple[int, int, int]:
    """How many lines of the checklist go along, how many copies, and how many sheets as far as photographed; at least
    one sheet for each copy, since a paper that was not photographed is there all the same."""
    along = [one for one in case.materials if one.state is MaterialState.TAKEN and not one.returned]
    sheets = 0
    for material in along:
        seen = sum(page.requirement_id == material.requirement_id for page in pages)
        sheets += max(seen, material.copies, 1)
    return len(along), sum(max(1, one.copies) for one in along), sheets


def carry_view(snapshot: Snapshot, clocks: Clocks, today: date) -> CarryView:
    """All of it."""
    cases, count = snapshot.proxy_cases({CaseStatus.RECEIVED}, MOST_TO_CARRY)
    views = []
    for case, running in zip(cases, clocks.of_cases(snapshot, cases), strict=True):
        papers, copies, sheets = papers_to_carry(case, snapshot.pages(case.case_id))
        assert case.received_at is not None, "taken in"
        views.append(
            ToCarry(
                case_id=case.case_id,
                local_no=case.local_no or "",
                applicant_name=case.applicant.name,
                item_name=case.item_name,
                received_on=case.received_at.astimezone(SHANGHAI).date(),
                papers=papers,
                copies=copies,
                sheets=sheets,
                clock=running[0].sentence if running else None,
                came_back=_came_back(snapshot.batches_of_case(case.case_id), case.case_id),
            )
        )
    batches = snapshot.batches(OPEN_BATCHES, MOST_BATCHES)
    longest, away = snapshot.proxy_cases({CaseStatus.HANDED_OVER}, 1)
    return CarryView(
        tuple(views),
        count,
        tuple(view_of(snapshot, batch, today) for batch in batches),
        snapshot.setting(ORGAN),
        away,
        longest[0].updated_at.astimezone(SHANGHAI).date() if longest else None,
    )


def view_of(snapshot: Snapshot, batch: Batch, today: date) -> BatchView:
    """One batch with its cases."""
    lines = []
    for line in batch.lines:
        case = snapshot.case(line.case_id)
        gone = line.outcome is LineOutcome.OPEN and not to_carry(case)
        gone = gone and batch.state is BatchState.PACKED
        sentence = Sentence("handover.line.gone", {}, "bad") if gone else _line_sentence(line)
        names = case.local_no or "", case.applicant.name, case.item_name
        lines.append(BatchLineView(line, *names, gone, sentence))
    return BatchView(batch, tuple(lines), _batch_sentence(batch, today))


def days_since(batch: Batch, today: date) -> int:
    """Natural days since it was packed, or carried where it was."""
    since = date.fromisoformat(batch.handed_on) if batch.handed_on else batch.made_at.astimezone(SHANGHAI).date()
    return (today - since).days


def batch_todo(batch: Batch, today: date) -> Sentence | None:
    """What somebody must do about it, None while nobody must."""
    days = days_since(batch, today)
    params = {"count": len(batch.on_the_list), "days": days, "on": batch.handed_on, "organ": batch.organ}
    if batch.short:
        return Sentence("handover.todo.short", {**params, "short": len(batch.short)}, "bad")
    if batch.state is BatchState.PACKED and days >= PACKED_TOO_LONG_DAYS:
        return Sentence("handover.todo.packed", params, "warn")
    if batch.state is BatchState.CARRIED and days >= UNSIGNED_TOO_LONG_DAYS:
        return Sentence("handover.todo.unsigned", params, "warn")
    return None


def _line_sentence(line: HandoverLine) -> Sentence:
    params = {"sheets": line.sheets, "counted": line.counted or 0, "words": line.words}
    key = f"handover.line.{line.outcome or 'open'}"
    if line.words and line.outcome in (LineOutcome.SHORT, LineOutcome.REFUSED, LineOutcome.LEFT_OUT):
        key = f"{key}_said"
    return Sentence(key, params, _TONES[line.outcome])


def _batch_sentence(batch: Batch, today: date) -> Sentence:
    days, count = days_since(batch, today), len(batch.on_the_list)
    params = {"count": count, "days": days, "receiver": batch.receiver, "on": batch.handed_on, "organ": batch.organ}
    if batch.state is BatchState.PACKED:
        key = "handover.batch.packed" if days else "handover.batch.packed_today"
        return Sentence(key, params, "warn" if days >= PACKED_TOO_LONG_DAYS else "time")
    if batch.state is BatchState.DROPPED:
        return Sentence("handover.batch.dropped", params, "calm")
    if batch.short:
        return Sentence("handover.batch.short", {**params, "short": len(batch.short)}, "bad")
    if batch.state is BatchState.CARRIED:
        return Sentence("handover.batch.unsigned", params, "warn" if days >= UNSIGNED_TOO_LONG_DAYS else "time")
    if not batch.signed and batch.note:
        return Sentence("handover.batch.closed_unsigned", {**params, "words": batch.note}, "calm")
    return Sentence("handover.batch.closed", params, "good")


def _came_back(batches: Sequence[Batch], case_id: str) -> Sentence | None:
    for batch in batches:
        line = batch.line(case_id)
        if line.outcome is LineOutcome.REFUSED:
            return Sentence("handover.came_back.refused", {"words": line.words, "on": batch.handed_on}, "warn")
        if line.outcome is not LineOutcome.LEFT_OUT and batch.state is not BatchState.DROPPED:
            return Sentence("handover.came_back.again", {"on": batch.handed_on}, "calm")
    return None
