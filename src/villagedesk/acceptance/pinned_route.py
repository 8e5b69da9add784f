"""Where a station's data may go and by which way (design: decision 16), asked of each new connection before it is used.

A certificate proves who answers; this rule sees to it that nobody else is even spoken to. It is asked when TCP stands
and before the first byte of TLS: a captive portal, a wrong router or a stranger with the host's address sees a
connection that is opened and closed, and nothing of the station.

**What is allowed.** The address must lie in the networks that the county's station file lists. A file that lists none
allows what answered at the first contact as an enrolled station: that address, or for a private one its /24 (IPv6:
/64), so that a host that moves within its server room is found again. What is public is decided by comparison only:
the e-government extranet itself uses addresses of the public ranges (59.192.0.0/10), so "public" alone is no fault,
but a public answer where a private one is pinned is.

**The way** is what was used at that first contact, and is known by what stays the same of it:

- whether it is the default route or a route of its own, which is what a VPN that goes down changes;
- the kind of interface, and for those that are hardware its name. A VPN that is dialled again is ppp1 instead of ppp0,
  or tun3 instead of tun0: of tunnels the kind is compared and not the number. Hardware keeps its name;
- never this PC's own address or router, which DHCP and a new router change without anything being wrong.

Loopback is a way like another. What the system did not show at the first contact (``InterfaceKind.UNKNOWN``) is not
compared: such a PC is held by address and by default route only. A pin counts for one address of the acceptance system
and one installation: the county's new station file, or another PC that takes over from a backup, pins anew.

**Through a proxy** that was set on purpose the connection leads to the proxy, and it is the proxy's address and the way
there that are pinned, for that proxy alone; the county's networks say nothing of it. A proxy that answers at another
place or by another way is refused like the acceptance system itself.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class InterfaceKind(StrEnum):
    """What packets leave by."""

    LOOPBACK = "loopback"
    WIRED = "wired"
    WIRELESS = "wireless"
    MOBILE = "mobile"
    TUNNEL = "tunnel"
    OTHER = "other"
    UNKNOWN = "unknown"


HARDWARE = frozenset({InterfaceKind.WIRED, InterfaceKind.WIRELESS, InterfaceKind.MOBILE})
"""Kinds with a cable, a radio or a card."""


@dataclass(frozen=True)
class Way:
    """How packets to an address leave this PC.

    Args:
        interface: its name, "" where the system does not show it.
        default: by the default route, not by one of its own.
        gateway: address of the next router, "" when there is none.
    """

    interface: str
    kind: InterfaceKind
    default: bool
    gateway: str = ""


@dataclass(frozen=True)
class RoutePin:
    """What answered at the first contact as an enrolled station, and the way there.

    Args:
        system: the acceptance system's https address as the station file had it.
        installation: of the database it was pinned for.
        network: CIDR, within which the peer's address must lie where the station file lists no networks.
        interface: name of the hardware; "" for tunnels and where it is not shown.
        proxy: ``host:port`` of the proxy that this is the way to; "" for the acceptance system itself.
    """

    system: str
    installation: str
    network: str
    interface: str
    kind: InterfaceKind
    default: bool
    proxy: str = ""

    @classmethod
    def of(cls, system: str, installation: str, peer: str, way: Way, proxy: str = "") -> RoutePin:
        """What is to be kept of a contact."""
        interface = way.interface if way.kind in HARDWARE else ""
        network = _network_round(_address(peer))
        return cls(system, installation, network, interface, way.kind, way.default, proxy)

    def to_text(self) -> str:
        """As the setting keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> RoutePin | None:
        """None when nothing, or nothing readable, was kept."""
        try:
            raw = json.loads(text)
            pin = cls(**{**raw, "kind": InterfaceKind(raw["kind"])})
            ipaddress.ip_network(pin.network)
        except (ValueError, TypeError, KeyError):
            return None
        return pin

    def goes(self, way: Way) -> bool:
        """Whether a way is the pinned one. Of a contact at which the system showed nothing only the route is known."""
        if self.kind is InterfaceKind.UNKNOWN:
            return self.default == way.default
        interface = way.interface if way.kind in HARDWARE else ""
        return (self.interface, self.kind, self.default) == (interface, way.kind, way.default)


