"""Pages on the practice system's disk: parts that grow, and whole pages named by their SHA-256."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_PIECE = 1024 * 1024


class PageFiles:
    """Two folders: ``parts`` for uploads under way, ``pages`` for whole ones.

    Everything is on the platter (fsync of the file, then of its folder) before a call returns.

    Args:
        folder: where both lie; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._parts = folder / "parts"
        self._pages = folder / "pages"
        self._parts.mkdir(parents=True, exist_ok=True)
        self._pages.mkdir(parents=True, exist_ok=True)

    def create_part(self, upload_id: str) -> None:
        """An empty part."""
        with (self._parts / upload_id).open("xb") as file:
            os.fsync(file.fileno())
        _sync_folder(self._parts)

    def open_part(self, upload_id: str, offset: int, *, proven: bool = False) -> PartWriter:
        """Continue a part at an offset; bytes beyond it (never acknowledged) are dropped.

        Args:
            proven: the bytes to come count only once their checksum is found right.

        Raises:
            FileNotFoundError: when the part is gone.
        """
        return PartWriter(self._parts / upload_id, offset, proven=proven)

    def part_bytes(self, upload_id: str) -> int:
        """How many bytes of a part are on the disk; they are once this returns.

        Raises:
            FileNotFoundError: when the part is gone.
        """
        with (self._parts / upload_id).open("r+b") as file:
            os.fsync(file.fileno())
            return os.fstat(file.fileno()).st_size

    def has_part(self, upload_id: str) -> bool:
        """Whether an upload's part is still there."""
        return (self._parts / upload_id).exists()

    def part_sha256(self, upload_id: str) -> str:
        """Hex digest of a part as it lies on disk."""
        digest = hashlib.sha256()
        with (self._parts / upload_id).open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def keep(self, upload_id: str, sha256: str) -> None:
        """Make a verified part a page. Harmless when repeated, and when another upload brought the page."""
        target = self.path(sha256)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            _sync_folder(self._pages)
        part = self._parts / upload_id
        if part.exists():
            part.replace(target)
        elif not target.exists():
            raise FileNotFoundError(target)
        _sync_folder(target.parent)
        _sync_folder(self._parts)

    def discard_part(self, upload_id: str) -> None:
        """Remove a part, if it is there."""
        (self._parts / upload_id).unlink(missing_ok=True)
        _sync_folder(self._parts)

    def path(self, sha256: str) -> Path:
        """Where a page lies, or would."""
        return self._pages / sha256[:2] / sha256


class PartWriter:
    """Appends to a part. Bytes are with the operating system as soon as they are written, so that they outlive this
    process; they are told to the station after :meth:`sync` only. Bytes still to be proven stay in memory until then,
    because after a kill nobody could tell them from proven ones.

    Args:
        path: the part.
        offset: bytes that are acknowledged already.
    """

    def __init__(self, path: Path, offset: int, *, proven: bool = False) -> None:
        self._start = offset
        self._file = path.open("r+b", buffering=0)
        self._file.truncate(offset)
        self._file.seek(offset)
        self._unproven = bytearray() if proven else None
        self.offset = offset

    def write(self, piece: bytes) -> None:
        """Append bytes."""
        if self._unproven is None:
            self._put(piece)
        else:
            self._unproven += piece
        self.offset += len(piece)

    def forget(self) -> None:
        """Go back to where this writer began."""
        if self._unproven is None:
            self._file.seek(self._start)
            self._file.truncate()
        else:
            self._unproven.clear()
        self.offset = self._start

    def sync(self) -> None:
        """Force what was written to the disk."""
        if self._unproven:
            self._put(self._unproven)
            self._unproven = bytearray()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _put(self, piece: bytes | bytearray) -> None:
        left = memoryview(piece)
        while left:
            left = left[self._file.write(left) :]


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle for a directory to flush; NTFS journals the rename itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
