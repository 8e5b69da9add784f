"""请您评价: the screen turned to the villager, who says herself how it was. Nothing of her, nothing of the clerk's."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from villagedesk.domain.evaluation import Level, PoorReason, Stage
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.digit_keys import DigitKeys
from villagedesk.ui.fields import Field, Tick
from villagedesk.ui.follow_up.faces import FaceButton
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP

_LEVELS = tuple(sorted(Level, reverse=True))


class _At(Enum):
    """Where she is."""

    LEVEL = auto()
    REASON = auto()
    SAVING = auto()
    THANKS = auto()


class RatingPage(Screen):
    """The whole window, until she is done. What she chose is kept when it is chosen, or when she has said why; leaving
    the page then keeps it with what she has ticked and typed so far.

    Args:
        item: what was handled, all that is shown of the case.
    """

    help_key = "ui.help.rate"
    nav = "nav_cases"
    full_window = True

    def __init__(
        self, surroundings: Surroundings, case_id: str, item: str, stage: Stage, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = words = surroundings.words
        self._case_id, self._stage = case_id, stage
        self._at = _At.LEVEL
        self._level: Level | None = None
        self._asks = surroundings.desk.evaluations.rules().ask_reason
        self._steps = QStackedWidget(self)
        self._steps.setProperty("role", "ground")
        self._faces = [
            FaceButton(level, words(f"evaluation.level.{int(level)}"), str(int(level)), self) for level in _LEVELS
        ]
        for face, level in zip(self._faces, _LEVELS, strict=True):
            face.clicked.connect(lambda _on, level=level: self._choose(level))
        self._none = button("rate_none", words("evaluation.rate.none"), self._decline, key="0", role="big", parent=self)
        self._ticks = {
            reason: Tick(f"rate_reason_{reason}", words(f"evaluation.reason.{reason}"), "", self)
            for reason in PoorReason
        }
        for tick in self._ticks.values():
            tick.setProperty("role", "big")
        self._own = Field(words, "rate_words", words("evaluation.rate.own"), parent=self)
        self._tell = button(
            "rate_tell", words("evaluation.rate.tell"), self._told, key="Enter", role="primary", parent=self
        )
        self._keep = button("rate_keep", words("evaluation.rate.keep"), self._kept_back, key="Esc", parent=self)
        self._thanks = _big(wrapping_label("", "number", self), "rate_thanks")
        self._back = button(
            "rate_back", words("evaluation.rate.back"), self.back_to_case, key="Enter", role="primary", parent=self
        )
        for step in (self._level_step(item), self._reason_step(), self._thanks_step()):
            self._steps.addWidget(step)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 4, GAP * 3, GAP * 4, GAP * 3)
        page.addWidget(self._steps)
        self._digits = DigitKeys(self._steps.widget(0), lambda: len(_LEVELS), lambda row: self._choose(Level(row + 1)))
        on_key(self._steps.widget(0), "0", self._decline)
        on_key(self, "Esc", self._escape)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            on_key(self, key, self._entered)

    def title(self) -> str:
        """请您评价"""
        return self._words("evaluation.rate.title")

    def first_focus(self) -> QWidget:
        """No level is nearer than another: none has the focus, so that Enter says nothing."""
        if self._at is _At.REASON:
            return next(iter(self._ticks.values()))
        return self._back if self._at is _At.THANKS else self._steps.widget(0)

    def hurried(self) -> None:
        """The digit was a scanner's."""
        self._digits.let_go()

    def leave(self) -> None:
        """What she chose is kept, with as much as she has said of why: she cannot be asked again."""
        self._digits.let_go()
        if self._at is _At.REASON:
            self._told()

    def back_to_case(self) -> None:
        """The clerk has the screen again."""
        self.case_wanted.emit(self._case_id)

    def _level_step(self, item: str) -> QWidget:
        step = QFrame(self)
        step.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        step.setObjectName("rate_step")
        step.setAccessibleName(self._words("evaluation.rate.question"))
        column = QVBoxLayout(step)
        column.setSpacing(GAP * 2)
        column.addWidget(_big(wrapping_label(self._words("evaluation.rate.question"), "number", step), "rate_question"))
        what = _big(wrapping_label(self._words("evaluation.rate.item", item=item), "h1", step), "rate_item")
        column.addWidget(what)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for face in self._faces:
            row.addWidget(face, 1)
        column.addLayout(row, 1)
        column.addWidget(_big(wrapping_label(self._words("evaluation.rate.free"), "h2", step), "rate_free"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._none, 1)
        foot.addStretch(1)
        column.addLayout(foot)
        return step

    def _reason_step(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(GAP * 2)
        column.addWidget(_big(wrapping_label(self._words("evaluation.rate.why"), "number", content), "rate_why"))
        column.addWidget(_big(wrapping_label(self._words("evaluation.rate.why_free"), "h2", content), "rate_why_free"))
        grid = QGridLayout()
        grid.setSpacing(GAP * 2)
        for place, tick in enumerate(self._ticks.values()):
            grid.addWidget(tick, place // 2, place % 2)
        column.addLayout(grid)
        column.addWidget(self._own)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._keep)
        foot.addStretch(1)
        foot.addWidget(self._tell)
        column.addStretch(1)
        step = QWidget(self)
        whole = QVBoxLayout(step)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(content, step), 1)
        whole.addLayout(foot)
        return step

    def _thanks_step(self) -> QWidget:
        step = QWidget(self)
        column = QVBoxLayout(step)
        column.setSpacing(GAP * 3)
        column.addStretch(1)
        column.addWidget(self._thanks)
        column.addWidget(_big(wrapping_label(self._words("evaluation.rate.turn"), "h1", step), "rate_turn"))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._back)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
        return step

    def _choose(self, level: Level) -> None:
        if self._at is not _At.LEVEL:
            return
        self._level = level
        if level.is_poor and self._asks:
            self._go(_At.REASON)
        else:
            self._save((), "")

    def _told(self) -> None:
        ticked = [reason for reason, tick in self._ticks.items() if tick.isChecked()]
        self._save(tuple(ticked), self._own.text)

    def _kept_back(self) -> None:
        self._save((), "")

    def _save(self, ticked: tuple[PoorReason, ...], own: str) -> None:
        level = self._level
        assert level is not None
        evaluations, case_id, stage = self._with.desk.evaluations, self._case_id, self._stage
        self._do(lambda: evaluations.record(case_id, stage, level, ticked, own), "evaluation.rate.thanks")

    def _decline(self) -> None:
        if self._at is _At.LEVEL:
            evaluations, case_id, stage = self._with.desk.evaluations, self._case_id, self._stage
            self._do(lambda: evaluations.decline(case_id, stage), "evaluation.rate.thanks_none")

    def _do(self, work: Callable[[], None], thanks: str) -> None:
        if self._at in (_At.SAVING, _At.THANKS):
            return
        before, self._at = self._at, _At.SAVING

        def done(_: None) -> None:
            self.worked.emit()
            self._thanks.setText(self._words(thanks))
            self._go(_At.THANKS)

        def failed(problem: Problem) -> None:
            self._at = before
            self._with.background.problem.emit(problem)
            self.back_to_case()

        words = self._words("evaluation.rate.saving")
        self._with.background.run(self, work, done, failed=failed, words=words)

    def _go(self, at: _At) -> None:
        self._at = at
        self._steps.setCurrentIndex({_At.LEVEL: 0, _At.REASON: 1, _At.THANKS: 2}[at])
        if self.isVisible():
            self.first_focus().setFocus()

    def _escape(self) -> None:
        if self._at is _At.LEVEL:
            self._decline()
        elif self._at is _At.REASON:
            self._kept_back()
        elif self._at is _At.THANKS:
            self.back_to_case()

    def _entered(self) -> None:
        """Enter goes on, also from a reason that is ticked with Space; on a button it presses that."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QPushButton):
            focus.click()
        elif self._at is _At.REASON:
            self._told()
        elif self._at is _At.THANKS:
            self.back_to_case()


def _big(label: QLabel, name: str) -> QLabel:
    label.setObjectName(name)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
