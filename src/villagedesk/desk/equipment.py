"""Cameras, scanner and watched folder: which are used, and how they are doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from villagedesk.desk import arrivals, camera_choice, flatbed
from villagedesk.desk.acting import Acting
from villagedesk.desk.arrivals import Watched, watched_of
from villagedesk.desk.camera_choice import CameraChoice, choice_of
from villagedesk.desk.flatbed import FINENESS, ScannerChoice, scanner_of
from villagedesk.desk.news import News
from villagedesk.desk.table_camera import TableCamera
from villagedesk.desk.views import DeviceLine, Sentence
from villagedesk.devices.ports import CameraControl, CameraInfo, CameraPlace, PictureFolder, Scanner, ScannerInfo
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.imaging.files.decode import decode

MOST_EV = 2.0
_FINE_PIXELS = 4_500_000
"""An A4 page that fills the picture has 3.9 million pixels at 200 dots an inch, and some table lies around it."""


@dataclass(frozen=True)
class CameraOffer:
    """A camera that can be chosen.

    Args:
        connected: now; one that was chosen and is pulled out is offered all the same.
    """

    camera_id: str
    name: str
    connected: bool


@dataclass(frozen=True)
class EquipmentView:
    """What is used, and what there is.

    Args:
        camera: the one looked through now, in words.
        has_cameras: whether this window can have any.
        offers: all that can be chosen.
        chosen: by what it is for, the id of the camera chosen; "" where it was left to the program.
        place: what the one looked through is for.
        exposure: of that one, EV; None where it cannot be set.
        can_focus: whether it can look for its focus anew.
        folder: that is watched, "" for none.
        folder_state: how it is doing.
        can_scan: whether this PC can have a scanner.
        scanner: the one chosen, in words.
        scanner_id: "" for none.
        dpi: dots an inch it scans with.
    """

    camera: DeviceLine
    has_cameras: bool
    offers: tuple[CameraOffer, ...]
    chosen: dict[CameraPlace, str]
    place: CameraPlace
    exposure: float | None
    can_focus: bool
    folder: str
    folder_state: Sentence
    can_scan: bool
    scanner: Sentence
    scanner_id: str
    dpi: int


class Equipment:
    """Reads and chooses. Calls block and may come from several threads.

    Args:
        table: the cameras in use.
        scanner, folder: None where this PC cannot have such.
    """

    def __init__(
        self,
        table: TableCamera,
        scanner: Scanner | None,
        folder: PictureFolder | None,
        store: Store,
        clock: Clock,
        news: News,
        acting: Acting,
    ) -> None:
        self._table = table
        self._scanner = scanner
        self._folder = folder
        self._store = store
        self._clock = clock
        self._news = news
        self._acting = acting

    def view(self) -> EquipmentView:
        """As it is now."""
        choice, watched, scanner = self._store.read(
            lambda snapshot: (
                choice_of(snapshot),
                watched_of(snapshot.setting(arrivals.SETTING)),
                scanner_of(snapshot.setting(flatbed.SETTING)),
            )
        )
        line, place, offers = self._table.line(), self._table.place(), self._table.offers()
        exposure = choice.exposure.get(place, 0.0) if CameraControl.EXPOSURE in offers else None
        chosen = {one: choice.cameras[one].camera_id if one in choice.cameras else "" for one in CameraPlace}
        return EquipmentView(
            camera=line,
            has_cameras=self._table.possible,
            offers=self._offers(choice),
            chosen=chosen,
            place=place,
            exposure=exposure,
            can_focus=CameraControl.FOCUS in offers,
            folder=watched.folder,
            folder_state=self._folder_state(watched),
            can_scan=self._scanner is not None,
            scanner=_scanner_state(scanner),
            scanner_id=scanner.scanner.scanner_id if scanner is not None else "",
            dpi=scanner.dpi if scanner is not None else FINENESS[0],
        )

    def choose_camera(self, place: CameraPlace, camera_id: str) -> None:
        """Use a camera for something from now on; logged.

        Args:
            camera_id: "" leaves it to the program.

        Raises:
            InputProblem: ``equipment.camera_gone`` when it is neither connected nor chosen.
        """
        self._acting.need(Right.SAFEGUARD)
        known = {one.camera_id: one for one in self._table.cameras()}
        chosen = self._store.read(choice_of).cameras
        for one in chosen.values():
            known.setdefault(one.camera_id, one)
        if camera_id and camera_id not in known:
            raise InputProblem("equipment.camera_gone", field="camera")
        info = CameraInfo(camera_id, known[camera_id].name) if camera_id else None

        def choose(choice: CameraChoice) -> CameraChoice:
            cameras = {one: camera for one, camera in choice.cameras.items() if one is not place and camera != info}
            if info is not None:
                cameras[place] = info
            return replace(choice, cameras=cameras)

        self._change_cameras(choose, {"device": f"camera_{place}", "name": info.name if info is not None else ""})
        self._table.choose_anew()

    def look_through(self, place: CameraPlace) -> None:
        """Show the picture of the camera for that; for trying it out."""
        self._acting.need(Right.SAFEGUARD)
        self._table.show(place)

    def set_exposure(self, place: CameraPlace, ev: float) -> None:
        """Make the camera's picture brighter or darker, for now and for each time it is opened.

        Args:
            ev: from -2 to 2.
        """
        self._acting.need(Right.SAFEGUARD)
        ev = max(-MOST_EV, min(MOST_EV, ev))
        self._change_cameras(lambda choice: replace(choice, exposure={**choice.exposure, place: ev}), None)
        if self._table.place() is place:
            self._table.adjust(CameraControl.EXPOSURE, ev)

    def focus(self) -> None:
        """Let the camera in use look for its focus once more."""
        self._acting.need(Right.SAFEGUARD)
        self._table.adjust(CameraControl.FOCUS)

    def watch_folder(self, typed: str) -> str:
        """Watch a folder from now on, "" for none; logged. What lies there already is not offered. Gives its path.

        Raises:
            InputProblem: ``equipment.no_folder`` with the field ``folder``.
        """
        self._acting.need(Right.SAFEGUARD)
        text = typed.strip().strip('"')
        watched = Watched()
        if text:
            folder = Path(text)
            try:
                if self._folder is None or not folder.is_absolute():
                    raise InputProblem("equipment.no_folder", field="folder")
                watched = Watched(str(folder), dict(self._folder.names(folder)))
            except EnvironmentProblem:
                raise InputProblem("equipment.no_folder", field="folder") from None
        self._put(arrivals.SETTING, watched.to_text(), {"device": "folder", "name": watched.folder})
        return watched.folder

    def try_shot(self) -> Sentence:
        """Take a picture with the camera in use, which is not kept; says how large it is.

        Raises:
            InputProblem: ``scanning.no_camera``, ``imaging.*``.
            EnvironmentProblem: ``devices.camera_*``.
        """
        self._acting.need(Right.SAFEGUARD)
        taken = self._table.capture()
        height, width = decode(taken.data, taken.media_type).shape[:2]
        fine = width * height >= _FINE_PIXELS
        megapixels = f"{width * height / 1e6:.1f}"
        size = {"camera": taken.source, "width": width, "height": height, "megapixels": megapixels}
        return Sentence("equipment.shot" if fine else "equipment.shot_coarse", size, "good" if fine else "warn")

    def find_scanners(self) -> tuple[ScannerInfo, ...]:
        """The scanners that are connected and switched on; takes some seconds. Raises EnvironmentProblem
        ``scanner.*``."""
        self._acting.need(Right.SAFEGUARD)
        return self._scanner.scanners() if self._scanner is not None else ()

    def choose_scanner(self, scanner: ScannerInfo | None, dpi: int = FINENESS[0]) -> None:
        """Use a scanner from now on, None for none; logged.

        Args:
            dpi: one of ``FINENESS``; anything else is the first.
        """
        self._acting.need(Right.SAFEGUARD)
        dpi = dpi if dpi in FINENESS else FINENESS[0]
        text = ScannerChoice(scanner, dpi).to_text() if scanner is not None else ""
        name = f"{scanner.name}, {dpi} dpi" if scanner is not None else ""
        self._put(flatbed.SETTING, text, {"device": "scanner", "name": name})

    def _offers(self, choice: CameraChoice) -> tuple[CameraOffer, ...]:
        connected = self._table.cameras()
        gone = [one for one in choice.cameras.values() if one not in connected]
        return (
            *(CameraOffer(one.camera_id, one.name, connected=True) for one in connected),
            *(CameraOffer(one.camera_id, one.name, connected=False) for one in gone),
        )

    def _folder_state(self, watched: Watched) -> Sentence:
        if not watched.folder or self._folder is None:
            return Sentence("equipment.folder_none")
        try:
            self._folder.names(Path(watched.folder))
        except EnvironmentProblem as problem:
            return Sentence(problem.key, problem.params, "warn")
        return Sentence("equipment.folder_watched", {"folder": watched.folder}, "good")

    def _change_cameras(self, change: Callable[[CameraChoice], CameraChoice], told: dict[str, str] | None) -> None:
        def work(transaction: Transaction) -> None:
            text = change(choice_of(transaction)).to_text()
            self._put_in(transaction, camera_choice.SETTING, text, told)

        self._store.write(work).result()
        self._news.tell("devices")

    def _put(self, setting: str, text: str, told: dict[str, str]) -> None:
        self._store.write(lambda transaction: self._put_in(transaction, setting, text, told)).result()
        self._news.tell("devices")

    def _put_in(self, transaction: Transaction, setting: str, text: str, told: dict[str, str] | None) -> None:
        if transaction.setting(setting) == text:
            return
        transaction.put_setting(setting, text)
        if told is not None:
            now, clerk = self._clock.now(), self._acting.clerk
            transaction.append_event(CaseEvent(STATION, now, clerk, str(Deed.DEVICES_SET), detail=told))


def _scanner_state(choice: ScannerChoice | None) -> Sentence:
    if choice is None:
        return Sentence("equipment.scanner_none")
    return Sentence("equipment.scanner_chosen", {"scanner": choice.scanner.name, "dpi": choice.dpi}, "good")
