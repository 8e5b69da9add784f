"""A labelled field with the sentence about it right beneath, and a list to choose from."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from villagedesk.desk.door_views import Sentence
from villagedesk.ui.buttons import UP_AND_DOWN
from villagedesk.ui.scroll_area import turns_page
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP, QUIET, SURFACE


class Field(QWidget):
    """Label, line to type in, and room for one sentence.

    Args:
        name: object name of the line edit; the sentence's is ``<name>_trouble``.
        label: what is asked for.
        hint: grey text in the empty field.
        secret: dots instead of letters.
    """

    def __init__(
        self,
        words: Words,
        name: str,
        label: str,
        *,
        hint: str = "",
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setObjectName(name)
        self.edit.setAccessibleName(label)
        self.edit.setPlaceholderText(hint)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.setFocusProxy(self.edit)
        self._title = title = plain_label(label, "h3", self)
        title.setBuddy(self.edit)
        self._sentence = SentenceLabel(words, f"{name}_trouble", self)
        self._sentence.setMinimumHeight(self._sentence.fontMetrics().height() + GAP // 2)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP // 2)
        self._column.addWidget(title)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(GAP)
        self._beside.addWidget(self.edit, 1)
        self._column.addLayout(self._beside)
        self._column.addWidget(self._sentence)

    @property
    def text(self) -> str:
        """As typed."""
        return self.edit.text()

    def ask_for(self, label: str) -> None:
        """Ask for something else, of the same kind."""
        self._title.setText(label)
        self.edit.setAccessibleName(label)

    def add_beside(self, widget: QWidget) -> None:
        """Put a widget to the right of the line."""
        self._beside.addWidget(widget)

    def add_echo(self, echo: QLabel) -> None:
        """Put a line between the field and its sentence, below those that were put there before."""
        self._column.insertWidget(self._column.count() - 1, echo)

    def tell(self, sentence: Sentence | None) -> None:
        """Show a sentence beneath, or take it away; the typed text stays as it is."""
        self._sentence.tell(sentence)
        self.edit.setAccessibleDescription(self._sentence.accessibleName())
        trouble = "true" if sentence is not None and sentence.tone == "bad" else "false"
        if self.edit.property("trouble") != trouble:
            self.edit.setProperty("trouble", trouble)
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)

    def look_again(self) -> None:
        """Put the cursor here with everything selected, so that typing replaces it and nothing is lost before."""
        self.edit.setFocus()
        self.edit.selectAll()


class Choice(QComboBox):
    """A list to choose from, with a plain arrow.

    While it is closed, the wheel and the keys that turn a page do not change it: a clerk scrolls the page with them,
    and would change an answer without seeing it.

    Args:
        name: object name.
        label: accessible name.
    """

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt's, but for the keys that scroll."""
        if turns_page(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box as the style sheet has it, then the arrow, which a style sheet could only take from a file."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(QUIET), 2))
        middle = QPointF(self.width() - 22, self.height() / 2 + 2)
        painter.drawPolyline([middle + QPointF(-6, -5), middle + QPointF(0, 1), middle + QPointF(6, -5)])


class Count(QSpinBox):
    """A number to type or to step with ↑ and ↓; the wheel and the keys that turn a page scroll, as of :class:`Choice`.

    Args:
        name: object name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setKeyboardTracking(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt's, but for the keys that scroll."""
        if turns_page(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


class Tick(QCheckBox):
    """A box to tick.

    Args:
        name: object name.
        label: the words beside it.
        about: what it means, for a screen reader.
    """

    def __init__(self, name: str, label: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setAccessibleDescription(about)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt's, but for ↑ and ↓, which scroll."""
        if event.key() in UP_AND_DOWN:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box as the style sheet has it, then the tick, which a style sheet could only take from a file."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(SURFACE), 3))
        middle = QPointF(box.center()) + QPointF(0.5, 0.5)
        painter.drawPolyline([middle + QPointF(-6, 0), middle + QPointF(-2, 5), middle + QPointF(6, -5)])
