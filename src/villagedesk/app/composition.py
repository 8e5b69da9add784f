"""Puts the real adapters into the desk's ports. Imports every heavy library: load it after the first paint only."""

from __future__ import annotations

import contextlib
import functools
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from villagedesk.app.devices import (
    Media,
    OnGuiThread,
    file_reader,
    make_camera,
    make_printers,
    make_reader,
    make_scanner,
    page_reader,
    pdf_reader,
)
from villagedesk.app.fonts import font_set
from villagedesk.app.key_keeper import FolderKeys
from villagedesk.app.premises import common_passwords
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.run_options import RunOptions
from villagedesk.app.starter_catalogue import starter
from villagedesk.app.station_keeper import FolderStation
from villagedesk.app.support_bundle import pack
from villagedesk.app.sync_road import SyncRoad
from villagedesk.app.system_clock import SystemClock
from villagedesk.catalogue.checked_table import read_toml
from villagedesk.catalogue.divisions import load_area_names
from villagedesk.catalogue.form_order import form_order_of
from villagedesk.catalogue.paper_titles import paper_kinds_of
from villagedesk.desk.accounts import Accounts
from villagedesk.desk.acting import Acting
from villagedesk.desk.annex import Annex
from villagedesk.desk.annex_merge import AnnexMerge
from villagedesk.desk.annex_output import AnnexOutput
from villagedesk.desk.archive import ArchiveDesk
from villagedesk.desk.arrivals import Arrivals
from villagedesk.desk.audit import AuditDesk
from villagedesk.desk.backup import BackupDesk
from villagedesk.desk.bridge import Bridge
from villagedesk.desk.camera_choice import choice_of
from villagedesk.desk.card_sheets import CardSheets
from villagedesk.desk.case_changes import CaseChanges
from villagedesk.desk.cases import CaseDesk
from villagedesk.desk.clock_watch import ClockWatch
from villagedesk.desk.conflicts import ConflictDesk
from villagedesk.desk.damage import Soundness
from villagedesk.desk.desk import Desk
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.draft_book import Counter, DraftBook
from villagedesk.desk.equipment import Equipment
from villagedesk.desk.evaluations import Evaluations
from villagedesk.desk.flatbed import Flatbed
from villagedesk.desk.follow_up import FollowUp
from villagedesk.desk.guided import GuidedHelp
from villagedesk.desk.handouts import Handouts
from villagedesk.desk.handover import HandoverDesk
from villagedesk.desk.handover_lists import HandoverLists
from villagedesk.desk.holidays import Holidays
from villagedesk.desk.importing import Importing
from villagedesk.desk.intake import Intake
from villagedesk.desk.items import Items
from villagedesk.desk.law_clocks import ClockDesk, Clocks
from villagedesk.desk.link_days import LinkDays
from villagedesk.desk.link_desk import LinkDesk
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.lost_results import note_lost
from villagedesk.desk.missing_here import MissingHere
from villagedesk.desk.missing_hint import MissingHint
from villagedesk.desk.mode_moves import ModeMoves
from villagedesk.desk.news import News
from villagedesk.desk.official_numbers import OfficialNumbers
from villagedesk.desk.page_copies import PageCopies
from villagedesk.desk.page_folders import PageFolders
from villagedesk.desk.paper_making import PaperMaker
from villagedesk.desk.paper_preview import Previews
from villagedesk.desk.ports import BackupMedium, KeyKeeper
from villagedesk.desk.print_runner import PrintRunner
from villagedesk.desk.print_sets import PrintSets
from villagedesk.desk.print_settings import PrintSettings
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.printing import PrintDesk
from villagedesk.desk.proof import ProofDesk
from villagedesk.desk.proxy_setting import ProxySetting
from villagedesk.desk.recognition import PageReader, ReadingRules, Recognition
from villagedesk.desk.register_import import RegisterImport
from villagedesk.desk.registers import Registers
from villagedesk.desk.results import ResultDesk
from villagedesk.desk.retention import RetentionDesk
from villagedesk.desk.scanning import Scanning
from villagedesk.desk.sending import Sending
from villagedesk.desk.sending_limit import SendingLimit
from villagedesk.desk.signed_papers import SignedPapers
from villagedesk.desk.station_renewal import StationKeeper, StationRenewal
from villagedesk.desk.statistics import Statistics
from villagedesk.desk.support import Pack, Support
from villagedesk.desk.table_camera import TableCamera
from villagedesk.desk.township import Township
from villagedesk.desk.unsent_correction import take_off_what_is_read
from villagedesk.desk.visit_pictures import VisitPictures
from villagedesk.desk.visits import Visits
from villagedesk.devices.file_process import FileProcess
from villagedesk.devices.pdf_process import PdfProcess
from villagedesk.devices.picture_folder import WatchedFolder
from villagedesk.devices.ports import DocumentCamera, IdReader, Printers, Scanner
from villagedesk.domain.audit import AuditLog
from villagedesk.domain.clock import Clock
from villagedesk.domain.ethnic_groups import ETHNIC_GROUPS
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.station import StationFile
from villagedesk.imaging.recognising.reading_process import ReadingProcess
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.backup.keeper import MediumKeeper
from villagedesk.store.backup.writer import Source
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.sweep import missing_pages, sweep
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.catalogue_part import ARRIVING_FILE
from villagedesk.sync.status import SyncStatus


