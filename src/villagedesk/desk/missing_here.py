"""Cases the acceptance system has and this PC lacks: what an older backup could not bring back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.desk.acting import Acting
from villagedesk.domain.audit import STATION
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock, moment_of
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.sync.missing import MissingEntry, missing_cases, put_seen, seen


@dataclass(frozen=True)
class MissingCase:
    """A case as the acceptance system describes it; texts are "" where it does not say.

    Args:
        received_at: when its papers were taken in, None when not said.
        state: the acceptance system's own word.
        is_draft_here: a draft of it lies here; it must not be taken in a second time.
    """

    case_id: str
    local_no: str
    item_name: str
    applicant_name: str
    received_at: datetime | None
    acceptance_no: str
    state: str
    is_draft_here: bool


class MissingHere:
    """The list, until the clerk has settled each case. Each comparison with the acceptance system makes it anew; a case
    that comes to be here leaves it. Calls block and may come from several threads."""

    def __init__(self, store: Store, clock: Clock, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting

    def list(self) -> tuple[MissingCase, ...]:
        """What is missing and not settled, oldest first; nothing for somebody who may see no persons."""
        if not self._acting.may(Right.SEE_PERSONS):
            return ()
        return tuple(_case(entry, draft) for entry, draft in self._store.read(_unsettled))

    def settle(self, case_id: str) -> None:
        """The clerk has looked after it (asked at the county, written it down); logged. Settling what is not on the
        list, or settling it twice, changes nothing."""
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            for entry, _draft in _unsettled(transaction):
                if entry.case_id == case_id:
                    put_seen(transaction, case_id)
                    detail = {"case_id": case_id, "local_no": entry.local_no}
                    now = self._clock.now()
                    event = CaseEvent(STATION, now, self._acting.clerk, "missing_settled", detail=detail)
                    transaction.append_event(event)

        self._store.write(work).result()


def sent_before(snapshot: Snapshot, case_id: str) -> MissingEntry | None:
    """What the acceptance system has of a case that is only a draft here, settled or not; None when it has nothing."""
    found = (entry for entry, draft in missing_cases(snapshot) if draft and entry.case_id == case_id)
    return next(found, None)


def _unsettled(snapshot: Snapshot) -> tuple[tuple[MissingEntry, bool], ...]:
    settled = seen(snapshot)
    return tuple((entry, draft) for entry, draft in missing_cases(snapshot) if entry.case_id not in settled)


def _case(entry: MissingEntry, draft: bool) -> MissingCase:
    try:
        received: datetime | None = moment_of(entry.received_at)
    except ValueError:
        received = None
    return MissingCase(
        entry.case_id,
        entry.local_no,
        entry.item_name,
        entry.applicant_name,
        received,
        entry.acceptance_no,
        entry.state,
        draft,
    )
