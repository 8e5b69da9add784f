"""An item moves from proxy handling to the acceptance system: nothing is sent twice, none is lost, and the first day
takes it back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.carried import carried, change, entry_for, there, to_system
from tests.desk.counter import PROXY_ITEM, Window, open_window, taken_in
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.desk.item_views import LocalChoice
from villagedesk.desk.move_matching import Likeness
from villagedesk.desk.move_views import Decision, MoveCase, Outcome
from villagedesk.desk.views import TodoKind
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.evaluation import Level, Stage
from villagedesk.domain.mode_move import ModeMove, Way
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState, goes_by_hand
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.sync.rows import advance
from villagedesk.sync.table import Event

NUMBER = "41042120261123000017"


@contextmanager
def a_window() -> Iterator[Window]:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        window = open_window(Path(folder) / "data")
        try:
            yield window
        finally:
            window.desk.close()


def case_of(window: Window, case_id: str) -> Case:
    return window.store.read(lambda snapshot: snapshot.case(case_id))


def rows_of(window: Window, case_id: str) -> list[OutboxRow]:
    return list(window.store.read(lambda snapshot: snapshot.outbox_of_case(case_id)))


def offered(window: Window, case_id: str) -> MoveCase:
    return next(one for one in window.desk.mode_moves.view().cases if one.case_id == case_id)


def do(window: Window, case_id: str, way: Way, **values: object) -> Outcome:
    return window.desk.mode_moves.carry_out([Decision(case_id, way, **values)])  # type: ignore[arg-type]


def refused(outcome: Outcome) -> str:
    (one,) = outcome.refused
    return one.why.key


def goes_out(window: Window, case_id: str) -> None:
    """The runner's turn: the bytes are frozen."""
    (row,) = rows_of(window, case_id)

    def work(transaction: Transaction) -> None:
        transaction.update_outbox(advance(row, Event.TURN, window.clock.now()))

    window.store.write(work).result()


def events_of(window: Window, case_id: str) -> list[str]:
    return [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]


def test_a_mode_changes_at_midnight_in_shanghai_without_a_restart(window: Window) -> None:
    items, today = window.desk.items, window.desk.items.today()
    coming = ModeMove(HandlingMode.SYSTEM, today + timedelta(days=1))
    items.choose(PROXY_ITEM, LocalChoice(move=coming))
    assert items.get(PROXY_ITEM).mode is HandlingMode.PROXY
    assert items.choice(PROXY_ITEM).to_come(today) is not None
    local = window.clock.now().astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    window.clock.forward((midnight - local).total_seconds() - 1)
    assert items.get(PROXY_ITEM).mode is HandlingMode.PROXY
    window.clock.forward(1)
    assert items.get(PROXY_ITEM).mode is HandlingMode.SYSTEM
    assert items.choice(PROXY_ITEM).mode is HandlingMode.SYSTEM
    assert items.choice(PROXY_ITEM).to_come(items.today()) is None
    again = window.reopened()
    assert again.desk.items.get(PROXY_ITEM).mode is HandlingMode.SYSTEM
    assert Deed.MODE_MOVED in [entry.kind for entry in again.audit_log.entries(1000)]
    again.desk.close()


def test_a_planned_change_is_kept_by_other_choices_and_ends_when_it_is_not_named(window: Window) -> None:
    items = window.desk.items
    items.choose(PROXY_ITEM, LocalChoice(move=ModeMove(HandlingMode.SYSTEM, date(2030, 1, 1))))
    planned = items.choice(PROXY_ITEM).move
    items.turn_favourite(PROXY_ITEM)
    assert items.choice(PROXY_ITEM).move == planned is not None
    items.choose(PROXY_ITEM, LocalChoice())
    assert items.choice(PROXY_ITEM).move is None
    with pytest.raises(InputProblem, match=r"items\.day_past"):
        items.choose(PROXY_ITEM, LocalChoice(move=ModeMove(HandlingMode.SYSTEM, date(2020, 1, 1))))


