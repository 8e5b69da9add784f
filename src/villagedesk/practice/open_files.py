"""How many connections this process may hold: each is an open file, and systems allow a thousand unless asked."""

from __future__ import annotations

import sys

_OTHER_FILES = 200
"""Pages, database, log, listening socket."""


def room_for_connections(wanted: int) -> int:
    """Ask the system for as many open files as that needs; gives how many connections there is room for.

    Windows counts sockets apart from files and sets no such limit.
    """
    if sys.platform == "win32":
        return wanted
    import resource  # noqa: PLC0415  (not there on Windows)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        needed = min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        soft = needed
    held = wanted if soft == resource.RLIM_INFINITY else soft - _OTHER_FILES
    return max(16, min(wanted, held))
