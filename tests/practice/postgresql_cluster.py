"""A PostgreSQL of one's own from Debian's package: own folder, own port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from villagedesk.practice import station_file


class NotHere(Exception):
    """The machine has no PostgreSQL that could be started; says why."""


def programs() -> Path:
    """The folder of the newest version's programs.

    Raises:
        NotHere: why not.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        raise NotHere("PostgreSQL is not installed")
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotHere("PostgreSQL, which does not run as root itself, needs Linux and root")
    if shutil.which("runuser") is None:
        raise NotHere("runuser is not installed")
    return found[-1].parent


@contextmanager
def own_cluster(*settings: str) -> Iterator[str]:
    """An empty one with fsync as PostgreSQL has it; gives the SQLAlchemy URL.

    Args:
        settings: more of the server's settings, ``name=value``.

    Raises:
        NotHere: it cannot be started on this machine.
    """
    bin_folder = programs()
    port = station_file._free_port("127.0.0.1")  # outside the range others are given theirs from meanwhile
    folder = Path(tempfile.mkdtemp(prefix="villagedesk-pg-"))
    try:
        shutil.chown(folder, "postgres")
        data = str(folder / "data")
        _as_postgres(str(bin_folder / "initdb"), "-D", data, "-U", "practice", "-A", "trust", "-E", "UTF8", "--no-sync")
        own = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *settings)
        options = " ".join(f"-c {setting}" for setting in own)
        control = str(bin_folder / "pg_ctl")
        try:  # an end that is asked for while it starts must stop it as well
            _as_postgres(control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
            yield f"postgresql+psycopg://practice@127.0.0.1:{port}/postgres"
        finally:
            _as_postgres(control, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _as_postgres(*command: str) -> None:
    done = subprocess.run(
        ["runuser", "-u", "postgres", "--", *command], capture_output=True, text=True, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr
