"""已收下: the number large, what the villager takes home, what happens next, and whether the papers came out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.barcodes import bars_of
from villagedesk.desk.views import CaseView, DraftView, Sentence, TakenIn
from villagedesk.domain.evaluation import Stage
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.intake.number_bars import NumberBars
from villagedesk.ui.layouts import clear
from villagedesk.ui.print_line import PrintLine
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

CARD_WIDTH = 760


class TakenInPage(Screen):
    """Comes up only after the case is saved; prints what the step needs by itself: the receipt, mostly."""

    help_key = "ui.help.taken_in"
    nav = "nav_new"

    def __init__(
        self, surroundings: Surroundings, taken: TakenIn, draft: DraftView, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._taken = taken
        self._printing = False
        words = surroundings.words
        self._saved = SentenceLabel(words, "saved_sentence", self)
        self._saved.tell(
            Sentence("ui.taken.saved", {"time": words.clock_time(taken.saved_at), "pages": taken.page_count}, "good")
        )
        self._print = SentenceLabel(words, "print_sentence", self)
        self._lines: list[PrintLine] = []
        self._prints = QVBoxLayout()
        self._prints.setSpacing(GAP)
        self._sending = SentenceLabel(words, "sending_sentence", self)
        self._number = plain_label(taken.local_no, "number", self)
        self._number.setObjectName("local_no")
        self._number.setAccessibleName(words("ui.taken.number_is", number=taken.local_no))
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bars = NumberBars(bars_of(taken.local_no), words("ui.taken.bars"), self)
        self._who = wrapping_label(f"{draft.case.applicant.name} · {draft.item.name}", "h2", self)
        self._who.setObjectName("taken_who")
        self._again = button(
            "print_again",
            words("ui.taken.print_again"),
            self.print_papers,
            key="F8",
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._home = button("to_today", words("ui.taken.today"), self.today_wanted.emit, key="Esc", parent=self)
        self._rate = button("taken_rate", words("evaluation.card.rate"), self._ask_to_rate, key="F4", parent=self)
        self._item_name = draft.item.name
        self._next = button(
            "primary_button", words("ui.taken.next"), self.new_wanted.emit, key="F2", role="primary", parent=self
        )
        self._lay_out()
        on_key(self, "F8", self.print_papers)
        on_key(self, "F4", self._ask_to_rate)
        on_key(self, "Esc", self.today_wanted.emit)
        on_enter(self, self.new_wanted.emit)
        self.print_papers()
        self.refresh(frozenset())

    def title(self) -> str:
        """已收下"""
        return self._with.words("ui.taken.title")

    def first_focus(self) -> QWidget:
        """The primary button."""
        return self._next

    def refresh(self, topics: frozenset[str]) -> None:
        """How far the sending and the printing are by now."""
        desk = self._with.desk
        if not topics or topics & {"outbox", "cases", "print"}:
            self._with.background.run(self, lambda: desk.cases.case(self._taken.case_id), self._show_case)

    def _ask_to_rate(self) -> None:
        self.rate_wanted.emit(self._taken.case_id, self._item_name, Stage.INTAKE)

    def print_papers(self) -> None:
        """Print the papers of this step, or once more."""
        if self._printing:
            return
        self._printing = True
        self._print.tell(Sentence("ui.print.working"))
        self._print.show()
        sets, case_id = self._with.desk.print_sets, self._taken.case_id
        self._with.background.run(
            self,
            lambda: sets.print(case_id),
            self._printed,
            failed=self._not_printed,
            words=self._with.words("ui.print.working"),
        )

    def _lay_out(self) -> None:
        words = self._with.words
        card = QFrame(self)
        card.setProperty("role", "card")
        card.setMaximumWidth(CARD_WIDTH)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 5, GAP * 3, GAP * 5, GAP * 3)
        inner.setSpacing(GAP)
        inner.addWidget(plain_label(words("ui.taken.heading"), "h1", card))
        inner.addWidget(self._who)
        inner.addSpacing(GAP)
        inner.addWidget(plain_label(words("ui.taken.number"), "quiet", card))
        inner.addWidget(self._number)
        inner.addWidget(self._bars)
        inner.addWidget(self._saved)
        inner.addWidget(self._print)
        inner.addLayout(self._prints)
        inner.addWidget(self._sending)
        inner.addSpacing(GAP)
        for heading, text in (
            ("ui.taken.home", "ui.taken.home_text"),
            ("ui.taken.after", self._what_follows()),
        ):
            inner.addSpacing(GAP)
            inner.addWidget(plain_label(words(heading), "h3", card))
            inner.addWidget(wrapping_label(words(text), parent=card))
        inner.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 20)
        row.addStretch(1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._home)
        foot.addWidget(self._again)
        foot.addWidget(self._rate)
        foot.addStretch(1)
        foot.addWidget(self._next)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(scrolled(content, self), 1)
        page.addLayout(foot)

    def _what_follows(self) -> str:
        if not self._taken.sends:
            return "ui.taken.after_not"
        return "bridge.taken" if self._with.desk.bridge.by_hand() else "ui.taken.after_sends"

    def _printed(self, jobs: tuple[PrintJob, ...]) -> None:
        self._printing = False
        self._print.hide()
        clear(self._prints)
        self._lines = [PrintLine(self._with, job.kind.value, self) for job in jobs]
        for line, job in zip(self._lines, jobs, strict=True):
            line.tell(job)
            line.worked.connect(self.worked)
            self._prints.addWidget(line)

    def _not_printed(self, problem: Problem) -> None:
        self._printing = False
        if problem.key == "printing.nothing_now":  # so the village has set it
            self._print.tell(Sentence(problem.key))
            return
        self._print.tell(Sentence("ui.print.failed_but_saved", tone="warn"))
        self._with.background.problem.emit(problem)

    def _show_case(self, view: CaseView) -> None:
        self._sending.tell(view.sending)
        self._sending.setVisible(view.sending is not None)
        now = {job.job_id: job for paper in view.papers for job in paper.jobs}
        for line in self._lines:
            if line.job is not None and line.job.job_id in now:
                line.tell(now[line.job.job_id])
