"""Charts, drawn by hand: columns side by side, and bars with their names. What they show can be read from their
accessible description, and from the table beside each; no kind is told by its colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.ui import theme
from villagedesk.ui.sentences import COLOURS, SHAPES
from villagedesk.ui.statistics.chart_data import Bar, ChartData, ColumnData, Series, every, known, largest, scale_top
from villagedesk.ui.theme import GAP

_HEIGHT = 250
_LEAST_WIDTH = 260
_WIDEST_COLUMN = 26.0
_BAR_HEIGHT = 14
_COLOURS = (QColor(theme.BLUE), QColor(theme.GREEN))
_HATCHED = (False, True)
"""The second kind is told from the first by its hatching, too."""
_SMALLER = 2
"""Pixels by which the words of a chart are smaller than those of the screen."""
_LEFT, _RIGHT, _CENTRE, _MIDDLE = (
    Qt.AlignmentFlag.AlignLeft,
    Qt.AlignmentFlag.AlignRight,
    Qt.AlignmentFlag.AlignHCenter,
    Qt.AlignmentFlag.AlignVCenter,
)


class _Chart(QWidget):
    """Args:
    name: object name.
    label: accessible name.
    """

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setMinimumWidth(_LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def describe(self, words: str) -> None:
        """All its figures in words, for a screen reader."""
        self.setAccessibleDescription(words)

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(1, font.pixelSize() - _SMALLER))
        return font

    def _begin(self) -> QPainter:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small_font())
        return painter


class ColumnChart(_Chart):
    """Columns over the places of a row: days, months."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(name, label, parent)
        self._data = ColumnData((), ())

    def show_data(self, data: ChartData) -> None:
        """Draw these columns."""
        assert isinstance(data, ColumnData)
        self._data = data
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for a month."""
        return QSize(_LEAST_WIDTH * 2, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Legend, scale, columns, labels."""
        del event
        if not self._data.labels:
            return
        painter = self._begin()
        line = painter.fontMetrics().height()
        legend = line + GAP if any(series.name for series in self._data.series) else 0
        top = self._data.top or scale_top(max(max(known(one.values), default=0) for one in self._data.series))
        scale = [f"{value:g}{self._data.unit}" for value in (0, top / 2, top)]
        left = max(painter.fontMetrics().horizontalAdvance(text) for text in scale) + GAP
        # room above the highest for its number
        plot = QRectF(left, legend + line + 2, self.width() - left - 2, self.height() - legend - 2 * line - GAP - 2)
        self._draw_legend(painter)
        for text, part in zip(scale, (0.0, 0.5, 1.0), strict=True):
            y = plot.bottom() - part * plot.height()
            painter.setPen(QPen(QColor(theme.QUIET if part == 0 else theme.LINE), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(theme.QUIET))
            painter.drawText(QRectF(0, y - line / 2, left - GAP / 2, line), _RIGHT | _MIDDLE, text)
        self._draw_columns(painter, plot, top)
        self._draw_labels(painter, plot)

    def _draw_legend(self, painter: QPainter) -> None:
        line, x = painter.fontMetrics().height(), 0.0
        for number, series in enumerate(self._data.series):
            if not series.name:
                continue
            _fill(painter, QRectF(x, 3, line - 4, line - 4), number)
            painter.setPen(QColor(theme.TEXT))
            width = painter.fontMetrics().horizontalAdvance(series.name)
            painter.drawText(QRectF(x + line + 2, 1, width + 2, line), _LEFT | _MIDDLE, series.name)
            x += line + width + GAP * 3

    def _draw_columns(self, painter: QPainter, plot: QRectF, top: float) -> None:
        data, metrics = self._data, painter.fontMetrics()
        room = plot.width() / len(data.labels)
        width = min(_WIDEST_COLUMN, room * 0.8 / len(data.series))
        shown = [text for series in data.series for text in series.shown]
        numbered = max((metrics.horizontalAdvance(text) for text in shown), default=0) + 4 <= room / len(data.series)
        for place in range(len(data.labels)):
            begin = plot.left() + room * place + (room - width * len(data.series)) / 2
            for number, series in enumerate(data.series):
                x = begin + width * number
                self._draw_column(painter, plot, QRectF(x, 0, width, 0), (series, place, number), top, numbered)

    def _draw_column(
        self,
        painter: QPainter,
        plot: QRectF,
        where: QRectF,
        which: tuple[Series, int, int],
        top: float,
        numbered: bool,
    ) -> None:
        series, place, number = which
        value, line = series.values[place], painter.fontMetrics().height()
        height = plot.height() * min(1.0, (value or 0) / top)
        if value:
            column = QRectF(where.x() + 0.5, plot.bottom() - max(2.0, height), where.width() - 1, max(2.0, height))
            _fill(painter, column, number)
        if value is None or (numbered and (value or self._data.top)):  # a share of nothing is a figure, too
            painter.setPen(QColor(theme.QUIET if value is None else theme.TEXT))
            over = QRectF(where.x() - 40, plot.bottom() - height - line - 1, where.width() + 80, line)
            painter.drawText(over, _CENTRE | _MIDDLE, series.shown[place] if numbered else "·")

    def _draw_labels(self, painter: QPainter, plot: QRectF) -> None:
        labels, metrics = self._data.labels, painter.fontMetrics()
        room = plot.width() / len(labels)
        step = every(len(labels), room, max(metrics.horizontalAdvance(text) for text in labels) + GAP)
        painter.setPen(QColor(theme.QUIET))
        for place in range(0, len(labels), step):
            middle = plot.left() + room * (place + 0.5)
            width = metrics.horizontalAdvance(labels[place]) + 2
            x = min(max(0.0, middle - width / 2), self.width() - width)
            painter.drawText(QRectF(x, plot.bottom() + 3, width, metrics.height()), _CENTRE | _MIDDLE, labels[place])


class BarChart(_Chart):
    """Bars that lie beneath their names."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(name, label, parent)
        self._bars: tuple[Bar, ...] = ()

    def show_data(self, data: ChartData) -> None:
        """Draw these bars."""
        assert isinstance(data, tuple)
        self._bars = data
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as they need."""
        return QSize(_LEAST_WIDTH * 2, max(1, len(self._bars)) * self._row())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A row each: the name, beneath it the bar with its value behind it."""
        del event
        painter = self._begin()
        metrics, most = painter.fontMetrics(), largest(self._bars)
        values = max((metrics.horizontalAdvance(bar.shown) for bar in self._bars), default=0) + GAP
        for number, bar in enumerate(self._bars):
            y = number * self._row()
            name = f"{SHAPES[bar.tone]} {bar.name}" if bar.tone else bar.name
            painter.setPen(QColor(theme.TEXT))
            fit = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, y, self.width(), metrics.height()), _LEFT | _MIDDLE, fit)
            length = (self.width() - values) * bar.value / most
            under = QRectF(0, y + metrics.height() + 2, max(2.0 if bar.value else 1.0, length), _BAR_HEIGHT)
            colour = QColor(COLOURS[bar.tone] if bar.tone else theme.BLUE)
            painter.fillRect(under, colour if bar.value else QColor(theme.QUIET))
            middle = under.center().y() - metrics.height() / 2
            painter.drawText(
                QRectF(under.right() + GAP / 2, middle, values, metrics.height()), _LEFT | _MIDDLE, bar.shown
            )

    def _row(self) -> int:
        font = self._small_font()
        return int(font.pixelSize() * 1.5) + _BAR_HEIGHT + GAP + 2


def _fill(painter: QPainter, area: QRectF, number: int) -> None:
    """As the columns of that kind are."""
    colour = _COLOURS[number % len(_COLOURS)]
    if not _HATCHED[number % len(_HATCHED)]:
        painter.fillRect(area, colour)
        return
    painter.fillRect(area, QColor(theme.GREEN_TINT))
    painter.fillRect(area, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(colour, 1.5))
    painter.drawRect(area)
