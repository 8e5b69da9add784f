"""What cameras and scanners this PC has, for the technician. The cameras are listed by a process of their own: Qt's
multimedia plug-in and the drivers under it are other people's, and may hang or crash."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from villagedesk.app.deep_checks import Finding
from villagedesk.app.run_options import LIST_CAMERAS
from villagedesk.devices.scanner_sane import SaneScanner, sane_is_there
from villagedesk.domain.problems import EnvironmentProblem

_PATIENCE_S = 30.0
_FORMATS_TOLD = 6


def look_at_devices(*, scanners: bool) -> list[Finding]:
    """Cameras with their formats, best first, and whether scanners can be had.

    Args:
        scanners: look for them too: some of SANE's drivers ask the whole network.
    """
    return [*_cameras(), *_scanners(look=scanners)]


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


def _cameras() -> list[Finding]:
    try:
        done = subprocess.run(
            _program(), stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return [Finding("cameras: the list did not come; a driver may hang", False)]
    if done.returncode:
        return [Finding("cameras: Qt's multimedia could not be loaded", None)]
    findings: list[Finding] = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if line.startswith("{"):
            camera = json.loads(line)
            formats = camera["formats"]
            told = ", ".join(formats[:_FORMATS_TOLD]) + (f" and {len(formats) - _FORMATS_TOLD} more" * _more(formats))
            findings.append(Finding(f"camera {camera['name']} ({camera['id']}): {told or 'no formats'}", None))
    return findings or [Finding("cameras: none is connected, files can be brought in", None)]


def _more(formats: Sequence[str]) -> bool:
    return len(formats) > _FORMATS_TOLD


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
