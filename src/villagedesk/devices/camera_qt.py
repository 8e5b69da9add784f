"""A UVC document camera through QtMultimedia.

STATUS: never run on hardware. The road from session through sink to picture is tested with frames that are put into
the real session; choosing a format and unplugging have met no device.

Stills are taken from the video sink: many document cameras have a broken still mode, and all of them give their full
resolution as Motion JPEG video.
"""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, QThread, Signal
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QtVideo,
    QVideoFrame,
    QVideoFrameFormat,
    QVideoFrameInput,
    QVideoSink,
)

from villagedesk.devices.camera_picture import preview_size
from villagedesk.devices.frame_planes import Packing, Plane, small_rgb
from villagedesk.devices.ports import Frame, Photograph
from villagedesk.domain.problems import EnvironmentProblem

_STILL_QUALITY = 92
_Qt = QVideoFrameFormat.PixelFormat
_PACKINGS = {
    _Qt.Format_Jpeg: Packing.JPEG,
    _Qt.Format_RGBX8888: Packing.RGBX,
    _Qt.Format_RGBA8888: Packing.RGBX,
    _Qt.Format_BGRX8888: Packing.BGRX,
    _Qt.Format_BGRA8888: Packing.BGRX,
    _Qt.Format_XRGB8888: Packing.XRGB,
    _Qt.Format_ARGB8888: Packing.XRGB,
    _Qt.Format_XBGR8888: Packing.XBGR,
    _Qt.Format_ABGR8888: Packing.XBGR,
    _Qt.Format_YUYV: Packing.YUYV,
    _Qt.Format_UYVY: Packing.UYVY,
    _Qt.Format_NV12: Packing.NV12,
    _Qt.Format_NV21: Packing.NV21,
    _Qt.Format_YUV420P: Packing.YUV_PLANES,
    _Qt.Format_YUV422P: Packing.YUV_PLANES,
    _Qt.Format_YV12: Packing.YVU_PLANES,
    _Qt.Format_Y8: Packing.GREY,
}
"""What can be made small without Qt unpacking it; other frames take the longer way."""


class QtCamera(QObject):
    """A camera of this PC. Made in the GUI thread and living there; its calls may come from a worker thread.

    In the GUI thread calls do not wait: ``open`` returns at once, ``capture`` takes the newest frame there is.

    Args:
        device: which camera; None takes the system's default one.
        source: frames to use in place of a camera, e.g. in a test.
        patience: how long to wait for a frame, seconds.
        parent: Qt owner.
    """

    frame_arrived = Signal()
    """A new frame is there; for a live picture."""
    _start_wanted = Signal()
    _stop_wanted = Signal()

    def __init__(
        self,
        device: QCameraDevice | None = None,
        *,
        source: QVideoFrameInput | None = None,
        patience: float = 5.0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._device = device if device is not None or source is not None else QMediaDevices.defaultVideoInput()
        self._patience = patience
        self._camera: QCamera | None = None
        self._session: QMediaCaptureSession | None = None
        self._sink: QVideoSink | None = None
        self._devices: QMediaDevices | None = None
        # Guards what follows; every frame and every change of state is announced on it.
        self._news = threading.Condition()
        self._open = False
        self._frame: QVideoFrame | None = None
        self._count = 0
        self._shown: Frame | None = None
        self._problem = ""
        self._start_wanted.connect(self._start)
        self._stop_wanted.connect(self._stop)

    @property
    def name(self) -> str:
        """The device's name as the system gives it."""
        return self._device.description() if self._device is not None else "QtMultimedia"

    @property
    def sink(self) -> QVideoSink | None:
        """Where frames arrive while it is open; GUI thread only."""
        return self._sink

    def open(self) -> None:
        """Take hold of the device and wait for its first frame.

        Raises:
            EnvironmentProblem: ``devices.camera_missing``; ``devices.camera_unplugged``, ``devices.camera_timeout``.
        """
        if self._source is None and (self._device is None or self._device.isNull()):
            raise EnvironmentProblem("devices.camera_missing")
        with self._news:
            self._open, self._frame, self._shown, self._problem = True, None, None, ""
        self._start_wanted.emit()
        if self._source is None and not self._in_own_thread():
            try:
                self._frame_after(-1)
            except EnvironmentProblem:
                self.close()
                raise

    def close(self) -> None:
        """Let the device go; closing twice is harmless."""
        with self._news:
            was_open, self._open = self._open, False
            self._frame = self._shown = None
            self._news.notify_all()
        if was_open:
            self._stop_wanted.emit()

    def preview(self) -> Frame | None:
        """The newest frame made small, or None when there is none yet; of a frame that came in part, the one before."""
        with self._news:
            frame = self._frame if self._open and not self._problem else None
            number, shown = self._count, self._shown
        if frame is None:
            return None
        if shown is not None and shown.number == number:
            return shown
        small = _small(frame)
        if small is None:
            return shown
        with self._news:
            self._shown = Frame(*small, number)
            return self._shown

    def capture(self) -> Photograph:
        """A frame that arrived after the call, at full resolution.

        Raises:
            EnvironmentProblem: ``devices.camera_not_open``, ``devices.camera_unplugged``, ``devices.camera_timeout``.
        """
        with self._news:
            seen = self._count
        # The newest frame may have been exposed before the paper lay still.
        frame = self._frame_after(-1 if self._in_own_thread() else seen)
        image = frame.toImage()
        if image.isNull():
            raise EnvironmentProblem("devices.camera_timeout")
        return Photograph(_jpeg(image, _STILL_QUALITY), "image/jpeg", self.name)

    def _in_own_thread(self) -> bool:
        return QThread.currentThread() is self.thread()

    def _frame_after(self, seen: int) -> QVideoFrame:
        deadline = time.monotonic() + (0.0 if self._in_own_thread() else self._patience)
        with self._news:
            while True:
                if not self._open:
                    raise EnvironmentProblem("devices.camera_not_open")
                if self._problem:
                    raise EnvironmentProblem(self._problem)
                if self._frame is not None and self._count > seen:
                    return self._frame
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise EnvironmentProblem("devices.camera_timeout")

    def _start(self) -> None:
        self._stop()
        self._session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._take)
        if self._source is not None:
            self._session.setVideoFrameInput(self._source)
            return
        assert self._device is not None
        self._camera = QCamera(self._device, self)
        best = best_format(self._device.videoFormats())
        if best is not None:
            self._camera.setCameraFormat(best)
        self._camera.errorOccurred.connect(self._failed)
        self._session.setCamera(self._camera)
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self._look_for_device)
        self._camera.start()

    def _stop(self) -> None:
        if self._camera is not None:
            self._camera.stop()
        for thing in (self._devices, self._camera, self._session, self._sink):
            if thing is not None:
                thing.deleteLater()
        self._camera = self._session = self._sink = self._devices = None

    def _take(self, frame: QVideoFrame) -> None:
        if not frame.isValid():
            return
        with self._news:
            if not self._open:
                return
            # A copy shares the pixels; the sink's own object changes with the next frame.
            self._frame = QVideoFrame(frame)
            self._count += 1
            self._news.notify_all()
        self.frame_arrived.emit()

    def _failed(self, error: QCamera.Error, _text: str) -> None:
        if error != QCamera.Error.NoError:
            self._report("devices.camera_unplugged")

    def _look_for_device(self) -> None:
        if self._device is not None and self._device not in QMediaDevices.videoInputs():
            self._report("devices.camera_unplugged")

    def _report(self, key: str) -> None:
        with self._news:
            self._problem, self._frame = key, None
            self._news.notify_all()


