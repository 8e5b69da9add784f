"""What only the QtMultimedia camera does. Frames go through the real session and sink; no device is to be had here."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QCameraDevice, QVideoFrame

from tests.devices.camera_cases import QtBench, bench_of, colour_of, in_worker, size_of
from villagedesk.devices import camera_qt
from villagedesk.devices.camera_qt import QtCamera, best_format
from villagedesk.devices.ports import Photograph
from villagedesk.domain.problems import EnvironmentProblem

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_capture_waits_for_a_frame_that_is_newer_than_the_call(tmp_path: Path) -> None:
    with bench_of("qt", tmp_path) as bench:
        assert isinstance(bench, QtBench)
        bench.camera.open()
        bench.lay("red")
        bench.stop_sending()
        QCoreApplication.processEvents()
        bench.qt._patience = 0.2
        # The last frame shows the paper before; it must not be taken for the one that lies there now.
        with pytest.raises(EnvironmentProblem, match="camera_timeout"):
            bench.capture()


def test_in_the_gui_thread_it_never_waits(tmp_path: Path) -> None:
    with bench_of("qt", tmp_path) as bench:
        bench.camera.open()
        with pytest.raises(EnvironmentProblem, match="camera_timeout"):
            bench.camera.capture()
        bench.lay("blue")
        assert colour_of(bench.camera.capture()) == "blue"


def test_closing_wakes_a_waiting_worker(tmp_path: Path) -> None:
    with bench_of("qt", tmp_path) as bench:
        assert isinstance(bench, QtBench)
        bench.qt._patience = 600
        bench.camera.open()
        started = threading.Event()

        def capture() -> Photograph:
            started.set()
            return bench.camera.capture()

        with pytest.raises(EnvironmentProblem, match="camera_not_open"):
            in_worker(capture, lambda: bench.camera.close() if started.is_set() else None)


def test_a_12_megapixel_frame_keeps_every_pixel(tmp_path: Path) -> None:
    with bench_of("qt", tmp_path) as bench:
        assert isinstance(bench, QtBench)
        bench.camera.open()
        image = QImage(4000, 3000, QImage.Format.Format_RGBX8888)
        image.fill(0xFF2030C0)

        def send() -> None:
            bench._input.sendVideoFrame(QVideoFrame(image))

        assert size_of(in_worker(bench.camera.capture, send)) == (4000, 3000)


def test_without_a_camera_it_says_so(tmp_path: Path) -> None:
    with bench_of("qt", tmp_path):
        camera = QtCamera(QCameraDevice())
        with pytest.raises(EnvironmentProblem, match="camera_missing"):
            camera.open()
        camera.close()
        QCoreApplication.processEvents()


def test_no_format_is_no_choice() -> None:
    assert best_format([]) is None


def test_it_says_that_it_never_met_its_hardware() -> None:
    assert camera_qt.__doc__ is not None
    assert "STATUS: never run on hardware" in camera_qt.__doc__
