"""是否全部上报: whether all is sent, on whose word, and what is open; to be printed or saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.proof_views import Period, ProofList, ProofView
from villagedesk.desk.sending_words import moment_text
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Right
from villagedesk.ui.background import PATIENCE_MS, Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.fields import Choice
from villagedesk.ui.layouts import clear
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

T = TypeVar("T")
_NOT_PRINTED = frozenset({"printing.straight_no_printer", "printing.straight_not_printed"})
_CHOICE_WIDTH = 200
_SHOWN = 50
_COLUMNS = 3
_LISTS = ("open", "returned", "dropped", "lacking")


class ProofPage(Screen):
    """Reached from link and queue; Esc goes back there."""

    help_key = "ui.help.proof"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._long = LongWork(words, surroundings.background, self)
        self._next: Callable[[], None] | None = None
        self._acting = self._stale = self._halted = self._moves_on = False
        self._shown_period = ""
        self._verdict = SentenceLabel(words, "proof_verdict", self)
        self._verdict.setProperty("role", "h2")
        self._period = Choice("proof_period", words("ui.proof.period"), self)
        self._period.setMaximumWidth(_CHOICE_WIDTH)
        for period in Period:
            self._period.addItem(words(f"proof.period.{period}"), str(period))
        self._period.activated.connect(self._another_period)
        self._said = SentenceLabel(words, "proof_said", self)
        self._said.hide()
        self._asking = wrapping_label("", "quiet", self)
        self._asking.setObjectName("proof_asking")
        works = surroundings.may(Right.WORK)
        self._ask = button("proof_ask", words("ui.proof.ask"), self.ask, parent=self)
        self._save = button("proof_save", words("ui.proof.save"), self.save, parent=self)
        self._print = button("proof_print", words("ui.proof.print"), self.print, key="F8", role="primary", parent=self)
        for act in (self._save, self._print):
            act.setVisible(works)
        self._lay_out()
        on_key(self, "Esc", self._escape)
        if works:
            on_key(self, "F8", self.print)
        on_enter(self, self.print if works else self.ask)

    def title(self) -> str:
        """是否全部上报"""
        return self._with.words("ui.proof.title")

    def first_focus(self) -> QWidget:
        """What is counted."""
        return self._period

    def begin(self) -> None:
        """What came of an earlier act goes."""
        self._say(None)

    def leave(self) -> None:
        """Nobody waits any more for what is only counted to be seen."""
        if not self._acting:
            self._stale = self._stale or self._long.under_way
            self._stop_reading()

    def showEvent(self, event: QShowEvent) -> None:
        """What was left half counted, e.g. by the lock, is counted."""
        super().showEvent(event)
        self._go_on()

    def _another_period(self) -> None:
        if not self._acting:
            self._stop_reading()
            self._say(None)
        self.refresh(frozenset())

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about link, queue or cases, unless the clerk has stopped that."""
        if topics and (self._halted or not topics & {"outbox", "link", "cases"}):
            return
        self._stale, self._halted = True, False
        if not self._long.under_way:
            self._read()

    def _read(self) -> None:
        """One at a time: while pages travel there is news twice a second, and ten years take longer to count."""
        self._stale = self._moves_on = False
        proof, period = self._with.desk.proof, self._chosen()

        def show(view: ProofView) -> None:
            if period == self._chosen():
                self._show(view)
                self._shown_period = period
            self._go_on()

        def failed(problem: Problem) -> None:
            moves_on, self._moves_on = self._moves_on, False
            if not moves_on:
                self._stale = False  # what is told twice a second helps nobody
                self._back_to_shown()
            self._with.background.problem.emit(problem)
            self._go_on()

        self._long.start(
            Sentence("ui.proof.reading"),
            lambda progress: proof.view(period, progress),
            show,
            failed,
            stopped=self._reading_stopped,
            lane=Lane.READS,
            shown_after_ms=PATIENCE_MS,
        )

    def _stop_reading(self) -> None:
        """For something else, which goes on when it has stopped."""
        if self._long.under_way:
            self._moves_on = True
            self._long.stop()

    def _reading_stopped(self) -> None:
        moves_on, self._moves_on = self._moves_on, False
        if not moves_on:
            self._halted, self._stale = True, False  # no news begins to count again what the clerk stopped
            back = self._back_to_shown()
            self._say(Sentence("ui.proof.stopped" if back else "ui.proof.stopped_bare", {}, "warn"))
        self._go_on()

    def _back_to_shown(self) -> bool:
        """Choose again the period of which the numbers are that stand there; whether there are any."""
        place = self._period.findData(self._shown_period)
        if place >= 0:
            self._period.setCurrentIndex(place)
        return place >= 0

    def _go_on(self) -> None:
        """Begin what waits, once nothing is under way."""
        if self._long.under_way:
            return
        if self._next is not None:
            begin, self._next = self._next, None
            begin()
        elif self._stale and self.isVisible():
            self._read()

    def _escape(self) -> None:
        if self._long.isVisible() and self._long.under_way:
            self._long.stop()
        else:
            self.sending_wanted.emit()

    def ask(self) -> None:
        """Have the acceptance system tell all it holds."""
        self._with.background.run(self, self._with.desk.proof.ask_now, lambda _: self.refresh(frozenset()))

    def print(self) -> None:
        """On paper; where no printer takes it, the button that saves it gets the focus."""
        proof, period = self._with.desk.proof, self._chosen()
        self._act(lambda progress: proof.print_proof(period, progress), self._printed, "ui.proof.printing")

    def save(self) -> None:
        """As a PDF in the clerk's own folder."""
        proof, period = self._with.desk.proof, self._chosen()

        def saved(file: Path) -> None:
            self._say(Sentence("ui.proof.saved", {"file": str(file)}, "good"))

        self._act(lambda progress: proof.save_proof(period, own_folder(), progress), saved, "ui.proof.saving")

    def _act(self, work: Callable[[Progress], T], done: Callable[[T], None], words: str) -> None:
        if self._acting:
            return
        self._acting = True
        self._say(None)

        def ended(result: T) -> None:
            self._acting = False
            self.worked.emit()
            done(result)
            self._go_on()

        def stopped() -> None:
            self._acting = False
            self._say(Sentence("ui.proof.act_stopped", {}, "warn"))
            self._go_on()

        def begin() -> None:
            self._moves_on = False
            self._long.start(
                Sentence(words), work, ended, self._failed, stopped=stopped, lane=Lane.ACTS, shown_after_ms=PATIENCE_MS
            )

        self._next = begin
        self._stale = self._stale or self._long.under_way
        self._stop_reading()
        self._go_on()

    def _printed(self, came_out: bool) -> None:
        if came_out:
            self._say(Sentence("ui.proof.printed", {}, "good"))
        else:
            self._say(Sentence("ui.proof.print_kept", {}, "warn"))
            self._save.setFocus()

    def _failed(self, problem: Problem) -> None:
        self._acting = False
        if problem.key in _NOT_PRINTED or problem.key.startswith("printer."):
            self._say(Sentence("ui.proof.not_printed", {"why": self._with.words.problem(problem)}, "bad"))
            self._save.setFocus()
        else:
            self._with.background.problem.emit(problem)
        self._go_on()

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _chosen(self) -> str:
        return str(self._period.currentData())

    def _lay_out(self) -> None:
        words = self._with.words
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GAP, 0)
        column.setSpacing(GAP * 2)
        head = self._card(column)
        head.addWidget(self._verdict)
        self._last_words = QVBoxLayout()
        self._last_words.setSpacing(GAP // 2)
        head.addLayout(self._last_words)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self._ask)
        row.addWidget(self._asking, 1)
        head.addLayout(row)
        counts = self._card(column)
        title = QHBoxLayout()
        title.setSpacing(GAP * 2)
        title.addWidget(plain_label(words("ui.proof.counts"), "h2"))
        title.addStretch(1)
        label = plain_label(words("ui.proof.period"))
        label.setBuddy(self._period)
        title.addWidget(label)
        title.addWidget(self._period)
        counts.addLayout(title)
        self._counts = QGridLayout()
        self._counts.setHorizontalSpacing(GAP * 3)
        self._counts.setVerticalSpacing(GAP // 2)
        for place in range(_COLUMNS):
            self._counts.setColumnStretch(place * 2, 1)
        counts.addLayout(self._counts)
        self._lists = {name: self._card(column) for name in _LISTS}
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(button("back", words("ui.back"), self.sending_wanted.emit, key="Esc", parent=self))
        foot.addStretch(1)
        foot.addWidget(self._save)
        foot.addWidget(self._print)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(scrolled(content, self), 1)
        page.addWidget(self._long)
        page.addWidget(self._said)
        page.addLayout(foot)

    def _card(self, column: QVBoxLayout) -> QVBoxLayout:
        frame = QFrame(self)
        frame.setProperty("role", "card")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        inner.setSpacing(GAP)
        column.addWidget(frame)
        return inner

    def _show(self, view: ProofView) -> None:
        words = self._with.words
        self._verdict.tell(view.sentence)
        clear(self._last_words)
        for number, sentence in enumerate(view.last_words, start=1):
            label = SentenceLabel(words, f"proof_last_word_{number}")
            label.tell(sentence)
            self._last_words.addWidget(label)
        self._asking.setText(self._answer(view))
        clear(self._counts)
        for place, (name, count) in enumerate(view.counts):
            row, side = divmod(place, _COLUMNS)
            shown = plain_label(str(count) if count else "—", "h3")
            shown.setAccessibleName(f"{words.of(name)} {count}")
            self._counts.addWidget(wrapping_label(words.of(name)), row, side * 2)
            self._counts.addWidget(shown, row, side * 2 + 1)
        for kind, listed in zip(_LISTS, (view.open, view.returned, view.dropped, view.lacking), strict=True):
            self._show_list(kind, listed, view)
        self._lists["lacking"].parentWidget().setVisible(bool(view.lacking.count))

    def _answer(self, view: ProofView) -> str:
        """What came of asking, or why nothing did."""
        words = self._with.words
        if view.asking and not self._with.desk.proof.online():
            return words("ui.proof.asking_offline")
        if view.failure is not None:
            return words.of(view.failure)
        return words("ui.proof.asking") if view.asking else ""

    def _show_list(self, kind: str, listed: ProofList, view: ProofView) -> None:
        words, column = self._with.words, self._lists[kind]
        clear(column)
        title = words(f"proof.list.{kind}")
        column.addWidget(
            plain_label(words("ui.proof.list_title", title=title, count=listed.count) if listed.count else title, "h2")
        )
        for line in listed.lines[:_SHOWN]:
            column.addWidget(
                wrapping_label(words("ui.proof.line", number=line.local_no, name=line.name, item=line.item), "h3")
            )
            at = moment_text(line.at, view.made_at)
            time = at if isinstance(at, str) else words.of(at)
            said = Sentence("proof.with_words", {"what": line.what, "said": line.said}) if line.said else line.what
            key = "ui.proof.open_since" if kind == "open" else "ui.proof.line_more"
            more = words(key, time=time, what=words.of(said))
            column.addWidget(wrapping_label(more, "small"))
        rest = listed.count - len(listed.lines[:_SHOWN])
        if rest > 0 or not listed.count:
            text = words("ui.proof.more", count=rest) if rest > 0 else words("ui.proof.none")
            column.addWidget(wrapping_label(text, "quiet"))
