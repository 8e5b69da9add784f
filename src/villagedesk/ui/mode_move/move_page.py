"""改为系统受理: carried cases whose item the acceptance system takes in now, and what becomes of each."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.move_views import Decision, MoveCase, MovedItem, MoveView, Outcome, Undone
from villagedesk.desk.views import Sentence
from villagedesk.domain.mode_move import Way
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.digit_keys import DigitKeys
from villagedesk.ui.layouts import clear, inside, titled_card
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.mode_move.case_detail import CaseDetail
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, Words, wrapping_label
from villagedesk.ui.settings.ask import Ask
from villagedesk.ui.theme import GAP

_BESIDE = 900
"""Width from which the case stands beside the list, in logical pixels."""
_LIST_HEIGHT = 220
_LOOK_AGAIN = frozenset({"bridge.number_like_ours", "bridge.number_personal", "bridge.number_length"})
_BADGES = {Way.ENTER: "good", Way.BIND: "calm", Way.STAY: "warn"}


class _OpenList(CardList):
    """Signals:
    put_off(): Space on the chosen row.
    """

    put_off = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space puts the decision off, or takes what is proposed."""
        if event.text() == " ":
            self.put_off.emit()
            return
        super().keyPressEvent(event)


class MovePage(Screen):
    """Signals:
    mend_wanted(str): open the case with that id for what it lacks.
    """

    mend_wanted = Signal(str)

    help_key = "ui.help.mode_move"
    nav = "nav_proxy"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = words = surroundings.words
        self._works = surroundings.may(Right.WORK)
        self._cases: dict[str, MoveCase] = {}
        self._chosen: dict[str, Decision | None] = {}
        self._refused: dict[str, Sentence] = {}
        self._coming_up = False
        self._items_shown: tuple[MovedItem, ...] = ()
        self._items = QVBoxLayout()
        self._items.setSpacing(GAP)
        self._compared = wrapping_label("", "small", self)
        self._compared.setObjectName("move_compared")
        self._none = wrapping_label(words("mode_move.page.none"), "quiet", self)
        self._none.setObjectName("move_none")
        self._how = wrapping_label(words("mode_move.page.how"), "small", self)
        self._more = wrapping_label("", "quiet", self)
        self._more.setObjectName("move_more")
        self._list = _OpenList("move_list", words("mode_move.page.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.currentRowChanged.connect(lambda _: self._show_case())
        self._list.put_off.connect(self._put_off)
        self._digits = DigitKeys(self._list, lambda: len(Way), lambda row: self._detail.choose(list(Way)[row]))
        self._detail = CaseDetail(surroundings, self)
        self._detail.chosen.connect(self._choose)
        self._detail.mend_wanted.connect(self.mend_wanted)
        self._detail.open_wanted.connect(self.case_wanted)
        self._said = SentenceLabel(words, "move_said", self)
        self._said.hide()
        self._ask = Ask(words, self)
        self._long = LongWork(words, surroundings.background, self)
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._go = button("primary_button", "", self._carry_out, role="primary", parent=self)
        self._lay_out()
        on_key(self, "Esc", self._escape)
        on_enter(self, self._carry_out)
        self._show(None)

    def title(self) -> str:
        """改为系统受理"""
        return self._words("mode_move.page.title")

    def first_focus(self) -> QWidget:
        """The list, or the way back where nothing is to be decided."""
        return self._list if self._list.count() else self._back

    def begin(self) -> None:
        """What is proposed, and nothing of an earlier visit; what the acceptance system holds is asked anew."""
        self._coming_up = True
        self._chosen.clear()
        self._refused.clear()
        self._say(None)
        self._ask.stop()
        if self._works:
            self._with.background.run(self, self._with.desk.mode_moves.compare, lambda _: None, lane=Lane.ACTS)

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about cases or items."""
        if not topics or topics & {"cases", "items"}:
            self._with.background.run(self, self._with.desk.mode_moves.view, self._show, lane=Lane.READS)

    def leave(self) -> None:
        """Nothing is chosen behind the clerk's back."""
        self._digits.let_go()

    def hurried(self) -> None:
        """The digit was a scanner's."""
        self._digits.let_go()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The case below the list where there is no room beside it."""
        super().resizeEvent(event)
        wide = event.size().width() >= _BESIDE
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _lay_out(self) -> None:
        head = titled_card(self)
        inside(head).addLayout(self._items)
        inside(head).addWidget(self._none)
        inside(head).addWidget(self._compared)
        left = titled_card(self, self._words("mode_move.page.list"))
        inside(left).addWidget(self._how)
        inside(left).addWidget(self._list, 1)
        inside(left).addWidget(self._more)
        self._left = left
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        whole.addWidget(head)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(GAP * 2)
        self._halves.addWidget(left, 1)
        self._halves.addWidget(self._detail, 1)
        whole.addLayout(self._halves, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(self._go)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(scrolled(content, self), 1)
        for widget in (self._long, self._said, self._ask):
            page.addWidget(widget)
        page.addLayout(foot)

    def _show(self, view: MoveView | None) -> None:
        cases = () if view is None else view.cases
        self._cases = {case.case_id: case for case in cases}
        for case in cases:
            if case.case_id not in self._chosen:
                self._chosen[case.case_id] = Decision(case.case_id, case.proposed) if case.proposed else None
            chosen = self._chosen[case.case_id]
            if chosen is not None and (chosen.way not in case.ways or (chosen.way is Way.ENTER and case.missing)):
                self._chosen[case.case_id] = None
        self._chosen = {case_id: one for case_id, one in self._chosen.items() if case_id in self._cases}
        self._refused = {case_id: why for case_id, why in self._refused.items() if case_id in self._cases}
        self._show_items(view)
        more = 0 if view is None else view.more
        self._more.setText(self._words("mode_move.page.more", count=more) if more else "")
        self._more.setVisible(bool(more))
        self._none.setVisible(view is not None and not view.items and not cases)
        self._left.setVisible(bool(cases))
        self._show_list()
        self._show_case()
        if self._coming_up and view is not None and self.isVisible():
            self._coming_up = False
            self.first_focus().setFocus()

    def _show_items(self, view: MoveView | None) -> None:
        words = self._words
        items = () if view is None else view.items
        if items != self._items_shown:
            self._show_item_rows(items)
        compared = ""
        if view is not None and view.cases:
            if not view.asks:
                compared = words("mode_move.page.by_hand")
            elif view.compared_at is None:
                compared = words("mode_move.page.compared_never")
            else:
                compared = words("mode_move.page.compared", time=words.moment(view.compared_at))
        self._compared.setText(compared)
        self._compared.setVisible(bool(compared))

    def _show_item_rows(self, items: tuple[MovedItem, ...]) -> None:
        self._items_shown = items
        clear(self._items)
        for item in items:
            row = QHBoxLayout()
            row.setSpacing(GAP * 2)
            label = wrapping_label(self._item_words(item), "h3", self)
            label.setObjectName(f"move_item_{item.code}")
            row.addWidget(label, 1)
            if item.can_be_undone and self._works:
                row.addWidget(self._undo_button(item))
            self._items.addLayout(row)

    def _item_words(self, item: MovedItem) -> str:
        words = self._words
        if item.mode is not HandlingMode.SYSTEM:
            return words("mode_move.page.item_other", item=item.name, mode=words(f"ui.mode.{item.mode}"))
        if item.on is None:
            return words("mode_move.page.item_county", item=item.name, count=item.open)
        today = item.on == self._with.desk.items.today()
        on = words("mode_move.page.today") if today else day_words(self._words, item.on)
        return words("mode_move.page.item", item=item.name, on=on, count=item.open)

    def _undo_button(self, item: MovedItem) -> QPushButton:
        undo = button(f"move_undo_{item.code}", self._words("mode_move.page.undo"), parent=self)
        undo.setAccessibleName(f"{self._words('mode_move.page.undo')} {item.name}")
        undo.clicked.connect(lambda: self._ask_undo(item, undo))
        return undo

    def _ask_undo(self, item: MovedItem, before: QWidget) -> None:
        question = Sentence("mode_move.page.undo_ask", {"item": item.name}, "warn")
        sure = self._words("mode_move.page.undo_sure")
        self._ask.ask(question, sure, lambda: self._undo(item.code), before if before.isVisible() else self._back)

    def _undo(self, code: str) -> None:
        moves = self._with.desk.mode_moves

        def undone(result: Undone) -> None:
            self.worked.emit()
            key = "undone_some" if result.left else "undone"
            params: dict[str, object] = {"count": result.back, "left": "、".join(result.left)}
            self._say(Sentence(f"mode_move.page.{key}", params, "warn" if result.left else "good"))
            self.refresh(frozenset())
            self._back.setFocus()

        self._with.background.run(self, lambda: moves.undo(code), undone, words=self._words("ui.act.working"))

    def _show_list(self) -> None:
        self._list.show_cards([self._card(case) for case in self._cases.values()])
        count = sum(one is not None for one in self._chosen.values())
        text = self._words("mode_move.page.go", count=count)
        self._go.setText(f"{text}  Enter")
        self._go.setAccessibleName(text)
        self._go.setEnabled(count > 0 and not self._long.under_way)
        self._go.setVisible(self._works and bool(self._cases))

    def _card(self, case: MoveCase) -> Card:
        words = self._words
        chosen = self._chosen.get(case.case_id)
        badges = []
        if chosen is not None:
            badges.append((words(f"mode_move.way.{chosen.way}"), _BADGES[chosen.way]))
        elif case.stays:
            badges.append((words("mode_move.page.staying"), "warn"))
        else:
            badges.append((words("mode_move.way.none"), "warn"))
        if case.missing:
            badges.append((words("mode_move.page.lacks", count=len(case.missing)), "bad"))
        if case.case_id in self._refused:
            badges.append((words("mode_move.page.refused"), "bad"))
        line = words(
            "mode_move.page.line",
            local_no=case.local_no,
            standing=words.of(case.standing),
            papers=words.of(case.papers),
        )
        title = words("mode_move.page.card", name=case.applicant_name, item=case.item_name)
        return Card(case.case_id, title, (line,), "", tuple(badges))

    def _show_case(self) -> None:
        case = self._cases.get(self._list.current_key())
        decision = None if case is None else self._chosen.get(case.case_id)
        self._detail.show_case(case, decision, None if case is None else self._refused.get(case.case_id))

    def _choose(self, case_id: str, decision: Decision | None) -> None:
        if case_id in self._cases:
            self._chosen[case_id] = decision
            self._show_list()

    def _put_off(self) -> None:
        case = self._cases.get(self._list.current_key())
        if case is None:
            return
        self._detail.choose(case.proposed if self._chosen.get(case.case_id) is None else None)

    def _carry_out(self) -> None:
        wanted = [one for one in self._chosen.values() if one is not None]
        if not wanted or not self._works or self._long.under_way or self._ask.asking:
            return
        moves = self._with.desk.mode_moves
        self._say(None)
        for one in wanted:  # what was refused for the number's looks, and is pressed again, was looked at again
            why = self._refused.get(one.case_id)
            if one.way is Way.BIND and why is not None and why.key in _LOOK_AGAIN:
                self._chosen[one.case_id] = Decision(one.case_id, one.way, one.number, looked_again=True)
        wanted = [one for one in self._chosen.values() if one is not None]
        self._refused.clear()

        def work(progress: Progress) -> Outcome:
            return moves.carry_out(wanted, progress)

        self._long.start(Sentence("mode_move.page.working"), work, self._carried_out)
        self._show_list()

    def _carried_out(self, outcome: Outcome) -> None:
        self.worked.emit()
        counts: dict[str, object] = {"entered": outcome.entered, "bound": outcome.bound, "stays": outcome.stays}
        self._refused = {one.case_id: one.why for one in outcome.refused}
        if outcome.stopped:
            self._say(Sentence("mode_move.page.stopped", counts, "warn"))
        elif outcome.refused:
            said = {**counts, "count": len(outcome.refused)}
            self._say(Sentence("mode_move.page.done_some", said, "bad"))
        else:
            self._say(Sentence("mode_move.page.done", counts, "good"))
        self._coming_up = True  # what is left of the list gets the focus
        self.refresh(frozenset())

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        elif not self._ask.stop():
            self.today_wanted.emit()


def day_words(words: Words, day: date) -> str:
    """A day as people say it."""
    return words("mode_move.page.day", month=day.month, day=day.day)
