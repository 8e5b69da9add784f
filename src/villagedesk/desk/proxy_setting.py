"""Which proxy the way to the acceptance system goes through; none unless it is set here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from villagedesk.acceptance.proxy import Proxy, ProxyUnusable
from villagedesk.desk.acting import Acting
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.sync.proxy_setting import SETTING, SYSTEM, system_proxy


class ProxyChoice(StrEnum):
    """What was chosen."""

    NONE = "none"
    SYSTEM = "system"
    OWN = "own"


@dataclass(frozen=True)
class ProxyView:
    """What is set.

    Args:
        address: ``host:port`` where it was typed in, "" otherwise.
        system: ``host:port`` that this PC's own settings have now, "" where they have none that can be used.
    """

    choice: ProxyChoice
    address: str
    system: str


class ProxySetting:
    """Reads and sets it. Calls block and may come from several threads.

    Args:
        kick: tells the sync engine to look anew.
    """

    def __init__(
        self, store: Store, clock: Clock, station: StationFile, kick: Callable[[], None], acting: Acting
    ) -> None:
        self._store = store
        self._clock = clock
        self._host = urlsplit(station.address).hostname or ""
        self._kick = kick
        self._acting = acting

    def view(self) -> ProxyView:
        """As it is set."""
        text = self._store.read(lambda snapshot: snapshot.setting(SETTING))
        of_pc = system_proxy(self._host)
        system = "" if of_pc is None else str(of_pc)
        if text == SYSTEM:
            return ProxyView(ProxyChoice.SYSTEM, "", system)
        return ProxyView(ProxyChoice.OWN if text else ProxyChoice.NONE, text, system)

    def set(self, choice: ProxyChoice, typed: str = "") -> str:
        """Set it; logged. What is set already is not set again. Gives the address as it was read.

        Args:
            typed: ``host:port``, where that was chosen.

        Raises:
            InputProblem: ``proxy.scheme``, ``proxy.login``, ``proxy.host`` or ``proxy.port`` with the field ``proxy``,
                when it is no address that can be used.
        """
        self._acting.need(Right.SAFEGUARD)
        text = {ProxyChoice.NONE: "", ProxyChoice.SYSTEM: SYSTEM}.get(choice)
        if text is None:
            try:
                text = str(Proxy.from_text(typed))
            except ProxyUnusable as unusable:
                raise InputProblem(f"proxy.{unusable.why}", field="proxy") from None
        event = CaseEvent(STATION, self._clock.now(), self._acting.clerk, str(Deed.PROXY_SET), detail={"proxy": text})

        def work(transaction: Transaction) -> bool:
            if transaction.setting(SETTING) == text:
                return False
            transaction.put_setting(SETTING, text)
            transaction.append_event(event)
            return True

        if self._store.write(work).result():
            self._kick()
        return text
