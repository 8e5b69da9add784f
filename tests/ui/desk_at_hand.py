"""A whole village window for screen tests: real data folder, store, vault, desk; simulated camera; no link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from tests.desk.answers import none_needed
from tests.desk.counter import OnePrinter
from tests.domain.identity_numbers import resident
from villagedesk.app.composition import Rooms, furnish
from villagedesk.app.key_keeper import FolderKeys
from villagedesk.app.mender import FolderMender
from villagedesk.app.premises import DataFolder
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.restorer import FolderRestorer
from villagedesk.app.station_keeper import FolderStation
from villagedesk.app.support_bundle import pack
from villagedesk.app.sync_road import SyncRoad
from villagedesk.app.system_clock import SystemClock
from villagedesk.demo.photographs import KINDS, empty_table, photograph
from villagedesk.desk.acting import Acting
from villagedesk.desk.damage import Damage
from villagedesk.desk.desk import Desk
from villagedesk.desk.entry import Entry
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.news import News
from villagedesk.desk.recognition import PageReader
from villagedesk.desk.restoring import Restoring
from villagedesk.devices.camera_simulated import SimulatedCamera
from villagedesk.devices.ports import IdReader, Printer, Printers, Scanner
from villagedesk.devices.printer_file import FilePrinter
from villagedesk.domain.messages import Messages
from villagedesk.domain.service_item import MaterialRequirement
from villagedesk.domain.station import StationFile
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.backup.keeper import MediumKeeper
from villagedesk.store.backup.writer import Source
from villagedesk.store.database import EncryptedStore
from villagedesk.store.files import write_whole
from villagedesk.store.keys import DataKey, PasswordCost, create_keys
from villagedesk.store.lockout import Gate, steady_now
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.status import SyncStatus

CLERK = "王会计"
PASSWORD = "sunflower-82"
STATION = StationFile("410421103207", "柳林村便民服务站", "https://127.0.0.1:9", "", "code", bytes(range(32)))
STATION_BY_HAND = replace(STATION, address="", one_time_code="")
"""A station that was granted no interface."""
ITEM = "城乡居民养老保险注销登记"
ITEM_WORDS = "养老保险注销"
NAME = "王秀英"
ID_NUMBER = resident("41042219790229999"[:6] + "19790217" + "002")
PHONE = "13900009999"
ADDRESS = "样张村一组"
_CHEAP = PasswordCost(1, 8, 1)
_SOON = RetryPolicy(first=0.2, cap=1.0, confirming=(0.1, 0.2, 0.3))


def needed_papers(desk: Desk, case_id: str) -> list[MaterialRequirement]:
    """What must be there before the draft can be taken in, once every question is answered with no."""
    return [line.requirement for line in none_needed(desk, case_id).checklist if line.needed]


@cache
def papers(count: int = 3, megapixels: float = 2.0) -> tuple[bytes, ...]:
    """Photographs of invented papers, small enough for quick tests."""
    font = resources_folder() / "fonts" / "villagedesk-base.ttf"
    kinds = [KINDS[seed % len(KINDS)] for seed in range(count)]
    return tuple(photograph(seed, kind, font=font, megapixels=megapixels).jpeg for seed, kind in enumerate(kinds))


@cache
def no_paper() -> bytes:
    """A photograph of an empty table."""
    return empty_table(3, megapixels=2.0)


@cache
def messages() -> Messages:
    """The catalogue as shipped."""
    return Messages.from_folder(messages_folder(resources_folder()))


def icons() -> Path:
    """The icons as shipped."""
    return resources_folder() / "icons"


class QuickDataFolder(DataFolder):
    """The real data folder; only the password is cheaper to try than a real one may be."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        super().__init__(folder, SystemClock(), Gate(folder, now))
        self._at = folder

    def set_up(self, station: StationFile, clerk: str, password: str) -> None:
        """As the real one, with a cheap Argon2id."""
        self._at.mkdir(parents=True, exist_ok=True)
        write_whole(self._at / "station.json", station.to_bytes())
        key = create_keys(self._at, clerk, password, station.recovery_public_key, "clerk", cost=_CHEAP)
        EncryptedStore.create(self._at, key, SystemClock()).close()


