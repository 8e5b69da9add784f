"""Step 4: everything on one page as it will be printed; what is missing in red, each with the way to mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Missing, Sentence
from villagedesk.domain.case import MaterialState
from villagedesk.domain.printing import PaperKind, PrintJob
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.case_facts import Facts, party_lines
from villagedesk.ui.form_words import ethnic_words, form_lines
from villagedesk.ui.intake.applicant_card import grouped
from villagedesk.ui.intake.notices import DraftNotices
from villagedesk.ui.intake.questions import NEEDED_KEY, NONE_KEY, NOT_NEEDED_KEY, Questions
from villagedesk.ui.intake.step import STEPS, Step
from villagedesk.ui.layouts import clear
from villagedesk.ui.print_line import PrintLine
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP
from villagedesk.ui.waiting_prints import WaitingPrints

PAPER_WIDTH = 760


class ReviewStep(Step):
    """The paper, and above it what still hinders.

    Signals:
        mend_wanted(Missing): go to the place where this is mended.
    """

    mend_wanted = Signal(object)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        self._draft: DraftView | None = None
        self._held = False
        self._answering = False
        self._mend_buttons: list[QPushButton] = []
        self._missing = QFrame(self)
        self._missing.setObjectName("missing")
        self._missing.setProperty("role", "notice-bad")
        self._missing_rows = QVBoxLayout(self._missing)
        self._missing_rows.setContentsMargins(GAP * 2, GAP, GAP, GAP)
        self._missing_rows.setSpacing(0)
        self._questions = Questions(surroundings.words, self)
        self._questions.answered.connect(self._answer)
        self._how_many = SentenceLabel(surroundings.words, "how_many_missing", self)
        self._ready = SentenceLabel(surroundings.words, "ready_sentence", self)
        self._paper = QFrame(self)
        self._paper.setObjectName("receipt_preview")
        self._paper.setAccessibleName(surroundings.words("ui.review.paper"))
        self._paper.setProperty("role", "paper")
        self._paper.setMaximumWidth(PAPER_WIDTH)
        self._paper_column = QVBoxLayout(self._paper)
        self._paper_column.setContentsMargins(GAP * 5, GAP * 4, GAP * 5, GAP * 4)
        self._paper_column.setSpacing(GAP)
        self.notices = DraftNotices(surroundings.words, self)
        self._print_hint = button(
            "print_missing",
            surroundings.words("ui.review.print_missing"),
            self.print_paper,
            key="F8",
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._hint = PrintLine(surroundings, "missing_materials", self)
        self._hint.worked.connect(self.worked)
        self._waiting = WaitingPrints(surroundings, self)
        self._waiting.worked.connect(self.worked)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GAP, 0)
        column.setSpacing(GAP * 2)
        column.addWidget(self.notices)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        head.addWidget(self._how_many, 1)
        head.addWidget(self._ready, 1)
        head.addWidget(self._print_hint)
        column.addLayout(head)
        column.addWidget(self._hint)
        column.addWidget(self._waiting)
        column.addWidget(self._questions)
        column.addWidget(self._missing)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._paper, 20)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(scrolled(content, self))
        on_key(self, NEEDED_KEY, lambda: self._questions.answer_first(needed=True))
        on_key(self, NOT_NEEDED_KEY, lambda: self._questions.answer_first(needed=False))
        on_key(self, NONE_KEY, self._questions.answer_none)

    def entered(self) -> None:
        """Old words about printing go."""
        self._hint.tell(None)

    def show_draft(self, draft: DraftView) -> None:
        """Write it all anew."""
        if draft == self._draft:
            return
        if self._draft is None or self._draft.case.case_id != draft.case.case_id:
            self._waiting.read(draft.case.case_id)
        self._draft = draft
        self.notices.show_draft(draft)
        self._show_missing(draft)
        self._write_paper(draft)
        self.primary_changed.emit()

    def hold(self, held: bool) -> None:
        """Take nothing in while something typed is not saved; the paper shows only what is."""
        if held != self._held:
            self._held = held
            self._ready.setVisible(self.primary_ready())
            self.primary_changed.emit()

    def first_focus(self) -> QWidget | None:
        """The first thing to answer or to mend, else the primary button; that first while the item is another."""
        if self._changed():
            return None
        first = self._questions.first_focus() or (self._mend_buttons[0] if self._mend_buttons else None)
        if first is not None:
            first.show()  # it may be made just now, and Qt gives no focus to what it has not come to show
        return first

    def primary_words(self) -> str:
        """收下材料并打印凭证, or 重新提交; 按新要求办 while the item is another than the draft's"""
        if self._changed():
            return self._with.words("ui.notices.adopt")
        correction = None if self._draft is None else self._draft.correction
        if correction is None:
            return self._with.words("ui.review.go")
        return self._with.words("ui.correction.complete_go" if correction.completes else "ui.correction.go")

    def primary_ready(self) -> bool:
        """When nothing is missing, everything was asked, and everything that was typed is saved; a changed item can be
        gone over to before."""
        if self._draft is None or self._held:
            return False
        if self._draft.changes is not None:
            return self._draft.changes.new is not None
        return self._draft.ready

    def primary(self) -> None:
        """Take the case in; before that, go over to what the item asks for now."""
        if not self.primary_ready():
            return
        if self._changed():
            self.notices.adopt_wanted.emit()
        else:
            self.take_in_wanted.emit()

    def _changed(self) -> bool:
        return self._draft is not None and self._draft.changes is not None

    def _show_missing(self, draft: DraftView) -> None:
        clear(self._missing_rows)
        self._mend_buttons.clear()
        self._questions.show_questions(draft.questions)
        self._missing.setVisible(bool(draft.missing))
        self._print_hint.setVisible(draft.lacks)
        self._ready.setVisible(self.primary_ready())
        self._ready.tell(self._what_is_ready(draft))
        self._how_many.setVisible(not draft.ready)
        self._how_many.tell(self._what_hinders(draft))
        for number, one in enumerate(draft.missing, start=1):
            self._missing_rows.addLayout(self._missing_row(number, one))

    @staticmethod
    def _what_is_ready(draft: DraftView) -> Sentence:
        if draft.changes is not None:
            return Sentence("ui.review.adopt_first", tone="warn")
        if draft.correction is not None:
            key = "complete_ready" if draft.correction.completes else "ready"
            return Sentence(f"ui.correction.{key}", tone="good")
        return Sentence("ui.review.promised", tone="warn") if draft.lacks else Sentence("ui.review.ready", tone="good")

    @staticmethod
    def _what_hinders(draft: DraftView) -> Sentence:
        params = {"count": len(draft.missing), "asked": len(draft.questions)}
        if not draft.missing:
            return Sentence("ui.review.only_questions", params, "warn")
        return Sentence("ui.review.missing_and_questions" if draft.questions else "ui.review.missing", params, "bad")

    def _answer(self, requirement_ids: tuple[str, ...], needed: bool) -> None:
        if self._draft is None or self._answering:
            return
        case_id, intake = self._draft.case.case_id, self._with.desk.intake
        self._answering = True

        def answered(draft: DraftView) -> None:
            self._answering = False
            self.worked.emit()
            self.draft_changed.emit(draft)

        def failed(problem: Problem) -> None:
            self._answering = False
            self._with.background.problem.emit(problem)

        self._with.background.run(
            self, lambda: intake.answer(case_id, requirement_ids, needed=needed), answered, failed=failed
        )

    def print_paper(self) -> None:
        """Whatever the villager still has to bring or to say, promised papers too."""
        if self._draft is None or not self._draft.lacks:
            return
        printing, case_id = self._with.desk.printing, self._draft.case.case_id
        self._hint.say(Sentence("ui.print.working"))

        def printed(job: PrintJob) -> None:
            self.worked.emit()
            self._hint.tell(job)

        def failed(problem: Problem) -> None:
            self._hint.tell(None)
            self._with.background.problem.emit(problem)

        self._with.background.run(
            self,
            lambda: printing.print(case_id, PaperKind.MISSING_MATERIALS),
            printed,
            failed=failed,
            words=self._with.words("ui.print.working"),
        )

    def _missing_row(self, number: int, one: Missing) -> QHBoxLayout:
        words = self._with.words
        row = QHBoxLayout()
        row.setSpacing(GAP)
        sentence = SentenceLabel(words, f"missing_{number}")
        sentence.tell(Sentence(one.sentence.key, one.sentence.params, "bad"))
        row.addWidget(sentence, 1)
        mend = button(
            f"mend_{number}",
            words("ui.review.mend", step=words(f"ui.intake.step_{STEPS[one.step - 1]}", number=one.step)),
            lambda: self.mend_wanted.emit(one),
            role="link",
        )
        mend.setAccessibleName(f"{words.of(one.sentence)} {mend.text()}")
        self._mend_buttons.append(mend)
        row.addWidget(mend)
        return row

    def _write_paper(self, draft: DraftView) -> None:
        words = self._with.words
        clear(self._paper_column)
        station = plain_label(self._with.desk.station.name, "quiet")
        station.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title = plain_label(words("ui.review.title"), "h1")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._paper_column.addWidget(station)
        self._paper_column.addWidget(title)
        self._paper_column.addSpacing(GAP)
        applicant = draft.case.applicant
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP * 2)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        for row, (key, value) in enumerate(
            (
                ("item", draft.item.name),
                ("applicant", applicant.name),
                ("document", words(f"domain.document.{applicant.document_kind}")),
                ("number", grouped(applicant.document_number)),
                ("phone", applicant.phone),
                ("address", applicant.address),
            )
        ):
            label = plain_label(words(f"ui.review.{key}"), "quiet")
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            shown = wrapping_label(value or words("ui.review.empty"))
            shown.setObjectName(f"review_{key}")
            grid.addWidget(shown, row, 1)
        self._paper_column.addLayout(grid)
        # what was filled in besides, so that the clerk reads all of it back before taking the papers in
        shown_form = {name: value for name, value in draft.case.form.items() if name in draft.form_shown}
        group = applicant.ethnic_group
        for name, lines in (
            ("review_group", [(words("ui.review.ethnic_group"), ethnic_words(words, group))] if group else []),
            ("review_party", party_lines(words, draft.case.parties, masked=False)),
            ("review_form", form_lines(words, draft.item.fields, shown_form, masked=False)),
        ):
            if lines:
                facts = Facts(name)
                facts.show_lines(lines)
                self._paper_column.addWidget(facts)
        self._paper_column.addWidget(_rule())
        self._paper_column.addLayout(self._materials(draft))
        self._paper_column.addWidget(_rule())
        self._paper_column.addWidget(wrapping_label(words("ui.review.clerk", name=self._with.desk.clerk)))
        self._paper_column.addWidget(wrapping_label(words("ui.review.not_acceptance"), "small"))

    def _materials(self, draft: DraftView) -> QGridLayout:
        words = self._with.words
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP * 2)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(0, 1)
        for column, key in enumerate(("material", "form", "copies", "pages")):
            grid.addWidget(plain_label(words(f"ui.review.{key}"), "small"), 0, column)
        row = 1
        for line in draft.checklist:
            if line.needed is not True and not line.pages and line.state is None:
                continue
            requirement = line.requirement
            count = plain_label(words("ui.review.page_count", count=line.pages))
            if line.state not in (None, MaterialState.TAKEN):
                count.setText(words(f"ui.checklist.{line.state}"))
            if not line.done:
                count.setProperty("tone", "bad")
            cells = (
                wrapping_label(requirement.name),
                plain_label(words(f"ui.form.{line.form}")),
                plain_label(words("ui.review.copy_count", count=line.copies)),
                count,
            )
            for column, cell in enumerate(cells):
                grid.addWidget(cell, row, column)
            row += 1
        return grid


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "rule")
    return rule
