"""好差评 and 回访: one for each case and stage, said by the villager and changed by nobody; whoever is not satisfied is
called back in time."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.carried import carried
from tests.desk.counter import APPLICANT, NAME, PROXY_ITEM, Window, open_window, taken_in
from villagedesk.acceptance.wire import ActionPayload
from villagedesk.desk.case_changes import CaseChanges
from villagedesk.desk.evaluations import Evaluations
from villagedesk.desk.follow_up import AfterDelivery, FollowUp, FollowUpRules
from villagedesk.desk.views import TodoKind
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.evaluation import (
    CallBack,
    CallCause,
    Evaluation,
    Level,
    PoorReason,
    Stage,
    reason_parts,
    reason_text,
)
from villagedesk.domain.outbox import Operation, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.working_days import Calendar


def said(window: Window, case_id: str) -> list[Evaluation]:
    return list(window.store.read(lambda snapshot: snapshot.evaluations(case_id)))


def calls(window: Window) -> list[CallBack]:
    return [row.call_back for row in window.desk.evaluations.call_backs().rows]


def rows(window: Window, case_id: str) -> list[tuple[Operation, SendingState]]:
    found = window.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    return [(row.operation, row.state) for row in found]


def concluded(window: Window, case_id: str) -> str:
    """A carried case whose result lies here; gives its id."""
    window.desk.changes.conclude_here(case_id, "granted", "")
    return case_id


def set_rules(window: Window, **values: object) -> None:
    window.desk.evaluations.set_rules(replace(window.desk.evaluations.rules(), **values))  # type: ignore[arg-type]


def test_a_satisfied_villager_is_kept_once_and_told_to_the_acceptance_system(window: Window) -> None:
    case_id = taken_in(window)
    desk = window.desk.evaluations
    desk.record(case_id, Stage.INTAKE, Level.VERY_GOOD, (PoorReason.SLOW,), "没有用的话")
    (one,) = said(window, case_id)
    assert (one.stage, one.level, one.reason) == (Stage.INTAKE, 5, "")
    assert calls(window) == []
    submit, evaluate = window.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    told = ActionPayload.model_validate_json(evaluate.payload)
    assert (told.operation, told.values) == ("evaluate", {"stage": "intake", "level": "5"})
    with pytest.raises(InputProblem, match=r"evaluation\.not_now"):
        desk.record(case_id, Stage.INTAKE, Level.VERY_POOR)
    with pytest.raises(InputProblem, match=r"evaluation\.not_now"):
        desk.record(case_id, Stage.DELIVERY, Level.GOOD)
    view = window.desk.cases.case(case_id)
    assert view.rateable == () and view.sending is not None and submit.state is SendingState.QUEUED
    line = next(row for row in window.desk.cases.find("") if row.line.case_id == case_id)
    assert line.line.sending_state == "queued"


def test_a_carried_case_sends_nothing_and_a_poor_word_plans_a_call(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)  # on Monday, 23 November 2026
    window.desk.evaluations.record(
        case_id, Stage.INTAKE, Level.POOR, (PoorReason.TRIPS, PoorReason.SLOW), " 跑了 三趟 "
    )
    assert rows(window, case_id) == []
    (one,) = said(window, case_id)
    assert reason_parts(one.reason) == ((PoorReason.SLOW, PoorReason.TRIPS), "跑了 三趟")
    (call,) = calls(window)
    assert (call.cause, call.due_on, call.tries) == (CallCause.POOR, date(2026, 11, 24), 0)
    kinds = [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]
    assert kinds[-2:] == ["evaluated", "call_back_planned"]
    logged = window.store.read(lambda snapshot: snapshot.events(case_id))[-2]
    assert "三趟" not in str(logged.detail)


def test_a_call_that_reaches_nobody_is_tried_on_the_next_working_day(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    desk = window.desk.evaluations
    desk.record(case_id, Stage.INTAKE, Level.VERY_POOR)
    (row,) = desk.call_backs().rows
    assert row.phone == "139****9999" and row.days == 1
    assert desk.call_backs(whole=True).rows[0].phone == APPLICANT["phone"]
    window.clock.forward(4 * 86_400)  # Friday, three days too late
    view = desk.call_backs()
    assert (view.count, view.overdue, view.rows[0].days) == (1, 1, -3)
    (todo,) = [todo for todo in window.desk.cases.today().todos if todo.kind is TodoKind.CALL_BACK]
    assert (todo.sentence.tone, todo.due) == ("bad", "2026-11-24")
    name = row.call_back.call_back_id
    assert desk.not_reached(name) == date(2026, 11, 30)
    assert calls(window)[0].tries == 1
    for words, key in (("", "words_empty"), ("字" * 201, "words_long")):
        with pytest.raises(InputProblem, match=key):
            desk.done(name, words, solved=False)
    desk.done(name, "补办好了", solved=True)
    assert calls(window) == []
    kept = window.store.read(lambda snapshot: snapshot.call_back(name))
    assert (kept.outcome, kept.words, kept.tries, kept.done_at) == ("solved", "补办好了", 1, window.clock.now())
    for again in (lambda: desk.not_reached(name), lambda: desk.drop(name, "又来"), lambda: desk.not_reached("x")):
        with pytest.raises(InputProblem, match="call_gone"):
            again()
    window.desk.audit.note(Deed.LOG_CHECKED)  # looks that wait are written before it
    assert Deed.UNMASKED in [entry.kind for entry in window.audit_log.entries(100)]


def test_what_a_call_does_not_solve_is_called_about_again(window: Window) -> None:
    case_id = taken_in(window, PROXY_ITEM)
    desk = window.desk.evaluations
    desk.record(case_id, Stage.INTAKE, Level.POOR)
    (first,) = calls(window)
    window.clock.forward(86_400)
    assert desk.done(first.call_back_id, "还要等县里", solved=False) == date(2026, 11, 25)
    (second,) = calls(window)
    assert (second.cause, second.due_on, second.tries) == (CallCause.POOR, date(2026, 11, 25), 0)
    assert second.call_back_id != first.call_back_id
    kept = window.store.read(lambda snapshot: snapshot.call_back(first.call_back_id))
    assert (kept.outcome, kept.words) == ("unsolved", "还要等县里")
    assert desk.done(second.call_back_id, "办好了", solved=True) is None and calls(window) == []
    kinds = [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]
    assert kinds[-3:] == ["called_back", "call_back_planned", "called_back"]


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        (date(2039, 12, 30), 1, date(2040, 1, 2)),  # a Friday; 1 January is a Sunday
        (date(2040, 12, 31), 1, date(2041, 1, 2)),
        (date(2041, 4, 30), 2, date(2041, 5, 6)),
        (date(2041, 9, 30), 1, date(2041, 10, 4)),
    ],
)
def test_no_call_falls_on_a_holiday_of_every_year_though_no_notice_came_yet(day: date, days: int, due: date) -> None:
    assert FollowUp(lambda: Calendar({})).days_later(day, days) == due


@pytest.mark.parametrize(
    ("after", "receiver", "planned"),
    [
        (AfterDelivery.OTHERS, "儿子欧阳小", True),
        (AfterDelivery.OTHERS, NAME, False),
        (AfterDelivery.ALL, NAME, True),
        (AfterDelivery.NONE, "儿子欧阳小", False),
    ],
)
def test_results_handed_over_are_followed_as_the_village_has_set(
    window: Window, after: AfterDelivery, receiver: str, planned: bool
) -> None:
    set_rules(window, after=after, days=3)
    case_id = concluded(window, taken_in(window, PROXY_ITEM))
    window.desk.changes.deliver(case_id, receiver)
    found = calls(window)
    assert [(call.cause, call.due_on) for call in found] == ([(CallCause.DELIVERED, date(2026, 11, 26))] * planned)
    assert window.desk.cases.case(case_id).asks_to_rate
    window.desk.evaluations.decline(case_id, Stage.DELIVERY)
    view = window.desk.cases.case(case_id)
    assert not view.asks_to_rate and view.rateable == (Stage.DELIVERY,)


def test_one_in_so_many_is_followed(window: Window) -> None:
    set_rules(window, after=AfterDelivery.ONE_IN, one_in=3)
    for case_id in carried(window, 7):
        window.desk.changes.deliver(concluded(window, case_id), "谁都行")
    assert len(calls(window)) == 2


def test_rules_are_bounded_kept_and_logged(window: Window) -> None:
    for values, key in (({"days": 0}, "days"), ({"days": 31}, "days"), ({"one_in": 1}, "one_in")):
        with pytest.raises(InputProblem, match=key):
            set_rules(window, **values)
    set_rules(window, ask_reason=False)
    set_rules(window, ask_reason=False)
    assert window.desk.evaluations.rules() == FollowUpRules(ask_reason=False)
    assert [entry.kind for entry in window.audit_log.entries(100)].count(Deed.EVALUATION_SET) == 1


def test_no_method_changes_what_was_said_or_says_it_at_another_stage() -> None:
    """The desk's whole surface: one method keeps it, none takes it away or puts another in its place."""
    public = {name for name in dir(Evaluations) if not name.startswith("_")}
    assert public == {"rules", "set_rules", "record", "decline", "call_backs", "not_reached", "done", "drop"}
    assert not [name for name in dir(CaseChanges) if "evaluat" in name or "rate" in name]