class Why(StrEnum):
    """Why a connection is refused."""

    NOT_LISTED = "not_listed"
    PUBLIC = "public"
    OTHER_ADDRESS = "other_address"
    OTHER_WAY = "other_way"


@dataclass(frozen=True)
class Refusal:
    """A connection that was not used.

    Args:
        peer: the address that answered.
        proxy: ``host:port`` of the proxy it answered for, "" for the acceptance system itself.
    """

    why: Why
    peer: str
    way: Way
    proxy: str = ""

    def __str__(self) -> str:
        route = "default route" if self.way.default else "a route of its own"
        return f"{self.why}: {self.peer} over {self.way.interface or '?'} ({self.way.kind}, {route})"


class Elsewhere(OSError):
    """The host answers at another place, or by another way, than it may.

    Args:
        refusal: what was refused, or why it could not be judged.
    """

    def __init__(self, refusal: Refusal | str) -> None:
        super().__init__(str(refusal))


def refusal_of(networks: Sequence[str], pin: RoutePin | None, peer: str, way: Way, proxy: str = "") -> Refusal | None:
    """The rule: why data may not go there that way, None when they may.

    Args:
        networks: CIDR, as the station file lists them.
        pin: None before the first contact.
        peer: the address a connection leads to.
        proxy: ``host:port`` of the proxy it is for, "" for the acceptance system itself.
    """
    address = _address(peer)
    if proxy:
        networks = ()
    if networks and not any(address in ipaddress.ip_network(network) for network in networks):
        return Refusal(Why.NOT_LISTED, peer, way, proxy)
    if pin is None:
        return None
    pinned = ipaddress.ip_network(pin.network)
    if not networks and address not in pinned:
        strange = address.is_global and not pinned.network_address.is_global
        return Refusal(Why.PUBLIC if strange else Why.OTHER_ADDRESS, peer, way, proxy)
    return None if pin.goes(way) else Refusal(Why.OTHER_WAY, peer, way, proxy)


class RouteGuard:
    """Asks the rule of each new connection. Safe to use from several threads.

    Args:
        networks: CIDR, as the station file lists them.
        pin: what is pinned now for a proxy (``host:port``; "" for the acceptance system itself), None when nothing is.
        way_to: the way to a peer from an address of this PC, in this order; raises OSError when there is none.
        contact: told after an answer of the acceptance system, with peer, way and proxy of the last new connection.
        refused: told of each refusal.
    """

    def __init__(
        self,
        networks: Sequence[str],
        pin: Callable[[str], RoutePin | None],
        way_to: Callable[[str, str], Way],
        *,
        contact: Callable[[str, Way, str], None],
        refused: Callable[[Refusal], None],
    ) -> None:
        self._networks = tuple(networks)
        self._pin = pin
        self._way_to = way_to
        self._contact = contact
        self._refused = refused
        self._last: tuple[str, Way, str] | None = None

    def check(self, connected: socket.socket, proxy: str = "") -> None:
        """Ask the rule of a connection on which nothing was sent.

        Args:
            proxy: ``host:port`` of the proxy it was made to, "" for the acceptance system itself.

        Raises:
            Elsewhere: it must not be used; also when the way cannot be seen.
        """
        try:
            peer, own = _host_of(connected.getpeername()), _host_of(connected.getsockname())
            way = self._way_to(peer, own)
        except OSError as error:
            raise Elsewhere(f"the way cannot be seen: {error}") from error
        refusal = refusal_of(self._networks, self._pin(proxy), peer, way, proxy)
        if refusal is not None:
            self._refused(refusal)
            raise Elsewhere(refusal)
        self._last = (peer, way, proxy)

    def answered(self) -> None:
        """A whole answer came over a connection that passed the check and whose certificate was verified."""
        last = self._last
        if last is not None:
            self._contact(*last)


def _host_of(name: tuple[object, ...]) -> str:
    return str(name[0])


def _address(text: str) -> _Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _network_round(address: _Address) -> str:
    if address.is_global or address.is_loopback:
        return str(ipaddress.ip_network(address))
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))