def test_open_cases_are_offered_and_go_into_the_queue_once(window: Window) -> None:
    case_ids = carried(window, 3)
    change(window, case_ids[1], status=CaseStatus.HANDED_OVER)
    assert not window.desk.mode_moves.view().cases
    to_system(window)
    (todo,) = [todo for todo in window.desk.cases.today().todos if todo.kind is TodoKind.MOVE]
    assert todo.sentence.params["count"] == 3
    view = window.desk.mode_moves.view()
    assert [one.proposed for one in view.cases] == [Way.ENTER] * 3 and view.open == 3
    outcome = window.desk.mode_moves.carry_out([Decision(one, Way.ENTER) for one in case_ids[:2]])
    assert (outcome.entered, outcome.refused) == (2, ())
    for case_id, status in zip(case_ids[:2], (CaseStatus.RECEIVED, CaseStatus.HANDED_OVER), strict=True):
        case, (row,) = case_of(window, case_id), rows_of(window, case_id)
        assert (case.mode, case.status, row.state) == (HandlingMode.SYSTEM, status, SendingState.QUEUED)
        told = RevisionPayload.model_validate_json(row.payload)
        assert (told.case_id, told.revision, len(told.manifest) > 0) == (case_id, 1, True)
        assert "moved_to_system" in events_of(window, case_id)
    assert refused(do(window, case_ids[0], Way.ENTER)) == "mode_move.not_open"
    assert len(rows_of(window, case_ids[0])) == 1
    assert do(window, case_ids[2], Way.STAY).stays == 1
    assert all(todo.kind is not TodoKind.MOVE for todo in window.desk.cases.today().todos)
    (left,) = window.desk.mode_moves.view().cases
    assert left.stays and left.proposed is None and case_of(window, case_ids[2]).mode is HandlingMode.PROXY


def test_what_is_missing_keeps_a_case_out_until_it_is_put_in(window: Window) -> None:
    (case_id,) = carried(window, 1)
    case = case_of(window, case_id)

    def work(transaction: Transaction) -> None:
        kept = [page for page in transaction.pages(case_id) if page.requirement_id != "id_card"]
        transaction.replace_pages(case_id, kept)
        materials = tuple(one for one in case.materials if one.requirement_id != "id_card")
        transaction.put_case(replace(case, applicant=replace(case.applicant, phone=""), materials=materials))

    window.store.write(work).result()
    to_system(window)
    one = offered(window, case_id)
    assert one.proposed is None and [said.key for said in one.missing] == ["intake.missing.pages"]
    assert refused(do(window, case_id, Way.ENTER)) == "intake.not_ready"
    draft = window.desk.intake.correct(case_id)
    assert draft.correction is not None and draft.correction.completes
    assert refused(do(window, case_id, Way.ENTER)) == "mode_move.begun"
    window.desk.intake.type(case_id, {"phone": "13900009999"}, 2)
    for _ in range(2):
        proposal = window.desk.scanning.capture(case_id, "id_card")
        window.desk.scanning.keep(proposal.proposal_id)
    window.desk.intake.send_corrected(case_id)
    assert rows_of(window, case_id) == [] and case_of(window, case_id).mode is HandlingMode.PROXY
    one = offered(window, case_id)
    assert one.missing == () and one.proposed is Way.ENTER
    assert do(window, case_id, Way.ENTER).entered == 1
    told = RevisionPayload.model_validate_json(rows_of(window, case_id)[0].payload)
    assert told.applicant.phone == "13900009999"


def test_no_carried_case_is_opened_so_while_its_item_is_carried(window: Window) -> None:
    (case_id,) = carried(window, 1)
    with pytest.raises(InputProblem, match=r"cannot_mend"):
        window.desk.intake.correct(case_id)


