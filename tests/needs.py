"""What a test needs of the machine. What is missing fails the run, so that nothing passes by being left out in silence;
``dev.py test --allow-missing`` (``VILLAGEDESK_ALLOW_MISSING=1``) makes it a skip that names what was not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest


def not_run(why: str) -> NoReturn:
    """End the test: failed, or skipped where that was allowed."""
    text = f"NOT RUN: {why}"
    if os.environ.get("VILLAGEDESK_ALLOW_MISSING") == "1":
        pytest.skip(text)
    pytest.fail(text)


def need_program(name: str) -> None:
    """A program of Debian's packages."""
    if shutil.which(name) is None:
        not_run(f"{name} is not installed")


def need_root_on_linux(what_for: str) -> None:
    """Linux, as root."""
    if sys.platform != "linux" or os.geteuid() != 0:
        not_run(f"{what_for} needs Linux and root")


def need_forgetting_disk() -> None:
    """What a disk mounted by FUSE needs."""
    need_root_on_linux("a disk that forgets")
    need_program("fusermount3")
    if not Path("/dev/fuse").exists():
        not_run("/dev/fuse is not there")


@contextmanager
def small_disk_of(megabytes: int, place: Path) -> Iterator[Path]:
    """A disk of its own under ``place``, which can be filled."""
    need_root_on_linux("a small disk")
    disk = place / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
