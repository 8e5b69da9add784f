"""Pages by tus 1.0.0: creation, offsets, checksums, termination, and the whole page's SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.practice.village import TUS, Village, checksum, creation, page, patching, payload
from villagedesk.acceptance.wire import MAX_PAGE_BYTES, sha256_hex
from villagedesk.practice.page_files import PageFiles
from villagedesk.practice.server import PracticeServer


@pytest.fixture
def server(shared_server: PracticeServer) -> PracticeServer:
    """These tests bring their own cases and pages: one server does for all."""
    return shared_server


@pytest.fixture
def village(shared_village: Village) -> Village:
    """Enrolled there."""
    return shared_village


def _stored(server: PracticeServer, content: bytes) -> Path:
    name = hashlib.sha256(content).hexdigest()
    return server.practice.folder / "pages" / name[:2] / name


def _part(server: PracticeServer, path: str) -> Path:
    return server.practice.folder / "parts" / path.rsplit("/", 1)[1]


def test_capabilities_are_told_to_anybody(server: PracticeServer) -> None:
    with Village(server) as stranger:
        del stranger.session.headers["Authorization"]
        answer = stranger.call("OPTIONS", "/v1/pages/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "checksum", "termination"}
    assert answer.headers["Tus-Max-Size"] == str(MAX_PAGE_BYTES)
    assert {"sha1", "sha256"} <= set(answer.headers["Tus-Checksum-Algorithm"].split(","))


def test_page_in_pieces_is_kept_under_its_hash(server: PracticeServer, village: Village) -> None:
    content = page("pieces", 300_000)
    path = village.begin(content)
    assert village.offset(path) == 0
    for start in range(0, len(content), 65536):
        answer = village.patch(
            path, start, content[start : start + 65536], checksum=checksum(content[start : start + 65536])
        )
        assert answer.status_code == 204
        assert int(answer.headers["Upload-Offset"]) == min(start + 65536, len(content)) == village.offset(path)
        assert _stored(server, content).exists() == (start + 65536 >= len(content))
    assert _stored(server, content).read_bytes() == content
    assert not _part(server, path).exists()
    head = village.call("HEAD", path, headers=TUS)
    assert (head.headers["Upload-Length"], head.headers["Cache-Control"]) == (str(len(content)), "no-store")


def test_wrong_offset_is_told_and_changes_nothing(village: Village) -> None:
    content = page("offset")
    path = village.begin(content)
    assert village.patch(path, 0, content[:100]).status_code == 204
    for wrong in (0, 99, 101):
        answer = village.patch(path, wrong, content[100:200])
        assert (answer.status_code, answer.json()["code"]) == (409, "offset")
    assert village.offset(path) == 100


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_chunk_with_a_wrong_checksum_is_dropped(village: Village, algorithm: str) -> None:
    content = page("checksum")
    path = village.begin(content)
    answer = village.patch(path, 0, content[:100], checksum=checksum(b"other", algorithm))
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum")
    assert village.offset(path) == 0
    assert village.patch(path, 0, content, checksum=checksum(content, algorithm)).status_code == 204


@pytest.mark.parametrize("value", ["md5 AAAA", "sha256", "sha256 ???"])
def test_unknown_or_broken_checksum_is_a_bad_request(village: Village, value: str) -> None:
    path = village.begin(page("c"))
    expected = 460 if value == "sha256" else 400
    assert village.patch(path, 0, b"abc", checksum=value).status_code == expected
    assert village.offset(path) == 0


def test_page_that_is_not_what_was_declared_is_discarded(server: PracticeServer, village: Village) -> None:
    content, declared = page("real"), page("declared")
    path = village.begin(content, declared=sha256_hex(declared))
    assert village.patch(path, 0, content).status_code == 460
    assert village.call("HEAD", path, headers=TUS).status_code == 410
    assert village.patch(path, 0, content).status_code == 410
    assert village.put(payload(pages=(declared,))).status_code == 202
    assert not _stored(server, declared).exists()
    assert not _stored(server, content).exists()


def test_page_that_is_there_already_must_still_be_proven(server: PracticeServer, village: Village) -> None:
    content = page("known")
    village.upload(content)
    path = village.begin(content)
    assert village.patch(path, 0, page("forged")).status_code == 460
    assert _stored(server, content).read_bytes() == content
    village.upload(content)


def test_more_bytes_than_declared_are_refused(village: Village) -> None:
    content = page("long", 200)
    path = village.begin(content)
    answer = village.patch(path, 0, content + b"x")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_bytes")
    at = village.offset(path)
    assert village.patch(path, at, content[at:]).status_code == 204


def test_terminated_upload_is_gone_but_a_verified_page_stays(server: PracticeServer, village: Village) -> None:
    content = page("gone")
    path = village.begin(content)
    village.patch(path, 0, content[:10])
    assert village.call("DELETE", path, headers=TUS).status_code == 204
    assert village.call("HEAD", path, headers=TUS).status_code == 410
    assert village.call("DELETE", path, headers=TUS).status_code == 410
    assert not _part(server, path).exists()
    whole = village.begin(content)
    village.patch(whole, 0, content)
    assert village.call("DELETE", whole, headers=TUS).status_code == 204
    assert village.put(payload(pages=(content,))).status_code == 201


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "x"}, 400),
        ({"Upload-Length": str(MAX_PAGE_BYTES + 1)}, 413),
        ({"Upload-Metadata": ""}, 400),
        ({"Upload-Metadata": "sha256 ???"}, 400),
        ({"Upload-Metadata": "sha256 YWJj,media_type aW1hZ2UvanBlZw=="}, 400),
        ({"Tus-Resumable": "0.2.2"}, 412),
    ],
)
def test_bad_creation_is_refused(village: Village, headers: dict[str, str], expected: int) -> None:
    answer = village.call("POST", "/v1/pages/", headers={**creation(10, "0" * 64), **headers})
    assert answer.status_code == expected
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_patch_needs_its_content_type_and_offset(village: Village) -> None:
    path = village.begin(page("t"))
    assert village.patch(path, 0, b"x", headers={"Content-Type": "image/jpeg"}).status_code == 415
    assert village.patch(path, 0, b"x", headers={"Upload-Offset": ""}).status_code == 400
    assert village.patch("/v1/pages/unknown", 0, b"x").status_code == 404


def test_method_override_stands_for_the_method(village: Village) -> None:
    content = page("override")
    path = village.begin(content)
    answer = village.call("POST", path, content, {**patching(0), "X-HTTP-Method-Override": "PATCH"})
    assert answer.status_code == 204


def test_uploads_belong_to_their_station(server: PracticeServer, village: Village) -> None:
    path = village.begin(page("mine"))
    body = b'{"division_code": "410421103208", "name": "other"}'
    code = village.call("POST", "/practice/stations", body).json()["one_time_code"]
    with Village(server, "geheim-9") as other:
        other.session.headers["Authorization"] = "Bearer 410421103208.geheim-9"
        other.call("POST", "/v1/stations/enrol", other.enrolment(code, "410421103208"))
        assert other.call("HEAD", path, headers=TUS).status_code == 404
        assert other.patch(path, 0, b"x").status_code == 404
        assert other.call("DELETE", path, headers=TUS).status_code == 404
    assert village.offset(path) == 0


def _half_patch(
    village: Village, server: PracticeServer, path: str, content: bytes, sent: int, extra: str
) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(server.practice.ca_path))
    line = context.wrap_socket(socket.create_connection(("127.0.0.1", server.port)), server_hostname="127.0.0.1")
    line.sendall(
        (
            f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n{extra}"
            f"Authorization: {village.session.headers['Authorization']!s}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
        ).encode()
        + content[:sent]
    )
    return line


def _wait_for_bytes(server: PracticeServer, path: str, count: int = 1) -> None:
    part = _part(server, path)
    deadline = time.monotonic() + 20
    while part.stat().st_size < count:
        assert time.monotonic() < deadline, "no byte of the PATCH arrived"
        time.sleep(0.01)


@pytest.mark.parametrize("closed", [True, False])
def test_cut_patch_keeps_what_came(server: PracticeServer, village: Village, closed: bool) -> None:
    content = page("cut", 40_000)
    path = village.begin(content)
    with _half_patch(village, server, path, content, 25_000, "") as line:
        _wait_for_bytes(server, path)
        if closed:
            line.close()
        # Where the connection only hangs, as behind a dead router, the HEAD itself ends the old PATCH.
        held = village.offset(path)
    assert 0 < held <= 25_000
    assert village.patch(path, held, content[held:]).status_code == 204
    assert village.put(payload(pages=(content,))).status_code == 201


def test_cut_patch_with_a_checksum_leaves_nothing(server: PracticeServer, village: Village) -> None:
    content = page("cut", 40_000)
    path = village.begin(content)
    # The server's 100 is the sign that it receives: unproven bytes lie on no disk.
    extra = f"Upload-Checksum: {checksum(content)}\r\nExpect: 100-continue\r\n"
    with _half_patch(village, server, path, content, 0, extra) as line:
        assert line.recv(12) == b"HTTP/1.1 100"
        line.sendall(content[:25_000])
        assert village.offset(path) == 0
        assert _part(server, path).stat().st_size == 0
    assert village.patch(path, 0, content).status_code == 204


def test_two_patches_at_once_never_mix(village: Village, server: PracticeServer) -> None:
    content = page("race", 400_000)
    path = village.begin(content)
    start = threading.Barrier(4)
    answers: list[int] = []

    def send() -> None:
        with Village(server) as mine:
            start.wait()
            answers.append(mine.patch(path, 0, content).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {204, 400, 409}
    at = village.offset(path)
    if at < len(content):
        assert village.patch(path, at, content[at:]).status_code == 204
    assert village.put(payload(pages=(content,))).status_code == 201


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_chunking_with_any_mistakes_gives_the_same_page(
    server: PracticeServer, village: Village, data: st.DataObject
) -> None:
    content = data.draw(st.binary(min_size=1, max_size=3000), label="content")
    path = village.begin(content)
    at = 0
    while at < len(content):
        length = data.draw(st.integers(1, len(content) - at), label="length")
        chunk = content[at : at + length]
        match data.draw(st.sampled_from(["plain", "sha256", "sha1", "offset", "damaged"]), label="kind"):
            case "plain":
                assert village.patch(path, at, chunk).status_code == 204
                at += length
            case "offset":
                assert village.patch(path, at + 1, chunk).status_code == 409
            case "damaged":
                damaged = bytes([chunk[0] ^ 1]) + chunk[1:]
                assert village.patch(path, at, damaged, checksum=checksum(chunk)).status_code == 460
            case algorithm:
                assert village.patch(path, at, chunk, checksum=checksum(chunk, algorithm)).status_code == 204
                at += length
        assert village.offset(path) == at
    assert _stored(server, content).read_bytes() == content


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[PracticeServer]:
    server = PracticeServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


_SERVER = "import sys; from pathlib import Path; from villagedesk.practice.server import run; "
_SERVER += "run(Path(sys.argv[1]), announce=lambda _address: print('up', flush=True))"


@pytest.mark.parametrize("extra", ["", "checksum"], ids=["plain", "with a checksum"])
def test_a_server_that_is_killed_keeps_what_came_and_says_so(tmp_path: Path, extra: str) -> None:
    """Nothing of a PATCH was told yet when it dies: the bytes are found when it comes back, unless unproven."""
    folder = tmp_path / "practice"
    content = page("killed", 60_000)
    with _running(folder) as prepared, Village(prepared) as village:
        assert village.enrol().status_code == 200
        path = village.begin(content)
        whole, other = village.begin(content), village.begin(page("other"))
        assert village.patch(other, 0, page("other")[:50]).status_code == 204
    process = subprocess.Popen([sys.executable, "-c", _SERVER, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        header = f"Upload-Checksum: {checksum(content)}\r\nExpect: 100-continue\r\n" if extra else ""
        with (
            _half_patch(village, prepared, path, content, 0 if extra else 40_000, header) as line,
            _half_patch(village, prepared, whole, content, len(content) - 1, "") as second,
        ):
            if extra:
                assert line.recv(12) == b"HTTP/1.1 100"
                line.sendall(content[:40_000])
            else:
                _wait_for_bytes(prepared, path, 40_000)
            _wait_for_bytes(prepared, whole, len(content) - 1)
            process.kill()
            process.wait()
            second.close()
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    with _running(folder) as again, Village(again) as village:
        assert village.offset(path) == (0 if extra else 40_000)
        assert village.offset(whole) == len(content) - 1
        assert village.offset(other) == 50
        assert village.patch(whole, len(content) - 1, content[-1:]).status_code == 204
        assert village.put(payload(pages=(content,))).status_code == 201


def test_unproven_bytes_lie_on_no_disk_until_they_are_proven(tmp_path: Path) -> None:
    files = PageFiles(tmp_path)
    files.create_part("plain")
    files.create_part("proven")
    for name, proven in (("plain", False), ("proven", True)):
        writer = files.open_part(name, 0, proven=proven)
        writer.write(b"abc")
        assert files.part_bytes(name) == (0 if proven else 3)
        writer.sync()
        writer.close()
        assert files.part_bytes(name) == 3
