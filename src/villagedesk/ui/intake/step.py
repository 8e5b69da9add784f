"""What the four steps have in common, and the bar above them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from villagedesk.desk.views import DraftView
from villagedesk.ui.buttons import button
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import Words, plain_label

STEPS = ("item", "applicant", "materials", "review")


class Step(QWidget):
    """One of the four pages of the intake.

    Signals:
        draft_changed(DraftView): the desk saved something.
        step_wanted(int): go to that step (1–4).
        primary_changed(): the primary button's words, or whether there is one, changed.
        item_chosen(str): step 1 only: this item's code.
        guided_wanted(str): step 1 only: the villager applies for this item online.
        take_in_wanted(): step 4 only.
        worked(): an act succeeded, so an older problem no longer matters.
    """

    draft_changed = Signal(object)
    step_wanted = Signal(int)
    primary_changed = Signal()
    item_chosen = Signal(str)
    guided_wanted = Signal(str)
    take_in_wanted = Signal()
    worked = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings

    def show_draft(self, draft: DraftView) -> None:
        """The draft as it is saved now."""

    def entered(self) -> None:
        """The step comes up."""

    def left(self) -> None:
        """The clerk goes to another step or away: save what was typed."""

    def first_focus(self) -> QWidget | None:
        """Where the cursor goes; None for the primary button."""
        return None

    def primary_words(self) -> str:
        """What the primary button does here; "" hides it while the step has a button of its own."""
        return ""

    def primary_ready(self) -> bool:
        """Whether the primary button can be pressed."""
        return True

    def primary(self) -> None:
        """The next step."""

    def print_paper(self) -> None:
        """F8, wherever the focus is: what the step has for the printer."""

    def escape(self) -> bool:
        """Esc: True when the step had something open that it closed."""
        return False


class StepBar(QWidget):
    """``1 选事项 → 2 申请人 → 3 收材料 → 4 核对打印``; steps that can be gone to are buttons.

    Signals:
        step_wanted(int): 1–4.
    """

    step_wanted = Signal(int)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._buttons: list[QPushButton] = []
        for number, name in enumerate(STEPS, start=1):
            if number > 1:
                row.addWidget(plain_label("→", "quiet", self))
            step = button(f"step_{number}", words(f"ui.intake.step_{name}", number=number), role="step", parent=self)
            step.setCheckable(True)
            step.clicked.connect(lambda _=False, number=number: self.step_wanted.emit(number))
            self._group.addButton(step)
            self._buttons.append(step)
            row.addWidget(step)
        row.addStretch(1)

    def show_step(self, number: int, reachable: bool, *, from_step: int = 1) -> None:
        """Mark the step the clerk is on; the later ones wait until there is a draft, those before ``from_step`` are
        over."""
        for place, step in enumerate(self._buttons, start=1):
            step.setChecked(place == number)
            step.setEnabled(place >= from_step and (place == 1 or reachable))
