"""Catalogue packages the practice system hands out: files in its folder, whole ones and those that change a version."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.ranges import Span

_FOLDER = "catalogue"


@dataclass(frozen=True)
class CatalogueFile:
    """A package.

    Args:
        version: of the catalogue it makes.
        base: the version it changes; None when it is whole.
    """

    path: Path
    version: int
    base: int | None


@dataclass(frozen=True)
class CatalogueBytes:
    """A package, or bytes of it, as they go out.

    Args:
        sha256: of the whole package.
        length: of the whole package, in bytes.
        first: position of the first byte; None where ``content`` is the whole.
    """

    version: int
    sha256: str
    length: int
    first: int | None
    content: bytes


class CatalogueFiles:
    """The packages of one practice system; what they hold is the county's affair, and checked by the villages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._putting = threading.Lock()
        self._digests: dict[tuple[int, int, int], str] = {}
        """By what tells one state of a file from another: a package goes out in many pieces."""

    def all(self) -> tuple[CatalogueFile, ...]:
        """Newest first; of one version the whole one first."""
        found = [_named(path) for path in self._folder.glob("*.json")] if self._folder.is_dir() else []
        known = [one for one in found if one is not None]
        return tuple(sorted(known, key=lambda one: (-one.version, one.base is not None, one.base or 0)))

    def newest_version(self) -> int:
        """0 when there is none."""
        return max((one.version for one in self.all()), default=0)

    def newest_for(self, have: int, span: Span | None = None, unwanted: str = "") -> CatalogueBytes | None:
        """The newest package that a station with version ``have`` can use: what changed since, where there is such a
        one, else the whole; None when there is nothing newer.

        Args:
            span: the bytes of it that are asked for; None, or of another package: all.
            unwanted: SHA-256 of a package that is told of without any of its bytes.

        Raises:
            WireProblem: 416 ``range`` where the package ends before the first byte that is asked for.
        """
        newer = [one for one in self.all() if one.version > have and one.base in (None, have)]
        if not newer:
            return None
        best = max(newer, key=lambda one: (one.version, one.base is not None))
        with best.path.open("rb") as file:  # one file from here on, also when another takes its name
            sha256 = self._digest(file)
            length = file.seek(0, os.SEEK_END)
            if sha256 == unwanted:
                return CatalogueBytes(best.version, sha256, length, None, b"")
            if span is None or span.of not in ("", sha256):
                file.seek(0)
                return CatalogueBytes(best.version, sha256, length, None, file.read())
            if span.first >= length:
                raise WireProblem(416, "range", "没有这一段", {"length": length})
            file.seek(span.first)
            return CatalogueBytes(best.version, sha256, length, span.first, file.read(span.count(length)))

    def _digest(self, file: BufferedReader) -> str:
        known = os.fstat(file.fileno())
        state = (known.st_ino, known.st_mtime_ns, known.st_size)
        if state not in self._digests:
            self._digests[state] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[state]

    def put(self, data: bytes) -> CatalogueFile:
        """Hand a package out from now on. Raises WireProblem 413 ``body_too_large``, 422 ``not_a_package``."""
        if len(data) > MAX_CATALOGUE_BYTES:
            raise WireProblem(413, "body_too_large", "目录文件太大")
        try:
            content = json.loads(json.loads(data)["content"])
            version, base = content["version"], content["base"]
        except (ValueError, KeyError, TypeError, RecursionError):
            version = base = None
        if not _is_version(version) or not (base is None or _is_version(base)):
            raise WireProblem(422, "not_a_package", "这不是目录文件")
        name = f"{version}.json" if base is None else f"{base}-{version}.json"
        with self._putting:
            self._folder.mkdir(exist_ok=True)
            path = self._folder / name
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        return CatalogueFile(path, version, base)


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _named(path: Path) -> CatalogueFile | None:
    base, dash, version = path.stem.rpartition("-")
    if not version.isdecimal() or (dash and not base.isdecimal()):
        return None
    return CatalogueFile(path, int(version), int(base) if dash else None)
