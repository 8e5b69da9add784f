"""Where the print of one paper stands, in words, and what the clerk can do about it when it does not come out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.print_settings import PrintSettingsView
from villagedesk.desk.views import Sentence
from villagedesk.domain.printing import CHOOSE_PRINTER, PrintJob
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice
from villagedesk.ui.layouts import clear
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.print_watch import PrintWatch
from villagedesk.ui.print_words import asks_the_clerk, print_sentence
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.theme import GAP

_NOTHING = ("", "")
_ACTS, _CHOICE = "acts", "choice"
_WANT_A_PRINTER = frozenset({CHOOSE_PRINTER, "printer.gone"})


class PrintLine(QWidget):
    """Looks again by itself while its paper is on its way.

    Args:
        name: of its parts: ``job_<name>`` says where it stands, ``came_out_<name>``, ``retry_<name>``,
            ``save_<name>``, ``give_up_<name>``, ``choose_<name>`` are what can be done.
    Signals:
        worked(): an act succeeded.
    """

    worked = Signal()

    def __init__(self, surroundings: Surroundings, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._name = name
        self._job: PrintJob | None = None
        self._busy = False
        self._offered = _NOTHING
        self._said = SentenceLabel(surroundings.words, f"job_{name}", self)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addWidget(self._said)
        column.addLayout(self._acts)
        self._watch = PrintWatch(surroundings, self)
        self._watch.moved.connect(self.tell)
        self.hide()

    @property
    def job(self) -> PrintJob | None:
        """Whose print it tells of."""
        return self._job

    def tell(self, job: PrintJob | None) -> None:
        """Where it stands; None says nothing."""
        if job is not None and job == self._job:
            return
        self._job = job
        offered = self._offered_now(job)
        if offered != self._offered:
            self._clear_acts()
        self.setVisible(job is not None)
        self._watch.follow(job)
        if job is None:
            self._offered = _NOTHING
            return
        self._said.tell(print_sentence(job))
        if offered != self._offered:
            self._offered = offered
            self._offer(job, offered[1])

    def say(self, sentence: Sentence) -> None:
        """Something else than where a job stands."""
        self.tell(None)
        self._said.tell(sentence)
        self.show()

    def _offered_now(self, job: PrintJob | None) -> tuple[str, str]:
        """For which job what is offered: while that stays the same, its buttons stay, and the cursor on them."""
        if job is None or not self._with.may(Right.WORK) or not asks_the_clerk(job):
            return _NOTHING
        return job.job_id, _CHOICE if job.reason_key in _WANT_A_PRINTER else _ACTS

    def _offer(self, job: PrintJob, what: str) -> None:
        words, printing = self._with.words, self._with.desk.printing
        if what == _CHOICE:
            self._with.background.run(self, self._with.desk.print_settings.view, self._ask_printer, lane=Lane.READS)
        if what != _ACTS:
            return
        acts: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("came_out", "ui.print.acts.came_out", partial(printing.came_out, job.job_id)),
            ("retry", "ui.print.acts.retry", partial(printing.retry, job.job_id)),
            ("save", "ui.print.acts.save", lambda: printing.save(job.job_id, own_folder())),
            ("give_up", "ui.print.acts.give_up", partial(printing.give_up, job.job_id)),
        )
        for act, text, work in acts:
            self._acts.addWidget(button(f"{act}_{self._name}", words(text), partial(self._run, work)))
        self._acts.addStretch(1)

    def _ask_printer(self, view: PrintSettingsView) -> None:
        job = self._job
        if job is None or self._offered != (job.job_id, _CHOICE) or not view.printers:
            return
        self._clear_acts()
        words, settings = self._with.words, self._with.desk.print_settings
        choice = Choice(f"printer_{self._name}", words("ui.print.acts.which"), self)
        for printer in view.printers:
            if printer.state.key != "printer.gone":
                choice.addItem(printer.name, printer.name)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

        def choose() -> None:
            name = str(choice.currentData())
            self._run(lambda: settings.choose_printer(job.paper, name))

        self._acts.addWidget(choice, 1)
        self._acts.addWidget(button(f"choose_{self._name}", words("ui.print.acts.choose"), choose))

    def _clear_acts(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self.setFocus()  # where no key presses anything, and those of the screen still act
        clear(self._acts)

    def _run(self, work: Callable[[], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self._with.background.run(
            self, work, self._done, failed=self._failed, words=self._with.words("ui.print.working")
        )

    def _done(self, _: object) -> None:
        self._busy = False
        self.worked.emit()
        self._watch.look()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)
