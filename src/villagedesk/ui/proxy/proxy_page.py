"""代办: the cases whose papers are to go to the township, and the batches that are on their way or not settled."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.handover import MOST_SHEETS
from villagedesk.desk.handover_views import BatchView, CarryView, ToCarry
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.fields import Count, Field
from villagedesk.ui.handout import Handout
from villagedesk.ui.proxy.pick_list import PickList
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_LIST_HEIGHT = 180
_TWO_HALVES = 700


class ProxyPage(Screen):
    """Signals:
    batch_wanted(str): show the batch with that number.
    scan_wanted(str): photograph papers that came back, of the case with that id; "" of any.
    visits_wanted(): go to the home visits.
    """

    batch_wanted = Signal(str)
    scan_wanted = Signal(str)
    visits_wanted = Signal()

    help_key = "ui.help.carry"
    nav = "nav_proxy"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._view: CarryView | None = None
        self._left_out: set[str] = set()
        self._sheets: dict[str, int] = {}
        self._busy = self._coming_up = False
        self._works = surroundings.may(Right.WORK)
        words = surroundings.words
        self._count = plain_label("", "h2", self)
        self._count.setObjectName("proxy_count")
        self.organ = Field(
            words, "proxy_organ", words("ui.carry.organ"), hint=words("ui.carry.organ_hint"), parent=self
        )
        self._list = PickList("proxy_list", words("ui.carry.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.itemActivated.connect(lambda: self._open_case())
        self._list.toggled.connect(self._toggle)
        self._none = wrapping_label(words("ui.carry.to_carry_quiet"), "quiet", self)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._more = wrapping_label("", "quiet", self)
        self._sheets_label = wrapping_label("", "", self)
        self.sheets = Count("proxy_sheets", self)
        self.sheets.setAccessibleName(words("ui.carry.sheets"))
        self.sheets.setRange(1, MOST_SHEETS)
        self._sheets_sure = button("proxy_sheets_sure", words("ui.carry.sheets_sure"), self._keep_sheets, parent=self)
        self._sheets_row = QFrame(self)
        self._batches = CardList("proxy_batches", words("ui.carry.batch_list"), self)
        self._batches.setMinimumHeight(_LIST_HEIGHT)
        self._batches.itemActivated.connect(lambda: self._open_batch())
        self._no_batches = wrapping_label(words("ui.carry.batches_none"), "quiet", self)
        self._no_batches.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._away = wrapping_label("", "quiet", self)
        self._away.setObjectName("proxy_away")
        self._said = SentenceLabel(words, "proxy_said", self)
        self._handout = Handout(surroundings, self)
        self._handout.worked.connect(self.worked)
        self._scan = button(
            "proxy_scan", words("ui.carry.scan"), lambda: self.scan_wanted.emit(""), key="F6", parent=self
        )
        self._to_visits = button(
            "proxy_visits", words("ui.carry.visits"), self.visits_wanted.emit, key="F7", parent=self
        )
        self._to_calls = button(
            "proxy_calls", words("ui.carry.calls"), lambda: self.call_backs_wanted.emit(""), key="H", parent=self
        )
        self._pack = button("primary_button", words("ui.carry.pack"), self._pack_up, role="primary", parent=self)
        self._lay_out()
        on_key(self, "Esc", self._escape)
        on_key(self, "P", self._ask_sheets)
        on_key(self, "O", self._open_case)
        on_key(self, "F7", self.visits_wanted.emit)
        on_key(self, "H", lambda: self.call_backs_wanted.emit(""))
        if self._works:
            on_key(self, "F6", lambda: self.scan_wanted.emit(""))
        on_enter(self, self._entered)

    def title(self) -> str:
        """代办"""
        return self._with.words("ui.carry.title")

    def first_focus(self) -> QWidget:
        """What is to be carried, else the batches."""
        if self._list.count():
            return self._list
        return self._batches if self._batches.count() else self._scan

    def begin(self) -> None:
        """All that there is to carry is ticked."""
        self._coming_up = True
        self._left_out.clear()
        self._sheets.clear()
        self._sheets_row.hide()
        self._say(None)
        self._handout.begin()

    def refresh(self, topics: frozenset[str]) -> None:
        """Both lists."""
        if not topics or topics & {"cases", "outbox"}:
            handover = self._with.desk.handover
            self._with.background.run(
                self, handover.view, self._show, lane=Lane.READS, words=self._with.words("ui.carry.reading")
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One half below the other where there is no room beside it."""
        super().resizeEvent(event)
        wide = event.size().width() >= _TWO_HALVES
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _chosen(self) -> tuple[ToCarry, ...]:
        cases = self._view.cases if self._view is not None else ()
        return tuple(one for one in cases if one.case_id not in self._left_out)

    def _show(self, view: CarryView) -> None:
        words = self._with.words
        self._view = view
        if not self.organ.text and view.organ:
            self.organ.edit.setText(view.organ)
        key = "ui.carry.to_carry" if view.count else "ui.carry.to_carry_none"
        self._count.setText(words(key, count=view.count))
        self._list.show_cards([self._card(one) for one in view.cases])
        more = view.count - len(view.cases)
        self._more.setText(words("ui.carry.more", count=more) if more else "")
        self._more.setVisible(bool(more))
        for widget in (self._list, self.organ, self._how):
            widget.setVisible(bool(view.cases))
        self._none.setVisible(not view.cases)
        self._batches.show_cards([self._batch_card(one) for one in view.batches])
        self._batches.setVisible(bool(view.batches))
        self._no_batches.setVisible(not view.batches)
        since = view.away_since
        away = "" if since is None else words("ui.carry.away", count=view.away, month=since.month, day=since.day)
        self._away.setText(away)
        self._away.setVisible(bool(away))
        self._name_pack()
        if self._coming_up and self.isVisible():
            self._coming_up = False
            self.first_focus().setFocus()

    def _card(self, one: ToCarry) -> Card:
        words = self._with.words
        sheets = self._sheets.get(one.case_id, one.sheets)
        lines = [
            words(
                "ui.carry.line",
                local_no=one.local_no,
                received=f"{one.received_on:%m-%d}",
                papers=one.papers,
                sheets=sheets,
            )
        ]
        lines += [words.marked(sentence) for sentence in (one.came_back, one.clock) if sentence is not None]
        badges = () if one.case_id in self._left_out else ((words("ui.carry.marked"), "good"),)
        title = words("ui.batch.card", name=one.applicant_name, item=one.item_name)
        return Card(one.case_id, title, tuple(lines), badges=badges)

    def _batch_card(self, view: BatchView) -> Card:
        words, batch = self._with.words, view.batch
        title = words("ui.carry.batch_card", batch=batch.batch_no, count=len(batch.on_the_list))
        return Card(batch.batch_no, title, (words.of(view.sentence),), view.sentence.tone)

    def _name_pack(self) -> None:
        count = len(self._chosen())
        text = self._with.words("ui.carry.pack_count" if count else "ui.carry.pack", count=count)
        self._pack.setText(f"{text}  Enter")
        self._pack.setAccessibleName(text)
        self._pack.setVisible(self._works)
        self._pack.setEnabled(bool(count))

    def _toggle(self) -> None:
        case_id = self._list.current_key()
        if not case_id or self._view is None or not self._works:
            return
        self._left_out ^= {case_id}
        self._show(self._view)

    def _ask_sheets(self) -> None:
        one = self._current()
        if one is None or not self._works or self.organ.edit.hasFocus():
            return
        self._sheets_label.setText(self._with.words("ui.carry.sheets_of", name=one.applicant_name))
        self.sheets.setValue(self._sheets.get(one.case_id, one.sheets))
        self._sheets_row.setProperty("case_id", one.case_id)
        self._sheets_row.show()
        self.sheets.setFocus()
        self.sheets.selectAll()

    def _keep_sheets(self) -> None:
        self.sheets.interpretText()
        self._sheets[str(self._sheets_row.property("case_id"))] = self.sheets.value()
        self._sheets_row.hide()
        if self._view is not None:
            self._show(self._view)
        self._list.setFocus()

    def _current(self) -> ToCarry | None:
        key = self._list.current_key()
        cases = self._view.cases if self._view is not None else ()
        return next((one for one in cases if one.case_id == key), None)

    def _open_case(self) -> None:
        if self._list.current_key():
            self.case_wanted.emit(self._list.current_key())

    def _open_batch(self) -> None:
        if self._batches.current_key():
            self.batch_wanted.emit(self._batches.current_key())

    def _entered(self) -> None:
        if self._sheets_row.isVisible():
            self._keep_sheets()
        elif self._batches.hasFocus():
            self._open_batch()
        else:
            self._pack_up()

    def _escape(self) -> None:
        if self._sheets_row.isVisible():
            self._sheets_row.hide()
            self._list.setFocus()
        else:
            self.today_wanted.emit()

    def _pack_up(self) -> None:
        chosen = self._chosen()
        if self._busy or not chosen or not self._works:
            return
        self._busy = True
        self.organ.tell(None)
        sheets = {one.case_id: self._sheets.get(one.case_id, one.sheets) for one in chosen}
        handover, organ = self._with.desk.handover, self.organ.text
        self._with.background.run(
            self,
            lambda: handover.pack(sheets, organ),
            lambda number: self._packed(number, len(sheets)),
            failed=self._failed,
            words=self._with.words("ui.carry.working"),
        )

    def _packed(self, number: str, count: int) -> None:
        self._busy = False
        self._left_out.clear()
        self._sheets.clear()
        self._say(Sentence("ui.carry.packed", {"count": count, "batch": number}, "good"))
        self.worked.emit()
        self.refresh(frozenset())
        self._handout.print_handover(number)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        told = Sentence(problem.key, problem.params, "bad")
        if problem.field == "organ":
            self.organ.tell(told)
            self.organ.look_again()
        else:
            self._say(told)
            self.refresh(frozenset())

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _lay_out(self) -> None:
        words = self._with.words
        left = QFrame(self)
        left.setProperty("role", "card")
        inner = QVBoxLayout(left)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        self._how = wrapping_label(words("ui.carry.how"), "quiet", left)
        inner.addWidget(self._count)
        inner.addWidget(self.organ)
        inner.addWidget(self._how)
        inner.addWidget(self._list, 1)
        inner.addWidget(self._none, 1)
        inner.addWidget(self._more)
        self._sheets_row.setProperty("role", "notice-calm")
        ask = QHBoxLayout(self._sheets_row)
        ask.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        ask.setSpacing(GAP)
        ask.addWidget(self._sheets_label, 1)
        ask.addWidget(self.sheets)
        ask.addWidget(self._sheets_sure)
        inner.addWidget(self._sheets_row)
        self._sheets_row.hide()
        right = QFrame(self)
        right.setProperty("role", "card")
        beside = QVBoxLayout(right)
        beside.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        beside.setSpacing(GAP)
        beside.addWidget(plain_label(words("ui.carry.batches"), "h2", right))
        beside.addWidget(self._batches, 1)
        beside.addWidget(self._no_batches, 1)
        beside.addWidget(self._away)
        content = QWidget()
        self._halves = halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(GAP * 2)
        halves.addWidget(left, 3)
        halves.addWidget(right, 2)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        self._scan.setVisible(self._works)
        foot.addWidget(self._scan)
        foot.addWidget(self._to_visits)
        foot.addWidget(self._to_calls)
        foot.addStretch(1)
        foot.addWidget(self._pack)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP)
        page.addWidget(scrolled(content, self), 1)
        page.addWidget(self._said)
        page.addWidget(self._handout)
        page.addLayout(foot)
        self._say(None)
