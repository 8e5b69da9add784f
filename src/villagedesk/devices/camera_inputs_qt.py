"""The cameras the system has, and one of them as the source of a session. Lives in the media thread.

STATUS: never run on hardware. Listing is run on systems without a camera only; formats, controls and errors have met
no device.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrameFormat,
)

from villagedesk.devices.camera_pick import PictureFormat, in_order
from villagedesk.devices.ports import CameraControl, CameraInfo

_MOST_EV = 2.0


class CameraFeed(Protocol):
    """A camera that runs."""

    def more_than_stream(self) -> int:
        """Pixels of its stills where they have more than its video, else 0."""

    def offers(self) -> frozenset[CameraControl]:
        """What can be set."""

    def adjust(self, control: CameraControl, value: float) -> None:
        """Set it."""

    def stop(self) -> None:
        """Let it go."""


class CameraInputs(QObject):
    """The cameras of this PC: this class has none, the one below those of the system.

    Signals:
        changed(): one was plugged in or pulled out.
    """

    changed = Signal()

    def cameras(self) -> Sequence[CameraInfo]:
        """What is connected."""
        return ()

    def feed(
        self, place: int, attempt: int, session: QMediaCaptureSession, failed: Callable[[], None]
    ) -> CameraFeed | None:
        """Let a camera give its frames to a session.

        Args:
            place: in what ``cameras`` gave.
            attempt: from 0; each further one tries the next format.
            failed: called when the camera breaks off.

        Returns:
            None when there is no further format to try.
        """
        raise NotImplementedError


class SystemCameras(CameraInputs):
    """Through QtMultimedia. The first look loads Qt's multimedia plug-in."""

    def __init__(self) -> None:
        super().__init__()
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self.changed)
        self._listed: list[QCameraDevice] = []

    def cameras(self) -> Sequence[CameraInfo]:
        """What is connected."""
        self._listed = [device for device in QMediaDevices.videoInputs() if not device.isNull()]
        return [_info(device) for device in self._listed]

    def feed(
        self, place: int, attempt: int, session: QMediaCaptureSession, failed: Callable[[], None]
    ) -> CameraFeed | None:
        """Let a camera give its frames to a session, in the best format it did not refuse."""
        device = self._listed[place]
        formats = _formats(device)
        if attempt and attempt >= len(formats):
            return None
        camera = QCamera(device)
        if formats:
            camera.setCameraFormat(formats[attempt][1])
        return _QtFeed(camera, device, formats[attempt][0].pixels if formats else 0, session, failed)


class _QtFeed:
    """A ``QCamera`` that runs."""

    def __init__(
        self,
        camera: QCamera,
        device: QCameraDevice,
        pixels: int,
        session: QMediaCaptureSession,
        failed: Callable[[], None],
    ) -> None:
        self._camera = camera
        self._session = session
        stills = max((size.width() * size.height() for size in device.photoResolutions()), default=0)
        self._stills = stills if stills > pixels > 0 else 0
        camera.errorOccurred.connect(lambda error, _text: failed() if error != QCamera.Error.NoError else None)
        session.setCamera(camera)
        self._look_near()
        camera.start()

    def more_than_stream(self) -> int:
        """Pixels of its stills where they have more."""
        return self._stills

    def offers(self) -> frozenset[CameraControl]:
        """By what Qt's backend says of it; on Windows that is nothing."""
        camera = self._camera
        offered = set()
        if camera.supportedFeatures() & QCamera.Feature.ExposureCompensation:
            offered.add(CameraControl.EXPOSURE)
        if camera.isFocusModeSupported(QCamera.FocusMode.FocusModeManual):
            offered.add(CameraControl.FOCUS)
        return frozenset(offered)

    def adjust(self, control: CameraControl, value: float) -> None:
        """Set it."""
        if control not in self.offers():
            return
        if control is CameraControl.EXPOSURE:
            self._camera.setExposureCompensation(max(-_MOST_EV, min(_MOST_EV, value)))
            return
        # Qt has no call that looks once: leaving the automatic and coming back to it does.
        self._camera.setFocusMode(QCamera.FocusMode.FocusModeManual)
        self._look_near()

    def stop(self) -> None:
        """Let it go."""
        with contextlib.suppress(RuntimeError, TypeError):
            self._camera.errorOccurred.disconnect()
        self._camera.stop()
        self._session.setCamera(None)  # type: ignore[arg-type]
        self._camera.deleteLater()

    def _look_near(self) -> None:
        """A paper under the arm is near; white and light are the camera's own to find."""
        camera = self._camera
        for focus in (QCamera.FocusMode.FocusModeAutoNear, QCamera.FocusMode.FocusModeAuto):
            if camera.isFocusModeSupported(focus):
                camera.setFocusMode(focus)
                break
        if camera.isWhiteBalanceModeSupported(QCamera.WhiteBalanceMode.WhiteBalanceAuto):
            camera.setWhiteBalanceMode(QCamera.WhiteBalanceMode.WhiteBalanceAuto)


def _info(device: QCameraDevice) -> CameraInfo:
    formats = [one for one, _ in _formats(device)]
    return CameraInfo(
        bytes(device.id().data()).decode("utf-8", "replace"),
        device.description(),
        max((one.pixels for one in formats), default=0),
        tuple(one.in_words() for one in formats),
    )


def _formats(device: QCameraDevice) -> list[tuple[PictureFormat, QCameraFormat]]:
    """Best first."""
    known: dict[PictureFormat, QCameraFormat] = {}
    for one in device.videoFormats():
        size = one.resolution()
        motion_jpeg = one.pixelFormat() == QVideoFrameFormat.PixelFormat.Format_Jpeg
        kind = "MJPEG" if motion_jpeg else QVideoFrameFormat.pixelFormatToString(one.pixelFormat())
        known[PictureFormat(size.width(), size.height(), motion_jpeg, one.maxFrameRate(), kind)] = one
    return [(one, known[one]) for one in in_order(list(known))]
