"""What all pages of the settings share: cards, long work beneath them, the way back and the next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.layouts import inside, titled_card
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.settings.ask import Ask
from villagedesk.ui.theme import GAP

T = TypeVar("T")
HOME = "home"


class SettingsPage(Screen):
    """One page of the settings. Esc stops long work, then closes what is being asked, then goes back to the overview.

    Args:
        title_key: message key of the page's name.
        back_to: name of the page Esc goes to; "" for the first screen.
        parent: Qt's.
    """

    nav = "nav_settings"

    def __init__(
        self, surroundings: Surroundings, title_key: str, back_to: str = HOME, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = surroundings.words
        self._title_key = title_key
        self._back_to = back_to
        self._busy = False
        self.long = LongWork(surroundings.words, surroundings.background, self)
        self.ask = Ask(surroundings.words, self)
        self._said = SentenceLabel(surroundings.words, "settings_said", self)
        self._said.hide()
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, GAP, 0)
        self.body.setSpacing(GAP * 2)
        self.back = button("back", self._words("ui.back"), self._escape, key="Esc", parent=self)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(GAP * 2)
        self.foot.addWidget(self.back)
        self.foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP * 2)
        self._area = scrolled(content, self)
        column.addWidget(self._area, 1)
        column.addWidget(self.long)
        column.addWidget(self._said)
        column.addWidget(self.ask)
        column.addLayout(self.foot)
        on_key(self, "Esc", self._escape)

    def title(self) -> str:
        """The page's name."""
        return self._words(self._title_key)

    def begin(self) -> None:
        """Old words go, and an old question."""
        self.say(None)
        self.ask.stop()
        self.long.clear()
        self.to_top()

    def to_top(self) -> None:
        """Scroll to the first card."""
        self._area.verticalScrollBar().setValue(0)

    def say(self, sentence: Sentence | None) -> None:
        """What came of the last act, beneath the cards; None takes it away."""
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def card(self, title_key: str = "") -> QVBoxLayout:
        """A new white card at the end of the page; what it holds is put into the layout."""
        frame = titled_card(self, self._words(title_key) if title_key else "")
        self.body.addWidget(frame)
        return inside(frame)

    def primary(self, name: str, text: str, act: Callable[[], None]) -> QPushButton:
        """The page's next step, bottom right; Enter presses it while no other button has the focus."""
        step = button(name, text, act, key="Enter", role="primary", parent=self)
        self.foot.addWidget(step)
        on_enter(self, lambda: self.next_step(step))
        return step

    def next_step(self, step: QPushButton) -> None:
        """Enter was pressed."""
        if step.isVisible() and step.isEnabled():
            step.click()

    def read(self, work: Callable[[], T], show: Callable[[T], None]) -> None:
        """Read something for the screen."""
        self._with.background.run(self, work, show, lane=Lane.READS)

    def act(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Problem], bool] | None = None,
        *,
        words: str = "",
    ) -> None:
        """Do something once; while it lasts, a second press does nothing.

        Args:
            failed: takes care of a problem when it can, and says whether it did; else the banner tells it.
            words: said while it takes longer than a moment.
        """
        if self._busy:
            return
        self._busy = True
        self.say(None)

        def ended(result: T) -> None:
            self._busy = False
            self.worked.emit()
            done(result)

        def broke_off(problem: Problem) -> None:
            self._busy = False
            if failed is None or not failed(problem):
                self._with.background.problem.emit(problem)

        self._with.background.run(self, work, ended, failed=broke_off, words=words)

    def stop_asking(self) -> bool:
        """Put away what is being asked or typed on this page; False when there was nothing."""
        return self.ask.stop()

    def _escape(self) -> None:
        if self.long.under_way:
            self.long.stop()
        elif self.stop_asking():
            return
        elif self._back_to:
            self.settings_wanted.emit(self._back_to)
        else:
            self.today_wanted.emit()
