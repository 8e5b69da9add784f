"""Pages go to a tus server that is not ours (``@tus/server``, no checksum extension), with nothing made for it."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop.cutting_proxy import CuttingProxy
from tests.needs import need_program, not_run
from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import NoConnection, Unanswered, UploadGone
from villagedesk.acceptance.wire import RevisionPayload, sha256_hex
from villagedesk.practice.station_file import make_practice
from villagedesk.sync.upload import PageUpload

_PEER = Path(__file__).parent / "tus_server"
_LOCK = "package-lock.json"
_DEBIAN_NODE = (18, 20, 4)
"""Debian 12's own."""
_ANSWER_SECONDS = 30.0


def _installed() -> None:
    """What the lock file says is in ``node_modules``; fetched by npm where it is not yet."""
    if sys.platform == "win32":
        not_run("the independent tus server is tried on Linux")
    import fcntl

    need_program("node")
    kept = _PEER / "node_modules" / "made-from-lock"
    wanted = hashlib.sha256((_PEER / _LOCK).read_bytes()).hexdigest()
    with (_PEER / _LOCK).open() as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)  # tests run in several processes
        if kept.exists() and kept.read_text() == wanted:
            return
        need_program("npm")
        command = ["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=_PEER, capture_output=True, text=True, timeout=100)
        if done.returncode != 0:
            not_run(f"npm could not fetch @tus/server: {done.stderr[-300:]}")
        kept.write_text(wanted)


@dataclass
class Peer:
    """The server running: its port, its CA, and where it keeps uploads."""

    port: int
    ca_pem: str
    folder: Path

    def client(self, port: int = 0) -> HttpAcceptanceSystem:
        """The program's own client, by way of another port where wanted."""
        return HttpAcceptanceSystem(f"https://127.0.0.1:{port or self.port}", self.ca_pem, lambda: "secret", "4" * 12)

    def held(self) -> list[str]:
        """The SHA-256 of every upload."""
        files = [path for path in self.folder.iterdir() if path.suffix != ".json"]
        return sorted(sha256_hex(path.read_bytes()) for path in files)


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    """A server of the test's own."""
    _installed()
    practice = make_practice(tmp_path / "keys")
    folder = tmp_path / "uploads"
    folder.mkdir()
    node = shutil.which("node") or "node"
    command = [node, str(_PEER / "serve.js"), str(folder)]
    command += [str(practice.server_certificate_path), str(practice.server_key_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield Peer(int(process.stdout.readline()), practice.ca_path.read_text(), folder)
        finally:
            process.stdin.close()
            try:
                process.wait(_ANSWER_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def send_page(system: HttpAcceptanceSystem, data: bytes, most_failures: int) -> int:
    """A page from the vault to the server as the runner would, trying again after each failure that the upload does not
    get over by itself; gives how many there were."""
    store, vault = MemoryStore(), MemoryVault()
    case, row = Clerk(store, vault, SimClock(), prefix=sha256_hex(data)[:20]).take_in([data])
    (entry,) = RevisionPayload.model_validate_json(row.payload).manifest
    upload = PageUpload(store, vault, system)
    for failures in range(most_failures + 1):
        try:
            upload.send(case.case_id, entry, lambda: None)
        except (Unanswered, NoConnection):
            continue
        transfer = store.read(lambda snapshot: snapshot.page_transfer(entry.sha256))
        assert transfer is not None and transfer.done
        return failures
    raise AssertionError(f"not there after {most_failures} failures")


def test_the_peer_is_one_that_debians_own_node_runs() -> None:
    lock = (_PEER / _LOCK).read_text(encoding="utf-8")
    lowest = [tuple(map(int, text.split("."))) for text in re.findall(r'"node": ">= ?([0-9.]+)"', lock)]
    assert lowest
    assert max(lowest) <= _DEBIAN_NODE
    assert '"resolved"' not in lock, "the lock names no registry: npm install --omit-lockfile-registry-resolved"
    assert lock.count('"integrity"') == lock.count('"node_modules/')


def test_pages_arrive_whole(peer: Peer) -> None:
    pages = [random.Random(seed).randbytes(length) for seed, length in enumerate((1, 65_536, 300_001))]
    system = peer.client()
    try:
        assert [send_page(system, page, 0) for page in pages] == [0, 0, 0]
    finally:
        system.close()
    assert peer.held() == sorted(map(sha256_hex, pages))


@pytest.mark.parametrize("seed", range(3))
def test_pages_arrive_whole_over_connections_that_are_torn_anywhere(peer: Peer, seed: int) -> None:
    chance = random.Random(seed)
    page = chance.randbytes(600_000)
    cuts = [chance.randrange(1, 150_000) for _ in range(12)]
    with CuttingProxy(peer.port, cuts) as proxy:
        system = peer.client(proxy.port)
        try:
            send_page(system, page, 40)
        finally:
            system.close()
        assert proxy.cut >= 4
        # A connection carries its handshake and headers beside the bytes; what a cut costs is bounded by one request.
        assert proxy.carried < len(page) + (proxy.cut + 2) * (64 * 1024 + 16 * 1024)
    assert sha256_hex(page) in peer.held()


def test_an_upload_it_does_not_have_is_understood(peer: Peer) -> None:
    system = peer.client()
    try:
        location = system.create_upload("ab" * 32, 10, "image/jpeg")
        assert system.upload_offset(location) == 0
        with pytest.raises(UploadGone):
            system.upload_offset("/v1/pages/0123456789abcdef0123456789abcdef")
    finally:
        system.close()
