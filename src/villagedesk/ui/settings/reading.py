"""读取扫描件文字: whether pages are read."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.fields import Choice
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.settings.page import SettingsPage

_WIDTH = 320


class ReadingPage(SettingsPage):
    """读取扫描件文字."""

    help_key = "ui.help.reading"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.reading_setting.title", parent=parent)
        words = surroundings.words
        card = self.card("ui.reading_setting.whether")
        self._choice = Choice("reading_choice", words("ui.reading_setting.whether"), self)
        self._choice.setMaximumWidth(_WIDTH)
        for on in (True, False):
            self._choice.addItem(words("ui.reading_setting.on" if on else "ui.reading_setting.off"), on)
        card.addWidget(self._choice)
        card.addWidget(wrapping_label(words("ui.reading_setting.means"), "quiet"))
        self.body.addStretch(1)
        self.primary("primary_button", words("ui.reading_setting.set"), self._set)

    def first_focus(self) -> QWidget:
        """The choice."""
        return self._choice

    def refresh(self, topics: frozenset[str]) -> None:
        """As it is set."""
        if not topics:
            self.read(self._with.desk.recognition.on, lambda on: self._choice.setCurrentIndex(0 if on else 1))

    def _set(self) -> None:
        on = bool(self._choice.currentData())
        recognition = self._with.desk.recognition
        key = "ui.reading_setting.was_on" if on else "ui.reading_setting.was_off"
        self.act(lambda: recognition.turn(on), lambda _: self.say(Sentence(key, {}, "good")))
