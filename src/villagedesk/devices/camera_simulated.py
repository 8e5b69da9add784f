"""A document camera that shows prepared photographs, with faults to set: for the demo, for tests, for training."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from PIL import Image

from villagedesk.devices.camera_picture import PICTURE_SUFFIXES, frame_of, media_type_of, read_photograph_file
from villagedesk.devices.ports import Frame, Photograph
from villagedesk.domain.problems import EnvironmentProblem, InputProblem


class CameraFault(StrEnum):
    """What can be wrong with it."""

    NONE = "none"
    UNPLUGGED = "unplugged"
    TIMEOUT = "timeout"
    CORRUPT_PICTURE = "corrupt_picture"
    BLACK_FRAME = "black_frame"


class SimulatedCamera:
    """Photographs one prepared paper after the other; the last one stays on the table.

    Args:
        photographs: encoded pictures, in order. Empty: nothing is connected.
        name: as the clerk reads it.
    """

    def __init__(self, photographs: Sequence[bytes], name: str = "模拟高拍仪") -> None:
        pictures = [Photograph(data, media_type_of(data) or "image/jpeg", name) for data in photographs]
        self._setup(lambda: pictures, name)

    @classmethod
    def from_folder(cls, folder: Path, name: str = "模拟高拍仪") -> SimulatedCamera:
        """A camera whose papers are a folder's pictures in the order of their names; the folder is read anew each time.

        Args:
            folder: may be empty or missing at first: then no camera is connected.
            name: as the clerk reads it.
        """
        camera = cls((), name)
        camera._setup(lambda: _pictures_in(folder, name), name)
        return camera

    def _setup(self, pictures: Callable[[], list[Photograph]], name: str) -> None:
        self._pictures = pictures
        self._name = name
        self._lock = threading.Lock()
        self._open = False
        self._taken = 0
        self._fault = CameraFault.NONE
        self._number = 0
        self._shown: tuple[bytes, Frame | None] | None = None

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it."""
        return self._name

    def set_fault(self, fault: CameraFault) -> None:
        """Break it, or mend it with ``CameraFault.NONE``; from any thread."""
        with self._lock:
            self._fault = fault

    def open(self) -> None:
        """Take hold of the device.

        Raises:
            EnvironmentProblem: ``devices.camera_missing`` when unplugged or without pictures.
        """
        with self._lock:
            if self._fault is CameraFault.UNPLUGGED or not self._pictures():
                raise EnvironmentProblem("devices.camera_missing")
            self._open = True

    def close(self) -> None:
        """Let the device go; closing twice is harmless."""
        with self._lock:
            self._open = False

    def preview(self) -> Frame | None:
        """What lies under it now, a new picture at every call; None when there is none."""
        with self._lock:
            if not self._open or self._fault in (CameraFault.UNPLUGGED, CameraFault.TIMEOUT):
                return None
            under = self._under()
            if under is None:
                return None
            self._number += 1
            if self._fault is CameraFault.BLACK_FRAME:
                return frame_of(_black(under), self._number)
            if self._shown is None or self._shown[0] is not under.data:
                self._shown = (under.data, frame_of(under, self._number))
            frame = self._shown[1]
            return None if frame is None else replace(frame, number=self._number)

    def capture(self) -> Photograph:
        """The picture of the paper under it; then the next paper is laid down.

        Raises:
            EnvironmentProblem: ``devices.camera_not_open``, ``devices.camera_unplugged``, ``devices.camera_timeout``.
        """
        with self._lock:
            if not self._open:
                raise EnvironmentProblem("devices.camera_not_open")
            under = self._under()
            if self._fault is CameraFault.UNPLUGGED or under is None:
                self._open = False
                raise EnvironmentProblem("devices.camera_unplugged")
            if self._fault is CameraFault.TIMEOUT:
                raise EnvironmentProblem("devices.camera_timeout")
            if self._fault is CameraFault.CORRUPT_PICTURE:
                return Photograph(under.data[: len(under.data) // 2], under.media_type, under.source)
            if self._fault is CameraFault.BLACK_FRAME:
                return _black(under)
            self._taken += 1
            return under

    def _under(self) -> Photograph | None:
        pictures = self._pictures()
        return pictures[min(self._taken, len(pictures) - 1)] if pictures else None


def _pictures_in(folder: Path, name: str) -> list[Photograph]:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES)
    except OSError:
        return []
    pictures = []
    for file in files:
        try:
            read = read_photograph_file(file)
        except InputProblem:
            continue
        pictures.append(Photograph(read.data, read.media_type, name))
    return pictures


def _black(like: Photograph) -> Photograph:
    """What a camera with a closed lid gives."""
    try:
        with Image.open(io.BytesIO(like.data)) as image:
            size = image.size
    except (OSError, ValueError):
        size = (800, 600)
    coded = io.BytesIO()
    Image.new("RGB", size, (2, 2, 2)).save(coded, "JPEG", quality=70)
    return Photograph(coded.getvalue(), "image/jpeg", like.source)
