"""What came of a catalogue package so far, kept in a file, so that a restart costs nothing that had come.

The file is plain, because a catalogue is public, and believed in nothing: each piece has its hash, for what a crash
left half written; that the whole is the county's, its signature says, which whoever puts it in use checks.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

from villagedesk.acceptance.port import CATALOGUE_NAME, CatalogueBegun, CataloguePiece
from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES
from villagedesk.domain.problems import EnvironmentProblem

ARRIVING_FILE = "catalogue-arriving"
"""Its name in the data folder."""
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_DIGEST = 32
_HEAD = 4 + _DIGEST
"""Before each piece: its length and its SHA-256."""
_MOST_FILE_BYTES = 2 * MAX_CATALOGUE_BYTES


class CataloguePart:
    """Used by one thread.

    Args:
        path: None keeps it for this run of the program only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._looked = path is None
        self._begun: CatalogueBegun | None = None
        self._data = bytearray()
        self._end = 0

    @property
    def begun(self) -> CatalogueBegun | None:
        """How far it came; None when nothing did."""
        if not self._looked:
            self._looked = True
            self._look()
        return self._begun

    @property
    def data(self) -> bytes:
        """All that came."""
        return bytes(self._data)

    def keep(self, piece: CataloguePiece) -> None:
        """Add what came; a piece from the first byte on takes the place of what was there.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; then it did not come.
            ValueError: it does not follow on what is here.
        """
        first = piece.begun.here - len(piece.data) == 0
        before = self.begun
        if not first and (before is None or before.here + len(piece.data) != piece.begun.here):
            raise ValueError("the piece does not follow on what is here")
        if first:
            self.drop()
        written = piece.data
        if self._path is not None and not self._path.exists():
            self._end, written = 0, bytes(self._data) + piece.data
        written = len(written).to_bytes(4) + hashlib.sha256(written).digest() + written
        if self._end == 0:
            written = json.dumps({"name": piece.begun.name, "whole": piece.begun.whole}).encode() + b"\n" + written
        self._write(written)
        self._end += len(written)
        self._data += piece.data
        self._begun = piece.begun

    def drop(self) -> None:
        """Forget it."""
        self._looked, self._begun, self._end = True, None, 0
        self._data.clear()
        if self._path is not None:
            try:
                self._path.unlink(missing_ok=True)
            except OSError:
                return  # what stays there is found to be no package's, or goes on where the system still has that one

    def _write(self, written: bytes) -> None:
        if self._path is None:
            return
        try:
            with self._path.open("r+b" if self._end else "wb") as file:
                file.seek(self._end)  # over what could not be written whole
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise EnvironmentProblem("store.disk_full" if error.errno in _NO_SPACE else "store.write_failed") from error

    def _look(self) -> None:
        """Read what an earlier run left, as far as it is whole; of no use is only that it begins anew."""
        assert self._path is not None
        try:
            with self._path.open("rb") as file:
                kept = file.read(_MOST_FILE_BYTES)
        except OSError:
            return
        try:
            line, _, pieces = kept.partition(b"\n")
            told = json.loads(line)
            name, whole = told["name"], told["whole"]
            told_well = isinstance(name, str) and isinstance(whole, int)
            known = told_well and CATALOGUE_NAME.fullmatch(name) is not None and whole <= MAX_CATALOGUE_BYTES
        except (ValueError, KeyError, TypeError, RecursionError):
            known = False
        if known:
            self._take_in(pieces, len(line) + 1)
        if not self._data or len(self._data) > whole:
            self.drop()
            return
        self._begun = CatalogueBegun(name, len(self._data), whole)

    def _take_in(self, pieces: bytes, at: int) -> None:
        """Those that are whole.

        Args:
            at: where in the file the first begins.
        """
        self._end = at
        place = 0
        while len(head := pieces[place : place + _HEAD]) == _HEAD:
            data = pieces[place + _HEAD : place + _HEAD + int.from_bytes(head[:4])]
            if not data or hashlib.sha256(data).digest() != head[4:]:
                return
            self._data += data
            place += _HEAD + len(data)
            self._end = at + place
