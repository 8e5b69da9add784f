"""Step 3: the checklist, the camera, the pages. Space photographs; nothing is kept before the clerk says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from villagedesk.desk.views import Corners, DraftView, Proposal
from villagedesk.domain.case import Page
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.cards import CardList
from villagedesk.ui.intake.camera_view import CameraView, camera_page
from villagedesk.ui.intake.checklist import checklist, line_of, pages_of, wanted_materials
from villagedesk.ui.intake.import_panel import ImportPanel
from villagedesk.ui.intake.page_column import PageColumn
from villagedesk.ui.intake.paper_acts import PaperActs
from villagedesk.ui.intake.proposal_panel import ProposalPanel
from villagedesk.ui.intake.step import Step
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP

_STEP = 3
_LIST_WIDTH = 204
_LOW = 330
"""Below this height the points to check give their place to the list (they are in the guide of step 1 too)."""
_NO_PAPER = "imaging.no_paper"


class MaterialsStep(Step):
    """Left the checklist, in the middle the camera (or the page just taken, or the files), right the pages."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        words, icons = surroundings.words, surroundings.icons
        self._draft: DraftView | None = None
        self._proposal: Proposal | None = None
        self._busy = False
        self._under_way: Task | None = None
        self._queue: list[Path] = []
        self._last_file: Path | None = None
        self.setAcceptDrops(True)
        self.list = CardList("material_list", words("ui.materials.list"), self)
        self.list.currentRowChanged.connect(self._show_requirement)
        self._note = wrapping_label("", "small", self)
        self._note.setObjectName("material_note")
        self.acts = PaperActs(surroundings, self)
        self.camera = CameraView(surroundings, self._camera_known, self)
        self._capture = button(
            "capture",
            words("ui.materials.capture"),
            self.capture,
            key=words("ui.key.space"),
            icons=icons,
            icon="camera",
        )
        self._whole = button("capture_whole", words("ui.import.whole"), self._capture_whole)
        self._import = button(
            "import_file", words("ui.materials.import"), self._open_import, key="I", icons=icons, icon="file"
        )
        self.proposal = ProposalPanel(surroundings, self)
        self.files = ImportPanel(surroundings, self)
        self.pages = PageColumn(surroundings, self)
        self._stack = QStackedWidget(self)
        self._camera_page = camera_page(self.camera, self._capture, self._whole, self._import)
        self._whole.hide()
        for widget in (self._camera_page, self.proposal, self.files):
            self._stack.addWidget(widget)
        self._left_column = QWidget(self)
        self._left_column.setMinimumWidth(_LIST_WIDTH)
        self._lay_out()
        self._wire()

    def show_draft(self, draft: DraftView) -> None:
        """Checklist and pages as they are saved."""
        other = self._draft is None or self._draft.case.case_id != draft.case.case_id
        self._draft = draft
        self.list.show_cards(checklist(self._with.words, draft))
        if other:
            self._choose_open()
        self._show_requirement()
        self.primary_changed.emit()

    def entered(self) -> None:
        """Which papers of earlier cases still serve is asked anew: the applicant may be another."""
        if self._draft is not None:
            self.acts.look_for_reusable(self._draft)

    def first_focus(self) -> QWidget | None:
        """The checklist, or what is open instead of the camera."""
        current = self._stack.currentWidget()
        if current is self.files:
            return self.files.path.edit
        return self.proposal.first_focus() if current is self.proposal else self.list

    def focus_requirement(self, requirement_id: str) -> None:
        """Choose one line of the checklist."""
        self.list.choose(requirement_id)

    def left(self) -> None:
        """A page that was not confirmed, or is still being made, is let go; its photograph can be taken again."""
        if self._under_way is not None:
            self._with.background.cancel(self._under_way)
        self._let_go()
        self._queue.clear()
        self._show_camera()

    def primary_words(self) -> str:
        """下一步：核对打印; nothing while a page or a file is open that has a primary button of its own."""
        return self._with.words("ui.materials.go") if self._stack.currentWidget() is self._camera_page else ""

    def primary(self) -> None:
        """Enter: take the page, bring in the file, or go on."""
        current = self._stack.currentWidget()
        if current is self.files:
            self.files.enter()
        elif current is not self.proposal:
            self.step_wanted.emit(_STEP + 1)
        elif self.proposal.cropping:
            self.proposal.apply_crop()
        else:
            self.keep()

    def escape(self) -> bool:
        """Close what is open: corners, then page, then files."""
        if self._stack.currentWidget() is self._camera_page:
            return False
        if self._stack.currentWidget() is self.proposal and self.proposal.cropping:
            self.proposal.end_crop()
        else:
            self._again()
        return True

    def capture(self) -> None:
        """Photograph the table for the chosen material; a focused button is pressed instead, as Space always does."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton) and focus is not self._capture and self.isAncestorOf(focus):
            focus.click()
            return
        self._photograph(whole=False)

    def keep(self) -> None:
        """Save the page; only then it stands among the pages."""
        if self._proposal is None or self._busy:
            return
        proposal = self._proposal
        desk = self._with.desk

        def save() -> DraftView:
            desk.scanning.keep(proposal.proposal_id)
            return desk.intake.view(proposal.case_id)

        def saved(draft: DraftView) -> None:
            self._busy = False
            self._proposal = None
            self.worked.emit()
            self._show_camera()
            self.draft_changed.emit(draft)
            self._choose_open()
            self._next_file()

        self._busy = True
        self._with.background.run(
            self, save, saved, failed=self._failed, words=self._with.words("ui.materials.keeping")
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The note goes where there is room for it."""
        super().resizeEvent(event)
        self._note.setVisible(bool(self._note.text()) and self.height() >= _LOW)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring in the dropped files."""
        self._bring_in([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _wire(self) -> None:
        self.proposal.keep_wanted.connect(self.keep)
        self.proposal.turn_wanted.connect(self._turn)
        self.proposal.again_wanted.connect(self._again)
        self.proposal.crop_wanted.connect(self._cut)
        self.files.files_wanted.connect(self._bring_in)
        self.files.whole_wanted.connect(self._bring_in_whole)
        self.files.closed.connect(self._again)
        self.pages.changed.connect(self.draft_changed)
        self.acts.changed.connect(self._noted)
        self._camera_keys: list[QShortcut] = [
            on_key(self, "Space", self.capture),
            on_key(self, "I", self._open_import),
            on_key(self, "Up", lambda: self.list.move_by(-1), repeat=True),
            on_key(self, "Down", lambda: self.list.move_by(1), repeat=True),
            on_key(self, "Left", lambda: self.pages.move_by(-1), repeat=True),
            on_key(self, "Right", lambda: self.pages.move_by(1), repeat=True),
            on_key(self, "Del", self.pages.remove),
            on_key(self, "Ctrl+Z", self.pages.undo),
            *self.acts.keys(self),
        ]
        self._page_keys: list[QShortcut] = [
            on_key(self, "R", self._turn),
            on_key(self, "C", self.proposal.start_crop),
        ]
        self._file_keys: list[QShortcut] = [on_key(self, "Ctrl+O", self.files.choose)]
        self._set_keys()

    def _set_keys(self) -> None:
        current = self._stack.currentWidget()
        for keys, there in (
            (self._camera_keys, self._camera_page),
            (self._page_keys, self.proposal),
            (self._file_keys, self.files),
        ):
            for key in keys:
                key.setEnabled(current is there)

    def _lay_out(self) -> None:
        left = QVBoxLayout(self._left_column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GAP)
        left.addWidget(self.list, 1)
        left.addWidget(self.acts)
        left.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        row.addWidget(self._left_column, 3)
        row.addWidget(self._stack, 5)
        row.addWidget(self.pages, 2)

    def _case_id(self) -> str:
        return self._draft.case.case_id if self._draft is not None else ""

    def _pages_of(self, requirement_id: str) -> list[Page]:
        return pages_of(self._draft, requirement_id) if self._draft is not None else []

    def _choose_open(self) -> None:
        """Stay with a material until it has its pages, then go to the first that is still wanted."""
        if self._draft is None:
            return
        wanted = wanted_materials(self._draft)
        if wanted and self.list.current_key() not in wanted:
            self.list.choose(wanted[0])

    def _show_requirement(self) -> None:
        if self._draft is None or not self.list.current_key():
            return
        requirement = self._draft.item.requirement(self.list.current_key())
        self.acts.show_line(self._draft, line_of(self._draft, requirement.requirement_id))
        self._note.setText("".join(requirement.points))
        self._note.setVisible(bool(requirement.points) and self.height() >= _LOW)
        self.pages.show_pages(requirement.name, self._case_id(), self._pages_of(requirement.requirement_id))

    def _noted(self, draft: DraftView) -> None:
        self.worked.emit()
        self.draft_changed.emit(draft)
        self._choose_open()

    def _camera_known(self, missing: bool) -> None:
        self._capture.setEnabled(not missing)

    def _capture_whole(self) -> None:
        self._photograph(whole=True)

    def _photograph(self, *, whole: bool) -> None:
        requirement, case_id = self.list.current_key(), self._case_id()
        scanning = self._with.desk.scanning
        self._propose(
            lambda: scanning.capture(case_id, requirement, whole_picture=whole),
            self._with.words("ui.materials.capturing"),
        )

    def _propose(self, work: Callable[[], Proposal], words: str, *, turned: bool = False) -> None:
        if self._busy or self._draft is None:
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
            if self._last_file is not None:
                self.files.offer_whole()
            else:
                self._whole.show()
        self._with.background.problem.emit(problem)

    def _show_proposal(self, proposal: Proposal, *, turned: bool) -> None:
        self._busy = False
        if self._draft is None or proposal.case_id != self._case_id():
            return
        self._proposal = proposal
        requirement = self._draft.item.requirement(proposal.requirement_id)
        number = len(self._pages_of(proposal.requirement_id)) + 1
        place = self._with.words("ui.proposal.place", number=number, need=requirement.min_pages)
        self.worked.emit()
        self._open(self.proposal)
        self.proposal.show_proposal(proposal, requirement.name, place, turned=turned)
        self.proposal.first_focus().setFocus()

    def _turn(self) -> None:
        if self._proposal is not None:
            proposal_id = self._proposal.proposal_id
            scanning = self._with.desk.scanning
            words = self._with.words("ui.proposal.turning")
            self._propose(lambda: scanning.turn(proposal_id, 1), words, turned=True)

    def _cut(self, corners: Corners) -> None:
        if self._proposal is not None:
            proposal_id = self._proposal.proposal_id
            scanning = self._with.desk.scanning
            self._propose(lambda: scanning.crop(proposal_id, corners), self._with.words("ui.crop.working"))

    def _again(self) -> None:
        from_file = self._last_file is not None and self._stack.currentWidget() is self.proposal
        self._let_go()
        if from_file:
            self._open_import()
        else:
            self._show_camera()

    def _let_go(self) -> None:
        if self._proposal is not None:
            proposal_id, self._proposal = self._proposal.proposal_id, None
            scanning = self._with.desk.scanning
            self._with.background.run(self, lambda: scanning.drop(proposal_id), lambda _: None, lane=Lane.PICTURES)

    def _open_import(self) -> None:
        self._last_file = None
        self._open(self.files)
        self.files.open()

    def _bring_in(self, files: list[Path]) -> None:
        if files:
            self._queue = list(files[1:])
            self._import_one(files[0], whole=False)

    def _bring_in_whole(self) -> None:
        if self._last_file is not None:
            self._import_one(self._last_file, whole=True)

    def _import_one(self, file: Path, whole: bool) -> None:
        self._last_file = file
        requirement, case_id = self.list.current_key(), self._case_id()
        scanning = self._with.desk.scanning
        self._propose(
            lambda: scanning.import_file(case_id, requirement, file, whole_picture=whole),
            self._with.words("ui.import.working"),
        )

    def _next_file(self) -> None:
        if self._queue:
            self._import_one(self._queue.pop(0), whole=False)

    def _show_camera(self) -> None:
        self._last_file = None
        self._open(self._camera_page)
        self.list.setFocus()

    def _open(self, widget: QWidget) -> None:
        # It is offered for a picture in which no paper was found, not for the next one.
        self._whole.hide()
        self._stack.setCurrentWidget(widget)
        for beside in (self._left_column, self.pages):
            # A page that waits for the clerk's yes has the whole width.
            beside.setVisible(widget is not self.proposal)
        self._set_keys()
        self.primary_changed.emit()
