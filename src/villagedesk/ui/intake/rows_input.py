"""A field of the form that is a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.when import NO, YES
from villagedesk.ui.buttons import button
from villagedesk.ui.columns import ColumnsLayout
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.pick_list import PickList
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SHAPES, SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_SHORT = 3
"""Chinese characters of an option that are to be read in a cell."""
_IN_CELL = {FieldKind.RESIDENT_ID: 18, FieldKind.USCC: 18, FieldKind.DATE: 10, FieldKind.PHONE: 11}
"""Digits a cell must show at once."""


class RowsInput(FormInput):
    """A table, e.g. the members of a family: rows can be added and taken away; what a row holds besides its columns
    stays. Each row is a block of labelled cells in as many columns as there is room for."""

    @property
    def wide(self) -> bool:
        """Always."""
        return True

    def _build(self, name: str) -> None:
        self._name = name
        self._rows: list[tuple[dict[str, str], list[QLineEdit | PickList]]] = []
        self._numbers: list[QLabel] = []
        self._troubles: list[SentenceLabel] = []
        self._away: list[QWidget] = []
        self._unread = ""
        box = QWidget(self)
        self._blocks = QVBoxLayout(box)
        self._blocks.setContentsMargins(0, 0, 0, 0)
        self._blocks.setSpacing(GAP * 2)
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

    def widget_at(self, place: str) -> QWidget:
        """The cell, where it is there."""
        return self._cells().get(place) or self.focus_widget()

    def next_within(self, widget: QWidget) -> QWidget | None:
        """The cell after this one, row by row."""
        cells = [cell for _, row in self._rows for cell in row]
        following: dict[QWidget, QWidget] = dict(pairwise(cells))
        return following.get(widget)

    def mark(self, places: Mapping[str, Sentence]) -> None:
        """Those cells; a shape before the number of their row, and the sentences beside it."""
        told_of: dict[int, Sentence] = {}
        for place, cell in self._cells().items():
            told = places.get(place)
            if told is not None:
                number = int(place.partition(".")[0])
                before = told_of.get(number)
                if before is None:
                    told_of[number] = told
                else:
                    both = {"first": before, "second": told}
                    told_of[number] = Sentence(
                        "ui.form.together", both, "bad" if "bad" in (before.tone, told.tone) else "warn"
                    )
            cell.setAccessibleDescription(self._words.of(told) if told is not None else "")
            trouble = "true" if told is not None and told.tone == "bad" else "false"
            if cell.property("trouble") != trouble:
                cell.setProperty("trouble", trouble)
                cell.style().unpolish(cell)
                cell.style().polish(cell)
        for number, (label, beneath) in enumerate(zip(self._numbers, self._troubles, strict=True), start=1):
            of_row = told_of.get(number)
            label.setText(f"{SHAPES[of_row.tone]} {number}" if of_row is not None else str(number))
            beneath.tell(of_row)
            beneath.setVisible(of_row is not None)

    def _cells(self) -> dict[str, QWidget]:
        """By ``<row>.<column>``."""
        return {
            f"{number}.{column.name}": cell
            for number, (_, cells) in enumerate(self._rows, start=1)
            for column, cell in zip(self.field.columns, cells, strict=True)
        }

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
        clear(self._blocks)
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
            # as wide as the table leaves room for, not as its longest option
            picked.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            picked.setMinimumContentsLength(_SHORT)
            picked.currentIndexChanged.connect(self._was_chosen)
            return picked
        edit = QLineEdit(value, self)
        edit.setObjectName(name)
        edit.setAccessibleName(label)
        characters = _IN_CELL.get(column.kind, _SHORT * 2)
        edit.setMinimumWidth(edit.fontMetrics().horizontalAdvance("0" * characters) + GAP * 4)
        if column.kind is FieldKind.DATE:
            edit.setPlaceholderText(self._words("ui.form.date_hint"))
        edit.textChanged.connect(self._was_typed)
        edit.editingFinished.connect(self.settled)
        return edit

    def _lay_rows(self) -> None:
        self._away = []
        self._numbers = []
        self._troubles = []
        for number, (_, cells) in enumerate(self._rows, start=1):
            self._blocks.addWidget(self._block(number, cells))
        self.laid.emit()

    def _block(self, number: int, cells: list[QLineEdit | PickList]) -> QFrame:
        """A row: its number, what is wrong with it and the way to take it away, then its cells."""
        block = QFrame(self)
        head = QHBoxLayout()
        counted = plain_label(str(number), "h3")
        counted.setObjectName(f"{self._name}_{number}_number")
        self._numbers.append(counted)
        trouble = SentenceLabel(self._words, f"{self._name}_{number}_trouble", block)
        trouble.hide()
        self._troubles.append(trouble)
        away = self._remove_button(number)
        self._away.append(away)
        head.addWidget(counted, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(trouble, 1)
        head.addStretch(0)
        head.addWidget(away, 0, Qt.AlignmentFlag.AlignTop)
        within = QWidget(block)
        columns = ColumnsLayout(within, GAP)
        for column, cell in zip(self.field.columns, cells, strict=True):
            columns.addWidget(self._labelled(column, cell))
        lines = QVBoxLayout(block)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(within)
        return block

    def _labelled(self, column: FormField, cell: QLineEdit | PickList) -> QWidget:
        box = QWidget(self)
        lines = QVBoxLayout(box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(GAP // 4)
        lines.addStretch(1)  # so that cells stand at one height, however long their labels are
        label = self._words("ui.form.required", label=column.label) if column.required else column.label
        title = wrapping_label(f"{label}（{column.unit}）" if column.unit else label, "small", box)
        title.setBuddy(cell)
        lines.addWidget(title)
        lines.addWidget(cell)
        return box

    def _remove_button(self, number: int) -> QPushButton:
        words = self._words
        name = f"{self._name}_{number}_remove"
        away = button(name, words("ui.form.remove_row"), lambda: self._remove_row(number - 1), role="link")
        away.setAccessibleName(words("ui.form.remove_row_number", number=number))
        return away

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
