"""The item's own form 填写内容, generated from its fields: sections, order, help, conditions."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Sentence
from villagedesk.domain.form_check import FORM
from villagedesk.domain.service_item import ServiceItem
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.form_inputs import make_input
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP


def within(place: str) -> str:
    """What of ``form.<field>.<row>.<column>`` stands behind the field; "" for a field itself."""
    return place.removeprefix(FORM).partition(".")[2] if place.startswith(FORM) else ""


class FormCard(QFrame):
    """The form of the draft's item; fields whose condition does not hold are hidden and keep what they hold.

    Args:
        before: Tab goes from it to the form's first field.

    Signals:
        typed(), settled(): as of :class:`villagedesk.ui.intake.form_inputs.FormInput`.
    """

    typed = Signal()
    settled = Signal()

    def __init__(self, words: Words, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._words = words
        self._before = before
        self._item: ServiceItem | None = None
        self._inputs: dict[str, FormInput] = {}
        self._sections: list[tuple[QLabel, list[str]]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        self._column.setSpacing(GAP)

    def fill(self, draft: DraftView) -> None:
        """Show another draft, or the same bound to another version of its item: every value anew."""
        if self._item != draft.item:
            self._item = draft.item
            self._build(draft.item)
        for name, one in self._inputs.items():
            one.fill(draft.case.form.get(name, ""))

    def show_state(self, draft: DraftView, sentences: Mapping[str, Sentence]) -> None:
        """Which fields are asked for now, and what is wrong with them.

        Args:
            sentences: by field, with ``form.`` before its name; those of a table's cells stand at the table.
        """
        shown = frozenset(draft.form_shown)
        for name, one in self._inputs.items():
            one.setVisible(name in shown)
            field = FORM + name
            own = {key: told for key, told in sentences.items() if key == field or key.startswith(f"{field}.")}
            one.tell(next(iter(own.values()), None))
            one.mark({within(key): told for key, told in own.items() if within(key)})
        for title, names in self._sections:
            title.setVisible(any(name in shown for name in names))

    def values(self) -> dict[str, str]:
        """Everything, with ``form.`` before the names."""
        return {FORM + name: one.value() for name, one in self._inputs.items()}

    def input(self, place: str) -> FormInput | None:
        """The field of a sentence: ``form.<field>`` or ``form.<field>.<row>.<column>``."""
        return self._inputs.get(place.removeprefix(FORM).partition(".")[0]) if place.startswith(FORM) else None

    def shown_inputs(self) -> list[FormInput]:
        """Those asked for now, in order."""
        return [one for one in self._inputs.values() if one.isVisibleTo(self)]

    def _build(self, item: ServiceItem) -> None:
        clear(self._column)
        self._inputs.clear()
        self._sections.clear()
        self._column.addWidget(plain_label(self._words("ui.form.title", item=item.name), "h2"))
        grid = self._new_grid()
        place = 0
        names: list[str] = []
        for field in item.fields:
            if field.section:
                title = plain_label(field.section, "h3")
                names = []
                self._sections.append((title, names))
                self._column.addWidget(title)
                grid, place = self._new_grid(), 0
            names.append(field.name)
            one = make_input(self._words, field, f"form_{field.name}", self)
            one.typed.connect(self.typed)
            one.settled.connect(self.settled)
            one.laid.connect(self._order_tabs)
            self._inputs[field.name] = one
            if one.wide and place % 2:
                place += 1
            grid.addWidget(one, place // 2, place % 2, 1, 2 if one.wide else 1, Qt.AlignmentFlag.AlignTop)
            place += 2 if one.wide else 1
        self._order_tabs()

    def _order_tabs(self) -> None:
        """What is made late would come after everything else in the window."""
        last = self._before
        for one in self._inputs.values():
            for widget in one.tab_widgets():
                QWidget.setTabOrder(last, widget)
                last = widget

    def _new_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP * 4)
        grid.setVerticalSpacing(GAP * 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._column.addLayout(grid)
        return grid
