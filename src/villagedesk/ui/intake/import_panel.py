"""Bringing in picture files: by path, by choosing, or dropped onto the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP


class ImportPanel(QFrame):
    """Signals:
    files_wanted(list[Path]): bring these in, one after the other.
    whole_wanted(): take the last one whole, without looking for a paper in it.
    closed(): back to the camera.
    """

    files_wanted = Signal(object)
    whole_wanted = Signal()
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
        upper.addWidget(wrapping_label(words("ui.import.quiet"), "quiet", content))
        self.path = Field(words, "import_path", words("ui.import.path"), hint=words("ui.import.path_hint"))
        upper.addWidget(self.path)
        self._area = scrolled(content, self)
        column.addWidget(self._area, 1)
        self._choose = button(
            "import_choose",
            words("ui.import.choose"),
            self._ask,
            key="Ctrl+O",
            icons=surroundings.icons,
            icon="file",
            parent=self,
        )
        self._whole = button("import_whole", words("ui.import.whole"), self.whole_wanted.emit, parent=self)
        self._close = button("import_close", words("ui.import.close"), self.closed.emit, key="Esc", parent=self)
        self._go = button("import_go", words("ui.import.go"), self.enter, key="Enter", role="primary", parent=self)
        for choice in (self._whole, self._choose):
            row = QHBoxLayout()
            row.addWidget(choice)
            row.addStretch(1)
            upper.addLayout(row)
        upper.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self._close)
        foot.addStretch(1)
        foot.addWidget(self._go)
        column.addLayout(foot)
        self._whole.hide()

    def open(self) -> None:
        """Come up with the cursor in the path."""
        self._whole.hide()
        self.path.look_again()

    def offer_whole(self) -> None:
        """No paper's edge was found in the file: it may be a finished scan."""
        self._whole.show()
        # After the banner and the button have taken their room.
        QTimer.singleShot(0, self._whole, lambda: self._area.ensureWidgetVisible(self._whole))

    def choose(self) -> None:
        """Ask with the system's own window."""
        self._ask()

    def enter(self) -> None:
        """Bring in what stands in the path field; with nothing there, ask."""
        typed = self.path.text.strip().strip('"')
        if typed:
            self._whole.hide()
            self.files_wanted.emit([Path(typed)])
        else:
            self._ask()

    def _ask(self) -> None:
        words = self._with.words
        chosen, _ = QFileDialog.getOpenFileNames(self, words("ui.import.choose"), "", words("ui.import.filter"))
        if chosen:
            self.path.edit.setText(chosen[0])
            self._whole.hide()
            self.files_wanted.emit([Path(one) for one in chosen])
