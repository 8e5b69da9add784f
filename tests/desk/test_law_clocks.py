"""The clocks in words, and the first screen: what is due comes first, whatever waits is told, more is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.desk.counter import NAME, PROXY_ITEM, Window, ready_draft, taken_in
from tests.desk.test_case_changes import RECEIPT, change_case, promising, sent
from tests.desk.test_cases import put_state
from tests.desk.test_sending import ask_correction
from tests.domain.catalogue_of_messages import messages
from tests.store.bulk import fill
from tests.store.fixtures import OpenedStore
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.views import Sentence, Todo, TodoKind
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode

DAY = 24 * 3600


def read(sentence: Sentence) -> str:
    """The sentence as the screen has it."""
    params = {name: read(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()}
    return messages().text(sentence.key, **params)


def told(window: Window, case_id: str) -> list[tuple[str, str]]:
    return [(read(view.sentence), view.sentence.tone) for view in window.desk.clocks.of_case(case_id)]


def todos(window: Window, kind: TodoKind) -> list[Todo]:
    return [todo for todo in window.desk.cases.today().todos if todo.kind is kind]


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        # taken in on Monday, 23 November 2026
        (0, "还剩 5 个工作日（到11月30日）", "time"),
        (3, "还剩 2 个工作日（到11月30日）", "warn"),
        (7, "今天到期", "bad"),
        (8, "已超 1 个工作日", "bad"),
    ],
)
def test_the_correction_counts_down_in_words_though_nothing_was_sent(
    window: Window, days: int, words: str, tone: str
) -> None:
    """Invariant I12, on the screen."""
    case_id = taken_in(window)
    window.clock.forward(days * DAY)
    assert told(window, case_id)[0] == (f"一次告知要补什么：{words}", tone)
    assert told(window, case_id)[1][0].startswith("即办件")
    assert window.desk.cases.case(case_id).clocks == window.desk.clocks.of_case(case_id)


def test_nobody_is_told_that_a_case_counts_as_accepted() -> None:
    files = sorted(messages_folder(resources_folder()).glob("*.toml"))
    assert files
    assert [file.name for file in files if "视为受理" in file.read_text(encoding="utf-8")] == []


def test_a_pc_in_another_zone_counts_the_days_of_the_village(window: Window) -> None:
    case_id = taken_in(window)
    here = told(window, case_id)
    # 23 Nov 2026 17:00 UTC is the 24th in the village, and still the 23rd in New York
    window.clock.moment = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-5)))
    assert told(window, case_id)[0] == ("一次告知要补什么：还剩 4 个工作日（到11月30日）", "time") != here[0]


def test_a_clock_that_jumps_moves_no_last_day(window: Window) -> None:
    case_id = taken_in(window)
    view, _ = window.desk.clocks.of_case(case_id)
    for moment in (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC)):
        window.clock.moment = moment
        assert window.desk.clocks.of_case(case_id)[0].clock.due == view.clock.due


def test_a_stop_is_told_by_its_name(window: Window) -> None:
    case_id = sent(window, CaseStatus.IN_PROCESS)

    def suspend(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        stopped = replace(case, item_code="VD-MZ-002", status=CaseStatus.SUSPENDED, accepted_at=window.clock.now())
        transaction.put_case(stopped)
        now, detail = window.clock.now(), {"change": "suspended", "value.stop": "hearing"}
        transaction.append_event(
            CaseEvent(case_id, now, "acceptance_system", "change", case.status, stopped.status, detail)
        )

    window.store.write(suspend).result()
    window.clock.forward(DAY)
    assert told(window, case_id) == [("办结期限：听证期间暂停，恢复后接着算", "calm")]


def test_what_is_due_comes_first_and_everything_that_waits_is_there(window: Window) -> None:
    draft = ready_draft(window)
    result = sent(window, CaseStatus.RESULT_WAITING)
    returned = sent(window)
    ask_correction(window, returned)
    waits, _ = promising(window)
    stuck = taken_in(window)
    put_state(window, stuck, state=SendingState.REJECTED, frozen_at=window.clock.now())
    assert {todo.kind for todo in window.desk.cases.today().todos} == {
        TodoKind.DRAFT,
        TodoKind.RESULT,
        TodoKind.CORRECTION,
        TodoKind.PROMISED,
        TodoKind.TRAY,
    }
    window.clock.forward(7 * DAY)
    view = window.desk.cases.today()
    kinds = [(todo.kind, todo.case_id) for todo in view.todos]
    assert {kinds[0], kinds[1]} == {(TodoKind.DUE, waits), (TodoKind.DUE, stuck)}
    assert kinds[2] == (TodoKind.CORRECTION, returned)
    assert kinds[3:] == [
        (TodoKind.PROMISED, waits),
        (TodoKind.RESULT, result),
        (TodoKind.DRAFT, draft),
    ]
    assert view.todos[0].due == "2026-11-30"
    assert read(view.todos[0].sentence).startswith(NAME)
    assert "今天到期" in read(view.todos[0].sentence)
    assert view.more == 0
    for todo in view.todos:
        assert read(todo.sentence)
        if todo.kind is not TodoKind.DRAFT:
            assert window.desk.cases.case(todo.case_id)


def test_a_calendar_that_is_wanted_is_asked_for(window: Window) -> None:
    case_id = taken_in(window)
    assert todos(window, TodoKind.CALENDAR) == []
    window.clock.moment = datetime(2026, 11, 30, 16, tzinfo=UTC)  # 1 December in the village
    (asked,) = todos(window, TodoKind.CALENDAR)
    assert (asked.case_id, asked.sentence.params["year"], asked.sentence.tone) == ("", 2027, "calm")
    window.desk.intake.start(PROXY_ITEM)
    assert [todo.kind for todo in window.desk.cases.today().todos][-2:] == [TodoKind.DRAFT, TodoKind.CALENDAR]
    window.clock.moment = datetime(2026, 11, 25, tzinfo=UTC)
    assert todos(window, TodoKind.CALENDAR) == []
    late = replace(window.desk.cases.case(case_id).case, received_at=datetime(2026, 12, 29, tzinfo=UTC))
    change_case(window, case_id, received_at=late.received_at)
    (asked,) = todos(window, TodoKind.CALENDAR)  # as soon as a clock runs into the year
    assert asked.sentence.tone == "warn"
    assert "没有 2027 年的节假日安排" in told(window, case_id)[0][0]


def test_help_that_was_given_leaves_nothing_to_hand_over(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    change_case(window, case_id, mode=HandlingMode.GUIDED, status=CaseStatus.CONCLUDED)
    assert window.desk.cases.today().todos == ()


def test_more_than_anybody_reads_is_counted(window: Window) -> None:
    case_id = sent(window, CaseStatus.RETURNED)

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        for number in range(129):
            local_no = transaction.take_local_no(window.clock.now().date())
            transaction.put_case(replace(case, case_id=f"copy-{number}", local_no=local_no))
            transaction.append_event(CaseEvent(f"copy-{number}", window.clock.now(), "王会计", "taken_in"))

    window.store.write(work).result()
    view = window.desk.cases.today()
    assert (len(view.todos), view.more) == (50, 80)


def test_a_case_that_is_gone_is_told(window: Window) -> None:
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.clocks.of_case("nobody")
    assert window.desk.clocks.due() == ()


def test_the_worst_is_due_first(window: Window) -> None:
    early = taken_in(window)
    window.clock.forward(2 * DAY)
    late = taken_in(window)
    put_state(window, late, state=SendingState.SENT, frozen_at=window.clock.now(), receipt=RECEIPT)
    window.clock.forward(6 * DAY)  # 1 December: the first is over, the second has one day left
    assert [(one.case.case_id, one.view.sentence.tone) for one in window.desk.clocks.due()] == [
        (early, "bad"),
        (late, "warn"),
    ]


def test_a_case_due_tomorrow_is_found_among_many_that_wait_longer(window: Window) -> None:
    fill(OpenedStore(window.folder, window.key, window.store, window.vault, window.clock, b""), 300)
    case_id = sent(window, CaseStatus.ACCEPTED)
    window.store.write(
        lambda t: t.put_case(replace(t.case(case_id), accepted_at=window.clock.now(), limit_date="2026-11-24"))
    ).result()
    assert [due.case.case_id for due in window.desk.clocks.due()] == [case_id]


def test_cases_that_are_stopped_hide_none_that_are_due(window: Window) -> None:
    stopped, due = sent(window, CaseStatus.ACCEPTED), sent(window, CaseStatus.ACCEPTED)
    now = window.clock.now()

    def work(transaction: Transaction) -> None:
        for case_id, status in ((stopped, CaseStatus.SUSPENDED), (due, CaseStatus.IN_PROCESS)):
            case = replace(transaction.case(case_id), item_code="VD-MZ-002", status=status, accepted_at=now)
            transaction.put_case(case)
        detail = {"change": "suspended", "value.stop": "hearing"}
        event = CaseEvent(
            stopped, now, "acceptance_system", "change", CaseStatus.IN_PROCESS, CaseStatus.SUSPENDED, detail
        )
        transaction.append_event(event)

    window.store.write(work).result()
    window.clock.forward(35 * DAY)
    assert [one.case.case_id for one in window.desk.clocks.due()] == [due]


def test_what_is_overdue_is_counted_exactly(window: Window) -> None:
    fill(OpenedStore(window.folder, window.key, window.store, window.vault, window.clock, b""), 300)

    def work(transaction: Transaction) -> None:
        for line in transaction.case_lines(300):
            case = transaction.case(line.case_id)
            long_ago = window.clock.now() - timedelta(days=90)
            transaction.put_case(replace(case, accepted_at=long_ago, limit_date="2026-10-08"))
            transaction.append_event(CaseEvent(case.case_id, window.clock.now(), "x", "change"))

    window.store.write(work).result()
    view = window.desk.cases.today()
    assert (len(view.todos), view.more) == (50, 250)
    assert {todo.kind for todo in view.todos} == {TodoKind.DUE}


def test_a_queue_that_does_not_go_out_by_itself_is_told(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.sending.pause_all()
    (todo,) = window.desk.cases.today().todos
    assert (todo.kind, todo.sentence.key, todo.sentence.params["count"]) == (
        TodoKind.QUEUE,
        "life.todo.queue_all_paused",
        1,
    )
    window.desk.sending.resume_all()
    assert window.desk.cases.today().todos == ()
    put_state(window, case_id, state=SendingState.LOGIN, return_state=SendingState.QUEUED)
    (todo,) = window.desk.cases.today().todos
    assert (todo.sentence.key, todo.sentence.tone) == ("life.todo.queue_login", "bad")
