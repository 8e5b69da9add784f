"""A case that was called entered by hand and was not: put back, with its number in the log and free for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, Window, open_window, taken_in
from tests.desk.test_bridge import BY_HAND, NUMBER, give
from tests.desk.test_cases import put_state
from tests.domain.catalogue_of_messages import messages
from tests.papers.samples import page_texts, squeezed
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.views import TodoKind
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import ENTERED_BY_HAND, PERHAPS_ENTERED, SendingState
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.time_limits import ClockKind
from villagedesk.sync import decisions, missing
from villagedesk.sync.entry_begun import entries_begun
from villagedesk.sync.last_word import Reconciled, last_reconciled, put_reconciled

WHY = "录的是另一件，编号扫错了"


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A window without an interface."""
    opened = open_window(tmp_path / "data", station=BY_HAND)
    yield opened
    opened.desk.close()


def refused(window: Window, case_id: str, reason: str = WHY) -> InputProblem:
    before = window.desk.cases.case(case_id)
    with pytest.raises(InputProblem) as told:
        window.desk.official_numbers.take_back(case_id, reason)
    assert messages().of(told.value)
    assert window.desk.cases.case(case_id) == before
    return told.value


def test_the_number_goes_to_the_case_whose_it_is_and_the_other_is_to_be_entered_again(window: Window) -> None:
    desk, numbers = window.desk, window.desk.official_numbers
    wrong, right = taken_in(window), taken_in(window)
    give(window, wrong, query_code="8866")
    window.clock.forward(3600)
    with pytest.raises(InputProblem, match=r"bridge\.number_given"):
        give(window, right)
    assert desk.cases.case(wrong).entry_stands
    numbers.take_back(wrong, f"  {WHY}\n")
    view = desk.cases.case(wrong)
    assert (view.case.status, view.case.acceptance_no, view.case.query_code) == (CaseStatus.RECEIVED, "", "")
    assert not (view.by_hand or view.entry_stands or view.notable)
    # the law clock that runs from the papers' receipt is there again (I12)
    assert ClockKind.CORRECTION in {one.clock.kind for one in view.clocks}
    first, anew = view.outbox
    assert (first.state, anew.state, anew.revision, view.case.revision) == (
        SendingState.CANCELLED,
        SendingState.PAUSED,
        2,
        2,
    )
    assert (anew.reason_key, anew.return_state, anew.frozen_at) == (PERHAPS_ENTERED, SendingState.QUEUED, None)
    decided, taken = view.events[-2:]
    assert (decided.kind, decided.detail["decision"]) == ("decision", "not_entered")
    assert (taken.kind, taken.actor, taken.at) == ("not_entered", CLERK, window.clock.now())
    assert (taken.from_status, taken.to_status) == (CaseStatus.SUBMITTED, CaseStatus.RECEIVED)
    assert taken.detail == {"number": NUMBER, "query_code": "8866", "revision": "2", "reason": WHY}
    # I7: no notice without a number
    assert [one.printable for one in view.papers] == [True, False]
    with pytest.raises(InputProblem, match=r"printing\.no_acceptance_number"):
        desk.printing.print(wrong, PaperKind.ACCEPTANCE_NOTICE)
    # both are to be entered; of the one it says to look first, and not that it is a correction
    waits = {one.case_id: one for one in desk.bridge.waiting().cases}
    assert waits.keys() == {wrong, right}
    put_back = waits[wrong]
    assert not put_back.again
    assert put_back.look_first is not None
    assert put_back.look_first.key == "bridge.look_first.not_entered"
    assert not desk.bridge.waiting().restored
    (todo,) = [todo for todo in desk.cases.today().todos if todo.kind is TodoKind.BY_HAND]
    assert todo.sentence.params == {"count": 2}
    assert view.sending is not None
    assert {row.line.case_id: row.state.key for row in desk.cases.find("")}[wrong] == "bridge.state.to_enter"
    assert view.sending.key == "bridge.state.to_enter"
    assert desk.bridge.sheet(wrong).case.acceptance_no == ""
    assert desk.cases.by_number(NUMBER) is None
    give(window, right)
    assert desk.cases.by_number(NUMBER) == right
    give(window, wrong, "410421202611230099")
    view = desk.cases.case(wrong)
    assert (view.case.status, view.case.acceptance_no) == (CaseStatus.SUBMITTED, "410421202611230099")
    assert (view.by_hand, view.entry_stands) == (True, True)
    assert window.store.read(entries_begun) == {}
    assert desk.bridge.waiting().count == 0
    assert desk.audit.check().broken_at is None


