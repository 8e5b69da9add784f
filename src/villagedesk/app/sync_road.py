"""The road out of an open desk: one engine on one station file, until another file takes its place."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.station import StationFile
from villagedesk.sync.assembly import engine_for, link_probe
from villagedesk.sync.catalogue_pull import CatalogueInbox
from villagedesk.sync.engine import SyncEngine
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.route_pins import RoutePins
from villagedesk.sync.status import SyncStatus

_LONGEST_END = 30.0
"""Seconds: calls under way are broken off, so an engine that has not ended by then hangs in the system."""


class SyncRoad:
    """Holds the engine that runs. Calls block and may come from several threads.

    Args:
        publish: called with the engine's status from its threads.
        retry: delays, the design's unless given.
        arriving: file in which what came of a catalogue outlives the program; None where nothing does.

    Raises:
        EnvironmentProblem: ``entry.station_unusable`` when the kept station file's certificate is none.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        station: StationFile,
        publish: Callable[[SyncStatus], None],
        retry: RetryPolicy | None = None,
        *,
        arriving: Path | None = None,
    ) -> None:
        self._arriving = arriving
        self._store = store
        self._vault = vault
        self._clock = clock
        self._publish = publish
        self._retry = retry
        self._guard = threading.Lock()
        self._stopped = False
        self._inbox: CatalogueInbox | None = None
        self._station = station
        self._system, self._routes = self._road_to(station)
        self._engine: SyncEngine | None = None

    def start(self, inbox: CatalogueInbox | None = None) -> None:
        """Begin, once.

        Args:
            inbox: puts the county's catalogues in use.
        """
        with self._guard:
            if self._stopped:
                return
            self._inbox = inbox
            self._begin(self._station)

    def kick(self) -> None:
        """The clerk says *send now*."""
        engine = self._engine
        if engine is not None:
            engine.kick()

    def renew(self, station: StationFile) -> None:
        """End the engine and go on with another on this station file, which enrols anew where the code is another. With
        a file of a station without an interface nothing runs any more, with one that grants an interface the queue goes
        out.

        Raises:
            EnvironmentProblem: ``renewal.after_restart`` when the engine does not end; two must never run at once.
        """
        with self._guard:
            if self._stopped:
                raise EnvironmentProblem("renewal.after_restart")
            system, routes = self._road_to(station)
            self._stopped = self._engine is not None and not self._engine.stop(_LONGEST_END)
            self._close_system()
            if self._stopped:
                if system is not None:
                    system.close()
                raise EnvironmentProblem("renewal.after_restart")
            self._system, self._routes = system, routes
            self._begin(station)

    def stop(self) -> None:
        """End for good."""
        with self._guard:
            self._stopped = True
            if self._engine is not None:
                self._engine.stop()
            self._close_system()

    def _begin(self, station: StationFile) -> None:
        self._engine = None
        if self._system is None:
            self._publish(SyncStatus(interface=False))
            return
        self._engine = self._engine_on(self._system, station)
        self._engine.start()

    def _close_system(self) -> None:
        if self._system is not None:
            self._system.close()

    def _road_to(self, station: StationFile) -> tuple[HttpAcceptanceSystem | None, RoutePins | None]:
        return (None, None) if station.manual else self._system_of(station)

    def _system_of(self, station: StationFile) -> tuple[HttpAcceptanceSystem, RoutePins]:
        def credential() -> str:
            return stored_credential(self._store)

        routes = RoutePins(self._store, station, link_probe())
        try:
            system = HttpAcceptanceSystem(
                station.address,
                station.ca_pem,
                credential,
                station.division_code,
                guard=routes.guard,
                proxy=routes.proxy,
            )
        except (ssl.SSLError, TypeError, ValueError):
            # what was kept was checked; a file that was changed since is not a fault of the program
            raise EnvironmentProblem("entry.station_unusable") from None
        return system, routes

    def _engine_on(self, system: HttpAcceptanceSystem, station: StationFile) -> SyncEngine:
        return engine_for(
            self._store,
            self._vault,
            system,
            station,
            self._clock,
            abort=system.abort,
            publish=self._publish,
            inbox=self._inbox,
            arriving=self._arriving,
            retry=self._retry,
            routes=self._routes,
        )
