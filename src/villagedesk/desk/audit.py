"""The log of the station: who saw, changed, printed, exported, deleted what; to be written, read and checked."""

from __future__ import annotations

from villagedesk.desk.acting import Acting
from villagedesk.desk.view_log import ViewLog
from villagedesk.domain.audit import STATION, AuditHead, AuditLog, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.repositories import Store
from villagedesk.domain.roles import Right

_ENDS_LOOKING = frozenset({Deed.LOCKED, Deed.SIGNED_OUT})


class AuditDesk:
    """Writes what was done that is no change of a case, and shows the whole log. Calls may come from several threads.

    Args:
        log: the whole log, to be read.
    """

    def __init__(self, log: AuditLog, store: Store, clock: Clock, acting: Acting) -> None:
        self._log = log
        self._clock = clock
        self._acting = acting
        self._views = ViewLog(store)

    def note(self, deed: Deed, case_id: str = STATION, **detail: str) -> None:
        """Write that it was done, at once and in a transaction of its own; looks that wait go before it.

        Raises:
            EnvironmentProblem: ``store.*``; nothing was written then.
        """
        if deed in _ENDS_LOOKING:
            self._views.ended()
        self._views.write(CaseEvent(case_id, self._clock.now(), self._acting.clerk, str(deed), detail=detail))

    def viewed(self, case_id: str) -> None:
        """A case was opened. Returns at once; the line is written within two seconds."""
        self._look(Deed.VIEWED, case_id)

    def page_viewed(self, case_id: str, page_id: str) -> None:
        """A page was opened large. As :meth:`viewed`."""
        self._look(Deed.PAGE_VIEWED, case_id, page_id=page_id)

    def unmasked(self, case_id: str, field: str) -> None:
        """Something masked was shown whole, e.g. ``phone``. As :meth:`viewed`."""
        self._look(Deed.UNMASKED, case_id, field=field)

    def head(self) -> AuditHead:
        """Where the chain ends now."""
        return self._log.head()

    def close(self) -> None:
        """Write the looks that wait. Raises EnvironmentProblem ``store.*``."""
        self._views.close()

    def _look(self, deed: Deed, case_id: str, **detail: str) -> None:
        self._acting.need(Right.SEE_PERSONS)
        self._views.add(deed, case_id, self._clock.now(), self._acting.clerk, **detail)
