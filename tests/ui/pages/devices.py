"""高拍仪和扫描仪, and what lies beneath the camera's picture in step 3."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.ui.desk_at_hand import ID_NUMBER, ITEM, ITEM_WORDS, NAME, PHONE
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage
from tests.ui.pages.settings import SettingsPage
from villagedesk.ui.settings.try_out import TryOut


class DevicesPage(SettingsPage):
    """The page of the settings."""

    def pictured(self) -> bool:
        """Whether a live picture is to be seen."""
        return self.seen("try_out") and self.widget("try_out", TryOut).shows


class SourcesPage(MaterialsPage):
    """Step 3 with its other sources."""

    def begin(self, *, ready: bool = True) -> None:
        """A new case, up to its papers; by the keyboard."""
        choose = ChooseItemPage(self.qtbot, self.window)
        choose.new_case()
        choose.choose(ITEM_WORDS, ITEM)
        ApplicantPage(self.qtbot, self.window).fill(NAME, ID_NUMBER, PHONE, "样张村一组")
        self.until(self.ready if ready else lambda: self.seen("material_list"))

    def taken(self) -> int:
        """Materials of which a page was kept."""
        return sum("已收 1/" in row for row in self.counts())

    def button_text(self, name: str) -> str:
        """What stands on a button, "" where it cannot be seen."""
        return self.widget(name, QPushButton).text() if self.seen(name) else ""

    def proposed(self) -> bool:
        """Whether a page waits for the clerk's yes."""
        return self.seen("proposal_keep")

    def put_away(self) -> None:
        """Esc: the page is not wanted."""
        self.press(Qt.Key.Key_Escape)
        self.until(lambda: not self.proposed())
