"""指导网办: the steps and the code for the villager's phone, and one line in the register in under 20 seconds."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.guided import Help
from villagedesk.desk.views import Sentence, TakenIn
from villagedesk.domain.problems import Problem
from villagedesk.domain.service_item import ServiceItem
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.fields import Field, Tick
from villagedesk.ui.guides.item_guide import ItemGuide
from villagedesk.ui.handout import Handout
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_TWO_COLUMNS = 1000
_USUAL = frozenset({Help.SHOWN, Help.HELPED_ONLINE})
_FIELDS = {"domain.name": "name", "domain.phone": "phone", "guided.note_long": "note"}


@dataclass(frozen=True)
class Unfinished:
    """An entry that was left before it was made.

    Args:
        texts: by field.
    """

    texts: dict[str, str]
    given: Collection[Help]


class GuidedEntry(Screen):
    """The guide of one item beside a short form; Enter goes on and enters the help given.

    Args:
        item: what the villager applies for.
        unfinished: by item code; what is typed and not entered is put there when the clerk goes elsewhere, and is back
            when the item's entry is opened again.
    """

    help_key = "ui.help.guided"
    nav = "nav_guides"

    def __init__(
        self,
        surroundings: Surroundings,
        item: ServiceItem,
        unfinished: dict[str, Unfinished],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._item = item
        self._unfinished = unfinished
        self._busy = False
        self._token = str(uuid.uuid4())
        self._last = ""
        words = surroundings.words
        self._guide = ItemGuide(words, self, online_first=True)
        self._guide.show_item(item)
        self._paper = Handout(surroundings, self)
        self._paper.worked.connect(self.worked)
        self._fields = {
            name: Field(words, f"guided_{name}", words(f"ui.guided.{name}"), parent=self)
            for name in ("name", "phone", "note")
        }
        self._ticks = {
            one: Tick(f"guided_{one}", words(f"guided.help.{one}"), words("ui.guided.help"), self) for one in Help
        }
        self._no_help = SentenceLabel(words, "guided_no_help", self)
        self._no_help.hide()
        self._done = SentenceLabel(words, "guided_done", self)
        self._kept = SentenceLabel(words, "guided_kept", self)
        self._anew = button("guided_anew", words("ui.guided.anew"), self._begin_anew, role="link", parent=self)
        self._open = button("guided_open", words("ui.guided.open"), self._open_last, role="link", parent=self)
        self._back = button("back", words("ui.back"), self.back_wanted.emit, key="Esc", parent=self)
        self._print = button(
            "print_guide",
            words("ui.guide.print"),
            self._print_guide,
            key="F8",
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._go = button("primary_button", words("ui.guided.go"), self._note, key="Enter", role="primary", parent=self)
        self._halves = QHBoxLayout()
        self._ticks_grid = QGridLayout()
        self._lay_out()
        self._lay_ticks(2)
        name, phone, note = (field.edit for field in self._fields.values())
        way = [name, phone, *self._ticks.values(), note, self._go, self._print, self._back]
        for before, after in pairwise(way):
            QWidget.setTabOrder(before, after)
        self._begin_entry()
        self._put_back()
        self._done_row.hide()
        on_enter(self, self._next)
        on_key(self, "Esc", self.back_wanted.emit)
        on_key(self, "F8", self._print_guide)

    def title(self) -> str:
        """指导网办"""
        return self._with.words("ui.guided.title")

    def first_focus(self) -> QWidget:
        """The name."""
        return self._fields["name"].edit

    def leave(self) -> None:
        """What is typed is kept; what is on its way is entered."""
        texts = {name: field.text for name, field in self._fields.items()}
        if any(text.strip() for text in texts.values()) and not self._busy:
            given = [one for one, tick in self._ticks.items() if tick.isChecked()]
            self._unfinished[self._item.code] = Unfinished(texts, given)
        else:
            self._unfinished.pop(self._item.code, None)

    def _lay_out(self) -> None:
        words = self._with.words
        self._done_row = QFrame(self)
        self._done_row.setProperty("role", "notice-good")
        row = QHBoxLayout(self._done_row)
        row.setContentsMargins(GAP * 2, GAP // 2, GAP, GAP // 2)
        row.addWidget(self._done, 1)
        row.addWidget(self._open)
        guide = QFrame(self)
        guide.setProperty("role", "card")
        inner = QVBoxLayout(guide)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP, GAP * 2)
        inner.addWidget(self._guide)
        form = QFrame(self)
        form.setProperty("role", "card")
        content = QWidget()
        fields = QVBoxLayout(content)
        fields.setContentsMargins(0, 0, GAP, 0)
        fields.setSpacing(GAP // 2)
        fields.addWidget(plain_label(words("ui.guided.form"), "h2", content))
        fields.addWidget(wrapping_label(words("ui.guided.quiet"), "quiet", content))
        fields.addWidget(self._kept)
        fields.addWidget(self._anew)
        fields.addWidget(self._fields["name"])
        fields.addWidget(self._fields["phone"])
        fields.addWidget(plain_label(words("ui.guided.help"), "h3", content))
        fields.addLayout(self._ticks_grid)
        fields.addWidget(self._no_help)
        fields.addWidget(self._fields["note"])
        fields.addStretch(1)
        around = QVBoxLayout(form)
        around.setContentsMargins(GAP * 2, GAP * 2, GAP, GAP * 2)
        around.addWidget(scrolled(content, form))
        self._halves.setSpacing(GAP * 2)
        self._halves.addWidget(guide, 5)
        self._halves.addWidget(form, 4)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self._back)
        foot.addWidget(self._print)
        foot.addStretch(1)
        foot.addWidget(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP * 2)
        column.addWidget(self._done_row)
        column.addLayout(self._halves, 1)
        column.addWidget(self._paper)
        column.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two ticks side by side where there is room."""
        super().resizeEvent(event)
        self._lay_ticks(2 if event.size().width() >= _TWO_COLUMNS else 1)

    def _lay_ticks(self, columns: int) -> None:
        for place, tick in enumerate(self._ticks.values()):
            self._ticks_grid.addWidget(tick, place // columns, place % columns)

    def _begin_entry(self) -> None:
        self._token = str(uuid.uuid4())
        for field in self._fields.values():
            field.edit.clear()
            field.tell(None)
        for one, tick in self._ticks.items():
            tick.setChecked(one in _USUAL)
        self._no_help.hide()
        self._kept.hide()
        self._anew.hide()

    def _put_back(self) -> None:
        before = self._unfinished.pop(self._item.code, None)
        if before is None:
            return
        for name, text in before.texts.items():
            self._fields[name].edit.setText(text)
        for one, tick in self._ticks.items():
            tick.setChecked(one in before.given)
        self._kept.tell(Sentence("ui.guided.kept", {}, "warn"))
        self._kept.show()
        self._anew.show()

    def _begin_anew(self) -> None:
        self._begin_entry()
        self._fields["name"].edit.setFocus()

    def _next(self) -> None:
        """Enter: from the name to the phone, from everywhere else the entry is made."""
        name, phone = self._fields["name"], self._fields["phone"]
        if name.edit.hasFocus() and name.text.strip() and not phone.text:
            phone.edit.setFocus()
        else:
            self._note()

    def _note(self) -> None:
        if self._busy:
            return
        for field in self._fields.values():
            field.tell(None)
        self._no_help.hide()
        self._busy = True
        guided, code, token = self._with.desk.guided, self._item.code, self._token
        name, phone, note = (self._fields[one].text for one in ("name", "phone", "note"))
        given = [one for one, tick in self._ticks.items() if tick.isChecked()]

        def noted(taken: TakenIn) -> None:
            self._busy = False
            self.worked.emit()
            self._last = taken.case_id
            params = {
                "name": name.strip(),
                "number": taken.local_no,
                "time": self._with.words.clock_time(taken.saved_at),
            }
            self._done.tell(Sentence("ui.guided.done", params, "good"))
            self._done_row.show()
            self._begin_entry()
            self._fields["name"].edit.setFocus()

        self._with.background.run(
            self,
            lambda: guided.note(code, name, phone, given, note, token=token),
            noted,
            failed=self._failed,
            words=self._with.words("ui.guided.working"),
        )

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        sentence = Sentence(problem.key, problem.params, "bad")
        if problem.key == "guided.no_help":
            self._no_help.tell(sentence)
            self._no_help.show()
            next(iter(self._ticks.values())).setFocus()
            return
        for prefix, name in _FIELDS.items():
            if problem.key.startswith(prefix):
                self._fields[name].tell(sentence)
                self._fields[name].look_again()
                return
        self._with.background.problem.emit(problem)

    def _print_guide(self) -> None:
        self._ticks[Help.PRINTED].setChecked(True)
        self._paper.print_guide(self._item.code, self._item.name)

    def _open_last(self) -> None:
        self.case_wanted.emit(self._last)
