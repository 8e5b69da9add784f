"""A search at every keystroke, and keys that act on what it finds: never on the rows of what was typed before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QLineEdit

from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Background, Lane

PAUSE_MS = 120
LONGEST = 60
"""Characters searched for, of what is typed or pasted: no search is slow with so many."""
_BETWEEN_SYLLABLES = str.maketrans("", "", "' ")


@dataclass
class _Run:
    text: str
    acts: list[Callable[[], None]] = field(default_factory=list)


class TypedSearch(QObject):
    """Searches a moment after the last keystroke; letters that a Chinese input method still composes count as typed.

    Args:
        edit: the box.
        find: the search, on a worker.
        show: gets what was found, the text, and whether it is another than the time before.
    """

    def __init__(
        self,
        edit: QLineEdit,
        background: Background,
        find: Callable[[str], Any],
        show: Callable[[Any, str, bool], None],
    ) -> None:
        super().__init__(edit)
        self._edit = edit
        self._background = background
        self._find = find
        self._show = show
        self._composed = ""
        self._running: list[_Run] = []
        self._shown: str | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.read)
        edit.installEventFilter(self)
        edit.textChanged.connect(lambda _: self._pause.start())

    @property
    def text(self) -> str:
        """What is typed by now."""
        typed, place = self._edit.text(), self._edit.cursorPosition()
        return f"{typed[:place]}{self._composed}{typed[place:]}".strip()[:LONGEST]

    def clear(self) -> None:
        """Nothing is typed."""
        self._composed = ""
        self._edit.clear()

    def when_read(self, act: Callable[[], None]) -> None:
        """Do it with what is typed by now: at once, or after the search that still has to run or to end."""
        if self._pause.isActive():
            self.read()
        if self._running:
            self._running[-1].acts.append(act)
        else:
            act()

    def read(self) -> None:
        """Search now."""
        self._pause.stop()
        run = _Run(self.text)
        self._running.append(run)
        self._background.run(
            self,
            lambda: self._find(run.text),
            lambda found: self._found(run, found),
            lane=Lane.READS,
            failed=lambda problem: self._failed(run, problem),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is being composed is searched for too."""
        if watched is self._edit and isinstance(event, QInputMethodEvent):
            composed = event.preeditString().translate(_BETWEEN_SYLLABLES)
            if composed != self._composed:
                self._composed = composed
                self._pause.start()
        return super().eventFilter(watched, event)

    def _found(self, run: _Run, found: object) -> None:
        newest = run is self._running[-1]
        self._running.remove(run)
        if newest or run.acts:  # a key pressed before more was typed acts on what was typed then
            other, self._shown = run.text != self._shown, run.text
            self._show(found, run.text, other)
            for act in run.acts:
                act()

    def _failed(self, run: _Run, problem: Problem) -> None:
        self._running.remove(run)
        self._background.problem.emit(problem)
