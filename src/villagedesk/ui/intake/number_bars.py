"""The local number as bars, to be scanned from the screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.desk.barcodes import Bars

_MODULE = 2
_HEIGHT = 48


class NumberBars(QWidget):
    """Black on white whatever the theme, each module a whole number of real pixels, as scanners want it."""

    def __init__(self, bars: Bars, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = bars
        self.setObjectName("number_bars")
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two pixels a module."""
        return QSize(self._bars.modules * _MODULE, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """One pixel a module can still be read."""
        return QSize(self._bars.modules, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bars from the left edge, as wide as whole real pixels allow."""
        del event
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        wanted = min(self.width() / self._bars.modules, _MODULE)
        module = max(1, int(wanted * ratio)) / ratio
        painter.fillRect(QRectF(0, 0, self._bars.modules * module, self.height()), QColor("#FFFFFF"))
        for start, width in self._bars.dark:
            painter.fillRect(QRectF(start * module, 0, width * module, self.height()), QColor("#000000"))
