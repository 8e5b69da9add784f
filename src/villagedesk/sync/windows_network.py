"""Windows: cards, routes and neighbours as IP Helper gives them (``iphlpapi.h``, ``netioapi.h``), read by its layouts.

STATUS: never run on Windows. The layouts are those of the 64-bit headers; tests lay them out by offset.
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_AF_INET, _AF_INET6 = 2, 23
_NOTHING_WANTED = 0x2 | 0x4 | 0x8
"""GAA_FLAG_SKIP_ANYCAST, SKIP_MULTICAST, SKIP_DNS_SERVER."""
_TOO_SMALL, _NO_DATA, _NOT_FOUND = 111, 232, 1168
_FIRST_SIZE = 32 * 1024
_TRIES = 3
_UP = 1
"""IfOperStatusUp."""
_HARDWARE = 0x1
_U8, _U16, _U32, _U64, _PTR = ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p
_SockaddrInet = _U32 * 7


class _SocketAddress(ctypes.Structure):
    _fields_ = (("at", _PTR), ("length", _U32))


class _Unicast(ctypes.Structure):
    _fields_ = (
        ("length", _U32), ("flags", _U32), ("next", _PTR), ("address", _SocketAddress), ("origins", _U32 * 3),
        ("lifetimes", _U32 * 3), ("prefix", _U8),
    )  # fmt: skip


class _Adapter(ctypes.Structure):
    """IP_ADAPTER_ADDRESSES_LH as far as it is read."""

    _fields_ = (
        ("length", _U32), ("index", _U32), ("next", _PTR), ("name", _PTR), ("unicast", _PTR), ("others", _PTR * 3),
        ("suffix", _PTR), ("description", _PTR), ("friendly", _PTR), ("physical", _U8 * 8), ("physical_length", _U32),
        ("flags", _U32), ("mtu", _U32), ("kind", _U32), ("status", _U32), ("index6", _U32),
    )  # fmt: skip


class _IfRow(ctypes.Structure):
    """MIB_IF_ROW2; what follows the flags is not read."""

    _fields_ = (
        ("luid", _U64), ("index", _U32), ("guid", _U8 * 16), ("alias", _U16 * 257), ("description", _U16 * 257),
        ("physical_length", _U32), ("physical", _U8 * 64), ("mtu", _U32), ("kind", _U32), ("tunnel", _U32),
        ("media", _U32 * 4), ("flags", _U8), ("rest", _U8 * 512),
    )  # fmt: skip


class _RouteRow(ctypes.Structure):
    """MIB_IPFORWARD_ROW2."""

    _fields_ = (
        ("luid", _U64), ("index", _U32), ("destination", _SockaddrInet), ("prefix", _U8), ("hop", _SockaddrInet),
        ("rest", _U32 * 8),
    )  # fmt: skip


class _NeighbourRow(ctypes.Structure):
    """MIB_IPNET_ROW2."""

    _fields_ = (
        ("address", _SockaddrInet), ("index", _U32), ("luid", _U64), ("physical", _U8 * 32), ("physical_length", _U32),
        ("state", _U32), ("flags", _U8), ("reachable", _U32),
    )  # fmt: skip


@dataclass(frozen=True)
class Adapter:
    """A network adapter that is not disabled: those are not listed.

    Args:
        kind: ``IF_TYPE_*`` (6 Ethernet, 23 PPP, 24 loopback, 53 virtual, 71 wireless, 131 tunnel, 243 and 244 mobile).
        up: it is on and its other end is there.
        hardware: a real card, as its driver says.
        addresses: with prefix lengths.
    """

    index: int
    name: str
    kind: int
    up: bool
    hardware: bool
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class BestRoute:
    """The route packets to an address take; ``gateway`` is "" when the destination is on the link."""

    index: int
    prefix: int
    gateway: str


class WindowsNetwork:
    """Asks IP Helper. Safe to use from several threads.

    Args:
        library: ``iphlpapi``.
    """

    def __init__(self, library: Any) -> None:
        self._library = library

    def adapters(self) -> list[Adapter]:
        """All adapters. Raises OSError."""
        size = _FIRST_SIZE
        for _ in range(_TRIES):
            # Eight-byte words, so that the structures in it are aligned.
            buffer, told = (_U64 * (size // 8 + 1))(), _U32(size)
            code = self._library.GetAdaptersAddresses(_U32(0), _U32(_NOTHING_WANTED), None, buffer, ctypes.byref(told))
            if code == _NO_DATA:
                return []
            if code == 0:
                return [self._adapter(one) for one in _chain(_Adapter, ctypes.addressof(buffer))]
            if code != _TOO_SMALL:
                break
            size = told.value
        raise OSError(code, os.strerror(code))

    def route_to(self, place: str, own: str = "") -> BestRoute:
        """The route to an address, from an address of this PC where one is named. Raises OSError when there is none."""
        target, source, row = _sockaddr(place), _sockaddr(own) if own else None, _RouteRow()
        chosen = _SockaddrInet()
        code = self._library.GetBestRoute2(
            None, _U32(0), None if source is None else ctypes.byref(source), ctypes.byref(target), _U32(0),
            ctypes.byref(row), ctypes.byref(chosen),
        )  # fmt: skip
        if code:
            raise OSError(code, "no route")
        hop = _text_of(ctypes.string_at(ctypes.addressof(row.hop), ctypes.sizeof(row.hop)))
        return BestRoute(row.index, row.prefix, "" if hop in ("", "0.0.0.0", "::") else hop)

    def neighbour_state(self, index: int, place: str) -> int | None:
        """``NL_NEIGHBOR_STATE`` (0 unreachable, 1 incomplete, 2 to 6 known) of a host on a link, None when nothing is
        known of it. Raises OSError."""
        row = _NeighbourRow()
        row.address, row.index = _sockaddr(place), index
        code = self._library.GetIpNetEntry2(ctypes.byref(row))
        if code == _NOT_FOUND:
            return None
        if code:
            raise OSError(code, os.strerror(code))
        return int(row.state)

    def _adapter(self, one: _Adapter) -> Adapter:
        addresses = []
        for each in _chain(_Unicast, one.unicast):
            text = _text_of(ctypes.string_at(each.address.at, each.address.length))
            if text:
                addresses.append(f"{text}/{each.prefix}")
        row = _IfRow()
        row.index = one.index or one.index6
        known = self._library.GetIfEntry2(ctypes.byref(row)) == 0
        index, hardware = one.index or one.index6, known and bool(row.flags & _HARDWARE)
        return Adapter(index, _wide(one.friendly), one.kind, one.status == _UP, hardware, tuple(addresses))


def _chain(kind: Any, first: int | None) -> Iterator[Any]:
    at = first
    while at:
        one = kind.from_address(at)
        yield one
        at = one.next


def _sockaddr(place: str) -> Any:
    """A SOCKADDR_INET."""
    address = ipaddress.ip_address(place.partition("%")[0])
    if address.version == 4:
        raw = _AF_INET.to_bytes(2, "little") + bytes(2) + address.packed
    else:
        raw = _AF_INET6.to_bytes(2, "little") + bytes(6) + address.packed
    return _SockaddrInet.from_buffer_copy(raw.ljust(28, b"\0"))


def _text_of(sockaddr: bytes) -> str:
    family = int.from_bytes(sockaddr[:2], "little")
    if family == _AF_INET and len(sockaddr) >= 8:
        return str(ipaddress.IPv4Address(sockaddr[4:8]))
    if family == _AF_INET6 and len(sockaddr) >= 24:
        return str(ipaddress.IPv6Address(sockaddr[8:24]))
    return ""


def _wide(at: int | None) -> str:
    """Text in UTF-16 that ends with a zero."""
    raw = b""
    while at and len(raw) < 512:
        unit = ctypes.string_at(at + len(raw), 2)
        if unit == b"\0\0":
            break
        raw += unit
    return raw.decode("utf-16-le", "replace")
