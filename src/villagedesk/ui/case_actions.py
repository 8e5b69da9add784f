"""What the clerk can do with a case: a quiet list behind one key, and for each a card that asks what is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.case_possible import promised, returnable
from villagedesk.desk.views import CaseView
from villagedesk.domain.case import Case, CaseStatus, Material
from villagedesk.domain.delivery import SELF, Manner
from villagedesk.domain.evaluation import Stage
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.party import PartyRole, Relation
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.asking_card import AskingCard, conclusion_choice
from villagedesk.ui.buttons import button
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.digit_keys import DIGITS, DigitKeys
from villagedesk.ui.fields import Choice, Field, Tick
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.theme import GAP

KEY = "F4"


class Act(StrEnum):
    """What stands in the list, in its order; the words of each are ``ui.act.<value>.*``."""

    TOWNSHIP = "township"
    NOTE = "note"
    TELL = "tell"
    BRING = "bring"
    CONCLUDE = "conclude"
    HAND_OVER = "hand_over"
    TAKE_BACK = "take_back"
    DELIVER = "deliver"
    SCAN_BACK = "scan_back"
    RATE = "rate"
    CALL_BACK = "call_back"
    RETURN_PAPERS = "return_papers"
    RETURN_ALL = "return_all"
    WITHDRAW = "withdraw"
    VOID = "void"
    RENUMBER = "renumber"
    NOT_ENTERED = "not_entered"
    ARCHIVE = "archive"


_OF_CHANGE = {
    CaseChange.CONCLUDED: Act.CONCLUDE,
    CaseChange.HANDED_OVER: Act.HAND_OVER,
    CaseChange.TAKEN_BACK: Act.TAKE_BACK,
    CaseChange.DELIVERED: Act.DELIVER,
    CaseChange.RETURNED_TO_APPLICANT: Act.RETURN_ALL,
    CaseChange.WITHDRAWN: Act.WITHDRAW,
    CaseChange.VOIDED: Act.VOID,
    CaseChange.ARCHIVED: Act.ARCHIVE,
}
_RESULTS = frozenset({CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING, CaseStatus.DELIVERED, CaseStatus.ARCHIVED})
_WITH_REASON = frozenset({Act.WITHDRAW, Act.VOID, Act.RETURN_ALL, Act.TAKE_BACK, Act.NOT_ENTERED})
_WITH_WORDS = frozenset({Act.CONCLUDE, Act.TELL, Act.DELIVER})
_THERE_TOO = frozenset({Act.WITHDRAW, Act.RETURN_ALL, Act.DELIVER})
"""What the acceptance system is told by the program, and by the clerk where the case was entered by hand."""
_WITH_RECEIVER = frozenset({Act.HAND_OVER, Act.DELIVER, Act.RETURN_PAPERS})


@dataclass(frozen=True)
class Offer:
    """One entry of the list.

    Args:
        material: the paper that was promised, of :attr:`Act.BRING`.
        change: what the acceptance system shows of a case that was entered by hand, of :attr:`Act.NOTE`.
        stage: of which the villager says how it was, of :attr:`Act.RATE`.
    """

    act: Act
    material: Material | None = None
    change: CaseChange | None = None
    stage: Stage | None = None


def offers_of(view: CaseView) -> tuple[Offer, ...]:
    """What the desk accepts now, and nothing else."""
    offers = [Offer(Act.BRING, material) for material in promised(view.case)]
    offers += [Offer(_OF_CHANGE[change]) for change in view.possible if change in _OF_CHANGE]
    offers += [Offer(Act.NOTE, change=change) for change in view.notable]
    if view.tellable:
        offers.append(Offer(Act.TOWNSHIP))
    if _has_papers_to_come_back(view.case):
        offers.append(Offer(Act.SCAN_BACK))
    if view.by_hand and view.case.acceptance_no:
        offers.append(Offer(Act.RENUMBER))
    if view.entry_stands:
        offers.append(Offer(Act.NOT_ENTERED))
    offers += [Offer(Act.RATE, stage=stage) for stage in view.rateable]
    if view.call_backs:
        offers.append(Offer(Act.CALL_BACK))
    if view.untold:
        offers.append(Offer(Act.TELL))
    if returnable(view.case):
        offers.append(Offer(Act.RETURN_PAPERS))
    order = list(Act)
    return tuple(sorted(offers, key=lambda offer: order.index(offer.act)))


def _has_papers_to_come_back(case: Case) -> bool:
    """An authorization, what the township gives, a delivery record."""
    if case.mode is HandlingMode.GUIDED or case.local_no is None:
        return False
    carried = case.mode is HandlingMode.PROXY or case.party(PartyRole.AGENT) is not None
    return carried or case.status in _RESULTS


class ActionList(QFrame):
    """What can be done, to choose from with a digit or ↑↓ and Enter.

    Signals:
        chosen(Offer): an entry was taken.
        closed(): the clerk left it.
    """

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = surroundings.words
        self._offers: tuple[Offer, ...] = ()
        self.setObjectName("case_acts_card")
        self.setProperty("role", "notice-calm")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.list = CardList("case_act_list", self._words("ui.act.menu"), self)
        self.list.itemActivated.connect(lambda: self._take(self.list.currentRow()))
        leave = button("acts_leave", self._words("ui.act.close"), self.close_list, key="Esc", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(plain_label(self._words("ui.act.menu"), "h2", self))
        column.addWidget(self.list)
        column.addWidget(leave, 0, Qt.AlignmentFlag.AlignLeft)
        self._digits = DigitKeys(self, self.list.count, self._take)
        self.hide()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What can be done."""
        return self._offers

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Replace the entries."""
        self._offers = tuple(offers)
        self.list.show_cards([self._card(number, offer) for number, offer in enumerate(self._offers, start=1)])
        rows = sum(self.list.sizeHintForRow(row) for row in range(self.list.count()))
        self.list.setFixedHeight(rows + GAP * 2)
        if not self._offers:
            self.hide()

    def open(self) -> None:
        """Show the list."""
        self.show()
        self.list.setFocus()

    def let_digit_go(self) -> None:
        """The digit just pressed was a scanner's, and chooses nothing."""
        self._digits.let_go()

    def close_list(self) -> None:
        """Leave it; nothing was done."""
        self._digits.let_go()
        self.hide()
        self.closed.emit()

    def _take(self, place: int) -> None:
        if self.isVisible() and 0 <= place < len(self._offers):
            self.hide()
            self.chosen.emit(self._offers[place])

    def _card(self, number: int, offer: Offer) -> Card:
        name = offer.material.name if offer.material is not None else ""
        change = self._words(f"case_change.{offer.change}") if offer.change is not None else ""
        if offer.stage is not None:
            change = self._words(f"evaluation.stage.{offer.stage}")
        text = self._words(f"ui.act.{offer.act}.menu", name=name, change=change)
        title = self._words("ui.act.entry", number=number, text=text) if number <= DIGITS else text
        return Card(f"act_{offer.act} {name}{offer.change or ''}".strip(), title)


