"""Linux: the kernel's routing table, and its notices over netlink (rtnetlink(7))."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from villagedesk.sync.link import Route
from villagedesk.sync.link_probe import SocketLinkProbe, addresses_of

_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400
"""RTMGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, IPV6_IFADDR, IPV6_ROUTE."""
_ROUTE_UP = 0x1
_REJECT = 0x200

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class LinuxLinkProbe(SocketLinkProbe):
    """Reads ``/proc/net/route`` and ``/proc/net/ipv6_route``.

    Args:
        folder: where the two files are.
    """

    def __init__(self, folder: Path = Path("/proc/net")) -> None:
        self._folder = folder

    def route_to(self, host: str) -> Route:
        networks = list(self._networks())
        default = any(network.prefixlen == 0 for network in networks)
        for text in addresses_of(host):
            address = ipaddress.ip_address(text)
            if address.is_loopback:
                return Route.OWN
            if any(network.prefixlen and address in network for network in networks):
                return Route.OWN
        return Route.DEFAULT if default else Route.NONE

    def _networks(self) -> Iterator[_Network]:
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in (self._folder / "route").read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if int(fields[3], 16) & (_ROUTE_UP | _REJECT) == _ROUTE_UP:
                    # The kernel prints the words as this machine stores them.
                    target, mask = (struct.pack("=I", int(fields[place], 16)) for place in (1, 7))
                    yield ipaddress.IPv4Network((target, ipaddress.IPv4Address(mask).compressed), strict=False)
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in (self._folder / "ipv6_route").read_text(encoding="ascii").splitlines():
                fields = line.split()
                if fields[9] != "lo" and int(fields[8], 16) & (_ROUTE_UP | _REJECT) == _ROUTE_UP:
                    yield ipaddress.IPv6Network((bytes.fromhex(fields[0]), int(fields[1], 16)), strict=False)


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

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._stop_writer.send(b"x")
        if self._thread is not None:
            self._thread.join()
        for end in (self._netlink, self._stop_reader, self._stop_writer):
            end.close()

    def _listen(self, listener: Callable[[], None]) -> None:
        while True:
            ready, _, _ = select.select([self._netlink, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            # ENOBUFS says that notices were lost: that, too, is news.
            with contextlib.suppress(OSError):
                self._netlink.recv(65536)
            listener()
