"""A case that was called entered by hand and was not: its number goes, and it waits to be entered again.

It happens with one case's sheet open and another one submitted in the county's window: the number that is scanned back
belongs to the other one. What was noted stays in the log with the number and the reason (I5, I10); the number itself
is free for the case whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from villagedesk.desk.snags import last_submission
from villagedesk.desk.submission import submit_row
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CaseChange, after
from villagedesk.domain.outbox import OutboxRow, goes_by_hand, is_entered_by_hand
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.station import StationFile
from villagedesk.sync import decisions
from villagedesk.sync.missing import number_let_go


def entry_behind(case: Case, rows: Sequence[OutboxRow], events: Sequence[CaseEvent]) -> CaseEvent | None:
    """The entry by hand that a case stands on: the line of the log that called it entered. None where it stands on
    none, and where the acceptance system went on since, so that it must have it.

    Args:
        rows: of the case.
        events: of the case, oldest first.
    """
    last = last_submission(rows)
    if last is None or not is_entered_by_hand(last) or case.status is not CaseStatus.SUBMITTED:
        return None
    for event in reversed(events):
        if event.kind == "change":
            return None
        if event.kind == "number_entered":
            return event if event.to_status is CaseStatus.SUBMITTED else None
    return None


def is_of_correction(entry: CaseEvent, rows: Sequence[OutboxRow]) -> bool:
    """Whether an entry that a case stands on was one of a correction: the acceptance system has the case without it,
    and the number goes back to what it was then.

    Args:
        entry: as :func:`entry_behind` gives it.
        rows: of the case.
    """
    earlier = _earlier(rows)
    return "before" in entry.detail or goes_by_hand(earlier) or any(row.receipt for row in earlier)


def take_entry_back(
    transaction: Transaction, case: Case, clerk: str, station: StationFile, now: datetime, reason: str
) -> None:
    """Put a case back to where it stood before it was called entered; its next revision is held until somebody enters
    it, or has looked that it is not in the acceptance system.

    Args:
        clerk: who decides it.
        reason: in the clerk's words.

    Raises:
        InputProblem: ``bridge.went_on``, ``bridge.not_called_entered``.
    """
    rows = transaction.outbox_of_case(case.case_id)
    events = transaction.events(case.case_id)
    entry, last = entry_behind(case, rows, events), last_submission(rows)
    if last is None or entry is None:
        entered = last is not None and is_entered_by_hand(last)
        raise InputProblem("bridge.went_on" if entered else "bridge.not_called_entered")
    status = after(case.status, CaseChange.NOT_ENTERED)
    if entry.from_status is CaseStatus.HANDED_OVER:
        status = after(status, CaseChange.HANDED_OVER)
    number, code = _numbers_before(case, entry, rows, events[events.index(entry) + 1 :])
    again = replace(
        case,
        status=status,
        acceptance_no=number,
        query_code=code,
        revision=last.revision + 1,
        clerk=clerk,
        updated_at=now,
    )
    transaction.put_case(again)
    number_let_go(transaction)
    successor = submit_row(again, tuple(transaction.pages(case.case_id)), station, now)
    decisions.not_entered(transaction, last.action_id, successor, clerk, now)
    detail = {
        "number": case.acceptance_no,
        "query_code": case.query_code,
        "left": number,
        "revision": str(again.revision),
        "reason": reason,
    }
    said = {name: value for name, value in detail.items() if value}
    transaction.append_event(
        CaseEvent(case.case_id, now, clerk, CaseChange.NOT_ENTERED.value, case.status, status, said)
    )


def _earlier(rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    last = last_submission(rows)
    return [row for row in rows if row is not last]


def _numbers_before(
    case: Case, entry: CaseEvent, rows: Sequence[OutboxRow], since: Sequence[CaseEvent]
) -> tuple[str, str]:
    """Number and query code as they were before the entry: none, but for a correction of what the acceptance system
    has. What was put right since stays only where it was put right for an earlier entry too, under the number that
    both had: anything else was typed for an entry that was none, and would stand on a case of the interface as if the
    acceptance system had given it (I7).

    Args:
        since: what was logged after the entry, oldest first.
    """
    noted = entry.detail
    own = noted.get("before") == noted["number"] and goes_by_hand(_earlier(rows))
    number = case.acceptance_no if own else noted.get("before", "")
    # who gives no code leaves the one that is there, and earlier programs did not note that one
    with_code = [event.detail for event in (entry, *since) if event.detail.get("query_code")]
    if not with_code or (own and with_code[-1] is not noted):
        return number, case.query_code
    return number, with_code[0].get("code_before", "")
