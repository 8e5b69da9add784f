"""支持与检查: what the technician needs, without anything about persons; the program's version; the log's state."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

import villagedesk
from villagedesk.desk.views import DeviceLine, SendingView, Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.place import PlaceField
from villagedesk.ui.renewal_card import RenewalCard
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.log import check_sentence
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP


class SupportPage(SettingsPage):
    """支持与检查."""

    help_key = "ui.help.support"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.support.title", parent=parent)
        words = surroundings.words
        state = self.card("ui.support.state")
        version = wrapping_label(words("ui.support.version", version=villagedesk.__version__))
        version.setObjectName("program_version")
        state.addWidget(version)
        self._link = SentenceLabel(words, "support_link", self)
        self._backup = SentenceLabel(words, "support_backup", self)
        state.addWidget(self._link)
        state.addWidget(self._backup)
        self._devices = QVBoxLayout()
        self._devices.setSpacing(GAP)
        state.addLayout(self._devices)
        bundle = self.card("ui.support.bundle")
        bundle.addWidget(wrapping_label(words("ui.support.bundle_means"), "quiet"))
        self._place = PlaceField(words, surroundings.icons, "bundle_folder", words("ui.support.folder"), self)
        bundle.addWidget(self._place)
        self._renewal = RenewalCard(surroundings, self)
        self._renewal.offer(needed=True)
        self.body.addWidget(self._renewal)
        self.body.addStretch(1)
        self._check = button("support_check_log", words("ui.log.check"), self._check_log, parent=self)
        self.foot.addWidget(self._check)
        self._go = self.primary("primary_button", words("ui.support.make"), self._make)

    def first_focus(self) -> QWidget:
        """Where to."""
        return self._place.field.edit

    def begin(self) -> None:
        """Old words go."""
        super().begin()
        self._renewal.begin()

    def refresh(self, topics: frozenset[str]) -> None:
        """How things stand."""
        desk = self._with.desk
        if not topics or topics & {"link", "outbox"}:
            self.read(desk.sending.view, self._show_link)
        if not topics or "devices" in topics:
            self.read(desk.devices, self._show_devices)
        if not topics:
            self.read(lambda: desk.backup.state().sentence, self._backup.tell)
            if self._with.may(Right.SAFEGUARD):
                self.read(desk.backup.places, self._place.show_drives)

    def _show_link(self, view: SendingView) -> None:
        self._link.tell(view.link)

    def _show_devices(self, devices: tuple[DeviceLine, ...]) -> None:
        clear(self._devices)
        for number, device in enumerate(devices, start=1):
            label = SentenceLabel(self._words, f"support_device_{number}")
            label.tell(device.sentence)
            self._devices.addWidget(label)

    def _check_log(self) -> None:
        self.say(None)
        self.long.start(
            Sentence("ui.log.checking"), self._with.desk.audit.check, lambda check: self.say(check_sentence(check))
        )

    def _make(self) -> None:
        folder = self._place.folder()
        if folder is not None:
            support = self._with.desk.support
            self.act(lambda: support.bundle(folder), self._made, words=self._words("ui.support.making"))

    def _made(self, file: Path) -> None:
        self.say(Sentence("ui.support.made", {"file": str(file)}, "good"))
