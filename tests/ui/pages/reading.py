"""What was read on a page: the quiet line, and the panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from tests.ui.pages.intake import MaterialsPage
from villagedesk.ui.intake.reading_picture import ReadingPicture


class ReadingPage(MaterialsPage):
    """The step of papers with a reader of pages."""

    def open(self) -> None:
        """D; then the list has the cursor."""
        self.press(Qt.Key.Key_D)
        self.until(lambda: self.seen("reading_values") and self.focused() == "reading_values")

    def values(self) -> list[str]:
        """The lines of the list, each as one."""
        found = self.widget("reading_values", QListWidget)
        return [found.item(row).text().replace("\n", " ") for row in range(found.count())]

    def ticked(self) -> list[str]:
        """What is ticked, by its first words."""
        found = self.widget("reading_values", QListWidget)
        items = [found.item(row) for row in range(found.count())]
        checked = [item for item in items if item.data(Qt.ItemDataRole.CheckStateRole) is not None]
        return [item.text().partition("：")[0] for item in checked if item.checkState() is Qt.CheckState.Checked]

    def spots(self) -> int:
        """How many places are outlined in the picture."""
        return len(self.widget("reading_picture", ReadingPicture).spots)
