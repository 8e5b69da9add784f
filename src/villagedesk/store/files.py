"""Whole files or none: written aside, flushed, renamed, the folder flushed (design: decision 6)."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from villagedesk.domain.problems import EnvironmentProblem

PART_SUFFIX = ".part"
"""Ending of a file that is not whole yet; what a crash leaves under it was never confirmed to anyone."""

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LEAST_FREE = 512 * 1024


def write_whole(target: Path, data: bytes) -> None:
    """Write ``data`` as ``target`` so that after return it survives a power cut, and before it the old file stands.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; the target is then as it was.
    """
    rename_parts([(write_part(target, data), target)])


def write_part(target: Path, data: bytes) -> Path:
    """Write ``data`` aside, flushed, to become ``target`` by :func:`rename_parts`; a crash before leaves a leftover
    that was confirmed to nobody.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; nothing is left then.
    """
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        remove_parts([part])
        raise problem_of(error, target.parent) from error
    return part


def rename_parts(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Give parts of one folder their names, with one flush of the folder for all of them.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; parts that have no name yet are removed then.
    """
    try:
        rename_all_durably(pairs)
    except OSError as error:
        remove_parts([part for part, _ in pairs])
        raise problem_of(error, pairs[0][1].parent) from error


def remove_parts(parts: Sequence[Path]) -> None:
    """Take away what was written aside; what is gone, or cannot be removed now, is left to the next start."""
    for part in parts:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, all of them flushed into the folder above. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    try:
        flush_folder(folder.parent)
    except OSError:
        # What is there is taken for flushed the next time.
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise


def problem_of(error: OSError, folder: Path) -> EnvironmentProblem:
    """The sentence for a failed write: a full disk, or anything else."""
    return EnvironmentProblem("store.disk_full" if no_room(error, folder) else "store.write_failed")


def no_room(error: OSError, folder: Path) -> bool:
    """Whether a write into ``folder`` failed because its disk is full."""
    return error.errno in _NO_SPACE or nearly_full(folder)


def is_there(path: Path) -> bool:
    """Whether there is such a file; a disk that cannot say is no answer "no".

    Raises:
        EnvironmentProblem: ``store.unreadable``.
    """
    try:
        return path.exists()
    except OSError as error:
        raise EnvironmentProblem("store.unreadable") from error


def nearly_full(folder: Path) -> bool:
    """Whether the disk under ``folder`` has hardly any room, so that an unclear I/O error is told as a full disk."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_FREE
    except OSError:
        return False


def takes_files(folder: Path) -> bool:
    """Whether a file can be made in the folder now, so that a disk gone read-only is not told as a damaged file."""
    probe = folder / f"probe.{secrets.token_hex(4)}{PART_SUFFIX}"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _MOVEFILE_REPLACE_EXISTING = 0x1
    _MOVEFILE_WRITE_THROUGH = 0x8
    _move_file = ctypes.WinDLL("kernel32", use_last_error=True).MoveFileExW
    _move_file.argtypes = (wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD)
    _move_file.restype = wintypes.BOOL

    def rename_durably(source: Path, target: Path) -> None:
        """Rename in one step and return when the folder's entry is on disk. Raises OSError."""
        # Windows cannot flush a folder; the write-through move is its way (os.fsync is FlushFileBuffers there).
        if not _move_file(str(source), str(target), _MOVEFILE_REPLACE_EXISTING | _MOVEFILE_WRITE_THROUGH):
            raise ctypes.WinError(ctypes.get_last_error())

    def rename_all_durably(pairs: Sequence[tuple[Path, Path]]) -> None:
        """As :func:`rename_durably`, one after the other. Raises OSError."""
        for source, target in pairs:
            rename_durably(source, target)

    def flush_folder(_folder: Path) -> None:
        """Nothing to do: moves are write-through."""
else:

    def rename_durably(source: Path, target: Path) -> None:
        """Rename in one step and return when the folder's entry is on disk. Raises OSError."""
        rename_all_durably([(source, target)])

    def rename_all_durably(pairs: Sequence[tuple[Path, Path]]) -> None:
        """Rename within one folder, each in one step, and flush it once. Raises OSError."""
        for source, target in pairs:
            source.replace(target)
        flush_folder(pairs[0][1].parent)

    def flush_folder(folder: Path) -> None:
        """Flush a folder's entries. Raises OSError."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
