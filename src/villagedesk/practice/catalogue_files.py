"""Catalogue packages the practice system hands out: files in its folder, whole ones and those that change a version."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES
from villagedesk.practice.problems import WireProblem

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


class CatalogueFiles:
    """The packages of one practice system; what they hold is the county's affair, and checked by the villages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._putting = threading.Lock()

    def all(self) -> tuple[CatalogueFile, ...]:
        """Newest first; of one version the whole one first."""
        found = [_named(path) for path in self._folder.glob("*.json")] if self._folder.is_dir() else []
        known = [one for one in found if one is not None]
        return tuple(sorted(known, key=lambda one: (-one.version, one.base is not None, one.base or 0)))

    def newest_version(self) -> int:
        """0 when there is none."""
        return max((one.version for one in self.all()), default=0)

    def newest_for(self, have: int) -> tuple[int, bytes, str] | None:
        """The newest package that a station with version ``have`` can use: what changed since, where there is such a
        one, else the whole. Version, bytes, SHA-256; None when there is nothing newer."""
        newer = [one for one in self.all() if one.version > have and one.base in (None, have)]
        if not newer:
            return None
        best = max(newer, key=lambda one: (one.version, one.base is not None))
        data = best.path.read_bytes()
        return best.version, data, hashlib.sha256(data).hexdigest()

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
