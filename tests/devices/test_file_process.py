"""Files from elsewhere are read in another process: whatever file, path or process does, the program says so (I11)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.faults.importers_child import CRASH, EAT, HANG
from tests.imaging.scans import pdf_of, scan, scan_bytes
from villagedesk.devices.file_bytes import MOST_MEGABYTES, bytes_of
from villagedesk.devices.file_port import FileSource
from villagedesk.devices.file_process import FileProcess
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled

_FAULTY = (sys.executable, "-m", "tests.faults.importers_child")
_READ = "import json, os, signal, sys, time; asked = open(0, 'rb'); said = open(1, 'wb'); asked.readline();"
_SHA = 'said.write(b\'{"sha256": "ab"}\\n\'); said.flush();'
_PAGES = 'said.write(b\'{"pages": 1, "left_out": 0}\\n\'); said.flush(); asked.readline();'
POOR = {
    "crashes at the file": (_READ + "os.abort()", "files.broke"),
    "hangs at the path": (_READ + "time.sleep(600)", "files.stuck"),
    "hangs at the file": (_READ + _SHA + "time.sleep(600)", "files.too_heavy"),
    "says what is no JSON": (_READ + "said.write(b'\\xff{\\n')", "files.broke"),
    "says no object": (_READ + "said.write(b'[]\\n')", "files.broke"),
    "never ends its line": (_READ + "said.write(b'x' * 10_000_000)", "files.broke"),
    "says an error nobody knows": (_READ + "said.write(b'{\"error\": \"store.x\", \"params\": {}}\\n')", "files.broke"),
    "says a thousand million pages": (
        _READ + _SHA + "said.write(b'{\"pages\": 1000000000, \"left_out\": 0}\\n')", "files.broke",
    ),
    "crashes at the page": (_READ + _SHA + _PAGES + "os.abort()", "files.broke"),
    "hangs at the page": (_READ + _SHA + _PAGES + "time.sleep(600)", "files.too_heavy"),
    "wants more pixels than there are": (
        _READ + _SHA + _PAGES
        + "said.write(b'{\"width\": 59000, \"height\": 59000, \"origin\": \"drawn\"}\\n'); said.flush(); time.sleep(9)",
        "files.broke",
    ),
    "gives half a picture": (
        _READ + _SHA + _PAGES + "said.write(b'{\"width\": 9, \"height\": 9, \"origin\": \"drawn\"}\\n' + bytes(9))",
        "files.broke",
    ),
}  # fmt: skip


def pasted(data: bytes) -> FileSource:
    return FileSource("x", None, data)


@pytest.mark.parametrize("name", POOR)
def test_a_reader_that_fails_is_ended_and_says_so(name: str) -> None:
    body, key = POOR[name]
    reader = FileProcess((sys.executable, "-c", body), read_seconds=2.0, open_seconds=1.0, page_seconds=1.0)
    with pytest.raises(InputProblem) as caught:
        opened = reader.open(FileSource("x", Path("x")))
        reader.picture(FileSource("x", Path("x")), opened.sha256, 1)
    assert caught.value.key == key
    assert reader._process is None, "no process is left"


def test_a_reader_that_is_not_there_is_no_fault_of_the_file() -> None:
    with pytest.raises(EnvironmentProblem, match=r"files\.no_reader"):
        FileProcess(("/nowhere/at/all",)).open(pasted(b"x"))


def test_after_a_crash_a_hang_and_hunger_the_next_file_is_read_as_ever() -> None:
    """One process serves file after file; each that dies is followed by another."""
    reader = FileProcess(_FAULTY, read_seconds=20.0, open_seconds=3.0)
    sound, told = pasted(scan_bytes(1)), []
    before = reader.picture(sound, reader.open(sound).sha256, 1)
    first = reader._process
    assert first is not None
    again = reader.open(pasted(scan_bytes(2)))
    assert again.pages == 1 and reader._process is first, "the same process"
    try:
        for bad in (CRASH, HANG, EAT):
            with pytest.raises(InputProblem) as caught:
                reader.open(pasted(bad))
            told.append(caught.value.key)
            assert reader.picture(sound, reader.open(sound).sha256, 1) == before
    finally:
        reader.close()
    assert told[:2] == ["files.broke", "files.too_heavy"] and told[2] in ("files.too_heavy", "files.broke")
    assert first.poll() is not None


def test_a_page_is_read_anew_by_its_hash_also_by_another_process(tmp_path: Path) -> None:
    file = tmp_path / "两页.pdf"
    file.write_bytes(pdf_of([scan(number, (827, 1170)) for number in range(2)], 100))
    source, reader = FileSource("两页.pdf", file), FileProcess()
    opened = reader.open(source)
    second = reader.picture(source, opened.sha256, 2)
    reader.close()
    assert reader.picture(source, opened.sha256, 2) == second
    file.write_bytes(pdf_of([scan(5, (827, 1170))], 100))
    assert reader.picture(source, opened.sha256, 1, 400).width == 283, "what was seen is what is taken"
    reader.open(pasted(scan_bytes(1)))
    with pytest.raises(InputProblem, match=r"files\.changed"):
        reader.picture(source, opened.sha256, 2)
    reader.close()


def test_stop_breaks_off_a_file_that_hangs_at_once() -> None:
    reader = FileProcess(_FAULTY, read_seconds=60.0, open_seconds=60.0)
    reader.open(pasted(scan_bytes(1)))
    ended: list[object] = []

    def read() -> None:
        try:
            reader.open(pasted(HANG))
        except Problem as problem:
            ended.append(type(problem))

    thread = threading.Thread(target=read)
    thread.start()
    deadline = time.monotonic() + 20
    while not reader._busy and time.monotonic() < deadline:
        os.sched_yield()
    began = time.monotonic()
    reader.stop()
    thread.join(20)
    assert ended == [Cancelled]
    assert time.monotonic() - began < 10
    reader.stop()  # nothing is under way: nothing happens
    assert reader.open(pasted(scan_bytes(1))).pages == 1
    reader.close()


def test_paths_that_are_no_files_are_told_apart_and_none_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, fifo, sock, empty = (tmp_path / name for name in ("夹", "fifo", "socket", "empty.jpg"))
    folder.mkdir()
    empty.touch()
    loop, to_device, to_file = (tmp_path / name for name in ("loop", "device.jpg", "link.png"))
    loop.symlink_to(loop)
    to_device.symlink_to("/dev/zero")
    to_file.symlink_to(tmp_path / "real.png")
    (tmp_path / "real.png").write_bytes(scan_bytes(1))
    expected = {
        str(folder): "files.folder",
        str(empty): "files.empty",
        str(loop): "files.unreadable",
        str(to_device): "files.no_file",
        str(tmp_path / "none.jpg"): "files.missing",
        str(empty / "x.jpg"): "files.missing",
        "a\0b": "files.unreadable",
        "x" * 5000: "files.unreadable",
    }
    if sys.platform != "win32":
        os.mkfifo(fifo)
        expected |= {str(fifo): "files.no_file", "/dev/null": "files.no_file"}
        monkeypatch.chdir(tmp_path)  # a socket's own address may have 107 bytes, and the folder's name is longer
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(sock.name)
        expected[str(sock)] = "files.unreadable"
    for path, key in expected.items():
        with pytest.raises(InputProblem) as caught:
            bytes_of(path)
        assert (path[-20:], caught.value.key) == (path[-20:], key)
    assert bytes_of(str(to_file)) == scan_bytes(1), "a link to a file is a file"


def test_a_file_that_is_too_large_or_still_grows_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate((MOST_MEGABYTES << 20) + 1)
    with pytest.raises(InputProblem, match=r"files\.too_large"):
        bytes_of(str(large))
    growing = tmp_path / "growing.jpg"
    growing.write_bytes(bytes(3 << 20))
    real = os.read

    def read(handle: int, length: int) -> bytes:
        with growing.open("ab") as file:
            file.write(b"more")
        return real(handle, length)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(InputProblem, match=r"files\.growing"):
        bytes_of(str(growing))


def test_names_of_any_bytes_reach_the_reader(tmp_path: Path) -> None:
    reader = FileProcess()
    for name in (b"\xff\xfe \n.png", "照片 “1”.png".encode(), b"-rf.png", b"%n%s.png"):
        file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        file.write_bytes(scan_bytes(1))
        assert reader.open(FileSource("x", file)).pages == 1
    reader.close()


def test_i8_the_reading_process_can_write_no_file_and_leaves_no_core(tmp_path: Path) -> None:
    """Whatever the readers in it want."""
    tried = (
        "import resource, sys; from villagedesk.devices import helper_bounds; helper_bounds.hold(1 << 30);"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[1], end=' ')\n"
        "try: open(sys.argv[1], 'wb', 0).write(b'x')\n"
        "except OSError as error: print(error.errno)"
    )
    file = str(tmp_path / "left")
    done = subprocess.run([sys.executable, "-c", tried, file], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "27"]  # EFBIG


def test_the_program_itself_never_loads_the_readers_of_pdf() -> None:
    looked = (
        "import sys; import villagedesk.devices.file_process, villagedesk.desk.importing;"
        "sys.exit(any(name in sys.modules for name in ('pypdfium2', 'villagedesk.imaging.files.foreign_pdf')))"
    )
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0
