"""Whom to visit, and when: asked for and planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QHBoxLayout, QWidget

from villagedesk.desk.visits import VisitView, VisitWish
from villagedesk.ui.asking_card import AskingCard
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.theme import GAP


class VisitCard(AskingCard):
    """Plans a visit, or changes its day and note."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "visit", parent)
        words = surroundings.words
        self._view: VisitView | None = None

        def field(name: str, hint: str = "") -> Field:
            label = words(f"ui.visits.ask.{name}")
            return Field(words, f"visit_{name}", label, hint=words(hint) if hint else "", parent=self)

        self._item_label = plain_label(words("ui.visits.ask.item"), "h3", self)
        self.item = Choice("visit_item", words("ui.visits.ask.item"), self)
        self._item_label.setBuddy(self.item)
        self.name = field("name")
        self.phone = field("phone")
        self.document_number = field("document_number")
        self.address = field("address")
        self.day = field("day", "ui.visits.ask.day_hint")
        self.note = field("note", "ui.visits.ask.note_hint")
        QWidget.setTabOrder(self.note.edit, self._leave)
        QWidget.setTabOrder(self._leave, self._sure)
        self._lay_out(
            self._item_label,
            self.item,
            _row(self.name, self.phone, self.document_number),
            self.address,
            _row(self.day, self.note),
        )

    def open_new(self) -> None:
        """Ask whom to visit."""
        words = self._with.words
        self._view = None
        self.item.clear()
        for item in self._with.desk.items.search("", 200):
            self.item.addItem(item.name, item.code)
        self._show(new=True)
        self._ask(words("ui.visits.ask.title"), words("ui.visits.ask.means"), words("ui.visits.ask.sure"))

    def open_change(self, view: VisitView) -> None:
        """Ask for another day or note."""
        words = self._with.words
        self._view = view
        self._show(new=False)
        self.day.edit.setText(view.visit.planned_on)
        self.note.edit.setText(view.visit.note)
        self._ask(
            words("ui.visits.ask.change_title", name=view.name),
            words("ui.visits.ask.change_means"),
            words("ui.visits.ask.change_sure"),
        )

    def first_focus(self) -> QWidget:
        """What the visit is for, or its day."""
        return self.item if self._view is None else self.day.edit

    def _show(self, *, new: bool) -> None:
        for one in self._fields().values():
            one.edit.clear()
        for widget in (self._item_label, self.item, self.name, self.phone, self.document_number, self.address):
            widget.setVisible(new)

    def _work(self) -> Callable[[], object]:
        visits, day, note = self._with.desk.visits, self.day.text, self.note.text
        if self._view is not None:
            number = self._view.visit.visit_no
            return lambda: visits.change(number, day, note)
        wish = VisitWish(
            item_code=str(self.item.currentData()),
            name=self.name.text,
            address=self.address.text,
            phone=self.phone.text,
            document_number=self.document_number.text,
            on=day,
            note=note,
        )
        return lambda: visits.plan(wish)

    def _fields(self) -> Mapping[str, Field]:
        return {
            "name": self.name,
            "phone": self.phone,
            "document_number": self.document_number,
            "address": self.address,
            "on": self.day,
            "note": self.note,
        }


def _row(*fields: Field) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP * 2)
    for one in fields:
        row.addWidget(one, 1)
    return row
