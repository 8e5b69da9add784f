"""What the township says of a case, on paper or by telephone: asked for and noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.told_by_hand import NEEDS_WORDS
from villagedesk.desk.township import Medium, TownshipSaid
from villagedesk.desk.views import CaseView
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.problems import Problem
from villagedesk.ui.asking_card import AskingCard, conclusion_choice
from villagedesk.ui.background import Lane
from villagedesk.ui.cards import Card
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.proxy.pick_list import PickList
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.stop_choice import StopChoice
from villagedesk.ui.theme import GAP

_WITH_LIMIT = {
    CaseChange.ACCEPTED: "township.card.limit_accepted",
    CaseChange.CORRECTION_ASKED: "township.card.limit_wanted",
}
_WANTED_HEIGHT = 128
_WITH_NOTICE = frozenset({CaseChange.ACCEPTED, CaseChange.CORRECTION_ASKED, CaseChange.REFUSED})


class TownshipCard(AskingCard):
    """Asks who said what, and writes it."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "township", parent)
        words = surroundings.words
        self._view: CaseView | None = None
        self.change = Choice("township_change", words("township.card.what"), self)
        self.change.activated.connect(lambda _: self._fit())

        def field(name: str, key: str = "", hint: str = "") -> Field:
            text = words(f"township.card.{key or name}")
            return Field(words, f"township_{name}", text, hint=words(hint) if hint else "", parent=self)

        # made in the order in which they are read, which is Qt's order of Tab
        self.teller = field("teller", "told_by", "township.card.told_by_hint")
        self.medium = Choice("township_medium", words("township.card.medium"), self)
        for medium in Medium:
            self.medium.addItem(words(f"township.medium.{medium}"), str(medium))
        self._result_label = plain_label(words("township.card.result"), "h3", self)
        self.result = conclusion_choice(words, "township_result", self)
        self.stop = StopChoice(words, "township_stop", self)
        self._wanted_label = plain_label(words("township.card.wanted"), "h3", self)
        self._marked: set[str] = set()
        self.wanted = PickList("township_wanted", words("township.card.wanted"), self)
        self.wanted.setFixedHeight(_WANTED_HEIGHT)
        self.wanted.toggled.connect(self._toggle)
        self.wanted.itemClicked.connect(lambda _: self._toggle())
        self.said = field("words")
        self.number = field("number")
        self.day = field("day", hint="township.card.day_hint")
        self.limit = field("limit", "limit_accepted", "township.card.day_hint")
        self.notice_no = field("notice_no")
        self.organ = field("organ")
        QWidget.setTabOrder(self.organ.edit, self._leave)
        QWidget.setTabOrder(self._leave, self._sure)
        medium_label = plain_label(words("township.card.medium"), "h3", self)
        medium_label.setBuddy(self.medium)
        how = QVBoxLayout()
        how.setSpacing(GAP // 2)
        how.addWidget(medium_label)
        how.addWidget(self.medium)
        how.addStretch(1)
        what_label = plain_label(words("township.card.what"), "h3", self)
        what_label.setBuddy(self.change)
        what = QVBoxLayout()
        what.setSpacing(GAP // 2)
        what.addWidget(what_label)
        what.addWidget(self.change)
        what.addStretch(1)
        self._lay_out(
            _side_by_side(what, self.teller, how),
            self._result_label,
            self.result,
            self.stop,
            self._wanted_label,
            self.wanted,
            self.said,
            _side_by_side(self.number, self.day, self.limit),
            _side_by_side(self.notice_no, self.organ),
        )

    def open(self, view: CaseView) -> None:
        """Ask what was said of a case."""
        words, case = self._with.words, view.case
        self._view = view
        self.change.clear()
        for change in view.tellable:
            self.change.addItem(words(f"case_change.{change}"), str(change))
        for field in self._fields().values():
            field.edit.clear()
        self.number.edit.setText(case.township_no)
        self.stop.begin()
        self._marked.clear()
        self._show_wanted()
        self._ask(words("township.card.title"), words("township.card.means"), words("township.card.sure"))
        self._fit()
        township = self._with.desk.township
        self._with.background.run(self, township.last_teller, self._offer_teller, lane=Lane.READS)

    def first_focus(self) -> QWidget:
        """What was said."""
        return self.change

    @property
    def _chosen(self) -> CaseChange:
        return CaseChange(str(self.change.currentData()))

    def _fit(self) -> None:
        """Ask what belongs to that change, and nothing else; what was typed stays."""
        words, change = self._with.words, self._chosen
        for widget in (self._result_label, self.result):
            widget.setVisible(change is CaseChange.CONCLUDED)
        self.stop.setVisible(change is CaseChange.SUSPENDED)
        for asked in (self._wanted_label, self.wanted):
            asked.setVisible(change is CaseChange.CORRECTION_ASKED)
        if change is CaseChange.CORRECTION_ASKED:
            self.said.ask_for(words("township.card.words_wanted"))
        else:
            self.said.ask_for(words("township.card.words_reason" if change in NEEDS_WORDS else "township.card.words"))
        self.limit.setVisible(change in _WITH_LIMIT)
        if change in _WITH_LIMIT:
            self.limit.ask_for(words(_WITH_LIMIT[change]))
        for field in (self.notice_no, self.organ):
            field.setVisible(change in _WITH_NOTICE)

    def _offer_teller(self, name: str) -> None:
        if name and not self.teller.text:
            self.teller.edit.setText(name)
            self.teller.edit.selectAll()

    def _work(self) -> Callable[[], object]:
        assert self._view is not None
        township, case_id, change = self._with.desk.township, self._view.case.case_id, self._chosen
        said = TownshipSaid(
            told_by=self.teller.text,
            medium=Medium(str(self.medium.currentData())),
            number=self.number.text,
            on=self.day.text,
            words=self.said.text,
            result=str(self.result.currentData()) if change is CaseChange.CONCLUDED else "",
            stop=self.stop.chosen,
            wanted=sorted(self._marked) if change is CaseChange.CORRECTION_ASKED else (),
            limit=self.limit.text if change in _WITH_LIMIT else "",
            notice_no=self.notice_no.text if change in _WITH_NOTICE else "",
            organ=self.organ.text if change in _WITH_NOTICE else "",
        )
        return lambda: township.note(case_id, change, said)

    def _fields(self) -> Mapping[str, Field]:
        return {
            "told_by": self.teller,
            "number": self.number,
            "on": self.day,
            "words": self.said,
            "limit": self.limit,
            "notice_no": self.notice_no,
            "organ": self.organ,
        }

    def _tell_elsewhere(self, problem: Problem) -> bool:
        return self.stop.tell(problem)

    def _toggle(self) -> None:
        key = self.wanted.current_key()
        if key:
            self._marked ^= {key}
            self._show_wanted()

    def _show_wanted(self) -> None:
        words = self._with.words
        badge = ((words("township.card.marked"), "warn"),)
        materials = self._view.case.materials if self._view is not None else ()
        self.wanted.show_cards(
            [
                Card(one.requirement_id, one.name, badges=badge if one.requirement_id in self._marked else ())
                for one in materials
            ]
        )


def _side_by_side(*parts: QWidget | QVBoxLayout) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP * 2)
    for part in parts:
        if isinstance(part, QVBoxLayout):
            row.addLayout(part, 1)
        else:
            row.addWidget(part, 2)
    return row
