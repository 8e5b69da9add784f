"""What cameras, scanners and printers this PC has, for the technician. Cameras are listed by a process of their own:
Qt's multimedia plug-in and the drivers under it are other people's, and may hang or crash."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from villagedesk.app.deep_checks import Finding
from villagedesk.app.run_options import LIST_CAMERAS
from villagedesk.devices.ports import CameraInfo
from villagedesk.devices.scanner_sane import SaneScanner, sane_is_there
from villagedesk.devices.spooler import NO_SPOOLER, Spooler
from villagedesk.devices.system_spooler import system_spooler
from villagedesk.domain.problems import EnvironmentProblem

_PATIENCE_S = 30.0
_FORMATS_TOLD = 6
_NO_PRINTER = "villagedesk-no-such-printer"


def look_at_devices(*, scanners: bool) -> list[Finding]:
    """Cameras with their formats, best first, whether scanners can be had, and printers with what is wrong with them.

    Args:
        scanners: look for them too: some of SANE's drivers ask the whole network.
    """
    return [*_cameras(), *_scanners(look=scanners), *look_at_printers(system_spooler())]


def look_at_printers(spooler: Spooler) -> list[Finding]:
    """The printers that are set up, the default among them, and what the system says is wrong with each. That is to be
    noted only: a printer without paper is no fault of the program, and a station may have none."""
    printers = spooler.printers()
    if not printers:
        # a name nobody has is not found where the spooler answers
        silent = spooler.trouble(_NO_PRINTER) == NO_SPOOLER
        said = "CUPS or the Windows print spooler does not answer" if silent else "none is set up"
        return [Finding(f"printers: {said}", None)]
    findings = []
    for one in printers:
        trouble = spooler.trouble(one.name)
        name = f"printer {one.name}{' (default)' if one.is_default else ''}"
        findings.append(Finding(f"{name}: {trouble or 'nothing is known to be wrong'}", None if trouble else True))
    return findings


def print_cameras() -> int:
    """Print one line of JSON for each camera; what the child process does."""
    from PySide6.QtCore import QCoreApplication  # noqa: PLC0415 - only where cameras are asked for

    application = QCoreApplication.instance() or QCoreApplication([])
    from villagedesk.devices.camera_inputs_qt import SystemCameras  # noqa: PLC0415

    for camera in SystemCameras().cameras():
        sys.stdout.write(json.dumps({"name": camera.name, "id": camera.camera_id, "formats": camera.formats}) + "\n")
    sys.stdout.flush()
    del application
    return 0


def list_cameras() -> list[CameraInfo]:
    """What Qt's multimedia knows, asked for in a process of its own.

    Raises:
        subprocess.SubprocessError, OSError: when it cannot be loaded, or hangs.
    """
    done = subprocess.run(_program(), stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=True)
    listed = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines() if line.startswith("{")]
    return [CameraInfo(one["id"], one["name"], formats=tuple(one["formats"])) for one in listed]


def _cameras() -> list[Finding]:
    try:
        cameras = list_cameras()
    except (OSError, subprocess.TimeoutExpired):
        return [Finding("cameras: the list did not come; a driver may hang", False)]
    except subprocess.CalledProcessError:
        return [Finding("cameras: Qt's multimedia could not be loaded", None)]
    findings = [Finding(f"camera {one.name} ({one.camera_id}): {_told(one.formats)}", None) for one in cameras]
    return findings or [Finding("cameras: none is connected, files can be brought in", None)]


def _told(formats: Sequence[str]) -> str:
    more = len(formats) - _FORMATS_TOLD
    return ", ".join(formats[:_FORMATS_TOLD]) + (f" and {more} more" if more > 0 else "") or "no formats"


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, LIST_CAMERAS]
    return [sys.executable, "-m", "villagedesk", LIST_CAMERAS]


def _scanners(*, look: bool) -> list[Finding]:
    if not sane_is_there():
        return [Finding("scanners: no SANE on this PC", None)]
    if not look:
        return [Finding("scanners: SANE is there; doctor --scanners looks for them", None)]
    try:
        found = SaneScanner().scanners()
    except EnvironmentProblem as problem:
        return [Finding(f"scanners: {problem.key}", False)]
    return [Finding(f"scanner {one.name} ({one.scanner_id})", None) for one in found] or [
        Finding("scanners: none is connected and switched on", None)
    ]
