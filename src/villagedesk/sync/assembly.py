"""The engine as it runs at a village window, put together from its parts."""

from __future__ import annotations

import contextlib
import random
import secrets
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.domain.clock import Clock
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.station import StationFile
from villagedesk.sync.catalogue_pull import CatalogueInbox, CataloguePull
from villagedesk.sync.changes import Changes
from villagedesk.sync.documents import DocumentPull
from villagedesk.sync.engine import SyncEngine, SyncStatus
from villagedesk.sync.held import HeldPull
from villagedesk.sync.link import LinkNotices, LinkProbe, LinkWatch
from villagedesk.sync.link_polling import PollingNotices
from villagedesk.sync.link_probe import SocketLinkProbe
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.runner import Runner
from villagedesk.sync.upload import ThreadedUploader

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
    retry: RetryPolicy | None = None,
) -> SyncEngine:
    """An engine with real randomness, four upload connections and this system's network notices; not yet started.

    Args:
        abort: breaks off the acceptance system's calls under way (``HttpAcceptanceSystem.abort``).
        publish: called with the status from the engine's threads.
        inbox: puts the county's catalogues in use; None where nobody does.
        retry: delays, the design's unless given.
    """
    uniform = random.SystemRandom().uniform
    runner = Runner(
        store,
        vault,
        acceptance,
        clock,
        station,
        uniform=uniform,
        token=lambda: secrets.token_urlsafe(32),
        uploader=ThreadedUploader(),
        retry=retry,
    )
    probe, notices = _network(station.address)
    return SyncEngine(
        runner,
        Changes(store, acceptance, clock),
        Reconciler(store, acceptance, runner.ledger),
        LinkWatch(probe, acceptance, station.address, clock, uniform),
        notices,
        held=HeldPull(store, acceptance, clock, uniform),
        documents=DocumentPull(store, vault, acceptance, clock, uniform),
        catalogue=None if inbox is None else CataloguePull(acceptance, inbox, clock, uniform),
        abort=abort,
        publish=publish,
    )


def _network(address: str) -> tuple[LinkProbe, LinkNotices]:
    probe: LinkProbe = SocketLinkProbe()
    if sys.platform == "linux":
        probe = LinuxLinkProbe()
        with contextlib.suppress(OSError):
            return probe, NetlinkNotices()
    return probe, PollingNotices(probe, urlsplit(address).hostname or "")
