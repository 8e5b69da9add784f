"""How much of the line sending may take, so that a video call beside it survives."""

from __future__ import annotations

from villagedesk.desk.acting import Acting
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.sync.pace import SETTING, kbit_of

LEAST, MOST = 64, 100_000


class SendingLimit:
    """Reads and sets the limit, which the sync engine reads each second. Calls block and may come from several
    threads."""

    def __init__(self, store: Store, clock: Clock, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting

    def kbit(self) -> int:
        """The limit in kbit/s, 0 for none."""
        return self._store.read(kbit_of)

    def set_kbit(self, kbit: int) -> None:
        """Set it, 0 for none; logged. What is set already is not set again.

        Raises:
            InputProblem: ``sending_limit.range`` (``least``, ``most``) with the field ``limit``, when it is neither 0
                nor from 64 to 100,000.
        """
        self._acting.need(Right.SAFEGUARD)
        if kbit and not LEAST <= kbit <= MOST:
            raise InputProblem("sending_limit.range", field="limit", least=LEAST, most=MOST)
        text = str(kbit) if kbit else ""
        event = CaseEvent(
            STATION, self._clock.now(), self._acting.clerk, str(Deed.SENDING_LIMITED), detail={"kbit": text}
        )

        def work(transaction: Transaction) -> None:
            if transaction.setting(SETTING) != text:
                transaction.put_setting(SETTING, text)
                transaction.append_event(event)

        self._store.write(work).result()
