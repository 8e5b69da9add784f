"""A page as it was read, with the spots outlined that a value came from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.ui import theme

Spots = Sequence[Sequence[tuple[float, float]]]
_MARGIN = 12
_AROUND = 4.0
"""Room between what is written and its outline, in logical pixels."""
_CLOSE = 2.4
"""How much larger than the whole page's the spot may be shown, so that a small card's print can be compared."""


class ReadingPicture(QWidget):
    """The whole page, and beneath it the spot larger, where there is one."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading_picture")
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self._pixmap = QPixmap()
        self._spots: Spots = ()

    @property
    def spots(self) -> Spots:
        """What is outlined, as shares of the page's width and height."""
        return self._spots

    def show_page(self, picture: bytes) -> None:
        """Show a page; nothing is outlined."""
        self._pixmap = QPixmap()
        self._pixmap.loadFromData(picture)
        self._spots = ()
        self.update()

    def outline(self, spots: Spots) -> None:
        """Outline these spots."""
        self._spots = spots
        self.update()

    def sizeHint(self) -> QSize:
        """An upright page."""
        return QSize(420, 560)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page, the outlines, and the line itself enlarged."""
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
        size = QSize(self._pixmap.size()).scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.BLUE), 3))
        for spot in self._spots:
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(place.left() + x * place.width(), place.top() + y * place.height()) for x, y in spot]
                )
                .boundingRect()
                .adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
            )
        if close is not None:
            source, target = close
            painter.drawPixmap(target, self._pixmap, source)
            painter.drawRect(target)

    def _closely(self) -> tuple[QRectF, QRectF] | None:
        """Which part of the page is shown larger, and where; None without a spot."""
        if not self._spots:
            return None
        width, height = self._pixmap.width(), self._pixmap.height()
        points = [QPointF(x * width, y * height) for spot in self._spots for x, y in spot]
        source = QPolygonF(points).boundingRect()
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
