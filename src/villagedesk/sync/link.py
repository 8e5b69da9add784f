"""How far the link reaches, layer by layer, and when to look again; and the ports the network is asked through.

Gentle to the acceptance system, which 2,600 villages ask: while it does not answer, a look is one TCP connection that
is tried, at first every few seconds, after minutes every 30 to 60 s, each time at a moment of its own. Where it takes
the connection and then fails, a look costs it TLS and an answer: the waits double, up to five minutes. Where it says
when to come back it is not asked before, whatever the network does; only the clerk may. A notice of the operating
system that the network changed begins anew. Where nothing could leave this PC nothing is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from villagedesk.acceptance.pinned_route import Refusal, RoutePin, Way
from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, Busy
from villagedesk.acceptance.proxy import Proxy
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.sync.link_layers import (
    VPN_LOST,
    Contact,
    Layer,
    LayerName,
    Mark,
    Sight,
    cannot_be_asked,
    is_worth_asking,
    layers_of,
    ruling,
)
from villagedesk.sync.link_layers import Reach as Reach
from villagedesk.sync.retry import RetryPolicy

_FAST_LOOKS = 20
"""About three minutes of looks at least every 15 s; a server that is back after a restart is found soon."""

_AT_MOST_ANEW = 3
_FIRST_AILING, _LONGEST_AILING = 5.0, 300.0
"""Seconds: ceilings of the waits for a system that takes connections and does not answer as it should."""
_AILING = frozenset({
    "sync.reason.server_error", "sync.reason.timeout", "sync.reason.cut", "sync.reason.no_connection",
    "sync.reason.too_large", "sync.reason.login", "sync.reason.refused", "sync.reason.busy",
})  # fmt: skip
"""Reasons for which it is the system that is spared. A portal or a stranger in its place is none."""


class LinkKind(StrEnum):
    """What the clerk is told where no layer says more; the sentence and what to do are ``sync.link.<kind>``."""

    UNKNOWN = "unknown"
    NO_NETWORK = "no_network"
    INTERNET_ONLY = "internet_only"
    NO_ANSWER = "no_answer"
    ONLINE = "online"


@dataclass(frozen=True)
class LinkState:
    """The link as last looked at.

    Args:
        reason: message key of why the acceptance system did not answer, "" otherwise.
        clock_skew: seconds this PC's clock is ahead of the server's, None when the server did not say.
        connections: how many connections the server advises, 0 when it did not say.
        layers: from below; empty before the first look.
        raw: what the other side or the system said, for the technician; no personal data.
        versions: what the acceptance system speaks, for the technician; "" when it did not answer.
        next_look: when it is looked at again without being told; None while it answers.
        proxy: ``host:port`` of the proxy that was asked, "" for none.
    """

    kind: LinkKind = LinkKind.UNKNOWN
    reason: str = ""
    clock_skew: float | None = None
    connections: int = 0
    layers: tuple[Layer, ...] = ()
    sight: Sight = field(default_factory=Sight)
    refusal: Refusal | None = None
    pin: RoutePin | None = None
    raw: str = ""
    versions: str = ""
    next_look: datetime | None = None
    proxy: str = ""

    @property
    def ruling(self) -> Layer | None:
        """The layer the clerk is told of, None when none is broken."""
        return ruling(self.layers)

    @property
    def message_key(self) -> str:
        """The sentence for the clerk; its parameters are the ruling layer's."""
        layer = self.ruling
        return f"sync.link.{self.kind}" if layer is None else f"link.do.{layer.finding}"


class Route(Enum):
    """How the system would reach a host."""

    NONE = "none"
    DEFAULT = "by the default route"
    OWN = "by a route of its own"


class LinkProbe(Protocol):
    """What can be seen of the network from this PC."""

    def route_to(self, host: str) -> Route:
        """How packets to the host would leave. A name that cannot be resolved has the default route, if any."""

    def look(self, host: str) -> Sight:
        """All that can be seen without asking anybody but the router."""

    def way_to(self, peer: str, own: str) -> Way:
        """The way of a connection from this PC's address to a peer's. Raises OSError when it cannot be seen."""

    def connect(self, host: str, port: int, seconds: float, given_up: Callable[[], bool]) -> Reach:
        """Try a TCP connection and close it; it is silent, too, when it is given up before its time."""


