"""What came of printing a handout: the words, and the file that is made where no printer is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.ui.buttons import button
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.theme import GAP


class Handout(QFrame):
    """A line that is there only when it has something to say.

    Signals:
        worked(): it came out, or was saved.
    """

    worked = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._busy = False
        self._save_as: Callable[[Path], Path] | None = None
        self._said = SentenceLabel(surroundings.words, "guide_said", self)
        self._save = button("save_guide", surroundings.words("ui.guide.save"), self._save_file, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        row.addWidget(self._said, 1)
        row.addWidget(self._save)
        self.begin()

    def begin(self) -> None:
        """Old words go."""
        self.say(None)

    def say(self, sentence: Sentence | None) -> None:
        """Say something, or nothing."""
        self._said.tell(sentence)
        self._save.hide()
        self.setVisible(sentence is not None)

    def print_guide(self, code: str, name: str) -> None:
        """The guide of one item."""
        room = self._with.desk.handouts
        self._print(lambda: room.print_guide(code), lambda folder: room.save_guide(code, folder), name)

    def print_list(self) -> None:
        """The list of what is handled here, for the wall."""
        room = self._with.desk.handouts
        self._print(room.print_item_list, room.save_item_list, self._with.words("ui.guide.list"))

    def print_handover(self, batch_no: str) -> None:
        """The list of a batch that goes to the township."""
        room, name = self._with.desk.handover_lists, self._with.words("ui.batch.name")
        self._print(lambda: room.print(batch_no), lambda folder: room.save(batch_no, folder), name)

    def print_visits(self, visit_nos: Sequence[str]) -> None:
        """The papers of these home visits."""
        room, name = self._with.desk.visits, self._with.words("ui.visits.name")
        self._print(lambda: room.print_papers(visit_nos), lambda folder: room.save_papers(visit_nos, folder), name)

    def _print(self, work: Callable[[], bool], save: Callable[[Path], Path], name: str) -> None:
        if self._busy:
            return
        self._busy = True
        self.say(None)

        def printed(came_out: bool) -> None:
            self._busy = False
            self.worked.emit()
            if came_out:
                self.say(Sentence("ui.guide.printed", {"name": name}, "good"))
            else:
                self._offer(save, Sentence("ui.guide.print_kept", {"name": name}, "warn"))

        def failed(problem: Problem) -> None:
            self._busy = False
            if isinstance(problem, EnvironmentProblem):
                why = self._with.words.problem(problem)
                self._offer(save, Sentence("ui.guide.not_printed", {"why": why}, "bad"))
            else:
                self._with.background.problem.emit(problem)

        self._with.background.run(self, work, printed, failed=failed, words=self._with.words("ui.guide.printing"))

    def _offer(self, save: Callable[[Path], Path], sentence: Sentence) -> None:
        """Why there is no paper; the button that helps gets the focus, so that one press saves it."""
        self.say(sentence)
        self._save_as = save
        self._save.show()
        self._save.setFocus()

    def _save_file(self) -> None:
        save = self._save_as
        if save is None or self._busy:
            return
        self._busy = True

        def saved(file: Path) -> None:
            self._busy = False
            self.worked.emit()
            self.say(Sentence("ui.guide.saved", {"file": str(file)}, "good"))

        def failed(problem: Problem) -> None:
            self._busy = False
            self._with.background.problem.emit(problem)

        self._with.background.run(
            self, lambda: save(own_folder()), saved, failed=failed, words=self._with.words("ui.guide.saving")
        )
