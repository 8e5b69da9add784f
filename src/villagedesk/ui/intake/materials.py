"""Step 3: the checklist, the camera, the pages. Space photographs; a page of which nothing is to be asked is kept."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView
from villagedesk.domain.capture import Capture
from villagedesk.domain.case import Page
from villagedesk.ui.buttons import keep_focus, on_key
from villagedesk.ui.cards import CardList
from villagedesk.ui.intake.checklist import checklist, line_of, pages_of, standing, wanted_materials
from villagedesk.ui.intake.dropped import can_bring
from villagedesk.ui.intake.page_column import PageColumn
from villagedesk.ui.intake.page_hands import PageHands
from villagedesk.ui.intake.page_reading import PageReading
from villagedesk.ui.intake.paper_acts import PaperActs
from villagedesk.ui.intake.paper_taker import PaperTaker
from villagedesk.ui.intake.reading_hooks import read_beside
from villagedesk.ui.intake.step import Step
from villagedesk.ui.intake.waiting_card import WaitingCard
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_STEP = 3
_LIST_WIDTH = 204
_LOW = 330
"""Below this height the points to check give their place to the list (they are in the guide of step 1 too)."""


class MaterialsStep(Step):
    """Left the checklist, in the middle the camera (or the page just taken, or the files), right the pages."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        words, desk = surroundings.words, surroundings.desk
        self._draft: DraftView | None = None
        self._began_at: str | None = None
        """The material the list went to by itself when the step was entered; None once the clerk has done something."""
        self.setAcceptDrops(True)
        self.list = CardList("material_list", words("ui.materials.list"), self)
        self.list.currentRowChanged.connect(self._show_requirement)
        self._standing = SentenceLabel(words, "materials_standing", self)
        self._note = wrapping_label("", "small", self)
        self._note.setObjectName("material_note")
        self.acts = PaperActs(surroundings, self)
        self.taker = PaperTaker(surroundings, self._wanted_paper, desk.intake.view, self)
        self.pages = PageColumn(surroundings, self)
        self.reading = PageReading(surroundings, self)
        self.hands = PageHands(surroundings, self.taker, self.pages, lambda: self._draft, self)
        self.waiting = WaitingCard(surroundings, self)
        self.taker.over_camera.lay_over(self.waiting)
        self.taker.no_camera.connect(lambda none: self.pages.camera_is(not none))
        # The paper that is laid down while its page is looked at is for T: by itself it would become one page more.
        self.taker.hold_automatic(lambda: bool(self.waiting.captures) or self.hands.asks or self.taker.stage.looked_at)
        self._left_column = QWidget(self)
        self._left_column.setMinimumWidth(_LIST_WIDTH)
        self._middle = QWidget(self)
        self._lay_out()
        self._wire()
        keep_focus(self)  # Space photographs, also after a click

    def show_draft(self, draft: DraftView) -> None:
        """Checklist and pages as they are saved."""
        other = self._draft is None or self._draft.case.case_id != draft.case.case_id
        self._draft = draft
        self.reading.show_draft(draft)
        self._standing.tell(standing(draft))
        self.waiting.show_waiting(draft.waiting)
        self.list.show_cards(checklist(self._with.words, draft))
        # What the applicant is decides what is wanted, and the saves under way when the step was entered bring it.
        untouched = self._began_at is not None and self._began_at == self.list.current_key()
        if other or untouched:
            self._choose_open()
            self._began_at = self.list.current_key()
        self._show_requirement()
        if other:
            self.hands.tell_last(draft.case.case_id)
        self.hands.look_for_hints(draft)
        self.primary_changed.emit()

    def entered(self) -> None:
        """Which papers of earlier cases still serve is asked anew: the applicant may be another."""
        self._began_at = self.list.current_key()
        if self._draft is not None:
            self.acts.look_for_reusable(self._draft)

    def first_focus(self) -> QWidget | None:
        """The checklist, or what is open instead of the camera."""
        if self.reading.is_open:
            return self.reading.panel.first_focus()
        return self.list if self.taker.at_camera else self.taker.first_focus()

    def focus_requirement(self, requirement_id: str) -> None:
        """Choose one line of the checklist."""
        self._began_at = None
        self.list.choose(requirement_id)

    def left(self) -> None:
        """A page that was not confirmed, or is still being made, waits and is asked about later."""
        self.reading.close()
        self.hands.leave()
        self.waiting.stop()
        self.taker.close_all()

    def primary_words(self) -> str:
        """下一步：核对打印; nothing while a page or a file is open that has a primary button of its own."""
        free = self.taker.at_camera and not self.reading.is_open
        return self._with.words("ui.materials.go") if free else ""

    def primary(self) -> None:
        """Enter: take the page, bring in the file, or go on."""
        if not self.reading.enter() and not self.taker.enter():
            self.step_wanted.emit(_STEP + 1)

    def escape(self) -> bool:
        """Close what is open: what was read, corners, then page, then files; then what lies over the camera."""
        return self.reading.escape() or self.taker.escape() or self.hands.escape()

    def capture(self) -> None:
        """Photograph the table for the chosen material; a focused button is pressed instead, as Space always does."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton) and focus is not self.taker.shutter and self.isAncestorOf(focus):
            focus.click()
            return
        self._began_at = None
        self.taker.capture()

    def print_paper(self) -> None:
        """F8: a copy of the page that is looked at, or chosen."""
        if self._is_free():
            self.hands.do("print")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The note goes where there is room for it."""
        super().resizeEvent(event)
        self._note.setVisible(bool(self._note.text()) and self.height() >= _LOW)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be dropped anywhere."""
        if can_bring(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring in what was dropped."""
        self._began_at = None
        event.acceptProposedAction()
        self.taker.bring_in_dropped(event.mimeData())

    def _wire(self) -> None:
        self.taker.opened.connect(self._opened)
        self.taker.kept.connect(self._noted)
        self.taker.worked.connect(self.worked)
        self.taker.set_keys(self)
        self.taker.kept.connect(lambda draft: self.hands.tell_last(draft.case.case_id))
        self.taker.answered.connect(self.waiting.go_on)
        self.waiting.open_wanted.connect(self._open_waiting)
        self.waiting.drop_wanted.connect(self._drop_waiting)
        self.pages.remove_wanted.connect(lambda: self.hands.do("remove"))
        self.pages.undo_wanted.connect(self.hands.undo)
        self.pages.look_wanted.connect(lambda: self.hands.browse(0))
        self.hands.changed.connect(self._put_in)
        self.hands.requirement_wanted.connect(self.list.choose)
        self.hands.picker.opened.connect(self._opened)
        self.hands.picker.closed.connect(self._opened)
        self.acts.changed.connect(self._told)
        self._camera_keys: list[QShortcut] = [
            on_key(self, "Space", self.capture),
            on_key(self, "Up", lambda: self.list.move_by(-1), repeat=True),
            on_key(self, "Down", lambda: self.list.move_by(1), repeat=True),
            on_key(self, "W", self.waiting.look),
            on_key(self, "X", self.waiting.drop),
            *self.hands.keys(self),
            *self.acts.keys(self),
        ]
        read_beside(self._with, self, self._opened)

    def _lay_out(self) -> None:
        left = QVBoxLayout(self._left_column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GAP)
        left.addWidget(self._standing)
        left.addWidget(self.list, 1)
        left.addWidget(self.acts)
        left.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        row.addWidget(self._left_column, 3)
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(GAP)
        middle.addWidget(self.taker, 1)
        middle.addWidget(self.reading.note)
        row.addWidget(self._middle, 5)
        row.addWidget(self.pages, 2)
        row.addWidget(self.reading.panel, 1)

    def _wanted_paper(self) -> WantedPaper | None:
        line = line_of(self._draft, self.list.current_key()) if self._draft is not None else None
        if self._draft is None or line is None:
            return None
        paper = line.requirement
        have = len(self._pages_of(paper.requirement_id))
        return WantedPaper(self._draft.case.case_id, paper.requirement_id, paper.name, have, paper.min_pages)

    def _pages_of(self, requirement_id: str) -> list[Page]:
        return pages_of(self._draft, requirement_id) if self._draft is not None else []

    def _choose_open(self) -> None:
        """Go to the first material that is still wanted."""
        wanted = wanted_materials(self._draft) if self._draft is not None else []
        if wanted:
            self.list.choose(wanted[0])

    def _show_requirement(self) -> None:
        if self._draft is None or not self.list.current_key():
            return
        line = line_of(self._draft, self.list.current_key())
        self.acts.show_line(self._draft, line)
        points = line.requirement.points if line is not None else ()
        self._note.setText("".join(points))
        self._note.setVisible(bool(points) and self.height() >= _LOW)
        name = line.requirement.name if line is not None else self._with.words("ui.checklist.stray")
        self.pages.show_pages(name, self._draft.case.case_id, self._pages_of(self.list.current_key()))

    def _noted(self, draft: DraftView) -> None:
        """Stay with a material until it has its pages, and also when the clerk came back to one that has them."""
        before = wanted_materials(self._draft) if self._draft is not None else []
        shown = self.list.current_key()
        self._put_in(draft)
        if shown in before and shown not in wanted_materials(draft):
            self._choose_open()

    def _put_in(self, draft: DraftView) -> None:
        """Show what an act has saved, where the clerk is."""
        self._began_at = None
        if self.taker.stage.page is not None:
            self.pages.prefer(self.taker.stage.page.page_id)
        self.draft_changed.emit(draft)
        self.worked.emit()

    def _open_waiting(self, capture: Capture) -> None:
        if self._draft is None:
            return
        # of another item's paper, which this one does not ask for: it becomes what the clerk has chosen
        line = line_of(self._draft, capture.requirement_id) or line_of(self._draft, self.list.current_key())
        if line is None:
            return
        paper = line.requirement
        pages = self._pages_of(paper.requirement_id)
        replaces = next((page for page in pages if page.page_id == capture.replaces), None)
        self.list.choose(paper.requirement_id)
        wanted = WantedPaper(
            capture.case_id, paper.requirement_id, paper.name, len(pages), paper.min_pages, replaces=replaces
        )
        self.taker.reopen(wanted, capture.capture_id)

    def _drop_waiting(self) -> None:
        scanning, intake = self._with.desk.scanning, self._with.desk.intake
        captures = self.waiting.captures
        case_id = captures[0].case_id

        def drop() -> DraftView:
            scanning.drop_waiting(case_id, [one.capture_id for one in captures])
            return intake.view(case_id)

        self._with.background.run(self, drop, self._put_in)

    def _told(self, draft: DraftView) -> None:
        self.worked.emit()
        self._noted(draft)

    def _is_free(self) -> bool:
        """Whether the keys of camera and pages act."""
        return self.taker.at_camera and not self.hands.picker.is_open and not self.reading.is_open

    def _opened(self) -> None:
        reading = self.reading.is_open
        for beside in (self._left_column, self.pages):
            # A page that waits for the clerk's yes has the whole width.
            beside.setVisible(not self.taker.needs_room and not reading)
        self._middle.setVisible(not reading)
        free = self._is_free()
        for key in self._camera_keys:
            key.setEnabled(free)
        self.waiting.setVisible(bool(self.waiting.captures) and self.taker.at_camera)
        if free:
            self.list.setFocus()
        self.primary_changed.emit()
