"""A page as it was read, upright, with the spots outlined that a value came from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.desk.reading_views import Outline, turned_outline
from villagedesk.ui import theme

_MARGIN = 12
_AROUND = 4.0
"""Room between what is written and its outline, in logical pixels."""
_CLOSE = 2.4
"""Logical pixels to a pixel of the page at most, in the enlarged line."""
_PART = 0.6
"""A paper that takes up less of the page than this is shown alone."""
_RIM = 0.12
"""Room round such a paper, in its own width and height."""


class ReadingPicture(QWidget):
    """The paper, and beneath it the spot larger, where there is one."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading_picture")
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self._pixmap = QPixmap()
        self._turns = 0
        self._paper: tuple[Outline, ...] = ()
        self._spots: tuple[Outline, ...] = ()

    @property
    def spots(self) -> Sequence[Outline]:
        """What is outlined, as shares of the page's width and height."""
        return self._spots

    def show_page(self, picture: bytes, quarter_turns: int) -> None:
        """Show a page, turned clockwise so many times; nothing is outlined."""
        page = QPixmap()
        page.loadFromData(picture)
        self._pixmap = page.transformed(QTransform().rotate(90 * quarter_turns)) if quarter_turns else page
        self._turns = quarter_turns
        self._paper = self._spots = ()
        self.update()

    def show_paper(self, values: Sequence[Outline]) -> None:
        """Show the paper these values stand on, where it is a small part of the page."""
        self._paper = tuple(values)
        self.update()

    def outline(self, spots: Sequence[Outline]) -> None:
        """Outline these spots."""
        self._spots = tuple(spots)
        self.update()

    def sizeHint(self) -> QSize:
        """An upright page."""
        return QSize(420, 560)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The paper, the outlines, and the line itself enlarged."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor("#DDE2E8"))
        if self._pixmap.isNull():
            return
        close = self._closely()
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if close is not None:
            room.setBottom(close[1].top() - _MARGIN)
        source = self._shown()
        size = source.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(0, 0), size)
        place.moveCenter(room.center())
        painter.drawPixmap(place, self._pixmap, source)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.BLUE), 3))
        scale = place.width() / source.width()
        for spot in self._spots:
            seen = self._on_picture([spot])
            seen.translate(-source.topLeft())
            box = QRectF(seen.topLeft() * scale + place.topLeft(), seen.size() * scale)
            painter.drawRect(box.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND))
        if close is not None:
            painter.drawPixmap(close[1], self._pixmap, close[0])
            painter.drawRect(close[1])

    def _on_picture(self, spots: Sequence[Outline]) -> QRectF:
        """The rectangle round some spots, in pixels of the upright page."""
        width, height = self._pixmap.width(), self._pixmap.height()
        turned = [turned_outline(spot, self._turns) for spot in spots]
        return QPolygonF([QPointF(x * width, y * height) for spot in turned for x, y in spot]).boundingRect()

    def _shown(self) -> QRectF:
        """The part of the page that is shown."""
        whole = QRectF(self._pixmap.rect())
        if not self._paper:
            return whole
        part = self._on_picture(self._paper)
        wide, high = _RIM * part.width(), _RIM * part.height()
        part = part.adjusted(-wide - high, -wide - high, wide + high, wide + high).intersected(whole)
        small = part.width() < _PART * whole.width() or part.height() < _PART * whole.height()
        return part if small and not part.isEmpty() else whole

    def _closely(self) -> tuple[QRectF, QRectF] | None:
        """Which part of the page is shown larger, and where; None without a spot."""
        if not self._spots:
            return None
        source = self._on_picture(self._spots)
        edge = 0.35 * min(source.height(), source.width())
        source = source.adjusted(-edge, -edge, edge, edge).intersected(QRectF(self._pixmap.rect()))
        if source.isEmpty():
            return None
        most_wide, most_high = self.width() - 2 * _MARGIN, self.height() * 0.28
        scale = min(most_wide / source.width(), most_high / source.height(), _CLOSE)
        target = QRectF(0, 0, source.width() * scale, source.height() * scale)
        target.moveCenter(QPointF(self.width() / 2, 0))
        target.moveBottom(self.height() - _MARGIN)
        return source, target
