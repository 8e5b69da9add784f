"""A page printed as a copy: its true size on the sheet, what it is for across it, and nothing of that on the page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray

from tests.desk.counter import CLERK, SYSTEM_ITEM, Window, open_window
from tests.desk.drawn_papers import card_side
from tests.papers.samples import page_texts, squeezed
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import MaterialState, Page, Trust
from villagedesk.domain.printing import PrintJobState
from villagedesk.domain.problems import InputProblem

Pixels = NDArray[np.int16]
_DPI = 100


@pytest.fixture
def printer() -> SimulatedPrinter:
    return SimulatedPrinter("P")


@pytest.fixture
def window(tmp_path: Path, printer: SimulatedPrinter) -> Iterator[Window]:
    window = open_window(tmp_path / "data", printer, pictures=(card_side("FRONT"), card_side("BACK")))
    yield window
    window.desk.close()


def kept(window: Window, case_id: str) -> Page:
    return window.desk.scanning.keep(window.desk.scanning.capture(case_id, "id_card").proposal_id)


def drawn(pdf: bytes) -> Pixels:
    page = pypdfium2.PdfDocument(pdf)[0]
    return np.asarray(page.render(scale=_DPI / 72).to_pil().convert("RGB"), np.int16)


def test_a_cards_two_sides_come_out_at_their_true_size_with_what_they_are_for(
    window: Window, printer: SimulatedPrinter
) -> None:
    desk = window.desk
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    first, _ = kept(window, case_id), kept(window, case_id)
    page = desk.cards.join(first.page_id, case_id)
    before = desk.scanning.image(page.page_id, case_id)
    job = desk.printing.print_copy(page.page_id, case_id)
    pdf = desk.printing.pdf(job.job_id)
    name = desk.intake.view(case_id).case.item_name
    assert squeezed("".join(page_texts(pdf))).count(squeezed(f"仅供办理{name}使用")) == 3
    sheet = drawn(pdf)
    assert [round(side / _DPI * 25.4) for side in sheet.shape[:2]] == [297, 210]
    # the cards' own colour, not the mark's grey: from the first blue dot to the last in the row of a card's middle
    row = sheet[round(75 / 25.4 * _DPI)]
    blue = np.flatnonzero(row[:, 2] - row[:, 0] > 15)
    assert (blue[-1] - blue[0]) / _DPI * 25.4 == pytest.approx(85.6, abs=1.0)
    assert desk.scanning.image(page.page_id, case_id) == before, "the page that is sent has no mark"
    assert "page_copied" in [event.kind for event in desk.cases.case(case_id).events]


def test_a_page_that_is_gone_and_a_printer_that_is_off_are_told(window: Window, printer: SimulatedPrinter) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    page = kept(window, case_id)
    with pytest.raises(InputProblem, match=r"scanning\.page_gone"):
        window.desk.printing.print_copy("none", case_id)
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.printing.print_copy(page.page_id, "none")
    assert all(event.kind != "page_copied" for event in window.desk.cases.case(case_id).events)
    printer.set_fault(PrinterFault.OFFLINE)
    job = window.desk.printing.print_copy(page.page_id, case_id)
    assert job.state is PrintJobState.WAITING, "it waits for the printer, as every paper of a case does"


def test_a_copy_says_who_compared_it_with_the_original(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    page = kept(window, case_id)

    def said() -> str:
        job = window.desk.printing.print_copy(page.page_id, case_id)
        if window.desk.printing.job(job.job_id).state is not PrintJobState.DONE:
            with contextlib.suppress(InputProblem):  # the printer was quicker
                window.desk.printing.came_out(job.job_id)
        return squeezed("".join(page_texts(window.desk.printing.pdf(job.job_id))))

    window.desk.intake.set_material(case_id, "id_card", MaterialState.SEEN)
    compared = said()
    assert "此件经与原件核对无误" in compared
    assert f"核对人：{CLERK}" in compared and "2026年" in compared
    window.desk.intake.set_material(case_id, "id_card", MaterialState.TAKEN, trust=Trust.UPLOADED)
    assert "此件经与原件核对无误" not in said()
