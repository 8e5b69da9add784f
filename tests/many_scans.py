"""A small JPEG that goes over a large, empty picture again and again."""

from __future__ import annotations

import struct


def part(mark: int, body: bytes) -> bytes:
    """A marker of a JPEG with what follows it."""
    return struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body


def jpeg_of_scans(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG in grey: a first scan for the blocks' means, then so many less one for the rest, which is 0.

    Both tables have one code, of one bit: 0 is "as the block before", or "as many blocks as the next 14 bits say, and
    16,384 more, are empty".
    """
    blocks = -(-width // 8) * -(-height // 8)
    empty = f"0{32767 - 16384:014b}" * -(-blocks // 32767)
    packed = int(empty.ljust(-(-len(empty) // 8) * 8, "1"), 2).to_bytes(-(-len(empty) // 8), "big")
    packed = packed.replace(b"\xff", b"\xff\0")
    rest = []
    for number in range(scans - 1):
        place, bit = 1 + number // 14 % 63, 13 - number % 14
        told = bytes([place, place, bit if bit == 13 else (bit + 1) << 4 | bit])
        rest.append(part(0xDA, b"\1\1\0" + told) + packed)
    return b"".join(
        [
            b"\xff\xd8", part(0xDB, b"\0" + bytes([16] * 64)),
            part(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
            part(0xC4, b"\0\1" + bytes(16)), part(0xC4, b"\x10\1" + bytes(15) + b"\xe0"),
            part(0xDA, b"\1\1\0\0\0\0") + bytes(-(-blocks // 8)), *rest, b"\xff\xd9",
        ]
    )  # fmt: skip
