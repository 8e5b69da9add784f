"""What else can become of a paper than being photographed: taken without a picture, seen and returned, promised,
reused, needed or not; how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from villagedesk.desk.checklist import can_be_given_back
from villagedesk.desk.intake_views import ChecklistLine, Reusable
from villagedesk.desk.material_notes import MOST_COPIES
from villagedesk.desk.views import DraftView, Sentence
from villagedesk.domain.case import MaterialState, Trust
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.service_item import MaterialForm
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.fields import Count
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label
from villagedesk.ui.theme import GAP

_KEYS = {
    MaterialState.TAKEN: "S",
    MaterialState.SEEN: "V",
    MaterialState.PROMISED: "P",
    MaterialState.REUSED: "U",
    MaterialState.NEEDED: "Y",
    MaterialState.NOT_NEEDED: "N",
}
_IN_A_ROW = 2
_TRUST_KEY = "K"
_FORM_KEY = "O"


class PaperActs(QWidget):
    """Buttons for the chosen line of the checklist; a second press takes it back.

    Signals:
        changed(DraftView): the desk noted it.
    """

    changed = Signal(object)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._draft: DraftView | None = None
        self._line: ChecklistLine | None = None
        self._reusable: tuple[Reusable, ...] = ()
        self._refused_day: tuple[str, str, Sentence] | None = None
        """Requirement, the day as typed, and why it was refused."""
        words = surroundings.words
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP // 2)
        self._states = QGridLayout()
        self._states.setSpacing(GAP // 2)
        grid.addLayout(self._states, 0, 0, 1, 2)
        self.buttons: dict[MaterialState, QPushButton] = {}
        for state, key in _KEYS.items():
            self.buttons[state] = button(
                f"paper_{state}",
                words(f"ui.checklist.{state}"),
                lambda state=state: self._note(state),  # type: ignore[misc]
                key=key,
                role="small",
                parent=self,
            )
        self.trust = button("paper_trust", "", self._next_trust, role="small", parent=self)
        grid.addWidget(self.trust, 2, 0, 1, 2)
        self.form = button("paper_form", "", self._other_form, role="small", parent=self)
        self.copies = Count("paper_copies", self)
        self.copies.setRange(1, MOST_COPIES)
        self.copies.valueChanged.connect(self._count_copies)
        self.copies.setSuffix(words("ui.checklist.copies"))
        taken = QHBoxLayout()
        taken.addWidget(self.form, 1)
        taken.addWidget(self.copies)
        grid.addLayout(taken, 3, 0, 1, 2)
        self.promise_day = QLineEdit(self)
        self.promise_day.setObjectName("promise_day")
        self.promise_day.setPlaceholderText(words("ui.form.date_hint"))
        self.promise_day.editingFinished.connect(self._promise_until)
        self._promise_label = plain_label(words("ui.checklist.promise_day"), "small", self)
        self._promise_label.setBuddy(self.promise_day)
        row = QHBoxLayout()
        row.addWidget(self._promise_label)
        row.addWidget(self.promise_day, 1)
        grid.addLayout(row, 4, 0, 1, 2)
        self._promise_trouble = SentenceLabel(words, "promise_day_trouble", self)
        grid.addWidget(self._promise_trouble, 5, 0, 1, 2)

    def keys(self, owner: QWidget) -> list[QShortcut]:
        """The keys, acting while the focus is in ``owner``."""
        acts = [
            on_key(owner, key, lambda state=state: self._press(self.buttons[state]))  # type: ignore[misc]
            for state, key in _KEYS.items()
        ]
        return [
            *acts,
            on_key(owner, _TRUST_KEY, lambda: self._press(self.trust)),
            on_key(owner, _FORM_KEY, lambda: self._press(self.form)),
        ]

    def look_for_reusable(self, draft: DraftView) -> None:
        """Ask which papers of earlier cases still serve."""
        case_id, intake = draft.case.case_id, self._with.desk.intake

        def found(papers: tuple[Reusable, ...]) -> None:
            if self._draft is not None and self._draft.case.case_id == case_id:
                self._reusable = papers
                self._show()

        self._with.background.run(self, lambda: intake.reusable(case_id), found, lane=Lane.READS)

    def show_line(self, draft: DraftView, line: ChecklistLine | None) -> None:
        """Offer what can be done about that line."""
        if self._draft is None or self._draft.case.case_id != draft.case.case_id:
            self._reusable = ()
        self._draft, self._line = draft, line
        self._show()

    def _show(self) -> None:
        line, words = self._line, self._with.words
        self.setVisible(line is not None)
        if line is None:
            return
        requirement = line.requirement
        self._lay_states(line)
        for state, act in self.buttons.items():
            text = words("ui.checklist.take_back") if line.state is state else words(f"ui.checklist.{state}")
            act.setText(f"{text}  {_KEYS[state]}")
            act.setAccessibleName(words("ui.checklist.act_on", act=text, name=requirement.name))
        came = line.state is MaterialState.TAKEN
        self.form.setVisible(came)
        self.copies.setVisible(came)
        self.form.setText(f"{words(f'ui.checklist.form_{line.form}')}  {_FORM_KEY}")
        self.form.setAccessibleName(words("ui.checklist.act_on", act=self.form.text(), name=requirement.name))
        with QSignalBlocker(self.copies):
            self.copies.setValue(line.copies)
        self.copies.setAccessibleName(words("ui.checklist.copies_of", name=requirement.name))
        self.trust.setVisible(line.pages > 0 or line.state is MaterialState.SEEN)
        self.trust.setText(f"{words(f'ui.checklist.trust_{line.trust.value.lower()}')}  {_TRUST_KEY}")
        self.trust.setAccessibleName(words("ui.checklist.act_on", act=self.trust.text(), name=requirement.name))

        self._show_promise(line)

    def _lay_states(self, line: ChecklistLine) -> None:
        """What can become of the paper, and what did, without gaps."""
        requirement = line.requirement
        photographed = line.pages > 0 and line.state is not MaterialState.REUSED
        possible = {
            MaterialState.TAKEN: requirement.min_pages == 0 and not line.pages,
            MaterialState.SEEN: can_be_given_back(requirement) and line.state is not MaterialState.REUSED,
            MaterialState.PROMISED: requirement.promise_days > 0 and not photographed,
            MaterialState.REUSED: self._source() is not None and not photographed,
            MaterialState.NEEDED: line.unanswered,
            MaterialState.NOT_NEEDED: line.needed is None,
        }
        noted = line.state if line.state is not MaterialState.TAKEN else None
        place = 0
        for state, act in self.buttons.items():
            self._states.removeWidget(act)
            act.setVisible(possible[state] or noted is state)
            if possible[state] or noted is state:
                self._states.addWidget(act, place // _IN_A_ROW, place % _IN_A_ROW)
                place += 1

    def _show_promise(self, line: ChecklistLine) -> None:
        """The day; one that was refused stays as it was typed, with the reason beside it."""
        promised = line.state is MaterialState.PROMISED
        refused = self._refused_day
        if refused is not None and (not promised or refused[0] != line.requirement.requirement_id):
            refused = self._refused_day = None
        self._promise_label.setVisible(promised)
        self.promise_day.setVisible(promised)
        shown = line.promised_until if promised else ""
        self.promise_day.setText(refused[1] if refused is not None else shown)
        self._promise_trouble.tell(refused[2] if refused is not None else None)
        self._promise_trouble.setVisible(refused is not None)
        name = self._with.words("ui.checklist.promise_day_of", name=line.requirement.name)
        self.promise_day.setAccessibleName(name)
        self.promise_day.setAccessibleDescription(self._promise_trouble.accessibleName())

    def _promise_until(self) -> None:
        line, typed = self._line, self.promise_day.text()
        if line is None or line.state is not MaterialState.PROMISED:
            return
        if self._refused_day is not None and self._refused_day[1] == typed:
            return
        self._refused_day = None
        if typed == line.promised_until:
            self._show()
            return
        intake, requirement = self._with.desk.intake, line.requirement.requirement_id

        def refused(problem: Problem) -> None:
            if not isinstance(problem, InputProblem):
                self._with.background.problem.emit(problem)
                return
            self._refused_day = (requirement, typed, Sentence(problem.key, problem.params, "bad"))
            self._show()

        self._change(
            lambda case_id: intake.set_material(case_id, requirement, line.state, promised_until=typed), refused
        )

    def _source(self) -> Reusable | None:
        if self._line is None:
            return None
        wanted = self._line.requirement.requirement_id
        return next((one for one in self._reusable if one.requirement_id == wanted), None)

    def _press(self, act: QPushButton) -> None:
        if act.isVisible() and act.isEnabled():
            act.click()

    def _note(self, state: MaterialState) -> None:
        if self._line is None:
            return
        intake, requirement = self._with.desk.intake, self._line.requirement.requirement_id
        source = self._source()
        if self._line.state is state:
            self._change(lambda case_id: intake.set_material(case_id, requirement, None))
        elif state is MaterialState.REUSED:
            if source is not None:
                self._change(lambda case_id: intake.reuse(case_id, requirement, source.case_id))
        else:
            self._change(lambda case_id: intake.set_material(case_id, requirement, state))

    def _next_trust(self) -> None:
        if self._line is None:
            return
        levels = list(Trust)
        level = levels[(levels.index(self._line.trust) + 1) % len(levels)]
        intake, line = self._with.desk.intake, self._line
        requirement = line.requirement.requirement_id
        self._change(lambda case_id: intake.set_material(case_id, requirement, line.state, trust=level))

    def _other_form(self) -> None:
        if self._line is None:
            return
        form = MaterialForm.COPY if self._line.form is MaterialForm.ORIGINAL else MaterialForm.ORIGINAL
        intake, line = self._with.desk.intake, self._line
        requirement = line.requirement.requirement_id
        self._change(lambda case_id: intake.set_material(case_id, requirement, line.state, form=form))

    def _count_copies(self, copies: int) -> None:
        if self._line is None:
            return
        intake, line = self._with.desk.intake, self._line
        requirement = line.requirement.requirement_id
        self._change(lambda case_id: intake.set_material(case_id, requirement, line.state, copies=copies))

    def _change(self, change: Callable[[str], DraftView], refused: Callable[[Problem], None] | None = None) -> None:
        if self._draft is not None:
            case_id = self._draft.case.case_id
            self._with.background.run(self, lambda: change(case_id), self.changed.emit, failed=refused)
