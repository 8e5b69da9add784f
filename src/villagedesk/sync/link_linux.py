"""Linux: interfaces, routes and router as the kernel shows them, and its notices over netlink (rtnetlink(7))."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import threading
from collections.abc import Callable, Mapping

from villagedesk.acceptance.pinned_route import HARDWARE, InterfaceKind, Way
from villagedesk.sync import netlink
from villagedesk.sync.link_beyond import Beyond
from villagedesk.sync.link_layers import Interface, Neighbour, Outside, Reach, Sight
from villagedesk.sync.link_probe import SocketLinkProbe

_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
"""RTMGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, IPV6_IFADDR, IPV6_ROUTE."""
_ETHERNET, _PPP, _LOOPBACK, _NONE = 1, 512, 772, 65534
"""ARPHRD_* of linux/if_arp.h."""
_TUNNELS = frozenset({"tun", "wireguard", "ipip", "gre", "gretap", "sit", "vti", "xfrm", "ppp", "l2tp"})
_PAIRED = "veth"
"""What a container or a virtual machine has for its network card."""
_WHOLE = 1
"""Bits: VPNs that take all traffic set 0.0.0.0/1 and 128.0.0.0/1, which is a default route by another name."""
_FRESH, _KNOWN, _GIVEN_UP = 0x02 | 0x40 | 0x80, 0x04 | 0x08 | 0x10, 0x20
"""NUD_REACHABLE, NOARP, PERMANENT; STALE, DELAY, PROBE: it answered some time ago; FAILED."""
_DISCARD_PORT = 9


class LinuxLinkProbe(SocketLinkProbe):
    """Asks the kernel over netlink, and sockets where it gives none."""

    def __init__(self) -> None:
        super().__init__()
        self._outside: tuple[Way, Outside, str] | None = None

    def look(self, host: str) -> Sight:
        try:
            links = {link.index: link for link in netlink.links()}
            held = netlink.addresses()
            default = _way(links, netlink.default_route())
            places = self._places(host)
            ways = [way for place in places if (way := _way(links, netlink.route_to(_bare(place)))) is not None]
        except OSError:
            return super().look(host)
        if default is not None and not any(one.name == default.interface and one.carrier for one in links.values()):
            self._outside = None  # what was so before the cable was pulled says nothing of what is so after
        outside, outside_address = Outside.UNSEEN, ""
        if self._outside is not None and self._outside[0] == default:
            _, outside, outside_address = self._outside
        return Sight(
            interfaces=tuple(
                Interface(link.name, _kind(link), link.up, link.up and link.carrier, tuple(held.get(link.index, ())))
                for link in links.values()
                if link.hardware_type != _LOOPBACK
            ),
            default=default,
            router=_router(default),
            way=next(iter(ways), default if not places else None),
            places=places,
            outside=outside,
            outside_address=outside_address,
        )

    def connect(self, host: str, port: int, seconds: float, given_up: Callable[[], bool]) -> Reach:
        """And listen, meanwhile, for who else answers; the next look shows it."""
        beyond, default = self._beyond(host)
        try:
            reach = super().connect(host, port, seconds, given_up)
            heard = (Outside.UNSEEN, "") if beyond is None else beyond.heard()
        finally:
            if beyond is not None:
                beyond.close()
        self._outside = None if default is None else (default, *heard)
        return reach

    def _beyond(self, host: str) -> tuple[Beyond | None, Way | None]:
        places = self._names.known(host)
        with contextlib.suppress(OSError):
            links = {link.index: link for link in netlink.links()}
            default = _way(links, netlink.default_route())
            if default is None or not default.gateway or default.kind not in HARDWARE:
                return None, None
            for place in places:
                if (":" in place) == (":" in default.gateway) and not ipaddress.ip_address(_bare(place)).is_loopback:
                    return Beyond(_bare(place), default), default
        return None, None

    def way_to(self, peer: str, own: str) -> Way:
        """How packets from this PC's address to a peer's leave. Raises OSError when there is no way."""
        try:
            links = {link.index: link for link in netlink.links()}
            way = _way(links, netlink.route_to(_bare(peer), _bare(own)))
        except OSError:
            return super().way_to(peer, own)
        if way is None:
            raise OSError(f"no way from {own} to {peer}")
        return way


def _bare(place: str) -> str:
    return place.partition("%")[0]


def _kind(link: netlink.KernelLink) -> InterfaceKind:
    if link.hardware_type == _LOOPBACK:
        return InterfaceKind.LOOPBACK
    if link.software in _TUNNELS or link.hardware_type in (_PPP, _NONE):
        return InterfaceKind.TUNNEL
    if link.hardware_type != _ETHERNET or link.software not in ("", _PAIRED):
        return InterfaceKind.OTHER
    if link.software == _PAIRED and link.enslaved:
        return InterfaceKind.OTHER
    if link.name.startswith("ww"):
        return InterfaceKind.MOBILE
    # Names of systemd and of the kernel; a wireless card called otherwise passes for a wired one.
    return InterfaceKind.WIRELESS if link.name.startswith("wl") else InterfaceKind.WIRED


def _way(links: Mapping[int, netlink.KernelLink], route: netlink.KernelRoute | None) -> Way | None:
    link = None if route is None else links.get(route.index)
    if route is None or link is None:
        return None
    if route.own:
        return Way(link.name, InterfaceKind.LOOPBACK, default=False)
    return Way(link.name, _kind(link), default=route.prefix <= _WHOLE, gateway=route.gateway)


def _router(default: Way | None) -> Neighbour:
    """Whether the router answers. Where that is not fresh, an empty datagram to it makes the kernel look for it, for
    the next time; what the last search found is read before, because a new one hides it."""
    if default is None or not default.gateway or default.kind not in HARDWARE:
        return Neighbour.UNSEEN
    gateway = default.gateway
    try:
        state = netlink.neighbours().get(gateway, 0)
    except OSError:
        return Neighbour.UNSEEN
    if not state & _FRESH:
        family = socket.AF_INET6 if ":" in gateway else socket.AF_INET
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
            scope = socket.if_nametoindex(default.interface)  # a router's IPv6 address counts on its link only
            asking.sendto(b"", (gateway, _DISCARD_PORT, 0, scope) if ":" in gateway else (gateway, _DISCARD_PORT))
    if state & (_FRESH | _KNOWN):
        return Neighbour.ANSWERS
    return Neighbour.SILENT if state & _GIVEN_UP else Neighbour.UNSEEN


class NetlinkNotices:
    """Wakes at every change of links, addresses and routes.

    Raises:
        OSError: where the kernel gives no netlink socket (some containers).
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        try:
            self._netlink.bind((0, _GROUPS))
        except OSError:
            self._netlink.close()
            raise
        self._stop_reader, self._stop_writer = socket.socketpair()

    def start(self, listener: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=self._listen, args=(listener,), name="netlink", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        with contextlib.suppress(OSError):
            self._stop_writer.send(b"x")
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                return False  # it reads what it is told to end by when its listener returns
        for end in (self._netlink, self._stop_reader, self._stop_writer):
            end.close()
        return True

    def _listen(self, listener: Callable[[], None]) -> None:
        while True:
            ready, _, _ = select.select([self._netlink, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            # ENOBUFS says that notices were lost: that, too, is news.
            with contextlib.suppress(OSError):
                self._netlink.recv(65536)
            listener()
