"""Entering by hand: what waits, the case as a form asks for it, its official number back, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import APPLICANT, CLERK, NAME, PROXY_ITEM, STATION, Window, open_window, taken_in
from tests.desk.test_cases import put_state
from tests.domain.catalogue_of_messages import messages
from tests.papers.samples import page_texts, squeezed
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.views import TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED
from villagedesk.sync.engine import SyncStatus

BY_HAND = replace(STATION, address="", one_time_code="")
NUMBER = "11410421MB0123456X4000123456000" + "20261123" + "0007"  # 43 characters: 31 + yyyyMMdd + serial
ORDER = """
code = "ours"
name = "本县表"
checked = true
materials = ["承诺书"]
[[sections]]
title = "甲"
[[sections.fields]]
label = "姓名"
source = "applicant.name"
longest = 2
[[sections.fields]]
label = "前六位"
source = "applicant.document_number"
from = 1
to = 6
[[sections.fields]]
label = "出生"
source = "applicant.birth_date"
date = "chinese"
[[sections.fields]]
label = "性别"
source = "applicant.sex"
codes = {male = "1", female = "2"}
[[sections.fields]]
label = "代办人"
source = "agent.name"
[[sections.fields]]
label = "材料清单"
source = "materials.list"
"""


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A window without an interface."""
    opened = open_window(tmp_path / "data", station=BY_HAND)
    yield opened
    opened.desk.close()


def give(window: Window, case_id: str, number: str = NUMBER, query_code: str = "", on: str = "") -> str:
    return window.desk.official_numbers.enter(case_id, NumberGiven(number, query_code, on))


def refused(window: Window, case_id: str, given: NumberGiven) -> InputProblem:
    with pytest.raises(InputProblem) as told:
        window.desk.official_numbers.enter(case_id, given)
    assert window.desk.cases.case(case_id).case.acceptance_no == ""
    return told.value


def rows(window: Window, case_id: str) -> list[OutboxRow]:
    return list(window.desk.cases.case(case_id).outbox)


def install(window: Window, tmp_path: Path, text: str = ORDER) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(text, encoding="utf-8-sig")
    window.desk.bridge.install_file(file)


def values(window: Window, case_id: str) -> dict[str, str]:
    return {line.label: line.value for line in window.desk.bridge.sheet(case_id).sheet.lines}


def test_what_is_taken_in_waits_the_longest_first_and_says_so_everywhere(window: Window) -> None:
    first = taken_in(window)
    window.clock.forward(3600)
    second = taken_in(window)
    taken_in(window, PROXY_ITEM)  # carried to the township: nothing to enter
    view = window.desk.bridge.waiting()
    assert [one.case_id for one in view.cases] == [first, second]
    assert (view.count, view.cases[0].pages, view.cases[0].again, view.restored) == (2, 3, False, False)
    assert view.cases[0].clock is not None
    assert "5" in messages().text(view.cases[0].clock.key, **view.cases[0].clock.params)
    (todo,) = [todo for todo in window.desk.cases.today().todos if todo.kind is TodoKind.BY_HAND]
    assert todo.sentence.params == {"count": 2}
    sending = window.desk.sending.view()
    assert sending.link.key == "bridge.link"
    assert sending.advice is not None
    assert "录入" in messages().text(sending.advice.key)
    assert sending.queue.params == {"count": 2}
    listed = {row.line.case_id: row.state.key for row in window.desk.cases.find("")}
    assert listed[first] == "bridge.state.to_enter"
    case = window.desk.cases.case(first)
    assert (case.case.status, case.sending and case.sending.key) == (CaseStatus.RECEIVED, "bridge.state.to_enter")


def test_nothing_waits_by_hand_where_there_is_an_interface(tmp_path: Path) -> None:
    with_interface = open_window(tmp_path / "other")
    try:
        case_id = taken_in(with_interface)
        assert with_interface.desk.bridge.waiting().count == 0
        assert refused(with_interface, case_id, NumberGiven(NUMBER)).key == "bridge.not_waiting"
        assert rows(with_interface, case_id)[-1].state is SendingState.QUEUED
    finally:
        with_interface.desk.close()


