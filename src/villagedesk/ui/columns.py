"""Widgets side by side in as many columns as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class ColumnsLayout(QLayout):
    """Columns of one width, as many as fit; what is left over goes on in the next line. It can be made as narrow as its
    widest widget.

    Args:
        gap: between columns and between lines, in pixels.
    """

    def __init__(self, parent: QWidget, gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)

    def addItem(self, item: QLayoutItem) -> None:
        """Behind the others."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """None out of range."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Out of the layout; None out of range."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """To the sides."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of all lines at that width, in pixels."""
        lines = self._lines(width)
        return sum(height for _, height in lines) + self.spacing() * max(0, len(lines) - 1)

    def minimumSize(self) -> QSize:
        """One column."""
        return QSize(self._widest(), max((item.minimumSize().height() for item in self._items), default=0))

    def sizeHint(self) -> QSize:
        """One column; it takes what it is given."""
        return self.minimumSize()

    def setGeometry(self, rect: QRect) -> None:
        """Put every widget in its place."""
        super().setGeometry(rect)
        width, gap, top = self._column_width(rect.width()), self.spacing(), rect.top()
        for items, height in self._lines(rect.width()):
            for place, item in enumerate(items):
                item.setGeometry(QRect(rect.left() + place * (width + gap), top, width, height))
            top += height + gap

    def _widest(self) -> int:
        return max((item.minimumSize().width() for item in self._items), default=0)

    def _fitting(self, width: int) -> int:
        gap = self.spacing()
        fit = (width + gap) // max(1, self._widest() + gap)
        return max(1, min(fit, len(self._items)))

    def _column_width(self, width: int) -> int:
        columns = self._fitting(width)
        return (width - self.spacing() * (columns - 1)) // columns

    def _lines(self, width: int) -> list[tuple[list[QLayoutItem], int]]:
        columns, each = self._fitting(width), self._column_width(width)
        lines = [self._items[start : start + columns] for start in range(0, len(self._items), columns)]
        return [(items, max(_height(item, each) for item in items)) for items in lines]


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