class LinkNotices(Protocol):
    """The operating system's word that something about the network changed."""

    def start(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` from a thread of its own at every change, until stopped."""

    def stop(self, seconds: float) -> bool:
        """End the thread; gives whether it ended in that time. It may be in the middle of a listener."""


class LinkWatch:
    """Looks at the link and says when to look again.

    Args:
        uniform: gives a number between two bounds.
        pin: the way pinned at the first contact, None before it.
        refusal: the connection refused last.
        proxy: the proxy that counts now; it is then what is connected to.
        connect_seconds: how long a TCP connection may take.
        soon, longest: the most seconds between two looks while the link is down, in the first minutes and then.
        retry: how a Retry-After is kept.
    """

    def __init__(
        self,
        probe: LinkProbe,
        acceptance: AcceptanceSystem,
        address: str,
        clock: Clock,
        uniform: Callable[[float, float], float],
        *,
        pin: Callable[[], RoutePin | None] = lambda: None,
        refusal: Callable[[], Refusal | None] = lambda: None,
        proxy: Callable[[], Proxy | None] = lambda: None,
        connect_seconds: float = 5.0,
        soon: float = 15.0,
        longest: float = 60.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (80 if parts.scheme == "http" else 443)
        self._probe = probe
        self._acceptance = acceptance
        self._clock = clock
        self._uniform = uniform
        self._pin = pin
        self._refusal = refusal
        self._proxy = proxy
        self._connect_seconds = connect_seconds
        self._soon = soon
        self._longest = longest
        self._retry = retry or RetryPolicy()
        self._failures = 0
        self._ailing = 0
        self._spared_until: float | None = None
        self._changed = False
        self.state = LinkState()
        self.connections = 0
        """As the system advised last, 0 when it did not say."""

    def glance(self) -> LinkState | None:
        """What this PC alone shows at once, when that is enough to say what is broken; None otherwise. Asks nobody."""
        state = self._judged(Contact(), self._seen()[0])
        layer = state.ruling
        if layer is None or not (cannot_be_asked(state.layers) or layer.finding in VPN_LOST):
            return None
        return state

    def check(self) -> LinkState:
        """Look now. Blocks for up to the time-outs; a change meanwhile is looked at at once."""
        for _ in range(_AT_MOST_ANEW):
            self._changed = False
            self.state = self._look()
            if not self._changed:
                break
        self._failures = 0 if self.state.kind is LinkKind.ONLINE else self._failures + 1
        return self.state

    def hear_advice(self) -> float | None:
        """Ask a system that answers what it advises now, and what time it has. That it does not answer is for those to
        find out who send. From any thread.

        Returns:
            Seconds this PC's clock is ahead of its; None when it did not say.
        """
        try:
            health = self._acceptance.health()
        except AcceptanceFailure:
            return None
        self.connections = max(0, health.connections)
        return self._skew(health.time)

    def seconds_to_next(self) -> float | None:
        """When to look again without being told: soon and then slower while down; None while online, when every
        request shows it anyway."""
        if self.state.kind is LinkKind.ONLINE:
            return None
        if self._spared_until is not None:
            return max(0.0, self._spared_until - self._clock.monotonic())
        if self._ailing:
            most = min(_LONGEST_AILING, _FIRST_AILING * 2.0 ** min(self._ailing - 1, 10))
            return self._uniform(most / 2, most)
        most = self._soon if self._failures < _FAST_LOOKS else self._longest
        ceiling = min(most, 2.0 * 1.5 ** min(self._failures, 10))
        return self._uniform(ceiling / 2, ceiling)

    def distrust_waits(self) -> None:
        """Something changed: the next waits begin short again, and asking that goes on is begun anew. From any
        thread."""
        self._changed = True
        self._failures = 0

    def ask_anyway(self) -> None:
        """The clerk says so: the next look asks even a system that said when to come back. From any thread."""
        self._spared_until = None

    def _seen(self) -> tuple[LinkState, str, int]:
        """What this PC shows of the way, and whom it leads to first."""
        proxy = self._proxy()
        host, port = (self._host, self._port) if proxy is None else (proxy.host, proxy.port)
        sight = self._probe.look(host)
        return LinkState(pin=self._pin(), sight=sight, proxy="" if proxy is None else str(proxy)), host, port

    def _look(self) -> LinkState:
        seen, host, port = self._seen()
        unasked = self._judged(Contact(), seen)
        if cannot_be_asked(unasked.layers) and not is_worth_asking(seen.sight):
            return unasked
        reach = self._probe.connect(host, port, self._connect_seconds, lambda: self._changed)
        if reach is not Reach.CONNECTED:
            self._ailing = 0
            # Asking makes the PC look for its router, which may have been seen neither way before.
            seen = replace(seen, sight=self._probe.look(host))
            return self._judged(Contact(reach, "sync.reason.no_connection"), seen)
        if self._spared_until is not None and self._clock.monotonic() < self._spared_until:
            return self._judged(Contact(reach, "sync.reason.busy"), replace(seen, raw=self.state.raw))
        self._spared_until = None
        try:
            health = self._acceptance.health()
        except AcceptanceFailure as failure:
            return self._failed(reach, failure, seen)
        self._ailing = 0
        self.connections = max(0, health.connections)
        seen = replace(
            seen,
            clock_skew=self._skew(health.time),
            connections=self.connections,
            versions=f"{health.system} v{'/'.join(map(str, health.wire_versions))}, {health.catalogue_version}",
        )
        return self._judged(Contact(reach), seen)

    def _failed(self, reach: Reach, failure: AcceptanceFailure, seen: LinkState) -> LinkState:
        self._ailing = self._ailing + 1 if failure.reason in _AILING else 0
        if isinstance(failure, Busy) and failure.retry_after is not None:
            wait = self._retry.busy(0, failure.retry_after, self._uniform)
            self._spared_until = self._clock.monotonic() + wait
        refusal = self._refusal() if failure.reason == "sync.reason.elsewhere" else None
        clock = f"{self._clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return self._judged(Contact(reach, failure.reason, refusal, clock), replace(seen, raw=failure.raw))

    def _judged(self, contact: Contact, seen: LinkState) -> LinkState:
        contact = replace(contact, proxy=seen.proxy)
        layers = layers_of(seen.sight, contact, seen.pin)
        kind = _kind(layers)
        reason = contact.reason if kind is LinkKind.NO_ANSWER else ""
        return replace(seen, kind=kind, reason=reason, layers=layers, refusal=contact.refusal)

    def _skew(self, text: str) -> float | None:
        try:
            theirs = datetime.fromisoformat(text)
            return (self._clock.now() - theirs).total_seconds()
        except (ValueError, TypeError):
            return None


def _kind(layers: tuple[Layer, ...]) -> LinkKind:
    first = ruling(layers)
    if first is None:
        return LinkKind.ONLINE if layers[-1].mark is Mark.OK else LinkKind.UNKNOWN
    if first.name is LayerName.SYSTEM:
        return LinkKind.NO_ANSWER
    return LinkKind.INTERNET_ONLY if first.name is LayerName.VPN else LinkKind.NO_NETWORK