def test_the_case_stands_in_the_forms_order_and_what_it_lacks_stands_there_empty(
    window: Window, tmp_path: Path
) -> None:
    case_id = taken_in(window)
    shipped = values(window, case_id)
    assert (shipped["申请人名称"], shipped["证件号码"]) == (NAME, APPLICANT["document_number"])
    assert shipped["代理人姓名"] == ""
    install(window, tmp_path)
    sheet = window.desk.bridge.sheet(case_id).sheet
    assert (sheet.order_name, sheet.checked) == ("本县表", True)
    assert [line.label for line in sheet.lines] == ["姓名", "前六位", "出生", "性别", "代办人", "材料清单"]
    # 410422190402299997: 29 February 1904; the 17th digit 9 is odd, which is male (GB 11643)
    assert values(window, case_id) == {
        "姓名": NAME,
        "前六位": "410422",
        "出生": "1904年2月29日",
        "性别": "1",
        "代办人": "",
        "材料清单": "个人承诺书（原件 1 份，1 页）、居民身份证（复印件 1 份，2 页）",
    }
    warning = sheet.lines[0].warning
    assert warning is not None
    assert warning.params == {"count": 4, "longest": 2}
    assert all(line.warning is None for line in sheet.lines[1:])


def test_hostile_values_stand_there_as_they_are(window: Window, tmp_path: Path) -> None:
    case_id = taken_in(window)
    install(window, tmp_path, ORDER.replace("longest = 2", ""))
    hostile = '=HYPERLINK("x")\n电话：1\u202e反'

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        agent = Party(PartyRole.AGENT, name="𠮷田·𬍛")
        changed = replace(case, applicant=replace(case.applicant, name=hostile), parties=(agent,))
        transaction.put_case(changed)

    window.store.write(work).result()
    assert values(window, case_id)["姓名"] == hostile
    assert values(window, case_id)["代办人"] == "𠮷田·𬍛"


def test_looking_at_a_sheet_is_logged(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.bridge.sheet(case_id)
    key, clock = window.key, window.clock
    window.desk.close()
    again = open_window(window.folder, key=key, clock=clock, station=BY_HAND)
    try:
        looks = [event for event in again.desk.cases.case(case_id).events if event.kind == "unmasked"]
        assert [(look.actor, look.detail) for look in looks] == [(CLERK, {"field": "sheet"})]
    finally:
        again.desk.close()
        window.desk = again.desk


def test_a_forms_file_with_a_mistake_changes_nothing(window: Window, tmp_path: Path) -> None:
    before = window.desk.bridge.order()
    for text, key, entry in (
        (ORDER.replace("applicant.name", "applicant.soul"), "bridge.order_bad", "sections[1].fields[1].source"),
        (ORDER.replace('code = "ours"', ""), "bridge.order_bad", "code"),
        ("sections = ", "bridge.order_unreadable", None),
    ):
        with pytest.raises(InputProblem) as told:
            install(window, tmp_path, text)
        assert (told.value.key, told.value.params.get("entry")) == (key, entry)
    with pytest.raises(InputProblem, match=r"items\.no_file"):
        window.desk.bridge.install_file(tmp_path / "not there.toml")
    assert window.desk.bridge.order() == before


def test_a_countys_form_is_kept_used_logged_and_can_be_left(window: Window, tmp_path: Path) -> None:
    install(window, tmp_path)
    assert window.desk.bridge.order().code == "ours"
    again = window.reopened()
    try:
        assert again.desk.bridge.order().code == "ours"
        assert [line.kind for line in again.store.read(lambda s: s.events(""))].count("form_order_installed") == 1
        again.desk.bridge.choose("township_paper")
        assert again.desk.bridge.order().name == "乡镇纸质登记表"
        with pytest.raises(InputProblem, match=r"bridge\.order_gone"):
            again.desk.bridge.choose("nothing")
    finally:
        window.desk = again.desk


def test_the_number_closes_the_case_and_everything_is_in_the_log(window: Window) -> None:
    case_id = taken_in(window)
    window.clock.forward(86400)
    assert give(window, case_id, query_code="88 66", on="2026-11-23") == NUMBER
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.case.acceptance_no, view.case.query_code) == (CaseStatus.SUBMITTED, NUMBER, "8866")
    (row,) = view.outbox
    assert (row.state, row.frozen_at, row.receipt) == (SendingState.CANCELLED, None, "")
    decision, entered = view.events[-2:]
    assert (decision.kind, decision.detail["decision"]) == ("decision", "entered_by_hand")
    assert (entered.kind, entered.actor, entered.at) == ("number_entered", CLERK, window.clock.now())
    assert (entered.from_status, entered.to_status) == (CaseStatus.RECEIVED, CaseStatus.SUBMITTED)
    assert entered.detail == {"number": NUMBER, "query_code": "8866", "on": "2026-11-23", "revision": "1"}
    assert window.desk.bridge.waiting().count == 0
    assert window.desk.cases.by_number(NUMBER) == case_id
    for part in (NUMBER[:20], NUMBER[-4:]):
        assert [one.line.case_id for one in window.desk.cases.find(part)] == [case_id]
    with pytest.raises(InputProblem, match=r"bridge\.not_waiting"):
        give(window, case_id, "another")


