"""Dragging the four corners of a page over its photograph, by mouse or by keys, with a glass over the one in hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.desk.views import Corners
from villagedesk.ui import theme
from villagedesk.ui.sentences import Words

_GRIP, _RING = 11.0, 6.0
"""Radii of the number beside a corner, and of the ring round it."""
_REACH = 40.0
_STEP, _BIG_STEP = 0.002, 0.02
_GLASS = 62.0
"""Radius of the magnifying glass, and how much larger it shows what lies under the corner."""
_LARGER = 3.0
_AWAY = 30.0
"""From the corner to the rim of the glass."""
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
        self._held: QPointF | None = None
        """From the pointer that drags a corner to that corner: it does not jump when it is taken hold of."""
        self._glass = False
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
        self._held, self._glass = None, False
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
            self._held = self._at(nearest) - event.position()
            self._choose(nearest)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held is not None:
            place = self._place()
            where = event.position() + self._held - place.topLeft()
            self._move(QPointF(where.x() / max(1.0, place.width()), where.y() / max(1.0, place.height())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        del event
        self._held = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Photograph, outline and grips; over the corner in hand a glass."""
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
            self._draw_grip(painter, corner)
        if self._glass and self.hasFocus():
            self._draw_glass(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.BLUE), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _draw_grip(self, painter: QPainter, corner: int) -> None:
        """A small ring at the corner, which is seen in it, and its number beside it, away from the page."""
        chosen = corner == self._current and self.hasFocus()
        colour = QColor(theme.BLUE if chosen else "#5E88C4")
        at, grip = self._at(corner), _GRIP + 3 if chosen else _GRIP
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(theme.SURFACE), 5), QPen(colour, 2)):
            painter.setPen(pen)
            painter.drawEllipse(at, _RING, _RING)
        away = at - QPolygonF([self._at(one) for one in range(4)]).boundingRect().center()
        length = max(1.0, (away.x() ** 2 + away.y() ** 2) ** 0.5)
        badge = at + away * ((_RING + grip + 3) / length)
        badge.setX(min(max(badge.x(), grip + 2), self.width() - grip - 2))
        badge.setY(min(max(badge.y(), grip + 2), self.height() - grip - 2))
        painter.setPen(QPen(QColor(theme.SURFACE), 2))
        painter.setBrush(colour)
        painter.drawEllipse(badge, grip, grip)
        room = QRectF(badge - QPointF(grip, grip), badge + QPointF(grip, grip))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(corner + 1))

    def _draw_glass(self, painter: QPainter) -> None:
        """What lies under the corner, larger; towards the middle, where there is always room."""
        place, at = self._place(), self._at(self._current)
        middle = QRectF(self.rect()).center()
        away = _GLASS + _AWAY
        centre = at + QPointF(away if at.x() < middle.x() else -away, away if at.y() < middle.y() else -away) * 0.75
        painter.save()
        round_glass = QPainterPath()
        round_glass.addEllipse(centre, _GLASS, _GLASS)
        painter.setClipPath(round_glass)
        painter.fillRect(self.rect(), QColor("#2A3038"))
        painter.translate(centre)
        painter.scale(_LARGER, _LARGER)
        painter.translate(-at)
        painter.drawImage(place, self._image)
        line = QPen(QColor(theme.BLUE), 2)
        line.setCosmetic(True)
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF([self._at(corner) for corner in range(4)]))
        painter.restore()
        for pen in (QPen(QColor(theme.SURFACE), 6), QPen(QColor(theme.BLUE), 3)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, _GLASS, _GLASS)

    def _choose(self, corner: int) -> None:
        self._current, self._glass = corner, True
        self._name()
        self.update()

    def _move(self, to: QPointF) -> None:
        self._glass = True
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
