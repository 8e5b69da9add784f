"""A QR code on the screen, for the villager's phone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.desk.barcodes import QrSquares, qr_of
from villagedesk.domain.problems import InputProblem
from villagedesk.ui.sentences import Words

_SIDE = 200
"""In logical pixels: about 5 cm on a 1366 × 768 screen, read by a phone at arm's length."""


class QrPicture(QWidget):
    """Black on white whatever the theme, each module a whole number of real pixels; hidden when there is nothing to
    show."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._squares: QrSquares | None = None
        self.setObjectName("qr_picture")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_address(self, address: str) -> None:
        """An address, or "" for nothing; one too long for a code that phones read is not drawn."""
        try:
            self._squares = qr_of(address) if address else None
        except InputProblem:
            self._squares = None
        self.setVisible(self._squares is not None)
        self.setAccessibleName(self._words("ui.guide.qr", address=address))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As many whole pixels a module as go into a side large enough for a phone."""
        side = self._squares.modules * (_SIDE // self._squares.modules) if self._squares is not None else _SIDE
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The squares, as large as whole real pixels allow."""
        del event
        if self._squares is None:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        module = max(1, int(self.width() * ratio / self._squares.modules)) / ratio
        side = self._squares.modules * module
        painter.fillRect(QRectF(0, 0, side, side), QColor("#FFFFFF"))
        for column, row, width in self._squares.dark:
            painter.fillRect(QRectF(column * module, row * module, width * module, module), QColor("#000000"))
