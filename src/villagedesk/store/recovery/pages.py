"""B-tree pages and records of SQLite's file format, parsed one page at a time (https://www.sqlite.org/fileformat2.html).

Everything that is read here was authenticated by its page's HMAC; what still does not parse is given up as damaged.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from villagedesk.store.recovery.sealed import PAGE_BYTES, RESERVED_BYTES

USABLE = PAGE_BYTES - RESERVED_BYTES
INDEX_INTERIOR, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13
_FIRST_PAGE_HEADER = 100
_LEAST_LOCAL = (USABLE - 12) * 32 // 255 - 23
_MOST_IN_TABLE = USABLE - 35
_MOST_IN_INDEX = (USABLE - 12) * 64 // 255 - 23

Value = int | float | str | bytes | None
Record = tuple[Value, ...]
ReadPage = Callable[[int], bytes | None]


class Unreadable(Exception):
    """A page, or one it goes on to, cannot be read."""


@dataclass(frozen=True)
class Cell:
    """One entry of a page.

    Args:
        child: page number of the subtree before it, 0 on leaves.
        key: the rowid on pages of a table, 0 on those of an index.
        payload: where its record begins, with its whole length; None on a table's interior pages.
    """

    child: int
    key: int
    payload: tuple[int, int] | None


class TreePage:
    """One b-tree page.

    Args:
        number: 1 for the page that begins with the file's header.

    Raises:
        Unreadable: when it is no b-tree page.
    """

    def __init__(self, number: int, content: bytes) -> None:
        self.content = content
        self._start = _FIRST_PAGE_HEADER if number == 1 else 0
        self.kind = content[self._start]
        if self.kind not in (INDEX_INTERIOR, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF):
            raise Unreadable
        self.interior = self.kind in (INDEX_INTERIOR, TABLE_INTERIOR)
        (self._count,) = struct.unpack_from(">H", content, self._start + 3)
        self.last_child: int = struct.unpack_from(">I", content, self._start + 8)[0] if self.interior else 0

    def cells(self) -> Iterator[Cell]:
        """Its entries in order. Raises Unreadable."""
        try:
            start = self._start + (12 if self.interior else 8)
            for (at,) in struct.iter_unpack(">H", self.content[start : start + 2 * self._count]):
                yield self._cell(at)
        except (IndexError, struct.error):
            raise Unreadable from None

    def _cell(self, at: int) -> Cell:
        child = key = 0
        if self.interior:
            (child,) = struct.unpack_from(">I", self.content, at)
            at += 4
        if self.kind == TABLE_INTERIOR:
            return Cell(child, _signed(varint(self.content, at)[0]), None)
        length, at = varint(self.content, at)
        if self.kind == TABLE_LEAF:
            raw, at = varint(self.content, at)
            key = _signed(raw)
        return Cell(child, key, (at, length))

    def overflow_of(self, cell: Cell) -> int:
        """The first page a cell goes on to, 0 when it is whole here."""
        if cell.payload is None:
            return 0
        at, length = cell.payload
        local = self._local(length)
        return 0 if local == length else int(struct.unpack_from(">I", self.content, at + local)[0])

    def record(self, cell: Cell, read: ReadPage) -> Record:
        """The values of a cell. Raises Unreadable, also when a page it goes on to is."""
        if cell.payload is None:
            raise Unreadable
        at, length = cell.payload
        try:
            local = self._local(length)
            data = self.content[at : at + local]
            for page in chain(self.overflow_of(cell), length - local, read):
                data += page[4:USABLE]
            return record(data[:length], length)
        except (IndexError, ValueError, struct.error):
            raise Unreadable from None

    def _local(self, length: int) -> int:
        most = _MOST_IN_TABLE if self.kind == TABLE_LEAF else _MOST_IN_INDEX
        if length <= most:
            return length
        surplus = _LEAST_LOCAL + (length - _LEAST_LOCAL) % (USABLE - 4)
        return surplus if surplus <= most else _LEAST_LOCAL


def chain(number: int, length: int, read: ReadPage) -> Iterator[bytes]:
    """The overflow pages from ``number`` on that hold ``length`` bytes. Raises Unreadable."""
    while length > 0:
        content = read(number) if number else None
        if content is None:
            raise Unreadable
        yield content
        length -= USABLE - 4
        (number,) = struct.unpack_from(">I", content)


def record(data: bytes, length: int) -> Record:
    """The values of a record.

    Raises:
        ValueError, IndexError: when it is none.
    """
    if len(data) != length:
        raise ValueError("a record is cut")
    header, at = varint(data, 0)
    body = header
    values: list[Value] = []
    while at < header:
        kind, at = varint(data, at)
        size = _size_of(kind)
        raw = data[body : body + size]
        if len(raw) != size:
            raise ValueError("a value is cut")
        values.append(_value(kind, raw))
        body += size
    return tuple(values)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number of one to nine bytes, and where it ends. Raises IndexError."""
    value = 0
    for index in range(8):
        byte = data[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    return value << 8 | data[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _size_of(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    if kind in (10, 11):
        raise ValueError("no such type")
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind]


def _value(kind: int, raw: bytes) -> Value:
    if kind >= 12:
        return raw.decode("utf-8") if kind % 2 else raw
    if kind == 0:
        return None
    if kind == 7:
        return float(struct.unpack(">d", raw)[0])
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(raw, signed=True)
