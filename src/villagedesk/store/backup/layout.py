"""Names and places on a backup medium, and the little that stands there in clear: no person, no number."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from villagedesk.domain.clock import utc_text
from villagedesk.domain.local_no import EPOCHS
from villagedesk.store.backup.medium import UnsoundError, is_plain_folder, read_plain, write_small
from villagedesk.store.files import PART_SUFFIX

ROOT_FOLDER = "villagedesk-backup"
LABEL_FILE, DATABASE, MANIFEST = "label.json", "database", "manifest"
EPOCH_FILES = ("epochs.json", "epochs-copy.json")
MAX_PAGE_BYTES = 64 << 20
_SMALL_BYTES = 64 * 1024
_MAX_ENTRIES = 500
"""Stations on one medium, generations of one station: what is more was not put there by this program."""
_STATION = re.compile(r"[1-9][0-9]{11}-[0-9a-f]{8}")
_PAGE = re.compile(r"[0-9a-f]{64}")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Label:
    """What a station's folder says of itself in clear.

    Args:
        at: when the last backup was written.
        program: the version that wrote it.
    """

    station_name: str
    division_code: str
    at: datetime
    program: str

    def to_bytes(self) -> bytes:
        """The file's JSON."""
        raw = {
            "format": "villagedesk-backup",
            "version": 1,
            "station": self.station_name,
            "division_code": self.division_code,
            "at": utc_text(self.at),
            "program": self.program,
        }
        return json.dumps(raw, ensure_ascii=False, indent=1).encode()


@dataclass(frozen=True)
class StationFolder:
    """One installation's folder on a medium."""

    path: Path

    @classmethod
    def of(cls, target: Path, division_code: str, installation_id: str) -> StationFolder:
        """Where an installation's backups lie in a folder or drive the clerk chose."""
        root = target if target.name == ROOT_FOLDER else target / ROOT_FOLDER
        return cls(root / f"{division_code}-{installation_id.replace('-', '')[:8]}")

    @property
    def division_code(self) -> str:
        """As the folder's name has it."""
        return self.path.name.partition("-")[0]

    @property
    def pages(self) -> Path:
        """Folder of the page files, in 256 folders by the first two digits."""
        return self.path / "pages"

    @property
    def generations(self) -> Path:
        """Folder of the generations."""
        return self.path / "generations"

    def page(self, name: str) -> Path:
        """Where that page file lies."""
        return self.pages / name[:2] / name

    def siblings(self) -> list[StationFolder]:
        """All folders of the same village on this medium, this one first: it may have been restored before."""
        others = [folder for folder in station_folders(self.path.parent) if folder.path != self.path]
        return [self, *(folder for folder in others if folder.division_code == self.division_code)]

    def label_name(self) -> str:
        """The station's name in clear, "" when that cannot be read. Raises OSError but not where there is none."""
        try:
            raw = json.loads(read_plain(self.path / LABEL_FILE, _SMALL_BYTES))
            name = raw["station"] if raw["format"] == "villagedesk-backup" else ""
        except (FileNotFoundError, UnsoundError, ValueError, KeyError, TypeError, RecursionError):
            return ""
        return name if isinstance(name, str) and len(name) <= 60 and name.isprintable() else ""

    def stored_pages(self) -> dict[str, int]:
        """Names of the page files there are, with their sizes. Raises OSError."""
        found: dict[str, int] = {}
        for folder in _plain_folders(self.pages, 256):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if _PAGE.fullmatch(entry.name) and entry.name[:2] == folder.name:
                        status = entry.stat(follow_symlinks=False)
                        if entry.is_file(follow_symlinks=False):
                            found[entry.name] = status.st_size
        return found

    def torn_pages(self) -> Iterator[Path]:
        """Page files a cut backup left half written. Raises OSError."""
        for folder in _plain_folders(self.pages, 256):
            yield from list(folder.glob(f"*{PART_SUFFIX}"))

    def generation_folders(self) -> list[Path]:
        """All of them, also unfinished ones, newest first. Raises OSError."""
        folders = _plain_folders(self.generations, _MAX_ENTRIES)
        return sorted((folder for folder in folders if generation_time(folder) is not None), reverse=True)

    def finished_generations(self) -> list[Path]:
        """Those whose manifest is there, newest first. Raises OSError."""
        return [folder for folder in self.generation_folders() if (folder / MANIFEST).exists()]

    def letters(self) -> frozenset[str]:
        """Epoch letters that were taken as far as this folder knows.

        Raises:
            UnsoundError: when neither copy of the file can be understood.
            OSError: from the medium, but not when there is no such file yet.
        """
        found: set[str] = set()
        known = damaged = False
        for name in EPOCH_FILES:
            try:
                raw = json.loads(read_plain(self.path / name, _SMALL_BYTES))
                letters = raw["letters"]
                if not isinstance(letters, str) or not set(letters) <= set(EPOCHS):
                    raise UnsoundError(name)
            except FileNotFoundError:
                continue
            except (UnsoundError, ValueError, KeyError, TypeError, RecursionError):
                damaged = True
                continue
            known = True
            found.update(letters)
        if damaged and not known:
            raise UnsoundError(EPOCH_FILES[0])
        return frozenset(found)

    def add_letters(self, letters: frozenset[str]) -> None:
        """Note letters as taken, durably, before any of them is used. Raises OSError, EnvironmentProblem."""
        try:
            known = self.letters()
        except UnsoundError:
            known = frozenset()
        wanted = "".join(letter for letter in EPOCHS if letter in known | letters)
        for name in EPOCH_FILES:
            write_small(self.path / name, json.dumps({"letters": wanted}).encode())


def station_folders(root: Path) -> list[StationFolder]:
    """Folders of stations in a folder ``villagedesk-backup``, by name. Raises OSError."""
    folders = _plain_folders(root, _MAX_ENTRIES)
    return [StationFolder(folder) for folder in sorted(folders) if _STATION.fullmatch(folder.name)]


def station_folder(folder: Path) -> StationFolder | None:
    """The folder as a station's, by its name; None when it is none."""
    return StationFolder(folder) if _STATION.fullmatch(folder.name) and is_plain_folder(folder) else None


def generation_name(at: datetime) -> str:
    """The folder's name of a generation begun then."""
    return at.astimezone(UTC).strftime(_STAMP)


def generation_time(folder: Path) -> datetime | None:
    """When a generation was begun, by its folder's name; None when it is no such folder."""
    try:
        moment = datetime.strptime(folder.name, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if generation_name(moment) == folder.name else None


def _plain_folders(parent: Path, limit: int) -> list[Path]:
    if not is_plain_folder(parent):
        return []
    found: list[Path] = []
    with os.scandir(parent) as entries:
        for entry in entries:
            if is_plain_folder(Path(entry.path)):
                found.append(Path(entry.path))
                if len(found) > limit:
                    raise UnsoundError(parent.name)
    return found
