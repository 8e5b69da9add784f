"""State of a data folder and of the device adapters, for the technician. Shows no personal data."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import villagedesk.devices
from villagedesk.app.deep_checks import Finding, check_inside, not_checked
from villagedesk.app.link_findings import look_at_link
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import DataFolder
from villagedesk.app.resources import missing_resources, resources_folder
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.audit import AuditHead
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.store.lock import FolderLock
from villagedesk.store.slots import SLOT_FILES, read_copies
from villagedesk.store.status import waiting_count

_NEVER = "STATUS: never run on hardware"


@dataclass(frozen=True)
class Inside:
    """What is needed to look into the encrypted files.

    Args:
        clerk: whose password it is; "" for the first account.
        password: asks for it; "" when nobody gives one.
        heads: ends of the log that were noted earlier.
    """

    clerk: str = ""
    password: Callable[[], str] = str
    heads: tuple[AuditHead, ...] = ()


def doctor(data_folder: Path, inside: Inside, devices: Callable[[], Sequence[Finding]] = tuple) -> int:
    """Print what is found; gives 0 when nothing is wrong. Without a password only what lies outside the encrypted files
    is looked at; with one the database is opened, as a start of the program does, and the look is logged.

    Args:
        devices: looks at the PC's devices.
    """
    outside = look_outside(data_folder, str(data_folder))
    wrong = _tell([*outside, *look_at_link(data_folder)])
    wrong += _tell([*_look_inside(data_folder, inside), *devices(), *look_at_adapters()])
    return 1 if wrong else 0


def look_outside(folder: Path, called: str) -> list[Finding]:
    """What can be seen of a data folder and of the program without a password.

    Args:
        called: what the folder is called in the lines; its path may hold the name of whoever is signed in to Windows.
    """
    return [Finding(line, good) for line, good in (*_folder(folder, called), *_program())]


def look_at_adapters() -> list[Finding]:
    """The adapters that never met their hardware."""
    return [Finding(line, None) for line in _adapters()]


def as_text(finding: Finding) -> str:
    """One line, marked as right, wrong or to be noted."""
    mark = {True: "ok   ", False: "WRONG", None: "note "}[finding.good]
    return f"{mark}  {finding.line}\n"


def _tell(findings: Sequence[Finding]) -> int:
    for finding in findings:
        sys.stdout.write(as_text(finding))
    return sum(finding.good is False for finding in findings)


def _look_inside(folder: Path, inside: Inside) -> list[Finding]:
    premises = DataFolder(folder, SystemClock())
    if not folder.is_dir() or not premises.is_set_up():
        return []
    try:
        names = premises.clerks()
    except Problem:
        return not_checked("the accounts cannot be read")
    clerk = inside.clerk or next(iter(names), "")
    password = inside.password()
    if not password:
        return not_checked("needs a clerk's password")
    return check_inside(folder, clerk, password, inside.heads, SystemClock())


def _folder(folder: Path, called: str) -> list[tuple[str, bool]]:
    if not folder.is_dir():
        return [(f"data folder {called}: not there yet", True)]
    free = shutil.disk_usage(folder).free // (1024 * 1024)
    lines = [(f"data folder {called}: {free} MB free", free >= 500)]
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
        lines.append((f"{len(premises.clerks())} clerks", True))
        whole = len(read_copies(folder))
        lines.append((f"slots file: {whole} of {len(SLOT_FILES)} copies whole", whole == len(SLOT_FILES)))
    except Problem as problem:
        lines.append((f"slots file: {problem.key}", False))
    waiting = waiting_count(folder)
    if waiting is None:
        lines.append(("how many cases wait to be sent is not known: status.json is lost or damaged", False))
    else:
        lines.append((f"{waiting} cases wait to be sent", True))
    reports = len(list(fault_reports_folder(folder).glob("fault-*.txt")))
    lines.append((f"{reports} reports of the program's own faults", reports == 0))
    return lines


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
        never = "camera_qt, printer_qt, printer_windows, scanner_sane"
        lines.append(f"device adapters: their sources are not in this package; {never} never met any")
    return lines