def test_what_the_township_has_entered_is_bound_and_never_sent(window: Window) -> None:
    case_ids = carried(window, 2)
    change(window, case_ids[0], status=CaseStatus.HANDED_OVER, township_no=NUMBER)
    case = case_of(window, case_ids[0])
    there(window, entry_for(case, NUMBER))
    to_system(window)
    one = offered(window, case_ids[0])
    assert one.match is not None and one.match.likeness is Likeness.SAME and one.proposed is Way.BIND
    assert refused(do(window, case_ids[0], Way.ENTER)) == "mode_move.perhaps_entered"
    assert do(window, case_ids[0], Way.BIND).bound == 1
    case, rows = case_of(window, case_ids[0]), rows_of(window, case_ids[0])
    assert (case.acceptance_no, case.status, case.mode) == (NUMBER, CaseStatus.SUBMITTED, HandlingMode.SYSTEM)
    assert goes_by_hand(rows) and [row.state for row in rows] == [SendingState.CANCELLED]
    assert window.store.read(lambda snapshot: snapshot.settled_keys()) == []
    change(window, case_ids[0], status=CaseStatus.CONCLUDED)
    window.desk.changes.deliver(case_ids[0], "本人")
    assert [row.operation for row in rows_of(window, case_ids[0])] == [Operation.SUBMIT]
    assert refused(do(window, case_ids[1], Way.BIND, number=NUMBER)) == "bridge.number_given"


def test_a_number_of_another_person_is_told_and_binds_nothing(window: Window) -> None:
    first, second = carried(window, 2)
    change(window, first, township_no=NUMBER)
    there(window, entry_for(case_of(window, second), NUMBER, document_number=""))
    to_system(window)
    assert refused(do(window, first, Way.BIND, number=NUMBER, looked_again=True)) == "mode_move.other_person"
    there(window, entry_for(case_of(window, second), NUMBER))
    one = offered(window, first)
    assert one.match is not None and one.match.likeness is Likeness.OTHER and one.proposed is None
    for looked in (False, True):
        assert refused(do(window, first, Way.BIND, number=NUMBER, looked_again=looked)) == "mode_move.other_person"
    assert refused(do(window, first, Way.ENTER)) == "mode_move.perhaps_entered"
    assert (rows_of(window, first), case_of(window, first).acceptance_no) == ([], "")
    # of the second the system has a case under a number nobody told here
    assert offered(window, second).match == replace(
        one.match, likeness=Likeness.PERSON, name=case_of(window, second).applicant.name
    )
    assert refused(do(window, second, Way.ENTER)) == "mode_move.perhaps_entered"
    assert do(window, second, Way.ENTER, is_another=True).entered == 1


def test_what_the_system_calls_by_another_name_is_asked_about_and_not_sent_by_itself(window: Window) -> None:
    (case_id,) = carried(window, 1)
    entry = replace(entry_for(case_of(window, case_id), NUMBER), item_name="老年人优待证（新）")
    there(window, entry)
    to_system(window)
    one = offered(window, case_id)
    assert one.match is not None and (one.match.likeness, one.match.number) == (Likeness.PERSON, "")
    assert one.match.item_name == "老年人优待证（新）" and one.proposed is None
    assert refused(do(window, case_id, Way.ENTER)) == "mode_move.perhaps_entered" and rows_of(window, case_id) == []
    assert do(window, case_id, Way.BIND, number=NUMBER).bound == 1


def test_a_system_that_keeps_the_document_to_itself_is_matched_by_name_and_looked_at(window: Window) -> None:
    (case_id,) = carried(window, 1)
    there(window, entry_for(case_of(window, case_id), NUMBER, document_number=""))
    change(window, case_id, township_no=NUMBER)
    to_system(window)
    one = offered(window, case_id)
    assert one.match is not None and not one.match.sure and one.proposed is None
    assert do(window, case_id, Way.BIND).bound == 1


