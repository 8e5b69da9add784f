"""A scroll area on a coloured ground: it never hides the widget with the focus, says when there is more below, and is
moved by keys from wherever the focus is."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from villagedesk.ui.sentences import plain_label
from villagedesk.ui.theme import GAP

_AIR = 40
"""So that a field's own label and sentence come into sight with it, and of a page turned the last line stays."""
_LINES = 2
"""Single steps of the scroll bar that ↑ and ↓ move it by."""
_KEYS = QKeySequence.StandardKey
_PAGE_KEYS = (_KEYS.MoveToNextPage, _KEYS.MoveToPreviousPage, _KEYS.MoveToStartOfDocument, _KEYS.MoveToEndOfDocument)


class ScrollArea(QScrollArea):
    """Takes no focus itself; follows it, wherever it comes from (Qt follows Tab within the area only).

    Args:
        content: fills the width.
    """

    more_below: ClassVar[str] = ""
    """What the line at the lower edge says while there is more; the window sets it, the same for the whole program."""
    more_below_short: ClassVar[str] = ""
    """The same where that is wider than the area."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = False
        self._line = plain_label(self.more_below, "more_below", self)
        self._line.setObjectName("more_below")
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._line.hide()
        self.setWidgetResizable(True)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._tell_more)
        bar.rangeChanged.connect(self._tell_more)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def move_by_key(self, event: QKeyEvent) -> bool:
        """Scroll as a key asks for; False when it asks for nothing, or there is nothing more in that direction."""
        bar = self.verticalScrollBar()
        page, line = max(_AIR, bar.pageStep() - _AIR), _LINES * bar.singleStep()
        if event.matches(_KEYS.MoveToNextPage):
            to = bar.value() + page
        elif event.matches(_KEYS.MoveToPreviousPage):
            to = bar.value() - page
        elif event.matches(_KEYS.MoveToEndOfDocument):
            to = bar.maximum()
        elif event.matches(_KEYS.MoveToStartOfDocument):
            to = bar.minimum()
        elif event.matches(_KEYS.MoveToNextLine):
            to = bar.value() + line
        elif event.matches(_KEYS.MoveToPreviousLine):
            to = bar.value() - line
        else:
            return False
        before = bar.value()
        bar.setValue(to)
        return bar.value() != before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that the widget with the focus has no use for."""
        if not self.move_by_key(event):
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The line keeps to the lower edge."""
        super().resizeEvent(event)
        self._place_line()

    def _tell_more(self) -> None:
        more = self._is_more()
        if more == self._told:
            return
        self._told = more
        focus = QApplication.focusWidget()
        seen = more and focus is not None and self.isAncestorOf(focus) and self._shows_whole(focus)
        self.setViewportMargins(0, 0, 0, self._line.sizeHint().height() + GAP // 2 if more else 0)
        self._line.setVisible(more)
        self._place_line()
        if seen and focus is not None and not self._shows_whole(focus):
            self.ensureWidgetVisible(focus, 0, 0)

    def _is_more(self) -> bool:
        """Whether something below would be hidden without the line, too; so its coming and going cannot take turns."""
        across = self.horizontalScrollBar()
        height = self.contentsRect().height() - (across.height() if across.isVisible() else 0)
        return self.widget().height() > height + self.verticalScrollBar().value()

    def _shows_whole(self, widget: QWidget) -> bool:
        top = widget.mapTo(self.widget(), widget.rect().topLeft()).y() - self.verticalScrollBar().value()
        return top >= 0 and top + widget.height() <= self.viewport().height()

    def _place_line(self) -> None:
        seen = self.viewport().geometry()
        room = seen.width() - 2 * GAP
        fits = self._line.fontMetrics().horizontalAdvance(self.more_below) <= room
        self._line.setText(self.more_below if fits else self.more_below_short)
        self._line.setGeometry(seen.left(), seen.bottom() + 1 + GAP // 2, seen.width(), self._line.sizeHint().height())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isVisible() and self.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, _AIR)


def turns_page(event: QKeyEvent) -> bool:
    """Whether it is one of the keys that read a long page: a page up or down, its beginning, its end."""
    return any(event.matches(key) for key in _PAGE_KEYS)


def scroll_by_key(window: QWidget, event: QKeyEvent) -> bool:
    """Let a key nobody else wanted scroll what lies nearest to the focus and can still move; says whether it did."""
    around: QWidget | None = QApplication.focusWidget() or window
    while around is not None:
        for area in around.findChildren(ScrollArea):
            if area.isVisible() and area.move_by_key(event):
                return True
        around = around.parentWidget() if around is not window else None
    return False
