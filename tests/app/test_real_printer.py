"""The desk on the printers of a real CUPS: what the clerk prints comes out of the queue that was chosen, and what waits
for paper comes out by itself, also after the program was closed."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp

from tests.desk.counter import SYSTEM_ITEM, open_window, taken_in
from tests.desk.test_printing import settled
from tests.devices.conftest import cups as cups
from tests.devices.conftest import running_cups as running_cups
from tests.devices.cups_descriptions import office, roll
from tests.devices.cups_server import CupsServer
from tests.papers.samples import codes, images, sizes_mm
from villagedesk.devices.printers_qt import QtPrinters
from villagedesk.domain.printing import PaperKind, PaperSize, PrintJob, PrintJobState


def done(job: PrintJob) -> bool:
    return job.state is PrintJobState.DONE


@pytest.mark.usefixtures("qapp")
def test_what_the_clerk_prints_comes_out_of_the_chosen_queue_and_waits_for_paper_over_a_restart(
    cups: CupsServer, tmp_path: Path
) -> None:
    cups.add("Sheets", office(300))
    cups.add("Rolls", roll())
    window = open_window(tmp_path / "data", printers=QtPrinters())
    try:
        settings, printing = window.desk.print_settings, window.desk.printing
        assert {"Sheets", "Rolls"} <= {one.name for one in settings.view().printers}
        case_id = taken_in(window, SYSTEM_ITEM)
        number = window.desk.cases.case(case_id).case.local_no
        printing.print(case_id, PaperKind.RECEIPT)
        settled(window, lambda job: job.reason_key == "printing.reason.choose", case_id)
        settings.choose_printer(PaperSize.A4, "Sheets")
        settings.choose_printer(PaperSize.ROLL_80, "Rolls")
        settled(window, done, case_id)
        (sheet,) = cups.came_out("Sheets")
        assert codes(images(sheet, 200)[0], zxingcpp.BarcodeFormat.Code128) == [number, number]
        settings.set_receipt(PaperSize.ROLL_80)
        job = printing.print(case_id, PaperKind.RECEIPT)
        settled(window, done, case_id)
        (strips,) = cups.came_out("Rolls")
        lengths = [height for _, height in sizes_mm(printing.pdf(job.job_id))]
        # the dots of the printer's own driver, without the edge it cannot print on
        assert sizes_mm(strips) == [pytest.approx((72.0, length - 8.0), abs=1.0) for length in lengths]
        for strip in images(strips, 203):
            assert codes(strip, zxingcpp.BarcodeFormat.Code128) == [number]
        cups.break_device("Sheets", "media-empty-error")
        printing.print_copy(window.desk.cases.case(case_id).pages[0].page_id, case_id)
        held = settled(window, lambda one: bool(one.where), case_id)
        assert (held.state, held.reason_key, held.printer) == (PrintJobState.WAITING, "printer.no_paper", "Sheets")
    finally:
        window.desk.close()
    again = open_window(tmp_path / "data", printers=QtPrinters(), key=window.key)
    try:
        cups.mend_device("Sheets")
        settled(again, done, case_id)
        assert len(cups.came_out("Sheets")) == 2
    finally:
        again.desk.close()
