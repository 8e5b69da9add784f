"""What is done to kept pages by key or button: one act after the other, each shown at once and taken back by Ctrl+Z."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from villagedesk.desk.page_history import PageAct
from villagedesk.desk.views import Corners, DraftView, PageOutlined, Proposal, Sentence
from villagedesk.domain.case import Page
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.checklist import line_of
from villagedesk.ui.intake.move_picker import MovePicker
from villagedesk.ui.intake.page_column import PageColumn
from villagedesk.ui.intake.paper_taker import PaperTaker
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.print_watch import PrintWatch
from villagedesk.ui.print_words import print_sentence
from villagedesk.ui.screen import Surroundings

Act = Callable[[Page], Page | None]
"""Does something to a page, not in the GUI's thread; gives it as it is then, None when it is taken out."""


class PageHands(QObject):
    """Acts on the page that is looked at, else on the one that is chosen among the pages.

    Args:
        draft: as it is shown.

    Signals:
        changed(DraftView): it is saved.
        requirement_wanted(str): the material a page was put under, or came back to, is to be shown.
    """

    changed = Signal(object)
    requirement_wanted = Signal(str)

    def __init__(
        self,
        surroundings: Surroundings,
        taker: PaperTaker,
        column: PageColumn,
        draft: Callable[[], DraftView | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._taker = taker
        self._column = column
        self._draft = draft
        self._busy = False
        self._waiting: list[Callable[[], None]] = []
        self._cut_page: Page | None = None
        self._undo_next = False
        """Ctrl+Z was pressed while a page was being made: it is that page which is not wanted."""
        self._acts = 0
        """How many were begun: what was asked before the last is not shown after it."""
        self._outlining = False
        """Whether the photograph of a page is on its way, to be cut anew."""
        self._hinted: frozenset[tuple[str, str, int]] = frozenset()
        self._copied: Page | None = None
        self._copy = PrintWatch(surroundings, parent)
        self._copy.moved.connect(self._tell_copy)
        self.picker = MovePicker(surroundings, parent)
        taker.over_camera.lay_over(self.picker)
        taker.stage.offer_acts()
        taker.stage.act_wanted.connect(self.do)
        taker.cut.connect(self._cut)
        taker.kept.connect(self._undo_the_kept)
        taker.left.connect(self._forget_undo)
        taker.proposed.connect(self._proposed)
        self.picker.chosen.connect(self._move)

    def keys(self, owner: QWidget) -> list[QShortcut]:
        """The keys, acting while the focus is in ``owner``."""
        return [
            on_key(owner, "R", lambda: self.do("turn")),
            on_key(owner, "C", lambda: self.do("crop")),
            on_key(owner, "T", lambda: self.do("retake")),
            on_key(owner, "G", lambda: self.do("recolour")),
            on_key(owner, "J", lambda: self.do("join")),
            on_key(owner, "M", lambda: self.do("move")),
            on_key(owner, "Ctrl+Left", lambda: self.do("earlier"), repeat=True),
            on_key(owner, "Ctrl+Right", lambda: self.do("later"), repeat=True),
            on_key(owner, "Del", lambda: self.do("remove")),
            on_key(owner, "Left", lambda: self.browse(-1), repeat=True),
            on_key(owner, "Right", lambda: self.browse(1), repeat=True),
            on_key(owner, "Ctrl+Z", self.undo),
        ]

    @property
    def target(self) -> Page | None:
        """The page an act is for."""
        return self._taker.stage.page or self._column.strip.current_page()

    @property
    def asks(self) -> bool:
        """Whether something over the camera waits for an answer, or is about to."""
        return self.picker.is_open or self._outlining

    def do(self, name: str) -> None:
        """One of :data:`villagedesk.ui.intake.page_stage.PAGE_ACTS`."""
        pages, words = self._with.desk.pages, self._with.words
        if name == "turn":
            self._act(lambda page: pages.turn(page.page_id, page.case_id, 1), "turned", words("ui.proposal.turning"))
        elif name == "recolour":
            said = words("ui.stage.recolouring")
            self._act(lambda page: pages.recolour(page.page_id, page.case_id), "recoloured", said)
        elif name == "join":
            cards = self._with.desk.cards
            self._act(lambda page: cards.join(page.page_id, page.case_id), "joined", words("ui.stage.joining"))
        elif name in ("earlier", "later"):
            by = 1 if name == "later" else -1
            self._act(lambda page: pages.shift(page.page_id, page.case_id, by), "shifted")
        elif name == "remove":
            self._act(lambda page: pages.remove(page.page_id, page.case_id), "")
        elif self.target is not None:
            self._taker.stage.stay()
            asking = {"crop": self._ask_corners, "retake": self._retake, "move": self._ask_where, "print": self._print}
            if name in asking:
                asking[name](self.target)

    def undo(self) -> None:
        """Take the last act of this session on this case's pages back: the page in hand, once it is kept."""
        self._taker.stage.stay()
        if self._taker.busy:
            self._undo_next = True
        else:
            self.when_free(self._begin_undo)

    def when_free(self, begin: Callable[[], None]) -> None:
        """A key pressed while an act is under way is done after it, to the page as it is then."""
        self._waiting.append(begin)
        self._next()

    def _undo_the_kept(self, _: object) -> None:
        if self._undo_next and not self._taker.busy:
            self._undo_next = False
            self.when_free(self._begin_undo)

    def _forget_undo(self) -> None:
        self._undo_next = False

    def _proposed(self, proposal: Proposal) -> None:
        if proposal.kept is None:
            self._forget_undo()  # the clerk is asked about it, and can say no

    def _begin_undo(self) -> None:
        draft = self._draft()
        if draft is None:
            return
        case_id, pages, intake = draft.case.case_id, self._with.desk.pages, self._with.desk.intake

        def work() -> tuple[PageAct, DraftView, PageAct | None]:
            act = pages.undo(case_id)
            return act, intake.view(case_id), pages.last_act(case_id)

        def done(result: tuple[PageAct, DraftView, PageAct | None]) -> None:
            act, view, last = result
            self._busy = False
            back = next((page for page in act.before if page not in act.after), None)
            shown = back if back is not None else act.page
            self._column.prefer(shown.page_id)
            self._taker.stage.close_stage()
            self.changed.emit(view)
            self.requirement_wanted.emit(shown.requirement_id)
            self._column.tell_last(last, undone=act)
            self._next()

        self._busy, self._acts = True, self._acts + 1
        self._with.background.run(self, work, done, failed=self._failed, words=self._with.words("ui.pages.undoing"))

    def browse(self, pages: int) -> None:
        """Look at the page so many further among the chosen material's."""
        stage, strip = self._taker.stage, self._column.strip
        if stage.page is not None:
            strip.move_by(pages)
        page = strip.current_page()
        if page is not None:
            stage.look_at(page, self._name(page), self._column.note_of(page))

    def tell_last(self, case_id: str) -> None:
        """Show what Ctrl+Z would take back; an act that is under way, or was begun since, tells it itself."""
        pages, acts = self._with.desk.pages, self._acts

        def show(last: PageAct | None) -> None:
            if acts == self._acts:
                self._column.tell_last(last)

        if not self._busy:
            self._with.background.run(self, lambda: pages.last_act(case_id), show, lane=Lane.READS)

    def look_for_hints(self, draft: DraftView) -> None:
        """Ask what may be wrong with the pages, when they are others than at the last time or lie elsewhere: a hint
        names another page by its place, and a card's two sides are told of where they lie together."""
        wanted = frozenset((page.page_id, page.requirement_id, page.order) for page in draft.pages)
        if wanted == self._hinted:
            return
        self._hinted = wanted
        pages, case_id = self._with.desk.pages, draft.case.case_id

        def show(hints: Mapping[str, Sentence]) -> None:
            self._column.show_notes(hints)
            page = self._taker.stage.page
            if page is not None and page.page_id in hints:
                self._taker.stage.tell_hint(hints[page.page_id])

        def failed(_: Problem) -> None:
            # a trouble of the moment, told where pages are shown; they are asked about again at the next news
            self._hinted = frozenset()

        self._with.background.run(self, lambda: pages.hints(case_id), show, lane=Lane.HINTS, failed=failed)

    def leave(self) -> None:
        """The clerk goes elsewhere: nothing is asked, and what is in hand stays."""
        self.picker.close_picker()
        self._forget_undo()

    def escape(self) -> bool:
        """Close what is open over the camera."""
        if self.picker.is_open:
            self.picker.close_picker()
        elif self._taker.stage.page is not None:
            self._taker.stage.close_stage()
        else:
            return False
        return True

    def _act(self, act: Act, said: str, words: str = "") -> None:
        self._taker.stage.stay()
        self.when_free(lambda: self._begin(act, said, words))

    def _next(self) -> None:
        while self._waiting and not self._busy:
            self._waiting.pop(0)()

    def _begin(self, act: Act, said: str, words: str) -> None:
        page = self.target
        if page is None:
            return
        pages, intake = self._with.desk.pages, self._with.desk.intake

        def work() -> tuple[Page | None, DraftView, PageAct | None]:
            after = act(page)
            return after, intake.view(page.case_id), pages.last_act(page.case_id)

        def done(result: tuple[Page | None, DraftView, PageAct | None]) -> None:
            after, view, last = result
            self._busy = False
            if after is None:
                self._taker.stage.close_stage()
            else:
                self._column.prefer(after.page_id)
            self.changed.emit(view)
            self._column.tell_last(last)
            if after is not None:
                self.requirement_wanted.emit(after.requirement_id)
                told = Sentence(f"ui.stage.{said}", {}, "good")
                self._taker.stage.show_page(after, self._name(after), told, self._column.note_of(after))
            self._next()

        self._busy, self._acts = True, self._acts + 1
        self._with.background.run(self, work, done, failed=self._failed, words=words)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._waiting.clear()
        self._with.background.problem.emit(problem)

    def _ask_corners(self, page: Page) -> None:
        pages = self._with.desk.pages

        def show(outlined: PageOutlined) -> None:
            self._outlining = False
            # a photograph that was taken meanwhile comes first: its page may have to be asked about
            if self._taker.at_camera and not self._taker.busy:
                self._cut_page = page
                place = self._with.words("ui.page.number", number=page.order)
                self._taker.cut_kept(outlined, self._name(page), place)

        def failed(problem: Problem) -> None:
            self._outlining = False
            self._with.background.problem.emit(problem)

        self._outlining = True
        self._with.background.run(
            self,
            lambda: pages.outlined(page.page_id, page.case_id),
            show,
            lane=Lane.PICTURES,
            failed=failed,
            words=self._with.words("ui.page.reading"),
        )

    def _cut(self, corners: Corners) -> None:
        page, self._cut_page = self._cut_page, None
        if page is not None:
            pages = self._with.desk.pages
            self._taker.stage.show_page(page, self._name(page))
            words = self._with.words("ui.crop.working")
            self._act(lambda _: pages.crop(page.page_id, page.case_id, corners), "cropped", words)

    def _print(self, page: Page) -> None:
        stage, printing = self._taker.stage, self._with.desk.printing
        stage.show_page(page, self._name(page), hint=self._column.note_of(page))
        self._copied = None

        def printed(job: PrintJob) -> None:
            self._copied = page
            self._copy.follow(job)
            self._tell_copy(job)

        self._with.background.run(
            self,
            lambda: printing.print_copy(page.page_id, page.case_id),
            printed,
            words=self._with.words("ui.print.working"),
        )

    def _tell_copy(self, job: PrintJob) -> None:
        """Where the copy of the page on the stage stands."""
        stage, page = self._taker.stage, self._copied
        if page is not None and stage.page == page:
            stage.show_page(page, self._name(page), print_sentence(job), self._column.note_of(page))

    def _retake(self, page: Page) -> None:
        self._column.prefer(page.page_id)
        name = self._name(page)
        self._taker.retake(WantedPaper(page.case_id, page.requirement_id, name, page.order - 1, 1, page))

    def _ask_where(self, page: Page) -> None:
        draft = self._draft()
        if draft is None:
            return
        others = [
            (line.requirement.requirement_id, line.requirement.name)
            for line in draft.checklist
            if line.requirement.requirement_id != page.requirement_id
        ]
        words = self._with.words("ui.page.title", material=self._name(page), number=page.order)
        self.picker.ask(words, others)

    def _move(self, requirement_id: str) -> None:
        pages = self._with.desk.pages
        self._act(lambda page: pages.move(page.page_id, page.case_id, requirement_id), "moved")

    def _name(self, page: Page) -> str:
        draft = self._draft()
        if draft is None:
            return ""
        line = line_of(draft, page.requirement_id)
        return line.requirement.name if line is not None else self._with.words("ui.checklist.stray")
