"""Qt's video frame as a small picture and as a still. Called in the thread that wants the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QtVideo, QVideoFrame, QVideoFrameFormat

from villagedesk.devices.camera_picture import preview_size
from villagedesk.devices.frame_planes import STILL_QUALITY, Packing, Plane, small_rgb, still_jpeg

T = TypeVar("T")

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
"""What needs no unpacking by Qt, which for some formats reaches for the graphics card; others take that longer way."""


def small_of(frame: QVideoFrame) -> tuple[int, int, bytes] | None:
    """Width, height and RGB bytes of at most a preview's size; None for a frame that came only in part."""
    mapped, small = _from_planes(frame, small_rgb)
    if mapped:
        return small
    image = frame.toImage()
    if image.isNull():
        return None
    width, height = preview_size(image.width(), image.height())
    scaled = image.scaled(
        width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGB888)
    # Qt pads its rows to four bytes.
    rows, used, step = bytes(scaled.constBits()), width * 3, scaled.bytesPerLine()
    return width, height, b"".join(rows[at * step : at * step + used] for at in range(height))


def still_of(frame: QVideoFrame) -> bytes | None:
    """A JPEG with all the frame's pixels; None for a frame that came only in part."""
    mapped, still = _from_planes(frame, still_jpeg)
    return still if mapped else still_of_image(frame.toImage())


def still_of_image(image: QImage) -> bytes | None:
    """A JPEG of the picture, None where there is none."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, "JPEG", STILL_QUALITY):  # type: ignore[call-overload]
        return None
    return bytes(buffer.data().data())


def _from_planes(frame: QVideoFrame, make: Callable[..., T | None]) -> tuple[bool, T | None]:
    """What ``make`` makes of the frame's planes; False where Qt has to unpack them."""
    form = frame.surfaceFormat()
    packing = _PACKINGS.get(frame.pixelFormat())
    straight = (
        frame.rotation() == QtVideo.Rotation.None_
        and not frame.mirrored()
        and form.scanLineDirection() == QVideoFrameFormat.Direction.TopToBottom
    )
    if packing is None or not straight or not frame.map(QVideoFrame.MapMode.ReadOnly):
        return False, None
    try:
        # Where the camera does not say how its colours are meant, as Qt takes it.
        space, undefined = form.colorSpace(), QVideoFrameFormat.ColorSpace.ColorSpace_Undefined
        bt709 = space == QVideoFrameFormat.ColorSpace.ColorSpace_BT709 or (space == undefined and frame.height() > 576)
        full = form.colorRange() == QVideoFrameFormat.ColorRange.ColorRange_Full
        size = (frame.width(), frame.height())
        return True, make(packing, _planes(frame), size, full_range=full, bt709=bt709)
    finally:
        frame.unmap()


def _planes(frame: QVideoFrame) -> Sequence[Plane]:
    # PySide names no type for the bytes of a plane: they are a memoryview.
    return [Plane(frame.bits(at), frame.bytesPerLine(at)) for at in range(frame.planeCount())]  # type: ignore[arg-type]
