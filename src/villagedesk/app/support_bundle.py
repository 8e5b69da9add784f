"""Packs the support bundle: the state of the installation as a zip of plain texts, without personal data (I8).

In it: what doctor sees without a password, reports of the program's own faults, versions, sizes, the station's settings
without secrets, and counts by state. Never in it: names, numbers, addresses, pictures, passwords, keys, paths.
"""

from __future__ import annotations

import importlib.metadata
import io
import os
import platform
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from villagedesk import __version__
from villagedesk.app.deep_checks import not_checked
from villagedesk.app.doctor import as_text, look_at_adapters, look_outside
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import DataFolder
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.problems import Problem
from villagedesk.store.files import write_whole
from villagedesk.store.replacing import DATABASE_FILE
from villagedesk.store.upgrading import COPIES_FOLDER
from villagedesk.store.vault import VAULT_FOLDER

_CALLED = "(data folder)"
_MOST_REPORTS = 50
_LONGEST_REPORT = 256 * 1024
_LIBRARIES = ("PySide6_Essentials", "SQLAlchemy", "alembic", "sqlcipher3", "cryptography", "requests", "numpy")


def pack(data_folder: Path, folder: Path, counts: Mapping[str, int]) -> Path:
    """Put the bundle into ``folder``; gives its path.

    Args:
        counts: how many of what, known to the open database only; empty where it was not opened.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    moment = datetime.now(UTC)
    parts = {
        "doctor.txt": _doctor(data_folder),
        "versions.txt": _versions(),
        "sizes.txt": _sizes(data_folder),
        "station.txt": _station(data_folder),
        "counts.txt": "".join(f"{name}: {count}\n" for name, count in counts.items()) or "NOT CHECKED\n",
        **_reports(data_folder),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), text)
    file = folder / f"villagedesk-support-{moment:%Y%m%dT%H%M%SZ}.zip"
    write_whole(file, packed.getvalue())
    return file


def support_bundle(data_folder: Path, folder: Path) -> int:
    """The command: pack and print where the file is; gives the exit code."""
    if not data_folder.is_dir():
        sys.stderr.write("there is no data folder\n")
        return 1
    try:
        file = pack(data_folder, folder, {})
    except Problem as problem:
        sys.stderr.write(f"{problem.key}\n")
        return 1
    sys.stdout.write(f"{file}\n")
    return 0


def _doctor(data_folder: Path) -> str:
    findings = [*look_outside(data_folder, _CALLED), *not_checked("not asked for"), *look_at_adapters()]
    return "".join(map(as_text, findings))


def _versions() -> str:
    lines = [
        f"villagedesk {__version__}",
        f"python {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    for library in _LIBRARIES:
        try:
            lines.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            continue  # a frozen program has no records of its libraries
    return "\n".join(lines) + "\n"


def _sizes(data_folder: Path) -> str:
    """Files and bytes of each thing in the data folder; of what is not ours the count alone, since names may tell."""
    of_database = {DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm"}
    ours = {*of_database, VAULT_FOLDER, COPIES_FOLDER, fault_reports_folder(data_folder).name}
    totals: dict[str, tuple[int, int]] = {}
    with os.scandir(data_folder) as entries:
        for entry in entries:
            name = entry.name if entry.name in ours else "(others)"
            files, size = _weigh(Path(entry.path))
            before = totals.get(name, (0, 0))
            totals[name] = (before[0] + files, before[1] + size)
    return "".join(f"{name}: {files} files, {size} bytes\n" for name, (files, size) in sorted(totals.items()))


def _weigh(path: Path) -> tuple[int, int]:
    files = [file for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    return len(files), sum(file.stat().st_size for file in files)


def _station(data_folder: Path) -> str:
    try:
        station = DataFolder(data_folder, SystemClock()).station()
    except Problem as problem:
        return f"station file: {problem.key}\n"
    own_ca = "own" if station.ca_pem else "system's"
    lines = [
        f"division code: {station.division_code}",
        f"practice: {'yes' if station.practice else 'no'}",
        f"certificates: {own_ca}",
        f"address: {station.address.partition('://')[0] or 'none, entered by hand'}",
    ]
    return "\n".join(lines) + "\n"


def _reports(data_folder: Path) -> dict[str, str]:
    """The newest reports as they were written: kinds and places of faults, never what was said in them."""
    found = sorted(fault_reports_folder(data_folder).glob("fault-*.txt"))[-_MOST_REPORTS:]
    texts: dict[str, str] = {}
    for number, file in enumerate(found, start=1):
        with file.open("rb") as report:
            texts[f"fault-reports/{number:02d}.txt"] = report.read(_LONGEST_REPORT).decode("utf-8", "replace")
    return texts
