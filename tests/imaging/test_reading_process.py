"""Pages are read by a process of their own: whatever becomes of it, the clerk goes on (I11); nothing leaves this PC."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.domain.catalogue_of_messages import ROOT
from tests.needs import need_program, need_root_on_linux
from villagedesk.app.devices import page_reader
from villagedesk.demo.photograph_cards import id_card_front
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.imaging.recognising.page_text import PageText, page_text_of, written
from villagedesk.imaging.recognising.reading_process import FROM_SOURCE, NEEDS_BYTES, ReadingProcess

_READ = (
    "import json, os, signal, sys, time; asked = open(0, 'rb'); said = open(1, 'wb');\n"
    "def page():\n"
    "    line = asked.readline()\n"
    "    return asked.read(json.loads(line)['bytes']) if line else sys.exit(0)\n"
    "def say(body):\n"
    "    said.write(json.dumps({'bytes': len(body)}).encode() + b'\\n' + body); said.flush()\n"
    "WORD = json.dumps({'width': 5, 'height': 4, 'quarter_turns': 0, 'lines': [], 'codes': []}).encode()\n"
)
POOR = {
    "crashes before it reads": "os.kill(os.getpid(), signal.SIGSEGV)",
    "crashes at the page": "page(); os.kill(os.getpid(), signal.SIGSEGV)",
    "hangs before it reads": "time.sleep(600)",
    "hangs at the page": "page(); time.sleep(600)",
    "ends at once": "",
    "says what is no JSON": "page(); said.write(b'\\xff{\\n')",
    "never ends its line": "page(); said.write(b'x' * 10_000_000)",
    "says a length that is none": "page(); said.write(b'{\"bytes\": -4}\\n')",
    "says more than anybody reads": "page(); said.write(b'{\"bytes\": 99999999999}\\n')",
    "says half": 'page(); said.write(b\'{"bytes": 100}\\n{"width": 5\')',
    "says no page": "page(); say(b'[]')",
    "says no numbers": "page(); say(WORD.replace(b'5', b'\"a\"'))",
    "says places that are none": 'page(); say(WORD.replace(b\'"codes": []\', b\'"codes": [{"kind": 1}]\'))',
    "says that it failed": 'page(); say(b\'{"error": "failed"}\')',
}
GOOD = "while True: page(); say(WORD)"
PAGE = b"a page" * 100_000  # more than a pipe holds


def command(body: str) -> tuple[str, ...]:
    return (sys.executable, "-c", _READ + body)


@cache
def card() -> bytes:
    """An invented card as it lies flat, JPEG."""
    sheet = id_card_front(ROOT / "resources" / "fonts" / "villagedesk-base.ttf", np.random.default_rng(3))
    pixels = cv2.resize(sheet.pixels(), (1011, 638), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


@pytest.fixture
def reading() -> Iterator[Callable[..., ReadingProcess]]:
    """Makes readers, and closes them when the test is over."""
    made: list[ReadingProcess] = []

    def make(body: str = "", **options: float) -> ReadingProcess:
        commanded = command(body) if body else FROM_SOURCE
        made.append(ReadingProcess(commanded, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


def read_in_vain(reader: ReadingProcess) -> str:
    with pytest.raises(EnvironmentProblem) as caught:
        reader.read(PAGE)
    return caught.value.key


@pytest.mark.parametrize("name", POOR)
def test_a_process_that_fails_is_ended_and_says_so(name: str, reading: Callable[..., ReadingProcess]) -> None:
    reader = reading(POOR[name] or "pass", page_seconds=1.0)
    assert [read_in_vain(reader), reader.running, read_in_vain(reader)] == ["reading.broke", False, "reading.broke"]


def test_one_that_is_not_there_says_so() -> None:
    reader = ReadingProcess(("/nowhere/at/all",))
    assert read_in_vain(reader) == "reading.broke"


def test_the_next_page_after_a_crash_is_read(tmp_path: Path, reading: Callable[..., ReadingProcess]) -> None:
    mark = tmp_path / "crashed"
    once = f"if not os.path.exists({str(mark)!r}): open({str(mark)!r}, 'w'); page(); os.abort()\n"
    reader = reading(once + GOOD)
    assert read_in_vain(reader) == "reading.broke"
    assert reader.read(PAGE) == PageText(5, 4)


def test_a_killed_process_costs_its_page_only(reading: Callable[..., ReadingProcess]) -> None:
    reader = reading(GOOD)
    reader.read(PAGE)
    assert reader._process is not None
    reader._process.send_signal(signal.SIGKILL)
    reader._process.wait()
    assert reader.read(PAGE) == PageText(5, 4)


def test_it_ends_when_nobody_asks(reading: Callable[..., ReadingProcess]) -> None:
    reader = reading(GOOD, idle_seconds=0.2)
    reader.read(PAGE)
    process = reader._process
    assert process is not None
    process.wait(20)
    assert reader.read(PAGE) == PageText(5, 4)


def test_closing_ends_a_page_in_hand(tmp_path: Path, reading: Callable[..., ReadingProcess]) -> None:
    mark = tmp_path / "reads"
    reader = reading(f"page(); open({str(mark)!r}, 'w').close(); time.sleep(600)")
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(read_in_vain(reader)))
    thread.start()
    deadline = time.monotonic() + 20
    while not mark.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    reader.close()
    thread.join(20)
    assert said == ["reading.broke"]
    assert read_in_vain(reader) == "reading.broke", "and nothing is started any more"


def test_too_little_memory_is_said_and_nothing_started() -> None:
    reader = ReadingProcess(command(GOOD), free_bytes=lambda: NEEDS_BYTES - 1)
    assert [read_in_vain(reader), reader.running] == ["reading.memory", False]
    plenty = ReadingProcess(command(GOOD), free_bytes=lambda: None)
    assert plenty.read(PAGE) == PageText(5, 4), "where nobody can tell, it is tried"
    plenty.close()


def test_memory_that_runs_out_is_said(reading: Callable[..., ReadingProcess]) -> None:
    reader = reading('page(); say(b\'{"error": "memory"}\')')
    assert read_in_vain(reader) == "reading.memory"


def test_a_card_is_read_for_real_and_a_picture_that_is_none_only_costs_itself(
    reading: Callable[..., ReadingProcess],
) -> None:
    reader = reading()
    with pytest.raises(EnvironmentProblem) as caught:
        reader.read(b"\xff\xd8 no picture")
    assert caught.value.key == "reading.broke"
    read = reader.read(card())
    assert page_text_of(written(read)) == read
    said = "".join(line.text.replace(" ", "") for line in read.lines)
    assert "公民身份号码" in said
    assert (read.width, read.height, read.quarter_turns) == (1011, 638, 0)


def test_it_reads_without_any_network_and_opens_no_file_to_write(tmp_path: Path) -> None:
    """In a network namespace that has no interface up; every file opened to write is seen by the system."""
    need_root_on_linux("a network namespace")
    need_program("strace")
    trace = tmp_path / "trace"
    watched = ("strace", "-f", "-o", str(trace), "-e", "trace=openat,open,creat,socket,connect")
    reader = ReadingProcess(("unshare", "-n", *watched, *FROM_SOURCE), page_seconds=100.0)
    try:
        assert reader.read(card()).lines
    finally:
        reader.close()
    calls = trace.read_text(errors="replace").splitlines()
    assert any("PP-OCRv6_rec_small.onnx" in call for call in calls), "the reading itself was watched"
    assert not [call for call in calls if "connect(" in call and "AF_INET" in call]
    written_to = [call for call in calls if "O_WRONLY" in call or "O_RDWR" in call or "creat(" in call]
    assert not [call for call in written_to if "/dev/null" not in call and "__pycache__" not in call], written_to


def test_a_large_page_full_of_print_takes_no_more_memory_than_a_card() -> None:
    """A4 at 300 dpi, twice: peak and priority as the system counts them."""
    page = np.full((3508, 2480, 3), 255, np.uint8)
    for row in range(60, 3450, 46):
        cv2.putText(page, "410000 " * 22, (60, row), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 20), 2)
    coded = cv2.imencode(".jpg", page)[1].tobytes()
    reader = ReadingProcess(page_seconds=100.0)
    try:
        assert len(reader.read(coded).lines) > 5
        reader.read(coded)
        assert reader._process is not None
        status = Path(f"/proc/{reader._process.pid}/status").read_text("ascii")
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        assert peak < 750 * 1024, f"{peak // 1024} MB"
        assert os.getpriority(os.PRIO_PROCESS, reader._process.pid) >= 10
    finally:
        reader.close()


def test_the_packaged_program_is_its_own_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuple(page_reader()) == tuple(FROM_SOURCE)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert tuple(page_reader()) == (sys.executable, "read-pages")


def test_the_command_it_is_started_by_reads() -> None:
    reader = ReadingProcess((sys.executable, "-m", "villagedesk", "read-pages"))
    try:
        assert reader.read(card()).lines
    finally:
        reader.close()


def test_it_ends_with_the_program_that_asked(tmp_path: Path) -> None:
    """Killed in the middle, the program leaves nobody behind who reads on."""
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    outer = subprocess.Popen(
        (sys.executable, "-c", program, *FROM_SOURCE), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert outer.stdout is not None
    pid = int(outer.stdout.readline())
    outer.kill()
    outer.communicate()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[-1][:3]:
        assert time.monotonic() < deadline, "it lives on"
        time.sleep(0.05)
