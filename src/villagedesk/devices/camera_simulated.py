"""A document camera that shows prepared photographs, with faults to set: for the demo, for tests, for training."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from PIL import Image

from villagedesk.devices.camera_pick import pick
from villagedesk.devices.camera_picture import PICTURE_SUFFIXES, frame_of, media_type_of, read_photograph_file
from villagedesk.devices.ports import CameraControl, CameraInfo, Frame, Photograph
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

_NAME = "模拟高拍仪"
_SMALL = 640


class CameraFault(StrEnum):
    """What can be wrong with it.

    ``UNPLUGGED``: all cameras are; single ones are pulled out by :meth:`SimulatedCamera.unplug`.
    ``FROZEN``: it shows the same picture for ever, and a capture gets no newer one. ``SLOW``: every call takes
    :attr:`SimulatedCamera.slowness`. ``HALF_FRAME``: the lower half of a picture did not come. ``WRONG_SIZE``: it fell
    back to a small format.
    """

    NONE = "none"
    UNPLUGGED = "unplugged"
    TIMEOUT = "timeout"
    CORRUPT_PICTURE = "corrupt_picture"
    BLACK_FRAME = "black_frame"
    FROZEN = "frozen"
    SLOW = "slow"
    HALF_FRAME = "half_frame"
    WRONG_SIZE = "wrong_size"


@dataclass
class _Table:
    """What lies under one camera."""

    info: CameraInfo
    pictures: Callable[[], list[Photograph]]
    taken: int = 0
    plugged: bool = True
    shown: tuple[bytes, CameraFault, Frame | None] | None = field(default=None, repr=False)

    def under(self) -> Photograph | None:
        """The paper that lies there now."""
        pictures = self.pictures()
        return pictures[min(self.taken, len(pictures) - 1)] if pictures else None


class SimulatedCamera:
    """Photographs one prepared paper after the other; the last one stays on the table.

    Args:
        photographs: encoded pictures, in order. Empty: nothing is connected.
        name: as the clerk reads it.
        pause: waits the given seconds; replaced by tests.
    """

    slowness = 1.5
    """Seconds that every call takes under ``CameraFault.SLOW``."""

    def __init__(
        self, photographs: Sequence[bytes], name: str = _NAME, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._pause = pause
        self._lock = threading.Lock()
        self._tables: list[_Table] = []
        self._open: _Table | None = None
        self._wanted: CameraInfo | None = None
        self._number = 0
        self._fault = CameraFault.NONE
        self._exposure = 0.0
        self._focused = 0
        self.add(photographs, name, "simulated:1")

    @classmethod
    def from_folder(cls, folder: Path, name: str = _NAME) -> SimulatedCamera:
        """A camera whose papers are a folder's pictures in the order of their names; the folder is read anew each time.

        Args:
            folder: may be empty or missing at first: then no camera is connected.
            name: as the clerk reads it.
        """
        camera = cls((), name)
        camera._tables[0].pictures = lambda: _pictures_in(folder, name)
        return camera

    def add(self, photographs: Sequence[bytes], name: str, camera_id: str) -> CameraInfo:
        """Connect one more camera with its own papers."""
        pictures = [Photograph(data, media_type_of(data) or "image/jpeg", name) for data in photographs]
        info = CameraInfo(camera_id, name)
        with self._lock:
            self._tables.append(_Table(info, lambda: pictures))
        return info

    def unplug(self, camera_id: str) -> None:
        """Pull one out; from any thread."""
        with self._lock:
            self._table(camera_id).plugged = False

    def plug(self, camera_id: str, new_id: str = "") -> None:
        """Put one back, also into another socket, where it has another id."""
        with self._lock:
            table = self._table(camera_id)
            table.plugged = True
            table.info = replace(table.info, camera_id=new_id or camera_id)

    def set_fault(self, fault: CameraFault) -> None:
        """Break the one in use, or mend it with ``CameraFault.NONE``; from any thread."""
        with self._lock:
            self._fault = fault

    @property
    def exposure(self) -> float:
        """What was set, EV."""
        return self._exposure

    @property
    def focused(self) -> int:
        """How often it was told to look for its focus."""
        return self._focused

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it."""
        with self._lock:
            table = self._open or self._picked()
            if table is not None:
                return table.info.name
            return self._wanted.name if self._wanted is not None else self._tables[0].info.name

    def cameras(self) -> tuple[CameraInfo, ...]:
        """Those that are plugged in and have papers."""
        with self._lock:
            return tuple(table.info for table in self._there())

    def choose(self, wanted: CameraInfo | None) -> None:
        """Which one is opened from now on."""
        with self._lock:
            self._wanted = wanted

    def open(self) -> None:
        """Take hold of the device.

        Raises:
            EnvironmentProblem: ``devices.camera_missing`` when unplugged or without pictures.
        """
        with self._lock:
            self._open = None
            table = self._picked()
            if table is None:
                raise EnvironmentProblem("devices.camera_missing")
            self._open = table

    def close(self) -> None:
        """Let the device go; closing twice is harmless."""
        with self._lock:
            self._open = None

    def preview(self) -> Frame | None:
        """What lies under it now, a new picture at every call; None when there is none.

        Raises:
            EnvironmentProblem: ``devices.camera_unplugged``, ``devices.camera_timeout``.
        """
        self._take_time()
        with self._lock:
            table = self._open
            if table is None:
                return None
            under = self._gone_or_under(table)
            if self._fault is CameraFault.TIMEOUT:
                raise EnvironmentProblem("devices.camera_timeout")
            if self._fault is CameraFault.FROZEN and table.shown is not None:
                return table.shown[2]
            self._number += 1
            if table.shown is None or table.shown[:2] != (under.data, self._fault):
                table.shown = (under.data, self._fault, frame_of(self._faulty(under), self._number))
            elif table.shown[2] is not None:
                table.shown = (*table.shown[:2], replace(table.shown[2], number=self._number))
            return table.shown[2]

    def capture(self) -> Photograph:
        """The picture of the paper under it; then the next paper is laid down.

        Raises:
            EnvironmentProblem: ``devices.camera_not_open``, ``devices.camera_unplugged``, ``devices.camera_timeout``.
        """
        self._take_time()
        with self._lock:
            table = self._open
            if table is None:
                raise EnvironmentProblem("devices.camera_not_open")
            try:
                under = self._gone_or_under(table)
            except EnvironmentProblem:
                self._open = None
                raise
            if self._fault in (CameraFault.TIMEOUT, CameraFault.FROZEN):
                raise EnvironmentProblem("devices.camera_timeout")
            if self._fault is CameraFault.CORRUPT_PICTURE:
                return Photograph(under.data[: len(under.data) // 2], under.media_type, under.source)
            if self._fault in (CameraFault.BLACK_FRAME, CameraFault.HALF_FRAME, CameraFault.WRONG_SIZE):
                return self._faulty(under)
            table.taken += 1
            return under

    def offers(self) -> frozenset[CameraControl]:
        """Everything, while it is open."""
        with self._lock:
            return frozenset(CameraControl) if self._open is not None else frozenset()

    def adjust(self, control: CameraControl, value: float = 0.0) -> None:
        """Note what was set; the pictures stay as they are."""
        with self._lock:
            if self._open is None:
                return
            if control is CameraControl.EXPOSURE:
                self._exposure = value
            else:
                self._focused += 1

    def _take_time(self) -> None:
        if self._fault is CameraFault.SLOW:
            self._pause(self.slowness)

    def _table(self, camera_id: str) -> _Table:
        return next(table for table in self._tables if table.info.camera_id == camera_id)

    def _there(self) -> list[_Table]:
        if self._fault is CameraFault.UNPLUGGED:
            return []
        return [table for table in self._tables if table.plugged and table.pictures()]

    def _picked(self) -> _Table | None:
        there = self._there()
        picked = pick([table.info for table in there], self._wanted)
        return next((table for table in there if table.info == picked), None)

    def _gone_or_under(self, table: _Table) -> Photograph:
        under = table.under()
        if self._fault is CameraFault.UNPLUGGED or not table.plugged or under is None:
            raise EnvironmentProblem("devices.camera_unplugged")
        return under

    def _faulty(self, picture: Photograph) -> Photograph:
        """The picture as it comes with the present fault."""
        change = {
            CameraFault.BLACK_FRAME: _black,
            CameraFault.HALF_FRAME: _half,
            CameraFault.WRONG_SIZE: _shrunk,
        }.get(self._fault)
        if change is None:
            return picture
        try:
            with Image.open(io.BytesIO(picture.data)) as image:
                changed = change(image.convert("RGB"))
        except (OSError, ValueError):
            return picture
        coded = io.BytesIO()
        changed.save(coded, "JPEG", quality=85)
        return Photograph(coded.getvalue(), "image/jpeg", picture.source)


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


def _black(image: Image.Image) -> Image.Image:
    """What a camera with a closed lid gives."""
    return Image.new("RGB", image.size, (2, 2, 2))


def _half(image: Image.Image) -> Image.Image:
    """The rest is the grey that a decoder fills in."""
    image.paste((128, 128, 128), (0, image.height // 2, image.width, image.height))
    return image


def _shrunk(image: Image.Image) -> Image.Image:
    image.thumbnail((_SMALL, _SMALL))
    return image
