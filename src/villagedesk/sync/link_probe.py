"""The network as sockets show it, on any system; no packet goes to any host but the acceptance system.

Sockets show by which address of this PC packets would leave, and so whether a route is the default one; neither
interfaces nor routers.
"""

from __future__ import annotations

import errno
import ipaddress
import select
import socket
from collections.abc import Callable, Iterable
from time import monotonic

from villagedesk.acceptance.pinned_route import InterfaceKind, Way
from villagedesk.sync.link import Route
from villagedesk.sync.link_layers import Reach, Sight

_NOWHERE = ("192.0.2.1", "2001:db8::1")
"""Documentation addresses (RFC 5737, RFC 3849): only a default route leads there."""
_SLICE_S = 0.2
_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)})
_HOST_IS_THERE = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED})


class SocketLinkProbe:
    """Asks the routing table by connecting UDP sockets, which sends nothing, and the host by a TCP connection."""

    def route_to(self, host: str) -> Route:
        default = {source for place in _NOWHERE if (source := _source_towards(place)) is not None}
        for place in addresses_of(host):
            source = _source_towards(place)
            if source is None:
                continue
            # Loopback needs no default route, and another source address than the default's is another interface.
            return Route.DEFAULT if source in default else Route.OWN
        return Route.DEFAULT if default else Route.NONE

    def look(self, host: str) -> Sight:
        places = tuple(addresses_of(host))
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
        reach = Reach.NAME_UNKNOWN
        try:
            places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            return reach
        for family, kind, protocol, _, place in places:
            with socket.socket(family, kind, protocol) as asking:
                asking.setblocking(False)
                if hasattr(socket, "TCP_SYNCNT"):
                    # The packet that asks is repeated once, not twice: there are 2,600 villages.
                    asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
                failed = _end_of(asking, asking.connect_ex(place), monotonic() + seconds, given_up)
            if failed == 0:
                return Reach.CONNECTED
            reach = Reach.REFUSED if failed in _HOST_IS_THERE else Reach.SILENT
        return reach


def _end_of(asking: socket.socket, begun: int, until: float, given_up: Callable[[], bool]) -> int:
    """The error a connection ended with, 0 when it stands."""
    if begun not in _UNDER_WAY:
        return begun
    while monotonic() < until and not given_up():
        _, ready, wrong = select.select([], [asking], [asking], _SLICE_S)
        if ready or wrong:
            return asking.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return errno.ETIMEDOUT


def addresses_of(host: str) -> Iterable[str]:
    """The host's numeric addresses; none when its name is not known now."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _source_towards(place: str) -> str | None:
    """The source address packets to a place would carry; None when there is no way there."""
    family = socket.AF_INET6 if ":" in place else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((place, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None