def test_the_store_itself_keeps_what_was_said(window: Window) -> None:
    case_id = taken_in(window)
    first = Evaluation(case_id, Stage.INTAKE, Level.POOR, "", window.clock.now(), "王会计")
    window.store.write(lambda transaction: transaction.add_evaluation(first)).result()

    def again(transaction: Transaction) -> None:
        transaction.add_evaluation(replace(first, level=Level.VERY_GOOD))

    with pytest.raises(ValueError, match="refused"):
        window.store.write(again).result()
    assert said(window, case_id) == [first]


@given(st.lists(st.sampled_from(PoorReason), unique=True), st.text(alphabet="跑了三趟 ，。abc", max_size=20))
def test_a_reason_is_read_as_it_was_written(ticked: list[PoorReason], words: str) -> None:
    plain = " ".join(words.split())
    assert reason_parts(reason_text(ticked, plain)) == (tuple(one for one in PoorReason if one in ticked), plain)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("rate", "decline", "conclude", "deliver", "withdraw", "archive", "call")),
        st.integers(0, 1),
        st.sampled_from(Stage),
        st.sampled_from(Level),
    ),
    max_size=16,
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_one_for_each_stage_the_first_stands_and_each_poor_one_is_called(
    steps: list[tuple[str, int, Stage, Level]],
) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        window = open_window(Path(folder) / "data")
        try:
            desk, case_ids = window.desk, carried(window, 2)
            set_rules(window, after=AfterDelivery.NONE)
            stands: dict[tuple[str, Stage], Level] = {}
            for what, place, stage, level in steps:
                case_id = case_ids[place]
                status = window.store.read(lambda snapshot, one=case_id: snapshot.case(one)).status  # type: ignore[misc]
                try:
                    if what == "rate":
                        desk.evaluations.record(case_id, stage, level)
                        assert (case_id, stage) not in stands
                        handed_out = status in (CaseStatus.DELIVERED, CaseStatus.ARCHIVED)
                        assert handed_out == (stage is Stage.DELIVERY) and status is not CaseStatus.WITHDRAWN
                        stands[case_id, stage] = level
                    elif what == "decline":
                        desk.evaluations.decline(case_id, stage)
                    elif what == "conclude":
                        concluded(window, case_id)
                    elif what == "deliver":
                        desk.changes.deliver(case_id, NAME)
                    elif what == "withdraw":
                        desk.changes.withdraw(case_id, "不办了")
                    elif what == "archive":
                        desk.changes.archive(case_id)
                    else:
                        for call in calls(window)[:1]:
                            desk.evaluations.not_reached(call.call_back_id)
                except InputProblem:
                    pass
                found = [one for name in case_ids for one in said(window, name)]
                assert {(one.case_id, one.stage): one.level for one in found} == stands
                assert len(found) == len(stands)
                assert len(calls(window)) == sum(one.is_poor for one in stands.values())
        finally:
            window.desk.close()
