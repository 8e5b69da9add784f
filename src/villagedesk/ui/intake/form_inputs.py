"""One widget for each kind of field an item's form can have; all speak in the texts a draft keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.when import NO, YES
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice, Tick
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_TEXT_LINES = 3
_TICKS_IN_A_ROW = 3


class PickList(Choice):
    """Options by code, with an empty first line; a code that is not among them is kept and shown as it is.

    The wheel does not turn it: a clerk scrolls the page, and would change an answer without seeing it.
    """

    def __init__(
        self, name: str, label: str, options: Sequence[Option], empty: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, label, parent)
        self.addItem(empty, "")
        for option in options:
            self.addItem(option.label, option.code)
        self._known = self.count()

    def code(self) -> str:
        """The chosen option's code, "" for none."""
        return str(self.currentData() or "")

    def choose(self, code: str) -> None:
        """Choose by code."""
        while self.count() > self._known:
            self.removeItem(self._known)
        place = self.findData(code)
        if place < 0:
            self.addItem(code, code)
            place = self.count() - 1
        self.setCurrentIndex(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()


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
        if self.field.unit:
            row.addWidget(plain_label(self.field.unit, "quiet", self))
        self._column.addLayout(row)

    def value(self) -> str:
        """As typed."""
        return self._edit.text()

    def focus_widget(self) -> QWidget:
        """The line."""
        return self._edit

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
        grid = QGridLayout()
        grid.setSpacing(GAP)
        for place, option in enumerate(self.field.options):
            tick = Tick(f"{name}_{option.code}", option.label, self.field.label, self)
            tick.toggled.connect(self._was_chosen)
            self._ticks[option.code] = tick
            grid.addWidget(tick, place // _TICKS_IN_A_ROW, place % _TICKS_IN_A_ROW)
        self._others = plain_label("", "quiet", self)
        self._others.hide()
        self._column.addLayout(grid)
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


class RowsInput(FormInput):
    """A table, e.g. the members of a family: rows can be added and taken away; what a row holds besides its columns
    stays."""

    @property
    def wide(self) -> bool:
        """Always."""
        return True

    def _build(self, name: str) -> None:
        self._name = name
        self._rows: list[tuple[dict[str, str], list[QLineEdit | PickList]]] = []
        self._away: list[QWidget] = []
        self._unread = ""
        box = QWidget(self)
        self._grid = QGridLayout(box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._add = button(f"{name}_add", self._words("ui.form.add_row"), self._add_row, role="plain", parent=self)
        self._add.setAccessibleName(self._words("ui.form.add_row_to", label=self.field.label))
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addStretch(1)
        self._column.addWidget(box)
        self._column.addLayout(row)

    def value(self) -> str:
        """A JSON list of objects; "" without rows."""
        if self._unread:
            return self._unread
        columns = self.field.columns
        rows = [
            {**kept, **{column.name: _text(cell) for column, cell in zip(columns, cells, strict=True)}}
            for kept, cells in self._rows
        ]
        return json.dumps(rows, ensure_ascii=False) if rows else ""

    def focus_widget(self) -> QWidget:
        """The first cell, else the button that adds a row."""
        return self._rows[0][1][0] if self._rows else self._add

    def tab_widgets(self) -> list[QWidget]:
        """Row by row, then the button that adds one."""
        rows = zip(self._rows, self._away, strict=True)
        return [*(widget for (_, cells), away in rows for widget in (*cells, away)), self._add]

    def _show(self, value: str) -> None:
        try:
            raw = json.loads(value) if value else []
        except (ValueError, RecursionError):
            raw = None
        whole = isinstance(raw, list) and all(isinstance(row, dict) for row in raw)
        # what cannot be read as a table stays as it is until a row is added
        self._unread = "" if whole else value
        self._rows.clear()
        clear(self._grid)
        for row in raw if whole and isinstance(raw, list) else []:
            self._append({str(key): str(cell) for key, cell in row.items()})
        self._lay_rows()

    def _append(self, row: dict[str, str]) -> None:
        number = len(self._rows) + 1
        cells: list[QLineEdit | PickList] = []
        for column in self.field.columns:
            name = f"{self._name}_{number}_{column.name}"
            label = self._words("ui.form.cell", number=number, label=column.label)
            cells.append(self._cell(column, name, label, row.get(column.name, "")))
        self._rows.append((row, cells))

    def _cell(self, column: FormField, name: str, label: str, value: str) -> QLineEdit | PickList:
        if column.kind in (FieldKind.CHOICE, FieldKind.YES_NO):
            options = column.options
            if column.kind is FieldKind.YES_NO:
                options = tuple(Option(code, self._words(f"ui.form.{code}")) for code in (YES, NO))
            picked = PickList(name, label, options, self._words("ui.form.choose"), self)
            picked.choose(value)
            picked.currentIndexChanged.connect(self._was_chosen)
            return picked
        edit = QLineEdit(value, self)
        edit.setObjectName(name)
        edit.setAccessibleName(label)
        if column.kind is FieldKind.DATE:
            edit.setPlaceholderText(self._words("ui.form.date_hint"))
        edit.textChanged.connect(self._was_typed)
        edit.editingFinished.connect(self.settled)
        return edit

    def _lay_rows(self) -> None:
        self._away = []
        for place, column in enumerate(self.field.columns if self._rows else ()):
            label = self._words("ui.form.required", label=column.label) if column.required else column.label
            head = f"{label}（{column.unit}）" if column.unit else label
            self._grid.addWidget(plain_label(head, "small"), 0, place)
            self._grid.setColumnStretch(place, 1)
        for number, (_, cells) in enumerate(self._rows, start=1):
            for place, cell in enumerate(cells):
                self._grid.addWidget(cell, number, place)
            away = button(
                f"{self._name}_{number}_remove",
                self._words("ui.form.remove_row"),
                lambda number=number: self._remove_row(number - 1),  # type: ignore[misc]
                role="link",
            )
            away.setAccessibleName(self._words("ui.form.remove_row_number", number=number))
            self._away.append(away)
            self._grid.addWidget(away, number, len(cells))
        self.laid.emit()

    def _add_row(self) -> None:
        self._take([*self._kept_rows(), {}])
        self._rows[-1][1][0].setFocus()

    def _remove_row(self, place: int) -> None:
        rows = self._kept_rows()
        del rows[place]
        self._take(rows)
        self.focus_widget().setFocus()

    def _kept_rows(self) -> list[dict[str, str]]:
        return json.loads(self.value()) if self._rows else []

    def _take(self, rows: list[dict[str, str]]) -> None:
        self.fill(json.dumps(rows, ensure_ascii=False) if rows else "")
        self._was_chosen()


def _text(cell: QLineEdit | PickList) -> str:
    return cell.code() if isinstance(cell, PickList) else cell.text()


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
