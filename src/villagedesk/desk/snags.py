"""What hinders a case, for the clerk: the tray of the outbox, and corrections the acceptance system asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from villagedesk.desk.case_possible import is_untold, returnable, withdrawal_under_way
from villagedesk.desk.life_views import ConflictView, WantedView
from villagedesk.desk.sending_words import words_in
from villagedesk.desk.views import Sentence, Snag
from villagedesk.desk.wanted import said_of, wanted_views
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import CLOSED_STATES, SENDS, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.told_change import newest

_GIVE_BACK = "give_back"
_ENDED_WITHOUT_RESULT = frozenset({CaseStatus.REFUSED, CaseStatus.WITHDRAWN, CaseStatus.VOID})


def sends_again(case: Case, rows: Sequence[OutboxRow]) -> bool:
    """Whether a case may be corrected: it was asked for, or the last submission came back. Its next revision is then
    enqueued, or carried where the township asked.

    Args:
        rows: of the case, oldest first.
    """
    last = last_submission(rows)
    if Operation.SUBMIT not in SENDS[case.mode]:
        return case.mode is HandlingMode.PROXY and case.status is CaseStatus.RETURNED
    if last is None or withdrawal_under_way(rows) is not None:
        return False
    if case.status is CaseStatus.RETURNED:
        return last.state in TRAY_STATES | CLOSED_STATES
    if case.status is CaseStatus.SUBMITTED:  # sent once, then forgotten by the server and refused
        return last.state in TRAY_STATES
    given_up_or_back = TRAY_STATES | {SendingState.CANCELLED}
    return last.state in given_up_or_back and case.status in (CaseStatus.RECEIVED, CaseStatus.HANDED_OVER)


def last_submission(rows: Sequence[OutboxRow]) -> OutboxRow | None:
    """The row of the newest revision that was enqueued; None where none was."""
    return max((row for row in rows if row.operation is Operation.SUBMIT), key=lambda row: row.revision, default=None)


def snag_of(
    case: Case, rows: Sequence[OutboxRow], events: Sequence[CaseEvent], *, corrected: bool = False
) -> Snag | None:
    """What is wrong with a case, None when nothing asks for the clerk.

    Args:
        rows: of the case, oldest first.
        events: of the case, oldest first.
        corrected: the clerk has begun to correct it.
    """
    snag = _snag(case, rows, events)
    if snag is None or not (corrected and snag.can_send_again):
        return snag
    key = "desk.snag.go_on_or_drop" if snag.can_drop else "desk.snag.go_on"
    return replace(snag, advice=Sentence(key), corrected=True)


def _snag(case: Case, rows: Sequence[OutboxRow], events: Sequence[CaseEvent]) -> Snag | None:
    stuck = next((row for row in reversed(rows) if row.state in TRAY_STATES), None)
    again = sends_again(case, rows)
    if stuck is not None:
        reason = Sentence(stuck.reason_key or f"desk.snag.{stuck.state}", {}, "bad")
        said = words_in(stuck.reason_raw)
        if said:
            reason = Sentence("desk.snag.in_words", {"reason": reason, "said": said}, "bad")
        conflict = stuck.state is SendingState.CONFLICT and stuck.operation is Operation.SUBMIT
        advice = Sentence("conflict.advice" if conflict and again else _advice(stuck, rows, events, again))
        # A correction that came back itself: what was wanted is wanted still, unless a revision got through since.
        last = max((place for place, event in enumerate(events) if event.kind == "sent"), default=-1)
        since = events[last + 1 :] if stuck.operation is Operation.SUBMIT else ()
        wanted, deadline = _wanted(case, since)
        return Snag(
            reason, stuck.reason_raw, advice, again, can_drop=True, conflict=conflict, wanted=wanted, deadline=deadline
        )
    if case.status in _ENDED_WITHOUT_RESULT:
        return _ended(case, events)
    if case.status is not CaseStatus.RETURNED:
        if again:
            advice = Sentence("desk.snag.send_again")
            theirs = _settled_by_theirs(events)
            given_up = Sentence("conflict.theirs_stand" if theirs else "desk.snag.given_up", {}, "warn")
            return Snag(given_up, "", advice, again, can_drop=False)
        return None
    asked = _said_of(events, CaseChange.CORRECTION_ASKED)
    wanted, deadline = _wanted(case, events)
    key = "desk.snag.correction" if asked else "desk.snag.correction_bare"
    if wanted and not asked:
        key = "correction.list"
    carried = "desk.snag.carry_again" if case.mode is HandlingMode.PROXY else "desk.snag.send_again"
    advice = Sentence(carried if again else "desk.snag.under_way")
    reason = Sentence(key, {"wanted": asked, "count": len(wanted)}, "bad")
    return Snag(reason, "", advice, again, can_drop=False, wanted=wanted, deadline=deadline)


def _wanted(case: Case, events: Sequence[CaseEvent]) -> tuple[tuple[WantedView, ...], str]:
    """What the newest correction wants, and until when."""
    told = newest(events, CaseChange.CORRECTION_ASKED)
    return ((), "") if told is None else (wanted_views(case, told), told.detail.get("value.deadline", "").strip())


def _settled_by_theirs(events: Sequence[CaseEvent]) -> bool:
    """Whether the clerk gave the last submission up for what the acceptance system has."""
    settled = next((event for event in reversed(events) if event.kind in ("conflict_settled", "sent_again")), None)
    return settled is not None and settled.detail.get("choice") == "theirs"


def _advice(stuck: OutboxRow, rows: Sequence[OutboxRow], events: Sequence[CaseEvent], again: bool) -> str:
    if stuck.operation is Operation.WITHDRAW:
        given_back = any(
            event.from_status is CaseStatus.RETURNED_TO_APPLICANT is not event.to_status for event in events
        )
        return "life.snag.return_refused" if given_back else "life.snag.withdrawal_refused"
    if withdrawal_under_way(rows) is not None:
        return "life.snag.withdrawal_waits"
    return "desk.snag.send_again_or_drop" if again else "desk.snag.only_drop"


def _ended(case: Case, events: Sequence[CaseEvent]) -> Snag | None:
    """A case of which nothing comes any more: the applicant is to be told, and gets the papers back."""
    papers = len(returnable(case))
    untold = is_untold(case, events)
    if not papers and not untold:
        return None
    why = _said_of(events, CaseChange.REFUSED) if untold else ""
    key = ("desk.snag.refused" if why else "desk.snag.refused_bare") if untold else "desk.snag.papers_left"
    reason = Sentence(key, {"why": why, "papers": papers}, "bad" if untold else "warn")
    advice = ("tell_and_give_back" if papers else "tell") if untold else _GIVE_BACK
    return Snag(reason, "", Sentence(f"desk.snag.{advice}"), can_send_again=False, can_drop=False)


def told_first(snag: Snag | None, told: ConflictView | None) -> bool:
    """Whether giving the papers back is no advice yet: the acceptance system says that the case goes on, which is to be
    read first."""
    goes_on = told is not None and told.told_after_end is not None
    return goes_on and snag is not None and snag.advice.key == f"desk.snag.{_GIVE_BACK}"


def _said_of(events: Sequence[CaseEvent], change: CaseChange) -> str:
    """The acceptance system's own words of the newest change of that kind."""
    told = newest(events, change)
    return "" if told is None else said_of(told)