class Village:
    """What lies behind the screens.

    Args:
        folder: the data folder is made in it; printed papers go to ``printed`` in it.
        pictures: photographs the camera takes, in order; empty: no camera is connected.
        camera: False where the window has no camera at all.
        automatic: whether a new paper is photographed by itself; off where a test says when.
        now: the clock by which too many wrong passwords are waited for.
        connected: whether a real sync engine runs on the station file; off, nothing looks for a link.
    """

    def __init__(
        self,
        folder: Path,
        pictures: tuple[bytes, ...] | None = None,
        *,
        camera: bool = True,
        printer: Printer | None = None,
        printers: Printers | None = None,
        reader: IdReader | None = None,
        automatic: bool = False,
        page_reader: PageReader | None = None,
        scanner: Scanner | None = None,
        now: Callable[[], float] = steady_now,
        connected: bool = False,
    ) -> None:
        self.folder = folder
        self._connected = connected
        self.automatic = automatic
        self.premises = QuickDataFolder(folder / "data", now)
        self.camera = SimulatedCamera(papers() if pictures is None else pictures)
        self._has_camera = camera
        self._reader = reader
        self._page_reader = page_reader
        self._scanner = scanner
        self.printers = printers
        self.printer = printer if printer is not None else FilePrinter(folder / "printed")
        self.desk: Desk | None = None
        self.kicked = 0
        self.heard = 0
        self.free = [10**12]
        self.news = News()
        self.link = LinkWords(SystemClock(), self.news)
        restorer = FolderRestorer(folder / "data", SystemClock())
        mender = FolderMender(folder / "data", self.premises, SystemClock())
        self.entry = Entry(
            self.premises,
            self._open,
            restoring=lambda: Restoring(restorer, self.premises.common_passwords, lambda: self.entry.signed_in),
            damage=lambda: Damage(mender, lambda: self.entry.signed_in),
        )
        self.station_file = folder / "柳林村.station.json"
        self.station_file.write_bytes(STATION.to_bytes())

    def hear(self) -> None:
        """The sound of a photograph taken."""
        self.heard += 1

    def set_up(self, station: StationFile = STATION) -> None:
        """Do the first run without a screen."""
        self.premises.set_up(station, CLERK, PASSWORD)

    def link_is(self, kind: LinkKind) -> None:
        """What the link watch says."""
        self.link.publish(SyncStatus(link=LinkState(kind)))

    def _open(self, acting: Acting, key: object, station: StationFile) -> Desk:
        assert isinstance(key, DataKey)
        store = EncryptedStore.open(self.folder / "data", key, SystemClock())
        self.store = store
        self.vault = PageVault(self.folder / "data" / VAULT_FOLDER, key.vault)

        def kick() -> None:
            self.kicked += 1

        road: SyncRoad | None = None
        if self._connected:
            road = SyncRoad(store, self.vault, SystemClock(), station, self.link.publish, _SOON)
        rooms = Rooms(
            store=store,
            vault=self.vault,
            clock=SystemClock(),
            camera=self.camera if self._has_camera else None,
            printers=self.printers or (None if self.printer is None else OnePrinter(self.printer)),
            link=self.link,
            news=self.news,
            kick=kick if road is None else road.kick,
            stop_sync=(lambda: None) if road is None else road.stop,
            free_bytes=lambda: self.free[0],
            audit_log=SqlAuditLog(store),
            pack_support=partial(pack, self.folder / "data"),
            keeper=FolderKeys(self.folder / "data", key, store, cost=_CHEAP),
            medium=MediumKeeper(Source(self.folder / "data", store, self.vault, key, station), SystemClock()),
            station_keeper=FolderStation(self.folder / "data", lambda _renewed: None),
            reader=self._reader,
            page_reader=self._page_reader,
            scanner=self._scanner,
        )
        if not self.automatic:
            store.write(lambda transaction: transaction.put_setting("scanning.automatic", "off")).result()
        self.desk = furnish(rooms, resources_folder(), acting, station)
        if road is not None:
            road.start()
        return self.desk
