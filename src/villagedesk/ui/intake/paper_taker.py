"""Pages of one paper, from the camera or from files. A page of which nothing is to be asked is kept at once and shown
large for a moment; any other is proposed, mended by the clerk, and kept at the clerk's yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from villagedesk.desk.import_views import ImportSource, SeenPage
from villagedesk.desk.views import PageOutlined, Proposal, Sentence
from villagedesk.domain.case import Page
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.asked_page import AskedPage
from villagedesk.ui.intake.camera_page import CameraPage
from villagedesk.ui.intake.files_page import FilesPage
from villagedesk.ui.intake.keys_where_open import KeysWhereOpen
from villagedesk.ui.intake.next_press import NextPress
from villagedesk.ui.intake.other_sources import SCAN_KEY
from villagedesk.ui.intake.page_maker import PageMaker
from villagedesk.ui.intake.proposal_panel import ProposalPanel
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.screen import Surroundings


class PaperTaker(QStackedWidget):
    """The camera, the page just taken, the files, or the pages found in them: one of them is open.

    Args:
        wanted: the paper a new page is for; None while there is none.
        read: reads the case after a page was kept, by its id, not in the GUI's thread; may raise a Problem.

    Signals:
        opened(): something else of them is open.
        proposed(Proposal): a page was made, or made anew; it waits for the clerk's yes, or is kept already.
        kept(object): a page was kept, or photographs wait that did not before; with what ``read`` gave.
        answered(): a photograph that waited was kept or dropped, or could not be opened (:meth:`reopen`).
        cut(Corners): a kept page is to be cut out anew at these corners (:meth:`cut_kept`).
        worked(): a piece of work ended well.
        left(): what was in hand came to no page.
        no_camera(bool): whether there is no camera at all, and none is missed.
    """

    opened = Signal()
    proposed = Signal(object)
    kept = Signal(object)
    answered = Signal()
    cut = Signal(object)
    worked = Signal()
    left = Signal()
    no_camera = Signal(bool)

    def __init__(
        self,
        surroundings: Surroundings,
        wanted: Callable[[], WantedPaper | None],
        read: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._wanted = wanted
        self._paper: WantedPaper | None = None
        self._held: Callable[[], bool] = lambda: False
        self._from_file = False
        self._camera_page = CameraPage(surroundings, self.capture, self._take_by_itself, self._open_files, self)
        self._maker = PageMaker(surroundings, read, self)
        self._next = NextPress(surroundings, self._maker, self)
        self.stage, self.over_camera = self._camera_page.stage, self._camera_page.over_camera
        self.shutter, self._sources = self._camera_page.shutter, self._camera_page.sources
        self._camera_page.shot.connect(self._next.hear)
        self._panel = ProposalPanel(surroundings, self)
        self._asked = AskedPage(surroundings, self._panel, self._maker, self)
        self._files = FilesPage(surroundings, read, self)
        self._queue = self._files.queue
        for widget in (self._camera_page, self._panel, self._files):
            self.addWidget(widget)
        self._keys = KeysWhereOpen(self._is_open)
        self._maker.made.connect(self._made)
        self._maker.saved.connect(self._saved)
        self._maker.told.connect(self.kept)
        self._maker.failed_or_left.connect(self.left)
        self._next.due.connect(self._photograph_next)
        self._panel.again_wanted.connect(self._again)
        self._asked.cut.connect(self.cut)
        self._asked.cut_ended.connect(self._show_camera)
        self._files.turned.connect(lambda: self._open(self._files))
        self._files.panel.files_wanted.connect(self.bring_in)
        self._sources.files_wanted.connect(self.bring_in)
        self._sources.scan_wanted.connect(lambda: self._scan())
        self._sources.no_camera.connect(self.no_camera)
        self._files.panel.closed.connect(self._again)
        self._queue.one_found.connect(self._import_page)
        self._queue.many_found.connect(self.worked)
        self._queue.asked.connect(self._ask)
        self._queue.kept.connect(self.worked)
        self._queue.kept.connect(self.kept)
        self._queue.emptied.connect(self._show_camera)
        self._queue.used.connect(self._sources.took)
        self._queue.refused.connect(self._sources.done_with)

    @property
    def at_camera(self) -> bool:
        """Whether the camera is open."""
        return self.currentWidget() is self._camera_page

    @property
    def has_page(self) -> bool:
        """Whether a page waits for the clerk's yes."""
        return self.currentWidget() is self._panel

    @property
    def busy(self) -> bool:
        """Whether a page is being made or kept, or files are read."""
        return self._maker.busy or self._queue.busy

    @property
    def needs_room(self) -> bool:
        """Whether what is open wants the whole width: a page, or the pages of files."""
        return self.has_page or (self.currentWidget() is self._files and self._files.picking)

    def set_keys(self, owner: QWidget) -> None:
        """Let the keys of what is open act while the focus is anywhere in ``owner``. Space is the owner's to give."""
        keys = [
            (on_key(owner, "I", self._open_files), self._camera_page),
            (on_key(owner, "R", self._asked.turn), self._panel),
            (on_key(owner, "C", self._panel.start_crop), self._panel),
            (on_key(owner, "G", self._asked.recolour), self._panel),
            (on_key(owner, "Ctrl+V", self._files.panel.paste), self._camera_page),
            (on_key(owner, "A", self._camera_page.automatic.turn), self._camera_page),
            (on_key(owner, "Ctrl+V", self._files.panel.paste), self._files.panel),
            *self._files.keys(owner),
            (on_key(owner, "W", self._panel.take_whole), self._panel),
            *((key, self._camera_page) for key in self._sources.set_keys(owner)),
            (on_key(owner, SCAN_KEY, self._sources.scan_by_key), self._files.panel),
        ]
        self._keys.put(keys)

    def first_focus(self) -> QWidget:
        """Where the cursor goes in what is open; at the camera 拍照, or the files where there is no camera."""
        if self.has_page:
            return self._panel.first_focus()
        return self._camera_page.first_focus() if self.at_camera else self._files.first_focus()

    def capture(self) -> None:
        """Photograph the table for the wanted paper."""
        self._photograph()

    def hold_automatic(self, held: Callable[[], bool]) -> None:
        """Photograph nothing by itself while ``held`` says that something over the camera waits for an answer."""
        self._held = held

    def retake(self, paper: WantedPaper) -> None:
        """Photograph the table anew for the page that ``paper.replaces``; without a camera, scan it, and
        without a scanner take it out of a file."""
        if self.shutter.isEnabled():
            self._photograph(paper)
        elif self._sources.can_scan:
            self._scan(paper)
        else:
            self._open_files(paper)

    def reopen(self, paper: WantedPaper, capture_id: str) -> None:
        """Open a photograph that waits; ``answered`` tells when it does no more."""
        if not self._maker.busy:
            self._from_file = False
            self._paper = paper
            self._asked.reopened = True
            scanning = self._with.desk.scanning
            self._maker.make_anew(
                lambda: scanning.reopen(capture_id, paper.case_id, paper.requirement_id),
                self._with.words("ui.waiting.opening"),
                failed=self._answer,
            )

    def cut_kept(self, outlined: PageOutlined, name: str, place: str) -> None:
        """Show the photograph of a kept page with its corners to be moved; ``cut`` tells them.

        Args:
            name: of the material.
            place: which page it is, in words.
        """
        self._open(self._panel)
        self._asked.show_kept(outlined, name, place)

    def bring_in(self, files: Sequence[ImportSource]) -> None:
        """Look into files for pages of the wanted paper."""
        paper = self._wanted()
        if self.has_page:
            self._with.background.problem.emit(InputProblem("ui.import.page_waits"))
        elif files and paper is not None and not self.busy:
            if self.currentWidget() is not self._files:
                self._open_files()
            self._queue.look(files, self._paper or paper)

    def bring_in_dropped(self, mime: QMimeData) -> None:
        """Look into what was let go over the screen."""
        self._files.panel.bring_in(mime)

    def set_asleep(self, asleep: bool) -> None:
        """Let none of the keys act while something else is open over it."""
        self._keys.enable(asleep=asleep)

    def enter(self) -> bool:
        """Enter: keep the page, cut it, look into the file, take the chosen pages; False at the camera, where nothing
        is done."""
        if self.at_camera:
            return False
        if not self.has_page:
            self._files.enter()
        else:
            self._panel.enter()
        return True

    def escape(self) -> bool:
        """Stop what is under way, or close what is open: corners, then page, then files; False at the camera where no
        scan is under way."""
        if self.at_camera:
            return self._sources.stop()
        if not self.has_page and self._files.escape():
            return True
        if not self.has_page or not self._panel.escape():
            self._again()
        return True

    def let_go(self) -> None:
        """The clerk goes elsewhere: a page that was not confirmed, or is still being made, waits to be asked about."""
        self._asked.put_by()
        self._next.forget()
        self._asked.reopened = False
        self._paper = None
        self._sources.stop()
        self._queue.stop()
        self.stage.close_stage()

    def close_all(self) -> None:
        """As :meth:`let_go`, and the camera is open again."""
        self.let_go()
        self._show_camera()

    def stop(self) -> None:
        """No more pages: out of sight, no key acts."""
        self.hide()
        self._keys.stop()

    def _saved(self, view: object) -> None:
        self._asked.was_kept()
        self.worked.emit()
        self._back()
        self.kept.emit(view)
        self._queue.answered()
        self._answer()

    def _back(self) -> None:
        """To the pages of files that may still be chosen, else to the camera."""
        if self._queue.open:
            self._files.pick()
        else:
            self._show_camera()

    def _answer(self) -> None:
        reopened, self._asked.reopened = self._asked.reopened, False
        if reopened:
            self.answered.emit()

    def _photograph(self, paper: WantedPaper | None = None) -> None:
        anew, paper, scanning = paper, paper or self._wanted(), self._with.desk.scanning
        if paper is not None and self._maker.busy:
            self._next.press(anew)
        elif paper is not None:
            self._from_file = False
            self._paper = paper
            self._next.begin(paper)
            self._maker.make(
                lambda: scanning.capture(
                    paper.case_id,
                    paper.requirement_id,
                    ask_where=True,
                    keep_sure=True,
                    replaces=paper.replaced_id,
                    shot=self._camera_page.shot.emit,
                ),
                paper.case_id,
                self._with.words("ui.materials.capturing"),
            )

    def _photograph_next(self, anew: WantedPaper | None) -> None:
        """What was pressed while the page before was being made; not when the clerk is elsewhere by now."""
        if self.at_camera:
            self._photograph(anew)

    def _take_by_itself(self) -> bool:
        """A new paper lies still; False to be asked again."""
        if self._held() or self.busy or self._wanted() is None:
            return False
        self.capture()
        return True

    def _scan(self, anew: WantedPaper | None = None) -> None:
        asked_for = None if self.at_camera else self._paper  # what the files are open for
        paper = anew or asked_for or self._wanted()
        if paper is not None and not self._queue.busy and self._maker.hold():
            if not self.at_camera:
                self._show_camera()  # the bar of the scan is there
            self._from_file = False
            self._paper = paper
            self._sources.scan(paper, self._maker.came, self._not_scanned)

    def _not_scanned(self, problem: Problem | None) -> None:
        """A page that was to be taken anew may still come out of a file, or from the glass once that is mended."""
        if problem is None:
            self._maker.free()
        else:
            self._maker.failed(problem)
        if self.at_camera and self._paper is not None and self._paper.replaces is not None:
            self._open_files(self._paper)

    def _import_page(self, page: SeenPage) -> None:
        paper, scanning = self._queue.paper, self._with.desk.scanning
        if paper is not None and not self._maker.busy:
            self._from_file = True
            self._paper = paper
            self._maker.make(
                lambda: scanning.import_page(
                    paper.case_id, paper.requirement_id, page, keep_sure=True, replaces=paper.replaced_id
                ),
                paper.case_id,
                self._with.words("ui.import.working"),
            )

    def _ask(self, proposal: Proposal) -> None:
        """A page of several must be looked at before it is kept."""
        self._from_file = True
        self._paper = self._queue.paper
        if self._paper is not None:
            self._show_proposal(proposal, self._paper, turned=False)

    def _made(self, proposal: Proposal, view: object, turned: bool) -> None:
        paper, now = self._paper, self._wanted()
        here = paper is not None and now is not None and now.case_id == proposal.case_id
        if proposal.kept is not None:
            self._kept_at_once(proposal.kept, proposal, view, paper if here else None)
        elif paper is not None and here:
            self._show_proposal(proposal, paper, turned=turned)
        else:
            self._maker.tell_anew(proposal.case_id)  # nobody is here to say yes: it waits

    def _kept_at_once(self, page: Page, proposal: Proposal, view: object, paper: WantedPaper | None) -> None:
        self.worked.emit()
        if paper is None:
            self.kept.emit(view)
            return
        self.proposed.emit(proposal)
        self._show_camera()
        self.kept.emit(view)
        self._queue.answered()
        again = paper.replaces is not None
        said = Sentence("ui.stage.retaken" if again else "ui.stage.kept", {}, "good")
        self.stage.show_kept(page, paper.name, proposal.image, said, next(iter(proposal.warnings), None))
        self._next.kept(page)

    def _show_proposal(self, proposal: Proposal, paper: WantedPaper, *, turned: bool) -> None:
        self.worked.emit()
        self._open(self._panel)
        self._asked.show(proposal, paper, turned=turned)
        self.proposed.emit(proposal)
        self._next.asked()

    def _again(self) -> None:
        if self.has_page and self._maker.busy:
            return  # what was pressed before is done first: a page that is being kept cannot be dropped too
        from_file = self._from_file and self.has_page
        self._asked.drop()
        self._queue.unanswered()
        if from_file and not self._queue.open:
            self._open_files(self._paper)
        else:
            self._back()
        self._answer()

    def _open_files(self, paper: WantedPaper | None = None) -> None:
        """Open the files; ``paper`` where they are for a page that is replaced."""
        self._paper = paper if paper is not None and paper.replaces is not None else None
        self._files.begin()

    def _show_camera(self) -> None:
        self._asked.end_cut()
        self._open(self._camera_page)

    def _open(self, widget: QWidget) -> None:
        self.setCurrentWidget(widget)
        self._keys.enable()
        self.opened.emit()

    def _is_open(self, widget: QWidget) -> bool:
        current = self.currentWidget()
        return widget is current or (current is self._files and widget is self._files.currentWidget())
