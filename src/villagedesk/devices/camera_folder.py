"""A folder as a document camera: the maker's own software saves its pictures there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from villagedesk.devices.camera_picture import PICTURE_SUFFIXES, media_type_of, read_photograph_file
from villagedesk.devices.picture_reading import PictureReading, readable
from villagedesk.devices.ports import CameraControl, CameraInfo, Frame, Photograph
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem

__all__ = ["FolderCamera", "read_photograph_file"]

_SHOW_AGAIN_S = 1.0
"""What is damaged is not read anew for each live picture."""

_State = tuple[int, int]
"""Time of last change (ns) and size: what tells a file that is still being written from a whole one."""


class FolderCamera:
    """Takes the pictures that were put into a folder since the camera was opened, one by one, the oldest first: the
    maker's software may save several between two captures, and none of them is passed over.

    A file counts once it has stopped changing and ends as its format must, so a half-written one is waited for.

    Args:
        folder: where the pictures arrive.
        reading: reads those that are no JPEG.
        patience: how long a capture waits for a new picture, seconds.
        poll: how long to wait between two looks, seconds; a file must look the same twice.
        pause: waits the given seconds; replaced by tests.
        clock: monotonic seconds; replaced by tests.
    """

    def __init__(
        self,
        folder: Path,
        reading: PictureReading,
        *,
        patience: float = 20.0,
        poll: float = 0.15,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._reading = reading
        self._patience = patience
        self._poll = poll
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[str, _State] | None = None
        self._previewed: tuple[str, _State, Frame] | None = None
        self._unshown: dict[str, tuple[_State, float]] = {}
        """Pictures that could not be shown as they lay there, and when that was tried."""
        self._number = 0

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name or str(self._folder)

    def cameras(self) -> tuple[CameraInfo, ...]:
        """The folder while it is there."""
        return (CameraInfo(str(self._folder), self.name),) if self._folder.is_dir() else ()

    def choose(self, wanted: CameraInfo | None) -> None:
        """There is only this one."""

    def offers(self) -> frozenset[CameraControl]:
        """Nothing can be set."""
        return frozenset()

    def adjust(self, control: CameraControl, value: float = 0.0) -> None:
        """Nothing can be set."""

    def open(self) -> None:
        """Start to watch; what lies there already is not taken.

        Raises:
            EnvironmentProblem: ``devices.camera_folder_missing``.
        """
        there = self._there()
        with self._lock:
            self._used = there

    def close(self) -> None:
        """Stop watching; closing twice is harmless."""
        with self._lock:
            self._used = None
            self._previewed = None
            self._unshown.clear()
        self._reading.close()

    def preview(self) -> Frame | None:
        """The picture that would be taken next, small; None when there is none or it is not whole yet.

        Raises:
            EnvironmentProblem: ``devices.camera_folder_missing``.
        """
        with self._lock:
            if self._used is None:
                return None
        for name, state in self._fresh():
            if self._previewed is not None and self._previewed[:2] == (name, state):
                return self._previewed[2]
            tried = self._unshown.get(name)
            if tried is not None and tried[0] == state and self._clock() - tried[1] < _SHOW_AGAIN_S:
                continue
            picture = self._whole(name)
            small = self._reading.frame(self._folder / name, picture, self._number + 1) if picture is not None else None
            if small is not None:
                self._number = small.number
                self._previewed = (name, state, small)
                return small
            self._unshown[name] = state, self._clock()
        return None

    def capture(self) -> Photograph:
        """The oldest picture not taken yet that is whole; waits for one.

        Raises:
            EnvironmentProblem: ``devices.camera_not_open``, ``devices.camera_folder_missing``,
                ``devices.camera_no_picture`` when none came in time, ``files.no_reader``.
            InputProblem: ``files.*``: the one that came cannot be read, and why.
        """
        deadline = self._clock() + self._patience
        before: dict[str, _State] = {}
        refused: dict[str, tuple[_State, Problem]] = {}
        while True:
            fresh = self._fresh()
            for name, state in fresh:
                if before.get(name) != state or (name in refused and refused[name][0] == state):
                    continue
                try:
                    picture = self._taken(name)
                except InputProblem as problem:
                    refused[name] = state, problem  # perhaps it is not written to its end yet
                    continue
                if picture is not None:
                    with self._lock:
                        if self._used is None:
                            raise EnvironmentProblem("devices.camera_not_open")
                        self._used = self._used | {name: state}
                    return picture
            before = dict(fresh)
            if self._clock() >= deadline:
                raise _last_of(refused) or EnvironmentProblem("devices.camera_no_picture")
            self._pause(self._poll)

    def _there(self) -> dict[str, _State]:
        found: dict[str, _State] = {}
        try:
            for file in self._folder.iterdir():
                if file.suffix.lower() not in PICTURE_SUFFIXES:
                    continue
                try:
                    status = file.stat()
                except FileNotFoundError:
                    continue
                found[file.name] = (status.st_mtime_ns, status.st_size)
        except OSError as error:
            raise EnvironmentProblem("devices.camera_folder_missing", folder=self.name) from error
        return found

    def _fresh(self) -> list[tuple[str, _State]]:
        """New pictures, oldest first."""
        with self._lock:
            used = self._used
        if used is None:
            raise EnvironmentProblem("devices.camera_not_open")
        there = self._there().items()
        return sorted(((n, s) for n, s in there if used.get(n) != s), key=lambda entry: (entry[1][0], entry[0]))

    def _taken(self, name: str) -> Photograph | None:
        picture = self._whole(name)
        return None if picture is None else self._reading.photograph(self._folder / name, picture)

    def _whole(self, name: str) -> Photograph | None:
        picture = readable(self._folder / name)
        return picture if picture is not None and ends_well(picture.data) else None


def _last_of(refused: Mapping[str, tuple[_State, Problem]]) -> Problem | None:
    """Why the newest that came could not be read."""
    return max(refused.values(), key=lambda one: one[0])[1] if refused else None


def ends_well(data: bytes) -> bool:
    """Whether a file ends as its format must; formats without an end mark are trusted once they stop growing."""
    kind = media_type_of(data)
    if kind == "image/jpeg":
        # Some telephones append their own data after the end mark.
        return data.rfind(b"\xff\xd9") > len(data) // 2
    if kind == "image/png":
        return b"IEND" in data[-64:]
    if kind == "image/webp":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    return True
