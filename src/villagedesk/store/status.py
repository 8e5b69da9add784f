"""How many cases wait to be sent, kept outside the encrypted database for the sign-in page: the count alone."""

from __future__ import annotations

import contextlib
import json
import secrets
from pathlib import Path

from villagedesk.store.files import PART_SUFFIX

STATUS_FILE = "status.json"
_MOST_BYTES = 1024
_MOST_WAITING = 1_000_000
"""Anybody can write this file: what is longer or larger was not written by this program."""


def waiting_count(folder: Path) -> int | None:
    """How many cases waited when the store was last written to; None when that is not known.

    Args:
        folder: the data folder.
    """
    try:
        with (folder / STATUS_FILE).open("rb") as file:
            count = json.loads(file.read(_MOST_BYTES))["waiting"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return count if type(count) is int and 0 <= count <= _MOST_WAITING else None


def write_waiting_count(folder: Path, count: int) -> None:
    """Keep the count. It is a hint, so it is not flushed, and a disk that refuses it spoils no save."""
    target = folder / STATUS_FILE
    part = target.with_name(f"{STATUS_FILE}.{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        part.write_text(json.dumps({"waiting": count}), encoding="ascii")
        part.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
