"""One widget for each kind of field an item's form can have; all speak in the texts a draft keeps."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.when import NO, YES
from villagedesk.ui.columns import ColumnsLayout
from villagedesk.ui.fields import Tick
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.pick_list import PickList
from villagedesk.ui.intake.private_use import PrivateUseOffer
from villagedesk.ui.intake.rows_input import RowsInput
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP

_TEXT_LINES = 3


class LineInput(FormInput):
    """Texts, numbers, dates, names: one line, the unit behind it."""

    def _build(self, name: str) -> None:
        self._edit = QLineEdit(self)
        self._edit.setObjectName(name)
        self._edit.setAccessibleName(self.field.label)
        if self.field.kind is FieldKind.DATE:
            self._edit.setPlaceholderText(self._words("ui.form.date_hint"))
        self._edit.textChanged.connect(self._was_typed)
        self._edit.editingFinished.connect(self.settled)
        self._title.setBuddy(self._edit)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._edit, 1)
        self._offer = PrivateUseOffer(self._words, self._edit, self)
        row.addWidget(self._offer.button)
        if self.field.unit:
            row.addWidget(plain_label(self.field.unit, "quiet", self))
        self._column.addLayout(row)

    def value(self) -> str:
        """As typed."""
        return self._edit.text()

    def focus_widget(self) -> QWidget:
        """The line."""
        return self._edit

    def tab_widgets(self) -> list[QWidget]:
        """The line, then what is offered beside it."""
        return [self._edit, self._offer.button]

    def tell(self, sentence: Sentence | None) -> None:
        """Beneath, and beside the line what the sentence asks about."""
        super().tell(sentence)
        self._offer.tell(sentence)

    def _show(self, value: str) -> None:
        self._edit.setText(value)


class _Paragraph(QPlainTextEdit):
    """Several lines; Tab goes on to the next field."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it is left."""
        super().focusOutEvent(event)
        self.left.emit()


class ParagraphInput(FormInput):
    """A long text."""

    @property
    def wide(self) -> bool:
        """Always."""
        return True

    def _build(self, name: str) -> None:
        self._edit = _Paragraph(self)
        self._edit.setObjectName(name)
        self._edit.setAccessibleName(self.field.label)
        self._edit.setTabChangesFocus(True)
        self._edit.setFixedHeight(self._edit.fontMetrics().lineSpacing() * _TEXT_LINES + GAP * 3)
        self._edit.textChanged.connect(self._was_typed)
        self._edit.left.connect(self.settled)
        self._title.setBuddy(self._edit)
        self._column.addWidget(self._edit)

    def value(self) -> str:
        """As typed."""
        return self._edit.toPlainText()

    def focus_widget(self) -> QWidget:
        """The text."""
        return self._edit

    def _show(self, value: str) -> None:
        self._edit.setPlainText(value)


class PickInput(FormInput):
    """One of several options; yes or no."""

    def _build(self, name: str) -> None:
        options = self.field.options
        if self.field.kind is FieldKind.YES_NO:
            options = tuple(Option(code, self._words(f"ui.form.{code}")) for code in (YES, NO))
        self._list = PickList(name, self.field.label, options, self._words("ui.form.choose"), self)
        self._list.currentIndexChanged.connect(self._was_chosen)
        self._title.setBuddy(self._list)
        self._column.addWidget(self._list)

    def value(self) -> str:
        """The code."""
        return self._list.code()

    def focus_widget(self) -> QWidget:
        """The list."""
        return self._list

    def _show(self, value: str) -> None:
        self._list.choose(value)


class TicksInput(FormInput):
    """Any of several options; codes that are not among them stay."""

    @property
    def wide(self) -> bool:
        """Always."""
        return True

    def _build(self, name: str) -> None:
        self._unknown: list[str] = []
        self._ticks: dict[str, Tick] = {}
        boxes = QWidget(self)
        columns = ColumnsLayout(boxes, GAP)
        for option in self.field.options:
            tick = Tick(f"{name}_{option.code}", option.label, self.field.label, self)
            tick.toggled.connect(self._was_chosen)
            self._ticks[option.code] = tick
            columns.addWidget(tick)
        self._others = plain_label("", "quiet", self)
        self._others.hide()
        self._column.addWidget(boxes)
        self._column.addWidget(self._others)

    def value(self) -> str:
        """The codes in the options' order, then those not known."""
        return " ".join([code for code, tick in self._ticks.items() if tick.isChecked()] + self._unknown)

    def focus_widget(self) -> QWidget:
        """The first box."""
        return next(iter(self._ticks.values()), self._others)

    def tab_widgets(self) -> list[QWidget]:
        """Every box."""
        return list(self._ticks.values())

    def _show(self, value: str) -> None:
        codes = value.split()
        for code, tick in self._ticks.items():
            tick.setChecked(code in codes)
        self._unknown = [code for code in codes if code not in self._ticks]
        self._others.setText(" ".join(self._unknown))
        self._others.setVisible(bool(self._unknown))


def make_input(words: Words, field: FormField, name: str, parent: QWidget | None = None) -> FormInput:
    """The widget for a field.

    Args:
        name: object name of what is typed into.
    """
    kinds: dict[FieldKind, type[FormInput]] = {
        FieldKind.LONG_TEXT: ParagraphInput,
        FieldKind.YES_NO: PickInput,
        FieldKind.CHOICE: PickInput,
        FieldKind.CHOICES: TicksInput,
        FieldKind.ROWS: RowsInput,
    }
    return kinds.get(field.kind, LineInput)(words, field, name, parent)
