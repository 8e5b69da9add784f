"""Linux: what the kernel says of links, addresses, routes and neighbours when asked over netlink (rtnetlink(7)).

Asked and answered within this PC: no packet leaves it. What is asked for is seen in the caller's own network namespace,
which files under ``/sys`` are not.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_GETLINK, _GETADDR, _GETROUTE, _GETNEIGH = 18, 22, 26, 30
_ERROR, _DONE = 2, 3
_REQUEST, _DUMP = 0x1, 0x300
_NEST_MASK = 0x3FFF
_IFLA_IFNAME, _IFLA_MASTER, _IFLA_LINKINFO, _IFLA_INFO_KIND = 3, 10, 18, 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_SRC, _RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY, _RTA_TABLE = 1, 2, 4, 5, 6, 15
_NDA_DST = 1
_FIB_MATCH = 0x2000
_MAIN_TABLE = 254
_UNICAST, _LOCAL = 1, 2
_SECONDS = 2.0


@dataclass(frozen=True)
class KernelLink:
    """An interface.

    Args:
        hardware_type: ``ARPHRD_*`` (1 Ethernet, 512 PPP, 772 loopback, 65534 none).
        software: what a virtual interface is ("tun", "veth", "wireguard" …), "" for hardware.
        up: whether it is switched on; ``carrier`` whether its other end is there.
        enslaved: part of a bridge or bond.
    """

    index: int
    name: str
    hardware_type: int
    software: str
    up: bool
    carrier: bool
    enslaved: bool


@dataclass(frozen=True)
class KernelRoute:
    """A route.

    Args:
        prefix: length of its destination's network in bits.
        own: it leads to this PC itself.
        gateway: "" when the destination is on the link.
    """

    index: int
    prefix: int
    gateway: str
    own: bool
    metric: int


def links() -> list[KernelLink]:
    """All interfaces. Raises OSError."""
    found = []
    for body in _ask(_GETLINK, struct.pack("=BxHiII", socket.AF_UNSPEC, 0, 0, 0, 0), dump=True):
        _, kind, index, flags, _ = struct.unpack_from("=BxHiII", body)
        said = _attributes(body, 16)
        software = _attributes(said.get(_IFLA_LINKINFO, b""), 0).get(_IFLA_INFO_KIND, b"")
        found.append(
            KernelLink(
                index, _text(said.get(_IFLA_IFNAME, b"")), kind, _text(software), bool(flags & 0x1),
                bool(flags & 0x10000), _IFLA_MASTER in said,
            )
        )  # fmt: skip
    return found


def addresses() -> dict[int, list[str]]:
    """Address with prefix length, by interface index. Raises OSError."""
    found: dict[int, list[str]] = {}
    for body in _ask(_GETADDR, struct.pack("=BBBBi", socket.AF_UNSPEC, 0, 0, 0, 0), dump=True):
        _, prefix, _, _, index = struct.unpack_from("=BBBBi", body)
        said = _attributes(body, 8)
        own = said.get(_IFA_LOCAL, said.get(_IFA_ADDRESS, b""))
        found.setdefault(index, []).append(f"{ipaddress.ip_address(own)}/{prefix}")
    return found


def neighbours() -> dict[str, int]:
    """State bits (``NUD_*``) of the hosts on the links, by address. Raises OSError."""
    found: dict[str, int] = {}
    for body in _ask(_GETNEIGH, struct.pack("=BxxxiHBB", socket.AF_UNSPEC, 0, 0, 0, 0), dump=True):
        _, _, state, _, _ = struct.unpack_from("=BxxxiHBB", body)
        place = _attributes(body, 12).get(_NDA_DST)
        if place is not None and len(place) in (4, 16):
            found[str(ipaddress.ip_address(place))] = state
    return found


def default_route() -> KernelRoute | None:
    """The one packets to nowhere known would take, IPv4 before IPv6; None when there is none. Raises OSError."""
    for family in (socket.AF_INET, socket.AF_INET6):
        request = struct.pack("=BBBBBBBBI", family, 0, 0, 0, 0, 0, 0, 0, 0)
        routes = [route for body in _ask(_GETROUTE, request, dump=True) if (route := _route(body)) is not None]
        defaults = [route for route in routes if route.prefix == 0]
        if defaults:
            return min(defaults, key=lambda route: route.metric)
    return None


def route_to(place: str, own: str = "") -> KernelRoute | None:
    """The route packets to an address take; None when there is none.

    Args:
        own: address they would come from, "" for the system's choice.

    Raises:
        OSError: the kernel does not answer.
    """
    target = ipaddress.ip_address(place)
    family, bits = (socket.AF_INET, 32) if target.version == 4 else (socket.AF_INET6, 128)
    source = ipaddress.ip_address(own) if own else None
    request = struct.pack("=BBBBBBBBI", family, bits, bits if source else 0, 0, 0, 0, 0, 0, _FIB_MATCH)
    request += _attribute(_RTA_DST, target.packed)
    if source is not None:
        request += _attribute(_RTA_SRC, source.packed)
    try:
        return next((_route(body, any_table=True) for body in _ask(_GETROUTE, request, dump=False)), None)
    except OSError as error:
        if error.errno in (101, 113, 22, 13):  # no route, unreachable, blackhole, prohibited
            return None
        raise


def _route(body: bytes, *, any_table: bool = False) -> KernelRoute | None:
    _, prefix, _, _, table, _, _, kind, _ = struct.unpack_from("=BBBBBBBBI", body)
    said = _attributes(body, 12)
    table = _number(said[_RTA_TABLE]) if _RTA_TABLE in said else table
    if kind not in (_UNICAST, _LOCAL) or not (any_table or table == _MAIN_TABLE) or _RTA_OIF not in said:
        return None
    gateway = str(ipaddress.ip_address(said[_RTA_GATEWAY])) if _RTA_GATEWAY in said else ""
    metric = _number(said[_RTA_PRIORITY]) if _RTA_PRIORITY in said else 0
    return KernelRoute(_number(said[_RTA_OIF]), prefix, gateway, kind == _LOCAL, metric)


def _ask(kind: int, request: bytes, *, dump: bool) -> Iterator[bytes]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        netlink.settimeout(_SECONDS)
        flags = _REQUEST | (_DUMP if dump else 0)
        netlink.send(struct.pack("=IHHII", 16 + len(request), kind, flags, 1, 0) + request)
        while True:
            data = netlink.recv(256 * 1024)
            at = 0
            while at + 16 <= len(data):
                length, answer, _, _, _ = struct.unpack_from("=IHHII", data, at)
                body = data[at + 16 : at + length]
                at += (length + 3) & ~3
                if answer == _DONE:
                    return
                if answer == _ERROR:
                    code = -struct.unpack_from("=i", body)[0]
                    if code:
                        raise OSError(code, os.strerror(code))
                    return
                yield body
                if not dump:
                    return


def _attributes(body: bytes, at: int) -> Mapping[int, bytes]:
    found: dict[int, bytes] = {}
    while at + 4 <= len(body):
        length, kind = struct.unpack_from("=HH", body, at)
        if length < 4:
            break
        found[kind & _NEST_MASK] = body[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value


def _number(value: bytes) -> int:
    return int(struct.unpack("=I", value)[0])


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("ascii", "replace")
