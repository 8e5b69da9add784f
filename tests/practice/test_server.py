"""The server itself: its folder, its address, stopping, starting again with everything."""

from __future__ import annotations

import json
import os
import socket
import ssl
import stat
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.practice.village import Village, page, payload
from villagedesk.acceptance.wire import ChangesAnswer
from villagedesk.domain.station import StationFile
from villagedesk.practice import case_routes
from villagedesk.practice.changes import changes_after
from villagedesk.practice.page_files import PageFiles
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.station_file import make_practice


def test_restart_keeps_address_credential_cases_pages_and_cursor(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path)
    server.start()
    kept, half = page("kept"), page("half", 10_000)
    record, open_record = payload(pages=(kept,)), payload(pages=(half,))
    with Village(server) as village:
        enrolled = village.enrol().content
        receipt = village.commit(record, kept).content
        registered = village.put(open_record).content
        path = village.begin(half)
        village.patch(path, 0, half[:4000])
        village.move(record.case_id, "accept")
        told = village.call("GET", "/v1/changes").json()
    address, station_file = server.address, server.practice.station_file()
    server.stop()

    server = PracticeServer(tmp_path)
    server.start()
    try:
        assert (server.address, server.practice.station_file()) == (address, station_file)
        with Village(server) as village:
            assert village.enrol().content == enrolled
            assert village.put(record).content == receipt
            assert village.put(open_record).content == registered
            assert village.offset(path) == 4000
            assert village.patch(path, 4000, half[4000:]).status_code == 204
            assert village.put(open_record).status_code == 201
            assert village.call("GET", "/v1/changes").json() == told
            village.move(open_record.case_id, "accept")
            later = village.call("GET", f"/v1/changes?after={told['cursor']}").json()
            assert [change["case_id"] for change in later["changes"]] == [open_record.case_id]
    finally:
        server.stop()


def test_page_whose_last_byte_came_just_before_the_end_is_verified_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = PageFiles.keep

    def die(_files: PageFiles, _upload_id: str, _sha256: str) -> None:
        raise OSError("power cut")

    def keep_and_die(files: PageFiles, upload_id: str, sha256: str) -> None:
        original(files, upload_id, sha256)
        raise OSError("power cut")

    server = PracticeServer(tmp_path)
    server.start()
    before, between = page("before the rename"), page("between rename and row")
    with Village(server) as village:
        village.enrol()
        paths = [village.begin(before), village.begin(between)]
        # a server that failed closes the connection, sometimes only after the next request went out on it
        village.session.headers["Connection"] = "close"
        monkeypatch.setattr(PageFiles, "keep", die)
        assert village.patch(paths[0], 0, before).status_code == 500
        monkeypatch.setattr(PageFiles, "keep", keep_and_die)
        assert village.patch(paths[1], 0, between).status_code == 500
        monkeypatch.undo()
    server.stop()
    server.start()
    try:
        with Village(server) as village:
            assert village.put(payload(pages=(before, between))).status_code == 201
            assert [village.offset(path) for path in paths] == [len(before), len(between)]
    finally:
        server.stop()


def test_station_file_is_one_the_program_reads(tmp_path: Path) -> None:
    practice = make_practice(tmp_path)
    read = StationFile.from_bytes(practice.station_file_path.read_bytes())
    assert read == practice.station_file()
    assert read.address == f"https://127.0.0.1:{practice.port}"
    assert read.ca_pem.strip() == practice.ca_path.read_text(encoding="ascii").strip()
    assert make_practice(tmp_path) == practice
    if os.name == "posix":
        for path in (practice.server_key_path, practice.recovery_private_key_path, tmp_path / "practice.json"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_other_port_moves_the_address_and_keeps_the_code(tmp_path: Path) -> None:
    first = make_practice(tmp_path)
    moved = make_practice(tmp_path, first.port + 1)
    assert (moved.port, moved.one_time_code) == (first.port + 1, first.one_time_code)
    assert StationFile.from_bytes(moved.station_file_path.read_bytes()).address.endswith(str(first.port + 1))
    assert make_practice(tmp_path).port == first.port + 1


def test_certificate_is_checked_against_its_own_authority_only(shared_server: PracticeServer, tmp_path: Path) -> None:
    stranger = make_practice(tmp_path)
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"{shared_server.address}/v1/health", verify=str(stranger.ca_path), timeout=20)
        named = f"https://localhost:{shared_server.port}/v1/health"
        assert session.get(named, verify=str(shared_server.practice.ca_path), timeout=20).status_code == 200


def test_port_in_use_is_said(tmp_path: Path) -> None:
    practice = make_practice(tmp_path)
    with socket.create_server(("127.0.0.1", practice.port)), pytest.raises(OSError, match=r"[Aa]ddress"):
        PracticeServer(tmp_path).start()
    server = PracticeServer(tmp_path)
    server.start()
    server.stop()


def test_stop_waits_neither_for_kept_alive_sessions_nor_long_polls_nor_slow_senders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    polling = threading.Event()

    def looked(*values: Any) -> ChangesAnswer:
        polling.set()
        return changes_after(*values)

    monkeypatch.setattr(case_routes, "changes_after", looked)
    server = PracticeServer(tmp_path)
    server.start()
    context = ssl.create_default_context(cafile=str(server.practice.ca_path))
    polled: list[requests.Response] = []
    with Village(server) as village, Village(server) as listener:
        village.enrol()
        with (
            socket.create_connection(("127.0.0.1", server.port)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as slow,
        ):
            slow.sendall(b"PUT /v1/cases/c/revisions/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            thread = threading.Thread(target=lambda: polled.append(listener.call("GET", "/v1/changes?wait=25")))
            thread.start()
            assert polling.wait(30)
            village.call("GET", "/v1/health")
            began = time.monotonic()
            server.stop()
            took = time.monotonic() - began
            thread.join()
    assert took < 20, "the poll alone would have taken 25 s"
    assert polled[0].json()["changes"] == []


def test_stopping_twice_and_without_a_start_is_harmless(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path)
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_folder_holds_no_secret_of_the_station(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path)
    server.start()
    with Village(server, "sehr-geheim-4711") as village:
        village.enrol()
        village.commit(payload())
    server.stop()
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"sehr-geheim-4711" not in held
    assert json.loads((tmp_path / "practice.json").read_bytes())["port"] == server.port


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the sockets of this process under /proc")
def test_the_body_of_an_answer_does_not_wait_until_its_head_was_acknowledged(tmp_path: Path) -> None:
    """Else every answer takes a round trip more, which on the lines of villages is half a second."""
    server = PracticeServer(tmp_path)
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), 30) as village:
            deadline = time.monotonic() + 30
            while not (found := accepted_from(village.getsockname())) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert found == [True]
    finally:
        server.stop()


def accepted_from(village: tuple[str, int]) -> list[bool]:
    """Of the sockets of this process whose other end that is: whether they send at once."""
    found = []
    for entry in list(Path("/proc/self/fd").iterdir()):
        try:
            with socket.socket(fileno=os.dup(int(entry.name))) as one:
                if one.getpeername() == village:
                    found.append(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
        except OSError:
            continue
    return found
