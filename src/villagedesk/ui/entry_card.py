"""The centred white card that first run, sign-in and lock screen are written on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.ui.background import Background
from villagedesk.ui.notice import Notice
from villagedesk.ui.scroll_area import ScrollArea
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP

CARD_WIDTH = 560


class _Content(QWidget):
    """As high as its sentences are at the width it has; Qt would count them at the narrowest and leave gaps."""

    def minimumSizeHint(self) -> QSize:
        """No height of its own: the scroll area asks for the height that belongs to the width."""
        return QSize(super().minimumSizeHint().width(), 0)


class _Body(ScrollArea):
    """Wants to be exactly as high as its content; scrolls when it cannot have that."""

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        self._content = content  # its events come as soon as it is in the area
        super().__init__(content, parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """The content's, at the width it has."""
        hint = self._content.sizeHint()
        if self._content.hasHeightForWidth() and self.viewport().width() > GAP * 20:
            hint.setHeight(self._content.heightForWidth(self.viewport().width()))
        return hint + QSize(2, 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content has been laid out anew: the card grows or shrinks with it."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """Two fields' height."""
        return QSize(GAP * 20, min(self.sizeHint().height(), GAP * 18))


class EntryCard(QWidget):
    """A heading, a quiet line, whatever the screen adds to ``body``, and the buttons at the bottom, always in sight.

    Args:
        title: the heading.
        quiet: one sentence beneath it.
        own_only: show no problems but the card's own (:class:`villagedesk.ui.notice.Notice`).
    """

    def __init__(
        self,
        words: Words,
        background: Background,
        title: str,
        quiet: str,
        parent: QWidget | None = None,
        *,
        own_only: bool = False,
    ) -> None:
        super().__init__(parent)
        card = QFrame(self)
        card.setProperty("role", "card")
        card.setMaximumWidth(CARD_WIDTH)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 4, GAP * 3, GAP * 4, GAP * 3)
        inner.setSpacing(GAP)
        self.title = wrapping_label(title, "h1", card)  # a station may have a long name
        self.title.setObjectName("title")
        inner.addWidget(self.title)
        self.quiet = wrapping_label(quiet, "quiet", card)
        self.quiet.setObjectName("quiet")
        inner.addWidget(self.quiet)
        inner.addSpacing(GAP)
        self.notice = Notice(words, background, card, own_only=own_only)
        inner.addWidget(self.notice)
        content = _Content()
        self.body = QVBoxLayout(content)
        # The ring of a focused field is drawn inside the field, but a hair of air keeps it off the scroll area's edge.
        self.body.setContentsMargins(1, 1, GAP, 1)
        self.body.setSpacing(GAP)
        self._area = _Body(content, card)
        inner.addWidget(self._area)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(GAP * 2)
        inner.addLayout(self.buttons)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 10)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)

    def fit(self) -> None:
        """Something in the body came or went: the card grows or shrinks with it, as far as the window allows."""
        self._area.updateGeometry()

    def reveal(self, widget: QWidget) -> None:
        """Scroll to a widget of the body."""
        self._area.ensureWidgetVisible(widget)

    def turn(self, pages: int) -> None:
        """Scroll the body by so many of its heights, downwards when positive."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def first_focus(self) -> QWidget:
        """Where the cursor goes when the card comes up."""
        return self
