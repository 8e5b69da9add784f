"""The overview of the settings: each room behind a big button with its present state in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QWidget

from villagedesk.desk.proxy_setting import ProxyChoice
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.settings.door import Door
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

_COLUMNS = 2
_DOORS: tuple[tuple[str, str, Right | None], ...] = (
    ("accounts", "user", None),
    ("items", "guide", Right.WORK),
    ("catalogue", "cases", Right.WORK),
    ("devices", "camera", Right.SAFEGUARD),
    ("printing", "printer", Right.WORK),
    ("backup", "backup", Right.SAFEGUARD),
    ("log", "file", Right.SEE_LOG),
    ("retention", "trash", Right.SAFEGUARD),
    ("export", "export", Right.WORK),
    ("support", "support", Right.SAFEGUARD),
    ("sending_limit", "link-up", Right.SAFEGUARD),
    ("proxy", "link-up", Right.SAFEGUARD),
    ("reading", "eye", Right.SAFEGUARD),
    ("annex", "chart", Right.WORK),
    ("evaluation", "user", Right.WORK),
    ("security", "shield", None),
)
"""Name, icon, and the right without which the door is not there."""


class SettingsHome(SettingsPage):
    """设置."""

    help_key = "ui.help.settings"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.settings.title", "", parent)
        words = surroundings.words
        role = SentenceLabel(words, "settings_role", self)
        role.tell(Sentence(f"ui.settings.role.{surroundings.desk.acting.role}", {"name": surroundings.desk.clerk}))
        self.body.addWidget(role)
        grid = QGridLayout()
        grid.setSpacing(GAP * 2)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._doors: dict[str, Door] = {}
        for name, icon, right in _DOORS:
            if right is None or surroundings.may(right):
                door = Door(
                    words,
                    surroundings.icons,
                    f"door_{name}",
                    words(f"ui.settings.door.{name}"),
                    icon,
                    lambda name=name: self.settings_wanted.emit(name),  # type: ignore[misc]
                    self,
                )
                grid.addWidget(door, len(self._doors) // _COLUMNS, len(self._doors) % _COLUMNS)
                self._doors[name] = door
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.foot.addWidget(button("sign_out", words("ui.settings.sign_out"), self.sign_out_wanted.emit, parent=self))
        if not surroundings.may(Right.SEE_PERSONS):
            self.back.hide()  # there is no first screen to go back to

    def first_focus(self) -> QWidget:
        """The first door."""
        return self._doors["accounts"]

    def refresh(self, topics: frozenset[str]) -> None:
        """Each state is read for itself, so that one that cannot be read hides no other."""
        desk = self._with.desk
        if not topics or topics & {"backup"}:
            self._tell("backup", lambda: desk.backup.state().sentence)
        if not topics or topics & {"items"}:
            self._tell("items", self._items)
            self._tell("catalogue", self._catalogue)
        if not topics or topics & {"devices"}:
            self._tell("devices", lambda: desk.scanning.camera().sentence)
            self._tell("printing", lambda: desk.printer_line().sentence)
        if topics:
            return
        self._doors["security"].tell(Sentence("ui.settings.state.security"))
        self._tell("accounts", self._accounts)
        self._tell("log", lambda: Sentence("ui.settings.state.log", {"count": desk.audit.head().seq}))
        self._tell("retention", self._retention)
        self._tell("sending_limit", self._sending_limit)
        self._tell("proxy", self._proxy)
        self._tell("reading", self._reading)
        self._tell("annex", self._annex)
        self._tell("evaluation", self._evaluation)
        if "export" in self._doors:
            self._doors["export"].tell(Sentence("ui.settings.state.export"))
        if "support" in self._doors:
            self._doors["support"].tell(Sentence("ui.settings.state.support"))

    def _evaluation(self) -> Sentence:
        return Sentence("ui.settings.state.evaluation", {"days": self._with.desk.evaluations.rules().days})

    def _accounts(self) -> Sentence:
        count = len(self._with.desk.accounts.list())
        return Sentence("ui.settings.state.accounts", {"count": count, "name": self._with.desk.clerk})

    def _items(self) -> Sentence:
        items = self._with.desk.items
        handled, every = len(items.handled()), len(items.all())
        return Sentence("ui.settings.state.items", {"handled": handled, "all": every})

    def _catalogue(self) -> Sentence:
        view = self._with.desk.items.catalogue()
        return view.refused or view.sentence

    def _sending_limit(self) -> Sentence:
        kbit = self._with.desk.sending_limit.kbit()
        return Sentence(
            "ui.settings.state.sending_limit" if kbit else "ui.settings.state.sending_unlimited", {"kbit": kbit}
        )

    def _proxy(self) -> Sentence:
        view = self._with.desk.proxy.view()
        key = f"ui.settings.state.proxy_{view.choice}"
        if view.choice is ProxyChoice.SYSTEM and not view.system:
            key = "ui.settings.state.proxy_system_none"
        return Sentence(key, {"proxy": view.address or view.system})

    def _reading(self) -> Sentence:
        on = self._with.desk.recognition.on()
        return Sentence("ui.settings.state.reading_on" if on else "ui.settings.state.reading_off")

    def _annex(self) -> Sentence:
        day = self._with.desk.annex.saved_on()
        return (
            Sentence("ui.settings.state.annex_never")
            if day is None
            else Sentence("ui.settings.state.annex_saved", {"day": f"{day}"})
        )

    def _retention(self) -> Sentence:
        months = self._with.desk.retention.months()
        return (
            Sentence("ui.settings.state.retention", {"months": months})
            if months
            else Sentence("ui.settings.state.retention_never")
        )

    def _tell(self, name: str, sentence: Callable[[], Sentence]) -> None:
        door = self._doors.get(name)
        if door is None:
            return

        def failed(problem: Problem) -> None:
            door.tell(Sentence(problem.key, problem.params, "bad"))

        self._with.background.run(self, sentence, door.tell, lane=Lane.READS, failed=failed)
