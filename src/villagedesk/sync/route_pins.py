"""The pinned way as this PC keeps it: read at each new connection, pinned at the first contact, changed on purpose."""

from __future__ import annotations

import contextlib
import threading

from villagedesk.acceptance.pinned_route import Refusal, RouteGuard, RoutePin, Way
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.station import StationFile
from villagedesk.sync.link import LinkProbe
from villagedesk.sync.standing import STATE, EnrolmentState

ROUTE_PIN = "sync.route_pin"
"""Name of the setting."""


class RoutePins:
    """Holds what was refused last. Safe to use from several threads.

    Args:
        probe: shows the way a connection takes.
    """

    def __init__(self, store: Store, station: StationFile, probe: LinkProbe) -> None:
        self._store = store
        self._station = station
        self._guard = threading.Lock()
        self._refused: Refusal | None = None
        self._pinned = False
        self.guard = RouteGuard(
            station.networks, self.pin, probe.way_to, contact=self._contact, refused=self._keep_refusal
        )

    def pin(self) -> RoutePin | None:
        """What counts for this station file and this installation; None before the first contact."""
        return self._store.read(lambda snapshot: pin_of(snapshot, self._station))

    def refusal(self) -> Refusal | None:
        """The connection refused last."""
        with self._guard:
            return self._refused

    def _keep_refusal(self, refusal: Refusal) -> None:
        with self._guard:
            self._refused = refusal

    def _contact(self, peer: str, way: Way) -> None:
        """Pin, once, what answers an enrolled station. Before enrolment nothing was proven but the certificate."""
        with self._guard:
            if self._pinned or not self._store.read(
                lambda snapshot: snapshot.setting(STATE) == EnrolmentState.ENROLLED
            ):
                return

            def pin(transaction: Transaction) -> None:
                if pin_of(transaction, self._station) is None:
                    _put(transaction, self._station, peer, way)

            # What cannot be kept today is kept at the next answer; this answer counts all the same.
            with contextlib.suppress(EnvironmentProblem):
                self._store.write(pin).result()
                self._pinned = True


def pin_of(snapshot: Snapshot, station: StationFile) -> RoutePin | None:
    """The pin that counts for a station file and this installation."""
    pin = RoutePin.from_text(snapshot.setting(ROUTE_PIN))
    if pin is None or (pin.system, pin.installation) != (station.address, snapshot.installation_id()):
        return None
    return pin


def accept_route(transaction: Transaction, station: StationFile, refusal: Refusal, clerk: str, clock: Clock) -> None:
    """Pin what was refused from now on; logged with what was pinned before."""
    before = pin_of(transaction, station)
    after = _put(transaction, station, refusal.peer, refusal.way)
    detail = {"peer": refusal.peer, "why": refusal.why, "after": _said(after), "before": _said(before)}
    transaction.append_event(CaseEvent(STATION, clock.now(), clerk, Deed.ROUTE_ACCEPTED, detail=detail))


def _put(transaction: Transaction, station: StationFile, peer: str, way: Way) -> RoutePin:
    pin = RoutePin.of(station.address, transaction.installation_id(), peer, way)
    transaction.put_setting(ROUTE_PIN, pin.to_text())
    return pin


def _said(pin: RoutePin | None) -> str:
    if pin is None:
        return ""
    return f"{pin.network} {pin.kind} {pin.interface or '-'} {'default' if pin.default else 'own'}"
