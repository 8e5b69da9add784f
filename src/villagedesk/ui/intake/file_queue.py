"""Files on their way to being pages: looked into, chosen from, taken one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from villagedesk.desk.import_views import ImportSource, SeenFiles, SeenPage
from villagedesk.desk.views import Proposal, Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Cancelled, Progress
from villagedesk.ui.background import Lane
from villagedesk.ui.intake.import_panel import ImportPanel
from villagedesk.ui.intake.page_picker import PagePicker
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.screen import Surroundings

_QUICK_MS = 400
"""One photograph is read within this; a bar would only flicker."""


@dataclass(frozen=True)
class _Taken:
    """How far the taking came.

    Args:
        rows: of the pages that were kept.
        pages: that were kept.
        view: of the case after it; None when nothing was kept.
        asked: a page the clerk must look at first, with its row and what was seen of it.
        problem: what ended it.
    """

    rows: tuple[int, ...]
    pages: tuple[SeenPage, ...] = ()
    view: object = None
    asked: tuple[int, Proposal, SeenPage] | None = None
    problem: Problem | None = None


class FileQueue(QObject):
    """Works through files for one paper.

    Args:
        read: reads the case after pages were kept, by its id, not in the GUI's thread; may raise a Problem.

    Signals:
        one_found(SeenPage): a single page and nothing else to tell; it is to be shown at once.
        many_found(): the picker has pages to choose from.
        asked(Proposal): a chosen page must be looked at; told by :meth:`answered` that it was kept.
        kept(object): pages were kept; with what ``read`` gave.
        used(tuple[SeenPage, ...]): these were kept.
        refused(tuple[Path, ...]): it was told that no page of these files can be used.
        emptied(): all that was chosen is taken.
    """

    one_found = Signal(object)
    many_found = Signal()
    asked = Signal(object)
    kept = Signal(object)
    used = Signal(object)
    refused = Signal(object)
    emptied = Signal()

    def __init__(
        self,
        surroundings: Surroundings,
        panel: ImportPanel,
        picker: PagePicker,
        read: Callable[[str], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._panel = panel
        self._picker = picker
        self._read = read
        self._row: int | None = None
        self._in_hand: SeenPage | None = None
        """The page that was handed over, to be shown."""
        self._open = self._wanted = False
        self.paper: WantedPaper | None = None

    @property
    def busy(self) -> bool:
        """Whether files are looked into or pages are taken."""
        return self._panel.work.under_way or self._picker.work.under_way

    @property
    def open(self) -> bool:
        """Whether pages were found that may still be chosen."""
        return self._open

    def look(self, sources: Sequence[ImportSource], paper: WantedPaper) -> None:
        """Look into files; they become pages of that paper."""
        if self.busy:
            return
        self.paper, self._row, self._open, self._wanted = paper, None, False, True
        importing, arrivals = self._with.desk.importing, self._with.desk.arrivals
        self._panel.tell([])
        self._panel.work.start(
            Sentence("ui.import.reading"),
            lambda progress: arrivals.marked(importing.look(sources, progress)),
            self._seen,
            lane=Lane.PICTURES,
            shown_after_ms=_QUICK_MS,
        )

    def take(self) -> None:
        """Take what is chosen: sure pages at once, at others the clerk is asked."""
        paper, pages = self.paper, self._picker.chosen()
        if self.busy or paper is None or not pages:
            return
        self._picker.work.start(
            Sentence("ui.pick.taking"),
            lambda progress: self._take(paper, pages, progress),
            self._came,
            lane=Lane.PICTURES,
            shown_after_ms=_QUICK_MS,
        )

    def answered(self) -> None:
        """The page that was handed over is kept; go on."""
        page, self._in_hand = self._in_hand, None
        if page is not None:
            self.used.emit((page,))
        if self._row is not None:
            self._picker.mark_taken([self._row])
            self._more(1)
            self._row = None
            self._go_on()

    def unanswered(self) -> None:
        """The clerk left the page that was handed over; it can be chosen again."""
        self._row = self._in_hand = None

    def stop(self) -> None:
        """Break off; what was kept stays."""
        self._panel.work.stop()
        self._picker.work.stop()
        self._open, self._wanted, self._row, self._in_hand = False, False, None, None

    def _seen(self, seen: SeenFiles) -> None:
        words, problems = self._with.words, self._with.background.problem
        if not self._wanted:
            return
        if not seen.pages:
            if seen.refused:
                problems.emit(seen.refused[0])
            if len(seen.refused) > 1:
                self._panel.tell([words.problem(problem) for problem in seen.refused])
        elif len(seen.pages) == 1 and not seen.refused and not seen.notes:
            self._in_hand = seen.pages[0]
            self.one_found.emit(seen.pages[0])
        else:
            assert self.paper is not None
            self._open = True
            self._picker.show_files(seen, self.paper.name)
            self.many_found.emit()
        if seen.unread:
            self.refused.emit(seen.unread)

    def _take(self, paper: WantedPaper, pages: Sequence[tuple[int, SeenPage]], progress: Progress) -> _Taken:
        """In the background: pages until one is to be looked at, or something fails."""
        scanning = self._with.desk.scanning
        rows: list[int] = []
        kept: list[SeenPage] = []
        asked: tuple[int, Proposal, SeenPage] | None = None
        problem: Problem | None = None
        try:
            for place, (row, page) in enumerate(pages):
                progress(place, len(pages))
                replaced = "" if rows else paper.replaced_id
                proposal = scanning.import_page(
                    paper.case_id, paper.requirement_id, page, keep_sure=True, replaces=replaced
                )
                if proposal.kept is None:
                    asked = row, proposal, page
                    break
                rows.append(row)
                kept.append(page)
        except Problem as failed:
            problem = failed
        return _Taken(tuple(rows), tuple(kept), self._read(paper.case_id) if rows else None, asked, problem)

    def _came(self, taken: _Taken) -> None:
        self._picker.mark_taken(taken.rows)
        if taken.rows:
            self._more(len(taken.rows))
            self.kept.emit(taken.view)
            self.used.emit(taken.pages)
        if taken.asked is not None and not self._wanted:
            self._forget(taken.asked[1])
        elif taken.asked is not None:
            self._row, self._in_hand = taken.asked[0], taken.asked[2]
            self.asked.emit(taken.asked[1])
        elif taken.problem is None:
            self._go_on()
        elif not isinstance(taken.problem, Cancelled):
            self._with.background.problem.emit(taken.problem)

    def _forget(self, proposal: Proposal) -> None:
        """The clerk has left; what was read of the case has its photograph among those that wait."""
        scanning, read = self._with.desk.scanning, self._read

        def drop() -> object:
            scanning.drop(proposal.proposal_id)
            return read(proposal.case_id)

        self._with.background.run(self, drop, self.kept.emit, lane=Lane.PICTURES)

    def _go_on(self) -> None:
        if self._picker.chosen():
            self.take()
        else:
            self._open = False
            self.emptied.emit()

    def _more(self, pages: int) -> None:
        if self.paper is not None:
            self.paper = replace(self.paper, have=self.paper.have + pages, replaces=None)
