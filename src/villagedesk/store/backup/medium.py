"""Reading and writing on a medium nobody vouches for: no link is followed, nothing is read without a bound, and what is
written is flushed and read back."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.files import PART_SUFFIX, flush_folder, rename_durably

CHUNK = 1 << 20
"""Bytes read or written at once."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE, errno.EBADF}
_LINK_TAGS = {0xA0000003, 0xA000000C}
"""Windows' mount points (junctions) and symbolic links."""
_READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnsoundError(Exception):
    """Something on the medium is not what a backup holds: a link, a file too large, the wrong bytes."""


@dataclass(frozen=True)
class Written:
    """A file as it was written and read back; ``sha256`` as hex."""

    sha256: str
    size: int


@contextlib.contextmanager
def medium_trouble(target: Path) -> Iterator[None]:
    """Turn what the operating system says of the medium into a sentence.

    Raises:
        EnvironmentProblem: ``backup.medium_full``, ``backup.medium_read_only``, ``backup.medium_gone``,
            ``backup.medium_failed``, ``backup.medium_strange`` for what is not as a backup leaves it.
    """
    try:
        yield
    except UnsoundError as error:
        raise EnvironmentProblem("backup.medium_strange") from error
    except OSError as error:
        raise problem_of(error, target) from error


def problem_of(error: OSError, target: Path) -> EnvironmentProblem:
    """The sentence for a failed access to the medium."""
    if error.errno in _FULL:
        return EnvironmentProblem("backup.medium_full")
    if error.errno in _READ_ONLY and target.is_dir():
        return EnvironmentProblem("backup.medium_read_only")
    if error.errno in _GONE or not target.is_dir():
        return EnvironmentProblem("backup.medium_gone")
    return EnvironmentProblem("backup.medium_failed")


def is_plain_folder(path: Path) -> bool:
    """Whether it is a folder itself, not a link to one. Raises OSError, but not where there is nothing."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISDIR(found.st_mode) and getattr(found, "st_reparse_tag", 0) not in _LINK_TAGS


def make_folder(path: Path, *, flush: bool = True) -> None:
    """Make a folder whose parent is there, and flush the parent; one that is there is kept, and its parent flushed all
    the same: the medium may have failed, in every respect, when it was made.

    Args:
        flush: False where the caller flushes the parent, once for many folders.

    Raises:
        UnsoundError: when something else lies under that name.
        OSError: from the medium.
    """
    if not is_plain_folder(path):
        try:
            path.mkdir()
        except FileExistsError:
            raise UnsoundError(path.name) from None
    if flush:
        flush_folder(path.parent)


@contextlib.contextmanager
def open_plain(path: Path, limit: int) -> Iterator[IO[bytes]]:
    """Open a regular file of at most ``limit`` bytes.

    Raises:
        UnsoundError: when it is a link, no regular file, or larger.
        OSError: from the medium.
    """
    try:
        handle = os.open(path, _READING)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):  # what O_NOFOLLOW gives for a link
            raise UnsoundError(path.name) from None
        raise
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > limit:
            raise UnsoundError(path.name)
        yield file


def read_plain(path: Path, limit: int) -> bytes:
    """All of a regular file of at most ``limit`` bytes. Raises as :func:`open_plain`."""
    with open_plain(path, limit) as file:
        # as much as there is, not as much as there may be: read() takes the memory first
        return file.read(os.fstat(file.fileno()).st_size)


def hash_plain(path: Path, limit: int) -> Written:
    """Hash and size of a file, read piece by piece. Raises as :func:`open_plain`."""
    digest, size = hashlib.sha256(), 0
    with open_plain(path, limit) as file:
        while (chunk := file.read(CHUNK)) and size <= limit:
            digest.update(chunk)
            size += len(chunk)
    return Written(digest.hexdigest(), size)


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of a file in pieces."""
    while chunk := file.read(CHUNK):
        yield chunk


def write_verified(target: Path, pieces: Iterable[bytes]) -> Written:
    """Write a file aside, flush it, read it back from the medium, and only then give it its name.

    The name itself is durable after the folder was flushed (:func:`villagedesk.store.files.flush_folder`), which the
    caller does once for many files; on Windows the move is written through at once.

    Raises:
        EnvironmentProblem: ``backup.medium_unreliable`` when other bytes come back.
        OSError: from the medium; nothing lies under the name then.
    """
    part = target.with_name(target.name + PART_SUFFIX)
    part.unlink(missing_ok=True)
    try:
        written = _write(part, pieces)
        # a name that is not known yet cannot be another file's: O_EXCL above made it
        if hash_plain(part, written.size) != written:
            raise EnvironmentProblem("backup.medium_unreliable")
        if sys.platform == "win32":
            rename_durably(part, target)
        else:
            part.replace(target)
    except UnsoundError:
        raise EnvironmentProblem("backup.medium_unreliable") from None
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return written


def write_small(target: Path, data: bytes) -> Written:
    """:func:`write_verified` for a single file, its folder flushed as well."""
    written = write_verified(target, (data,))
    flush_folder(target.parent)
    return written


def _write(part: Path, pieces: Iterable[bytes]) -> Written:
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
        if sys.platform == "linux":
            # What was just written shall come from the medium when it is read back, not from memory. Windows offers
            # nothing as simple: there the read may be answered by its cache.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return Written(digest.hexdigest(), size)
