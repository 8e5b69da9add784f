"""What the doctor says of cameras, scanners and printers."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from villagedesk.app import device_findings
from villagedesk.app.deep_checks import Finding
from villagedesk.app.device_findings import look_at_devices, look_at_printers
from villagedesk.devices.ports import PrinterInfo


def not_asked(*_: object) -> NoReturn:
    raise AssertionError("the doctor prints nothing")


def lines(*, scanners: bool = False) -> list[str]:
    return [finding.line for finding in look_at_devices(scanners=scanners)]


def test_scanners_are_looked_for_only_when_that_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("test\n")
    shutil.copy("/etc/sane.d/test.conf", tmp_path)
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    assert not any("frontend-tester" in line for line in lines())
    assert "scanner Noname frontend-tester (test:0)" in lines(scanners=True)
    (tmp_path / "dll.conf").write_text("")
    assert "scanners: none is connected and switched on" in lines(scanners=True)


def test_each_camera_is_told_with_its_best_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    formats = [f"{width}×100 MJPEG 15/s" for width in range(9)]
    camera = json.dumps({"name": "USB 高拍仪", "id": "/dev/video0", "formats": formats})
    monkeypatch.setattr(device_findings, "_program", lambda: ["printf", "%s\\n", "Qt says something", camera])
    line = lines()[0]
    assert line.startswith("camera USB 高拍仪 (/dev/video0): 0×100 MJPEG 15/s, 1×100")
    assert line.endswith("and 3 more")


@pytest.mark.parametrize(("program", "word"), [(["false"], "could not be loaded"), (["sleep", "60"], "may hang")])
def test_a_plug_in_that_crashes_or_hangs_harms_nobody(
    monkeypatch: pytest.MonkeyPatch, program: list[str], word: str
) -> None:
    monkeypatch.setattr(device_findings, "_program", lambda: program)
    monkeypatch.setattr(device_findings, "_PATIENCE_S", 0.3)
    assert word in lines()[0]


@dataclass
class Printing:
    """A spooler that has these printers, each with its trouble; None: it does not answer."""

    there: dict[str, str] | None

    def printers(self) -> tuple[PrinterInfo, ...]:
        return tuple(PrinterInfo(name, name == "Canon") for name in self.there or {})

    def trouble(self, printer: str) -> str:
        return "printer.no_spooler" if self.there is None else self.there.get(printer, "printer.gone")

    takes_jobs = ticket = outcome = cancel = not_asked


def test_each_printer_is_told_with_what_is_wrong_with_it() -> None:
    found = look_at_printers(Printing({"Canon": "", "HP": "printer.no_paper"}))
    assert [(one.line, one.good) for one in found] == [
        ("printer Canon (default): nothing is known to be wrong", True),
        ("printer HP: printer.no_paper", None),
    ]


def test_no_printers_and_no_spooler_are_told_apart() -> None:
    assert look_at_printers(Printing({})) == [Finding("printers: none is set up", None)]
    silent = Finding("printers: CUPS or the Windows print spooler does not answer", None)
    assert look_at_printers(Printing(None)) == [silent]


def test_this_systems_spooler_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_findings, "system_spooler", lambda: Printing({"HP": ""}))
    assert "printer HP: nothing is known to be wrong" in lines()


def test_the_child_lists_what_qt_knows() -> None:
    done = subprocess.run(device_findings._program(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0
    assert not [line for line in done.stdout.splitlines() if line.startswith(b"{")], "no camera is to be had here"
