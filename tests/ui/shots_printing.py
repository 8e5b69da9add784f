"""Pictures of printing: its settings, the papers of a case, a paper as it is printed, every kind of trouble."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.ui.cases_at_hand import desk_of, take_in_quickly, told
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.printing import PrintedCasePage, PrintingPage
from tests.ui.shots_settings import Album
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter, SimulatedPrinters
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.printing import PaperSize

_LONG_NAME = "HP LaserJet Professional P1106 plus series（村委会办公室窗口）"


def printing_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; a folder for the village is made in ``place``."""
    place.mkdir()
    three = [SimulatedPrinter(name) for name in ("Microsoft Print to PDF", _LONG_NAME, "XP-80C 小票机")]
    village = Village(place, printers=SimulatedPrinters(three))
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = PrintedCasePage(patience, window)
    page.wait_for("nav_settings")
    case_id, number = take_in_quickly(village)
    page.find(number)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.seen("choose_receipt"))
    album.shoot("case-choose-printer")
    desk_of(village).print_settings.choose_printer(PaperSize.A4, _LONG_NAME)
    three[1].set_fault(PrinterFault.NO_PAPER)
    page.until(lambda: "没纸" in page.stands("receipt"))
    album.shoot("case-no-paper")
    page.click("look_receipt")
    page.until(page.previewed)
    album.shoot("case-paper-preview")
    page.press(Qt.Key.Key_Escape)
    three[1].set_fault(PrinterFault.NONE)
    page.until(lambda: "已打印" in page.stands("receipt"))
    told(village, case_id, "accepted", CaseStatus.ACCEPTED, acceptance_no="4104230001")
    page.until(lambda: "受理通知书" in page.button("print_set"))
    album.shoot("case-accepted-papers")
    told(village, case_id, "correction_asked", CaseStatus.RETURNED, reason="材料不清晰")
    page.until(lambda: page.seen("why_not_correction_notice"))
    album.shoot("case-correction-without-number")
    settings = PrintingPage(patience, window)
    settings.open("printing")
    settings.until(lambda: settings.seen("printer_state_a4"))
    three[1].set_fault(PrinterFault.JAMMED)
    settings.wait_for("try_a4")
    album.shoot("printing-settings")
    settings.click("try_a4")
    settings.until(lambda: settings.seen("settings_said"))
    album.shoot("printing-settings-tried")
    album.close()
