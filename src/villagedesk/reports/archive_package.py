"""The archive package of concluded cases: what an archive wants of each, in one encrypted file.

A folder for each case as :mod:`villagedesk.reports.archive_case` lays it out, then a manifest that names every file
with its SHA-256. What was written is read back and checked before it has its name
(:mod:`villagedesk.reports.archive_check`).

The file is a ZIP with WinZip's AES-256 (AE-2), which 7-Zip opens. Names in a ZIP are not encrypted, so there is one
member only, ``package.zip``, and everything else is inside it. The format derives its key with 1,000 rounds of PBKDF2,
which is little: the passphrase must be one that no one can guess (:func:`make_passphrase`), never one a person made up.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyzipper

from villagedesk.domain.progress import Progress, share, silent
from villagedesk.domain.station import StationFile
from villagedesk.reports import archive_check
from villagedesk.reports.archive_case import (
    VERSION,
    ArchivedCase,
    ArchivedFile,
    FileState,
    Part,
    Text,
    described,
    files_of,
    folder_of,
)
from villagedesk.reports.archive_catalogue import catalogue
from villagedesk.reports.archive_check import CASE, CATALOGUE, CHECKSUMS, MANIFEST, MEMBER, Finding
from villagedesk.store.files import PART_SUFFIX, rename_durably

PASSPHRASE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs that are not taken for one another when written by hand: no 0 O, 1 I L."""
README = "README.txt"
_GROUPS, _GROUP = 6, 4
_WRITING = 0.5
"""Share of the work that is done when all is written and not yet read back."""


