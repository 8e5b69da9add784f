"""The engine as it runs at a village window, put together from its parts."""

from __future__ import annotations

import contextlib
import random
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.clock import Clock
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.station import StationFile
from villagedesk.sync.catalogue_part import CataloguePart
from villagedesk.sync.catalogue_pull import CatalogueInbox, CataloguePull
from villagedesk.sync.changes import Changes
from villagedesk.sync.documents import DocumentPull
from villagedesk.sync.engine import SyncEngine
from villagedesk.sync.held import HeldPull
from villagedesk.sync.link import LinkNotices, LinkProbe, LinkWatch
from villagedesk.sync.link_polling import PollingNotices
from villagedesk.sync.link_probe import SocketLinkProbe
from villagedesk.sync.pace import Pace, limit_of
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.route_pins import RoutePins
from villagedesk.sync.runner import Runner
from villagedesk.sync.status import SyncStatus
from villagedesk.sync.traffic import Traffic
from villagedesk.sync.uploader import ThreadedUploader

if sys.platform == "win32":
    from villagedesk.sync.link_windows import WindowsNotices, windows_probe
if sys.platform == "linux":
    from villagedesk.sync.link_linux import LinuxLinkProbe, NetlinkNotices


def engine_for(
    store: Store,
    vault: Vault,
    acceptance: AcceptanceSystem,
    station: StationFile,
    clock: Clock,
    *,
    abort: Callable[[], None],
    publish: Callable[[SyncStatus], None],
    inbox: CatalogueInbox | None = None,
    arriving: Path | None = None,
    retry: RetryPolicy | None = None,
    routes: RoutePins | None = None,
) -> SyncEngine:
    """An engine with real randomness, as many upload connections as the line yields more by, and this system's
    network notices; not yet started.

    Args:
        abort: breaks off the acceptance system's calls under way (``HttpAcceptanceSystem.abort``).
        publish: called with the status from the engine's threads.
        inbox: puts the county's catalogues in use; None where nobody does.
        arriving: file in which what came of a catalogue outlives the program; None where nothing does.
        retry: delays, the design's unless given.
        routes: what the acceptance system's connections are held to; None where they are held to nothing.
    """
    uniform = random.SystemRandom().uniform
    traffic = Traffic(Pace(lambda: store.read(limit_of)))
    probe = link_probe()
    watch = LinkWatch(
        probe,
        acceptance,
        station.address,
        clock,
        uniform,
        pin=(lambda: None) if routes is None else routes.pin,
        refusal=(lambda: None) if routes is None else routes.refusal,
        proxy=(lambda: None) if routes is None else routes.proxy,
    )
    runner = Runner(
        store,
        vault,
        acceptance,
        clock,
        station,
        uniform=uniform,
        token=lambda: secrets.token_urlsafe(32),
        uploader=ThreadedUploader(traffic, lambda: watch.connections),
        retry=retry,
        traffic=traffic,
    )
    return SyncEngine(
        runner,
        Changes(store, acceptance, clock),
        Reconciler(store, acceptance, runner.ledger),
        watch,
        _notices(probe, station.address),
        held=HeldPull(store, acceptance, clock, uniform, retry, runner.turned_away),
        documents=DocumentPull(
            store,
            vault,
            acceptance,
            clock,
            uniform,
            pace=Pace(lambda: store.read(limit_of)),
            retry=retry,
            gone=runner.is_stopping,
            turned_away=runner.turned_away,
        ),
        catalogue=None
        if inbox is None
        else CataloguePull(
            acceptance,
            inbox,
            clock,
            uniform,
            part=CataloguePart(arriving),
            pace=Pace(lambda: store.read(limit_of)),
            gone=runner.is_stopping,
            retry=retry,
        ),
        abort=abort,
        publish=publish,
    )


def link_probe() -> LinkProbe:
    """What shows this system's network."""
    if sys.platform == "linux":
        return LinuxLinkProbe()
    if sys.platform == "win32":
        return windows_probe()
    return SocketLinkProbe()


def _notices(probe: LinkProbe, address: str) -> LinkNotices:
    polling = PollingNotices(probe, urlsplit(address).hostname or "")
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return NetlinkNotices()
    if sys.platform == "win32":
        return WindowsNotices(polling)
    return polling
