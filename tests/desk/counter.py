"""A real desk on a temporary folder: real store and vault, simulated camera, a printer of the test's choice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.desk.answers import none_needed
from tests.domain.identity_numbers import resident
from tests.store.fixtures import CHEAP, FixedClock
from villagedesk.app.composition import Rooms, furnish
from villagedesk.app.key_keeper import FolderKeys
from villagedesk.app.resources import resources_folder
from villagedesk.app.station_keeper import FolderStation
from villagedesk.app.support_bundle import pack
from villagedesk.demo.photographs import KINDS, photograph
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.news import News
from villagedesk.desk.recognition import PageReader
from villagedesk.devices.camera_simulated import SimulatedCamera
from villagedesk.devices.ports import IdReader, Printer, PrinterInfo, Printers, Scanner
from villagedesk.domain.case import MaterialState, Page
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile
from villagedesk.imaging.page import FlattenedPage, make_page
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.backup.keeper import MediumKeeper
from villagedesk.store.backup.writer import Source
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault

SYSTEM_ITEM = "VD-YB-003"
PROXY_ITEM = "VD-MZ-008"
CLERK = "王会计"
NAME = "欧阳试用"
ID_NUMBER = resident("41042219040229999")
APPLICANT = {"name": NAME, "document_number": ID_NUMBER, "phone": "13900009999", "address": "样张村一组"}
STATION = StationFile(
    "410421103207", "柳林村便民服务站", "https://127.0.0.1:9", "", "code", bytes(range(32)), practice=True
)
PLENTY = 10**12


@cache
def papers(count: int = 2) -> tuple[bytes, ...]:
    """Photographs of invented papers, small enough for quick tests."""
    font = resources_folder() / "fonts" / "villagedesk-base.ttf"
    return tuple(photograph(seed, KINDS[seed % len(KINDS)], font=font, megapixels=1.2).jpeg for seed in range(count))


@cache
def sharp_papers() -> tuple[bytes, ...]:
    """Photographs of which nothing has to be asked: outline and sharpness are right."""
    font = resources_folder() / "fonts" / "villagedesk-base.ttf"
    return tuple(photograph(seed, KINDS[seed], font=font, megapixels=4).jpeg for seed in (1, 4))


@dataclass(frozen=True)
class OnePrinter:
    """The only printer there is."""

    only: Printer

    def printers(self) -> tuple[PrinterInfo, ...]:
        """That one."""
        return (PrinterInfo(self.only.name, is_default=True),)

    def printer(self, name: str) -> Printer | None:
        """That one, by whatever name."""
        return self.only


@dataclass
class Window:
    """A village window in a folder that can be closed and opened again with the same key.

    Args:
        free: bytes the disk says it has.
    """

    folder: Path
    clock: FixedClock
    key: DataKey
    store: EncryptedStore
    vault: PageVault
    camera: SimulatedCamera
    desk: Desk
    kicked: list[str]
    free: list[int]
    audit_log: SqlAuditLog
    link: LinkWords

    def reopened(self, printer: Printer | None = None, *, clerk: str = CLERK, role: Role = Role.CLERK) -> Window:
        """The same window after its program was closed and started again."""
        self.desk.close()
        return open_window(self.folder, printer, key=self.key, clock=self.clock, clerk=clerk, role=role)


def open_window(
    folder: Path,
    printer: Printer | None = None,
    *,
    key: DataKey | None = None,
    clock: FixedClock | None = None,
    pictures: Sequence[bytes] | None = None,
    clerk: str = CLERK,
    role: Role = Role.CLERK,
    station: StationFile = STATION,
    reader: IdReader | None = None,
    scanner: Scanner | None = None,
    page_reader: PageReader | None = None,
    printers: Printers | None = None,
) -> Window:
    """Open a window; a new one without a key."""
    clock = clock or FixedClock()
    folder.mkdir(parents=True, exist_ok=True)
    if key is None:
        key = DataKey.generate()
        store = EncryptedStore.create(folder, key, clock)
    else:
        store = EncryptedStore.open(folder, key, clock)
    vault = PageVault(folder / VAULT_FOLDER, key.vault)
    camera = SimulatedCamera(papers() if pictures is None else pictures)
    news = News()
    kicked: list[str] = []
    free = [PLENTY]
    audit_log = SqlAuditLog(store)
    rooms = Rooms(
        store=store,
        vault=vault,
        clock=clock,
        camera=camera,
        printers=printers or (None if printer is None else OnePrinter(printer)),
        link=LinkWords(clock, news),
        news=news,
        kick=lambda: kicked.append("kick"),
        stop_sync=lambda: kicked.append("stop"),
        free_bytes=lambda: free[0],
        audit_log=audit_log,
        pack_support=partial(pack, folder),
        keeper=FolderKeys(folder, key, store, cost=CHEAP),
        medium=MediumKeeper(Source(folder, store, vault, key, station), clock),
        station_keeper=FolderStation(folder, lambda renewed: kicked.append(f"renewed {renewed.one_time_code}")),
        reader=reader,
        scanner=scanner,
        page_reader=page_reader,
    )
    desk = furnish(rooms, resources_folder(), Acting(clerk, role), station)
    return Window(folder, clock, key, store, vault, camera, desk, kicked, free, audit_log, rooms.link)


@cache
def flat_page() -> FlattenedPage:
    """One page made of a photograph, for tests that are not about photographs."""
    return make_page(papers()[0])


def ready_draft(window: Window, item: str = SYSTEM_ITEM) -> str:
    """A draft with everything it needs, and nothing left to answer; gives its case_id. Each page is of its own content;
    the identity card has both its sides."""
    desk = window.desk
    case_id = desk.intake.start(item).case.case_id
    view = desk.intake.type(case_id, APPLICANT, 2)
    pages: list[Page] = []
    for requirement in [line.requirement for line in view.checklist if line.needed]:
        if not requirement.min_pages:  # taken, and not photographed
            desk.intake.set_material(case_id, requirement.requirement_id, MaterialState.TAKEN)
            continue
        sides = 2 if requirement.requirement_id == "id_card" else requirement.min_pages
        for order in range(1, sides + 1):
            flat = flat_page()
            data = flat.data + bytes((len(pages),))  # what follows the end of a page's file is not looked at
            page_id = str(uuid.uuid4())
            sha256 = window.vault.put(page_id, data)
            place = (page_id, case_id, requirement.requirement_id, order, sha256, len(data), flat.media_type)
            pages.append(Page(*place, flat.width, flat.height, flat.dpi, window.clock.now()))

    def work(transaction: Transaction) -> None:
        for page in pages:
            transaction.add_page(page)

    window.store.write(work).result()
    none_needed(desk, case_id)
    return case_id


def taken_in(window: Window, item: str = SYSTEM_ITEM) -> str:
    """A case taken in; gives its case_id."""
    case_id = ready_draft(window, item)
    window.desk.intake.take_in(case_id)
    return case_id