@dataclass(frozen=True)
class Rooms:
    """What a desk is made of that is not its own.

    Args:
        kick: tells the sync engine to try now; ``stop_sync`` ends it.
        reader: None where the window has no card reader; ``scanner`` where it can have no flatbed scanner.
        page_reader: reads what pages say; None where that is not to be had.
    """

    store: Store
    vault: Vault
    clock: Clock
    camera: DocumentCamera | None
    printers: Printers | None
    link: LinkWords
    news: News
    kick: Callable[[], None]
    stop_sync: Callable[[], None]
    free_bytes: Callable[[], int]
    audit_log: AuditLog
    pack_support: Pack
    keeper: KeyKeeper
    medium: BackupMedium
    station_keeper: StationKeeper
    soundness: Soundness = field(default_factory=lambda: Soundness(lambda: None))
    reader: IdReader | None = None
    scanner: Scanner | None = None
    page_reader: PageReader | None = None


def open_desk(
    options: RunOptions, on_gui_thread: OnGuiThread, media: Media, acting: Acting, key: object, station: StationFile
) -> Desk:
    """Open database and vault, start the sync engine, and give the desk.

    Raises:
        EnvironmentProblem: ``store.*`` when the database cannot be opened, ``entry.station_unusable`` when the kept
            station file's certificate is none; nothing is left running then.
    """
    if not isinstance(key, DataKey):
        raise TypeError("the data key of the slots file is wanted")
    folder = options.data_folder
    clock, news = SystemClock(), News()
    if EncryptedStore.exists(folder):
        store = EncryptedStore.open(folder, key, clock)
    else:
        # the first run was cut off between its keys and its database; create() refuses where anything was kept
        store = EncryptedStore.create(folder, key, clock)
    closing = contextlib.ExitStack()
    closing.callback(store.close)
    try:
        vault = PageVault(folder / VAULT_FOLDER, key.vault)
        link = LinkWords(clock, news)
        road = SyncRoad(store, vault, clock, station, link.publish, arriving=folder / ARRIVING_FILE)
        medium = MediumKeeper(Source(folder, store, vault, key, station), clock)

        soundness = Soundness(lambda: news.tell("devices"))
        sweeping = threading.Thread(
            target=_look_through, args=(store, vault, clock, soundness), name="sweep", daemon=True
        )

        def stop_sync() -> None:
            sweeping.join()
            road.stop()

        def renew(renewed: StationFile) -> None:
            medium.renew(renewed)
            road.renew(renewed)

        rooms = Rooms(
            store=store,
            vault=vault,
            clock=clock,
            camera=make_camera(options.camera, media, lambda: news.tell("devices")),
            printers=make_printers(options.printer, on_gui_thread),
            reader=make_reader(options.reader),
            scanner=make_scanner(options.scanner),
            page_reader=ReadingProcess(page_reader()),
            link=link,
            news=news,
            kick=road.kick,
            stop_sync=stop_sync,
            free_bytes=lambda: shutil.disk_usage(folder).free,
            audit_log=SqlAuditLog(store),
            pack_support=partial(pack, folder),
            keeper=FolderKeys(folder, key, store),
            medium=medium,
            station_keeper=FolderStation(folder, renew),
            soundness=soundness,
        )
        sweeping.start()
        closing.callback(sweeping.join)
        closing.callback(road.stop)
        desk = furnish(rooms, resources_folder(), acting, station)
        road.start(desk.items)
        return desk
    except BaseException:
        closing.close()
        raise


