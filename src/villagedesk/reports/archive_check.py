"""Checking an archive package: opened with its passphrase, every file against manifest and case.

What is written here does not ask the code that writes packages: it reads what an archive would read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from villagedesk.domain.progress import Progress, share, silent
from villagedesk.reports.locked_member import LockedMember, NotLockedSo, WrongPassphrase

MEMBER = "package.zip"
MANIFEST, CHECKSUMS = "manifest.json", "checksums.sha256"
CASE, CATALOGUE = "case.json", "catalogue.txt"
FORMAT = "villagedesk-archive"
_VERSIONS = frozenset({2, 3})
"""In 2, what was scanned here lay with the results, and nothing was said of batches, visits and evaluations."""
_HERE, _STATES = "here", frozenset({"here", "expired", "missing", "not_came"})
_PARTS = ("materials", "papers", "results")
_BUFFER, _CHUNK = 1 << 20, 1 << 18
_MOST_TEXT = 256 << 20
"""Of what is read as a whole: the manifest of ten thousand cases has a tenth of it."""
_HALF = 0.5
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OverflowError)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a package.

    Args:
        key: message key of the sentence that says it.
        params: what that sentence shows.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Args:
        findings: what is wrong; empty when nothing is.
        cases, files: how many were looked at.
        not_here: files that the package names with their hash and does not hold, because their time was over or they
            were lost before: nothing is wrong with the package.
    """

    findings: tuple[Finding, ...]
    cases: int = 0
    files: int = 0
    not_here: int = 0


def check_package(file: Path, passphrase: str, progress: Progress = silent) -> Checked:
    """Read all of it. Nothing of what it holds is written anywhere.

    Args:
        progress: told of bytes.

    Raises:
        OSError: the file cannot be read.
        Cancelled: from ``progress``.
    """
    with file.open("rb") as raw:
        try:
            member = LockedMember(raw, MEMBER, passphrase)
        except WrongPassphrase:
            return Checked((Finding("archive.check.passphrase"),))
        except NotLockedSo:
            raw.seek(0)
            begun = raw.read(4) == b"PK\x03\x04"
            return Checked((Finding("archive.check.cut_off" if begun else "archive.check.no_package"),))
        findings = [] if member.is_whole(share(progress, 0.0, _HALF)) else [Finding("archive.check.altered")]
        try:
            with zipfile.ZipFile(io.BufferedReader(member, _BUFFER)) as inner:
                check = _Check(inner, share(progress, _HALF, 1.0))
                check.run()
        except _UNREADABLE:
            return Checked((*findings, Finding("archive.check.inner")))
    return Checked((*findings, *check.findings), check.cases, check.files, check.not_here)


