"""Windows: cards, routes and router as IP Helper shows them, and its notices that they changed (``netioapi.h``).

STATUS: never run on Windows. So looking from time to time goes on beside the notices, and where a call of IP Helper
fails the network is seen as sockets show it. What lies beyond the router is not looked for, and a card that was
switched off is not told from one that is not there.
"""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from villagedesk.acceptance.pinned_route import HARDWARE, InterfaceKind, Way
from villagedesk.sync.link import LinkNotices
from villagedesk.sync.link_layers import Interface, Neighbour, Sight
from villagedesk.sync.link_probe import SocketLinkProbe
from villagedesk.sync.windows_network import Adapter, WindowsNetwork

_ETHERNET, _PPP, _LOOPBACK, _VIRTUAL, _WIRELESS, _TUNNEL, _MOBILE = 6, 23, 24, 53, 71, 131, (243, 244)
"""IF_TYPE_* of ipifcons.h. A VPN's adapter is PPP, virtual, a tunnel, or an Ethernet card that is no hardware."""
_WHOLE = 1
"""Bits: VPNs that take all traffic set 0.0.0.0/1 and 128.0.0.0/1."""
_NOWHERE = ("192.0.2.1", "2001:db8::1")
_UNREACHABLE, _INCOMPLETE = 0, 1
_DISCARD_PORT = 9
_ALL_FAMILIES = 0
_CALLS = ("NotifyIpInterfaceChange", "NotifyUnicastIpAddressChange", "NotifyRouteChange2")


class WindowsLinkProbe(SocketLinkProbe):
    """Asks IP Helper, and sockets where it fails.

    Args:
        network: None where IP Helper cannot be had.
    """

    def __init__(self, network: WindowsNetwork | None) -> None:
        super().__init__()
        self._network = network

    def look(self, host: str) -> Sight:
        network = self._network
        if network is None:
            return super().look(host)
        places = self._places(host)
        try:
            adapters = {one.index: one for one in network.adapters()}
        except OSError:
            return super().look(host)
        default = self._default(network, adapters)
        ways = [way for place in places if (way := self._way(network, adapters, place)) is not None]
        return Sight(
            interfaces=tuple(
                Interface(one.name, _kind(one), True, one.up, one.addresses)
                for one in adapters.values()
                if one.kind != _LOOPBACK
            ),
            default=default[1] if default else None,
            router=self._router(network, default),
            way=next(iter(ways), default[1] if default and not places else None),
            places=places,
        )

    def way_to(self, peer: str, own: str) -> Way:
        """How packets from this PC's address to a peer's leave."""
        if self._network is not None:
            with contextlib.suppress(OSError):
                adapters = {one.index: one for one in self._network.adapters()}
                way = self._way(self._network, adapters, peer, own)
                if way is not None:
                    return way
        return super().way_to(peer, own)

    @staticmethod
    def _way(network: WindowsNetwork, adapters: Mapping[int, Adapter], place: str, own: str = "") -> Way | None:
        if ipaddress.ip_address(place.partition("%")[0]).is_loopback:
            return Way("", InterfaceKind.LOOPBACK, default=False)
        try:
            route = network.route_to(place, own)
        except OSError:
            return None
        card = adapters.get(route.index)
        if card is None:
            return None
        if card.kind == _LOOPBACK:
            return Way("", InterfaceKind.LOOPBACK, default=False)
        return Way(card.name, _kind(card), default=route.prefix <= _WHOLE, gateway=route.gateway)

    def _default(self, network: WindowsNetwork, adapters: Mapping[int, Adapter]) -> tuple[int, Way] | None:
        for place in _NOWHERE:
            way = self._way(network, adapters, place)
            if way is not None and way.default:
                index = next(index for index, one in adapters.items() if one.name == way.interface)
                return index, way
        return None

    @staticmethod
    def _router(network: WindowsNetwork, default: tuple[int, Way] | None) -> Neighbour:
        if default is None or not default[1].gateway or default[1].kind not in HARDWARE:
            return Neighbour.UNSEEN
        index, gateway = default[0], default[1].gateway
        try:
            state = network.neighbour_state(index, gateway)
        except OSError:
            return Neighbour.UNSEEN
        if state is None or state in (_UNREACHABLE, _INCOMPLETE):
            # An empty datagram makes the system look for it, for the next time.
            family = socket.AF_INET6 if ":" in gateway else socket.AF_INET
            with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.sendto(b"", (gateway, _DISCARD_PORT))
            return Neighbour.SILENT if state == _UNREACHABLE else Neighbour.UNSEEN
        return Neighbour.ANSWERS