def _look_through(store: EncryptedStore, vault: PageVault, clock: Clock, soundness: Soundness) -> None:
    """Check the whole database, and where it is sound set aside what a crash left without a row, and have results
    fetched again whose file is gone; what is read leaves the list of what is to be looked at. What hinders that today
    does not tomorrow."""
    with contextlib.suppress(EnvironmentProblem):
        whole = store.integrity()
        soundness.checked(whole)
        if whole:
            sweep(store, vault)
            note_lost(store, clock, missing_pages(store, vault))
            store.write(take_off_what_is_read).result()


def furnish(rooms: Rooms, resources: Path, acting: Acting, station: StationFile) -> Desk:
    """The desk from its rooms; its print runner is started.

    Raises:
        Problem: ``catalogue.*`` when the catalogue cannot be read.
    """
    messages = Messages.from_folder(messages_folder(resources))
    if station.manual:  # said before the first screen, which comes before the road out begins
        rooms.link.publish(SyncStatus(interface=False))
    key = station.catalogue_public_key
    items = Items(rooms.store, starter(resources), rooms.clock, acting, messages.text, rooms.news, key)
    # Pinyin's dictionaries are read before the first search or save needs them.
    threading.Thread(target=items.prepare, name="pinyin", daemon=True).start()
    area_names = load_area_names(resources / "code_lists" / "divisions.toml")
    areas = frozenset(area_names)
    store, vault, clock = rooms.store, rooms.vault, rooms.clock
    disk = DiskWatch(rooms.free_bytes)
    clock_watch = ClockWatch(store, clock, rooms.link)
    pick = PrinterPick(rooms.printers, store)
    print_runner = PrintRunner(store, vault, pick, clock, rooms.news, acting)
    fonts = font_set(resources)
    papers = PaperMaker(
        fonts,
        station.name,
        messages.text,
        lambda: messages.text("papers_told.clock") if clock_watch.warning() is not None else "",
        practice=station.practice,
    )
    audit = AuditDesk(rooms.audit_log, store, clock, acting, station, messages.text, fonts, pick)
    passwords = functools.partial(common_passwords, resources)
    accounts = Accounts(rooms.keeper, audit.note, store, acting, station.name, passwords)
    holidays = Holidays(store, clock, items, rooms.news, acting)
    clocks = Clocks(clock, items, holidays.calendar)
    follow_up = FollowUp(holidays.calendar)
    counter = Counter(acting, station, areas, rooms.reader)
    intake = Intake(store, vault, clock, items, counter, (clock_watch, disk))
    table = TableCamera(rooms.camera, clock, rooms.news, lambda: store.read(choice_of))
    flatbed, folders = Flatbed(rooms.scanner, store), WatchedFolder()
    importing = Importing(FileProcess(file_reader()), acting)
    scanning = Scanning(store, vault, clock, items, table, importing, disk, flatbed, acting)
    drafts = DraftBook(store, clock, items, counter, (clock_watch, disk))
    recognition = Recognition(
        store, clock, drafts, rooms.page_reader, scanning.image, scanning.to_read, reading_rules(resources, messages)
    )
    orders = [form_order_of(read_toml(file)) for file in sorted((resources / "bridge").glob("*.toml"))]
    looked, text = audit.unmasked, messages.text
    bridge = Bridge(store, clock, items, rooms.link, clocks, station, orders, looked, text, rooms.news, acting)
    hint = MissingHint(store, clock, items, acting, station, fonts, intake.view, text)
    copies = PageCopies(scanning.image, fonts, text, clock, acting, practice=station.practice)
    printing = PrintDesk(store, vault, clock, items, papers, hint, copies, print_runner, acting)
    signed = SignedPapers(store, vault, clock, scanning.loose, disk, text, acting)
    results = ResultDesk(store, vault, clock, print_runner, acting)
    cases = CaseDesk(store, clock, items, rooms.link, clocks, acting)
    registers = Registers(
        store,
        clock,
        items,
        acting,
        station,
        fonts,
        pick,
        looked,
        audit.note,
        cases.search,
        text,
    )
    equipment = Equipment(table, rooms.scanner, folders, store, clock, rooms.news, acting)
    annex_output = AnnexOutput(clock, acting, station, fonts, pick, audit.note, text)
    return Desk(
        station=station,
        acting=acting,
        items=items,
        holidays=holidays,
        intake=intake,
        guided=GuidedHelp(store, clock, items, acting),
        scanning=scanning,
        importing=importing,
        equipment=equipment,
        arrivals=Arrivals(folders, store, acting),
        recognition=recognition,
        cases=cases,
        registers=registers,
        annex=Annex(store, clock, acting, station, area_names, pick, equipment, rooms.link, accounts, annex_output),
        annex_merge=AnnexMerge(acting, annex_output),
        register_import=RegisterImport(store, clock, items, acting, areas, audit.note, text),
        statistics=Statistics(
            store,
            rooms.audit_log,
            clock,
            items,
            holidays.calendar,
            rooms.link,
            acting,
            station,
            fonts,
            pick,
            audit.note,
            text,
        ),
        clocks=ClockDesk(store, clocks, acting),
        changes=CaseChanges(store, clock, items, station, acting, follow_up),
        evaluations=Evaluations(store, clock, follow_up, station, acting, looked),
        printing=printing,
        previews=Previews(printing, results, lambda pdf: PdfProcess(pdf, pdf_reader())),
        print_sets=PrintSets(store, items, printing, results, acting),
        print_settings=PrintSettings(
            pick, print_runner, store, clock, rooms.news, acting, fonts, practice=station.practice
        ),
        conflicts=ConflictDesk(store, clock, items, station, acting),
        results=results,
        handover=HandoverDesk(store, clock, clocks, acting),
        handover_lists=HandoverLists(store, clock, acting, station, fonts, pick, audit.note),
        township=Township(store, clock, acting),
        visits=Visits(store, clock, intake, printing, acting, station, fonts, pick, audit.note, text),
        visit_pictures=VisitPictures(store, intake, importing, scanning, signed, acting),
        signed_papers=signed,
        handouts=Handouts(clock, items, acting, station, fonts, pick, text),
        cards=CardSheets(scanning.pages, recognition),
        link=LinkDesk(store, clock, rooms.link, rooms.station_keeper, rooms.kick, acting),
        sending=Sending(store, clock, rooms.link, station, rooms.kick, acting, clocks),
        sending_limit=SendingLimit(store, clock, acting),
        proxy=ProxySetting(store, clock, station, rooms.kick, acting),
        proof=ProofDesk(
            store, clock, rooms.link, rooms.audit_log, rooms.kick, acting, station, messages.text, fonts, pick
        ),
        audit=audit,
        support=Support(rooms.pack_support, store, audit, acting),
        backup=BackupDesk(rooms.medium, store, clock, rooms.news, acting),
        retention=RetentionDesk(store, vault, clock, acting),
        archive=ArchiveDesk(store, vault, clock, acting, station, messages.text),
        accounts=accounts,
        missing_here=MissingHere(store, clock, acting),
        mode_moves=ModeMoves(store, vault, clock, items, drafts, rooms.link, rooms.kick),
        station_renewal=StationRenewal(rooms.station_keeper, audit, acting),
        bridge=bridge,
        official_numbers=OfficialNumbers(store, clock, rooms.link, station, acting),
        page_folders=PageFolders(store, vault, clock, bridge, station, fonts, text, acting),
        news=rooms.news,
        store=store,
        print_runner=print_runner,
        pick=pick,
        disk=disk,
        clock_watch=clock_watch,
        soundness=rooms.soundness,
        link_days=LinkDays(store, clock, rooms.link.answers),
        stop_sync=rooms.stop_sync,
    )


def reading_rules(resources: Path, messages: Messages) -> ReadingRules:
    """The rules by which pages are read. Raises Problem ``catalogue.*`` when their files cannot be read."""
    kinds = paper_kinds_of(read_toml(resources / "recognition" / "papers.toml"))
    lookalikes = read_toml(resources / "recognition" / "lookalikes.toml").names("lookalikes")
    word = messages.text("reading.group")
    groups = {messages.text(f"domain.ethnic_group.{code}").removesuffix(word): code for code in ETHNIC_GROUPS}
    return ReadingRules(kinds.titles, lookalikes, kinds.roles, groups)
