"""The bytes of a file whose path may be anything: a device, a pipe, a dead network share, a file that still grows.

Runs in the process that reads files from elsewhere: a path that never answers costs that process alone.
"""

from __future__ import annotations

import os
import stat

from villagedesk.imaging.files.nameless import Nameless

MOST_MEGABYTES = 128
_PIECE = 1 << 20


def bytes_of(path: str) -> bytes:
    """Read a file, once and whole.

    Raises:
        Nameless: ``files.missing``, ``files.folder``, ``files.no_file`` (a device or pipe), ``files.unreadable``,
            ``files.empty``, ``files.too_large``, ``files.growing`` (it changed while it was read).
    """
    # without O_NONBLOCK, a pipe that nobody writes into would be waited for already here
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError):
        raise Nameless("files.missing") from None
    except (OSError, ValueError):  # ValueError: a path with a zero byte in it
        # where Windows does not open a folder at all
        raise Nameless("files.folder" if _is_folder(path) else "files.unreadable") from None
    try:
        return _whole(handle)
    except OSError:
        raise Nameless("files.unreadable") from None
    finally:
        os.close(handle)


def _whole(handle: int) -> bytes:
    before = os.fstat(handle)
    if stat.S_ISDIR(before.st_mode):
        raise Nameless("files.folder")
    if not stat.S_ISREG(before.st_mode):
        raise Nameless("files.no_file")
    most = MOST_MEGABYTES << 20
    if before.st_size > most:
        raise Nameless("files.too_large", megabytes=MOST_MEGABYTES)
    read = bytearray()
    while piece := os.read(handle, _PIECE):
        read += piece
        if before.st_size and len(read) > before.st_size:
            raise Nameless("files.growing")
        if len(read) > most:
            raise Nameless("files.too_large", megabytes=MOST_MEGABYTES)
    after = os.fstat(handle)
    # what the kernel makes up as it is read (/proc) has no size of its own
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(read) < after.st_size:
        raise Nameless("files.growing")
    if not read:
        raise Nameless("files.empty")
    return bytes(read)


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - the path may be none that Path would take
    except (OSError, ValueError):
        return False