def windows_probe() -> WindowsLinkProbe:
    """With this system's IP Helper, where it is there."""
    try:
        library = getattr(ctypes, "WinDLL")("iphlpapi")  # noqa: B009 - only Windows' ctypes has it
    except (OSError, AttributeError):
        return WindowsLinkProbe(None)
    return WindowsLinkProbe(WindowsNetwork(library))


def _kind(card: Adapter) -> InterfaceKind:
    if card.kind == _LOOPBACK:
        return InterfaceKind.LOOPBACK
    if card.kind in (_PPP, _VIRTUAL, _TUNNEL):
        return InterfaceKind.TUNNEL
    if card.kind in _MOBILE:
        return InterfaceKind.MOBILE
    if card.kind == _WIRELESS and card.hardware:
        return InterfaceKind.WIRELESS
    if card.kind == _ETHERNET:
        # TAP adapters of VPNs call themselves Ethernet; so do those of virtual machines, which lead nowhere.
        return InterfaceKind.WIRED if card.hardware else InterfaceKind.TUNNEL
    return InterfaceKind.OTHER


class WindowsNotices:
    """Wakes at every change of interfaces, addresses and routes; the system calls from a thread of its own.

    Args:
        beside: notices that go on beside the system's.
    """

    def __init__(self, beside: LinkNotices) -> None:
        self._beside = beside
        self._library: Any = None
        self._handles: list[ctypes.c_void_p] = []
        self._callback: Any = None
        self._ending: threading.Thread | None = None

    def start(self, listener: Callable[[], None]) -> None:
        self._beside.start(listener)
        with contextlib.suppress(OSError, AttributeError):
            self._ask(listener)

    def stop(self, seconds: float) -> bool:
        if self._handles and (self._ending is None or not self._ending.is_alive()):
            self._ending = threading.Thread(target=self._cancel, name="notices-end", daemon=True)
            self._ending.start()
        until = monotonic() + seconds
        ended = self._beside.stop(seconds)
        if self._ending is not None:
            self._ending.join(max(0.0, until - monotonic()))
        return ended and not self._handles

    def _cancel(self) -> None:
        while self._handles:
            # Returns when the last call has ended: a listener may be at work, and it has no time to be given.
            self._library.CancelMibChangeNotify2(self._handles[-1])
            self._handles.pop()

    def _ask(self, listener: Callable[[], None]) -> None:
        self._library = getattr(ctypes, "WinDLL")("iphlpapi")  # noqa: B009 - only Windows' ctypes has it
        kind = getattr(ctypes, "WINFUNCTYPE")(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)  # noqa: B009
        # Kept as long as the system may call it.
        self._callback = kind(lambda _context, _row, _what: listener())
        self._library.CancelMibChangeNotify2.argtypes = [ctypes.c_void_p]
        for name in _CALLS:
            call = getattr(self._library, name)
            call.argtypes = [ctypes.c_ushort, kind, ctypes.c_void_p, ctypes.c_ubyte, ctypes.c_void_p]
            handle = ctypes.c_void_p()
            if call(_ALL_FAMILIES, self._callback, None, 0, ctypes.byref(handle)) == 0:
                self._handles.append(handle)
