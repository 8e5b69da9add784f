"""Has pages read while the clerk works on, says so in one line, and opens the panel when she wants to see it. A page
that cannot be read hinders nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from villagedesk.desk.reading_views import Recognised
from villagedesk.desk.views import DraftView, Proposal
from villagedesk.domain.case import Page
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.intake.reading_note import ReadingNote
from villagedesk.ui.intake.reading_panel import ReadingPanel
from villagedesk.ui.screen import Surroundings

_READING = ("reading.memory", "reading.broke")


class PageReading(QObject):
    """The note and the panel of one step; the step puts both where they belong.

    Signals:
        opened(): the panel was opened or closed.
        accept_wanted(Offer, frozenset): write these fields of it.
        move_wanted(Suggestion): put the page in hand where it seems to belong.
        was_kept(Page): the page in hand is kept.
    """

    opened = Signal()
    accept_wanted = Signal(object, object)
    move_wanted = Signal(object)
    was_kept = Signal(object)

    def __init__(self, surroundings: Surroundings, owner: QWidget) -> None:
        super().__init__(owner)
        self._with = surroundings
        self.note = ReadingNote(surroundings, owner)
        self.panel = ReadingPanel(surroundings, owner)
        self.panel.hide()
        self._latest: Recognised | None = None
        self._gone = self._awaited = False
        self._kept: Page | None = None
        self._known: set[datetime] = set()
        """When the photographs were taken of which the case has, or had, a page."""
        self._known_case = ""
        self._asked = 0
        """Counts what was asked, so that an answer that comes late is known to be of an earlier page."""
        self._task: Task | None = None
        self._pages: tuple[Page, ...] = ()
        self._said_why: set[str] = set()
        self.note.look_wanted.connect(self.look)
        self.note.move_wanted.connect(self.move)
        self.panel.left.connect(self.close)
        self.panel.other_wanted.connect(self._next_page)
        self.panel.accept_wanted.connect(self.accept_wanted)

    @property
    def is_open(self) -> bool:
        """Whether the panel is open."""
        return not self.panel.isHidden()

    @property
    def has_read(self) -> bool:
        """Whether there is something to look at of the page in hand, or of the one that was kept last."""
        return self._latest is not None and self._latest.has_values and not self._gone

    @property
    def case_id(self) -> str:
        """Of what the panel shows, "" before it showed anything."""
        return self.panel.case_id

    def begin(self, proposal: Proposal) -> None:
        """Read a page that was just taken; the last one's line goes."""
        self._latest, self._gone, self._awaited, self._kept = None, False, True, None
        self.note.clear()
        recognition = self._with.desk.recognition
        self._read(lambda: recognition.read_proposal(proposal), self._note_read)

    def page_gone(self) -> None:
        """The page in hand is no more, unless the draft turns out to have it."""
        self._gone = True
        self.note.clear()

    @property
    def kept(self) -> Page | None:
        """The page in hand, once it is kept."""
        return self._kept

    def show_draft(self, draft: DraftView) -> None:
        """The draft as it is saved: a photograph it had no page of is the one that was in hand."""
        if draft.case.case_id != self._known_case:
            self._known, self._known_case = {page.captured_at for page in draft.pages}, draft.case.case_id
        new = [page for page in draft.pages if page.captured_at not in self._known]
        self._known.update(page.captured_at for page in new)
        if new and self._awaited:
            self._page_kept(max(new, key=lambda page: page.captured_at))
        elif self._kept is not None:
            self._follow(self._kept, draft.pages)

    def _follow(self, kept: Page, pages: Sequence[Page]) -> None:
        """The page in hand as it is now: turned, cut anew or taken back, it is another page of its photograph."""
        now = next((page for page in pages if page.page_id == kept.page_id), None)
        if now is not None:
            self._kept = now
            return
        remade = [page for page in pages if _place(page) == _place(kept)]
        if len(remade) != 1:
            self._latest = self._kept = None
            self.page_gone()
            return
        self._kept, read = remade[0], self._latest
        if read is None or read.suggestion is None or read.suggestion.requirement_id != kept.requirement_id:
            self._gone = False
            if read is not None:
                self.note.tell(read)

    def _page_kept(self, page: Page) -> None:
        """What was read of the page, or will be, stays to be looked at."""
        self._gone, self._awaited, self._kept = False, False, page
        if self._latest is not None:
            self.note.tell(self._latest)
        self.was_kept.emit(page)

    def look(self) -> None:
        """Open the panel with what was read of the page in hand, if anything was."""
        if self._latest is not None and self.has_read and not self.is_open:
            self._open(self._latest, others=False)

    def look_at(self, pages: Sequence[Page]) -> None:
        """Read kept pages, the first of them at once, and open the panel."""
        if pages:
            self._pages = tuple(pages)
            self._read_page(self._pages[0])

    def move(self) -> None:
        """Put the page in hand where it seems to belong."""
        if self._latest is not None and self._latest.suggestion is not None and self.note.can_move:
            self.move_wanted.emit(self._latest.suggestion)

    def enter(self) -> bool:
        """Enter: write what is ticked; False while the panel is closed."""
        if self.is_open:
            self.panel.accept()
            return True
        return False

    def escape(self) -> bool:
        """Esc: close the panel; False while it is closed."""
        if self.is_open:
            self.close()
            return True
        return False

    def close(self) -> None:
        """Close the panel; nothing is written."""
        self._pages = ()
        if self.is_open:
            self.panel.hide()
            self.opened.emit()

    def _open(self, recognised: Recognised, *, others: bool) -> None:
        self.panel.show_read(recognised, others=others)
        if not self.is_open:
            self.panel.show()
            self.opened.emit()
        self.panel.first_focus().setFocus()

    def _next_page(self) -> None:
        self._pages = (*self._pages[1:], *self._pages[:1])
        self._read_page(self._pages[0])

    def _read_page(self, page: Page) -> None:
        recognition = self._with.desk.recognition
        self._read(
            lambda: recognition.read_page(page.page_id, page.case_id),
            lambda read: self._open(read, others=len(self._pages) > 1),
            words=self._with.words("ui.reading.working"),
            asked=True,
        )

    def _read(
        self,
        work: Callable[[], Recognised],
        done: Callable[[Recognised], None],
        *,
        words: str = "",
        asked: bool = False,
    ) -> None:
        self._asked += 1
        number = self._asked

        def read(recognised: Recognised) -> None:
            if number == self._asked:
                done(recognised)

        def failed(problem: Problem) -> None:
            if number == self._asked:
                self._not_read(problem, asked=asked)

        if self._task is not None:
            # who scans fast does not wait for pages that have gone by
            self._with.background.cancel(self._task)
        self._task = self._with.background.run(
            self, work, read, lane=Lane.READING, failed=failed, words=words, unwanted=lambda _: None
        )

    def _note_read(self, recognised: Recognised) -> None:
        self._latest = recognised
        if not self._gone:
            self.note.tell(recognised)

    def _not_read(self, problem: Problem, *, asked: bool) -> None:
        """Said where the clerk asked for it; else once each reason, and never that it is turned off."""
        if asked:
            self._with.background.problem.emit(problem)
        elif problem.key in _READING and problem.key not in self._said_why and not self._gone:
            self._said_why.add(problem.key)
            self.note.tell_problem(problem)


def _place(page: Page) -> tuple[str, int, datetime]:
    """Where it lies, and its photograph, which stays when a page is made of it anew."""
    return page.requirement_id, page.order, page.captured_at
