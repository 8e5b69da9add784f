"""Pictures and harnesses with which the same camera cases run on every adapter."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameInput

from villagedesk.devices.camera_folder import FolderCamera
from villagedesk.devices.camera_qt import QtCamera
from villagedesk.devices.camera_simulated import CameraFault, SimulatedCamera
from villagedesk.devices.ports import DocumentCamera, Frame, Photograph

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 200)}


def picture(colour: str, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A JPEG of one colour."""
    coded = io.BytesIO()
    Image.new("RGB", size, COLOURS[colour]).save(coded, "JPEG", quality=90)
    return coded.getvalue()


def colour_of(picture: Photograph | Frame) -> str:
    """Which of ``COLOURS`` a photograph or a live picture shows."""
    with image_of(picture) as image:
        seen = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(seen, tuple)
    return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], seen, strict=True)))


def image_of(picture: Photograph | Frame) -> Image.Image:
    """It, to be looked at; a live picture must have exactly the bytes its size asks for."""
    if isinstance(picture, Photograph):
        return Image.open(io.BytesIO(picture.data))
    return Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)


def size_of(photograph: Photograph) -> tuple[int, int]:
    """Width and height, pixels."""
    with Image.open(io.BytesIO(photograph.data)) as image:
        return image.size


class Bench(Protocol):
    """A camera under test, and the hand that lays papers under it."""

    camera: DocumentCamera

    def lay(self, colour: str) -> None:
        """Make a capture that follows show this colour; the camera is open."""

    def capture(self) -> Photograph:
        """Call ``capture`` from a worker thread, as the program does."""

    def unplug(self) -> None:
        """Take the device away."""


def wait_for(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    """Turn this (GUI) thread's event loop until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        QCoreApplication.processEvents()
        QThread.msleep(2)


def in_worker(capture: Callable[[], Photograph], meanwhile: Callable[[], object] = lambda: None) -> Photograph:
    """Run a capture in a worker thread, as the program does, while the GUI thread's event loop turns.

    Args:
        capture: what the worker calls.
        meanwhile: done again and again in the GUI thread until the worker ends.
    """
    outcome: list[Photograph | Exception] = []

    def work() -> None:
        try:
            outcome.append(capture())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()

    def ended() -> bool:
        meanwhile()
        return not thread.is_alive()

    wait_for(ended)
    thread.join()
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


class SimulatedBench:
    """The simulated camera over a folder that is filled while it runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._laid = 0
        self.lay("red")
        self._laid = 0
        self._sim = SimulatedCamera.from_folder(folder)
        self.camera: DocumentCamera = self._sim

    def lay(self, colour: str) -> None:
        (self._folder / f"{self._laid:03}.jpg").write_bytes(picture(colour))
        self._laid += 1

    def capture(self) -> Photograph:
        return in_worker(self.camera.capture)

    def unplug(self) -> None:
        self._sim.set_fault(CameraFault.UNPLUGGED)


class FolderBench:
    """A watched folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._laid = 0
        self.camera: DocumentCamera = FolderCamera(folder, patience=20, poll=0.01)

    def lay(self, colour: str) -> None:
        file = self._folder / f"IMG{self._laid}.jpg"
        file.write_bytes(picture(colour))
        # The clock of some file systems ticks too slowly to tell two quick files apart.
        os.utime(file, ns=(10**18 + self._laid, 10**18 + self._laid))
        self._laid += 1

    def capture(self) -> Photograph:
        return in_worker(self.camera.capture)

    def unplug(self) -> None:
        for file in self._folder.iterdir():
            file.unlink()
        self._folder.rmdir()


class QtBench:
    """The QtMultimedia camera, its real session and sink fed with frames."""

    def __init__(self) -> None:
        self._input = QVideoFrameInput()
        self.qt = QtCamera(source=self._input, patience=20)
        self.camera: DocumentCamera = self.qt
        self._colour = ""

    def lay(self, colour: str) -> None:
        self._colour = colour

        def seen() -> bool:
            self.send()
            preview = self.camera.preview()
            return preview is not None and colour_of(preview) == colour

        wait_for(seen)

    def send(self) -> None:
        """One more frame of what lies there, unless nothing does."""
        if self._colour:
            image = QImage.fromData(picture(self._colour)).convertToFormat(QImage.Format.Format_RGBX8888)
            # A new frame object each time: the session drops a repeated one.
            self._input.sendVideoFrame(QVideoFrame(image))

    def stop_sending(self) -> None:
        """The device goes silent."""
        self._colour = ""

    def capture(self) -> Photograph:
        return in_worker(self.camera.capture, self.send)

    def unplug(self) -> None:
        self.stop_sending()
        # What QMediaDevices.videoInputsChanged leads to when the device is gone from the list.
        self.qt._report("devices.camera_unplugged")


@contextmanager
def bench_of(kind: str, folder: Path) -> Iterator[Bench]:
    """A bench by name: ``simulated``, ``folder`` or ``qt``; an application must be there."""
    bench: Bench
    if kind == "qt":
        bench = QtBench()
    else:
        folder.mkdir()
        bench = SimulatedBench(folder) if kind == "simulated" else FolderBench(folder)
    try:
        yield bench
    finally:
        bench.camera.close()
        QCoreApplication.processEvents()


@pytest.fixture(params=["simulated", "folder", "qt"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, qapp: QCoreApplication) -> Iterator[Bench]:
    """Every adapter in turn, beside a running application."""
    assert qapp is QCoreApplication.instance()
    with bench_of(request.param, tmp_path / "papers") as made:
        yield made
