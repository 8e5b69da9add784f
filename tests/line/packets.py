"""What the relay reads of IPv4 and TCP headers (RFC 791, RFC 9293), and the resets it makes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
_TCP = 6
_WRAP = 1 << 32


@dataclass(frozen=True)
class Segment:
    """One TCP segment; ``payload`` is its length in bytes."""

    source: bytes
    target: bytes
    source_port: int
    target_port: int
    seq: int
    ack: int
    flags: int
    payload: int


def segment_of(packet: bytes) -> Segment | None:
    """The segment of an IPv4 packet; None when it carries no TCP."""
    if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != _TCP:
        return None
    head = (packet[0] & 0xF) * 4
    whole = struct.unpack_from("!H", packet, 2)[0]
    source_port, target_port, seq, ack, offset, flags = struct.unpack_from("!HHIIBB", packet, head)
    payload = whole - head - (offset >> 4) * 4
    return Segment(packet[12:16], packet[16:20], source_port, target_port, seq, ack, flags, payload)


def after(later: int, earlier: int) -> int:
    """How far one sequence number is ahead of another, negative when behind (32 bits, wrapping)."""
    gone = (later - earlier) % _WRAP
    return gone - _WRAP if gone >= _WRAP // 2 else gone


def reset(source: bytes, target: bytes, source_port: int, target_port: int, seq: int) -> bytes:
    """An IPv4 packet that ends the target's connection, if ``seq`` is what it expects next."""
    tcp = struct.pack("!HHIIBBHHH", source_port, target_port, seq % _WRAP, 0, 5 << 4, RST, 0, 0, 0)
    pseudo = source + target + struct.pack("!BBH", 0, _TCP, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", _checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, _TCP, 0, source, target)
    return ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:] + tcp


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
