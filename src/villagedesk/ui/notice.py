"""What went wrong, and what is being waited for: a strip above a screen. Only a next step takes the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class Notice(QWidget):
    """The problem banner and the waiting line of one screen.

    Args:
        background: its unclaimed problems and waiting words are shown while this notice is visible.
        own_only: show nothing of what comes from elsewhere: it may name a person or her file.
    """

    def __init__(
        self, words: Words, background: Background, parent: QWidget | None = None, *, own_only: bool = False
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._background = background
        self._act: Callable[[], None] | None = None
        self._problem = self._make_problem()
        self._waiting = self._make_waiting()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, GAP)
        column.setSpacing(GAP)
        column.addWidget(self._problem)
        column.addWidget(self._waiting)
        self._problem.hide()
        self._waiting.hide()
        self._fit()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if not own_only:
            background.problem.connect(self.tell)
        background.waiting_for.connect(self._wait)

    def tell(self, problem: Problem, step: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a problem until it is put away or the next act succeeds.

        Args:
            step: words of a button for the next step, which gets the focus; "" where there is none.
            act: what that button does.
        """
        text = self._words.problem(problem)
        self._text.setText(text)
        self._problem.setAccessibleName(text)
        self._offer(step, act)
        self._problem.show()
        self._fit()
        if act is not None:
            self._step.setFocus()

    def clear(self) -> None:
        """Put the banner away."""
        had_focus = self._away.hasFocus()
        self._problem.hide()
        self._fit()
        if had_focus:
            self.focusNextChild()

    @property
    def shown(self) -> bool:
        """Whether a problem is on the screen."""
        return not self._problem.isHidden()

    def _make_problem(self) -> QFrame:
        frame = QFrame(self)
        frame.setObjectName("problem_banner")
        frame.setProperty("role", "notice-bad")
        row = QHBoxLayout(frame)
        row.setContentsMargins(GAP * 2, GAP // 2, GAP // 2, GAP // 2)
        mark = plain_label("!", "h2", frame)
        mark.setProperty("tone", "bad")
        self._text = wrapping_label("", parent=frame)
        self._text.setObjectName("problem_text")
        self._step = button("problem_step", "", self._go_on, parent=frame)
        self._away = button("problem_away", self._words("ui.notice.understood"), self.clear, role="link", parent=frame)
        self._beside = QHBoxLayout()
        self._beside.addWidget(self._text, 1)
        self._beneath = QHBoxLayout()
        self._beneath.addWidget(self._step)
        self._beneath.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(GAP // 2)
        column.addLayout(self._beside)
        column.addLayout(self._beneath)
        row.addWidget(mark)
        row.addSpacing(GAP)
        row.addLayout(column, 1)
        self._offer("", None)
        return frame

    def _offer(self, step: str, act: Callable[[], None] | None) -> None:
        """With a next step both buttons stand beneath the text, so that it has the whole width."""
        self._act = act
        self._step.setText(step)
        self._step.setAccessibleName(step)
        self._step.setVisible(act is not None)
        (self._beside if act is None else self._beneath).addWidget(self._away)

    def _go_on(self) -> None:
        if self._act is not None:
            self._act()

    def _make_waiting(self) -> QFrame:
        frame = QFrame(self)
        frame.setObjectName("waiting_line")
        frame.setProperty("role", "notice-calm")
        row = QHBoxLayout(frame)
        row.setContentsMargins(GAP * 2, GAP // 2, GAP // 2, GAP // 2)
        row.setSpacing(GAP * 2)
        self._waiting_text = plain_label("", parent=frame)
        self._waiting_text.setObjectName("waiting_text")
        self._cancel = button(
            "waiting_cancel", self._words("ui.notice.cancel"), self._background.cancel_shown, role="link", parent=frame
        )
        bar = QProgressBar(frame)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        row.addWidget(self._waiting_text)
        row.addWidget(bar, 1)
        row.addWidget(self._cancel)
        return frame

    def _wait(self, words: str, cancellable: bool) -> None:
        self._waiting_text.setText(words)
        self._waiting.setAccessibleName(words)
        self._waiting.setVisible(bool(words))
        self._cancel.setVisible(cancellable)
        self._fit()

    def _fit(self) -> None:
        """Take no room at all while there is nothing to say."""
        self.setVisible(not self._problem.isHidden() or not self._waiting.isHidden())
