"""One batch that goes to the township: its list, who signed for it, what came back unsigned or short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.handover_views import BatchLineView, BatchView, Carried, LineSaid
from villagedesk.domain.handover import BatchState, LineOutcome
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.handout import Handout
from villagedesk.ui.proxy.batch_ask import Ask, BatchAsk
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_LIST_HEIGHT = 150


class BatchPage(Screen):
    """Args:
    view: the batch.
    said_of: what was noted of its cases before it is signed for, by case_id; kept here while the page is away.

    Signals:
    scan_wanted(str): photograph the signed list; always "", since the list is of no single case.
    """

    scan_wanted = Signal(str)

    help_key = "ui.help.batch"
    nav = "nav_proxy"

    def __init__(
        self,
        surroundings: Surroundings,
        view: BatchView,
        said_of: dict[str, LineSaid],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._view = view
        self._said_of = said_of
        self._works = surroundings.may(Right.WORK)
        words = surroundings.words
        self._heading = wrapping_label("", "h1", self)
        self._heading.setObjectName("batch_heading")
        self._sentence = SentenceLabel(words, "batch_sentence", self)
        self._how = wrapping_label("", "quiet", self)
        self._list = CardList("batch_list", words("ui.batch.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.itemActivated.connect(lambda: self._open_case())
        self._list.currentRowChanged.connect(lambda _: self._offer())
        self._ask = BatchAsk(surroundings, self)
        self._ask.done.connect(self._done)
        self._ask.closed.connect(lambda: self._list.setFocus())
        self._handout = Handout(surroundings, self)
        self._handout.worked.connect(self.worked)

        def act(name: str, work: Callable[[], None], key: str, role: str = "") -> QPushButton:
            return button(f"batch_{name}", words(f"ui.batch.{name}"), work, key=key, role=role, parent=self)

        self._back = button("back", words("ui.batch.back"), self._escape, key="Esc", parent=self)
        self._refuse = act("refuse", self._ask_refused, "N")
        self._short = act("short", self._ask_short, "S")
        self._taken = act("taken", self._say_taken, "T")
        self._settle = act("settle", self._ask_settled, "B")
        self._leave_out = act("leave_out", self._ask_left_out, "Del")
        self._drop = act("drop", self._ask_dropped, "")
        self._unsigned = act("unsigned", self._ask_unsigned, "")
        self._print = act("print", self._print_list, "F8")
        self._carried = act("carried", self._ask_carried, "Enter", role="primary")
        self._signed = act("signed", lambda: self.scan_wanted.emit(""), "F6", role="primary")
        self._lay_out()
        for key, one in (
            ("N", self._refuse),
            ("S", self._short),
            ("T", self._taken),
            ("B", self._settle),
            ("Del", self._leave_out),
            ("F8", self._print),
            ("F6", self._signed),
        ):
            on_key(self, key, self._pressed(one))
        on_key(self, "Esc", self._escape)
        self._show(view)

    def title(self) -> str:
        """移交批次"""
        return self._with.words("ui.batch.title")

    def first_focus(self) -> QWidget:
        """What is asked, else the cases."""
        return self._ask.first_focus() if self._ask.asking else self._list

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again."""
        if not topics or "cases" in topics:
            handover, number = self._with.desk.handover, self._view.batch.batch_no
            self._with.background.run(self, lambda: handover.batch(number), self._show, lane=Lane.READS)

    def _pressed(self, one: QPushButton) -> Callable[[], None]:
        def press() -> None:
            if one.isVisible() and one.isEnabled() and not self._ask.asking:
                one.click()

        return press

    def _show(self, view: BatchView) -> None:
        words, batch = self._with.words, view.batch
        self._view = view
        self._heading.setText(words("ui.batch.heading", batch=batch.batch_no, organ=batch.organ))
        self._sentence.tell(view.sentence)
        how = {BatchState.PACKED: "ui.batch.how_packed", BatchState.CARRIED: "ui.batch.how_carried"}.get(batch.state)
        self._how.setText(words(how) if how is not None and self._works else "")
        self._how.setVisible(bool(self._how.text()))
        if batch.state is not BatchState.PACKED:
            self._said_of.clear()
        self._list.show_cards([self._card(one) for one in view.lines])
        self._offer()

    def _card(self, one: BatchLineView) -> Card:
        words = self._with.words
        title = words("ui.batch.card", name=one.applicant_name, item=one.item_name)
        lines, tone = [f"{one.local_no}　{words.of(one.sentence)}"], one.sentence.tone
        said = self._said_of.get(one.line.case_id)
        if said is not None:
            tone = "warn" if said.outcome is LineOutcome.REFUSED else "bad"
            lines.append(words(_said_key(said), words=said.words, counted=said.counted))
        return Card(one.line.case_id, title, tuple(lines), tone)

    def _offer(self) -> None:
        """What can be done with the chosen case, and with the batch."""
        batch, one = self._view.batch, self._chosen()
        packed = self._works and batch.state is BatchState.PACKED
        open_line = packed and one is not None and one.line.outcome is LineOutcome.OPEN
        to_sign = open_line and one is not None and not one.gone
        self._refuse.setVisible(to_sign)
        self._short.setVisible(to_sign or self._may_be_short(one))
        self._taken.setVisible(to_sign and one is not None and one.line.case_id in self._said_of)
        self._leave_out.setVisible(open_line)
        self._drop.setVisible(packed)
        short = one is not None and one.line.outcome is LineOutcome.SHORT
        self._settle.setVisible(self._works and short)
        self._print.setVisible(self._works and batch.state is not BatchState.DROPPED)
        self._carried.setVisible(packed)
        self._carried.setEnabled(bool(self._view.to_sign))
        carried = batch.state in (BatchState.CARRIED, BatchState.CLOSED) and bool(batch.receiver)
        self._signed.setVisible(self._works and carried)
        text = self._with.words("ui.batch.more_signed" if batch.signed else "ui.batch.signed")
        self._signed.setText(f"{text}  F6")
        self._signed.setAccessibleName(text)
        waits = batch.state is BatchState.CARRIED and not batch.signed and not batch.short
        self._unsigned.setVisible(self._works and waits)

    def _may_be_short(self, one: BatchLineView | None) -> bool:
        """Whether the township signed for all of it: it may find out afterwards that something is missing."""
        signed_for = one is not None and one.line.outcome in (LineOutcome.TAKEN, LineOutcome.SETTLED)
        return self._works and signed_for and self._view.batch.state in (BatchState.CARRIED, BatchState.CLOSED)

    def _chosen(self) -> BatchLineView | None:
        key = self._list.current_key()
        return next((one for one in self._view.lines if one.line.case_id == key), None)

    def _ask_refused(self) -> None:
        self._ask_of_line(
            Ask.REFUSE, lambda ask: self._remember(LineSaid(LineOutcome.REFUSED, words=ask.said.text.strip()), ask)
        )

    def _ask_short(self) -> None:
        def answered(ask: BatchAsk) -> Callable[[], object]:
            said = LineSaid(LineOutcome.SHORT, counted=ask.counted.text.strip(), words=ask.said.text.strip())
            one, handover, number = self._chosen(), self._with.desk.handover, self._view.batch.batch_no
            if self._may_be_short(one) and one is not None:
                return _later(handover.found_short, number, one.line.case_id, said)
            return self._remember(said, ask)

        self._ask_of_line(Ask.SHORT, answered)

    def _remember(self, said: LineSaid, _ask: BatchAsk) -> Callable[[], object]:
        """Nothing is written before the whole is signed for; what is wrong with it is told at once."""
        one, handover, number = self._chosen(), self._with.desk.handover, self._view.batch.batch_no
        assert one is not None
        self._said_of[one.line.case_id] = said

        def check() -> None:
            try:
                handover.check(number, one.line.case_id, said)
            except Exception:
                self._said_of.pop(one.line.case_id, None)
                raise

        return check

    def _say_taken(self) -> None:
        one = self._chosen()
        if one is not None and self._said_of.pop(one.line.case_id, None) is not None:
            self._show(self._view)

    def _ask_settled(self) -> None:
        handover, number, one = self._with.desk.handover, self._view.batch.batch_no, self._chosen()
        if one is not None:
            self._ask_of_line(Ask.SETTLE, lambda ask: _later(handover.settle, number, one.line.case_id, ask.said.text))

    def _ask_left_out(self) -> None:
        handover, number, one = self._with.desk.handover, self._view.batch.batch_no, self._chosen()
        if one is not None:
            self._ask_of_line(
                Ask.LEAVE_OUT, lambda ask: _later(handover.leave_out, number, one.line.case_id, ask.said.text)
            )

    def _ask_dropped(self) -> None:
        handover, number = self._with.desk.handover, self._view.batch.batch_no
        self._ask.open(Ask.DROP, {}, lambda ask: _later(handover.drop, number, ask.said.text))

    def _ask_unsigned(self) -> None:
        handover, number = self._with.desk.handover, self._view.batch.batch_no
        self._ask.open(Ask.UNSIGNED, {}, lambda ask: _later(handover.close_without_list, number, ask.said.text))

    def _ask_carried(self) -> None:
        handover, number = self._with.desk.handover, self._view.batch.batch_no
        said = dict(self._said_of)
        outcomes = [one.outcome for one in said.values()]
        short, refused = outcomes.count(LineOutcome.SHORT), outcomes.count(LineOutcome.REFUSED)
        counts = {"taken": len(self._view.to_sign) - short - refused, "short": short, "refused": refused}
        self._ask.open(
            Ask.CARRIED,
            counts,
            lambda ask: _later(handover.carried, number, Carried(ask.receiver.text, ask.day.text, said)),
        )

    def _ask_of_line(self, ask: Ask, do: Callable[[BatchAsk], Callable[[], object]]) -> None:
        one = self._chosen()
        if one is not None:
            self._ask.open(ask, {"name": one.applicant_name}, do)

    def _done(self) -> None:
        self.worked.emit()
        self._show(replace(self._view))
        self.refresh(frozenset())
        self._list.setFocus()

    def _print_list(self) -> None:
        self._handout.print_handover(self._view.batch.batch_no)

    def _open_case(self) -> None:
        if self._list.current_key():
            self.case_wanted.emit(self._list.current_key())

    def _entered(self) -> None:
        if self._carried.isVisible() and self._carried.isEnabled():
            self._ask_carried()
        elif self._signed.isVisible():
            self._signed.click()
        else:
            self._open_case()

    def _escape(self) -> None:
        if self._ask.asking:
            self._ask.close_card()
        else:
            self.proxy_wanted.emit()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        inner.addWidget(self._heading)
        inner.addWidget(self._sentence)
        inner.addWidget(self._how)
        inner.addWidget(self._list, 1)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for one in (self._refuse, self._short, self._taken, self._settle, self._leave_out):
            row.addWidget(one)
        row.addStretch(1)
        inner.addLayout(row)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        whole.addWidget(self._ask)
        whole.addWidget(card, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addWidget(self._drop)
        foot.addWidget(self._unsigned)
        foot.addStretch(1)
        for one in (self._print, self._signed, self._carried):
            foot.addWidget(one)
        beneath = QWidget(self)
        column = QVBoxLayout(beneath)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._handout)
        column.addLayout(foot)
        on_enter(card, self._entered)  # what is asked has an Enter of its own
        on_enter(beneath, self._entered)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP)
        page.addWidget(scrolled(content, self), 1)
        page.addWidget(beneath)


def _said_key(said: LineSaid) -> str:
    if said.outcome is LineOutcome.REFUSED:
        return "ui.batch.said_refused"
    return "ui.batch.said_short" if said.words else "ui.batch.said_short_bare"


def _later(work: Callable[..., object], *args: object) -> Callable[[], object]:
    return lambda: work(*args)
