"""Big buttons with a face and a word, for a villager who stands before the screen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from villagedesk.domain.evaluation import Level
from villagedesk.ui import theme
from villagedesk.ui.theme import GAP

_LEAST = QSize(124, 170)
_WORD_PX, _KEY_PX = 22, 16
_MOUTH = {Level.VERY_GOOD: 0.26, Level.GOOD: 0.15, Level.FAIR: 0.0, Level.POOR: -0.13, Level.VERY_POOR: -0.24}
"""How far the corners of the mouth are up, of the face's width."""


class FaceButton(QPushButton):
    """A level to press.

    Args:
        words: what the level is called.
        key: the digit that presses it.
    """

    def __init__(self, level: Level, words: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level, self._words, self._key = level, words, key
        self.setObjectName(f"rate_{int(level)}")
        self.setAccessibleName(words)
        self.setProperty("role", "face")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Broad enough for the longest words."""
        return _LEAST

    def minimumSizeHint(self) -> QSize:
        """So that no word is cut."""
        width = QFontMetrics(self._font(_WORD_PX)).horizontalAdvance(self._words)
        return QSize(max(_LEAST.width(), width + GAP * 2), _LEAST.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground as the style sheet has it, then face, words and key."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, keys = self._font(_WORD_PX), self._font(_KEY_PX)
        text = QFontMetrics(words).height() + QFontMetrics(keys).height() + GAP * 3
        side = max(40.0, min(self.width() - GAP * 4.0, self.height() - text - GAP * 2.0, 160.0))
        top = (self.height() - text - side) / 2
        face = QRectF((self.width() - side) / 2, top, side, side)
        self._draw_face(painter, face)
        painter.setFont(words)
        painter.setPen(QColor(theme.TEXT))
        line = QRectF(0, face.bottom() + GAP, self.width(), QFontMetrics(words).height())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.setFont(keys)
        painter.setPen(QColor(theme.QUIET))
        line = QRectF(0, line.bottom() + GAP / 2, self.width(), QFontMetrics(keys).height())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self._key)

    def _draw_face(self, painter: QPainter, face: QRectF) -> None:
        """The same line for all: the mouth tells them apart, not the colour."""
        side = face.width()
        pen = QPen(QColor(theme.BLUE), max(3.0, side / 26))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.BLUE_TINT))
        painter.drawEllipse(face)
        painter.setBrush(QColor(theme.BLUE))
        for across in (0.34, 0.66):
            eye = QPointF(face.left() + side * across, face.top() + side * 0.38)
            painter.drawEllipse(eye, side * 0.03, side * 0.03)
        up = _MOUTH[self._level]
        middle = face.top() + side * 0.66
        mouth = QPainterPath(QPointF(face.left() + side * 0.27, middle - side * up / 2))
        mouth.quadTo(
            QPointF(face.center().x(), middle + side * up), QPointF(face.left() + side * 0.73, middle - side * up / 2)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(mouth)

    def _font(self, pixels: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setBold(pixels == _WORD_PX)
        return font
