"""高拍仪和扫描仪: which camera for what, with its live picture; the folder that is watched; the scanner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.equipment import EquipmentView
from villagedesk.desk.flatbed import FINENESS
from villagedesk.desk.views import CameraPlace, ScannerInfo, Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.fields import Choice
from villagedesk.ui.place import PlaceField
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.settings.try_out import TryOut
from villagedesk.ui.theme import GAP

_STEP_EV = 0.5
_OTHER_KEY = "F6"


class DevicesPage(SettingsPage):
    """高拍仪和扫描仪."""

    help_key = "ui.help.devices"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.devices.title", parent=parent)
        self._view: EquipmentView | None = None
        self._found: dict[str, ScannerInfo] = {}
        self._sees = surroundings.may(Right.WORK)
        self._make_camera_card()
        self._make_folder_card()
        self._make_scanner_card()
        self.body.addStretch(1)
        self._shoot = self.primary("primary_button", self._words("ui.devices.shoot"), self._try_shot)
        on_key(self, _OTHER_KEY, self._look_through_other)

    def first_focus(self) -> QWidget:
        """The camera for the papers."""
        papers = self._cameras[CameraPlace.MAIN]
        return papers if papers.isVisible() and papers.isEnabled() else self._place.field.edit

    def refresh(self, topics: frozenset[str]) -> None:
        """As it is; also when something was plugged in or pulled out."""
        if not topics or topics & {"devices"}:
            self.read(self._with.desk.equipment.view, self._show)

    def begin(self) -> None:
        """A list of scanners that was found earlier may be old."""
        super().begin()
        self._found = {}
        self._nothing_found.tell(None)

    def _make_camera_card(self) -> None:
        words = self._words
        card = self.card("ui.devices.camera")
        self._camera_state = SentenceLabel(words, "camera_state", self)
        card.addWidget(self._camera_state)
        self._camera_room = QWidget(self)
        row = QHBoxLayout(self._camera_room)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP * 2)
        beside = QWidget(self)
        beside.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        left = _column(beside)
        self._cameras: Mapping[CameraPlace, Choice] = {
            place: Choice(f"camera_{place}", words(f"ui.devices.place.{place}"), self) for place in CameraPlace
        }
        for place, choice in self._cameras.items():
            left.addWidget(plain_label(words(f"ui.devices.place.{place}"), parent=self))
            left.addWidget(choice)
            choice.activated.connect(lambda _index, place=place: self._choose_camera(place))
        self._other = button("other_camera", "", self._look_through_other, key=_OTHER_KEY, parent=self)
        left.addWidget(self._other)
        self._light = QWidget(self)
        light = QHBoxLayout(self._light)
        light.setContentsMargins(0, 0, 0, 0)
        light.setSpacing(GAP)
        for name, by in (("darker", -_STEP_EV), ("brighter", _STEP_EV)):
            act = partial(self._brighten, by)
            light.addWidget(button(name, words(f"ui.devices.{name}"), act, parent=self))
        self._focus = button("focus_anew", words("ui.devices.focus"), self._look_sharp, parent=self)
        acts = QHBoxLayout()
        acts.setSpacing(GAP)
        acts.addWidget(self._light, 2)
        acts.addWidget(self._focus, 1)
        left.addLayout(acts)
        left.addStretch(1)
        row.addWidget(beside, 1)
        self._picture = TryOut(self._with, self)
        self._picture.setVisible(self._sees)
        # what can be set is known once the camera is open
        self._picture.turned.connect(lambda: self.refresh(frozenset()))
        row.addWidget(self._picture, 1)
        card.addWidget(self._camera_room)

    def _make_folder_card(self) -> None:
        words = self._words
        card = self.card("ui.devices.folder")
        self._folder_state = SentenceLabel(words, "folder_state", self)
        card.addWidget(self._folder_state)
        card.addWidget(wrapping_label(words("ui.devices.folder_means"), "quiet"))
        self._place = PlaceField(words, self._with.icons, "watched_folder", words("ui.devices.folder_label"), self)
        self._place.only_typed()
        self._place.field.edit.setPlaceholderText(words("ui.devices.folder_hint"))
        self._place.chosen.connect(lambda _folder: self._watch())
        card.addWidget(self._place)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(button("watch_folder", words("ui.devices.watch"), self._watch, parent=self))
        self._unwatch = button("unwatch_folder", words("ui.devices.unwatch"), self._stop_watching, parent=self)
        row.addWidget(self._unwatch)
        row.addStretch(1)
        card.addLayout(row)

    def _make_scanner_card(self) -> None:
        words = self._words
        card = self.card("ui.devices.scanner")
        self._scanner_state = SentenceLabel(words, "scanner_state", self)
        card.addWidget(self._scanner_state)
        self._scanner_room = QWidget(self)
        column = _column(self._scanner_room)
        self._nothing_found = SentenceLabel(words, "nothing_found", self)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self._scanner = Choice("scanner_choice", words("ui.devices.which_scanner"), self)
        self._scanner.activated.connect(lambda _index: self._choose_scanner())
        self._dpi = Choice("scanner_dpi", words("ui.devices.fineness"), self)
        for dpi in FINENESS:
            self._dpi.addItem(words(f"ui.devices.dpi_{dpi}"), dpi)
        self._dpi.activated.connect(lambda _index: self._choose_scanner())
        row.addWidget(self._scanner, 2)
        row.addWidget(self._dpi, 1)
        find = QHBoxLayout()
        self._find = button("find_scanners", words("ui.devices.find"), self._find_scanners, parent=self)
        find.addWidget(self._find)
        find.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._nothing_found)
        column.addLayout(find)
        card.addWidget(self._scanner_room)

    def _show(self, view: EquipmentView) -> None:
        self._view = view
        self._camera_state.tell(view.camera.sentence)
        self._picture.say(
            self._words("ui.camera.starting") if view.camera.ready else self._words.of(view.camera.sentence)
        )
        self._camera_room.setVisible(view.has_cameras)
        self._shoot.setEnabled(bool(view.offers))
        for place, choice in self._cameras.items():
            none = "ui.devices.by_itself" if place is CameraPlace.MAIN else "ui.devices.by_itself_second"
            offers = [
                (self._words("ui.devices.pulled_out", name=one.name) if not one.connected else one.name, one.camera_id)
                for one in view.offers
            ]
            choice.setEnabled(bool(view.offers))
            _offer(choice, [(self._words(none), ""), *offers], view.chosen[place])
        two = len(view.offers) > 1
        text = self._words(f"ui.sources.other.{'second' if view.place is CameraPlace.MAIN else 'main'}")
        self._other.setText(f"{text}  {_OTHER_KEY}")
        self._other.setAccessibleName(text)
        self._other.setVisible(two)
        self._light.setVisible(view.exposure is not None)
        self._focus.setVisible(view.can_focus)
        self._folder_state.tell(view.folder_state)
        self._unwatch.setVisible(bool(view.folder))
        self._scanner_state.tell(view.scanner if view.can_scan else Sentence("scanner.no_sane"))
        self._scanner_room.setVisible(view.can_scan)
        self._show_scanners(view)

    def _show_scanners(self, view: EquipmentView) -> None:
        names = {info.scanner_id: info.name for info in self._found.values()}
        if view.scanner_id and view.scanner_id not in names:
            names[view.scanner_id] = str(view.scanner.params["scanner"])
        offers = [(self._words("ui.devices.no_scanner"), ""), *((name, one) for one, name in names.items())]
        _offer(self._scanner, offers, view.scanner_id)
        self._dpi.setCurrentIndex(self._dpi.findData(view.dpi))
        self._scanner.setEnabled(len(offers) > 1)
        self._dpi.setEnabled(bool(view.scanner_id))

    def _choose_camera(self, place: CameraPlace) -> None:
        camera_id = str(self._cameras[place].currentData())
        if self._view is None or camera_id == self._view.chosen[place]:
            return
        equipment = self._with.desk.equipment

        def choose() -> None:
            equipment.choose_camera(place, camera_id)
            equipment.look_through(place)

        self.act(choose, lambda _: self._chosen())

    def _chosen(self) -> None:
        self.say(Sentence("ui.devices.chosen", tone="good"))
        self.refresh(frozenset())

    def _look_through_other(self) -> None:
        if self._view is None or not self._other.isVisible():
            return
        place = CameraPlace.SECOND if self._view.place is CameraPlace.MAIN else CameraPlace.MAIN
        equipment = self._with.desk.equipment
        self.act(lambda: equipment.look_through(place), lambda _: self.refresh(frozenset()))

    def _brighten(self, by: float) -> None:
        if self._view is None or self._view.exposure is None:
            return
        place, ev = self._view.place, self._view.exposure + by
        equipment = self._with.desk.equipment
        self.act(lambda: equipment.set_exposure(place, ev), lambda _: self.refresh(frozenset()))

    def _look_sharp(self) -> None:
        self.act(self._with.desk.equipment.focus, lambda _: None)

    def _try_shot(self) -> None:
        self.act(self._with.desk.equipment.try_shot, self.say, words=self._words("ui.devices.shooting"))

    def _watch(self) -> None:
        folder = self._place.folder()
        if folder is None:
            return
        equipment = self._with.desk.equipment
        self.act(lambda: equipment.watch_folder(str(folder)), self._watched, self._refused)

    def _stop_watching(self) -> None:
        equipment = self._with.desk.equipment
        self.act(lambda: equipment.watch_folder(""), self._watched)

    def _watched(self, folder: str) -> None:
        self._place.field.edit.clear()
        self._place.field.tell(None)
        self.say(Sentence("ui.devices.watching" if folder else "ui.devices.not_watching", {"folder": folder}, "good"))
        self._place.field.edit.setFocus()
        self.refresh(frozenset())

    def _refused(self, problem: Problem) -> bool:
        if problem.field != "folder":
            return False
        self._place.field.tell(Sentence(problem.key, problem.params, "bad"))
        self._place.field.look_again()
        return True

    def _find_scanners(self) -> None:
        words = self._words("ui.devices.finding")
        self.act(self._with.desk.equipment.find_scanners, self._show_found, words=words)

    def _show_found(self, found: Sequence[ScannerInfo]) -> None:
        self._found = {one.scanner_id: one for one in found}
        key = "ui.devices.found" if found else "ui.devices.none_found"
        self._nothing_found.tell(Sentence(key, {"count": len(found)}, "good" if found else "warn"))
        if self._view is not None:
            self._show_scanners(self._view)
        if found:
            self._scanner.setFocus()

    def _choose_scanner(self) -> None:
        view, scanner_id, dpi = self._view, str(self._scanner.currentData()), int(self._dpi.currentData())
        if view is None or (scanner_id, dpi) == (view.scanner_id, view.dpi):
            return
        info = self._found.get(scanner_id)
        if info is None and scanner_id:
            info = ScannerInfo(scanner_id, str(view.scanner.params["scanner"]))
        equipment = self._with.desk.equipment
        self.act(lambda: equipment.choose_scanner(info, dpi), lambda _: self._chosen())


def _column(owner: QWidget | None = None) -> QVBoxLayout:
    column = QVBoxLayout(owner) if owner is not None else QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP)
    return column


def _offer(choice: QComboBox, offers: Sequence[tuple[str, str]], chosen: str) -> None:
    """Fill a combo box anew where that changes it, so that it does not close under the clerk's hand."""
    shown = [(choice.itemText(at), choice.itemData(at)) for at in range(choice.count())]
    if shown != list(offers):
        choice.clear()
        for text, data in offers:
            choice.addItem(text, data)
    choice.setCurrentIndex(max(0, choice.findData(chosen)))
