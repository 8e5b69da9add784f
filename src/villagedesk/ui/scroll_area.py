"""A scroll area on a coloured ground that never hides the widget with the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

_AIR = 40
"""So that a field's own label and sentence come into sight with it."""


class ScrollArea(QScrollArea):
    """Takes no focus itself; follows it, wherever it comes from (Qt follows Tab within the area only).

    Args:
        content: fills the width.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isVisible() and self.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, _AIR)
