"""Long work on files: 停下 ends the reading of a file in the middle, not only after it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from villagedesk.ui.long_work import LongWork
from villagedesk.ui.screen import Surroundings


class FileWork(LongWork):
    """See :class:`LongWork`."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings.words, surroundings.background, parent)
        self._importing = surroundings.desk.importing

    def stop(self) -> None:
        """Ask it to stop; a file that hangs is let go at once."""
        if self.under_way:
            super().stop()
            self._importing.stop()