def test_where_the_list_could_not_keep_all_that_was_known_by_number_a_new_one_is_asked_for(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case whose number it was may be one of those the list left out."""
    monkeypatch.setattr(missing, "MOST", 1)
    numbers, case_id = window.desk.official_numbers, taken_in(window)

    def wanted_after(act: Callable[[], object]) -> bool:
        def told(transaction: Transaction) -> None:
            missing.put_missing(transaction, [missing.MissingEntry("its-own-name", acceptance_no="elsewhere")])
            put_reconciled(transaction, Reconciled(window.clock.now(), 0, 0, 0))

        window.store.write(told).result()
        act()
        reconciled = window.store.read(last_reconciled)
        assert reconciled is not None
        wanted = window.store.read(missing.is_wanted)
        assert (reconciled.newest_receipt < 0) is wanted
        return wanted

    assert not wanted_after(lambda: give(window, case_id)), "nothing had this number before"
    assert wanted_after(lambda: numbers.correct(case_id, NumberGiven("410421202611230098"), "抄错了"))
    assert wanted_after(lambda: numbers.take_back(case_id, WHY))


def test_a_reason_is_asked_for(window: Window) -> None:
    case_id = taken_in(window)
    give(window, case_id)
    for reason, key in ((" \u3000", "life.reason_empty"), ("错" * 501, "life.reason_long")):
        problem = refused(window, case_id, reason)
        assert (problem.key, problem.field) == (key, "reason")


def test_what_does_not_stand_on_an_entry_is_refused(window: Window) -> None:
    case_id = taken_in(window)
    assert refused(window, case_id).key == "bridge.not_called_entered"
    give(window, case_id)
    window.desk.official_numbers.take_back(case_id, WHY)
    assert refused(window, case_id).key == "bridge.not_called_entered"  # pressed twice
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.official_numbers.take_back("nobody", WHY)


@pytest.mark.parametrize("change", [CaseChange.ACCEPTED, CaseChange.CORRECTION_ASKED, CaseChange.RESULT_READY])
def test_what_the_system_went_on_with_is_told_how_it_is_set_right(window: Window, change: CaseChange) -> None:
    numbers, case_id = window.desk.official_numbers, taken_in(window)
    give(window, case_id)
    numbers.note(case_id, change, "看的是另一件")
    assert not window.desk.cases.case(case_id).entry_stands
    problem = refused(window, case_id)
    assert problem.key == "bridge.went_on"
    assert "更正办件编号" in messages().of(problem)


def test_what_the_system_says_in_a_code_nobody_knows_is_a_word_about_the_case_too(window: Window) -> None:
    case_id = taken_in(window)
    give(window, case_id)
    told = CaseEvent(case_id, window.clock.now(), SYSTEM, "change", detail={"change": "unheard_of", "sequence": "7"})
    window.store.write(lambda transaction: transaction.append_event(told)).result()
    assert not window.desk.cases.case(case_id).entry_stands
    assert refused(window, case_id).key == "bridge.went_on"


def test_a_closed_case_stays_closed(window: Window) -> None:
    case_id = taken_in(window)
    give(window, case_id)
    window.desk.changes.withdraw(case_id, "不办了")
    assert not window.desk.cases.case(case_id).entry_stands
    assert refused(window, case_id).key == "bridge.went_on"


def test_what_was_handed_over_before_stands_there_again(window: Window) -> None:
    case_id = taken_in(window)

    def carried(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), status=CaseStatus.HANDED_OVER))

    window.store.write(carried).result()
    give(window, case_id)
    window.desk.official_numbers.take_back(case_id, WHY)
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.HANDED_OVER
    assert (view.events[-1].from_status, view.events[-1].to_status) == (CaseStatus.SUBMITTED, CaseStatus.HANDED_OVER)


def corrected(window: Window, number: str, code: str = "") -> str:
    """Entered as 1001, corrected, and the correction called entered with that number."""
    numbers, case_id = window.desk.official_numbers, taken_in(window)
    give(window, case_id, "1001", "66")
    numbers.note(case_id, CaseChange.CORRECTION_ASKED, "请补照片")
    window.desk.sending.mend(case_id)
    give(window, case_id, number, code)
    return case_id


@pytest.mark.parametrize(("number", "code"), [("1001", ""), ("1001", "77"), ("2002", ""), ("2002", "77")])
def test_of_a_correction_the_number_it_had_before_stays(window: Window, number: str, code: str) -> None:
    case_id = corrected(window, number, code)
    window.desk.official_numbers.take_back(case_id, WHY)
    view = window.desk.cases.case(case_id)
    assert (view.case.status, view.case.acceptance_no, view.case.query_code) == (CaseStatus.RECEIVED, "1001", "66")
    assert (view.outbox[-1].state, view.outbox[-1].reason_key) == (SendingState.PAUSED, ENTERED_BY_HAND)
    assert view.by_hand  # the first revision is there
    (waits,) = window.desk.bridge.waiting().cases
    assert (waits.case_id, waits.again) == (case_id, True)
    assert view.events[-1].detail["number"] == number


def test_a_number_that_was_put_right_after_the_correction_stays_right(window: Window) -> None:
    case_id = corrected(window, "1001")
    window.desk.official_numbers.correct(case_id, NumberGiven("1003"), "抄错一位")
    window.desk.official_numbers.take_back(case_id, WHY)
    case = window.desk.cases.case(case_id).case
    assert (case.acceptance_no, case.query_code) == ("1003", "66")


def test_put_back_twice_nothing_of_it_reads_as_a_correction(window: Window) -> None:
    case_id = taken_in(window)
    for _ in range(2):
        give(window, case_id)
        window.desk.official_numbers.take_back(case_id, WHY)
    (waits,) = window.desk.bridge.waiting().cases
    assert not waits.again
    assert [row.revision for row in window.desk.cases.case(case_id).outbox] == [1, 2, 3]


def test_it_can_be_begun_again_and_given_up_like_any_that_waits(window: Window) -> None:
    desk, case_id = window.desk, taken_in(window)
    give(window, case_id)
    desk.official_numbers.take_back(case_id, WHY)
    assert not desk.bridge.sheet(case_id).begun
    desk.bridge.begin(case_id)
    entry = desk.bridge.sheet(case_id)
    assert entry.begun
    assert entry.look_first is not None
    assert entry.look_first.key == "bridge.look_first.begun"
    desk.changes.void(case_id, "收错了")
    assert desk.cases.case(case_id).case.status is CaseStatus.VOID
    assert desk.bridge.waiting().count == 0


def test_the_months_report_takes_nothing_from_whoever_put_it_back(window: Window) -> None:
    """Who entered a case and who put it back may be two, and the months too: each line counts what was done."""
    wrong, right = taken_in(window), taken_in(window)
    give(window, wrong)
    window.desk.close()
    after = open_window(window.folder, key=window.key, clock=window.clock, clerk="李文书", station=BY_HAND)
    try:
        give(after, right, "2002")
        after.desk.official_numbers.take_back(wrong, WHY)
        (text,) = [squeezed(page) for page in page_texts(after.desk.audit.monthly_report(2026, 11))]
    finally:
        after.desk.close()
    columns = text[text.index("事情") :]
    shown = ("—", "1") if columns.index(CLERK) < columns.index("李文书") else ("1", "—")
    assert "手工录入受理系统112" in text
    assert f"其实没有录入{''.join(shown)}1" in text, "and how often by all"


@pytest.fixture
def switched(tmp_path: Path) -> Iterator[tuple[Window, str]]:
    """A case that the interface sent and that was accepted as N1 with the code 66; then the county went over to
    entering by hand, and a correction was asked for."""
    first = open_window(tmp_path / "sent")
    case_id = taken_in(first)
    put_state(first, case_id, state=SendingState.SENT, frozen_at=first.clock.now(), receipt="{}")

    def accepted(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        now = first.clock.now()
        transaction.put_case(
            replace(
                case,
                status=CaseStatus.RETURNED,
                acceptance_no="N1",
                query_code="66",
                accepted_at=now,
                accepting_organ="县医保局",
            )
        )

    first.store.write(accepted).result()
    first.desk.close()
    window = open_window(tmp_path / "sent", key=first.key, clock=first.clock, station=BY_HAND)
    window.desk.sending.mend(case_id)
    yield window, case_id
    window.desk.close()


@pytest.mark.parametrize("entered_as", ["N1", "N2"])
def test_i7_no_typed_number_stays_on_a_case_of_the_interface(switched: tuple[Window, str], entered_as: str) -> None:
    """Called entered and put right to N3, which is another case's: the notice is printed with N1, and N3 is free."""
    window, case_id = switched
    desk, other = window.desk, taken_in(window)
    give(window, case_id, entered_as)
    desk.official_numbers.correct(case_id, NumberGiven("N3", "77"), "抄错一位")
    assert desk.cases.case(case_id).entry_corrects
    desk.official_numbers.take_back(case_id, WHY)
    view = desk.cases.case(case_id)
    assert (view.case.acceptance_no, view.case.query_code, view.by_hand) == ("N1", "66", False)
    assert not view.entry_corrects
    assert [one.printable for one in view.papers] == [True, True]
    assert view.events[-1].detail["left"] == "N1"
    give(window, other, "N3")


def test_a_code_that_only_a_later_correction_brought_goes_with_it(switched: tuple[Window, str]) -> None:
    window, case_id = switched
    no_code = replace(window.desk.cases.case(case_id).case, query_code="")
    window.store.write(lambda transaction: transaction.put_case(no_code)).result()
    give(window, case_id, "N2")
    window.desk.official_numbers.correct(case_id, NumberGiven("N2", "77"), "补上查询码")
    window.desk.official_numbers.take_back(case_id, WHY)
    case = window.desk.cases.case(case_id).case
    assert (case.acceptance_no, case.query_code) == ("N1", "")


def test_a_wrong_number_that_was_put_right_with_the_correction_goes_with_it(window: Window) -> None:
    """By hand as well: it was never the number of the first revision."""
    case_id = corrected(window, "2002")
    window.desk.official_numbers.correct(case_id, NumberGiven("2003", "88"), "抄错一位")
    assert window.desk.cases.case(case_id).entry_corrects
    window.desk.official_numbers.take_back(case_id, WHY)
    case = window.desk.cases.case(case_id).case
    assert (case.acceptance_no, case.query_code) == ("1001", "66")


def test_a_code_that_was_put_right_after_the_correction_stays_right(window: Window) -> None:
    case_id = corrected(window, "1001", "77")
    window.desk.official_numbers.correct(case_id, NumberGiven("1001", "88"), "查询码抄错")
    window.desk.official_numbers.take_back(case_id, WHY)
    case = window.desk.cases.case(case_id).case
    assert (case.acceptance_no, case.query_code) == ("1001", "88")


def entered_by_an_earlier_program(window: Window, case_id: str, number: str, code: str) -> None:
    """It noted the number that was there, and not the code."""

    def work(transaction: Transaction) -> None:
        case, now = transaction.case(case_id), window.clock.now()
        last = transaction.outbox_of_case(case_id)[-1]
        decisions.enter_by_hand(transaction, last.action_id, CLERK, now)
        status, kept = CaseStatus.SUBMITTED, code or case.query_code
        transaction.put_case(replace(case, status=status, acceptance_no=number, query_code=kept))
        detail = {"number": number, "before": case.acceptance_no, "revision": str(case.revision)}
        detail |= {"query_code": code} if code else {}
        transaction.append_event(CaseEvent(case_id, now, CLERK, "number_entered", case.status, status, detail))

    window.store.write(work).result()


@pytest.mark.parametrize(("code", "left"), [("", "66"), ("77", "")])
def test_an_entry_of_an_earlier_program_leaves_the_code_it_did_not_touch(
    switched: tuple[Window, str], code: str, left: str
) -> None:
    window, case_id = switched
    entered_by_an_earlier_program(window, case_id, "N2", code)
    window.desk.official_numbers.take_back(case_id, WHY)
    case = window.desk.cases.case(case_id).case
    assert (case.acceptance_no, case.query_code) == ("N1", left)


def test_what_the_interface_sent_is_corrected_also_before_it_had_a_number(switched: tuple[Window, str]) -> None:
    window, case_id = switched
    none = replace(window.desk.cases.case(case_id).case, acceptance_no="", query_code="", accepted_at=None)
    window.store.write(lambda transaction: transaction.put_case(none)).result()
    give(window, case_id, "N2", "77")
    assert window.desk.cases.case(case_id).entry_corrects
    window.desk.official_numbers.take_back(case_id, WHY)
    view = window.desk.cases.case(case_id)
    assert (view.case.acceptance_no, view.case.query_code) == ("", "")
    assert [one.printable for one in view.papers] == [True, False]


def test_what_is_entered_the_first_time_corrects_nothing(window: Window) -> None:
    case_id = taken_in(window)
    give(window, case_id)
    assert not window.desk.cases.case(case_id).entry_corrects


@pytest.mark.parametrize("taken_back", [True, False])
def test_a_held_correction_that_is_given_up_does_not_read_as_entered(window: Window, taken_back: bool) -> None:
    """Nor does one that the program held back as it was sent, before anybody called it entered."""
    numbers, desk = window.desk.official_numbers, window.desk
    case_id = corrected(window, "1001") if taken_back else taken_in(window)
    if taken_back:
        numbers.take_back(case_id, WHY)
    else:
        give(window, case_id)
        numbers.note(case_id, CaseChange.CORRECTION_ASKED, "请补照片")
        desk.sending.mend(case_id)
        put_state(
            window, case_id, state=SendingState.PAUSED, return_state=SendingState.QUEUED, reason_key=ENTERED_BY_HAND
        )
    desk.changes.withdraw(case_id, "不办了")
    view = desk.cases.case(case_id)
    last = view.outbox[-1]
    assert (view.case.status, last.state, last.reason_key) == (CaseStatus.WITHDRAWN, SendingState.CANCELLED, "")
    assert view.by_hand, "the first revision is there"
    assert not view.entry_stands
