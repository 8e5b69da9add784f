"""A field of the form that is a table."""

from __future__ import annotations

import json

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.when import NO, YES
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.pick_list import PickList
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.theme import GAP


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
