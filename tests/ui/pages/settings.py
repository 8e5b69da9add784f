"""The pages behind 设置."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QListWidget, QPushButton

from tests.ui.pages.frame import TodayPage

OTHER_PASSWORD = "lantern-boat-31"


class SettingsPage(TodayPage):
    """The overview, and what its pages share."""

    def open(self, name: str = "", *, busy: bool = False) -> None:
        """The overview, or the page behind one of its doors; waits until it has read what it shows.

        Args:
            busy: long work is under way, so that there is no rest to wait for.
        """
        self.click("nav_settings")
        self.wait_for("door_accounts")
        if name:
            self.click(f"door_{name}")
            self.until(lambda: not self.seen("door_accounts"))
        self.until(lambda: busy or self.window.background.idle)

    def state(self, name: str) -> str:
        """The sentence on a door, once it was read."""
        self.until(lambda: self.text(f"door_{name}_state") != "")
        return self.text(f"door_{name}_state")

    def said(self) -> str:
        """What came of the last act."""
        return self.text("settings_said") if self.seen("settings_said") else ""

    def wait_said(self, part: str) -> None:
        """Wait until it is said."""
        self.until(lambda: part in self.said())

    def choose(self, name: str, text: str) -> None:
        """Choose in a combo box as the clerk does."""
        box = self.widget(name, QComboBox)
        place = box.findText(text)
        assert place >= 0, f"{name} does not offer {text}: {[box.itemText(n) for n in range(box.count())]}"
        box.setCurrentIndex(place)
        box.activated.emit(place)

    def can(self, name: str) -> bool:
        """Whether a button can be pressed."""
        return self.seen(name) and self.widget(name, QPushButton).isEnabled()

    def doors(self) -> set[str]:
        """The doors on the overview."""
        names = (
            "accounts",
            "items",
            "catalogue",
            "devices",
            "backup",
            "log",
            "retention",
            "export",
            "support",
            "sending_limit",
            "proxy",
            "reading",
            "annex",
            "security",
        )
        return {name for name in names if self.seen(f"door_{name}")}


class AccountsPage(SettingsPage):
    """Accounts and passwords."""

    def pick(self, name: str) -> None:
        """Choose an account with the arrow keys."""
        self.until(lambda: self.seen("account_list") and self.rows("account_list") != [])
        self.widget("account_list", QListWidget).setFocus()
        self.press(Qt.Key.Key_Home)
        for _ in self.rows("account_list"):
            if self.text("account_chosen") == name:
                return
            self.press(Qt.Key.Key_Down)
        assert self.text("account_chosen") == name

    def fill(self, *texts: str) -> None:
        """Type from field to field with Enter; the last one does it."""
        for text in texts:
            self.type(text)
            self.enter()


class ItemsPage(SettingsPage):
    """本村事项."""

    def pick(self, name: str) -> None:
        """Choose an item as the mouse does."""
        self.until(lambda: self.rows("items_list") != [])
        shown = self.widget("items_list", QListWidget)
        (row,) = [row for row in range(shown.count()) if shown.item(row).text() == name]
        shown.setCurrentRow(row)
        self.until(lambda: self.text("items_chosen") == name)
