"""A promised paper came: photograph it or bring in its file, page by page, then say that it is complete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from villagedesk.desk.views import CaseView, Corners, Proposal, Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.intake.camera_view import CameraView, camera_page
from villagedesk.ui.intake.import_panel import ImportPanel
from villagedesk.ui.intake.proposal_panel import ProposalPanel
from villagedesk.ui.page_strip import PageStrip
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_NO_PAPER = "imaging.no_paper"
_STRIP_SIDE = 120


class BringPaper(Screen):
    """Scans one paper to a case that was taken in.

    Args:
        view: the case.
        requirement_id: of the paper, which was promised.
    """

    help_key = "ui.help.bring"
    nav = "nav_cases"

    def __init__(
        self, surroundings: Surroundings, view: CaseView, requirement_id: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._view = view
        self._requirement_id = requirement_id
        self._proposal: Proposal | None = None
        self._busy = False
        self._done = False
        self._under_way: Task | None = None
        self._queue: list[Path] = []
        self._last_file: Path | None = None
        words, icons = surroundings.words, surroundings.icons
        material = next(one for one in view.case.materials if one.requirement_id == requirement_id)
        self._name = material.name
        self._need = self._pages_wanted()
        self._title = wrapping_label(words("ui.bring.heading", name=self._name), "h1", self)
        self._title.setObjectName("bring_title")
        about = words("ui.bring.about", applicant=view.case.applicant.name, item=view.case.item_name)
        self._about = wrapping_label(about, "quiet", self)
        self._standing = SentenceLabel(words, "bring_standing", self)
        self._strip = PageStrip(
            surroundings,
            "bring_pages",
            words("ui.pages.of", material=self._name),
            upright=True,
            side=_STRIP_SIDE,
            parent=self,
        )
        self._remove = button("bring_remove", words("ui.bring.remove"), self._take_out, key="Del", parent=self)
        self.camera = CameraView(surroundings, lambda missing: self._capture.setEnabled(not missing), self)
        self._capture = button(
            "capture",
            words("ui.materials.capture"),
            self._photograph,
            key=words("ui.key.space"),
            icons=icons,
            icon="camera",
        )
        self._whole = button("capture_whole", words("ui.import.whole"), lambda: self._photograph(whole=True))
        self._import = button(
            "import_file", words("ui.materials.import"), self._open_import, key="I", icons=icons, icon="file"
        )
        self.proposal = ProposalPanel(surroundings, self)
        self.files = ImportPanel(surroundings, self)
        self._camera_page = camera_page(self.camera, self._capture, self._whole, self._import)
        self._whole.hide()
        self._stack = QStackedWidget(self)
        for widget in (self._camera_page, self.proposal, self.files):
            self._stack.addWidget(widget)
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._go = button(
            "primary_button", words("ui.bring.go"), self._finish, key="Enter", role="primary", parent=self
        )
        self._lay_out()
        self._wire()
        self._show_pages(view)

    def title(self) -> str:
        """补收材料"""
        return self._with.words("ui.bring.title")

    def first_focus(self) -> QWidget:
        """What is open instead of the camera; else 拍照, or the files where there is no camera."""
        current = self._stack.currentWidget()
        if current is self.files:
            return self.files.path.edit
        if current is self.proposal:
            return self.proposal.first_focus()
        if self._go.isEnabled():
            return self._go
        return self._capture if self._capture.isEnabled() else self._import

    def leave(self) -> None:
        """A page that was not confirmed is let go; those that were stay with the case."""
        if self._under_way is not None:
            self._with.background.cancel(self._under_way)
        self._let_go()
        self._queue.clear()

    def _wire(self) -> None:
        self.proposal.keep_wanted.connect(self._keep)
        self.proposal.turn_wanted.connect(self._turn)
        self.proposal.again_wanted.connect(self._again)
        self.proposal.crop_wanted.connect(self._cut)
        self.files.files_wanted.connect(self._bring_in)
        self.files.whole_wanted.connect(self._bring_in_whole)
        self.files.closed.connect(self._again)
        self._camera_keys: list[QShortcut] = [
            on_key(self, "Space", self._photograph),
            on_key(self, "I", self._open_import),
            on_key(self, "Del", self._take_out),
        ]
        self._page_keys: list[QShortcut] = [
            on_key(self, "R", self._turn),
            on_key(self, "C", self.proposal.start_crop),
        ]
        on_key(self, "Esc", self._escape)
        on_enter(self, self._enter)
        self._set_keys()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(GAP)
        for widget in (self._title, self._about, self._standing):
            left.addWidget(widget)
        left.addWidget(self._strip, 1)
        left.addWidget(self._remove)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addLayout(left, 2)
        row.addWidget(self._stack, 5)
        foot = QHBoxLayout()
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(self._go)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addLayout(row, 1)
        page.addLayout(foot)

    def _pages_wanted(self) -> int:
        try:
            return self._view.item.requirement(self._requirement_id).min_pages if self._view.item is not None else 1
        except KeyError:
            return 1

    def _show_pages(self, view: CaseView) -> None:
        self._view = view
        pages = [page for page in view.pages if page.requirement_id == self._requirement_id]
        self._strip.show_pages(pages, view.expired)
        complete = len(pages) >= self._need
        key = "ui.bring.complete" if complete else "ui.bring.wanting"
        self._standing.tell(Sentence(key, {"have": len(pages), "need": self._need}, "good" if complete else "warn"))
        self._go.setEnabled(complete)
        self._remove.setVisible(bool(pages))

    def _read(self, then: Callable[[], None]) -> None:
        desk, case_id = self._with.desk, self._view.case.case_id

        def read(view: CaseView) -> None:
            self._show_pages(view)
            then()

        self._with.background.run(self, lambda: desk.cases.case(case_id), read, lane=Lane.READS)

    def _enter(self) -> None:
        current = self._stack.currentWidget()
        if current is self.files:
            self.files.enter()
        elif current is not self.proposal:
            self._finish()
        elif self.proposal.cropping:
            self.proposal.apply_crop()
        else:
            self._keep()

    def _escape(self) -> None:
        if self._stack.currentWidget() is self._camera_page:
            self.case_wanted.emit(self._view.case.case_id)
        elif self._stack.currentWidget() is self.proposal and self.proposal.cropping:
            self.proposal.end_crop()
        else:
            self._again()

    def _finish(self) -> None:
        if self._done:
            self.case_wanted.emit(self._view.case.case_id)
        if self._done or self._busy or not self._go.isEnabled():
            return
        changes, case_id, requirement = self._with.desk.changes, self._view.case.case_id, self._requirement_id
        self._busy = True

        def done(told: Sentence) -> None:
            self._busy = False
            self.worked.emit()
            self._tell_done(told)

        self._with.background.run(
            self,
            lambda: changes.bring_promised(case_id, requirement),
            done,
            failed=self._failed,
            words=self._with.words("ui.act.working"),
        )

    def _tell_done(self, told: Sentence) -> None:
        """What becomes of the paper stands there until the clerk goes on."""
        self._done = True
        self._standing.tell(told)
        self._stack.hide()
        self._remove.hide()
        text = self._with.words("ui.bring.to_case")
        self._go.setText(f"{text}  Enter")
        self._go.setAccessibleName(text)
        self._go.setFocus()
        for key in self._camera_keys:
            key.setEnabled(False)

    def _photograph(self, *, whole: bool = False) -> None:
        scanning, case_id, requirement = self._with.desk.scanning, self._view.case.case_id, self._requirement_id
        self._last_file = None
        self._propose(
            lambda: scanning.capture(case_id, requirement, whole_picture=whole),
            self._with.words("ui.materials.capturing"),
        )

    def _propose(self, work: Callable[[], Proposal], words: str) -> None:
        if self._busy:
            return
        scanning = self._with.desk.scanning
        self._busy = True
        task = self._under_way = self._with.background.run(
            self,
            work,
            self._show_proposal,
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

    def _show_proposal(self, proposal: Proposal) -> None:
        self._busy = False
        self._proposal = proposal
        self.worked.emit()
        self._open(self.proposal)
        number = self._strip.count() + 1
        self.proposal.show_proposal(
            proposal, self._name, self._with.words("ui.proposal.place", number=number, need=self._need)
        )
        self.proposal.first_focus().setFocus()

    def _keep(self) -> None:
        if self._proposal is None or self._busy:
            return
        scanning, proposal_id = self._with.desk.scanning, self._proposal.proposal_id

        def kept(_: object) -> None:
            self._busy = False
            self._proposal = None
            self.worked.emit()
            self._read(self._go_on)

        self._busy = True
        self._with.background.run(
            self,
            lambda: scanning.keep(proposal_id),
            kept,
            failed=self._failed,
            words=self._with.words("ui.materials.keeping"),
        )

    def _go_on(self) -> None:
        if self._queue:
            self._import_one(self._queue.pop(0), whole=False)
        else:
            self._show_camera()

    def _turn(self) -> None:
        if self._proposal is not None:
            scanning, proposal_id = self._with.desk.scanning, self._proposal.proposal_id
            self._propose(lambda: scanning.turn(proposal_id, 1), self._with.words("ui.proposal.turning"))

    def _cut(self, corners: Corners) -> None:
        if self._proposal is not None:
            scanning, proposal_id = self._with.desk.scanning, self._proposal.proposal_id
            self._propose(lambda: scanning.crop(proposal_id, corners), self._with.words("ui.crop.working"))

    def _take_out(self) -> None:
        page = self._strip.current_page()
        if page is None or self._busy or self._stack.currentWidget() is not self._camera_page:
            return
        scanning = self._with.desk.scanning
        self._with.background.run(
            self,
            lambda: scanning.remove(page.page_id, page.case_id),
            lambda _: self._read(lambda: self.first_focus().setFocus()),
        )

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

    def _import_one(self, file: Path, *, whole: bool) -> None:
        self._last_file = file
        scanning, case_id, requirement = self._with.desk.scanning, self._view.case.case_id, self._requirement_id
        self._propose(
            lambda: scanning.import_file(case_id, requirement, file, whole_picture=whole),
            self._with.words("ui.import.working"),
        )

    def _show_camera(self) -> None:
        self._last_file = None
        self._open(self._camera_page)
        self.first_focus().setFocus()

    def _open(self, widget: QWidget) -> None:
        self._whole.hide()
        self._stack.setCurrentWidget(widget)
        self._set_keys()

    def _set_keys(self) -> None:
        current = self._stack.currentWidget()
        for keys, there in ((self._camera_keys, self._camera_page), (self._page_keys, self.proposal)):
            for key in keys:
                key.setEnabled(current is there)