def test_what_was_entered_is_nowhere_called_sent(window: Window) -> None:
    """I3: 已上报 is said only with the receipt."""
    case_id = taken_in(window)
    give(window, case_id)
    view = window.desk.cases.case(case_id)
    (row,) = window.desk.cases.find("")
    said = [view.business, view.sending, row.state]
    words = [messages().text(one.key, **one.params) for one in said if one is not None]
    assert words == ["已录入统一受理系统"] * 2
    assert view.snag is None


def test_the_months_report_counts_what_was_entered_by_hand_and_calls_none_of_it_sent(window: Window) -> None:
    for number in ("1", "2"):
        give(window, taken_in(window), number)
    (text,) = [squeezed(page) for page in page_texts(window.desk.audit.monthly_report(2026, 11))]
    assert "手工录入受理系统2" in text
    assert "上报成功——手工" in text


def test_a_number_is_folded_and_never_parsed(window: Window) -> None:
    for typed, kept in (
        ("  ４１０４２１－００１ ", "410421-001"),
        ("4104 2100\u200b01", "4104210001"),
        ("a1b2c3d4e5f60718293a4b5c6d7e8f90", "a1b2c3d4e5f60718293a4b5c6d7e8f90"),
        ("豫政〔2026〕12号", "豫政〔2026〕12号"),
        ("x" * 64, "x" * 64),
        ("410421\r\n", "410421"),
    ):
        assert give(window, taken_in(window), typed) == kept


def test_what_cannot_be_is_refused_beside_its_field(window: Window) -> None:
    case_id = taken_in(window)
    for given, key, field in (
        (NumberGiven(" \u3000"), "bridge.number_empty", "number"),
        (NumberGiven("x" * 65), "bridge.number_long", "number"),
        (NumberGiven("1", "y" * 65), "bridge.code_long", "query_code"),
        (NumberGiven("1", on="昨天"), "bridge.day_unknown", "on"),
        (NumberGiven("1", on="2026-11-24"), "bridge.day_future", "on"),
        (NumberGiven("1", on="2026-11-22"), "bridge.day_before", "on"),
    ):
        problem = refused(window, case_id, given)
        assert (problem.key, problem.field) == (key, field)
        assert messages().of(problem)


def test_a_number_like_one_of_ours_is_asked_about(window: Window) -> None:
    first, second = taken_in(window), taken_in(window)
    ours = window.desk.cases.case(second).case.local_no or ""
    for typed in (ours, ours.replace("-", ""), ours.lower()):
        assert refused(window, first, NumberGiven(typed)).key == "bridge.number_like_ours"
    assert window.desk.official_numbers.enter(first, NumberGiven(ours, although_ours=True)) == ours


def test_a_number_that_another_case_has_is_refused_and_the_case_named(window: Window) -> None:
    first, second = taken_in(window), taken_in(window)
    give(window, first, NUMBER.lower())
    for written in (NUMBER, NUMBER.lower()):
        problem = refused(window, second, NumberGiven(written))
        assert problem.key == "bridge.number_given"
        assert problem.params["local_no"] == window.desk.cases.case(first).case.local_no
        assert problem.params["name"] == NAME
    assert rows(window, second)[-1].state is SendingState.QUEUED


def test_a_mistyped_number_is_corrected_with_a_reason_and_the_old_one_stays_in_the_log(window: Window) -> None:
    numbers = window.desk.official_numbers
    first, second = taken_in(window), taken_in(window)
    give(window, first, "1001")
    give(window, second, "1002")
    for given, reason, key in (
        (NumberGiven("1003"), " ", "life.reason_empty"),
        (NumberGiven("1001"), "抄错了", "bridge.number_same"),
        (NumberGiven("1002"), "抄错了", "bridge.number_given"),
    ):
        with pytest.raises(InputProblem) as told:
            numbers.correct(first, given, reason)
        assert told.value.key == key
    numbers.correct(first, NumberGiven("1003"), "抄错了一位")
    view = window.desk.cases.case(first)
    assert (view.case.acceptance_no, view.case.status) == ("1003", CaseStatus.SUBMITTED)
    event = view.events[-1]
    assert (event.kind, event.actor) == ("number_corrected", CLERK)
    assert event.detail == {"number": "1003", "before": "1001", "reason": "抄错了一位"}
    waits = taken_in(window)
    with pytest.raises(InputProblem, match=r"bridge\.no_number"):
        numbers.correct(waits, NumberGiven("9"), "没有编号")


