"""The lossy line itself: it carries what was asked, loses what was asked, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line.line import COUNTY_END, VILLAGE_END, Line
from tests.line.namespaces import COUNTY
from tests.line.setting import LineSetting
from tests.needs import need_program, need_root_on_linux


@pytest.fixture
def line() -> Iterator[Line]:
    """An open line; the test makes it worse."""
    need_root_on_linux("a lossy line")
    for program in ("ip", "nsenter", "setpriv"):
        need_program(program)
    with Line() as made:
        yield made


def transfer(line: Line, count: int, *, during: float = 0.0, act: str = "", seconds: float = 0.0) -> tuple[int, float]:
    """Send over plain TCP; gives bytes received and seconds from the first to the last.

    Args:
        during: after so many seconds do ``act`` (gap or cut) for ``seconds``.
    """
    raw = [sys.executable, "-m", "tests.line.raw"]
    with line.popen(COUNTY_END, [*raw, "receive"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as receiver:
        assert receiver.stdout is not None
        assert receiver.stdout.readline() == "ready\n"
        with line.popen(VILLAGE_END, [*raw, "send", COUNTY, str(count)], stderr=subprocess.DEVNULL) as sender:
            if act:
                wait_for_bytes(line, during)
                getattr(line, act)(seconds)
            said, errors = receiver.communicate(timeout=60)
            sender.wait(60)
    if receiver.returncode:
        raise ConnectionResetError(errors)
    received, first, last = said.split()
    return int(received), float(last) - float(first)


def wait_for_bytes(line: Line, seconds: float) -> None:
    """Until so many seconds after the village's first SYN."""
    while (began := line.report()["first_syn"]) is None:
        time.sleep(0.01)
    time.sleep(max(0.0, began + seconds - time.monotonic()))


def test_a_clean_line_yields_its_rate(line: Line) -> None:
    line.set(LineSetting(rate=4e6, rtt=0.04))
    received, seconds = transfer(line, 1_000_000)
    # 1,448 of 1,500 bytes of a full packet are the connection's own; Ethernet's are not counted, the line is IP.
    share = received * 8 * (1500 / 1448) / (4e6 * seconds)
    assert received == 1_000_000
    assert 0.97 <= share <= 1.03


def test_packets_are_lost_as_often_as_asked_and_arrive_all_the_same(line: Line) -> None:
    line.set(LineSetting(rate=50e6, rtt=0.002, loss=0.05, seed=3))
    received, _seconds = transfer(line, 2_000_000)
    up = line.report()["up"]
    assert received == 2_000_000
    assert up["offered"] > 1300
    # Four standard deviations of 1,300 throws at 5 %.
    assert abs(up["lost"] / (up["offered"] - up["overflowed"]) - 0.05) < 0.024


def test_the_way_takes_as_long_as_asked(line: Line) -> None:
    line.set(LineSetting(rtt=0.2))
    ping = "import socket,time\nfor _ in 'abc':\n b=time.monotonic()\n try: socket.create_connection(('%s',9))\n"
    code = (ping % COUNTY) + " except ConnectionRefusedError: print(time.monotonic()-b)"
    with line.popen(VILLAGE_END, [sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        said, _ = process.communicate(timeout=30)
    took = [float(word) for word in said.split()]
    assert len(took) == 3
    # A busy machine adds to it, and never takes away.
    assert 0.2 <= min(took) < 0.25, said


def test_a_gap_carries_nothing_and_the_connection_outlives_it(line: Line) -> None:
    line.set(LineSetting(rate=4e6, rtt=0.02))
    received, seconds = transfer(line, 400_000, during=0.3, act="gap", seconds=1.0)
    assert received == 400_000
    assert seconds > 1.6, "the line needs 0.8 s for it, and carried nothing for a second"
    gap = line.report()["gaps"][0]
    assert gap["flowing"] >= gap["back"]


def test_a_cut_ends_the_connections_and_counts_what_was_on_the_line(line: Line) -> None:
    line.set(LineSetting(rate=4e6, rtt=0.02))
    with pytest.raises(ConnectionResetError):
        transfer(line, 2_000_000, during=0.5, act="cut")
    flow = line.report()["flows"][0]
    # Half a second of 4 Mbit/s, less the start.
    assert 100_000 < flow["first"] < 300_000
    assert flow["acked"] <= flow["first"]
    # The next connection is none of the old one's business.
    received, _seconds = transfer(line, 100_000)
    assert received == 100_000
    assert line.report()["flows"][1]["first"] == 100_000


def test_nothing_is_left_when_the_test_is_killed(tmp_path: Path) -> None:
    need_root_on_linux("a lossy line")
    code = (
        "import subprocess, time; from tests.line.line import Line\n"
        "line = Line()\n"
        "child = line.popen('village', ['sleep', '600'])\n"
        "print(line._relay.pid, child.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pids = [int(text) for text in owner.stdout.readline().split()]
        os.kill(owner.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, pids
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process lives; one that nobody waits for any more does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
