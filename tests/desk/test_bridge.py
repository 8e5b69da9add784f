"""Entering by hand: what waits, the case as a form asks for it, its official number back, and what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import APPLICANT, CLERK, NAME, PROXY_ITEM, STATION, Window, open_window, taken_in
from tests.desk.test_cases import put_state
from tests.domain.catalogue_of_messages import messages
from tests.papers.samples import page_texts, squeezed
from villagedesk.desk.bridge import waiting_rows, waiting_rows_of
from villagedesk.desk.bridge_sheet import sheet_of
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.views import TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.store.snapshot import SqlSnapshot
from villagedesk.sync.entry_begun import entries_begun
from villagedesk.sync.status import SyncStatus

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


def test_a_case_asked_for_alone_reads_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits at a station without an interface is everything, with the bytes of all of it."""
    window = open_window(tmp_path / "data", station=BY_HAND)
    try:
        first, second = taken_in(window), taken_in(window)
        taken_in(window, PROXY_ITEM)
        with monkeypatch.context() as only:
            only.setattr(SqlSnapshot, "outbox", _whole_queue)
            window.desk.bridge.sheet(first)
            window.desk.bridge.begin(first)
            give(window, first)

        def compare(snapshot: Snapshot) -> None:
            for by_hand in (True, False):
                whole = waiting_rows(snapshot, by_hand=by_hand)
                for case_id in (first, second, "nobody"):
                    own = waiting_rows_of(snapshot, case_id, by_hand=by_hand)
                    assert own == tuple(row for row in whole if row.case_id == case_id)

        window.desk.bridge.begin(second)  # waits also where there is an interface
        window.store.read(compare)
        assert window.desk.bridge.waiting().count == 1
    finally:
        window.desk.close()


def _whole_queue(*_asked: object) -> list[OutboxRow]:
    raise AssertionError("the whole queue is read for one case")


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
        (NumberGiven("1", on="昨天"), "day.unknown", "on"),
        (NumberGiven("1", on="2026-11-24"), "day.future", "on"),
        (NumberGiven("1", on="2026-11-22"), "day.before", "on"),
    ):
        problem = refused(window, case_id, given)
        assert (problem.key, problem.field) == (key, field)
        assert messages().of(problem)


def test_a_number_like_one_of_ours_is_asked_about(window: Window) -> None:
    first, second = taken_in(window), taken_in(window)
    ours = window.desk.cases.case(second).case.local_no or ""
    for typed in (ours, ours.replace("-", ""), ours.lower()):
        assert refused(window, first, NumberGiven(typed)).key == "bridge.number_like_ours"
    assert window.desk.official_numbers.enter(first, NumberGiven(ours, looked_again=True)) == ours


def test_a_number_that_another_case_has_is_refused_and_the_case_named(window: Window) -> None:
    first, second = taken_in(window), taken_in(window)
    give(window, first, NUMBER.lower())
    for written in (NUMBER, NUMBER.lower()):
        problem = refused(window, second, NumberGiven(written))
        assert problem.key == "bridge.number_given"
        assert problem.params["local_no"] == window.desk.cases.case(first).case.local_no
        assert problem.params["name"] == NAME
    assert rows(window, second)[-1].state is SendingState.QUEUED


def test_a_number_that_differs_in_capitals_or_in_the_kind_of_its_hyphen_is_the_same(window: Window) -> None:
    first, second = taken_in(window), taken_in(window)
    assert give(window, first, "aB12—Cd") == "aB12-Cd"  # as a Chinese input method writes the hyphen
    for written in ("Ab12-cD", "AB12–CD", "ａｂ１２－ｃｄ"):
        assert refused(window, second, NumberGiven(written, looked_again=True)).key == "bridge.number_given"
    assert give(window, second, "aB12Cd") == "aB12Cd"  # without one it is another


def test_what_was_just_copied_from_the_case_is_asked_about(window: Window) -> None:
    case_id = taken_in(window)
    for pasted in (APPLICANT["document_number"], APPLICANT["document_number"].lower(), APPLICANT["phone"]):
        problem = refused(window, case_id, NumberGiven(pasted))
        assert (problem.key, problem.field) == ("bridge.number_personal", "number")
    sure = NumberGiven(APPLICANT["phone"], looked_again=True)
    assert window.desk.official_numbers.enter(case_id, sure) == APPLICANT["phone"]


def test_a_number_shorter_than_all_the_last_ones_is_asked_about(window: Window) -> None:
    numbers = window.desk.official_numbers
    for place in range(3):
        give(window, taken_in(window), f"4104212026112300{place}")
    case_id = taken_in(window)
    problem = refused(window, case_id, NumberGiven("4104212026112300"))
    assert (problem.key, problem.params) == ("bridge.number_length", {"count": 16, "usual": 17})
    numbers.enter(case_id, NumberGiven("4104212026112300", looked_again=True))
    give(window, taken_in(window), "41042120")  # more than one length is in use: nothing is asked any more


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
        window.desk.printing.print(case_id, PaperKind.ACCEPTANCE_NOTICE)
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


