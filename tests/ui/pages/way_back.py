"""Restoring a backup, and recovering a damaged database."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton

from tests.ui.pages.base import Page


class WayBackPage(Page):
    """What both cards share."""

    def primary(self) -> str:
        """What the one primary button does, "" while it is out of sight."""
        return self.widget("primary_button", QPushButton).accessibleName() if self.seen("primary_button") else ""

    def wait_step(self, primary: str) -> None:
        """Wait until that is the next thing to do."""
        self.until(lambda: self.primary() == primary)

    def tick(self, name: str) -> None:
        """Tick a box by keys."""
        self.tab_to(name)
        self.press(Qt.Key.Key_Space)
        assert self.widget(name, QCheckBox).isChecked()

    def no_receipt(self) -> None:
        """There is no receipt at hand."""
        self.until(lambda: self.seen("newest_no") and self.focused() == "newest_no")
        self.tick("newest_none")

    def begin(self) -> None:
        """Tab to the primary button and press it."""
        self.tab_to("primary_button")
        self.enter()

    def outcome(self, name: str) -> list[str]:
        """What came of it, sentence by sentence."""
        said: list[str] = []
        while self.seen(f"{name}_{len(said) + 1}"):
            said.append(self.widget(f"{name}_{len(said) + 1}", QLabel).text())
        return said


class RestorePage(WayBackPage):
    """从备份恢复."""

    def open_from_first_run(self) -> None:
        """The second way on the first screen."""
        self.until(lambda: self.focused() == "station_file")
        self.tab_to("restore")
        self.enter()
        self.until(lambda: self.seen("restore_place") and self.focused() == "restore_place")

    def look_in(self, folder: Path) -> None:
        """Type where, and Enter."""
        self.type(str(folder))
        self.enter()
        self.until(lambda: self.seen("backup_list") and self.focused() == "backup_list")

    def next_to_password(self) -> None:
        """Take the chosen backup."""
        self.enter()
        self.until(lambda: self.focused() == "restore_password")

    def result(self) -> list[str]:
        """What came of it, once it has."""
        self.wait_step("去登录")
        return self.outcome("restore_outcome")


class DamagePage(WayBackPage):
    """数据库有一部分损坏."""

    def report(self) -> list[str]:
        """What came of it, once it has."""
        self.wait_step("去登录")
        return self.outcome("damage_outcome")
