"""The network as sockets show it, on any system; no packet goes to any host but the acceptance system."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Iterable

from villagedesk.sync.link import Reach, Route

_NOWHERE = ("192.0.2.1", "2001:db8::1")
"""Documentation addresses (RFC 5737, RFC 3849): only a default route leads there."""
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

    def connect(self, host: str, port: int, seconds: float) -> Reach:
        try:
            with socket.create_connection((host, port), timeout=seconds):
                return Reach.CONNECTED
        except socket.gaierror:
            return Reach.NAME_UNKNOWN
        except OSError as error:
            return Reach.REFUSED if error.errno in _HOST_IS_THERE else Reach.SILENT


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
