"""The flatbed through SANE, against its ``test`` device: a real ``scanimage``, no scanner."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from villagedesk.devices import scanner_sane
from villagedesk.devices.ports import ScannerInfo
from villagedesk.devices.scanner_sane import SaneScanner
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Cancelled

TEST = ScannerInfo("test:0", "Noname frontend-tester")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Only SANE's ``test`` device, whatever this PC has."""
    assert shutil.which("scanimage"), "sane-utils is in dev.py's list"
    (tmp_path / "sane").mkdir()
    (tmp_path / "sane" / "dll.conf").write_text("test\n")
    shutil.copy("/etc/sane.d/test.conf", tmp_path / "sane" / "test.conf")
    return {"SANE_CONFIG_DIR": str(tmp_path / "sane")}


def scanner(environment: dict[str, str], *extra: str, silent_s: float = 90.0) -> SaneScanner:
    return SaneScanner(environment=environment, extra=extra, silent_s=silent_s)


def test_the_devices_are_listed_with_makers_name(environment: dict[str, str]) -> None:
    assert [(one.scanner_id, one.name) for one in scanner(environment).scanners()] == [
        ("test:0", "Noname frontend-tester"),
        ("test:1", "Noname frontend-tester"),
    ]


def test_no_device_is_an_empty_list(environment: dict[str, str]) -> None:
    Path(environment["SANE_CONFIG_DIR"], "dll.conf").write_text("")
    assert scanner(environment).scanners() == ()
    with pytest.raises(EnvironmentProblem, match=r"scanner\.missing"):
        scanner(environment).scan(ScannerInfo("nosuch:0", "somebody else's"), 200)


@pytest.mark.parametrize(("dpi", "colour"), [(200, True), (300, True), (200, False)])
def test_a_page_comes_in_the_wanted_fineness_and_colour_and_tells_how_far_it_is(
    environment: dict[str, str], dpi: int, colour: bool
) -> None:
    told: list[tuple[int, int]] = []
    taken = scanner(environment, "--test-picture", "Color pattern").scan(
        TEST, dpi, colour=colour, progress=lambda done, total: told.append((done, total))
    )
    assert (taken.media_type, taken.source) == ("image/png", "Noname frontend-tester")
    with Image.open(io.BytesIO(taken.data)) as image:
        # the test device's glass is 200 × 200 mm
        assert list(image.size) == pytest.approx([200 / 25.4 * dpi] * 2, abs=2)
        assert image.mode == ("RGB" if colour else "L")
    assert {total for _, total in told} == {100}
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(
    ("status", "key"),
    [
        ("JAMMED", "jammed"),
        ("NO_DOCS", "no_paper"),
        ("COVER_OPEN", "cover_open"),
        ("DEVICE_BUSY", "busy"),
        ("ACCESS_DENIED", "no_access"),
        ("IO_ERROR", "failed"),
        ("NO_MEM", "failed"),
        ("INVAL", "failed"),
        ("CANCELLED", "failed"),
        ("UNSUPPORTED", "failed"),
        ("EOF", "failed"),
    ],
)
def test_what_hinders_it_is_told_in_words(environment: dict[str, str], status: str, key: str) -> None:
    broken = scanner(environment, "--read-return-value", f"SANE_STATUS_{status}", silent_s=10)
    said = "scanner.timeout"
    for _ in range(3):  # SANE's own test device hangs once in some hundred times
        if said == "scanner.timeout":
            with pytest.raises(EnvironmentProblem) as caught:
                broken.scan(TEST, 75)
            said = caught.value.key
    assert said == f"scanner.{key}"
    assert f"scanner.{key}" in Messages.from_folder(ROOT / "resources" / "messages" / "zh_CN").keys()  # noqa: SIM118 - no mapping


def test_a_scanner_that_is_not_there_is_missing(environment: dict[str, str]) -> None:
    with pytest.raises(EnvironmentProblem, match=r"scanner\.missing"):
        scanner(environment).scan(ScannerInfo("test:77", "somebody else's"), 75)


def test_one_that_has_another_id_by_now_is_known_by_its_name(environment: dict[str, str]) -> None:
    assert scanner(environment).scan(ScannerInfo("test:77", TEST.name), 75).source == TEST.name


def slow(environment: dict[str, str], *extra: str, silent_s: float = 90.0) -> SaneScanner:
    delayed = ("--read-delay=yes", "--read-delay-duration", "200000", "--read-limit=yes", "--read-limit-size", "100")
    return scanner(environment, *delayed, *extra, silent_s=silent_s)


def children() -> set[int]:
    """Processes this one has begun and not seen the end of."""
    return {int(one) for task in Path("/proc/self/task").iterdir() for one in (task / "children").read_text().split()}


def test_a_scan_is_stopped_when_the_clerk_wants_it_and_leaves_no_process(environment: dict[str, str]) -> None:
    before = children()
    began = time.monotonic()
    running: set[int] = set()

    def progress(done: int, _total: int) -> None:
        running.update(children() - before)
        if done >= 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        slow(environment).scan(TEST, 300, progress=progress)
    assert running, "it had begun"
    assert time.monotonic() - began < 60, "it was not waited for"
    assert not running & children()


def test_a_scanner_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    # a driver that hangs: it answers what it can do, and never scans
    mute = tmp_path / "bin"
    mute.mkdir()
    (mute / "scanimage").write_text(
        '#!/bin/sh\ncase "$*" in *-A*) echo "    --resolution 75..300dpi [75]";; *) exec sleep 600;; esac\n'
    )
    (mute / "scanimage").chmod(0o755)
    before = children()
    hung = SaneScanner(environment={"PATH": f"{mute}:{os.environ['PATH']}"}, silent_s=0.3)
    with pytest.raises(EnvironmentProblem, match=r"scanner\.timeout"):
        hung.scan(TEST, 200)
    assert not children() - before


def test_a_picture_that_came_in_part_is_none_though_the_scanner_says_all_is_well(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.new("RGB", (300, 400), (250, 250, 250)).save(whole, "PNG")
    (tmp_path / "half.png").write_bytes(whole.getvalue()[:-20])
    (tmp_path / "scanimage").write_text(
        f'#!/bin/sh\ncase "$*" in *-A*) echo "    --resolution 75..300dpi [75]";; *) cat {tmp_path}/half.png;; esac\n'
    )
    (tmp_path / "scanimage").chmod(0o755)
    broken = SaneScanner(environment={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    with pytest.raises(EnvironmentProblem, match=r"scanner\.failed"):
        broken.scan(TEST, 200)
    (tmp_path / "half.png").write_bytes(whole.getvalue())
    assert broken.scan(TEST, 200).data == whole.getvalue()


def test_without_sane_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"scanner\.no_sane"):
        SaneScanner(environment={"PATH": str(tmp_path)}).scanners()


def test_nothing_is_written_to_the_disk(environment: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    seen: list[list[Path]] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.append(list(place.iterdir()))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        scanner({**environment, "TMPDIR": str(place)}).scan(TEST, 200)
    finally:
        stop.set()
        watching.join()
    assert seen
    assert not any(seen)


def test_it_says_that_it_never_met_its_hardware() -> None:
    assert scanner_sane.__doc__ is not None
    assert "STATUS: never run on hardware" in scanner_sane.__doc__
