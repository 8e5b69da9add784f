"""Which papers a case has at each step, why one cannot be printed, and what one press prints."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk.counter import (
    APPLICANT,
    CLERK,
    ID_NUMBER,
    PROXY_ITEM,
    STATION,
    SYSTEM_ITEM,
    Window,
    open_window,
    taken_in,
)
from tests.papers.samples import page_texts, squeezed
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import CaseEvent, CaseStatus, MaterialState
from villagedesk.domain.delivery import Manner
from villagedesk.domain.document import PDF, Document
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.printing import PaperKind, PaperSize, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.told_change import Wanted, wanted_text
from villagedesk.papers.sheet import A4

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
NOTICE_NO = "鲁医保补〔2026〕第12号"


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    window = open_window(tmp_path / "data", SimulatedPrinter("P", PrinterFault.OFFLINE))
    yield window
    window.desk.close()


def told(window: Window, case_id: str, change: CaseChange, status: CaseStatus, **values: str) -> None:
    """What the acceptance system says, as the sync writes it."""
    detail = {"change": change.value, "sequence": "1", "at": "2026-11-23T06:00:00Z", "applied": "yes"}
    wanted = wanted_text([Wanted("id_card", "居民身份证", "正面反光", "平放重拍")])
    detail |= {f"value.{name}": value for name, value in values.items()} | {"wanted": wanted}

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        transaction.put_case(replace(case, status=status))
        transaction.append_event(CaseEvent(case_id, NOW, "system", "change", case.status, status, detail))

    window.store.write(work).result()


def put(window: Window, case_id: str, **changes: object) -> None:
    window.store.write(lambda one: one.put_case(replace(one.case(case_id), **changes))).result()  # type: ignore[arg-type]


def accepted(window: Window, case_id: str, status: CaseStatus = CaseStatus.ACCEPTED) -> None:
    put(window, case_id, status=status, acceptance_no="4104230001", accepted_at=NOW, accepting_organ="鲁山县医疗保障局")


def papers(window: Window, case_id: str) -> Mapping[PaperKind, str]:
    """Each paper of the case, and the key of why it cannot be printed, "" when it can."""
    view = window.desk.cases.case(case_id)
    return {paper.kind: paper.why_not.key if paper.why_not is not None else "" for paper in view.papers}


def wanted(window: Window, case_id: str) -> tuple[PaperKind, ...]:
    return window.desk.print_sets.of(case_id).kinds


def out(window: Window, case_id: str, kind: PaperKind) -> PrintJob:
    """A print that came out, as the clerk says."""
    job = window.desk.printing.print(case_id, kind)
    return window.desk.printing.came_out(job.job_id)


def said(window: Window, case_id: str, kind: PaperKind) -> str:
    job = window.desk.printing.print(case_id, kind)
    return squeezed("".join(page_texts(window.desk.printing.pdf(job.job_id))))


def test_at_intake_the_receipt_is_wanted_and_the_authorization_of_a_carried_case(window: Window) -> None:
    case_id = taken_in(window, SYSTEM_ITEM)
    assert papers(window, case_id) == {
        PaperKind.RECEIPT: "",
        PaperKind.ACCEPTANCE_NOTICE: "printing.no_acceptance_number",
    }
    assert wanted(window, case_id) == (PaperKind.RECEIPT,)
    carried = taken_in(window, PROXY_ITEM)
    assert wanted(window, carried) == (PaperKind.RECEIPT, PaperKind.PROXY_AUTHORIZATION)
    text = said(window, carried, PaperKind.PROXY_AUTHORIZATION)
    assert ID_NUMBER in text, "an authorization names both in full"
    for words in (APPLICANT["name"], CLERK, "不收取任何费用", "同意", "按指印处", "委托期限自2026年"):
        assert words in text


def test_an_agent_can_be_authorized_and_only_when_asked_for(window: Window) -> None:
    case_id = taken_in(window, SYSTEM_ITEM)
    agent = Party(
        PartyRole.AGENT, "赵二妞", phone="13900001111", relation="child_in_law", until="2027-05-01", scope="代交材料"
    )
    put(window, case_id, parties=(agent,))
    assert papers(window, case_id)[PaperKind.PROXY_AUTHORIZATION] == ""
    assert wanted(window, case_id) == (PaperKind.RECEIPT,)
    text = said(window, case_id, PaperKind.PROXY_AUTHORIZATION)
    for words in ("赵二妞", "儿媳或女婿", "至2027年5月1日止", "代交材料"):
        assert words in text
    window.desk.print_settings.set_copies(PaperKind.PROXY_AUTHORIZATION, 2)
    out(window, case_id, PaperKind.PROXY_AUTHORIZATION)
    out(window, case_id, PaperKind.RECEIPT)
    assert window.desk.print_sets.of(case_id).again, "receipt and authorization were printed once"
    assert wanted(window, case_id) == (PaperKind.RECEIPT, PaperKind.PROXY_AUTHORIZATION)


@pytest.mark.parametrize("status", [CaseStatus.ACCEPTED, CaseStatus.IN_PROCESS, CaseStatus.SUSPENDED])
def test_after_the_acceptance_its_notice_is_wanted(window: Window, status: CaseStatus) -> None:
    case_id = taken_in(window)
    accepted(window, case_id, status)
    assert wanted(window, case_id) == (PaperKind.ACCEPTANCE_NOTICE,)


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        (CaseChange.CORRECTION_ASKED, CaseStatus.RETURNED, PaperKind.CORRECTION_NOTICE),
        (CaseChange.REFUSED, CaseStatus.REFUSED, PaperKind.REFUSAL_NOTICE),
    ],
)
def test_i7_the_organs_notices_exist_only_with_the_organs_number(
    window: Window, change: CaseChange, status: CaseStatus, kind: PaperKind
) -> None:
    case_id = taken_in(window)
    assert kind not in papers(window, case_id)
    with pytest.raises(InputProblem, match=r"printing\.not_of_this_case"):
        window.desk.printing.print(case_id, kind)
    told(window, case_id, change, status, reason="材料不清晰")
    assert papers(window, case_id)[kind] == "printing.no_notice"
    with pytest.raises(InputProblem, match=r"printing\.no_notice"):
        window.desk.printing.print(case_id, kind)
    assert wanted(window, case_id) == (PaperKind.RECEIPT,), "what there is"
    told(
        window,
        case_id,
        change,
        status,
        reason="材料不清晰",
        notice_no=NOTICE_NO,
        organ="鲁山县医疗保障局",
        deadline="2026-12-01",
    )
    assert papers(window, case_id)[kind] == ""
    assert wanted(window, case_id) == (kind,)
    text = said(window, case_id, kind)
    for words in (NOTICE_NO, "材料不清晰", "鲁山县医疗保障局2026年11月23日", APPLICANT["name"]):
        assert words in text
    if kind is PaperKind.CORRECTION_NOTICE:
        assert all(words in text for words in ("居民身份证", "正面反光", "平放重拍", "2026年12月1日前（含当日）"))
        assert "第三十二条" not in text, "the law is the organ's to name"
    else:
        assert "60日内" in text and "6个月内" in text


def test_a_refusal_without_a_reason_is_not_printed(window: Window) -> None:
    case_id = taken_in(window)
    told(window, case_id, CaseChange.REFUSED, CaseStatus.REFUSED, notice_no=NOTICE_NO, organ="鲁山县医疗保障局")
    assert papers(window, case_id)[PaperKind.REFUSAL_NOTICE] == "printing.no_reason"


def test_at_the_end_results_and_their_delivery_record_come_out_together(window: Window) -> None:
    case_id = taken_in(window)
    accepted(window, case_id, CaseStatus.RESULT_WAITING)
    window.desk.printing.print(case_id, PaperKind.RECEIPT)
    pdf = window.desk.printing.preview(case_id, PaperKind.RECEIPT)
    page_id = "0b0e2d52-35c5-4c24-8aa9-9c3f6f4b8f5e"
    sha256 = window.vault.put(page_id, pdf)
    document = Document(case_id, "R1", "医保参保证明", PDF, len(pdf), sha256, NOW, page_id=page_id, came_at=NOW)
    window.store.write(lambda one: one.put_document(document)).result()
    found = window.desk.print_sets.of(case_id)
    assert (found.kinds, found.documents, found.again) == ((PaperKind.DELIVERY_RECORD,), (document.key,), False)
    jobs = window.desk.print_sets.print(case_id)
    assert [job.kind for job in jobs] == [PaperKind.RESULT, PaperKind.DELIVERY_RECORD]
    assert not window.desk.print_sets.of(case_id).again, "they still wait for the printer"
    for job in jobs:
        window.desk.printing.came_out(job.job_id)
    assert window.desk.print_sets.of(case_id).again
    text = squeezed("".join(page_texts(window.desk.printing.pdf(jobs[1].job_id))))
    assert "医保参保证明" in text and "□本人" in text
    window.desk.changes.deliver(case_id, "王小二")
    assert "王小二" in said(window, case_id, PaperKind.DELIVERY_RECORD)


@pytest.mark.parametrize(("manner", "here"), [(Manner.DIRECT, True), (Manner.LEFT, False), (Manner.POST, False)])
def test_only_what_was_handed_over_at_the_window_names_it_as_the_place(
    window: Window, manner: Manner, here: bool
) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    window.desk.changes.hand_over(case_id, "周敏")
    window.desk.changes.conclude_here(case_id, "granted", "")
    window.desk.changes.deliver(case_id, "王小二", manner=manner, words="村干部见证")
    record = squeezed("".join(page_texts(window.desk.printing.preview(case_id, PaperKind.DELIVERY_RECORD))))
    assert (f"送达地点{STATION.name}" in record) is here


def test_one_press_prints_what_is_missing_and_the_next_one_marks_it_as_printed_again(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    out(window, case_id, PaperKind.RECEIPT)
    assert wanted(window, case_id) == (PaperKind.PROXY_AUTHORIZATION,)
    (job,) = window.desk.print_sets.print(case_id)
    assert (job.kind, job.reprint) == (PaperKind.PROXY_AUTHORIZATION, 0)
    assert [one.job_id for one in window.desk.print_sets.print(case_id)] == [job.job_id], "not made twice"
    window.desk.printing.came_out(job.job_id)
    again = window.desk.print_sets.print(case_id)
    assert [(one.kind, one.reprint) for one in again] == [(PaperKind.RECEIPT, 1), (PaperKind.PROXY_AUTHORIZATION, 1)]


def test_copies_and_the_receipts_size_are_as_set(window: Window) -> None:
    case_id = taken_in(window)
    settings = window.desk.print_settings
    settings.set_copies(PaperKind.RECEIPT, 2)
    settings.set_receipt(PaperSize.ROLL_80)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    assert (job.copies, job.paper) == (2, PaperSize.ROLL_80)
    window.desk.printing.came_out(job.job_id)
    settings.set_receipt(PaperSize.A5)
    assert window.desk.printing.print(case_id, PaperKind.RECEIPT).paper is PaperSize.A5
    out(window, case_id, PaperKind.RECEIPT)
    settings.set_copies(PaperKind.RECEIPT, 0)
    assert wanted(window, case_id) == ()
    assert window.desk.printing.print(case_id, PaperKind.RECEIPT).copies == 1, "asked for, it is printed"
    with pytest.raises(InputProblem, match=r"printing\.nothing_now"):
        window.desk.print_sets.print(case_id)
    for count in (-1, 6):
        with pytest.raises(InputProblem, match=r"printing\.copies"):
            settings.set_copies(PaperKind.RECEIPT, count)


def test_a_preview_shows_what_would_be_printed_and_counts_nothing(window: Window) -> None:
    case_id = taken_in(window)
    pdf = window.desk.printing.preview(case_id, PaperKind.RECEIPT)
    assert window.store.read(lambda snapshot: snapshot.print_jobs(case_id)) == []
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    assert window.desk.printing.pdf(job.job_id) == pdf
    (sheet,) = window.desk.previews.of_paper(case_id, PaperKind.RECEIPT)
    assert sheet.height / sheet.width == pytest.approx(A4.height_mm / A4.width_mm, abs=0.01)
    assert sheet.bytes_a_pixel == 1 and len(sheet.pixels) == sheet.width * sheet.height
    assert min(sheet.pixels) < 60 < 240 < max(sheet.pixels)
    (printed,) = window.desk.previews.of_job(job.job_id)
    assert printed != sheet or window.desk.printing.job(job.job_id).reprint == 0


def test_a_paper_that_does_not_come_out_is_saved_or_given_up(window: Window, tmp_path: Path) -> None:
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    file = window.desk.printing.save(job.job_id, tmp_path / "out")
    assert file.read_bytes() == window.desk.printing.pdf(job.job_id)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == job.sha256
    assert APPLICANT["name"] not in file.name
    saved = window.desk.printing.job(job.job_id)
    assert (saved.state, saved.where) == (PrintJobState.DONE, str(file))
    second = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    assert window.desk.printing.give_up(second.job_id).state is PrintJobState.GIVEN_UP
    assert window.desk.cases.today().todos == ()
    kinds = [event.kind for event in window.desk.cases.case(case_id).events]
    assert "print_saved" in kinds and "print_given_up" in kinds
    with pytest.raises(InputProblem, match=r"printing\.already_printed"):
        window.desk.printing.give_up(job.job_id)


def test_papers_of_a_draft_go_with_it(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    job = window.desk.printing.print(case_id, PaperKind.MISSING_MATERIALS)
    assert window.vault.verify(job.page_id, job.sha256)
    window.desk.intake.discard(case_id)
    assert not window.vault.verify(job.page_id, job.sha256)
    assert window.store.read(lambda snapshot: snapshot.print_jobs(open_only=True)) == []


def test_a_second_notice_is_no_reprint_of_the_first(window: Window) -> None:
    case_id = taken_in(window)
    kind, values = PaperKind.CORRECTION_NOTICE, {"organ": "鲁山县医疗保障局", "reason": "材料不清晰"}
    told(window, case_id, CaseChange.CORRECTION_ASKED, CaseStatus.RETURNED, notice_no="补1号", **values)
    first = out(window, case_id, kind)
    assert window.desk.print_sets.of(case_id).again
    told(window, case_id, CaseChange.CORRECTION_ASKED, CaseStatus.RETURNED, notice_no="补88号", **values)
    assert not window.desk.print_sets.of(case_id).again
    view = next(one for one in window.desk.cases.case(case_id).papers if one.kind is kind)
    assert view.jobs == (), "what is shown is what there would be now"
    second = window.desk.printing.print(case_id, kind)
    text = squeezed("".join(page_texts(window.desk.printing.pdf(second.job_id))))
    assert "补88号" in text and "补打" not in text
    assert (first.reprint, second.reprint) == (0, 0)


@pytest.mark.parametrize("change", [CaseChange.CORRECTION_ASKED, CaseChange.REFUSED])
def test_no_notice_is_printed_over_an_organ_the_program_only_guesses(window: Window, change: CaseChange) -> None:
    case_id = taken_in(window)
    status = CaseStatus.RETURNED if change is CaseChange.CORRECTION_ASKED else CaseStatus.REFUSED
    told(window, case_id, change, status, reason="材料不清晰", notice_no=NOTICE_NO)
    kind = PaperKind.CORRECTION_NOTICE if change is CaseChange.CORRECTION_ASKED else PaperKind.REFUSAL_NOTICE
    assert papers(window, case_id)[kind] == "printing.no_organ"
    put(window, case_id, status=CaseStatus.ACCEPTED, acceptance_no="4104230001", accepted_at=NOW, accepting_organ="")
    assert papers(window, case_id)[PaperKind.ACCEPTANCE_NOTICE] == "printing.no_organ"


def test_an_acceptance_notice_names_no_promised_paper_and_no_law_that_nobody_checked(window: Window) -> None:
    case_id = taken_in(window)
    accepted(window, case_id)
    case = window.desk.cases.case(case_id).case
    promised = replace(case.materials[0], state=MaterialState.PROMISED, promised_until="2026-12-01", name="容缺的材料")
    put(window, case_id, materials=(promised, *case.materials[1:]))
    text = said(window, case_id, PaperKind.ACCEPTANCE_NOTICE)
    assert "容缺的材料" not in text
    assert squeezed(case.materials[1].name) in text
    assert "依据" not in text, "the shipped catalogue is to be checked by the county"


def test_an_authorization_printed_again_is_the_same_paper(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    job = window.desk.printing.print(case_id, PaperKind.PROXY_AUTHORIZATION)
    first = squeezed("".join(page_texts(window.desk.printing.pdf(job.job_id))))
    window.desk.printing.came_out(job.job_id)
    window.clock.moment += timedelta(days=40)
    again = said(window, case_id, PaperKind.PROXY_AUTHORIZATION)
    begins = re.search(r"委托期限自(\d+年\d+月\d+日)起", first)
    assert begins is not None and begins[0] in again and "补打第1次" in again
    assert "单独同意" in again


def test_a_paper_that_never_came_out_makes_no_later_one_a_reprint(window: Window) -> None:
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)
    window.desk.printing.give_up(job.job_id)
    assert window.desk.printing.print(case_id, PaperKind.RECEIPT).reprint == 0


def test_no_file_is_left_in_the_clear_that_the_log_does_not_name(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = taken_in(window)
    job = window.desk.printing.print(case_id, PaperKind.RECEIPT)

    def full(_work: object) -> None:
        raise EnvironmentProblem("store.disk_full")

    monkeypatch.setattr(window.store, "write", full)
    with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
        window.desk.printing.save(job.job_id, tmp_path / "out")
    monkeypatch.undo()
    assert list((tmp_path / "out").iterdir()) == []


def test_hints_and_copies_that_wait_can_be_found_and_a_new_hint_takes_the_place_of_the_old(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    first = window.desk.printing.print(case_id, PaperKind.MISSING_MATERIALS)
    second = window.desk.printing.print(case_id, PaperKind.MISSING_MATERIALS)
    assert [job.job_id for job in window.desk.printing.open_jobs(case_id)] == [second.job_id]
    assert window.desk.printing.job(first.job_id).state is PrintJobState.GIVEN_UP


def test_papers_that_came_later_have_a_receipt_of_their_own_with_their_own_day(window: Window) -> None:
    case_id = taken_in(window)
    out(window, case_id, PaperKind.RECEIPT)
    assert PaperKind.SUPPLEMENT_RECEIPT not in papers(window, case_id)
    first, *others = window.desk.cases.case(case_id).case.materials
    later = datetime(2026, 12, 3, 2, tzinfo=UTC)
    detail = {"fields": "", "papers": first.name}
    event = CaseEvent(case_id, later, "李新来", "sent_again", detail=detail)
    window.store.write(lambda one: one.append_event(event)).result()
    assert wanted(window, case_id) == (PaperKind.SUPPLEMENT_RECEIPT,)
    text = said(window, case_id, PaperKind.SUPPLEMENT_RECEIPT)
    assert squeezed(first.name) in text and "2026年12月03日10:00" in text and "李新来" in text
    assert "补正、补交材料接收清单" in text and "补打" not in text
    assert all(squeezed(other.name) not in text for other in others)
    assert "2026年12月03日" not in said(window, case_id, PaperKind.RECEIPT)