def test_what_the_township_is_doing_already_is_bound_or_stays(window: Window) -> None:
    told, untold = carried(window, 2)
    change(window, told, status=CaseStatus.IN_PROCESS, township_no=NUMBER)
    change(window, untold, status=CaseStatus.ACCEPTED)
    to_system(window)
    assert [(offered(window, one).proposed, offered(window, one).ways) for one in (told, untold)] == [
        (Way.BIND, (Way.BIND, Way.STAY)),
        (Way.STAY, (Way.BIND, Way.STAY)),
    ]
    assert refused(do(window, told, Way.ENTER)) == "mode_move.beyond"
    assert do(window, told, Way.BIND).bound == 1
    assert case_of(window, told).status is CaseStatus.IN_PROCESS


def test_the_first_day_takes_back_what_has_not_left(window: Window) -> None:
    queued, gone, bound, stays, untouched = carried(window, 5)
    change(window, queued, status=CaseStatus.HANDED_OVER)
    to_system(window)
    for case_id in (queued, gone):
        assert do(window, case_id, Way.ENTER).entered == 1
    assert do(window, bound, Way.BIND, number=NUMBER).bound == 1
    do(window, stays, Way.STAY)
    goes_out(window, gone)
    undone = window.desk.mode_moves.undo(PROXY_ITEM)
    assert undone.back == 2 and [left.split()[1] for left in undone.left] == [case_of(window, gone).local_no]
    assert window.desk.items.get(PROXY_ITEM).mode is HandlingMode.PROXY
    case = case_of(window, queued)
    assert (case.mode, case.status) == (HandlingMode.PROXY, CaseStatus.HANDED_OVER)
    case = case_of(window, bound)
    assert (case.mode, case.status, case.acceptance_no) == (HandlingMode.PROXY, CaseStatus.RECEIVED, "")
    assert not goes_by_hand(rows_of(window, bound))
    assert case_of(window, gone).mode is HandlingMode.SYSTEM
    for case_id in (queued, bound):  # nothing reminds of it, and nothing offers to send it
        view = window.desk.cases.case(case_id)
        assert view.sending is None and view.snag is None and "moved_back" in events_of(window, case_id)
    line = next(row for row in window.desk.cases.find("") if row.line.case_id == queued)
    assert line.line.sending_state == ""
    # and once more, for good
    to_system(window)
    assert {one.case_id for one in window.desk.mode_moves.view().cases} == {queued, bound, stays, untouched}
    assert do(window, queued, Way.ENTER).entered == 1
    assert [(row.revision, row.state) for row in rows_of(window, queued)] == [
        (1, SendingState.CANCELLED),
        (2, SendingState.QUEUED),
    ]


def test_what_the_villager_said_since_stays_here_and_goes_nowhere(window: Window) -> None:
    (case_id,) = carried(window, 1)
    to_system(window)
    do(window, case_id, Way.ENTER)
    window.desk.evaluations.record(case_id, Stage.INTAKE, Level.GOOD)
    assert window.desk.mode_moves.undo(PROXY_ITEM).back == 1
    assert {row.state for row in rows_of(window, case_id)} == {SendingState.CANCELLED}
    assert len(window.store.read(lambda snapshot: snapshot.evaluations(case_id))) == 1


def test_after_midnight_nothing_is_taken_back(window: Window) -> None:
    (case_id,) = carried(window, 1)
    to_system(window)
    do(window, case_id, Way.ENTER)
    window.clock.forward(86_400)
    assert not window.desk.mode_moves.view().items
    with pytest.raises(InputProblem, match=r"mode_move\.nothing_to_undo"):
        window.desk.mode_moves.undo(PROXY_ITEM)
    assert case_of(window, case_id).mode is HandlingMode.SYSTEM


