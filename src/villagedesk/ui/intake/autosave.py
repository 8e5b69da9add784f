"""What is typed into a draft is saved by itself, and what could not be saved is never taken for saved."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from villagedesk.desk.views import DraftView
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Background

PAUSE_MS = 300
"""After the last key."""
LONGEST_MS = 1000
"""After the first key that is not saved, however fast the others follow: a power cut takes no more than this."""
AGAIN_MS = 3000
"""After a save that failed."""


class Autosave(QObject):
    """Saves what the fields hold and the draft does not.

    Args:
        save: the desk's blocking call: case_id, values by field → the draft as it is then.
        values: everything the fields hold now.

    Signals:
        saved(DraftView): the draft after a save.
        told(): :attr:`problem` is another one than before.
    """

    saved = Signal(object)
    told = Signal()

    def __init__(
        self,
        background: Background,
        save: Callable[[str, Mapping[str, str]], DraftView],
        values: Callable[[], dict[str, str]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._save = save
        self._values = values
        self._case_id = ""
        self._kept: dict[str, str] = {}
        self._sent: dict[str, str] = {}
        self._problem: Problem | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        for timer in (self._pause, self._longest, self._again):
            timer.timeout.connect(self.now)

    @property
    def problem(self) -> Problem | None:
        """Why something typed is not saved; None while nothing failed."""
        return self._problem

    @property
    def newer(self) -> bool:
        """Whether something was typed since the last save began."""
        return any(self._sent.get(name, value) != value for name, value in self._values().items())

    def unsaved(self) -> dict[str, str]:
        """What the fields hold and no save has brought into the draft yet, by field."""
        return {name: value for name, value in self._values().items() if self._kept.get(name, value) != value}

    def begin(self, case_id: str) -> None:
        """The fields were filled from that draft."""
        self._stop()
        self._case_id = case_id
        self._kept = self._values()
        self._sent = dict(self._kept)
        self._tell(None)

    def fields_changed(self, replaced: str = "") -> None:
        """Other fields are shown than before; those that came were filled from the draft.

        Args:
            replaced: beginning of the names of fields that were all made anew; "" for none.
        """
        values = self._values()
        for held in (self._kept, self._sent):
            before = {name: value for name, value in held.items() if not (replaced and name.startswith(replaced))}
            held.clear()
            held.update({name: before.get(name, value) for name, value in values.items()})

    def taken_over(self, unsaved: Container[str]) -> None:
        """What the draft had otherwise than the fields was put into them.

        Args:
            unsaved: names of fields that were left as they are.
        """
        for name, value in self._values().items():
            if name not in unsaved:
                self._kept[name] = self._sent[name] = value

    def typed(self) -> None:
        """A key was pressed: save in a moment."""
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def settle(self) -> None:
        """A field is left: save now what a moment is waited for."""
        if self._pause.isActive():
            self.now()

    def now(self, then: Callable[[], None] | None = None) -> None:
        """Save what is not saved.

        Args:
            then: called once nothing typed so far is unsaved; never when it could not be saved.
        """
        self._stop()
        values = self.unsaved()
        if not values:
            if then is not None:
                then()
            return
        case_id = self._case_id
        self._sent.update(values)

        def saved(draft: DraftView) -> None:
            if case_id != self._case_id:
                return
            refused = {problem.field for problem in draft.refused}
            self._kept.update({name: value for name, value in values.items() if name not in refused})
            self.saved.emit(draft)
            self._tell(draft.refused[0] if refused else None)
            if then is not None and not refused:
                then()

        def failed(problem: Problem) -> None:
            if case_id != self._case_id:
                return
            self._tell(problem)
            if not isinstance(problem, InputProblem):
                self._again.start()

        self._background.run(self, lambda: self._save(case_id, values), saved, failed=failed)

    def _stop(self) -> None:
        for timer in (self._pause, self._longest, self._again):
            timer.stop()

    def _tell(self, problem: Problem | None) -> None:
        before, self._problem = self._problem, problem
        if (before and before.key) != (problem and problem.key):
            self.told.emit()
