"""Pictures and harnesses with which the same camera cases run on every adapter."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QMediaCaptureSession, QVideoFrame, QVideoFrameInput

from villagedesk.devices.camera_folder import FolderCamera
from villagedesk.devices.camera_inputs_qt import CameraFeed, CameraInputs
from villagedesk.devices.camera_qt import QtCamera
from villagedesk.devices.camera_simulated import CameraFault, SimulatedCamera
from villagedesk.devices.file_process import FileProcess
from villagedesk.devices.media_thread_qt import MediaThread
from villagedesk.devices.picture_reading import PictureReading
from villagedesk.devices.ports import CameraControl, CameraInfo, DocumentCamera, Frame, Photograph

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
        self.camera: DocumentCamera = FolderCamera(folder, PictureReading(FileProcess()), patience=20, poll=0.01)

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


class FedCameras(CameraInputs):
    """Cameras that are not there: each gives the frames the test sends it, through the real session and sink."""

    def __init__(self) -> None:
        super().__init__()
        self.plugged = [CameraInfo("/dev/video0", "USB 高拍仪", 1600 * 1200, ("large", "middle", "small"))]
        self.refused = 0
        """How many formats a camera gives nothing in."""
        self.asked = 0
        """In which format frames were asked for last."""
        self.controls: list[tuple[CameraControl, float]] = []
        self._input: QVideoFrameInput | None = None
        self.running: CameraInfo | None = None
        self._failed: Callable[[], None] = lambda: None

    def cameras(self) -> Sequence[CameraInfo]:
        return self.plugged

    def plug(self, *cameras: CameraInfo) -> None:
        """These are connected from now on."""
        self.plugged = list(cameras)
        if self.running not in self.plugged:
            self._input = None
        self.changed.emit()

    def break_off(self) -> None:
        """The running camera says that it failed."""
        self._failed()

    def feed(
        self, place: int, attempt: int, session: QMediaCaptureSession, failed: Callable[[], None]
    ) -> CameraFeed | None:
        if attempt > 2:
            return None
        self.running, self._failed, self.asked = self.plugged[place], failed, attempt
        self._input = QVideoFrameInput() if attempt >= self.refused else None
        if self._input is not None:
            session.setVideoFrameInput(self._input)
        return self

    def send(self, frame: QVideoFrame) -> None:
        """One more frame from the running camera."""
        if self._input is not None:
            self._input.sendVideoFrame(frame)

    def more_than_stream(self) -> int:
        return 0

    def offers(self) -> frozenset[CameraControl]:
        return frozenset({CameraControl.EXPOSURE, CameraControl.FOCUS})

    def adjust(self, control: CameraControl, value: float) -> None:
        self.controls.append((control, value))

    def stop(self) -> None:
        self._input = self.running = None


class QtBench:
    """The QtMultimedia camera, its real session and sink fed with frames."""

    def __init__(self, media: MediaThread) -> None:
        self.media = media
        self.inputs: FedCameras

        def make() -> CameraInputs:
            self.inputs = FedCameras()
            return self.inputs

        self.qt = QtCamera(media, inputs=make, patience=20)
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
            self.send_image(QImage.fromData(picture(self._colour)))

    def send_image(self, image: QImage) -> None:
        """A frame with that picture."""
        # A new frame object each time: the session drops a repeated one.
        frame = QVideoFrame(image.convertToFormat(QImage.Format.Format_RGBX8888))
        self.media.call(lambda: self.inputs.send(frame))

    def stop_sending(self) -> None:
        """The device goes silent."""
        self._colour = ""

    def capture(self) -> Photograph:
        return in_worker(self.camera.capture, self.send)

    def unplug(self) -> None:
        self.media.call(self.inputs.plug)


@contextmanager
def bench_of(kind: str, folder: Path, media: MediaThread) -> Iterator[Bench]:
    """A bench by name: ``simulated``, ``folder`` or ``qt``; an application must be there."""
    bench: Bench
    if kind == "qt":
        bench = QtBench(media)
    else:
        folder.mkdir()
        bench = SimulatedBench(folder) if kind == "simulated" else FolderBench(folder)
    try:
        yield bench
    finally:
        bench.camera.close()
        media.call(lambda: None)


@pytest.fixture(scope="session")
def media(qapp: QCoreApplication) -> Iterator[MediaThread]:
    """The thread of Qt's multimedia, one for all tests as for a whole run of the program."""
    assert qapp is QCoreApplication.instance()
    thread = MediaThread()
    yield thread
    thread.stop()


@pytest.fixture(params=["simulated", "folder", "qt"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, media: MediaThread) -> Iterator[Bench]:
    """Every adapter in turn, beside a running application."""
    with bench_of(request.param, tmp_path / "papers", media) as made:
        yield made
