"""Cases the acceptance system has and this PC lacks: what an older backup could not bring back, and what was typed into
that system by hand under no number known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.missing_reading import MissingCase, name_of, read_missing_and_told
from villagedesk.domain.audit import STATION
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.restoring import Restoration
from villagedesk.domain.roles import Right
from villagedesk.sync.changes import put_aside, said_in
from villagedesk.sync.missing import MissingEntry, Settled, missing_cases, put_settled
from villagedesk.sync.standing import KEPT


@dataclass(frozen=True)
class MissingView:
    """What the card shows.

    Args:
        cases: that wait for the clerk, oldest first: nobody has looked after them, or something was said of them since.
        restored_at: when this database came from a backup, which may be why; None where it did not.
    """

    cases: tuple[MissingCase, ...] = ()
    restored_at: datetime | None = None

    @property
    def lacking(self) -> int:
        """How many of them are missing."""
        return sum(not case.is_numbered_here for case in self.cases)

    @property
    def restored(self) -> int:
        """How many of them the backup may not have brought back."""
        return sum(case.is_from_before(self.restored_at) for case in self.cases)


class MissingHere:
    """The list, until the clerk has settled each case. Each comparison with the acceptance system makes it anew; a case
    that comes to be here leaves it. Calls block and may come from several threads."""

    def __init__(self, store: Store, clock: Clock, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting

    def view(self) -> MissingView:
        """What is missing and waits for the clerk; nothing for somebody who may see no persons."""
        if not self._acting.may(Right.SEE_PERSONS):
            return MissingView()

        def work(snapshot: Snapshot) -> MissingView:
            cases = tuple(case for case in read_missing_and_told(snapshot) if case.waits)
            kept = snapshot.setting(KEPT)
            return MissingView(cases, Restoration.from_text(kept).at if kept else None)

        return self._store.read(work)

    def settle(self, case_id: str, heard: str) -> None:
        """The clerk has looked after it (asked at the county, written it down); logged with what was said of it last.
        Settling what is not on the list, or settling it twice, changes nothing.

        Args:
            heard: of the case that was shown (:class:`MissingCase`); what was said since nobody has read, and it brings
                the case back.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            found = [case for case in read_missing_and_told(transaction) if case.case_id == case_id and case.waits]
            for case in found:
                if case.settled is not None and case.settled.heard == heard:
                    continue
                told = (one for one in put_aside(transaction) if one.case_id == case_id and name_of(one) == heard)
                change, now, clerk = next(told, None), self._clock.now(), self._acting.clerk
                put_settled(transaction, case_id, Settled(clerk, now, heard))
                detail = {"case_id": case_id, "local_no": case.local_no_here or case.local_no}
                if change is not None:
                    detail |= {"told": change.kind, "told_at": change.at, **said_in(change)}
                transaction.append_event(CaseEvent(STATION, now, clerk, "missing_settled", detail=detail))

        self._store.write(work).result()


def sent_before(snapshot: Snapshot, case_id: str) -> MissingEntry | None:
    """What the acceptance system has of a case that is only a draft here, settled or not; None when it has nothing."""
    found = (entry for entry, draft in missing_cases(snapshot) if draft and entry.case_id == case_id)
    return next(found, None)
