"""First run, sign-in, lock."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

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
            self.choose(clerk)
        self.type(password)
        self.enter()

    def choose(self, clerk: str) -> None:
        """Choose a name; "" for somebody who is not in the list."""
        box = self.widget("clerk", QComboBox)
        place = box.findData(clerk)
        assert place >= 0, f"{clerk} is not among {self.clerks()}"
        box.setCurrentIndex(place)

    def clerks(self) -> list[str]:
        """Everybody in the list, as it is shown."""
        box = self.widget("clerk", QComboBox)
        return [box.itemText(place) for place in range(box.count())]

    def can_try(self) -> bool:
        """Whether the button is not quiet."""
        return self.widget("primary_button", QPushButton).isEnabled()

    def wrong(self, password: str) -> None:
        """Type a wrong password and wait until it is told."""
        self.widget("password", QLineEdit).selectAll()
        self.type(password)
        self.enter()
        self.until(lambda: self.window.background.idle and self.text("password_trouble") != "")


class LockPage(SignInPage):
    """The locked screen asks the same."""


class ForgottenPage(SignInPage):
    """The county's key in place of a password."""

    def recover(self, key_file: str, password: str) -> None:
        """The key file, then the new password twice, by keys; the last Enter does it."""
        self.until(lambda: self.focused() == "key_file")
        for text in (key_file, password, password):
            self.type(text)
            self.enter()
