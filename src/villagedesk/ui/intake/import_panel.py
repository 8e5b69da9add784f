"""Bringing in files: by path, by choosing, pasted, or dropped onto the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.domain.problems import InputProblem
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Field
from villagedesk.ui.intake.dropped import brought_by, can_bring, copied
from villagedesk.ui.intake.file_work import FileWork
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_LOW = 340
"""Below this height what a field is for is left to the help."""


class ImportPanel(QFrame):
    """``work`` shows how far the reading is.

    Signals:
        files_wanted(list[ImportSource]): look into these.
        closed(): back to the camera.
    """

    files_wanted = Signal(object)
    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self.setProperty("role", "card")
        self.setObjectName("import_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        content = QWidget()
        upper = QVBoxLayout(content)
        upper.setContentsMargins(0, 0, GAP, 0)
        upper.setSpacing(GAP)
        upper.addWidget(plain_label(words("ui.import.title"), "h2", content))
        self._quiet = wrapping_label(words("ui.import.quiet"), "quiet", content)
        upper.addWidget(self._quiet)
        self.path = Field(words, "import_path", words("ui.import.path"), hint=words("ui.import.path_hint"))
        self.path.edit.installEventFilter(self)
        upper.addWidget(self.path)
        self._refused = wrapping_label("", parent=content)
        self._refused.setObjectName("import_refused")
        self._refused.setProperty("tone", "warn")
        self._refused.hide()
        column.addWidget(scrolled(content, self), 1)
        self._choose = button(
            "import_choose",
            words("ui.import.choose"),
            self.choose,
            key="Ctrl+O",
            icons=surroundings.icons,
            icon="file",
            parent=self,
        )
        self._close = button("import_close", words("ui.import.close"), self.closed.emit, key="Esc", parent=self)
        self._go = button("import_go", words("ui.import.go"), self.enter, key="Enter", role="primary", parent=self)
        row = QHBoxLayout()
        row.addWidget(self._choose)
        row.addStretch(1)
        upper.addLayout(row)
        upper.addWidget(self._refused)
        upper.addStretch(1)
        self.work = FileWork(surroundings, self)
        self.work.changed.connect(self._work_changed)
        column.addWidget(self.work)
        foot = QHBoxLayout()
        foot.addWidget(self._close)
        foot.addStretch(1)
        foot.addWidget(self._go)
        column.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is low, what can be done has the room."""
        super().resizeEvent(event)
        self._quiet.setVisible(self.height() >= _LOW)

    def open(self) -> None:
        """Come up with the cursor in the path."""
        self.tell([])
        self.work.clear()
        self.path.look_again()

    def first_focus(self) -> QWidget:
        """The path, or 停下 while files are read."""
        return self.work if self.work.under_way else self.path.edit

    def tell(self, sentences: list[str]) -> None:
        """What could not be used, one below the other; for one alone the screen's banner is enough."""
        self._refused.setText("\n".join(sentences))
        self._refused.setVisible(bool(sentences))

    def choose(self) -> None:
        """Ask with the system's own window."""
        if self.work.under_way:
            return
        words = self._with.words
        chosen, _ = QFileDialog.getOpenFileNames(self, words("ui.import.choose"), "", words("ui.import.filter"))
        if chosen:
            self.path.edit.setText(chosen[0])
            self.files_wanted.emit([Path(one) for one in chosen])

    def enter(self) -> None:
        """Look into what stands in the path field; with nothing there, ask."""
        if self.work.under_way:
            return
        typed = self.path.text.strip().strip('"')
        if typed:
            self.files_wanted.emit([Path(typed)])
        else:
            self.choose()

    def bring_in(self, mime: QMimeData) -> None:
        """Look into what was let go over the screen, or copied elsewhere."""
        try:
            sources = brought_by(mime, self._with.words("ui.import.pasted"))
        except InputProblem as problem:
            self._with.background.problem.emit(problem)
        else:
            self.files_wanted.emit(sources)

    def paste(self) -> None:
        """Look into what was copied elsewhere."""
        self.bring_in(copied())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The path field would paste the name of a copied file, and nothing for a picture."""
        pasted = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Paste)
        if watched is not self.path.edit or event.type() != QEvent.Type.KeyPress or not pasted:
            return super().eventFilter(watched, event)
        if not can_bring(copied()):
            return super().eventFilter(watched, event)
        self.paste()
        return True

    def _work_changed(self) -> None:
        for widget in (self.path, self._choose, self._go, self._close):
            widget.setEnabled(not self.work.under_way)
        if self.isVisible():
            self.first_focus().setFocus()
