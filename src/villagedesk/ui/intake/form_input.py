"""What every widget for a field of an item's form has: label, help, room for one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.form_field import FormField
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class FormInput(QWidget):
    """A field of the form: its label, its widget, its help, room for one sentence.

    Signals:
        typed(): the text changed by the clerk's hand.
        settled(): the field is left, or an option was chosen: save now.
        laid(): it has other widgets than before.
    """

    typed = Signal()
    settled = Signal()
    laid = Signal()

    def __init__(self, words: Words, field: FormField, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._words = words
        label = words("ui.form.required", label=field.label) if field.required else field.label
        self._title = plain_label(label, "h3", self)
        self._sentence = SentenceLabel(words, f"{name}_trouble", self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP // 2)
        self._column.addWidget(self._title)
        self._filling = False
        self._build(name)
        if field.help:
            self._column.addWidget(wrapping_label(field.help, "small", self))
        self._column.addWidget(self._sentence)
        self._sentence.hide()

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width."""
        return False

    def value(self) -> str:
        """As a draft keeps it."""
        raise NotImplementedError

    def fill(self, value: str) -> None:
        """Show a value without telling anybody."""
        self._filling = True
        self._show(value)
        self._filling = False

    def focus_widget(self) -> QWidget:
        """Where the cursor goes."""
        raise NotImplementedError

    def widget_at(self, place: str) -> QWidget:
        """Where the cursor goes for a sentence.

        Args:
            place: ``<row>.<column>`` within a table, "" for the field itself.
        """
        del place
        return self.focus_widget()

    def next_within(self, widget: QWidget) -> QWidget | None:
        """Where Enter goes from one of its parts; None out of it.

        Args:
            widget: the part that has the cursor.
        """
        del widget
        return None

    def mark(self, places: Mapping[str, Sentence]) -> None:
        """Show which parts of it sentences are about.

        Args:
            places: as of :meth:`widget_at`.
        """

    def tab_widgets(self) -> list[QWidget]:
        """All that Tab goes through, in order."""
        return [self.focus_widget()]

    def tell(self, sentence: Sentence | None) -> None:
        """Show a sentence beneath, or take it away."""
        self._sentence.tell(sentence)
        self._sentence.setVisible(sentence is not None)
        self.focus_widget().setAccessibleDescription(
            " ".join(part for part in (self._sentence.accessibleName(), self.field.help) if part)
        )

    def _build(self, name: str) -> None:
        raise NotImplementedError

    def _show(self, value: str) -> None:
        raise NotImplementedError

    def _was_typed(self) -> None:
        if not self._filling:
            self.typed.emit()

    def _was_chosen(self) -> None:
        if not self._filling:
            self.typed.emit()
            self.settled.emit()
