"""SQLite's write-ahead log, read frame by frame beside SQLite.

SQLite takes the log as far as its running checksums hold and silently drops what follows; on a damaged disk that may be
confirmed saves. Here each frame is judged by its page's own HMAC. (File format: https://www.sqlite.org/walformat.html)
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from villagedesk.store.recovery.sealed import PAGE_BYTES, SealedPages

_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_FRAME_BYTES = _FRAME_HEADER_BYTES + PAGE_BYTES
_MAGICS = {0x377F0682: "<", 0x377F0683: ">"}
_MASK = 0xFFFFFFFF


@dataclass(frozen=True)
class Frame:
    """One page as the log holds it.

    Args:
        number: the page's.
        pages: how many pages the database has after this commit, 0 within a transaction.
        content: the page, decrypted.
    """

    number: int
    pages: int
    content: bytes


class LogFile:
    """The log beside a database.

    Args:
        path: need not exist.
    """

    def __init__(self, path: Path, sealed: SealedPages) -> None:
        try:
            self._raw = path.read_bytes()
        except FileNotFoundError:
            self._raw = b""
        self._sealed = sealed
        self._frames = max(0, (len(self._raw) - _HEADER_BYTES) // _FRAME_BYTES)
        self._salts = self._salts_in_use()

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return self._frames == 0

    def committed(self) -> tuple[dict[int, bytes], int, int]:
        """The newest content of each page some commit wrote, the number of pages after the last commit (0 when
        unknown), and how many frames could not be read."""
        pages: dict[int, bytes] = {}
        pending: dict[int, bytes] = {}
        size = damaged = 0
        for frame in self._walk():
            if frame is None:
                damaged += 1
                continue
            pending[frame.number] = frame.content
            if frame.pages:
                pages.update(pending)
                pending.clear()
                size = frame.pages
        return pages, size, damaged

    def hides_commits(self) -> bool:
        """Whether SQLite would drop saves that were confirmed: it stops at a damaged frame, and behind it more than one
        commit follows. (A single one behind it may be a save that a power cut tore, and nobody was told of.)"""
        if self.is_empty() or self._salts is None:
            return False
        taken = self._taken_by_sqlite()
        commits = 0
        for index, frame in enumerate(self._walk()):
            commits += index >= taken and frame is not None and frame.pages > 0
        return commits > (1 if taken or self._header_holds() else 0)

    def _walk(self) -> Iterator[Frame | None]:
        """Frames of this log's own generation; None for one that cannot be read. Older generations end it."""
        last = self._last_of_generation()
        for index in range(last):
            yield self._frame(index)

    def _frame(self, index: int) -> Frame | None:
        start = _HEADER_BYTES + index * _FRAME_BYTES
        number, pages = struct.unpack_from(">II", self._raw, start)
        if self._raw[start + 8 : start + 16] != self._salts or not number:
            return None
        content = self._sealed.open(number, self._raw[start + _FRAME_HEADER_BYTES : start + _FRAME_BYTES])
        return None if content is None else Frame(number, pages, content)

    def _last_of_generation(self) -> int:
        for index in range(self._frames, 0, -1):
            start = _HEADER_BYTES + (index - 1) * _FRAME_BYTES
            if self._raw[start + 8 : start + 16] == self._salts:
                return index
        return 0

    def _salts_in_use(self) -> bytes | None:
        if self._header_holds():
            return self._raw[16:24]
        starts = range(_HEADER_BYTES, _HEADER_BYTES + self._frames * _FRAME_BYTES, _FRAME_BYTES)
        seen = Counter(self._raw[start + 8 : start + 16] for start in starts)
        return seen.most_common(1)[0][0] if seen else None

    def _header_holds(self) -> bool:
        if len(self._raw) < _HEADER_BYTES:
            return False
        order = _MAGICS.get(int.from_bytes(self._raw[:4]))
        return order is not None and _sums(self._raw[:24], order, (0, 0)) == struct.unpack_from(">II", self._raw, 24)

    def _taken_by_sqlite(self) -> int:
        """How many frames SQLite would believe, by its running checksums."""
        if not self._header_holds():
            return 0
        order = _MAGICS[int.from_bytes(self._raw[:4])]
        sums: tuple[int, int] = struct.unpack_from(">II", self._raw, 24)
        for index in range(self._frames):
            start = _HEADER_BYTES + index * _FRAME_BYTES
            if self._raw[start + 8 : start + 16] != self._salts:
                return index
            sums = _sums(self._raw[start : start + 8], order, sums)
            sums = _sums(self._raw[start + _FRAME_HEADER_BYTES : start + _FRAME_BYTES], order, sums)
            if sums != struct.unpack_from(">II", self._raw, start + 16):
                return index
        return self._frames


def _sums(data: bytes, order: str, before: tuple[int, int]) -> tuple[int, int]:
    first, second = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _MASK
        second = (second + odd + first) & _MASK
    return first, second
