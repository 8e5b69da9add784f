"""State of a data folder and of the device adapters, for the technician. Reads only; shows no personal data."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import villagedesk.devices
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import DataFolder
from villagedesk.app.resources import missing_resources, resources_folder
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.store.lock import FolderLock

_NEVER = "STATUS: never run on hardware"


def doctor(data_folder: Path) -> int:
    """Print what is found; gives 0 when nothing is wrong."""
    wrong = 0
    for line, good in (*_folder(data_folder), *_program()):
        wrong += not good
        sys.stdout.write(f"{'ok   ' if good else 'WRONG'}  {line}\n")
    for line in (*_not_checked(data_folder), *_adapters()):
        sys.stdout.write(f"note   {line}\n")
    return 1 if wrong else 0


def _folder(folder: Path) -> list[tuple[str, bool]]:
    if not folder.is_dir():
        return [(f"data folder {folder}: not there yet", True)]
    free = shutil.disk_usage(folder).free // (1024 * 1024)
    lines = [(f"data folder {folder}: {free} MB free", free >= 500)]
    try:
        FolderLock(folder).release()
        lines.append(("no other villagedesk uses it", True))
    except EnvironmentProblem as problem:
        lines.append((f"lock: {problem.key}", problem.key == "store.in_use"))
    premises = DataFolder(folder, SystemClock())
    if not premises.is_set_up():
        return [*lines, ("not set up: the first run is still to come", True)]
    try:
        lines.append((f"station {premises.station().division_code}", True))
    except Problem as problem:
        lines.append((f"station file: {problem.key}", False))
    try:
        lines.append((f"{len(premises.clerks())} clerks, {premises.waiting()} cases wait to be sent", True))
    except Problem as problem:
        lines.append((f"slots file: {problem.key}", False))
    reports = len(list(fault_reports_folder(folder).glob("fault-*.txt")))
    lines.append((f"{reports} reports of the program's own faults", reports == 0))
    return lines


def _not_checked(folder: Path) -> list[str]:
    """What this command cannot see without the data key."""
    if not DataFolder(folder, SystemClock()).is_set_up():
        return []
    return [f"{what}: NOT CHECKED (needs a clerk's password)" for what in ("database", "audit chain", "scanned pages")]


def _program() -> list[tuple[str, bool]]:
    missing = missing_resources(resources_folder())
    return [(f"resources: {', '.join(missing) + ' missing' if missing else 'all there'}", not missing)]


def _adapters() -> list[str]:
    """The adapters that never met their hardware, as each says in its own first lines."""
    lines: list[str] = []
    for file in sorted(Path(next(iter(villagedesk.devices.__path__))).glob("*.py")):
        if _NEVER in file.read_text(encoding="utf-8"):
            lines.append(f"{file.stem}: never run on hardware")
    if not lines and importlib.util.find_spec("villagedesk.devices.printer_qt") is not None:
        lines.append("device adapters: their sources are not in this package; camera_qt, printer_qt never met hardware")
    return lines
