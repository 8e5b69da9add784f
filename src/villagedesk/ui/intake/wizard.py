"""A new case in four steps, or the last three of them for a case that is corrected; every step is saved, so that going
back or away loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Missing, Sentence, TakenIn
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.glyphs import readable
from villagedesk.ui.intake.applicant import ApplicantStep
from villagedesk.ui.intake.choose_item import ChooseItem
from villagedesk.ui.intake.correction import CorrectionNotice
from villagedesk.ui.intake.materials import MaterialsStep
from villagedesk.ui.intake.review import ReviewStep
from villagedesk.ui.intake.step import Step, StepBar
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import ElidedLabel, SentenceLabel, plain_label
from villagedesk.ui.theme import GAP, GREEN

T = TypeVar("T")
_PERSONS = 2
SURE_MS = 4000
"""How long the second press on 删除草稿 is waited for."""


class Wizard(Screen):
    """The intake.

    Args:
        draft: to go on with; None to begin with the choice of an item.

    Signals:
        taken_in(TakenIn, DraftView): the case is saved and has its number.
    """

    taken_in = Signal(object, object)
    nav = "nav_new"

    def __init__(self, surroundings: Surroundings, draft: DraftView | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._draft: DraftView | None = None
        self._number = 1
        self._busy = False
        words = surroundings.words
        self.bar = StepBar(words, self)
        self._saved = plain_label("", parent=self)
        self._saved.setObjectName("saved_at")
        self._saved.setStyleSheet(f"color: {GREEN}")
        self._warning = SentenceLabel(words, "draft_warning", self)
        self._warning.hide()
        self._unsaved = SentenceLabel(words, "draft_unsaved", self)
        self._unsaved.hide()
        self._correction = CorrectionNotice(words, self)
        self._stack = QStackedWidget(self)
        self.choose = ChooseItem(surroundings, self)
        self.applicant = ApplicantStep(surroundings, self)
        self.materials = MaterialsStep(surroundings, self)
        self.review = ReviewStep(surroundings, self)
        self._steps: tuple[Step, ...] = (self.choose, self.applicant, self.materials, self.review)
        for step in self._steps:
            self._stack.addWidget(step)
        self._back = button("wizard_back", words("ui.back"), self.back, key="Esc", parent=self)
        self._discard = button(
            "discard_draft", words("ui.intake.discard"), self._ask_discard, role="plain", parent=self
        )
        self._about = ElidedLabel("about_draft", self)
        self._primary = button("primary_button", "", self._do_primary, role="primary", parent=self)
        self._sure = QTimer(self, singleShot=True, interval=SURE_MS)
        self._lay_out()
        self._wire()
        if draft is not None:
            self._take_draft(draft)
            first = _PERSONS if self._corrects else 1
            self._number = min(max(draft.case.step, first), len(self._steps))
        self._show_step()

    def title(self) -> str:
        """新办件, 补正, or 补齐 before a carried case goes over to the acceptance system"""
        if self._completes:
            return self._with.words("ui.correction.complete")
        return self._with.words("ui.correction.title" if self._corrects else "ui.intake.title")

    @property
    def _corrects(self) -> bool:
        return self._draft is not None and self._draft.correction is not None

    @property
    def _completes(self) -> bool:
        correction = None if self._draft is None else self._draft.correction
        return correction is not None and correction.completes

    @property
    def help_key(self) -> str:  # type: ignore[override]
        """Each step has a text of its own."""
        return f"ui.help.step_{self._number}"

    @property
    def case_id(self) -> str:
        """Of the draft, "" before there is one."""
        return "" if self._draft is None else self._draft.case.case_id

    @property
    def unsaved(self) -> bool:
        """Whether something typed is not in the draft yet: the screen must not be thrown away."""
        return bool(self.applicant.autosave.unsaved())

    def first_focus(self) -> QWidget:
        """The step's own first field, else the primary button."""
        return self._step().first_focus() or self._primary

    def leave(self) -> None:
        """Save what was typed, also what could not be saved before."""
        self._leave_step()

    def back(self) -> None:
        """Esc: close what is open; else one step back; from the first, to where the clerk came from."""
        if self._step().escape():
            return
        if self._draft is not None and self._corrects and self._number == _PERSONS:
            self.case_wanted.emit(self._draft.case.case_id)
        elif self._number > 1:
            self.go_to(self._number - 1)
        else:
            self.back_wanted.emit()

    def begin_item(self, code: str) -> None:
        """Start with an item chosen elsewhere."""
        self._item_chosen(code)

    def go_to(self, number: int) -> None:
        """Go to a step, saving the one that is left."""
        if number > 1 and self._draft is None:
            self.choose.primary()
            return
        if self._corrects:
            number = max(number, _PERSONS)  # it stays the item it was taken in for
        self._leave_step()
        self.worked.emit()
        self._number = number
        self._show_step()
        if self._draft is not None:
            case_id = self._draft.case.case_id
            intake = self._with.desk.intake
            # Saving the step also brings everything typed and photographed since, for the review.
            self._with.background.run(self, lambda: intake.type(case_id, {}, number), self._take_if_ours)

    def _leave_step(self) -> None:
        self._step().left()
        if self._step() is not self.applicant:
            self.applicant.left()

    def _wire(self) -> None:
        self.bar.step_wanted.connect(self.go_to)
        self.choose.item_chosen.connect(self._item_chosen)
        self.choose.guided_wanted.connect(self.guided_wanted)
        self.review.take_in_wanted.connect(self._take_in)
        self.review.mend_wanted.connect(self._mend)
        self.applicant.autosave.told.connect(self._show_unsaved)
        for notices in (self.applicant.notices, self.review.notices):
            notices.case_wanted.connect(self.case_wanted)
        self.review.notices.adopt_wanted.connect(self.applicant.adopt)
        for step in self._steps:
            step.draft_changed.connect(self._take_if_ours)
            step.step_wanted.connect(self.go_to)
            step.primary_changed.connect(self._show_primary)
            step.worked.connect(self.worked)
        on_key(self, "Esc", self.back)
        on_key(self, "F8", lambda: self._step().print_paper())
        on_enter(self, lambda: self._step().primary())
        self._sure.timeout.connect(lambda: self._discard.setText(self._with.words("ui.intake.discard")))

    def _lay_out(self) -> None:
        head = QFrame(self)
        head.setProperty("role", "bar")
        row = QHBoxLayout(head)
        row.setContentsMargins(GAP, GAP // 2, GAP * 2, GAP // 2)
        row.addWidget(self.bar, 1)
        row.addWidget(self._saved)
        body = QVBoxLayout()
        body.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        body.addWidget(self._unsaved)
        body.addWidget(self._warning)
        body.addWidget(self._correction)
        body.addWidget(self._stack, 1)
        foot = QFrame(self)
        foot.setProperty("role", "foot")
        self._foot = foot
        line = QHBoxLayout(foot)
        line.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        line.setSpacing(GAP)
        line.addWidget(self._back)
        line.addWidget(self._discard)
        line.addWidget(self._about, 1)
        line.addWidget(self._primary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(body, 1)
        column.addWidget(foot)

    def _step(self) -> Step:
        return self._steps[self._number - 1]

    def _show_step(self) -> None:
        self._stack.setCurrentWidget(self._step())
        self.bar.show_step(self._number, self._draft is not None, from_step=_PERSONS if self._corrects else 1)
        self._discard.setVisible(self._draft is not None and not self._corrects)
        self._show_about()
        self._show_primary()
        self._step().entered()
        if self.isVisible():
            self.first_focus().setFocus()

    def _show_primary(self) -> None:
        step = self._step()
        text = step.primary_words()
        had_focus = self._primary.hasFocus()
        self._primary.setText(f"{text}  Enter")
        self._primary.setAccessibleName(text)
        self._primary.setEnabled(step.primary_ready())
        # A step that has opened something with a primary button of its own takes the whole foot away.
        self._foot.setVisible(bool(text))
        if had_focus and not self._primary.hasFocus() and self.isVisible():
            self.first_focus().setFocus()

    def _do_primary(self) -> None:
        self._step().primary()

    def _take_if_ours(self, draft: DraftView) -> None:
        if self._draft is not None and draft.case.case_id == self._draft.case.case_id:
            self._take_draft(draft)

    def _take_draft(self, draft: DraftView) -> None:
        self._draft = draft
        mending = self._step() is self.review and self._focus_is_in(self.review)
        for step in self._steps:
            step.show_draft(draft)
        if mending and not self._focus_is_in(self.review):
            # The button that led to what was missing went with it.
            self.first_focus().setFocus()
        # what belongs to no field: the disk that is nearly full
        warning = next((trouble.sentence for trouble in draft.troubles if not trouble.field), None)
        self._warning.tell(warning)
        self._warning.setVisible(warning is not None)
        self._correction.tell(draft)
        words = self._with.words
        self._saved.setText(words("ui.intake.saved", time=words.clock_time(draft.saved_at)))
        self._show_about()

    def _show_about(self) -> None:
        """Whose case it is and of what; at the first step the item may become another one."""
        draft = self._draft
        about = [] if draft is None or self._number == 1 else [draft.item.name, readable(draft.case.applicant.name)]
        self._about.setText(" · ".join(part for part in about if part))

    def _show_unsaved(self) -> None:
        """Typing that could not be saved: told on every step instead of 已保存, and on the screen that came instead."""
        problem = self.applicant.autosave.problem
        told = None
        if problem is not None:
            told = Sentence("ui.intake.unsaved", {"why": self._with.words.problem(problem)}, "bad")
        self._unsaved.tell(told)
        self._unsaved.setVisible(told is not None)
        self._saved.setVisible(told is None)
        self.review.hold(told is not None)
        if problem is not None and not self.isVisible():
            self._with.background.problem.emit(problem)

    @staticmethod
    def _focus_is_in(widget: QWidget) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and widget.isAncestorOf(focus)

    def _item_chosen(self, code: str) -> None:
        if self._busy:
            return
        old = self._draft
        if old is not None and old.item.code == code:
            self.go_to(2)
            return
        intake, typed = self._with.desk.intake, self.applicant.autosave.unsaved()

        def start() -> DraftView:
            if old is None:
                return intake.start(code)
            # another item: what was typed and photographed goes along
            if typed:
                intake.type(old.case.case_id, typed, 1)
            return intake.change_item(old.case.case_id, code)

        def started(draft: DraftView) -> None:
            self._busy = False
            self.worked.emit()
            self._take_draft(draft)
            self._number = 2
            self._show_step()
            self._take_draft(draft)

        self._busy = True
        self._with.background.run(
            self, start, started, failed=self._failed, words=self._with.words("ui.intake.starting")
        )

    def _mend(self, missing: Missing) -> None:
        self.go_to(missing.step)
        if missing.step == 2:
            self.applicant.focus_field(missing.field)
        elif missing.step == 3:
            self.materials.focus_requirement(missing.requirement_id)

    def _take_in(self) -> None:
        if self._busy or self._draft is None:
            return
        if self._corrects:
            self._send_corrected(self._draft.case.case_id)
            return
        draft = self._draft

        def taken(result: TakenIn) -> None:
            self._busy = False
            self.applicant.autosave.begin("")
            self.worked.emit()
            self.taken_in.emit(result, draft)

        self._busy = True
        self._with.background.run(
            self,
            self._after_typing(draft.case.case_id, self._with.desk.intake.take_in),
            taken,
            failed=self._failed,
            words=self._with.words("ui.intake.taking_in"),
        )

    def _send_corrected(self, case_id: str) -> None:
        def sent(_: object) -> None:
            self._busy = False
            self.applicant.autosave.begin("")
            self.worked.emit()
            if completes:
                self.moves_wanted.emit()
            else:
                self.case_wanted.emit(case_id)

        completes = self._completes
        self._busy = True
        self._with.background.run(
            self,
            self._after_typing(case_id, self._with.desk.intake.send_corrected),
            sent,
            failed=self._failed,
            words=self._with.words("ui.correction.complete_saving" if completes else "ui.correction.sending"),
        )

    def _after_typing(self, case_id: str, act: Callable[[str], T]) -> Callable[[], T]:
        """The act, once what the screen holds unsaved is saved, and what was photographed is a page or waits; raises
        InputProblem when it cannot be."""
        background = self._with.background
        intake, typed, step = self._with.desk.intake, self.applicant.autosave.unsaved(), len(self._steps)

        def work() -> T:
            if typed and intake.type(case_id, typed, step).refused:
                raise InputProblem("intake.not_ready", count=1)
            background.pictures_rest()
            return act(case_id)

        return work

    def _ask_discard(self) -> None:
        words = self._with.words
        if not self._sure.isActive():
            self._discard.setText(words("ui.intake.discard_sure"))
            self._sure.start()
            return
        self._sure.stop()
        if self._draft is None or self._busy:
            return
        case_id, self._draft = self._draft.case.case_id, None
        self.applicant.autosave.begin("")
        intake = self._with.desk.intake
        self._with.background.run(self, lambda: intake.discard(case_id), lambda _: self.today_wanted.emit())

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)
        if isinstance(problem, InputProblem) and self._draft is not None:
            case_id = self._draft.case.case_id
            intake = self._with.desk.intake
            self._with.background.run(self, lambda: intake.view(case_id), self._take_if_ours)
