"""Has the desk make, save and forget pages, one at a time, not in the GUI's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from villagedesk.desk.views import Proposal
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.screen import Surroundings


class PageMaker(QObject):
    """One page is in hand at most.

    Args:
        read: reads the case after a page was kept, by its id, not in the GUI's thread; may raise a Problem.

    Signals:
        made(Proposal, object, bool): a page was made; where it was kept at once, with what ``read`` gave; whether the
            one that is shown was turned.
        saved(object): the page was kept at the clerk's yes; with what ``read`` gave.
        told(object): what ``read`` gave, because photographs wait that did not before.
        failed_or_left(): what was in hand came to no page.
    """

    made = Signal(object, object, bool)
    saved = Signal(object)
    told = Signal(object)
    failed_or_left = Signal()

    def __init__(self, surroundings: Surroundings, read: Callable[[str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._read = read
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether a page is being made or kept."""
        return self._busy

    def make(self, work: Callable[[], Proposal], case_id: str, words: str) -> None:
        """Make a page of a new photograph; nothing where one is in hand. The clerk may turn away from it.

        Args:
            case_id: of the case it is for.
            words: what the screen says while it lasts too long.
        """
        if self._busy:
            return
        scanning = self._with.desk.scanning

        def unwanted(made: tuple[Proposal, object]) -> None:
            if made[0].kept is None:
                scanning.drop(made[0].proposal_id)

        def turned_away() -> None:
            scanning.break_off()
            self.free()
            self.tell_anew(case_id)  # on the same lane, so after it: what was kept at once is saved, and has to be seen

        def failed(problem: Problem) -> None:
            if isinstance(problem, InputProblem):
                self.failed(problem)
            else:
                self.free()
                self._tell_failed(problem, case_id)

        task = self._make(work, words, failed=failed, unwanted=unwanted)
        task.on_cancel = turned_away

    def make_anew(
        self,
        work: Callable[[], Proposal],
        words: str,
        *,
        turned: bool = False,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Make a page of a photograph that waits; nothing where one is in hand. It is seen to its end: there is nothing
        new to be thrown away.

        Args:
            words: as of :meth:`make`.
            turned: it is the page that is shown, turned.
            failed: called when it was told that there is no page.
        """
        if self._busy:
            return

        def broke_off(problem: Problem) -> None:
            self.failed(problem)
            failed()

        self._make(work, words, turned=turned, failed=broke_off)

    def hold(self) -> bool:
        """Something else makes the page, and says so by :meth:`came`, :meth:`failed` or :meth:`free`; False where one
        is in hand."""
        free, self._busy = not self._busy, True
        return free

    def came(self, proposal: Proposal) -> None:
        """The page that something else made."""
        self._made(proposal, None, False)

    def failed(self, problem: Problem) -> None:
        """There is no page."""
        self.free()
        self._with.background.problem.emit(problem)

    def free(self) -> None:
        """Nothing is in hand any more."""
        self._busy = False
        self.failed_or_left.emit()

    def keep(self, proposal: Proposal) -> None:
        """Save a page that waited for the clerk's yes; nothing where one is in hand."""
        if self._busy:
            return
        scanning, read = self._with.desk.scanning, self._read

        def save() -> object:
            scanning.keep(proposal.proposal_id)
            return read(proposal.case_id)

        def saved(view: object) -> None:
            self._busy = False
            self.saved.emit(view)

        self._busy = True
        self._with.background.run(self, save, saved, failed=self.failed, words=self._with.words("ui.materials.keeping"))

    def drop(self, proposal: Proposal) -> None:
        """The clerk does not want it."""
        scanning, proposal_id = self._with.desk.scanning, proposal.proposal_id
        self._with.background.run(self, lambda: scanning.drop(proposal_id), lambda _: None, lane=Lane.PICTURES)

    def tell_anew(self, case_id: str) -> None:
        """Read the case: what was not answered waits now."""
        read = self._read
        self._with.background.run(self, lambda: read(case_id), self.told.emit, lane=Lane.PICTURES)

    def _tell_failed(self, problem: Problem, case_id: str) -> None:
        """What went wrong, and the photograph, which waits all the same where it could be written."""
        background, read = self._with.background, self._read

        def seen(view: object) -> None:
            self.told.emit(view)
            background.problem.emit(problem)

        background.run(
            self,
            lambda: read(case_id),
            seen,
            lane=Lane.PICTURES,
            failed=lambda _: background.problem.emit(problem),
        )

    def _make(
        self,
        work: Callable[[], Proposal],
        words: str,
        *,
        turned: bool = False,
        failed: Callable[[Problem], None] | None = None,
        unwanted: Callable[[tuple[Proposal, object]], None] | None = None,
    ) -> Task:
        read = self._read
        self._busy = True

        def making() -> tuple[Proposal, object]:
            proposal = work()
            return proposal, read(proposal.case_id) if proposal.kept is not None else None

        return self._with.background.run(
            self,
            making,
            lambda made: self._made(*made, turned),
            lane=Lane.PICTURES,
            failed=failed or self.failed,
            words=words,
            unwanted=unwanted,
        )

    def _made(self, proposal: Proposal, view: object, turned: bool) -> None:
        self._busy = False
        self.made.emit(proposal, view, turned)
