"""Files to bring in, and the pages that were found in them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.file_queue import FileQueue
from villagedesk.ui.intake.import_panel import ImportPanel
from villagedesk.ui.intake.page_picker import PagePicker
from villagedesk.ui.screen import Surroundings


class FilesPage(QStackedWidget):
    """The panel where files are named, or the picker of their pages: one of them is open.

    Args:
        read: reads the case after pages were kept, by its id, not in the GUI's thread; may raise a Problem.

    Signals:
        turned(): one of the two is open anew.
    """

    turned = Signal()

    def __init__(self, surroundings: Surroundings, read: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.panel = ImportPanel(surroundings, self)
        self._picker = PagePicker(surroundings, self)
        self.queue = FileQueue(surroundings, self.panel, self._picker, read, self)
        self.addWidget(self.panel)
        self.addWidget(self._picker)
        self._picker.take_wanted.connect(self.queue.take)
        self._picker.closed.connect(self.begin)
        self.queue.many_found.connect(self.pick)

    @property
    def picking(self) -> bool:
        """Whether the picker is the one."""
        return self.currentWidget() is self._picker

    def keys(self, owner: QWidget) -> list[tuple[QShortcut, QWidget]]:
        """Their keys, each with what must be open."""
        return [
            (on_key(owner, "Ctrl+O", self.panel.choose), self.panel),
            (on_key(owner, "A", self._picker.turn_all), self._picker),
        ]

    def begin(self) -> None:
        """Ask for files; what was found before is let go."""
        self.queue.stop()
        self.setCurrentWidget(self.panel)
        self.panel.open()
        self.turned.emit()

    def pick(self) -> None:
        """Let pages be chosen."""
        self.setCurrentWidget(self._picker)
        self.turned.emit()
        self.first_focus().setFocus()

    def enter(self) -> None:
        """Enter: take the chosen pages, or look into the file."""
        if self.picking:
            self.queue.take()
        else:
            self.panel.enter()

    def escape(self) -> bool:
        """Esc: stop what is under way, or leave the picker; False where there is nothing to stop or to leave."""
        if self.queue.busy:
            self.panel.work.stop()
            self._picker.work.stop()
        elif self.picking:
            self.begin()
        else:
            return False
        return True

    def first_focus(self) -> QWidget:
        """Where the cursor goes in what is open."""
        return self._picker.first_focus() if self.picking else self.panel.first_focus()