class NotWhole(Exception):
    """What was written did not come back as it was written: nothing is left of it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("the package is not what was written")
        self.findings = findings


@dataclass(frozen=True)
class Package:
    """What a package is about.

    Args:
        month: ``2026-11`` where it holds all cases of a month, "" for chosen ones.
        readme: told in it to whoever opens it.
    """

    station: StationFile
    made_at: datetime
    readme: str
    month: str = ""


@dataclass(frozen=True)
class Written:
    """What a package holds.

    Args:
        files: of each part.
        left_out: files that expired or did not come, named with their hash alone.
        missing: files that ought to be here and could not be read, named likewise.
        damaged: local numbers of the cases these belong to.
    """

    files: dict[Part, int]
    left_out: int
    missing: int
    damaged: tuple[str, ...]


def make_passphrase() -> str:
    """Six groups of four signs, 118 bits: no guessing machine comes through that, however fast one try is."""
    signs = [secrets.choice(PASSPHRASE_SIGNS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(signs[start : start + _GROUP]) for start in range(0, len(signs), _GROUP))


def typed_passphrase(typed: str) -> str:
    """A passphrase as it was made, from what somebody typed from a piece of paper: in any case, with or without the
    hyphens."""
    signs = "".join(sign for sign in typed.upper() if sign in PASSPHRASE_SIGNS)
    if len(signs) != _GROUPS * _GROUP:
        return typed.strip()
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def write_package(
    target: Path,
    passphrase: str,
    cases: Iterable[ArchivedCase],
    read: Callable[[ArchivedFile], bytes | None],
    package: Package,
    text: Text,
    *,
    total: int,
    progress: Progress = silent,
) -> Written:
    """Write the package as a whole file and check it: when this returns it is on the medium; otherwise there is none.

    Args:
        cases: taken one by one, so that only one is in memory; of the files only one at a time is.
        read: gives a file's verified bytes; None where it is missing or damaged.
        text: gives the text of a message key, for what people read.
        total: how many cases there are, for ``progress`` alone.

    Raises:
        OSError: the medium does not take it.
        NotWhole: the medium gave back something else than it was given.
        Problem: what ``read`` raises; Cancelled from ``progress``.
    """
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        with part.open("xb") as raw:
            with (
                pyzipper.AESZipFile(raw, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as outer,
                _locked(outer, passphrase).open(MEMBER, "w", force_zip64=True) as member,
                zipfile.ZipFile(member, "w", zipfile.ZIP_STORED) as inner,
            ):
                writer = _Inner(inner, read, package, text)
                writer.cases(cases, total, share(progress, 0.0, _WRITING))
                writer.end()
            raw.flush()
            os.fsync(raw.fileno())
            if sys.platform == "linux":  # it shall come from the medium when it is read back, not from memory
                os.posix_fadvise(raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        checked = archive_check.check_package(part, passphrase, share(progress, _WRITING, 1.0))
        if checked.findings:
            raise NotWhole(checked.findings)
        rename_durably(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return writer.written()


def _locked(outer: pyzipper.AESZipFile, passphrase: str) -> pyzipper.AESZipFile:
    outer.setpassword(passphrase.encode("ascii"))
    outer.setencryption(pyzipper.WZ_AES, nbits=256)
    return outer


class _Inner:
    """The ZIP inside, written from front to back."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        read: Callable[[ArchivedFile], bytes | None],
        package: Package,
        text: Text,
    ) -> None:
        self._archive = archive
        self._read = read
        self._package = package
        self._text = text
        self._files: list[dict[str, object]] = []
        self._cases: list[dict[str, object]] = []
        self._parts: Counter[Part] = Counter()
        self._states: Counter[FileState] = Counter()
        self._damaged: list[str] = []

    def cases(self, cases: Iterable[ArchivedCase], total: int, progress: Progress) -> None:
        """A folder for each."""
        for number, archived in enumerate(cases):
            progress(number, total)

            def told(done: int, of: int, number: int = number) -> None:
                progress(number * of + done, total * of)

            self._case(archived, told)

    def end(self) -> None:
        """What is said of all of it: how to read it, the manifest, the list that ``sha256sum -c`` checks."""
        self._put_text(README, self._package.readme)
        station = self._package.station
        manifest = {
            "format": archive_check.FORMAT,
            "version": VERSION,
            "made_at": self._package.made_at.isoformat(),
            "month": self._package.month,
            "standards": self._text("archive.standards"),
            "station": {"division_code": station.division_code, "name": station.name, "practice": station.practice},
            "counts": {
                "cases": len(self._cases),
                "files": len(self._files),
                **{str(part): self._parts[part] for part in Part},
                "not_here": sum(count for state, count in self._states.items() if state is not FileState.HERE),
            },
            "cases": self._cases,
            "files": list(self._files),
        }
        self._put_text(MANIFEST, _json(manifest))
        lines = (f"{one['sha256']}  {one['path']}\n" for one in self._files)
        self._archive.writestr(CHECKSUMS, "".join(lines).encode("utf-8"), zipfile.ZIP_DEFLATED)

    def written(self) -> Written:
        """What it came to."""
        missing = self._states[FileState.MISSING]
        left_out = self._states[FileState.EXPIRED] + self._states[FileState.NOT_CAME]
        return Written(dict(self._parts), left_out, missing, tuple(dict.fromkeys(self._damaged)))

    def _case(self, archived: ArchivedCase, progress: Progress) -> None:
        case, folder = archived.case, folder_of(archived.case)
        files, lost, written = files_of(archived, self._text), set[tuple[str, str]](), set[str]()
        for number, one in enumerate(files):
            progress(number, len(files))
            if not one.name or one.name in written or (one.page_id, one.sha256) in lost:
                continue
            data = self._read(one)
            if data is None:
                lost.add((one.page_id, one.sha256))
                continue
            written.add(one.name)
            self._put(f"{folder}/{one.name}", data, zipfile.ZIP_STORED)
            del data  # before the next one is read: one is in memory
        files = tuple(
            replace(one, name="", state=FileState.MISSING) if (one.page_id, one.sha256) in lost else one
            for one in files
        )
        self._parts.update(one.part for one in files if one.state is FileState.HERE)
        self._states.update(one.state for one in files)
        self._damaged += [case.local_no or "" for one in files if one.state is FileState.MISSING]
        self._put_text(f"{folder}/{CASE}", described(archived, files, self._package.station))
        self._put_text(f"{folder}/{CATALOGUE}", catalogue(archived, files, self._package.station, self._text))
        row: dict[str, object] = {"folder": folder, "local_no": case.local_no, "item": case.item_name}
        self._cases.append({**row, "files": len(written)})

    def _put_text(self, name: str, text: str) -> None:
        self._put(name, text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)

    def _put(self, name: str, data: bytes, how: int) -> None:
        self._archive.writestr(name, data, how)
        self._files.append({"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
