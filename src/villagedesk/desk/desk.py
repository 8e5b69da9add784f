"""The desk of a signed-in clerk: every use case, by the rooms screens know them by."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from villagedesk.desk.accounts import Accounts
from villagedesk.desk.acting import Acting
from villagedesk.desk.annex import Annex
from villagedesk.desk.annex_merge import AnnexMerge
from villagedesk.desk.archive import ArchiveDesk
from villagedesk.desk.arrivals import Arrivals
from villagedesk.desk.audit import AuditDesk
from villagedesk.desk.backup import BackupDesk
from villagedesk.desk.bridge import Bridge
from villagedesk.desk.card_sheets import CardSheets
from villagedesk.desk.case_changes import CaseChanges
from villagedesk.desk.cases import CaseDesk
from villagedesk.desk.clock_watch import ClockWatch
from villagedesk.desk.conflicts import ConflictDesk
from villagedesk.desk.damage import Soundness
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.equipment import Equipment
from villagedesk.desk.evaluations import Evaluations
from villagedesk.desk.guided import GuidedHelp
from villagedesk.desk.handouts import Handouts
from villagedesk.desk.handover import HandoverDesk
from villagedesk.desk.handover_lists import HandoverLists
from villagedesk.desk.holidays import Holidays
from villagedesk.desk.importing import Importing
from villagedesk.desk.intake import Intake
from villagedesk.desk.items import Items
from villagedesk.desk.law_clocks import ClockDesk
from villagedesk.desk.link_days import LinkDays
from villagedesk.desk.link_desk import LinkDesk
from villagedesk.desk.missing_here import MissingHere
from villagedesk.desk.mode_moves import ModeMoves
from villagedesk.desk.news import News
from villagedesk.desk.official_numbers import OfficialNumbers
from villagedesk.desk.page_folders import PageFolders
from villagedesk.desk.paper_preview import Previews
from villagedesk.desk.print_runner import PrintRunner
from villagedesk.desk.print_sets import PrintSets
from villagedesk.desk.print_settings import PrintSettings
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.printing import PrintDesk
from villagedesk.desk.proof import ProofDesk
from villagedesk.desk.proxy_setting import ProxySetting
from villagedesk.desk.recognition import Recognition
from villagedesk.desk.register_import import RegisterImport
from villagedesk.desk.registers import Registers
from villagedesk.desk.results import ResultDesk
from villagedesk.desk.retention import RetentionDesk
from villagedesk.desk.scanning import Scanning
from villagedesk.desk.sending import Sending
from villagedesk.desk.sending_limit import SendingLimit
from villagedesk.desk.signed_papers import SignedPapers
from villagedesk.desk.station_renewal import StationRenewal
from villagedesk.desk.statistics import Statistics
from villagedesk.desk.support import Support
from villagedesk.desk.township import Township
from villagedesk.desk.views import DeviceLine, Sentence
from villagedesk.desk.visit_pictures import VisitPictures
from villagedesk.desk.visits import Visits
from villagedesk.domain.printing import PaperSize
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Store
from villagedesk.domain.station import StationFile


class Desk:
    """What a signed-in clerk can do. Made by the composition root; calls block and may come from several threads.

    Args:
        backup, print_runner, link_days: started here, so that backups are made, papers of an earlier run come out, and
            the time the link is there is counted.
        pick: only asked for a printer's name and readiness here.
        stop_sync: ends the sync engine; called after the rooms that make work were closed.
    """

    def __init__(
        self,
        *,
        station: StationFile,
        acting: Acting,
        items: Items,
        holidays: Holidays,
        intake: Intake,
        guided: GuidedHelp,
        importing: Importing,
        scanning: Scanning,
        equipment: Equipment,
        arrivals: Arrivals,
        recognition: Recognition,
        cases: CaseDesk,
        registers: Registers,
        annex: Annex,
        annex_merge: AnnexMerge,
        register_import: RegisterImport,
        statistics: Statistics,
        clocks: ClockDesk,
        changes: CaseChanges,
        evaluations: Evaluations,
        printing: PrintDesk,
        print_sets: PrintSets,
        previews: Previews,
        print_settings: PrintSettings,
        conflicts: ConflictDesk,
        results: ResultDesk,
        handouts: Handouts,
        handover: HandoverDesk,
        handover_lists: HandoverLists,
        township: Township,
        signed_papers: SignedPapers,
        visits: Visits,
        visit_pictures: VisitPictures,
        cards: CardSheets,
        link: LinkDesk,
        sending: Sending,
        sending_limit: SendingLimit,
        proxy: ProxySetting,
        proof: ProofDesk,
        audit: AuditDesk,
        support: Support,
        archive: ArchiveDesk,
        backup: BackupDesk,
        retention: RetentionDesk,
        accounts: Accounts,
        missing_here: MissingHere,
        mode_moves: ModeMoves,
        station_renewal: StationRenewal,
        bridge: Bridge,
        official_numbers: OfficialNumbers,
        page_folders: PageFolders,
        news: News,
        store: Store,
        print_runner: PrintRunner,
        pick: PrinterPick,
        disk: DiskWatch,
        clock_watch: ClockWatch,
        soundness: Soundness,
        link_days: LinkDays,
        stop_sync: Callable[[], None],
    ) -> None:
        self.station = station
        self.acting = acting
        self.clerk = acting.clerk
        self.items = items
        self.holidays = holidays
        self.intake = intake
        self.guided = guided
        self.importing = importing
        self.scanning = scanning
        self.live = scanning.live
        self.equipment = equipment
        self.arrivals = arrivals
        self.recognition = recognition
        self.pages = scanning.pages
        self.cases = cases
        self.registers = registers
        self.annex = annex
        self.annex_merge = annex_merge
        self.register_import = register_import
        self.statistics = statistics
        self.clocks = clocks
        self.changes = changes
        self.evaluations = evaluations
        self.printing = printing
        self.print_sets = print_sets
        self.previews = previews
        self.print_settings = print_settings
        self.conflicts = conflicts
        self.results = results
        self.handouts = handouts
        self.handover = handover
        self.handover_lists = handover_lists
        self.township = township
        self.signed_papers = signed_papers
        self.visits = visits
        self.visit_pictures = visit_pictures
        self.cards = cards
        self.link = link
        self.sending = sending
        self.sending_limit = sending_limit
        self.proxy = proxy
        self.proof = proof
        self.audit = audit
        self.support = support
        self.archive = archive
        self.backup = backup
        self.retention = retention
        self.accounts = accounts
        self.missing_here = missing_here
        self.mode_moves = mode_moves
        self.station_renewal = station_renewal
        self.bridge = bridge
        self.official_numbers = official_numbers
        self.page_folders = page_folders
        self.news = news
        self._store = store
        self._print_runner = print_runner
        self._pick = pick
        self._disk = disk
        self._clock_watch = clock_watch
        self._soundness = soundness
        self._link_days = link_days
        self._stop_sync = stop_sync
        self._guard = threading.Lock()
        self._closed = False
        store.subscribe(self._committed)
        print_runner.start()
        backup.start()
        link_days.start()

    def devices(self) -> tuple[DeviceLine, ...]:
        """Camera and printer in words, the clock when it is wrong, the disk when it is nearly full, the database when a
        check found damage."""
        lines = [self.scanning.camera(), self.printer_line()]
        for watch in (self._soundness, self._clock_watch, self._disk):
            warning = watch.warning()
            if warning is not None:
                lines.append(DeviceLine("", False, warning, watch.in_short()))
        return tuple(lines)

    def close(self) -> None:
        """Shut down in order (design: decision 8): the page in hand, camera, printing, sync, log,
        writer. Twice is once."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
        steps: tuple[Callable[[], None], ...] = (
            self.backup.close,
            self.recognition.close,
            self.importing.close,
            self.scanning.close,
            self._print_runner.close,
            self._link_days.close,
            self._stop_sync,
            self.audit.close,
            self._store.close,
        )
        with ExitStack() as closing:  # whatever one part meets, the rest is closed, the writer above all
            for step in reversed(steps):
                closing.callback(step)

    def printer_line(self) -> DeviceLine:
        """Of the printer for sheets."""
        try:
            printer = self._pick.of(PaperSize.A4)
        except Problem as problem:
            return DeviceLine("", False, Sentence(problem.key, problem.params, "warn"))
        if printer is None:
            return DeviceLine("", False, Sentence("printing.no_printer", {}, "calm"))
        name, trouble = printer.name, printer.trouble()
        if trouble or not printer.available():
            return DeviceLine(name, False, Sentence(trouble or "printer.offline", {"printer": name}, "warn"))
        return DeviceLine(name, True, Sentence("printing.printer_ready", {"printer": name}, "good"))

    def _committed(self) -> None:
        # which tables a commit touched is not told; reading anew is cheap, and the listener must return at once
        self.news.tell("cases", "outbox", "print", *(("devices",) if self._disk.has_turned() else ()))
