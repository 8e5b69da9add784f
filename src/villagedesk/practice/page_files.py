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

    def open_part(self, upload_id: str, offset: int) -> PartWriter:
        """Continue a part at an offset; bytes beyond it (never acknowledged) are dropped.

        Raises:
            FileNotFoundError: when the part is gone.
        """
        return PartWriter(self._parts / upload_id, offset)

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
    """Appends to a part. Nothing counts until :meth:`sync`.

    Args:
        path: the part.
        offset: bytes that are acknowledged already.
    """

    def __init__(self, path: Path, offset: int) -> None:
        self._start = offset
        self._file = path.open("r+b")
        self._file.truncate(offset)
        self._file.seek(offset)
        self.offset = offset

    def write(self, piece: bytes) -> None:
        """Append bytes."""
        self._file.write(piece)
        self.offset += len(piece)

    def forget(self) -> None:
        """Go back to where this writer began."""
        self._file.seek(self._start)
        self._file.truncate()
        self.offset = self._start

    def sync(self) -> None:
        """Force what was written to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle for a directory to flush; NTFS journals the rename itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
