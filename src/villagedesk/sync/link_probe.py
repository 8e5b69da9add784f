"""The network as sockets show it, on any system; no packet goes to any host but the acceptance system.

Sockets show by which address of this PC packets would leave, and so whether a route is the default one; neither
interfaces nor routers.
"""

from __future__ import annotations

import errno
import ipaddress
import select
import socket
from collections.abc import Callable
from time import monotonic

from villagedesk.acceptance.pinned_route import InterfaceKind, Way
from villagedesk.sync.link import Route
from villagedesk.sync.link_layers import Reach, Sight
from villagedesk.sync.names import Names

_NOWHERE = ("192.0.2.1", "2001:db8::1")
"""Documentation addresses (RFC 5737, RFC 3849): only a default route leads there."""
_SLICE_S = 0.2
_NAME_S = 0.3
"""What a look waits for the host's name; then it goes on with what the name stood for before."""
_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)})
_HOST_IS_THERE = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED})


class SocketLinkProbe:
    """Asks the routing table by connecting UDP sockets, which sends nothing, and the host by a TCP connection."""

    def __init__(self) -> None:
        self._names = Names()

    def route_to(self, host: str) -> Route:
        default = {source for place in _NOWHERE if (source := _source_towards(place)) is not None}
        for place in self._names.known(host):
            source = _source_towards(place)
            if source is None:
                continue
            # Loopback needs no default route, and another source address than the default's is another interface.
            return Route.DEFAULT if source in default else Route.OWN
        return Route.DEFAULT if default else Route.NONE

    def look(self, host: str) -> Sight:
        places = self._places(host)
        route = self.route_to(host)
        default = next((source for place in _NOWHERE if (source := _source_towards(place)) is not None), None)
        local = any(ipaddress.ip_address(place.partition("%")[0]).is_loopback for place in places)
        kind = InterfaceKind.LOOPBACK if local else InterfaceKind.UNKNOWN
        return Sight(
            default=None if default is None else Way("", InterfaceKind.UNKNOWN, default=True),
            way=None if route is Route.NONE else Way("", kind, default=route is Route.DEFAULT),
            places=places,
        )

    def way_to(self, peer: str, own: str) -> Way:
        """How packets from this PC's address to a peer's leave."""
        if ipaddress.ip_address(peer.partition("%")[0]).is_loopback:
            return Way("", InterfaceKind.LOOPBACK, default=False)
        default = {_source_towards(place) for place in _NOWHERE}
        return Way("", InterfaceKind.UNKNOWN, default=own in default)

    def connect(self, host: str, port: int, seconds: float, given_up: Callable[[], bool]) -> Reach:
        until = monotonic() + seconds
        found = self._names.search(host, seconds, given_up)
        if found is None or not found.places:
            return Reach.NAME_UNKNOWN if found is not None and found.denied else Reach.NAME_UNANSWERED
        reach = Reach.SILENT
        for number, text in enumerate(found.places):
            # None of several addresses may use up the time of the others.
            share = max(0.0, until - monotonic()) / (len(found.places) - number)
            family = socket.AF_INET6 if ":" in text else socket.AF_INET
            place = socket.getaddrinfo(text, port, family, socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0][4]
            with socket.socket(family, socket.SOCK_STREAM) as asking:
                asking.setblocking(False)
                if hasattr(socket, "TCP_SYNCNT"):
                    # The packet that asks is repeated once, not twice: there are 2,600 villages.
                    asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
                failed = _end_of(asking, asking.connect_ex(place), monotonic() + share, given_up)
            if failed == 0:
                return Reach.CONNECTED
            if failed in _HOST_IS_THERE:
                reach = Reach.REFUSED
        return reach

    def _places(self, host: str) -> tuple[str, ...]:
        """The host's numeric addresses, none when its name is not known; those known before while nobody answers."""
        found = self._names.search(host, _NAME_S)
        return self._names.known(host) if found is None else found.places


def _end_of(asking: socket.socket, begun: int, until: float, given_up: Callable[[], bool]) -> int:
    """The error a connection ended with, 0 when it stands."""
    if begun not in _UNDER_WAY:
        return begun
    while monotonic() < until and not given_up():
        _, ready, wrong = select.select([], [asking], [asking], _SLICE_S)
        if ready or wrong:
            return asking.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return errno.ETIMEDOUT


def _source_towards(place: str) -> str | None:
    """The source address packets to a place would carry; None when there is no way there."""
    family = socket.AF_INET6 if ":" in place else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((place, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None
