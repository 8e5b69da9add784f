"""What the running program opens to others: one loopback port when a driver asks for it, and no memory image."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.app.child import Child
from tests.needs import not_run
from villagedesk.practice.server import PracticeServer

_LISTEN = "0A"


def listening(pid: int) -> Iterator[str]:
    """Addresses at which a process takes TCP connections or UDP datagrams, from /proc."""
    if sys.platform != "linux":
        not_run("/proc is Linux's")
    folder = Path("/proc") / str(pid)
    held = set()
    for handle in (folder / "fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the folder was read
            held.add(str(handle.readlink()))
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in (folder / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in held and (fields[3] == _LISTEN or table.startswith("udp")):
                yield _address(fields[1].split(":")[0])


def _address(text: str) -> str:
    raw = bytes.fromhex(text)
    words = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))  # each word in the PC's order
    return str(ipaddress.ip_address(words))


def test_the_window_listens_on_loopback_alone_and_leaves_no_memory_image(tmp_path: Path) -> None:
    child = Child(tmp_path, "--data", str(tmp_path / "data"), "--camera", "none", "--printer", "none")
    try:
        assert list(listening(child.process.pid)) == ["127.0.0.1"]  # the driver's hook, which this test asked for
        limits = (Path("/proc") / str(child.process.pid) / "limits").read_text(encoding="ascii")
        (core,) = [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size")]
        assert core == ["0", "0"]
    finally:
        child.end()


def test_the_practice_system_listens_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    own = int(Path("/proc/self").resolve().name)
    before = Counter(listening(own))
    server = PracticeServer(tmp_path / "practice", tls=False)
    server.start()
    try:
        assert Counter(listening(own)) - before == Counter(["127.0.0.1"])
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_search_itself_tells_where_a_socket_listens(host: str) -> None:
    with socket.create_server((host, 0)):
        assert host in list(listening(int(Path("/proc/self").resolve().name)))