def test_what_the_system_shows_later_is_noted_and_the_law_clock_runs_from_there(window: Window) -> None:
    numbers, case_id = window.desk.official_numbers, taken_in(window)
    assert window.desk.cases.case(case_id).notable == ()
    with pytest.raises(InputProblem, match=r"domain\.life_cycle\.not_possible"):
        numbers.note(case_id, CaseChange.ACCEPTED, "")
    give(window, case_id)
    window.clock.forward(2 * 86400)
    numbers.note(case_id, CaseChange.ACCEPTED, "", on="2026-11-24")
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.ACCEPTED
    assert view.case.accepted_at is not None
    assert view.case.accepted_at.date().isoformat() == "2026-11-24"
    notice = view.papers[1]
    assert (notice.printable, notice.why_not and notice.why_not.key) == (False, "bridge.notice_there")
    with pytest.raises(InputProblem, match=r"bridge\.notice_there"):
        window.desk.printing.print_acceptance_notice(case_id)
    numbers.note(case_id, CaseChange.CONCLUDED, "", result="granted")
    assert window.desk.cases.case(case_id).case.status is CaseStatus.CONCLUDED
    window.desk.changes.deliver(case_id, NAME)
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.DELIVERED
    assert len(view.outbox) == 1  # nobody is told over a road that is not there


def test_a_correction_is_entered_again_under_the_same_number(window: Window) -> None:
    numbers, case_id = window.desk.official_numbers, taken_in(window)
    give(window, case_id)
    with pytest.raises(InputProblem, match=r"life\.reason_empty"):
        numbers.note(case_id, CaseChange.CORRECTION_ASKED, "")
    numbers.note(case_id, CaseChange.CORRECTION_ASKED, "身份证正面看不清")
    snag = window.desk.cases.case(case_id).snag
    assert snag is not None
    assert snag.reason.params["wanted"] == "身份证正面看不清"
    window.desk.sending.mend(case_id)
    (waits,) = window.desk.bridge.waiting().cases
    assert (waits.case_id, waits.again) == (case_id, True)
    give(window, case_id)
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.case.revision, view.case.acceptance_no) == (CaseStatus.SUBMITTED, 2, NUMBER)
    assert [row.state for row in view.outbox] == [SendingState.CANCELLED] * 2


def test_withdrawing_what_was_entered_asks_nobody_over_the_wire(window: Window) -> None:
    case_id = taken_in(window)
    give(window, case_id)
    window.desk.changes.withdraw(case_id, "不办了")
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.WITHDRAWN
    assert len(view.outbox) == 1


def test_what_an_interface_left_behind_can_be_entered_too(window: Window) -> None:
    """The county took the interface away again, or the clerk had stopped the queue."""
    for number, state in enumerate((SendingState.PAUSED, SendingState.CONFIRMING, SendingState.REJECTED)):
        case_id = taken_in(window)
        held = SendingState.QUEUED if state is SendingState.PAUSED else None
        put_state(window, case_id, state=state, return_state=held)
        assert window.desk.bridge.waiting().count == 1
        give(window, case_id, f"41{number}")
        assert rows(window, case_id)[-1].state is SendingState.CANCELLED


def test_a_restored_desk_says_to_look_first(window: Window) -> None:
    taken_in(window)
    window.store.write(lambda transaction: transaction.put_setting(RESTORED, "x")).result()
    assert window.desk.bridge.waiting().restored


def test_the_interface_being_granted_changes_what_is_said(window: Window) -> None:
    case_id = taken_in(window)
    window.link.publish(SyncStatus())
    assert window.desk.bridge.waiting().count == 0
    assert window.desk.sending.view().link.key != "bridge.link"
    sending = window.desk.cases.case(case_id).sending
    assert sending is not None
    assert sending.key == "sentence.submission.queued_offline"
