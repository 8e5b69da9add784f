"""代理服务器: none, this PC's own, or one typed in."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from villagedesk.desk.proxy_setting import ProxyChoice, ProxyView
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.page import SettingsPage

_WIDTH = 420


class ProxyPage(SettingsPage):
    """代理服务器."""

    help_key = "ui.help.proxy"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.proxy.title", parent=parent)
        words = surroundings.words
        card = self.card("ui.proxy.which")
        self._choice = Choice("proxy_choice", words("ui.proxy.which"), self)
        self._choice.setMaximumWidth(_WIDTH)
        for choice in ProxyChoice:
            self._choice.addItem(words(f"ui.proxy.{choice}"), choice)
        self._choice.currentIndexChanged.connect(lambda _index: self._show_own())
        card.addWidget(self._choice)
        self._of_pc = SentenceLabel(words, "proxy_of_pc", self)
        card.addWidget(self._of_pc)
        self._own = Field(words, "proxy_own", words("ui.proxy.own_label"), hint=words("ui.proxy.own_hint"), parent=self)
        row = QHBoxLayout()
        row.addWidget(self._own, 3)
        row.addStretch(1)
        card.addLayout(row)
        card.addWidget(wrapping_label(words("ui.proxy.means"), "quiet"))
        self.body.addStretch(1)
        self.primary("primary_button", words("ui.proxy.set"), self._set)
        self._show_own()

    def first_focus(self) -> QWidget:
        """The choice."""
        return self._choice

    def refresh(self, topics: frozenset[str]) -> None:
        """As it is set."""
        if not topics:
            self.read(self._with.desk.proxy.view, self._show)

    def _show(self, view: ProxyView) -> None:
        self._choice.setCurrentIndex(self._choice.findData(view.choice))
        self._own.edit.setText(view.address)
        self._own.tell(None)
        key = "ui.proxy.of_pc" if view.system else "ui.proxy.of_pc_none"
        self._of_pc.tell(Sentence(key, {"proxy": view.system}))

    def _show_own(self) -> None:
        chosen = self._choice.currentData()
        self._own.setVisible(chosen == ProxyChoice.OWN)
        self._of_pc.setVisible(chosen == ProxyChoice.SYSTEM)

    def _set(self) -> None:
        choice, typed = ProxyChoice(self._choice.currentData()), self._own.text
        proxy = self._with.desk.proxy
        self.act(lambda: proxy.set(choice, typed), lambda read: self._was_set(choice, read), self._refused)

    def _was_set(self, choice: ProxyChoice, read: str) -> None:
        self._own.tell(None)
        if choice is ProxyChoice.OWN:
            self._own.edit.setText(read)
        self.say(Sentence(f"ui.proxy.was_set_{choice}", {"proxy": read}, "good"))

    def _refused(self, problem: Problem) -> bool:
        if problem.field != "proxy":
            return False
        self._own.tell(Sentence(problem.key, problem.params, "bad"))
        self._own.look_again()
        return True
