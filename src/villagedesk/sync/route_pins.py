"""The pinned way as this PC keeps it: read at each new connection, pinned at the first contact, changed on purpose."""

from __future__ import annotations

import contextlib
import threading
from urllib.parse import urlsplit

from villagedesk.acceptance.pinned_route import Refusal, RouteGuard, RoutePin, Way
from villagedesk.acceptance.proxy import Proxy
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.station import StationFile
from villagedesk.sync.link import LinkProbe
from villagedesk.sync.proxy_setting import proxy_of
from villagedesk.sync.standing import STATE, EnrolmentState

ROUTE_PIN = "sync.route_pin"
"""Name of the setting for the way to the acceptance system itself; the one to a proxy has a setting of its own, so that
who goes back to no proxy is held to the old way again."""
_PROXY_PIN = f"{ROUTE_PIN}.proxy"


class RoutePins:
    """Holds what was refused last. Safe to use from several threads.

    Args:
        probe: shows the way a connection takes.
    """

    def __init__(self, store: Store, station: StationFile, probe: LinkProbe) -> None:
        self._store = store
        self._station = station
        self._guard = threading.Lock()
        self._pinning = threading.Lock()
        self._refused: Refusal | None = None
        self._pinned: str | None = None
        self._host = urlsplit(station.address).hostname or ""
        self.guard = RouteGuard(
            station.networks, self._pin_for, probe.way_to, contact=self._contact, refused=self._keep_refusal
        )

    def proxy(self) -> Proxy | None:
        """The proxy that the setting says, None for none."""
        return self._store.read(lambda snapshot: proxy_of(snapshot, self._host))

    def pin(self) -> RoutePin | None:
        """What counts for this station file, this installation and the proxy set now; None before the first contact."""
        proxy = self.proxy()
        return self._pin_for("" if proxy is None else str(proxy))

    def _pin_for(self, proxy: str) -> RoutePin | None:
        return self._store.read(lambda snapshot: pin_of(snapshot, self._station, proxy))

    def refusal(self) -> Refusal | None:
        """The connection refused last."""
        with self._guard:
            return self._refused

    def _keep_refusal(self, refusal: Refusal) -> None:
        with self._guard:
            self._refused = refusal

    def _contact(self, peer: str, way: Way, proxy: str) -> None:
        """Pin, once, what answers an enrolled station. Before enrolment nothing was proven but the certificate."""
        if self._pinned == proxy or not self._pinning.acquire(blocking=False):
            return  # whoever has the next answer need not wait for the disk of this one

        def pin(transaction: Transaction) -> None:
            if pin_of(transaction, self._station, proxy) is None:
                _put(transaction, self._station, peer, way, proxy)

        try:
            # What cannot be kept today is kept at the next answer; this answer counts all the same.
            with contextlib.suppress(EnvironmentProblem):
                if self._store.read(lambda snapshot: snapshot.setting(STATE) == EnrolmentState.ENROLLED):
                    self._store.write(pin).result()
                    self._pinned = proxy
        finally:
            self._pinning.release()


def pin_of(snapshot: Snapshot, station: StationFile, proxy: str = "") -> RoutePin | None:
    """The pin that counts for a station file and this installation.

    Args:
        proxy: ``host:port`` of the proxy whose pin is wanted, "" for the acceptance system's own.
    """
    pin = RoutePin.from_text(snapshot.setting(_PROXY_PIN if proxy else ROUTE_PIN))
    wanted = (station.address, snapshot.installation_id(), proxy)
    return pin if pin is not None and (pin.system, pin.installation, pin.proxy) == wanted else None


def accept_route(transaction: Transaction, station: StationFile, refusal: Refusal, clerk: str, clock: Clock) -> None:
    """Pin what was refused from now on; logged with what was pinned before."""
    before = pin_of(transaction, station, refusal.proxy)
    after = _put(transaction, station, refusal.peer, refusal.way, refusal.proxy)
    detail = {"peer": refusal.peer, "why": refusal.why, "after": _said(after), "before": _said(before)}
    transaction.append_event(CaseEvent(STATION, clock.now(), clerk, Deed.ROUTE_ACCEPTED, detail=detail))


def _put(transaction: Transaction, station: StationFile, peer: str, way: Way, proxy: str) -> RoutePin:
    pin = RoutePin.of(station.address, transaction.installation_id(), peer, way, proxy)
    transaction.put_setting(_PROXY_PIN if proxy else ROUTE_PIN, pin.to_text())
    return pin


def _said(pin: RoutePin | None) -> str:
    if pin is None:
        return ""
    through = f"proxy {pin.proxy} " if pin.proxy else ""
    return f"{through}{pin.network} {pin.kind} {pin.interface or '-'} {'default' if pin.default else 'own'}"
