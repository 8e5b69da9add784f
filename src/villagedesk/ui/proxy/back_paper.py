"""扫回签字的纸: papers that come back are photographed or taken from a file, and kept with the case they belong to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from villagedesk.desk.signed_papers import OF_A_CASE, BackTarget, PaperBack
from villagedesk.desk.views import Sentence
from villagedesk.domain.document import DocumentOrigin
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Progress
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, keep_focus, on_enter, on_key
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.intake.camera_view import CameraView
from villagedesk.ui.intake.proposal_panel import PagePicture
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class BackPaper(Screen):
    """Args:
    case_id: whose papers they are where the number on them does not say; "" where nobody knows yet.
    """

    shot = Signal()

    help_key = "ui.help.back_paper"
    nav = "nav_proxy"

    def __init__(self, surroundings: Surroundings, case_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._case_id = case_id
        self._waiting: list[PaperBack] = []
        self._target: BackTarget | None = None
        self._busy = False
        words, icons = surroundings.words, surroundings.icons
        self._camera = CameraView(surroundings, self._camera_there, lambda: True, self)
        self.shot.connect(self._camera.flash)
        self.shot.connect(surroundings.shutter_sound)
        self._picture = PagePicture(words("ui.back_paper.picture"), self)
        self._picture.setObjectName("back_picture")
        self._pictures = QStackedWidget(self)
        self._pictures.addWidget(self._camera)
        self._pictures.addWidget(self._picture)
        self._long = LongWork(words, surroundings.background, self)
        self._hint = wrapping_label(words("ui.back_paper.nothing"), "", self)
        self._whose = SentenceLabel(words, "back_whose", self)
        self._warned = SentenceLabel(words, "back_warned", self)
        self.number = Field(
            words,
            "back_number",
            words("ui.back_paper.number"),
            hint=words("ui.back_paper.number_hint"),
            parent=self,
        )
        self._look = button("back_look", words("ui.back_paper.look"), self._look_up, parent=self)
        self.number.add_beside(self._look)
        self.kind = Choice("back_kind", words("ui.back_paper.kind"), self)
        for kind in OF_A_CASE:
            self.kind.addItem(words(f"document.origin.{kind}"), str(kind))
        self._kind_label = plain_label(words("ui.back_paper.kind"), "h3", self)
        self._kind_label.setBuddy(self.kind)
        self.name = Field(
            words, "back_name", words("ui.back_paper.name"), hint=words("ui.back_paper.name_hint"), parent=self
        )
        self._asked = QFrame(self)
        self._said = SentenceLabel(words, "back_said", self)
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._capture = button(
            "back_capture",
            words("ui.back_paper.capture"),
            self.capture,
            key=words("ui.key.space"),
            icons=icons,
            icon="camera",
            parent=self,
        )
        self._file = button(
            "back_file", words("ui.back_paper.file"), self.from_file, key="I", icons=icons, icon="file", parent=self
        )
        self._drop = button("back_drop", words("ui.back_paper.drop"), self._put_by, key="Del", parent=self)
        self._keep = button("primary_button", words("ui.back_paper.keep"), self.keep, key="Enter", parent=self)
        self._keep.setProperty("role", "primary")
        self._lay_out()
        keep_focus(self)
        self._keys = [on_key(self, "Space", self.capture), on_key(self, "I", self.from_file)]
        on_key(self, "Del", self._put_by)
        on_key(self, "Esc", self._escape)
        on_enter(self, self._entered)
        self._show_next()
        if case_id:
            cases = surroundings.desk.cases
            surroundings.background.run(self, lambda: cases.case(case_id).case.local_no, self._begin, lane=Lane.READS)

    def title(self) -> str:
        """扫回签字的纸"""
        return self._with.words("ui.back_paper.title")

    def first_focus(self) -> QWidget:
        """The camera, or the file where there is none; what is asked while a page waits."""
        if self._waiting:
            return self._keep if self._target is not None else self.number.edit
        return self._capture if self._capture.isEnabled() else self._file

    def take_own_number(self, scanned: str) -> bool:
        """The number of the receipt, or of the paper itself, is scanned for the page that waits."""
        if not self._waiting:
            return False
        self.number.edit.setText(scanned)
        self._look_up()
        return True

    def capture(self) -> None:
        """Photograph what lies under the camera."""
        if self._busy or self._waiting or not self._capture.isEnabled():
            return
        self._busy = True
        self._say(None)
        papers = self._with.desk.signed_papers
        self._with.background.run(
            self,
            lambda: papers.photograph(self.shot.emit),
            lambda one: self._came((one,)),
            failed=self._failed,
            words=self._with.words("ui.back_paper.working"),
        )

    def from_file(self) -> None:
        """Choose a scan or a photograph."""
        if self._busy or self._waiting or self._long.under_way:
            return
        words, papers = self._with.words, self._with.desk.signed_papers
        kinds = f"{words('ui.back_paper.files')} (*.pdf *.jpg *.jpeg *.png *.tif *.tiff *.bmp *.heic *.webp)"
        chosen, _ = QFileDialog.getOpenFileName(self, words("ui.back_paper.choose"), str(own_folder()), kinds)
        if not chosen:
            return
        self._busy = True
        self._say(None)

        def work(progress: Progress) -> tuple[PaperBack, ...]:
            return papers.from_file(Path(chosen), progress)

        self._long.start(
            Sentence("ui.back_paper.working"), work, self._came, self._failed, stopped=self._stopped, lane=Lane.ACTS
        )

    def keep(self) -> None:
        """Keep the page that waits."""
        if self._busy or not self._waiting:
            return
        if self._target is None:
            self._look_up()
            return
        self._busy = True
        self.number.tell(None)
        self.name.tell(None)
        target = self._target
        kind = target.kind or DocumentOrigin(str(self.kind.currentData()))
        token, name = self._waiting[0].token, self.name.text if target.kind is None else ""
        papers = self._with.desk.signed_papers
        self._with.background.run(
            self,
            lambda: papers.keep(token, target, kind, name),
            self._kept,
            failed=self._failed,
            words=self._with.words("ui.back_paper.saving"),
        )

    def _begin(self, local_no: str | None) -> None:
        if local_no and not self.number.text:
            self.number.edit.setText(local_no)

    def _camera_there(self, missing: bool) -> None:
        self._capture.setEnabled(not missing and not self._waiting)

    def _came(self, papers: tuple[PaperBack, ...]) -> None:
        self._busy = False
        self.worked.emit()
        self._waiting = list(papers)
        self._show_next()

    def _stopped(self) -> None:
        self._busy = False

    def _show_next(self) -> None:
        """The page that waits with what is asked of it, or the camera."""
        paper = self._waiting[0] if self._waiting else None
        self._pictures.setCurrentWidget(self._camera if paper is None else self._picture)
        self._picture.show_jpeg(paper.image if paper is not None else b"")
        self._hint.setVisible(paper is None)
        self._asked.setVisible(paper is not None)
        for one in (self._capture, self._file):
            one.setVisible(paper is None)
        for one in (self._keep, self._drop):
            one.setVisible(paper is not None)
        for key in self._keys:
            key.setEnabled(paper is None)
        warning = paper.warnings[0] if paper is not None and paper.warnings else None
        self._warned.tell(warning)
        self._warned.setVisible(warning is not None)
        self._tell_target(paper.target if paper is not None else None)
        if paper is not None and paper.target is None and self.number.text:
            self._look_up()
        self.first_focus().setFocus()

    def _tell_target(self, target: BackTarget | None) -> None:
        self._target = target
        self._whose.tell(target.sentence if target is not None else Sentence("ui.back_paper.unknown", {}, "warn"))
        told = target is not None and target.kind is not None
        for widget in (self._kind_label, self.kind, self.name):
            widget.setVisible(not told)

    def _look_up(self) -> None:
        papers, typed = self._with.desk.signed_papers, self.number.text
        if not typed.strip() or self._busy:
            self.number.look_again()
            return

        def found(target: BackTarget) -> None:
            self.number.tell(None)
            self._tell_target(target)
            if self._waiting:
                (self._keep if target.kind is not None else self.kind).setFocus()

        self._with.background.run(self, lambda: papers.target(typed), found, failed=self._failed, lane=Lane.READS)

    def _kept(self, name: str) -> None:
        self._busy = False
        self._waiting.pop(0)
        self.name.edit.clear()
        self._say(Sentence("ui.back_paper.kept", {"name": name}, "good"))
        self.worked.emit()
        self._show_next()

    def _put_by(self) -> None:
        if self._busy or not self._waiting or self.number.edit.hasFocus() or self.name.edit.hasFocus():
            return
        papers, token = self._with.desk.signed_papers, self._waiting.pop(0).token
        self._with.background.run(self, lambda: papers.drop(token), lambda _: None, lane=Lane.READS)
        self._show_next()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        told = Sentence(problem.key, problem.params, "bad")
        field = {"number": self.number, "name": self.name}.get(problem.field)
        if field is not None:
            field.tell(told)
            field.look_again()
        elif problem.key.startswith(("signed.", "imaging.", "files.", "scanning.")):
            self._say(told)
        else:
            self._with.background.problem.emit(problem)

    def _entered(self) -> None:
        if not self._waiting:
            self.first_focus().setFocus()
        elif self.number.edit.hasFocus() or self._target is None:
            self._look_up()
        else:
            self.keep()

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        elif self._case_id:
            self.case_wanted.emit(self._case_id)
        else:
            self.proxy_wanted.emit()

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _lay_out(self) -> None:
        asked = QVBoxLayout(self._asked)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(GAP)
        asked.addWidget(plain_label(self._with.words("ui.back_paper.whose"), "h2", self._asked))
        for widget in (self._whose, self._warned, self.number, self._kind_label, self.kind, self.name):
            asked.addWidget(widget)
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        inner.addWidget(self._hint)
        inner.addWidget(self._asked)
        inner.addWidget(self._said)
        inner.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self._pictures, 3)
        row.addWidget(scrolled(card, self), 2)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addStretch(1)
        for one in (self._drop, self._file, self._capture, self._keep):
            foot.addWidget(one)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP)
        page.addLayout(row, 1)
        page.addWidget(self._long)
        page.addLayout(foot)
        self._say(None)
