"""Papers handed out at the window: what they are filled in with, and what happens where no printer takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.desk.counter import APPLICANT, NAME, Window, open_window
from tests.desk.filled_in import bring_papers, right_form
from tests.papers.samples import page_texts, squeezed
from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.item_views import LocalChoice
from villagedesk.desk.to_bring import to_bring
from villagedesk.desk.views import DraftView, Sentence
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import MaterialState
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.service_item import MaterialForm, Office

ITEM = "VD-MZ-002"


@pytest.fixture
def printer() -> SimulatedPrinter:
    return SimulatedPrinter("P")


@pytest.fixture
def window(tmp_path: Path, printer: SimulatedPrinter) -> Iterator[Window]:
    window = open_window(tmp_path / "data", printer)
    yield window
    window.desk.close()


def said(pdf: bytes) -> str:
    return squeezed("".join(page_texts(pdf)))


def test_a_guide_has_the_villages_own_place_and_phone(window: Window, printer: SimulatedPrinter) -> None:
    window.desk.items.set_office(Office(address="柳林村党群服务中心一楼"))
    window.desk.items.choose(ITEM, LocalChoice(office=Office(phone="0375-5550000")))
    assert window.desk.handouts.print_guide(ITEM)
    (job,) = printer.printed
    assert "柳林村党群服务中心一楼" in said(job.pdf)
    assert "0375-5550000" in said(job.pdf)
    with pytest.raises(InputProblem, match=r"items\.gone"):
        window.desk.handouts.print_guide("XX")


def hint(window: Window, case_id: str) -> bytes:
    """The hint about what is missing, as it is printed and kept with the case."""
    job = window.desk.printing.print(case_id, PaperKind.MISSING_MATERIALS)
    return window.desk.printing.pdf(job.job_id)


def test_the_list_for_the_wall_has_what_is_handled_here_alone(window: Window, printer: SimulatedPrinter) -> None:
    name = window.desk.items.get(ITEM).name
    window.desk.handouts.print_item_list()
    window.desk.items.choose(ITEM, LocalChoice(handled=False))
    window.desk.handouts.print_item_list()
    before, after = (said(job.pdf) for job in printer.printed)
    assert squeezed(name) in before
    assert squeezed(name) not in after


def test_the_hint_of_a_draft_names_every_missing_paper_and_field_at_once(
    window: Window, printer: SimulatedPrinter
) -> None:
    desk = window.desk
    case_id = desk.intake.start(ITEM).case.case_id
    view = desk.intake.type(case_id, {**APPLICANT, "document_number": "410422190402299995"}, 2)
    text = said(hint(window, case_id))
    for line in view.checklist:
        if line.needed is None or (line.needed and not line.done):
            assert squeezed(line.requirement.name) in text
            assert all(squeezed(point) in text for point in line.requirement.points)
    others = [one for one in view.missing if one.step == 2]
    assert len(others) > 1
    assert text.count("请到窗口补填") == len({".".join(one.field.split(".")[:2]) for one in others})
    assert squeezed("请到窗口补填：证件号码") in text
    assert "请再看一眼" not in text
    assert NAME in text
    assert "missing_told" in [event.kind for event in desk.cases.case(case_id).events]


def test_the_hint_speaks_to_the_villager_and_gives_the_clerk_no_orders(
    window: Window, printer: SimulatedPrinter
) -> None:
    desk = window.desk
    view = desk.intake.start("VD-YL-004")
    case_id = view.case.case_id
    desk.intake.type(case_id, APPLICANT, 3)
    desk.intake.answer(case_id, ["death_certificate", "kinship_proof"], needed=True)
    desk.intake.set_material(case_id, "kinship_proof", MaterialState.PROMISED)
    desk.intake.set_material(case_id, "claimant_bank_card", MaterialState.SEEN)
    text = said(hint(window, case_id))
    for words in (
        "要带原件，只有复印件不行。",
        "原件也请带来核对，看完就还。",
        "一时拿不到的，可以先和窗口说好，10天内补交。",
        "出国（境）定居的才要带，别的情况不用带。",
        "请把原件再带来，窗口要拍照，拍完就还。",
        "最晚2026年12月3日带来，这一天也算。",
    ):
        assert words in text, words
    for order in ("拍摄", "请登记", "按“", "请问一问", "第4步"):
        assert order not in text


def _line(view: DraftView, **changed: object) -> ChecklistLine:
    return replace(view.checklist[0], **changed)  # type: ignore[arg-type]


def test_what_was_brought_in_part_is_told_as_what_is_left(window: Window) -> None:
    view = window.desk.intake.start("VD-YL-004")
    asked = view.checklist[0].requirement
    requirement = replace(asked, min_pages=3, copies=2, form=MaterialForm.ORIGINAL)
    taken = _line(
        view, requirement=requirement, state=MaterialState.TAKEN, needed=True, copies=2, form=MaterialForm.ORIGINAL
    )
    for line, told in (
        (replace(taken, pages=1), Sentence("handouts.bring.more_pages", {"have": 1, "more": 2})),
        (replace(taken, pages=3, copies=1), Sentence("handouts.bring.more_copies", {"have": 1, "more": 1})),
        (replace(taken, pages=3, form=MaterialForm.COPY), Sentence("handouts.bring.original_not_copy")),
        (replace(taken, state=MaterialState.REUSED), Sentence("handouts.bring.new_one")),
        (replace(taken, state=MaterialState.PROMISED), Sentence("handouts.bring.no_more_promise")),
    ):
        assert to_bring(line) == (told,)


def test_a_hint_made_before_anything_is_known_names_papers_with_their_conditions(
    window: Window, printer: SimulatedPrinter
) -> None:
    case_id = window.desk.intake.start("VD-YB-001").case.case_id
    text = said(hint(window, case_id))
    assert all(squeezed(name) in text for name in ("居民身份证", "户口簿", "监护人身份证"))


def test_the_hint_of_a_case_names_what_was_promised_and_until_when(window: Window, printer: SimulatedPrinter) -> None:
    desk = window.desk
    item = next(one for one in desk.items.all() if any(m.promise_days and m.when is None for m in one.materials))
    promised = next(one for one in item.materials if one.promise_days and one.when is None)
    case_id = desk.intake.start(item.code).case.case_id
    desk.intake.type(case_id, {**APPLICANT, **right_form(item)}, 3)
    last = (window.clock.now() + timedelta(days=1)).date()
    day = last.isoformat()
    view = desk.intake.set_material(case_id, promised.requirement_id, MaterialState.PROMISED, promised_until=day)
    bring_papers(window, view)
    assert desk.intake.view(case_id).missing == ()
    taken = desk.intake.take_in(case_id)
    text = said(hint(window, case_id))
    assert squeezed(promised.name) in text
    assert f"最晚{last.year}年{last.month}月{last.day}日带来" in text
    assert taken.local_no in text
    assert "材料不缺" in text
    desk.printing.print(case_id, PaperKind.RECEIPT)


def test_where_nothing_is_missing_no_hint_is_printed(window: Window, printer: SimulatedPrinter) -> None:
    desk = window.desk
    case_id = desk.guided.note(ITEM, "张样本").case_id
    with pytest.raises(InputProblem, match=r"handouts\.nothing_missing"):
        desk.printing.print(case_id, PaperKind.MISSING_MATERIALS)
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        desk.printing.print("no such case", PaperKind.MISSING_MATERIALS)
    assert printer.printed == ()
    assert "missing_told" not in [event.kind for event in desk.cases.case(case_id).events]


@pytest.mark.parametrize(
    ("faulty", "key"),
    [
        (None, "printing.straight_no_printer"),
        (SimulatedPrinter("P", PrinterFault.OFFLINE), "printer.offline"),
        (SimulatedPrinter("P", PrinterFault.REFUSES), "printing.straight_not_printed"),
    ],
)
def test_what_no_printer_takes_can_be_saved(tmp_path: Path, faulty: SimulatedPrinter | None, key: str) -> None:
    window = open_window(tmp_path / "data", faulty)
    out = tmp_path / "out"
    out.mkdir()
    try:
        room = window.desk.handouts
        acts = (partial(room.print_guide, ITEM), room.print_item_list)
        for act in acts:
            with pytest.raises(EnvironmentProblem) as raised:
                act()
            assert raised.value.key == key
        files = {room.save_guide(ITEM, out), room.save_item_list(out)}
        assert set(out.iterdir()) == files
        assert len(files) == 2
        assert all(file.read_bytes().startswith(b"%PDF") for file in files)
        with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
            room.save_guide(ITEM, tmp_path / "no such folder")
    finally:
        window.desk.close()


def test_a_guides_file_name_is_one_every_system_takes(window: Window, tmp_path: Path) -> None:
    slash = next(item for item in window.desk.items.all() if "/" in item.name)
    file = window.desk.handouts.save_guide(slash.code, tmp_path)
    assert file.parent == tmp_path
    assert not set('\\/:*?"<>|') & set(file.name)
