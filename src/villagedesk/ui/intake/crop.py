"""Dragging the four corners of a page over its photograph; by mouse, or by arrows with Tab from corner to corner."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.desk.views import Corners
from villagedesk.ui import theme
from villagedesk.ui.sentences import Words

_GRIP = 11.0
_REACH = 40.0
_STEP, _BIG_STEP = 0.004, 0.03
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class CropView(QWidget):
    """A photograph with a four-cornered outline.

    Signals:
        changed(): a corner moved.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._image = QImage()
        self._corners = [QPointF(0, 0), QPointF(1, 0), QPointF(1, 1), QPointF(0, 1)]
        self._current = 0
        self._dragged = False
        self.setObjectName("crop_view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self._name()

    def open(self, photograph: bytes, corners: Corners) -> None:
        """Show a photograph (JPEG) with the outline found in it."""
        self._image = QImage.fromData(photograph)
        self._corners = [QPointF(x, y) for x, y in corners]
        self._current = 0
        self._name()
        self.update()

    def corners(self) -> Corners:
        """Where the corners are now."""
        first, second, third, fourth = ((point.x(), point.y()) for point in self._corners)
        return first, second, third, fourth

    def sizeHint(self) -> QSize:
        """A usual 4 : 3 picture."""
        return QSize(560, 420)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the chosen corner, with Shift in larger steps; 1–4 or Space choose a corner."""
        key = Qt.Key(event.key())
        if key in _MOVES:
            step = _BIG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
            across, down = _MOVES[key]
            self._move(self._corners[self._current] + QPointF(across * step, down * step))
        elif key == Qt.Key.Key_Space:
            self._choose((self._current + 1) % 4)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_4:
            self._choose(key - Qt.Key.Key_1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the nearest corner."""
        nearest = min(range(4), key=lambda corner: (self._at(corner) - event.position()).manhattanLength())
        if (self._at(nearest) - event.position()).manhattanLength() <= _REACH:
            self._dragged = True
            self._choose(nearest)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._dragged:
            place = self._place()
            where = event.position() - place.topLeft()
            self._move(QPointF(where.x() / max(1.0, place.width()), where.y() / max(1.0, place.height())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        del event
        self._dragged = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Photograph, darkened outside the outline, and the grips."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor("#2A3038"))
        painter.drawImage(self._place(), self._image)
        outline = QPolygonF([self._at(corner) for corner in range(4)])
        painter.setPen(QPen(QColor(theme.SURFACE), 5))
        painter.drawPolygon(outline)
        painter.setPen(QPen(QColor(theme.BLUE), 3))
        painter.drawPolygon(outline)
        for corner in range(4):
            chosen = corner == self._current and self.hasFocus()
            painter.setPen(QPen(QColor(theme.SURFACE), 3))
            painter.setBrush(QColor(theme.BLUE if chosen else "#5E88C4"))
            grip = _GRIP + 4 if chosen else _GRIP
            painter.drawEllipse(self._at(corner), grip, grip)
            painter.drawText(
                QRectF(self._at(corner) - QPointF(grip, grip), self._at(corner) + QPointF(grip, grip)),
                Qt.AlignmentFlag.AlignCenter,
                str(corner + 1),
            )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.BLUE), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _choose(self, corner: int) -> None:
        self._current = corner
        self._name()
        self.update()

    def _move(self, to: QPointF) -> None:
        self._corners[self._current] = QPointF(min(1.0, max(0.0, to.x())), min(1.0, max(0.0, to.y())))
        self.changed.emit()
        self.update()

    def _place(self) -> QRectF:
        size = self._image.size().scaled(self.size() - QSize(32, 32), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        return place

    def _at(self, corner: int) -> QPointF:
        place = self._place()
        point = self._corners[corner]
        return QPointF(place.left() + point.x() * place.width(), place.top() + point.y() * place.height())

    def _name(self) -> None:
        self.setAccessibleName(self._words("ui.crop.corner", number=self._current + 1))