def test_a_correction_half_typed_is_kept_when_the_clerk_notes_that_the_system_went_on(window: Window) -> None:
    numbers, case_id = window.desk.official_numbers, taken_in(window)
    give(window, case_id)
    numbers.note(case_id, CaseChange.CORRECTION_ASKED, "电话不对")
    window.desk.intake.correct(case_id)
    window.desk.intake.type(case_id, {"phone": "1380000"}, 2)
    numbers.note(case_id, CaseChange.REFUSED, "不符合条件")
    unsent = window.desk.cases.case(case_id).unsent
    assert unsent is not None
    (phone,) = unsent.differences
    assert (phone.field, phone.ours.params["text"], unsent.unread) == ("applicant.phone", "1380000", True)
    assert "correction.unsent.todo" in {one.sentence.key for one in window.desk.cases.today().todos}


def test_a_state_that_was_noted_by_mistake_is_set_right_by_noting_the_right_one(window: Window) -> None:
    numbers, case_id = window.desk.official_numbers, taken_in(window)
    give(window, case_id)
    window.clock.forward(3 * 86400)
    numbers.note(case_id, CaseChange.REFUSED, "点错了")
    numbers.note(case_id, CaseChange.ACCEPTED, "", on="2026-11-25")
    numbers.note(case_id, CaseChange.ACCEPTED, "", on="2026-11-24")  # the day, on which the law clock hangs
    case = window.desk.cases.case(case_id).case
    assert (case.status, case.accepted_at and case.accepted_at.date().isoformat()) == (
        CaseStatus.ACCEPTED,
        "2026-11-24",
    )
    numbers.note(case_id, CaseChange.REFUSED, "其实没有受理")
    assert window.desk.cases.case(case_id).case.accepted_at is None
    numbers.note(case_id, CaseChange.ACCEPTED, "")
    numbers.note(case_id, CaseChange.CONCLUDED, "", result="denied")
    numbers.note(case_id, CaseChange.CONCLUDED, "", result="granted")
    numbers.note(case_id, CaseChange.RESULT_READY, "")
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.RESULT_WAITING
    ended = [event.detail["result"] for event in view.events if event.detail.get("change") == "concluded"]
    assert ended == ["denied", "granted"]


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


def test_what_came_with_a_backup_says_to_look_first_and_what_came_after_it_does_not(window: Window) -> None:
    old = taken_in(window)
    window.clock.forward(60)
    moment = window.clock.now()
    restoration = Restoration(moment, moment, Reason.BACKUP, "B", "an installation")
    window.store.write(lambda transaction: transaction.put_setting(RESTORED, restoration.to_text())).result()
    window.clock.forward(60)
    new = taken_in(window)
    view = window.desk.bridge.waiting()
    assert view.restored
    doubts = {one.case_id: one.look_first and one.look_first.key for one in view.cases}
    assert doubts == {old: "bridge.look_first.restored", new: None}
    sheet = window.desk.bridge.sheet(old)
    assert sheet.look_first is not None
    assert "查" in messages().text(sheet.look_first.key)
    give(window, old)
    assert not window.desk.bridge.waiting().restored


def test_a_case_that_was_begun_says_so_until_its_number_is_there(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.bridge.begin(case_id)
    window.clock.forward(3600)
    window.desk.bridge.begin(case_id)  # nothing more
    (waits,) = window.desk.bridge.waiting().cases
    assert waits.look_first is not None
    assert waits.look_first.key == "bridge.look_first.begun"
    view = window.desk.cases.case(case_id)
    assert [event.actor for event in view.events if event.kind == "entry_begun"] == [CLERK]
    give(window, case_id)
    assert window.store.read(entries_begun) == {}
    with pytest.raises(InputProblem, match=r"bridge\.not_waiting"):
        window.desk.bridge.begin(case_id)


def test_a_table_of_the_form_is_a_line_for_each_of_its_cells(window: Window) -> None:
    desk = window.desk
    case = desk.cases.case(taken_in(window)).case
    members = [
        {"name": "李小满", "relation": "child", "health": "healthy"},
        {"name": "赵青", "relation": "spouse", "health": "disabled", "disability_grade": "2"},
    ]
    case = replace(case, form={"members": json.dumps(members)})
    allowance = desk.items.get("VD-MZ-002")
    lines = sheet_of(desk.bridge.order(), case, allowance, (), STATION, messages().text).lines
    cells = {line.label: line.value for line in lines if line.label.startswith("其他家庭成员")}
    assert cells["其他家庭成员 第 1 行 姓名"] == "李小满"
    assert cells["其他家庭成员 第 2 行 姓名"] == "赵青"
    assert cells["其他家庭成员 第 1 行 与申请人关系"] == "子女"
    assert cells["其他家庭成员 第 1 行 身份证号"] == ""  # a box of the form that stays empty
    assert "其他家庭成员 第 1 行 残疾等级" not in cells  # not asked of somebody who is not disabled
    assert cells["其他家庭成员 第 2 行 残疾等级"] == "二级"


def test_choosing_another_form_is_logged_once(window: Window) -> None:
    for _ in range(2):
        window.desk.bridge.choose("township_paper")
    chosen = [line for line in window.store.read(lambda s: s.events("")) if line.kind == "form_order_chosen"]
    assert [line.detail for line in chosen] == [{"code": "township_paper"}]


def test_the_interface_being_granted_changes_what_is_said(window: Window) -> None:
    case_id = taken_in(window)
    window.link.publish(SyncStatus())
    assert window.desk.bridge.waiting().count == 0
    assert window.desk.sending.view().link.key != "bridge.link"
    sending = window.desk.cases.case(case_id).sending
    assert sending is not None
    assert sending.key == "sentence.submission.queued_offline"