def best_format(formats: list[QCameraFormat]) -> QCameraFormat | None:
    """The format with the most pixels; of equals Motion JPEG, then the fastest."""
    if not formats:
        return None

    def rank(one: QCameraFormat) -> tuple[int, bool, float]:
        size = one.resolution()
        motion_jpeg = one.pixelFormat() == QVideoFrameFormat.PixelFormat.Format_Jpeg
        return size.width() * size.height(), motion_jpeg, one.maxFrameRate()

    return max(formats, key=rank)


def _small(frame: QVideoFrame) -> tuple[int, int, bytes] | None:
    """Width, height and RGB bytes of at most a preview's size; None for a frame that came only in part."""
    form = frame.surfaceFormat()
    packing = _PACKINGS.get(frame.pixelFormat())
    straight = (
        frame.rotation() == QtVideo.Rotation.None_
        and not frame.mirrored()
        and form.scanLineDirection() == QVideoFrameFormat.Direction.TopToBottom
    )
    if packing is None or not straight or not frame.map(QVideoFrame.MapMode.ReadOnly):
        return _small_by_qt(frame)
    try:
        # PySide names no type for the bytes of a plane: they are a memoryview.
        planes = [Plane(frame.bits(at), frame.bytesPerLine(at)) for at in range(frame.planeCount())]  # type: ignore[arg-type]
        space = form.colorSpace()
        # Where the camera does not say, as Qt does it.
        bt709 = space == QVideoFrameFormat.ColorSpace.ColorSpace_BT709 or (
            space == QVideoFrameFormat.ColorSpace.ColorSpace_Undefined and frame.height() > 576
        )
        full = form.colorRange() == QVideoFrameFormat.ColorRange.ColorRange_Full
        return small_rgb(packing, planes, (frame.width(), frame.height()), full_range=full, bt709=bt709)
    finally:
        frame.unmap()


def _small_by_qt(frame: QVideoFrame) -> tuple[int, int, bytes] | None:
    image = frame.toImage()
    if image.isNull():
        return None
    width, height = preview_size(image.width(), image.height())
    small = image.scaled(
        width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGB888)
    # Qt pads its rows to four bytes.
    rows, used = bytes(small.constBits()), small.width() * 3
    step = small.bytesPerLine()
    return small.width(), small.height(), b"".join(rows[at * step : at * step + used] for at in range(small.height()))


def _jpeg(image: QImage, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "JPEG", quality):  # type: ignore[call-overload]
        raise EnvironmentProblem("devices.camera_timeout")
    return bytes(buffer.data().data())
