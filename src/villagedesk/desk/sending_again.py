"""The next revision of a case, enqueued with everything that hangs on it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from villagedesk.desk.snags import last_submission, sends_again
from villagedesk.desk.submission import submit_row
from villagedesk.desk.unsent_correction import looked_if_all_is_read
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.life_cycle import CaseChange, after
from villagedesk.domain.outbox import TRAY_STATES
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.station import StationFile
from villagedesk.sync import decisions


def send_again(
    transaction: Transaction,
    case: Case,
    pages: Sequence[Page],
    clerk: str,
    station: StationFile,
    now: datetime,
    changed: Mapping[str, str],
) -> None:
    """Enqueue the case as it is given, as its next revision; what was in the tray is superseded, and a correction that
    was open is at its end. One that is carried lies at the window again, to be packed.

    Args:
        clerk: who decides it.
        changed: what is noted in the log of what is not as it was sent; empty values are left out.

    Raises:
        InputProblem: ``desk.sending.cannot_mend`` when nothing asks for it, or it is on its way already.
    """
    rows = transaction.outbox_of_case(case.case_id)
    last = last_submission(rows)
    if not sends_again(case, rows):
        raise InputProblem("desk.sending.cannot_mend")
    status = case.status
    if status is CaseStatus.RETURNED:
        status = after(status, CaseChange.CORRECTED)
    before = max(case.revision, 0 if last is None else last.revision)
    again = replace(case, status=status, revision=before + 1, clerk=clerk, updated_at=now)
    transaction.put_case(again)
    transaction.end_correction(case.case_id)
    said = {name: value for name, value in changed.items() if value}
    if last is None or case.mode is HandlingMode.PROXY:
        detail = {"revision": str(again.revision), **said}
        kind = CaseChange.CORRECTED.value
        transaction.append_event(CaseEvent(case.case_id, now, clerk, kind, case.status, again.status, detail))
        return
    successor = submit_row(again, pages, station, now)
    if last.state in TRAY_STATES:
        decisions.mend(transaction, last.action_id, successor, clerk, now)
    else:
        transaction.add_outbox(successor)
    detail = {"action_id": successor.action_id, "revision": str(successor.revision)}
    detail |= said
    transaction.append_event(CaseEvent(case.case_id, now, clerk, "sent_again", case.status, again.status, detail))
    looked_if_all_is_read(transaction, again)  # what an earlier correction had left unsent went along
