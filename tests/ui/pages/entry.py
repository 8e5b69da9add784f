"""First run, sign-in, lock."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from tests.ui.pages.base import Page


class FirstRunPage(Page):
    """The first screen of all."""

    def fill(self, station_file: str, clerk: str, password: str, again: str | None = None) -> None:
        """Everything by keys, Enter from field to field; the last Enter begins."""
        self.until(lambda: self.focused() == "station_file")
        for text in (station_file, clerk, password, password if again is None else again):
            self.type(text)
            self.enter()


class SignInPage(Page):
    """Who sits at the desk."""

    def sign_in(self, password: str, clerk: str = "") -> None:
        """Choose who, if it is not the first one; type and Enter."""
        self.until(lambda: self.seen("password") and self.focused() == "password")
        if clerk:
            self.widget("clerk", QComboBox).setCurrentText(clerk)
        self.type(password)
        self.enter()


class LockPage(SignInPage):
    """The locked screen asks the same."""
