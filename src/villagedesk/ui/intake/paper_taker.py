"""Pages of one paper, from the camera or from files: proposed, mended by the clerk, kept; nothing before the clerk's
yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from villagedesk.desk.import_views import ImportSource, SeenPage
from villagedesk.desk.views import Corners, Proposal
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.intake.camera_view import CameraView, camera_page
from villagedesk.ui.intake.dropped import brought_by, copied
from villagedesk.ui.intake.file_queue import FileQueue
from villagedesk.ui.intake.import_panel import ImportPanel
from villagedesk.ui.intake.page_picker import PagePicker
from villagedesk.ui.intake.proposal_panel import ProposalPanel
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.screen import Surroundings

__all__ = ["PaperTaker", "WantedPaper"]

_NO_PAPER = "imaging.no_paper"


class PaperTaker(QStackedWidget):
    """The camera, the page just taken, the files, or the pages found in them: one of them is open.

    Args:
        wanted: the paper a new page is for; None while there is none.
        read: reads the case after a page was kept, by its id, not in the GUI's thread; may raise a Problem.

    Signals:
        opened(): something else of them is open.
        kept(object): a page was kept; with what ``read`` gave.
        worked(): a piece of work ended well.
    """

    opened = Signal()
    kept = Signal(object)
    worked = Signal()

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
        self._read = read
        self._paper: WantedPaper | None = None
        self._proposal: Proposal | None = None
        self._busy = False
        self._under_way: Task | None = None
        self._from_file = False
        words, icons = surroundings.words, surroundings.icons
        camera = CameraView(surroundings, lambda missing: self.shutter.setEnabled(not missing), self)
        self.shutter = button(
            "capture",
            words("ui.materials.capture"),
            self.capture,
            key=words("ui.key.space"),
            icons=icons,
            icon="camera",
        )
        self._whole = button("capture_whole", words("ui.import.whole"), lambda: self._photograph(whole=True))
        self._import = button(
            "import_file", words("ui.materials.import"), self._open_files, key="I", icons=icons, icon="file"
        )
        self._panel = ProposalPanel(surroundings, self)
        self._files = ImportPanel(surroundings, self)
        self._picker = PagePicker(surroundings, self)
        self._queue = FileQueue(surroundings, self._files, self._picker, read, self)
        self._camera_page = camera_page(camera, self.shutter, self._whole, self._import)
        self._whole.hide()
        for widget in (self._camera_page, self._panel, self._files, self._picker):
            self.addWidget(widget)
        self._keys: list[tuple[QShortcut, QWidget]] = []
        self._panel.keep_wanted.connect(self._keep)
        self._panel.turn_wanted.connect(self._turn)
        self._panel.again_wanted.connect(self._again)
        self._panel.crop_wanted.connect(self._cut)
        self._files.files_wanted.connect(self.bring_in)
        self._files.pasted.connect(self.paste)
        self._files.closed.connect(self._again)
        self._picker.take_wanted.connect(self._queue.take)
        self._picker.closed.connect(self._open_files)
        self._queue.one_found.connect(self._import_page)
        self._queue.many_found.connect(self._pages_found)
        self._queue.asked.connect(self._ask)
        self._queue.kept.connect(self._queue_kept)
        self._queue.emptied.connect(self._show_camera)

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
        return self._busy or self._queue.busy

    @property
    def needs_room(self) -> bool:
        """Whether what is open wants the whole width: a page, or the pages of files."""
        return self.has_page or self.currentWidget() is self._picker

    def set_keys(self, owner: QWidget) -> None:
        """Let the keys of what is open act while the focus is anywhere in ``owner``. Space is the owner's to give."""
        self._keys = [
            (on_key(owner, "I", self._open_files), self._camera_page),
            (on_key(owner, "R", self._turn), self._panel),
            (on_key(owner, "C", self._panel.start_crop), self._panel),
            (on_key(owner, "Ctrl+O", self._files.choose), self._files),
            (on_key(owner, "Ctrl+V", self.paste), self._camera_page),
            (on_key(owner, "Ctrl+V", self.paste), self._files),
            (on_key(owner, "A", self._picker.turn_all), self._picker),
            (on_key(owner, "W", self._panel.take_whole), self._panel),
        ]
        self._enable_keys()

    def first_focus(self) -> QWidget:
        """Where the cursor goes in what is open; at the camera 拍照, or the files where there is no camera."""
        if self.currentWidget() is self._files:
            return self._files.first_focus()
        if self.currentWidget() is self._picker:
            return self._picker.first_focus()
        if self.has_page:
            return self._panel.first_focus()
        return self.shutter if self.shutter.isEnabled() else self._import

    def capture(self) -> None:
        """Photograph the table for the wanted paper."""
        self._photograph(whole=False)

    def bring_in(self, files: Sequence[ImportSource]) -> None:
        """Look into files for pages of the wanted paper."""
        paper = self._wanted()
        if self.has_page:
            self._with.background.problem.emit(InputProblem("ui.import.page_waits"))
        elif files and paper is not None and not self.busy:
            if self.currentWidget() is not self._files:
                self._open_files()
            self._queue.look(files, paper)

    def bring_in_dropped(self, mime: QMimeData) -> None:
        """Look into what was let go over the screen."""
        try:
            sources = brought_by(mime, self._with.words("ui.import.pasted"))
        except InputProblem as problem:
            self._with.background.problem.emit(problem)
        else:
            self.bring_in(sources)

    def paste(self) -> None:
        """Bring in what was copied elsewhere."""
        self.bring_in_dropped(copied())

    def enter(self) -> bool:
        """Enter: keep the page, cut it, look into the file, take the chosen pages; False at the camera, where nothing
        is done."""
        if self.at_camera:
            return False
        if self.currentWidget() is self._picker:
            self._queue.take()
        elif not self.has_page:
            self._files.enter()
        elif self._panel.cropping:
            self._panel.apply_crop()
        else:
            self._keep()
        return True

    def escape(self) -> bool:
        """Stop what is under way, or close what is open: corners, then page, then files; False at the camera."""
        if self.at_camera:
            return False
        if self._queue.busy:
            self._files.work.stop()
            self._picker.work.stop()
        elif self.currentWidget() is self._picker:
            self._open_files()
        elif self.has_page and self._panel.cropping:
            self._panel.end_crop()
        else:
            self._again()
        return True

    def let_go(self) -> None:
        """A page that was not confirmed, or is still being made, is let go; its photograph can be taken again."""
        if self._under_way is not None:
            self._with.background.cancel(self._under_way)
        self._drop_proposal()
        self._queue.stop()

    def close_all(self) -> None:
        """As :meth:`let_go`, and the camera is open again."""
        self.let_go()
        self._show_camera()

    def stop(self) -> None:
        """No more pages: out of sight, no key acts."""
        self.hide()
        for key, _ in self._keys:
            key.setEnabled(False)

    def _keep(self) -> None:
        if self._proposal is None or self._busy:
            return
        proposal, scanning, read = self._proposal, self._with.desk.scanning, self._read

        def save() -> object:
            scanning.keep(proposal.proposal_id)
            return read(proposal.case_id)

        def saved(result: object) -> None:
            self._busy = False
            self._proposal = None
            self.worked.emit()
            if self._queue.open:
                self._open(self._picker)
            else:
                self._show_camera()
            self.kept.emit(result)
            self._queue.answered()

        self._busy = True
        self._with.background.run(
            self, save, saved, failed=self._failed, words=self._with.words("ui.materials.keeping")
        )

    def _photograph(self, *, whole: bool) -> None:
        paper, scanning = self._wanted(), self._with.desk.scanning
        if paper is not None and not self._busy:
            self._from_file = False
            self._paper = paper
            self._propose(
                lambda: scanning.capture(paper.case_id, paper.requirement_id, whole_picture=whole),
                self._with.words("ui.materials.capturing"),
            )

    def _import_page(self, page: SeenPage) -> None:
        paper, scanning = self._queue.paper, self._with.desk.scanning
        if paper is not None and not self._busy:
            self._from_file = True
            self._paper = paper
            self._propose(
                lambda: scanning.import_page(paper.case_id, paper.requirement_id, page),
                self._with.words("ui.import.working"),
            )

    def _pages_found(self) -> None:
        self.worked.emit()
        self._open(self._picker)

    def _ask(self, proposal: Proposal) -> None:
        """A page of several must be looked at before it is kept."""
        self._from_file = True
        self._paper = self._queue.paper
        self._show_proposal(proposal, turned=False)

    def _queue_kept(self, view: object) -> None:
        self.worked.emit()
        self.kept.emit(view)

    def _turn(self) -> None:
        if self._proposal is not None:
            proposal_id, scanning = self._proposal.proposal_id, self._with.desk.scanning
            self._propose(lambda: scanning.turn(proposal_id, 1), self._with.words("ui.proposal.turning"), turned=True)

    def _cut(self, corners: Corners) -> None:
        if self._proposal is not None:
            proposal_id, scanning = self._proposal.proposal_id, self._with.desk.scanning
            self._propose(lambda: scanning.crop(proposal_id, corners), self._with.words("ui.crop.working"))

    def _propose(self, work: Callable[[], Proposal], words: str, *, turned: bool = False) -> None:
        if self._busy:
            return
        scanning = self._with.desk.scanning
        self._busy = True
        task = self._under_way = self._with.background.run(
            self,
            work,
            lambda proposal: self._show_proposal(proposal, turned=turned),
            lane=Lane.PICTURES,
            failed=self._failed,
            words=words,
            unwanted=lambda proposal: scanning.drop(proposal.proposal_id),
        )
        task.on_cancel = self._free

    def _free(self) -> None:
        self._busy = False

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if problem.key == _NO_PAPER:
            self._whole.show()
        self._with.background.problem.emit(problem)

    def _show_proposal(self, proposal: Proposal, *, turned: bool) -> None:
        self._busy = False
        paper, now = self._paper, self._wanted()
        if paper is None or now is None or now.case_id != proposal.case_id:
            return
        self._proposal = proposal
        place = self._with.words("ui.proposal.place", number=paper.have + 1, need=paper.need)
        self.worked.emit()
        self._open(self._panel)
        self._panel.show_proposal(proposal, paper.name, place, turned=turned)
        self._panel.first_focus().setFocus()

    def _again(self) -> None:
        from_file = self._from_file and self.has_page
        self._drop_proposal()
        self._queue.unanswered()
        if from_file and self._queue.open:
            self._open(self._picker)
        elif from_file:
            self._open_files()
        else:
            self._show_camera()

    def _drop_proposal(self) -> None:
        if self._proposal is not None:
            proposal_id, self._proposal = self._proposal.proposal_id, None
            scanning = self._with.desk.scanning
            self._with.background.run(self, lambda: scanning.drop(proposal_id), lambda _: None, lane=Lane.PICTURES)

    def _open_files(self) -> None:
        self._queue.stop()
        self._open(self._files)
        self._files.open()

    def _show_camera(self) -> None:
        self._open(self._camera_page)

    def _open(self, widget: QWidget) -> None:
        # It is offered for a picture in which no paper was found, not for the next one.
        self._whole.hide()
        self.setCurrentWidget(widget)
        self._enable_keys()
        self.opened.emit()
        if widget is self._picker:
            self._picker.first_focus().setFocus()

    def _enable_keys(self) -> None:
        for key, there in self._keys:
            key.setEnabled(self.currentWidget() is there)
