"""How a camera's picture stands on the screen."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from villagedesk.ui import theme

_DARK = "#2A3038"


def draw_live(painter: QPainter, room: QRect, image: QImage, said: str) -> QRect | None:
    """The picture in the middle of a dark ground, or words where there is none.

    Returns:
        where the picture stands; None where the words do.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_DARK))
    painter.drawRoundedRect(room, 6, 6)
    if image.isNull():
        painter.setPen(QColor(theme.SURFACE))
        inside = room.adjusted(24, 24, -24, -24)
        painter.drawText(inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, said)
        return None
    size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(room.center())
    painter.drawImage(place, image)
    return place