def test_what_is_taken_in_after_the_move_goes_by_itself_and_is_not_offered(window: Window) -> None:
    to_system(window)
    taken_in(window, PROXY_ITEM)
    assert not window.desk.mode_moves.view().cases


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("enter", "another", "bind", "bind_typed", "stay", "send", "undo", "move", "told", "there")),
        st.integers(0, 3),
    ),
    max_size=14,
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=STEPS,
    known=st.lists(st.sampled_from(("", "told", "there", "other")), min_size=4, max_size=4),
)
def test_nothing_goes_twice_and_none_is_lost_whatever_the_clerk_does(
    steps: list[tuple[str, int]], known: list[str]
) -> None:
    with a_window() as window:
        case_ids = carried(window, 4)
        entered_there: dict[str, str] = {}
        entries = []
        for place, (case_id, what) in enumerate(zip(case_ids, known, strict=True)):
            number = f"{NUMBER}{place}"
            if what:
                change(window, case_id, township_no=number)
            if what == "there":
                entries.append(entry_for(case_of(window, case_id), number))
                entered_there[case_id] = number
            if what == "other":
                entries.append(entry_for(case_of(window, case_id), number, document_number="410422194001019999"))
        there(window, *entries)
        to_system(window)
        sent: set[str] = set()
        said_another: set[str] = set()
        for step, place in steps:
            case_id = case_ids[place]
            if step == "enter":
                do(window, case_id, Way.ENTER)
            elif step == "another":
                if do(window, case_id, Way.ENTER, is_another=True).entered:
                    said_another.add(case_id)
            elif step == "bind":
                do(window, case_id, Way.BIND)
            elif step == "bind_typed":
                do(window, case_id, Way.BIND, number=f"{NUMBER}9{place}", looked_again=True)
            elif step == "stay":
                do(window, case_id, Way.STAY)
            elif step == "send":
                live = [row for row in rows_of(window, case_id) if row.state is SendingState.QUEUED]
                for row in live:
                    window.store.write(
                        lambda tx, row=row: tx.update_outbox(advance(row, Event.TURN, window.clock.now()))  # type: ignore[misc]
                    ).result()
                    sent.add(case_id)
            elif step == "undo":
                try:
                    window.desk.mode_moves.undo(PROXY_ITEM)
                except InputProblem:
                    assert window.desk.items.get(PROXY_ITEM).mode is HandlingMode.PROXY
            elif window.desk.items.get(PROXY_ITEM).mode is HandlingMode.PROXY:
                to_system(window)
            check(window, case_ids, sent)
        offered_now = {one.case_id for one in window.desk.mode_moves.view().cases}
        for case_id in case_ids:
            case, rows = case_of(window, case_id), rows_of(window, case_id)
            live = [row for row in rows if row.state is not SendingState.CANCELLED]
            # what the township has entered goes out only where the clerk said that it is another matter
            assert not (live and case_id in entered_there and case_id not in said_another)
            if case.mode is HandlingMode.PROXY and window.desk.items.get(PROXY_ITEM).mode is HandlingMode.SYSTEM:
                assert case_id in offered_now


def check(window: Window, case_ids: list[str], sent: set[str]) -> None:
    """At each moment: of each case one submission at most that is or may be at the server, and each either carried,
    on its way, or bound."""
    numbers = []
    for case_id in case_ids:
        case, rows = case_of(window, case_id), rows_of(window, case_id)
        live = [row for row in rows if row.state is not SendingState.CANCELLED]
        assert len(live) <= 1
        if case_id in sent:
            assert len(live) == 1 and case.mode is HandlingMode.SYSTEM
        if case.mode is HandlingMode.PROXY:
            assert not live and not goes_by_hand(rows) and case.acceptance_no == ""
            assert case.status in (CaseStatus.RECEIVED, CaseStatus.HANDED_OVER)
        else:
            assert bool(live) != goes_by_hand(rows)
            assert bool(case.acceptance_no) == goes_by_hand(rows)
        numbers += [case.acceptance_no] if case.acceptance_no else []
        said = [event.detail["action_id"] for event in events(window, case_id) if event.kind == "decision"]
        assert {row.action_id for row in rows if row.state is SendingState.CANCELLED} <= {*said}
    assert len(numbers) == len({*numbers})


def events(window: Window, case_id: str) -> Sequence[CaseEvent]:
    return window.store.read(lambda snapshot: snapshot.events(case_id))
