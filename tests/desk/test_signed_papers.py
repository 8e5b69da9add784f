"""Papers that come back: known by the number on them, kept with their case, of a batch with every case of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.counter import PROXY_ITEM, Window, open_window, taken_in
from tests.desk.test_handover import ORGAN
from tests.papers.samples import images
from villagedesk.desk.handover_views import Carried, LineSaid
from villagedesk.desk.lost_results import note_lost
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.document import LOST, DocumentOrigin
from villagedesk.domain.handover import BatchState, LineOutcome
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.store.sweep import missing_pages


def scan_of(pdf: bytes, file: Path) -> Path:
    """The printed sheet as a scanner gives it."""
    images(pdf, 200, grey=False)[0].convert("RGB").save(file, dpi=(200, 200))
    return file


def test_a_printed_authorization_is_known_again(window: Window, tmp_path: Path) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    for kind, origin in (
        (PaperKind.PROXY_AUTHORIZATION, DocumentOrigin.AUTHORIZATION),
        (PaperKind.RECEIPT, None),
    ):
        file = scan_of(window.desk.printing.preview(case_id, kind), tmp_path / f"{kind}.png")
        (paper,) = window.desk.signed_papers.from_file(file)
        assert paper.target is not None and paper.image[:2] == b"\xff\xd8"
        assert (paper.target.case_id, paper.target.kind, paper.target.batch_no) == (case_id, origin, "")
    paper_of = window.desk.signed_papers.from_file(tmp_path / "proxy_authorization.png")[0]
    assert paper_of.target is not None
    name = window.desk.signed_papers.keep(paper_of.token, paper_of.target, DocumentOrigin.AUTHORIZATION)
    (view,) = window.desk.cases.case(case_id).documents
    assert (view.document.name, view.document.origin) == (name, DocumentOrigin.AUTHORIZATION)
    assert view.document.is_here and view.savable and not view.can_fetch
    assert window.vault.verify(view.document.page_id, view.document.sha256)
    assert window.desk.cases.case(case_id).events[-1].kind == "paper_back"
    assert not missing_pages(window.store, window.vault)


def test_the_signed_list_closes_its_batch_and_lies_with_every_case_that_was_taken(
    window: Window, tmp_path: Path
) -> None:
    cases = [taken_in(window, PROXY_ITEM) for _ in range(3)]
    number = window.desk.handover.pack(dict.fromkeys(cases, 2), ORGAN)
    file = scan_of(window.desk.handover_lists.preview(number), tmp_path / "list.png")
    papers = window.desk.signed_papers
    early = papers.from_file(file)[0]
    assert early.target is not None and early.target.batch_no == number
    with pytest.raises(InputProblem, match=r"signed\.not_carried"):
        papers.keep(early.token, early.target, DocumentOrigin.HANDOVER)
    lines = {
        cases[1]: LineSaid(LineOutcome.SHORT, "1"),
        cases[2]: LineSaid(LineOutcome.REFUSED, words="不全"),
    }
    window.desk.handover.carried(number, Carried("周敏", lines=lines))
    papers.keep(early.token, early.target, DocumentOrigin.HANDOVER)
    assert [len(window.desk.cases.case(one).documents) for one in cases] == [1, 1, 0]
    batch = window.desk.handover.batch(number).batch
    assert batch.signed and batch.state is BatchState.CARRIED, "sheets of one case are missing still"
    window.desk.handover.settle(number, cases[1], "补送了")
    assert window.desk.handover.batch(number).batch.state is BatchState.CLOSED


def test_a_result_of_the_township_is_named_and_counted(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    papers = window.desk.signed_papers
    target = papers.target(window.desk.cases.case(case_id).case.local_no or "")
    assert target.kind is None
    first, second, third = (papers.photograph() for _ in range(3))
    assert first.target is None, "no number of ours stands on it"
    assert papers.keep(first.token, target, DocumentOrigin.RESULT, "养老待遇核定表") == "养老待遇核定表"
    assert "2" in papers.keep(second.token, target, DocumentOrigin.RESULT, "养老待遇核定表")
    with pytest.raises(InputProblem, match=r"signed\.gone"):
        papers.keep(first.token, target, DocumentOrigin.RESULT)
    for kind, key in ((DocumentOrigin.HANDOVER, "not_that"), (DocumentOrigin.SYSTEM, "not_that")):
        with pytest.raises(InputProblem, match=rf"signed\.{key}"):
            papers.keep(third.token, target, kind)
    with pytest.raises(InputProblem, match=r"signed\.name_long"):
        papers.keep(third.token, target, DocumentOrigin.NOTICE, "字" * 61)
    papers.drop(third.token)
    with pytest.raises(InputProblem, match=r"signed\.number_unknown"):
        papers.target("261123-Z-0001-0")


def test_a_lost_scan_is_told_and_nobody_is_asked_to_send_it_again(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    papers = window.desk.signed_papers
    paper = papers.photograph()
    target = papers.target(window.desk.cases.case(case_id).case.local_no or "")
    papers.keep(paper.token, target, DocumentOrigin.RESULT)
    (view,) = window.desk.cases.case(case_id).documents
    window.vault.remove(view.document.page_id, view.document.sha256)
    note_lost(window.store, window.clock, missing_pages(window.store, window.vault))
    (lost,) = window.desk.cases.case(case_id).documents
    assert lost.document.reason_key == LOST and lost.document.is_given_up
    assert lost.standing.key == "results.lost_scan" and not lost.can_fetch and not lost.printable
    assert any(todo.sentence.key == "results.todo.lost_scan" for todo in window.desk.cases.today().todos)
    with pytest.raises(InputProblem, match=r"results\.gone"):
        window.desk.results.fetch_again(lost.document)


def test_a_scan_outlives_a_restart_and_is_printed_like_any_document(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("窗口打印机"))
    case_id = taken_in(window, PROXY_ITEM)
    file = scan_of(window.desk.printing.preview(case_id, PaperKind.PROXY_AUTHORIZATION), tmp_path / "one.png")
    (paper,) = window.desk.signed_papers.from_file(file)
    assert paper.target is not None
    window.desk.signed_papers.keep(paper.token, paper.target, DocumentOrigin.AUTHORIZATION)
    again = window.reopened(SimulatedPrinter("窗口打印机"))
    (view,) = again.desk.cases.case(case_id).documents
    if view.printable:
        assert again.desk.results.print(view.document).kind is PaperKind.RESULT
    assert again.desk.results.save(view.document, tmp_path).exists()
    again.desk.close()