class _Check:
    """One check of what is inside."""

    def __init__(self, archive: zipfile.ZipFile, progress: Progress) -> None:
        self._archive = archive
        self._progress = progress
        self._hashes: dict[str, str] = {}
        self._texts: dict[str, bytes] = {}
        self._counts: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self.cases = self.files = self.not_here = 0

    def run(self) -> None:
        """All of it."""
        self._read_all()
        try:
            manifest = _manifest_of(self._texts[MANIFEST])
        except KeyError:
            self._find("no_manifest")
            return
        except (ValueError, TypeError):
            self._find("bad_manifest")
            return
        self._against(manifest)
        self._checksums(manifest)
        inside: dict[str, list[str]] = {}
        for path in manifest.files:
            inside.setdefault(path.split("/", 1)[0], []).append(path)
        for row in manifest.cases:
            self._case(row["folder"], row["local_no"], inside.get(row["folder"], []))
        self._counted(manifest)

    def _find(self, key: str, **params: object) -> None:
        self.findings.append(Finding(f"archive.check.{key}", params))

    def _read_all(self) -> None:
        """Each file once, in the order they lie; what is read as text is kept."""
        members = sorted(self._archive.infolist(), key=lambda one: one.header_offset)
        total, done = sum(one.file_size for one in members), 0
        for one in members:
            self._progress(done, total)
            if one.filename in self._hashes:
                self._find("twice", file=one.filename)
            keeps = one.filename.rsplit("/", 1)[-1] in (MANIFEST, CHECKSUMS, CASE) and one.file_size <= _MOST_TEXT
            digest, kept = hashlib.sha256(), bytearray()
            try:
                with self._archive.open(one) as opened:
                    while piece := opened.read(_CHUNK):
                        digest.update(piece)
                        if keeps:
                            kept += piece
                        self._progress(done + opened.tell(), total)
            except (*_UNREADABLE, OSError):
                self._find("unreadable", file=one.filename)
                self._hashes[one.filename] = ""
                continue
            finally:
                done += one.file_size
            self._hashes[one.filename] = digest.hexdigest()
            if keeps:
                self._texts[one.filename] = bytes(kept)

    def _against(self, manifest: _Manifest) -> None:
        """No file is missing, none was changed, none was added."""
        for path, sha256 in manifest.files.items():
            if path not in self._hashes:
                self._find("gone", file=path)
            elif self._hashes[path] not in (sha256, ""):  # one that cannot be read was told already
                self._find("changed", file=path)
        for path in self._hashes:
            if path not in manifest.files and path not in (MANIFEST, CHECKSUMS):
                self._find("added", file=path)

    def _checksums(self, manifest: _Manifest) -> None:
        """The list for ``sha256sum`` says the same as the manifest."""
        if CHECKSUMS not in self._texts:
            self._find("gone", file=CHECKSUMS)
            return
        lines = self._texts[CHECKSUMS].decode("utf-8", "replace").splitlines()
        listed = {line[66:]: line[:64] for line in lines}
        if listed != {**manifest.files, MANIFEST: self._hashes[MANIFEST]} or len(lines) != len(listed):
            self._find("checksums")

    def _case(self, folder: str, local_no: object, inside: list[str]) -> None:
        """Its metadata can be read, and every file it names is there with its hash, and no other."""
        self.cases += 1
        try:
            told = _case_of(self._texts[f"{folder}/{CASE}"])
        except KeyError:
            self._find("no_metadata", folder=folder)
            return
        except (ValueError, TypeError):
            self._find("bad_metadata", folder=folder)
            return
        if told.local_no != local_no:
            self._find("other_case", folder=folder)
        named = {f"{folder}/{CASE}", f"{folder}/{CATALOGUE}"}
        for one in told.files:
            if one["state"] != _HERE:
                self.not_here += 1
                continue
            path = f"{folder}/{one['file']}"
            named.add(path)
            self._counts[one["part"]] += 1
            if self._hashes.get(path) not in (one["sha256"], ""):
                self._find("not_as_named", folder=folder, file=one["file"], title=one["title"])
        for path in inside:
            if path not in named:
                self._find("unnamed", file=path)

    def _counted(self, manifest: _Manifest) -> None:
        self.files = len(self._hashes)
        found = {
            "cases": self.cases,
            "files": len(manifest.files),
            **{part: self._counts[part] for part in _PARTS},
            "not_here": self.not_here,
        }
        told = {name: manifest.counts.get(name) for name in found}
        if told != found:
            self._find("counts")
        folders = {path.split("/", 1)[0] for path in self._hashes if "/" in path}
        for folder in sorted(folders - {row["folder"] for row in manifest.cases}):
            self._find("strange_folder", folder=folder)


@dataclass(frozen=True)
class _Manifest:
    """Args:
    files: path → SHA-256.
    """

    cases: list[dict[str, Any]]
    files: dict[str, str]
    counts: dict[str, Any]


@dataclass(frozen=True)
class _Case:
    local_no: object
    files: list[dict[str, Any]]


def _manifest_of(data: bytes) -> _Manifest:
    """Raises ValueError or TypeError for what is none."""
    value = _table(data)
    if value.get("format") != FORMAT or value.get("version") not in _VERSIONS:
        raise ValueError("no manifest of a known version")
    files = {str(one["path"]): str(one["sha256"]) for one in _listed(value, "files", "path", "sha256")}
    if len(files) != len(value["files"]):
        raise ValueError("a file is listed twice")
    counts = value.get("counts")
    if not isinstance(counts, dict):
        raise ValueError("no counts")
    return _Manifest(list(_listed(value, "cases", "folder", "local_no")), files, counts)


def _case_of(data: bytes) -> _Case:
    """Raises ValueError or TypeError for what is none."""
    value = _table(data)
    if value.get("format") != "villagedesk-archived-case" or value.get("version") not in _VERSIONS:
        raise ValueError("no metadata of a known version")
    files = list(_listed(value, "files", "part", "file", "title", "sha256", "state"))
    if any(one["state"] not in _STATES or (one["state"] == _HERE) != bool(one["file"]) for one in files):
        raise ValueError("a file is neither here nor said to be missing")
    numbers = value.get("numbers")
    if not isinstance(numbers, dict):
        raise ValueError("no numbers")
    return _Case(numbers.get("local_no"), files)


def _table(data: bytes) -> dict[str, Any]:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("no table")
    return value


def _listed(value: dict[str, Any], name: str, *wanted: str) -> Iterator[dict[str, Any]]:
    """The entries of a list, each with what is wanted of it. Raises ValueError, TypeError."""
    if not isinstance(value.get(name), list):
        raise ValueError(f"no list of {name}")
    for one in value[name]:
        if not isinstance(one, dict) or any(key not in one for key in wanted):
            raise ValueError(f"an entry of {name} lacks something")
        yield one
