"""``bench preview``: how many live pictures a second a worker gets of a 12-megapixel camera, through Qt's own session
and sink, and for how long the window's thread is away meanwhile.

No camera is to be had here, so 30 frames a second are put into the real session; making them costs nothing, as they are
made beforehand. ``preview_fps`` is the figure of the design's table: of the slowest packing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import cv2
import numpy as np
from PySide6.QtCore import QCoreApplication, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from tests.devices.camera_cases import FedCameras
from villagedesk.devices.camera_inputs_qt import CameraInputs
from villagedesk.devices.camera_qt import QtCamera
from villagedesk.devices.media_thread_qt import MediaThread

_SIZE = (4000, 3000)
_FRAME_MS = 33
_TICK_MS = 5
_POOL = 6
"""A frame object that was sent already is dropped as a repeat, its pixels are not."""
_SECONDS = 0.4
_Qt = QVideoFrameFormat.PixelFormat


def run(seeds: range, quick: bool) -> dict[str, float]:
    """As many parts of 0.4 s as there are seeds, for each packing.

    Returns:
        ``preview_fps``, of the slowest packing, and ``preview_fps_idle``, what one core that does nothing else would
        give by the processor time of all threads together (the machine may be busy; 30 are sent);
        ``<packing>_fps`` and ``<packing>_cpu_ms``, the mean processor time of one picture in the thread that asks;
        ``gui_away_p99_ms`` and ``gui_away_max_ms`` of the window's thread, whose clock ticks every 5 ms.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication([])
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # the goal is for one core
    media = MediaThread()
    figures: dict[str, float] = {}
    away: list[float] = []
    try:
        for packing, (pixel_format, data) in _packings(2 if quick else 4).items():
            pool = [_frame(pixel_format, data) for _ in range(_POOL)]
            fps, idle, each = _measure(media, pool, len(seeds) * _SECONDS, away)
            figures |= {f"{packing}_fps": fps, f"{packing}_fps_idle": idle, f"{packing}_cpu_ms": each}
    finally:
        media.stop()
        cv2.setNumThreads(threads)
        del application
    slowest = min(value for name, value in figures.items() if name.endswith("_fps"))
    return {
        "preview_fps": slowest,
        "preview_fps_idle": min(value for name, value in figures.items() if name.endswith("_idle")),
        **figures,
        "gui_away_p99_ms": float(np.percentile(away, 99)),
        "gui_away_max_ms": max(away),
    }


def _packings(kinds: int) -> dict[str, tuple[QVideoFrameFormat.PixelFormat, bytes]]:
    """What UVC cameras and Qt's backends give, each of the same picture."""
    noise = np.random.default_rng(0).integers(0, 255, (_SIZE[1], _SIZE[0], 3), np.uint8)
    table = np.asarray(cv2.GaussianBlur(noise, (0, 0), 5), np.uint8)
    made: dict[str, tuple[QVideoFrameFormat.PixelFormat, Callable[[], bytes]]] = {
        "mjpeg": (_Qt.Format_Jpeg, lambda: cv2.imencode(".jpg", table)[1].tobytes()),
        "yuyv": (_Qt.Format_YUYV, lambda: np.asarray(cv2.cvtColor(table, cv2.COLOR_BGR2YUV_YUY2)).tobytes()),
        "yuv420p": (_Qt.Format_YUV420P, lambda: np.asarray(cv2.cvtColor(table, cv2.COLOR_BGR2YUV_I420)).tobytes()),
        "rgbx": (_Qt.Format_RGBX8888, lambda: np.asarray(cv2.cvtColor(table, cv2.COLOR_BGR2RGBA)).tobytes()),
    }
    return {name: (form, make()) for name, (form, make) in list(made.items())[:kinds]}


def _frame(pixel_format: QVideoFrameFormat.PixelFormat, data: bytes) -> QVideoFrame:
    frame = QVideoFrame(QVideoFrameFormat(QSize(*_SIZE), pixel_format))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    place = 0
    for at in range(frame.planeCount()):
        plane: memoryview = frame.bits(at)  # type: ignore[assignment]
        part = data[place : place + len(plane)]
        plane[: len(part)] = part
        place += len(part)
    frame.unmap()
    return frame


def _measure(
    media: MediaThread, pool: list[QVideoFrame], seconds: float, away: list[float]
) -> tuple[float, float, float]:
    """Pictures a second, those by processor time, and milliseconds for each."""
    inputs: list[FedCameras] = []

    def make() -> CameraInputs:
        inputs.append(FedCameras())
        return inputs[0]

    camera = QtCamera(media, inputs=make)
    camera.open()
    sent = 0
    last = time.perf_counter()

    def send() -> None:
        nonlocal sent
        sent += 1
        frame = QVideoFrame(pool[sent % _POOL])
        media.post(lambda: inputs[0].send(frame))

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        away.append((now - last) * 1000)
        last = now

    timers = (QTimer(interval=_FRAME_MS), QTimer(interval=_TICK_MS))
    for timer, act in zip(timers, (send, tick), strict=True):
        timer.timeout.connect(act)
        timer.start()
    costs: list[float] = []
    done = threading.Event()
    asking = threading.Thread(target=_ask, args=(camera, costs, done))
    asking.start()
    end, spent = time.perf_counter() + seconds, time.process_time()
    while time.perf_counter() < end:
        QCoreApplication.processEvents()
        time.sleep(0.0005)
    spent = time.process_time() - spent
    done.set()
    asking.join()
    for timer in timers:
        timer.stop()
    camera.close()
    media.call(lambda: None)
    assert costs, "not one picture came"
    return len(costs) / seconds, min(1000 / _FRAME_MS, len(costs) / spent), 1000 * sum(costs) / len(costs)


def _ask(camera: QtCamera, costs: list[float], done: threading.Event) -> None:
    """Ask for the next picture whenever the last one is there, as the screen does."""
    seen = -1
    while not done.is_set():
        began = time.thread_time()
        frame = camera.preview()
        if frame is None or frame.number == seen:
            time.sleep(0.002)
            continue
        costs.append(time.thread_time() - began)
        seen = frame.number
