"""Documents the acceptance system handed out for a case: print them, save them, fetch one once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.life_views import DocumentView
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.print_line import PrintLine
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP


class CaseDocuments(QWidget):
    """Signals:
    worked(): an act succeeded, and the case should be read again.
    look_wanted(Document): show it.
    """

    worked = Signal()
    look_wanted = Signal(object)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._busy = False
        self._shown: object = None
        self._said = SentenceLabel(surroundings.words, "document_said", self)
        self._said.hide()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._rows)
        column.addWidget(self._said)

    def show_documents(self, documents: Sequence[DocumentView]) -> None:
        """Each with where it stands; drawn anew only when something changed, so that the cursor stays."""
        if tuple(documents) == self._shown:
            return
        self._shown = tuple(documents)
        clear(self._rows)
        for number, view in enumerate(documents, start=1):
            self._rows.addLayout(self._row(number, view))

    def _row(self, number: int, view: DocumentView) -> QVBoxLayout:
        words = self._with.words
        name = view.document.name or words("results.nameless")
        column = QVBoxLayout()
        column.setSpacing(GAP // 2)
        title = wrapping_label(name, "h3", self)
        title.setObjectName(f"document_{number}")
        column.addWidget(title)
        self._add_sentence(column, f"document_standing_{number}", view.standing)
        acts = QHBoxLayout()
        acts.setSpacing(GAP)
        for key, text, work in (*self._looks(view), *self._acts(view)):
            act = button(f"{key}_{number}", words(text), work, parent=self)
            act.setAccessibleName(f"{words(text)}　{name}")
            acts.addWidget(act)
        acts.addStretch(1)
        column.addLayout(acts)
        if view.job is not None:
            line = PrintLine(self._with, f"document_{number}", self)
            line.tell(view.job)
            line.worked.connect(self.worked)
            column.addWidget(line)
        if view.prints > 1:
            column.addWidget(wrapping_label(words("results.printed_times", count=view.prints), "small", self))
        return column

    def _looks(self, view: DocumentView) -> list[tuple[str, str, Callable[[], None]]]:
        if not view.printable:
            return []
        return [("document_look", "ui.case.look", partial(self.look_wanted.emit, view.document))]

    def _acts(self, view: DocumentView) -> list[tuple[str, str, Callable[[], None]]]:
        if not self._with.may(Right.WORK):
            return []
        results, document = self._with.desk.results, view.document
        acts: list[tuple[str, str, Callable[[], None]]] = []
        if view.printable:
            text = "results.print_again" if view.prints else "results.print"
            acts.append(("document_print", text, partial(self._run, lambda: results.print(document))))
        if view.savable:
            acts.append(("document_save", "results.save", partial(self._save, view)))
        if view.can_fetch:
            acts.append(("document_fetch", "results.fetch", partial(self._run, lambda: results.fetch_again(document))))
        return acts

    def _add_sentence(self, column: QVBoxLayout, name: str, sentence: Sentence) -> None:
        label = SentenceLabel(self._with.words, name, self)
        label.tell(sentence)
        column.addWidget(label)

    def _save(self, view: DocumentView) -> None:
        where = self._with.words("results.save_where")
        folder = QFileDialog.getExistingDirectory(self, where, str(own_folder()))
        if folder:
            self._run(lambda: self._with.desk.results.save(view.document, Path(folder)))

    def _run(self, work: Callable[[], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self._said.hide()
        self._with.background.run(
            self, work, self._done, failed=self._failed, words=self._with.words("results.working")
        )

    def _done(self, made: object) -> None:
        self._busy = False
        if isinstance(made, Path):
            self._said.tell(Sentence("results.saved", {"file": str(made)}, "warn"))
            self._said.show()
        self.worked.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)
