"""A promised paper came: photograph it or bring in its file, page by page, then say that it is complete."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import CaseView, Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.intake.dropped import can_bring
from villagedesk.ui.intake.paper_taker import PaperTaker
from villagedesk.ui.intake.waiting_card import WaitingCard
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.page_strip import PageStrip
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

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
        self._busy = False
        self._done = False
        words, desk = surroundings.words, surroundings.desk
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
        self.taker = PaperTaker(surroundings, self._wanted_paper, desk.cases.case, self)
        self.waiting = WaitingCard(surroundings, self)
        self.taker.over_camera.lay_over(self.waiting)
        self.taker.hold_automatic(lambda: bool(self.waiting.captures))
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._go = button(
            "primary_button", words("ui.bring.go"), self._finish, key="Enter", role="primary", parent=self
        )
        self.setAcceptDrops(True)
        self._lay_out()
        self._wire()
        self._show_pages(view)

    def title(self) -> str:
        """补收材料"""
        return self._with.words("ui.bring.title")

    def first_focus(self) -> QWidget:
        """What is open instead of the camera; else 拍照, or the files where there is no camera."""
        return self._go if self.taker.at_camera and self._go.isEnabled() else self.taker.first_focus()

    def leave(self) -> None:
        """A page that was not confirmed waits and is asked about later; those that were stay with the case."""
        self.waiting.stop()
        self.taker.let_go()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be dropped anywhere."""
        if can_bring(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring in what was dropped."""
        event.acceptProposedAction()
        self.taker.bring_in_dropped(event.mimeData())

    def _wire(self) -> None:
        self.taker.opened.connect(self._opened)
        self.taker.kept.connect(self._page_kept)
        self.taker.worked.connect(self.worked)
        self.taker.set_keys(self)
        self.taker.answered.connect(self.waiting.go_on)
        self.waiting.open_wanted.connect(lambda one: self.taker.reopen(self._wanted_paper(), one.capture_id))
        self.waiting.drop_wanted.connect(self._drop_waiting)
        self._camera_keys: list[QShortcut] = [
            on_key(self, "Space", self.taker.capture),
            on_key(self, "W", self.waiting.look),
            on_key(self, "X", self.waiting.drop),
            on_key(self, "Del", self._take_out),
        ]
        on_key(self, "Esc", self._escape)
        on_enter(self, self._enter)

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
        row.addWidget(self.taker, 5)
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
        self.waiting.show_waiting([one for one in view.waiting if one.requirement_id == self._requirement_id])
        complete = len(pages) >= self._need
        key = "ui.bring.complete" if complete else "ui.bring.wanting"
        self._standing.tell(Sentence(key, {"have": len(pages), "need": self._need}, "good" if complete else "warn"))
        self._go.setEnabled(complete)
        self._remove.setVisible(bool(pages))

    def _wanted_paper(self) -> WantedPaper:
        return WantedPaper(self._view.case.case_id, self._requirement_id, self._name, self._strip.count(), self._need)

    def _page_kept(self, view: CaseView) -> None:
        self._show_pages(view)
        self.first_focus().setFocus()

    def _opened(self) -> None:
        for key in self._camera_keys:
            key.setEnabled(self.taker.at_camera)
        self.waiting.setVisible(bool(self.waiting.captures) and self.taker.at_camera)
        if self.taker.at_camera:
            self.first_focus().setFocus()

    def _enter(self) -> None:
        if not self.taker.enter():
            self._finish()

    def _escape(self) -> None:
        if self.taker.stage.page is not None:
            self.taker.stage.close_stage()
        elif not self.taker.escape():
            self.case_wanted.emit(self._view.case.case_id)

    def _finish(self) -> None:
        if self._done:
            self.case_wanted.emit(self._view.case.case_id)
        if self._done or self._busy or self.taker.busy or not self._go.isEnabled():
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
        self.taker.stop()
        self._remove.hide()
        text = self._with.words("ui.bring.to_case")
        self._go.setText(f"{text}  Enter")
        self._go.setAccessibleName(text)
        self._go.setFocus()
        for key in self._camera_keys:
            key.setEnabled(False)

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._with.background.problem.emit(problem)

    def _drop_waiting(self) -> None:
        desk, case_id = self._with.desk, self._view.case.case_id
        names = [one.capture_id for one in self.waiting.captures]

        def drop() -> CaseView:
            desk.scanning.drop_waiting(case_id, names)
            return desk.cases.case(case_id)

        self._with.background.run(self, drop, self._page_kept)

    def _take_out(self) -> None:
        page = self._strip.current_page()
        if page is None or self.taker.busy or not self.taker.at_camera:
            return
        desk, case_id = self._with.desk, self._view.case.case_id

        def take_out() -> CaseView:
            desk.scanning.remove(page.page_id, page.case_id)
            return desk.cases.case(case_id)

        self._with.background.run(self, take_out, self._page_kept)
