"""Long work on the screen: what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Cancelled, Progress
from villagedesk.ui.background import Background, Lane, Task
from villagedesk.ui.buttons import button
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP

T = TypeVar("T")
_STEPS = 1000


class LongWork(QFrame):
    """A bar with words and 停下. Hidden until something is begun; the work goes on while the panel is out of sight.

    Signals:
        changed(): work was begun, or has ended in any way.
    """

    changed = Signal()

    def __init__(self, words: Words, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._background = background
        self._task: Task | None = None
        self.setObjectName("long_work")
        self.setProperty("role", "notice-calm")
        self._what = SentenceLabel(words, "long_what", self)
        self._how_far = plain_label("", "quiet", self)
        self._how_far.setObjectName("long_how_far")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(words("ui.long.bar"))
        self._stop = button("long_stop", words("ui.long.stop"), self.stop, key="Esc", parent=self)
        self.setFocusProxy(self._stop)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        head.addWidget(self._what, 1)
        head.addWidget(self._how_far)
        left = QVBoxLayout()
        left.setSpacing(GAP)
        left.addLayout(head)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP, GAP, GAP)
        row.setSpacing(GAP * 2)
        row.addLayout(left, 1)
        row.addWidget(self._stop)
        self.hide()

    @property
    def under_way(self) -> bool:
        """Whether work goes on."""
        return self._task is not None

    def start(
        self,
        what: Sentence,
        work: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[Problem], None] | None = None,
        *,
        stopped: Callable[[], None] | None = None,
        lane: Lane = Lane.LONG,
        shown_after_ms: int = 0,
    ) -> None:
        """Begin, unless something is under way already.

        Args:
            what: shown while it lasts.
            work: called on the lane of long work; it calls its argument as it goes on.
            done: gets the result on the GUI thread.
            failed: gets what went wrong; without it the screen's banner does.
            stopped: called when it was stopped; without it that is told here.
            lane: what it is called on.
            shown_after_ms: how long it may take before the panel is seen.
        """
        if self._task is not None:
            return

        def ended(result: T) -> None:
            self._end(None)
            done(result)

        def broke_off(problem: Problem) -> None:
            if isinstance(problem, Cancelled):
                self._end(None if stopped is not None else Sentence(problem.key))
                if stopped is not None:
                    stopped()
                return
            self._end(None)
            (failed or self._background.problem.emit)(problem)

        self._what.tell(what)
        self._how_far.setText("")
        self._bar.setRange(0, 0)
        self._stop.setEnabled(True)
        for widget in (self._bar, self._how_far, self._stop):
            widget.show()
        self._task = self._background.run_long(self, work, ended, told=self._tell, failed=broke_off, lane=lane)
        if shown_after_ms:
            self.hide()
            QTimer.singleShot(shown_after_ms, self, partial(self._show_if_under_way, self._task))
        else:
            self.show()
        self.changed.emit()

    def stop(self) -> None:
        """Ask it to stop; what was done completely stays. Behind other work on its lane it ends at once."""
        if self._task is not None:
            self._what.tell(Sentence("ui.long.stopping"))
            self._stop.setEnabled(False)
            self._background.stop(self._task)

    def clear(self) -> None:
        """Put the last words away, unless work goes on."""
        if self._task is None:
            self.hide()

    def _show_if_under_way(self, task: Task) -> None:
        if task is self._task:
            self.show()

    def _tell(self, count: int, total: int) -> None:
        if total <= 0:
            return
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(min(_STEPS, _STEPS * count // total))
        self._how_far.setText(self._words("ui.long.how_far", percent=min(100, 100 * count // total)))

    def _end(self, sentence: Sentence | None) -> None:
        self._task = None
        for widget in (self._bar, self._how_far, self._stop):
            widget.hide()
        self._what.tell(sentence)
        self.setVisible(sentence is not None)
        self.changed.emit()
