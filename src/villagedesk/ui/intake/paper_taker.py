"""Pages of one paper, from the camera or from files. A page of which nothing is to be asked is kept at once and shown
large for a moment; any other is proposed, mended by the clerk, and kept at the clerk's yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from villagedesk.desk.views import Corners, PageOutlined, Proposal, Sentence
from villagedesk.domain.case import Page
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.camera_view import CameraView, camera_page
from villagedesk.ui.intake.import_panel import ImportPanel
from villagedesk.ui.intake.over_camera import OverCamera, camera_buttons
from villagedesk.ui.intake.page_stage import PageStage
from villagedesk.ui.intake.proposal_panel import ProposalPanel
from villagedesk.ui.intake.wanted_paper import WantedPaper as WantedPaper
from villagedesk.ui.screen import Surroundings

_NO_PAPER = "imaging.no_paper"


class PaperTaker(QStackedWidget):
    """The camera, the page just taken, or the files: one of them is open.

    Args:
        wanted: the paper a new page is for; None while there is none.
        read: reads the case after a page was kept, by its id, not in the GUI's thread; may raise a Problem.

    Signals:
        opened(): something else of the three is open.
        proposed(Proposal): a page was made: it waits for the clerk's yes, or is kept at once.
        kept(object): a page was kept, or photographs wait that did not before; with what ``read`` gave.
        answered(): a photograph that waited was kept or dropped (:meth:`reopen`).
        cut(Corners): a kept page is to be cut out anew at these corners (:meth:`cut_kept`).
        worked(): a piece of work ended well.
    """

    opened = Signal()
    proposed = Signal(object)
    kept = Signal(object)
    answered = Signal()
    cut = Signal(object)
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
        self._queue: list[Path] = []
        self._last_file: Path | None = None
        self._reopened = False
        self._cutting = False
        camera = CameraView(surroundings, lambda missing: self.shutter.setEnabled(not missing), self)
        self.shutter, self._whole, self._import = camera_buttons(surroundings)
        self.shutter.clicked.connect(self.capture)
        self._whole.clicked.connect(lambda: self._photograph(whole=True))
        self._import.clicked.connect(lambda: self._open_files())
        self._panel = ProposalPanel(surroundings, self)
        self._files = ImportPanel(surroundings, self)
        self.stage = PageStage(surroundings, self)
        self.over_camera = OverCamera(camera, self.stage)
        self._camera_page = camera_page(self.over_camera, self.shutter, self._whole, self._import)
        self._whole.hide()
        for widget in (self._camera_page, self._panel, self._files):
            self.addWidget(widget)
        self._keys: list[tuple[QShortcut, QWidget]] = []
        self._panel.keep_wanted.connect(self._keep)
        self._panel.turn_wanted.connect(self._turn)
        self._panel.mode_wanted.connect(self._recolour)
        self._panel.again_wanted.connect(self._again)
        self._panel.crop_wanted.connect(self._cut)
        self._panel.crop_left.connect(lambda: self._show_camera() if self._cutting else None)
        self._files.files_wanted.connect(self.bring_in)
        self._files.whole_wanted.connect(self._bring_in_whole)
        self._files.closed.connect(self._again)

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
        """Whether a page is being made or kept."""
        return self._busy

    def set_keys(self, owner: QWidget) -> None:
        """Let the keys of what is open act while the focus is anywhere in ``owner``. Space is the owner's to give."""
        self._keys = [
            (on_key(owner, "I", self._open_files), self._camera_page),
            (on_key(owner, "R", self._turn), self._panel),
            (on_key(owner, "C", self._panel.start_crop), self._panel),
            (on_key(owner, "G", self._recolour), self._panel),
            (on_key(owner, "Ctrl+O", self._files.choose), self._files),
        ]
        self._enable_keys()

    def first_focus(self) -> QWidget:
        """Where the cursor goes in what is open; at the camera 拍照, or the files where there is no camera."""
        if self.currentWidget() is self._files:
            return self._files.path.edit
        if self.has_page:
            return self._panel.first_focus()
        return self.shutter if self.shutter.isEnabled() else self._import

    def capture(self) -> None:
        """Photograph the table for the wanted paper."""
        self._photograph(whole=False)

    def retake(self, paper: WantedPaper) -> None:
        """Photograph the table anew for the page that ``paper.replaces``; without a camera, out of a file."""
        if self.shutter.isEnabled():
            self._photograph(whole=False, paper=paper)
        else:
            self._open_files(paper)

    def reopen(self, paper: WantedPaper, capture_id: str) -> None:
        """Open a photograph that waits; ``answered`` tells when it does no more."""
        if not self._busy:
            self._last_file = None
            self._paper = paper
            self._reopened = True
            scanning = self._with.desk.scanning
            self._propose(lambda: scanning.reopen(capture_id, paper.case_id), self._with.words("ui.waiting.opening"))

    def cut_kept(self, outlined: PageOutlined, name: str, place: str) -> None:
        """Show the photograph of a kept page with its corners to be moved; ``cut`` tells them.

        Args:
            name: of the material.
            place: which page it is, in words.
        """
        self._cutting = True
        picture = Proposal("", "", "", photograph=outlined.photograph, corners=outlined.corners)
        self._open(self._panel)
        self._panel.show_proposal(picture, name, place)
        self._panel.start_crop()

    def bring_in(self, files: list[Path]) -> None:
        """Take pages from files, one after the other."""
        retaken = self._paper if self.currentWidget() is self._files else None
        paper = retaken or self._wanted()
        if files and paper is not None:
            self._queue = list(files[1:])
            self._import_one(files[0], paper)

    def enter(self) -> bool:
        """Enter: keep the page, cut it, bring in the file; False at the camera, where nothing is done."""
        if self.at_camera:
            return False
        if not self.has_page:
            self._files.enter()
        elif self._panel.cropping:
            self._panel.apply_crop()
        else:
            self._keep()
        return True

    def escape(self) -> bool:
        """Close what is open: corners, then page, then files; False at the camera."""
        if self.at_camera:
            return False
        if self.has_page and self._panel.cropping:
            self._panel.leave_crop()
        else:
            self._again()
        return True

    def let_go(self) -> None:
        """The clerk goes elsewhere: a page that was not confirmed, or is still being made, waits to be asked about."""
        if self._proposal is not None:
            case_id, self._proposal = self._proposal.case_id, None
            self._tell_anew(case_id)
        self._paper = None
        self._reopened = False
        self._queue.clear()
        self.stage.close_stage()

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
        paper = self._paper

        def save() -> object:
            scanning.keep(proposal.proposal_id)
            return read(proposal.case_id)

        def saved(result: object) -> None:
            self._busy = False
            self._proposal = None
            self.worked.emit()
            self._show_camera()
            self.kept.emit(result)
            self._go_on(paper)
            self._answer()

        self._busy = True
        self._with.background.run(
            self, save, saved, failed=self._failed, words=self._with.words("ui.materials.keeping")
        )

    def _go_on(self, paper: WantedPaper | None) -> None:
        """The next of the files that were chosen together."""
        if self._queue and paper is not None:
            # files that were chosen together are pages of one paper, whichever is wanted by now
            self._import_one(self._queue.pop(0), replace(paper, have=paper.have + 1, replaces=None))

    def _answer(self) -> None:
        reopened, self._reopened = self._reopened, False
        if reopened:
            self.answered.emit()

    def _tell_anew(self, case_id: str) -> None:
        read = self._read
        self._with.background.run(self, lambda: read(case_id), self.kept.emit, lane=Lane.PICTURES)

    def _photograph(self, *, whole: bool, paper: WantedPaper | None = None) -> None:
        paper, scanning = paper or self._wanted(), self._with.desk.scanning
        if paper is not None and not self._busy:
            self._last_file = None
            self._paper = paper
            place, how = (paper.case_id, paper.requirement_id), paper.how(whole=whole)
            self._propose(lambda: scanning.capture(*place, **how), self._with.words("ui.materials.capturing"))

    def _import_one(self, file: Path, paper: WantedPaper, *, whole: bool = False) -> None:
        scanning = self._with.desk.scanning
        if not self._busy:
            self._last_file = file
            self._paper = paper
            place, how = (paper.case_id, paper.requirement_id), paper.how(whole=whole)
            self._propose(lambda: scanning.import_file(*place, file, **how), self._with.words("ui.import.working"))

    def _turn(self) -> None:
        scanning = self._with.desk.scanning
        self._make_anew(lambda proposal_id: scanning.turn(proposal_id, 1), "ui.proposal.turning", turned=True)

    def _recolour(self) -> None:
        if not self._panel.cropping:
            self._make_anew(self._with.desk.scanning.recolour, "ui.stage.recolouring")

    def _cut(self, corners: Corners) -> None:
        if self._cutting:
            self._show_camera()
            self.cut.emit(corners)
        else:
            scanning = self._with.desk.scanning
            self._make_anew(lambda proposal_id: scanning.crop(proposal_id, corners), "ui.crop.working")

    def _make_anew(self, work: Callable[[str], Proposal], key: str, *, turned: bool = False) -> None:
        if self._proposal is not None:
            proposal_id = self._proposal.proposal_id
            self._propose(lambda: work(proposal_id), self._with.words(key), turned=turned)

    def _propose(self, work: Callable[[], Proposal], words: str, *, turned: bool = False) -> None:
        if self._busy:
            return
        scanning, read = self._with.desk.scanning, self._read
        self._busy = True

        def made() -> tuple[Proposal, object]:
            proposal = work()
            return proposal, read(proposal.case_id) if proposal.kept is not None else None

        def unwanted(made: tuple[Proposal, object]) -> None:
            if made[0].kept is None:
                scanning.drop(made[0].proposal_id)

        task = self._under_way = self._with.background.run(
            self,
            made,
            lambda made: self._made(*made, turned=turned),
            lane=Lane.PICTURES,
            failed=self._failed,
            words=words,
            unwanted=unwanted,
        )
        task.on_cancel = self._free

    def _free(self) -> None:
        self._busy = False

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        if problem.key == _NO_PAPER:
            if self._last_file is not None:
                self._files.offer_whole()
            else:
                self._whole.show()
        self._with.background.problem.emit(problem)

    def _made(self, proposal: Proposal, view: object, *, turned: bool) -> None:
        self._busy = False
        paper, now = self._paper, self._wanted()
        here = paper is not None and now is not None and now.case_id == proposal.case_id
        if here:
            self.proposed.emit(proposal)
        if proposal.kept is not None:
            self._kept_at_once(proposal.kept, proposal, view, paper if here else None)
        elif paper is not None and here:
            self._show_proposal(proposal, paper, turned=turned)
        else:
            self._tell_anew(proposal.case_id)  # nobody is here to say yes: it waits

    def _kept_at_once(self, page: Page, proposal: Proposal, view: object, paper: WantedPaper | None) -> None:
        self.worked.emit()
        if paper is None:
            self.kept.emit(view)
            return
        self._show_camera()
        self.kept.emit(view)
        again = paper.replaces is not None
        said = Sentence("ui.stage.retaken" if again else "ui.stage.kept", {}, "good")
        self.stage.show_kept(page, paper.name, proposal.image, said, next(iter(proposal.warnings), None))
        self._go_on(paper)

    def _show_proposal(self, proposal: Proposal, paper: WantedPaper, *, turned: bool) -> None:
        self._proposal = proposal
        place = paper.place(self._with.words)
        self.worked.emit()
        self._open(self._panel)
        self._panel.show_proposal(proposal, paper.name, place, turned=turned, waited=self._reopened)
        self._panel.first_focus().setFocus()

    def set_asleep(self, asleep: bool) -> None:
        """Let none of the keys act while something else is open over it."""
        for key, there in self._keys:
            key.setEnabled(not asleep and self.currentWidget() is there)

    def _again(self) -> None:
        from_file = self._last_file is not None and self.has_page
        if self._proposal is not None and self._reopened:
            case_id = self._proposal.case_id
            self._drop_proposal()
            self._tell_anew(case_id)
        self._drop_proposal()
        if from_file:
            self._open_files(self._paper)
        else:
            self._show_camera()
        self._answer()

    def _drop_proposal(self) -> None:
        if self._proposal is not None:
            proposal_id, self._proposal = self._proposal.proposal_id, None
            scanning = self._with.desk.scanning
            self._with.background.run(self, lambda: scanning.drop(proposal_id), lambda _: None, lane=Lane.PICTURES)

    def _bring_in_whole(self) -> None:
        if self._last_file is not None and self._paper is not None:
            self._import_one(self._last_file, self._paper, whole=True)

    def _open_files(self, paper: WantedPaper | None = None) -> None:
        self._last_file, self._paper = None, paper if paper is not None and paper.replaces is not None else None
        self._open(self._files)
        self._files.open()

    def _show_camera(self) -> None:
        self._last_file = None
        self._cutting = False
        self._open(self._camera_page)

    def _open(self, widget: QWidget) -> None:
        # It is offered for a picture in which no paper was found, not for the next one.
        self._whole.hide()
        self.setCurrentWidget(widget)
        self._enable_keys()
        self.opened.emit()

    def _enable_keys(self) -> None:
        for key, there in self._keys:
            key.setEnabled(self.currentWidget() is there)
