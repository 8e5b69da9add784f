"""F1: a few lines about the screen at hand, beside it, not in front of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.screen import scrolled
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

WIDTH = 300


class HelpPanel(QFrame):
    """Signals:
    closed(): the clerk has read it.
    """

    closed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("help_panel")
        self.setAccessibleName(words("ui.help.title"))
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(plain_label(words("ui.help.title"), "h2", self))
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, GAP, 0)
        self._text = wrapping_label("", parent=content)
        self._text.setObjectName("help_text")
        keys = wrapping_label(words("ui.help.keys"), "quiet", content)
        inner.addWidget(self._text)
        inner.addSpacing(GAP)
        inner.addWidget(keys)
        inner.addStretch(1)
        column.addWidget(scrolled(content, self), 1)
        self._close = button("help_close", words("ui.help.close"), self.closed.emit, key="Esc", parent=self)
        column.addWidget(self._close)
        on_key(self, "Esc", self.closed.emit)
        self.hide()

    def tell(self, key: str) -> None:
        """Show the text of one screen."""
        self._text.setText(self._words(key))

    def open(self) -> None:
        """Come up and take the focus, so that Esc closes it."""
        self.show()
        self._close.setFocus()
