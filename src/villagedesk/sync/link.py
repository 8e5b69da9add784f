"""How far the link reaches: no network, internet but no extranet, no answer, online; and the ports it is asked through.

No public address is ever contacted: that there *is* internet is concluded from a default route.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem
from villagedesk.domain.clock import Clock


class LinkKind(StrEnum):
    """What the clerk is told; the sentence and what to do are ``sync.link.<kind>``."""

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
    """

    kind: LinkKind = LinkKind.UNKNOWN
    reason: str = ""
    clock_skew: float | None = None
    connections: int = 0

    @property
    def message_key(self) -> str:
        """The sentence for the clerk."""
        return f"sync.link.{self.kind}"


class Route(Enum):
    """How the system would reach a host."""

    NONE = "none"
    DEFAULT = "by the default route"
    OWN = "by a route of its own"


class Reach(Enum):
    """What became of a TCP connection."""

    CONNECTED = "connected"
    REFUSED = "refused"
    SILENT = "silent"
    NAME_UNKNOWN = "name unknown"


class LinkProbe(Protocol):
    """What can be seen of the network from this PC."""

    def route_to(self, host: str) -> Route:
        """How packets to the host would leave. A name that cannot be resolved has the default route, if any."""

    def connect(self, host: str, port: int, seconds: float) -> Reach:
        """Try a TCP connection and close it."""


class LinkNotices(Protocol):
    """The operating system's word that something about the network changed."""

    def start(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` from a thread of its own at every change, until stopped."""

    def stop(self) -> None:
        """End the thread."""


class LinkWatch:
    """Looks at the link and says when to look again.

    Args:
        uniform: gives a number between two bounds.
        connect_seconds: how long a TCP connection may take.
        longest: seconds between two looks while the link is down; a look is one TCP packet, so it can be short.
    """

    def __init__(
        self,
        probe: LinkProbe,
        acceptance: AcceptanceSystem,
        address: str,
        clock: Clock,
        uniform: Callable[[float, float], float],
        *,
        connect_seconds: float = 5.0,
        longest: float = 15.0,
    ) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (80 if parts.scheme == "http" else 443)
        self._probe = probe
        self._acceptance = acceptance
        self._clock = clock
        self._uniform = uniform
        self._connect_seconds = connect_seconds
        self._longest = longest
        self._failures = 0
        self.state = LinkState()

    def check(self) -> LinkState:
        """Look now. Blocks for up to the time-outs."""
        self.state = self._look()
        self._failures = 0 if self.state.kind is LinkKind.ONLINE else self._failures + 1
        return self.state

    def seconds_to_next(self) -> float | None:
        """When to look again without being told: soon and then slower while down; None while online, when every
        request shows it anyway."""
        if self.state.kind is LinkKind.ONLINE:
            return None
        ceiling = min(self._longest, 2.0 * 1.5 ** min(self._failures, 10))
        return self._uniform(ceiling / 2, ceiling)

    def distrust_waits(self) -> None:
        """Something changed: the next waits begin short again."""
        self._failures = 0

    def _look(self) -> LinkState:
        route = self._probe.route_to(self._host)
        if route is Route.NONE:
            return LinkState(LinkKind.NO_NETWORK)
        reach = self._probe.connect(self._host, self._port, self._connect_seconds)
        if reach is Reach.NAME_UNKNOWN or (reach is Reach.SILENT and route is Route.DEFAULT):
            return LinkState(LinkKind.INTERNET_ONLY)
        if reach is not Reach.CONNECTED:
            return LinkState(LinkKind.NO_ANSWER, "sync.reason.no_connection")
        try:
            health = self._acceptance.health()
        except AcceptanceFailure as failure:
            return LinkState(LinkKind.NO_ANSWER, failure.reason)
        return LinkState(LinkKind.ONLINE, "", self._skew(health.time), max(0, health.connections))

    def _skew(self, text: str) -> float | None:
        try:
            theirs = datetime.fromisoformat(text)
            return (self._clock.now() - theirs).total_seconds()
        except (ValueError, TypeError):
            return None
