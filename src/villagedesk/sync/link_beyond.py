"""Linux: whether anything beyond the router answers, found out without asking any public address.

A few empty datagrams are addressed to the acceptance system itself and given lives too short to get there (the TTL of
RFC 791, as traceroute does): whoever drops the packet says so to this PC (ICMP, RFC 792). An answer from the provider's
side shows that the internet line works, the router's own "unreachable" that it does not. Silence shows nothing: some
providers never answer. The datagrams leave by the default route's card, also while a VPN has a route of its own.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
from collections.abc import Iterator

from villagedesk.acceptance.pinned_route import Way
from villagedesk.sync.link_layers import Outside

_LIVES = (2, 3, 4)
"""Hops. One is the router's own; a modem behind it may be a router, too."""
_PORT = 33434
"""Of traceroute: nobody listens there."""
_IP_RECVERR, _IPV6_RECVERR = 11, 25
_SO_BINDTODEVICE = 25
_ERROR = struct.Struct("=IBBBxII")
"""``sock_extended_err`` of linux/errqueue.h; the address of who says so follows."""
_BY_ICMP, _BY_ICMP6 = 2, 3
_UNREACHABLE = frozenset({(_BY_ICMP, 3, 0), (_BY_ICMP, 3, 1), (_BY_ICMP6, 1, 0), (_BY_ICMP6, 1, 3)})
"""No route, host unreachable. Others say that the router does not want to, which is no news of the line."""
_AT_HOME = tuple(ipaddress.ip_network(text) for text in ("192.168.0.0/16", "172.16.0.0/12", "169.254.0.0/16"))
"""What modems and second routers of a household have; providers use 10.0.0.0/8 and 100.64.0.0/10."""


class Beyond:
    """Sends the datagrams when made; close it.

    Args:
        place: numeric address of the acceptance system.
        default: the default way, by a card and with a router.
    """

    def __init__(self, place: str, default: Way) -> None:
        self._gateway = default.gateway
        six = ":" in place
        self._socket = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):
            if six:
                self._socket.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            else:
                self._socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, default.interface.encode() + b"\0")
            for lives in _LIVES:
                if six:
                    self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, lives)
                else:
                    self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, lives)
                with contextlib.suppress(OSError):  # an answer to the one before is told here as well
                    self._socket.sendto(b"", (place, _PORT + lives))

    def heard(self) -> tuple[Outside, str]:
        """What was answered by now, and by whom."""
        said = list(self._said())
        for who, _ in said:
            address = ipaddress.ip_address(who)
            if who != self._gateway and not address.is_link_local and not any(address in home for home in _AT_HOME):
                return Outside.ANSWERS, who
        if any(who == self._gateway and unreachable for who, unreachable in said):
            return Outside.UNREACHABLE, self._gateway
        return Outside.UNSEEN, ""

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()

    def _said(self) -> Iterator[tuple[str, bool]]:
        while True:
            try:
                _, told, _, _ = self._socket.recvmsg(64, 512, socket.MSG_ERRQUEUE)
            except OSError:
                return
            for _, kind, data in told:
                if kind not in (_IP_RECVERR, _IPV6_RECVERR) or len(data) < _ERROR.size + 8:
                    continue
                _, origin, icmp, code, _, _ = _ERROR.unpack_from(data)
                # sockaddr_in, sockaddr_in6: the address begins at its fourth, its eighth byte
                raw = data[_ERROR.size + 4 :][:4] if origin == _BY_ICMP else data[_ERROR.size + 8 :][:16]
                if origin in (_BY_ICMP, _BY_ICMP6):
                    yield str(ipaddress.ip_address(raw)), (origin, icmp, code) in _UNREACHABLE
