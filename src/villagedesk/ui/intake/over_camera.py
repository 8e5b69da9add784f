"""The camera's picture, and what is laid over it: it goes on being asked for beneath."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

NOWHERE = Qt.AlignmentFlag(0)


class OverCamera(QWidget):
    """Widgets in one place, the later ones above; those above are seen while they are shown."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._place = QGridLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.lay_over(widget)

    def lay_over(self, widget: QWidget, corner: Qt.AlignmentFlag = NOWHERE) -> None:
        """Give something a place over the picture; it is seen there when it is shown.

        Args:
            corner: where it lies with its own size; all over the picture otherwise.
        """
        hidden = widget.isHidden()
        self._place.addWidget(widget, 0, 0, corner)
        widget.setHidden(hidden)