class ActionCard(AskingCard):
    """Asks what an act needs, and does it when the clerk confirms with the button that is named by what it does."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "act", parent)
        self._act: Act | None = None
        self._case_id = ""
        words = surroundings.words
        self._result_label = plain_label(words("ui.act.result"), "h3", self)
        self.result = conclusion_choice(words, "act_result", self)
        self._papers = QVBoxLayout()
        self._papers.setSpacing(0)
        self._ticks: dict[str, Tick] = {}
        self.reason = Field(words, "act_reason", words("ui.act.reason"), hint=words("ui.act.reason_hint"), parent=self)
        self.receiver = Field(
            words, "act_receiver", words("ui.act.receiver"), hint=words("ui.act.receiver_hint"), parent=self
        )
        self._how_label = plain_label(words("ui.act.deliver.relation"), "h3", self)
        self.relation = Choice("act_relation", words("ui.act.deliver.relation"), self)
        for relation in (SELF, *Relation):
            self.relation.addItem(words(f"domain.relation.{relation}"), str(relation))
        self._manner_label = plain_label(words("ui.act.deliver.manner"), "h3", self)
        self.manner = Choice("act_manner", words("ui.act.deliver.manner"), self)
        for manner in Manner:
            self.manner.addItem(words(f"delivery.manner.{manner}"), str(manner))
        self.said = Field(words, "act_words", words("ui.act.words"), hint=words("ui.act.words_hint"), parent=self)
        how = QHBoxLayout()
        how.setSpacing(GAP * 2)
        for label, choice in ((self._how_label, self.relation), (self._manner_label, self.manner)):
            label.setBuddy(choice)
            how.addWidget(label)
            how.addWidget(choice, 1)
        self._lay_out(self._papers, self._result_label, self.result, self.reason, self.receiver, how, self.said)

    def open(self, view: CaseView, act: Act) -> None:
        """Ask what the act needs."""
        words = self._with.words
        self._act, self._case_id = act, view.case.case_id
        for field, there in (
            (self.reason, act in _WITH_REASON),
            (self.receiver, act in _WITH_RECEIVER),
            (self.said, act in _WITH_WORDS),
        ):
            field.edit.clear()
            field.setVisible(there)
        if act in _WITH_RECEIVER and act is not Act.HAND_OVER:
            self.receiver.edit.setText(view.case.applicant.name)
        for widget in (self._how_label, self.relation, self._manner_label, self.manner):
            widget.setVisible(act is Act.DELIVER)
        self.relation.setCurrentIndex(0)
        self.manner.setCurrentIndex(0)
        self.result.setVisible(act is Act.CONCLUDE)
        self._result_label.setVisible(act is Act.CONCLUDE)
        self._show_papers(returnable(view.case) if act is Act.RETURN_PAPERS else ())
        there_too = act in _THERE_TOO and (view.by_hand or view.begun)
        means = f"bridge.act.{act}" if there_too else f"ui.act.{act}.means"
        if act is Act.NOT_ENTERED and view.entry_corrects:
            means = "ui.act.not_entered.means_of_correction"
        hint = "ui.act.not_entered.reason_hint" if act is Act.NOT_ENTERED else "ui.act.reason_hint"
        self.reason.edit.setPlaceholderText(words(hint))
        self._ask(
            words(f"ui.act.{act}.title"),
            words(means, number=view.case.acceptance_no),
            words(f"ui.act.{act}.sure"),
        )

    def first_focus(self) -> QWidget:
        """The first thing that is asked, or the confirming button where nothing is."""
        if self._ticks:
            return next(iter(self._ticks.values()))
        if self._act is Act.CONCLUDE:
            return self.result
        for field in self._fields().values():
            if field.isVisibleTo(self):
                return field.edit
        return self._sure

    def _work(self) -> Callable[[], object]:
        assert self._act is not None
        changes, numbers, case_id = self._with.desk.changes, self._with.desk.official_numbers, self._case_id
        reason, receiver, said = self.reason.text, self.receiver.text, self.said.text
        result = str(self.result.currentData())
        relation, manner = str(self.relation.currentData()), Manner(str(self.manner.currentData()))
        ticked = [requirement_id for requirement_id, tick in self._ticks.items() if tick.isChecked()]
        works: dict[Act, Callable[[], None]] = {
            Act.CONCLUDE: lambda: changes.conclude_here(case_id, result, said),
            Act.TELL: lambda: changes.note_told(case_id, said),
            Act.TAKE_BACK: lambda: changes.take_back(case_id, reason),
            Act.HAND_OVER: lambda: changes.hand_over(case_id, receiver),
            Act.DELIVER: lambda: changes.deliver(case_id, receiver, relation=relation, manner=manner, words=said),
            Act.RETURN_PAPERS: lambda: changes.return_papers(case_id, ticked, receiver),
            Act.RETURN_ALL: lambda: changes.return_to_applicant(case_id, reason),
            Act.WITHDRAW: lambda: changes.withdraw(case_id, reason),
            Act.VOID: lambda: changes.void(case_id, reason),
            Act.NOT_ENTERED: lambda: numbers.take_back(case_id, reason),
            Act.ARCHIVE: lambda: changes.archive(case_id),
        }
        return works[self._act]

    def _fields(self) -> Mapping[str, Field]:
        return {"reason": self.reason, "receiver": self.receiver, "words": self.said}

    def _show_papers(self, materials: Sequence[Material]) -> None:
        clear(self._papers)
        self._ticks = {}
        for material in materials:
            tick = Tick(f"act_paper_{material.requirement_id}", material.name, self._with.words("ui.act.paper"), self)
            tick.setChecked(len(materials) == 1)
            self._ticks[material.requirement_id] = tick
            self._papers.addWidget(tick)
        before: QWidget | None = None
        for widget in (*self._ticks.values(), self.receiver.edit, self._leave, self._sure):
            if before is not None:
                QWidget.setTabOrder(before, widget)
            before = widget
