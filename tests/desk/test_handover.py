"""Papers carried to the township: packed, listed, signed for; what came back, what was short, what was not signed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import zxingcpp

from tests.desk.counter import NAME, PROXY_ITEM, Window, open_window, taken_in
from tests.papers.samples import codes, images, page_texts, squeezed
from villagedesk.desk.handover import MOST_CASES
from villagedesk.desk.handover_views import Carried, LineSaid
from villagedesk.desk.views import TodoKind
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import CaseStatus, MaterialState
from villagedesk.domain.handover import BatchState, LineOutcome
from villagedesk.domain.paper_no import is_batch_no
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

ORGAN = "下汤镇便民服务中心"


def status_of(window: Window, case_id: str) -> CaseStatus:
    """Where it stands."""
    return window.desk.cases.case(case_id).case.status


def carry_todos(window: Window) -> list[tuple[str, str]]:
    """Key and tone of what is said about carrying on the first screen."""
    found = window.desk.cases.today().todos
    return [(one.sentence.key, one.sentence.tone) for one in found if one.kind is TodoKind.CARRY]


def packed(window: Window, count: int = 2) -> tuple[str, list[str]]:
    """A batch and its cases."""
    cases = [taken_in(window, PROXY_ITEM) for _ in range(count)]
    return window.desk.handover.pack(dict.fromkeys(cases, 3), ORGAN), cases


def test_only_proxy_cases_whose_papers_lie_here_are_to_be_carried(window: Window) -> None:
    taken_in(window)
    proxy = taken_in(window, PROXY_ITEM)
    view = window.desk.handover.view()
    assert [one.case_id for one in view.cases] == [proxy] and view.count == 1
    case = window.desk.cases.case(proxy).case
    along = [one for one in case.materials if one.state is MaterialState.TAKEN]
    one = view.cases[0]
    assert (one.papers, one.copies) == (len(along), sum(max(1, paper.copies) for paper in along))
    assert one.sheets >= one.copies and one.applicant_name == NAME and one.clock is not None
    assert carry_todos(window) == [("handover.todo.carry_today", "calm")]


def test_a_batch_has_a_number_of_its_own_and_its_cases_wait_in_the_bag(window: Window) -> None:
    number, cases = packed(window)
    assert is_batch_no(number)
    with pytest.raises(InputProblem, match=r"handover\.not_to_carry"):
        window.desk.handover.pack({cases[0]: 1}, ORGAN)
    with pytest.raises(InputProblem, match=r"handover\.in_bag"):
        window.desk.changes.hand_over(cases[0], "李某")
    view = window.desk.handover.view()
    assert not view.cases and [one.batch.batch_no for one in view.batches] == [number] and view.organ == ORGAN
    assert [status_of(window, one) for one in cases] == [CaseStatus.RECEIVED] * 2
    other = window.desk.handover.pack({taken_in(window, PROXY_ITEM): 1}, ORGAN)
    numbers = {case.local_no for case in (window.desk.cases.case(one).case for one in cases)}
    assert other != number and number[1:] not in numbers, "no number is on two papers"


def test_what_cannot_be_packed_is_told_and_nothing_is(window: Window) -> None:
    pack = window.desk.handover.pack
    system, proxy = taken_in(window), taken_in(window, PROXY_ITEM)
    for sheets, organ, key in (
        ({}, ORGAN, "handover.none"),
        ({proxy: 1}, " ", "handover.organ_empty"),
        ({proxy: 1}, "镇" * 101, "handover.organ_long"),
        ({proxy: 1, system: 1}, ORGAN, "handover.not_to_carry"),
        ({proxy: 0}, ORGAN, "handover.no_sheets"),
        ({"nobody's": 1}, ORGAN, "intake.gone"),
        ({str(one): 1 for one in range(MOST_CASES + 1)}, ORGAN, "handover.too_many"),
    ):
        with pytest.raises(InputProblem) as told:
            pack(sheets, organ)
        assert told.value.key == key
    assert window.desk.handover.view().count == 1 and not window.desk.handover.view().batches


def test_the_list_says_what_goes_along_and_its_number_is_read_back(tmp_path: Path) -> None:
    printer = SimulatedPrinter("窗口打印机")
    window = open_window(tmp_path / "data", printer)
    number, cases = packed(window)
    assert window.desk.handover_lists.print(number)
    assert (len(printer.printed), printer.printed[0].copies) == (1, 2), "one stays, one comes back"
    pdf = printer.printed[0].pdf
    text = squeezed("".join(page_texts(pdf)))
    for case_id in cases:
        case = window.desk.cases.case(case_id).case
        assert squeezed(case.local_no or "") in text and squeezed(case.item_name) in text
    assert f"本批共{len(cases)}件" in text and "补打" not in text
    assert number in codes(images(pdf, 300)[0], zxingcpp.BarcodeFormat.Code128)
    window.desk.handover_lists.print(number)
    assert "补打第1次" in squeezed("".join(page_texts(printer.printed[1].pdf)))
    kinds = [entry.kind for entry in window.audit_log.entries(3)]
    assert kinds[:2] == ["handover_printed", "handover_printed"]
    window.desk.close()


def test_a_list_no_printer_takes_is_saved_and_no_print_is_counted(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE))
    number, _ = packed(window)
    with pytest.raises(EnvironmentProblem):
        window.desk.handover_lists.print(number)
    assert window.desk.handover.batch(number).batch.prints == 0
    file = window.desk.handover_lists.save(number, tmp_path)
    assert (
        number in codes(images(file.read_bytes(), 300)[0], zxingcpp.BarcodeFormat.Code128)
        and window.desk.handover.batch(number).batch.prints == 1
    )
    with pytest.raises(InputProblem, match=r"handover\.no_folder"):
        window.desk.handover_lists.save(number, tmp_path / "no such folder")
    window.desk.close()


def test_what_was_signed_for_is_handed_over_and_what_was_not_lies_here_again(window: Window) -> None:
    number, (taken, short, refused) = packed(window, 3)
    window.clock.forward(86_400)
    lines = {
        short: LineSaid(LineOutcome.SHORT, counted="2", words="少了户口簿第二页"),
        refused: LineSaid(LineOutcome.REFUSED, words="表格填错了"),
    }
    view = window.desk.handover.carried(number, Carried("镇便民中心 周敏", lines=lines))
    assert [one.line.outcome for one in view.lines] == [LineOutcome.TAKEN, LineOutcome.SHORT, LineOutcome.REFUSED]
    assert view.batch.state is BatchState.CARRIED and view.batch.receiver == "镇便民中心 周敏"
    assert [status_of(window, one) for one in (taken, short, refused)] == [
        CaseStatus.HANDED_OVER,
        CaseStatus.HANDED_OVER,
        CaseStatus.RECEIVED,
    ]
    again = window.desk.handover.view()
    assert (again.away, again.away_since) == (2, window.clock.now().date())
    assert [one.case_id for one in again.cases] == [refused]
    assert again.cases[0].came_back is not None and again.cases[0].came_back.params["words"] == "表格填错了"
    assert ("handover.todo.short", "bad") in carry_todos(window)
    kinds = [event.kind for event in window.desk.cases.case(short).events][-2:]
    assert kinds == ["handed_over", "handover_short"]
    window.desk.handover.settle(number, short, "落在袋里，补送了")
    assert window.desk.handover.batch(number).lines[1].line.outcome is LineOutcome.SETTLED
    assert not [one for one in carry_todos(window) if one[0] == "handover.todo.short"]
    with pytest.raises(InputProblem, match=r"handover\.not_short"):
        window.desk.handover.settle(number, short, "again")


@pytest.mark.parametrize(
    ("said", "key", "field"),
    [
        (Carried(" "), "life.receiver_empty", "receiver"),
        (Carried("周敏", "明天"), "day.unknown", "on"),
        (Carried("周敏", "2026-12-24"), "day.future", "on"),
        (Carried("周敏", "2026-01-01"), "day.before", "on"),
        (Carried("周敏", lines={"": LineSaid(LineOutcome.SHORT, "many")}), "handover.no_count", "counted"),
        (Carried("周敏", lines={"": LineSaid(LineOutcome.SHORT, "3")}), "handover.same_count", "counted"),
        (Carried("周敏", lines={"": LineSaid(LineOutcome.REFUSED)}), "handover.no_words", "words"),
    ],
)
def test_what_is_wrong_with_the_signing_is_told_and_nothing_is_handed_over(
    window: Window, said: Carried, key: str, field: str
) -> None:
    number, (case_id, other) = packed(window)
    said = Carried(said.receiver, said.on, dict(zip([case_id], said.lines.values(), strict=False)))
    with pytest.raises(InputProblem) as told:
        window.desk.handover.carried(number, said)
    assert (told.value.key, told.value.field) == (key, field)
    assert [status_of(window, one) for one in (case_id, other)] == [CaseStatus.RECEIVED] * 2
    assert window.desk.handover.batch(number).batch.state is BatchState.PACKED


def test_a_case_that_is_over_since_it_was_packed_is_taken_out(window: Window) -> None:
    number, (gone, stays) = packed(window)
    window.desk.changes.withdraw(gone, "不办了")
    view = window.desk.handover.batch(number)
    assert [one.gone for one in view.lines] == [True, False] and len(view.to_sign) == 1
    carried = window.desk.handover.carried(number, Carried("周敏"))
    assert [one.line.outcome for one in carried.lines] == [LineOutcome.LEFT_OUT, LineOutcome.TAKEN]
    assert (status_of(window, gone), status_of(window, stays)) == (CaseStatus.WITHDRAWN, CaseStatus.HANDED_OVER)


def test_a_case_is_taken_out_of_the_bag_and_an_empty_bag_is_dropped(window: Window) -> None:
    number, (first, second) = packed(window)
    window.desk.handover.leave_out(number, first, "少一张照片")
    assert [one.case_id for one in window.desk.handover.view().cases] == [first]
    window.desk.handover.leave_out(number, second, "改天再送")
    assert window.desk.handover.batch(number).batch.state is BatchState.DROPPED
    with pytest.raises(InputProblem, match=r"handover\.not_packed"):
        window.desk.handover.carried(number, Carried("周敏"))
    other = window.desk.handover.pack({first: 3, second: 3}, ORGAN)
    window.desk.handover.drop(other, "车坏了")
    assert window.desk.handover.view().count == 2


def test_a_batch_nobody_took_is_closed_at_once(window: Window) -> None:
    number, cases = packed(window)
    lines = {one: LineSaid(LineOutcome.REFUSED, words="今天不收") for one in cases}
    assert window.desk.handover.carried(number, Carried("门卫", lines=lines)).batch.state is BatchState.CLOSED
    assert window.desk.handover.view().count == 2 and not window.desk.handover.view().batches


def test_days_pass_and_what_lies_too_long_is_asked_for(window: Window) -> None:
    number, _ = packed(window)
    assert carry_todos(window) == []
    window.clock.forward(3 * 86_400)
    assert carry_todos(window) == [("handover.todo.packed", "warn")]
    window.desk.handover.carried(number, Carried("周敏"))
    assert carry_todos(window) == []
    window.clock.forward(3 * 86_400)
    assert carry_todos(window) == [("handover.todo.unsigned", "warn")]
    late = taken_in(window, PROXY_ITEM)
    window.clock.forward(4 * 86_400)
    assert ("handover.todo.carry", "warn") in carry_todos(window) and late


def test_the_day_the_clerk_names_is_kept_and_the_batch_outlives_a_restart(window: Window) -> None:
    number, (case_id, _) = packed(window)
    window.clock.forward(2 * 86_400)
    yesterday = date.fromordinal(window.clock.now().date().toordinal() - 1)
    window.desk.handover.carried(number, Carried("周敏", f"{yesterday}"))
    again = window.reopened()
    assert again.desk.handover.batch(number).batch.handed_on == f"{yesterday}"
    event = next(one for one in again.desk.cases.case(case_id).events if one.kind == "handed_over")
    assert event.detail["on"] == f"{yesterday}" and event.detail["batch"] == number
    again.desk.close()


def test_a_list_that_does_not_come_back_is_said_to_and_why_stays_in_the_log(window: Window) -> None:
    number, cases = packed(window)
    with pytest.raises(InputProblem, match=r"handover\.not_carried"):
        window.desk.handover.close_without_list(number, "还没送去")
    short = {cases[0]: LineSaid(LineOutcome.SHORT, counted="2")}
    window.desk.handover.carried(number, Carried("周敏", lines=short))
    with pytest.raises(InputProblem, match=r"handover\.still_short"):
        window.desk.handover.close_without_list(number, "清单弄丢了")
    window.desk.handover.settle(number, cases[0], "找到了")
    with pytest.raises(InputProblem, match=r"life\.reason_empty"):
        window.desk.handover.close_without_list(number, " ")
    window.clock.forward(3 * 86_400)
    assert carry_todos(window) == [("handover.todo.unsigned", "warn")]
    window.desk.handover.close_without_list(number, "清单弄丢了")
    assert carry_todos(window) == []
    batch = window.desk.handover.batch(number).batch
    assert batch.state is BatchState.CLOSED and batch.note == "清单弄丢了" and not batch.signed
    for case_id in cases:
        events = window.desk.cases.case(case_id).events
        assert [dict(one.detail) for one in events if one.kind == "handover_unsigned"] == [
            {"batch": number, "reason": "清单弄丢了"}
        ]
    with pytest.raises(InputProblem, match=r"handover\.not_carried"):
        window.desk.handover.close_without_list(number, "再按一次")


def test_a_page_found_missing_after_the_bag_was_signed_for_is_asked_for_again(window: Window) -> None:
    whole, refused = (taken_in(window, PROXY_ITEM) for _ in range(2))
    handover = window.desk.handover
    number = handover.pack({whole: 7, refused: 2}, ORGAN)
    found = LineSaid(LineOutcome.SHORT, "6", "第二天电话说少一页")
    with pytest.raises(InputProblem, match=r"handover\.not_at_township"):
        handover.found_short(number, whole, found)  # not carried yet
    handover.carried(number, Carried("周敏", lines={refused: LineSaid(LineOutcome.REFUSED, words="不全")}))
    handover.close_without_list(number, "清单丢了")
    assert handover.batch(number).batch.state is BatchState.CLOSED
    with pytest.raises(InputProblem, match=r"handover\.not_at_township"):
        handover.found_short(number, refused, found)
    with pytest.raises(InputProblem, match=r"handover\.same_count"):
        handover.found_short(number, whole, LineSaid(LineOutcome.SHORT, "7"))
    handover.found_short(number, whole, found)
    batch = handover.batch(number).batch
    line = batch.line(whole)
    assert (batch.state, line.outcome, line.counted) == (BatchState.CARRIED, LineOutcome.SHORT, 6)
    assert [todo for todo in window.desk.cases.today().todos if "short" in todo.sentence.key]
    event = window.desk.cases.case(whole).events[-1]
    assert (event.kind, event.detail["sheets"], event.detail["counted"]) == ("handover_short", "7", "6")
    handover.settle(number, whole, "补送了")
    assert handover.batch(number).batch.line(whole).outcome is LineOutcome.SETTLED
