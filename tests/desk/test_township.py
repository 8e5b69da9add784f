"""What the township says of a carried case: noted with who said it, apart from the acceptance system's own word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.desk.counter import NAME, PROXY_ITEM, Window, taken_in
from villagedesk.desk.register_views import RegisterQuery
from villagedesk.desk.statistics_views import StatisticsQuery
from villagedesk.desk.township import Medium, TownshipSaid, tellable
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import TOWNSHIP_TOLD, CaseChange, Conclusion
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.told_change import wanted_of

SAID = TownshipSaid("下汤镇社保所 李主任", Medium.PHONE)
C = CaseChange


def carried(window: Window) -> str:
    """A case at the township."""
    case_id = taken_in(window, PROXY_ITEM)
    window.desk.changes.hand_over(case_id, "周敏")
    return case_id


def test_an_acceptance_moves_the_case_and_keeps_the_number_apart(window: Window) -> None:
    case_id = carried(window)
    said = replace(SAID, number=" 下汤 2026-18 ", limit="2026-12-20", organ="下汤镇人民政府")
    window.desk.township.note(case_id, C.ACCEPTED, said)
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.ACCEPTED and view.case.accepted_at is not None
    assert (view.case.township_no, view.case.acceptance_no) == ("下汤2026-18", "")
    assert (view.case.limit_date, view.case.accepting_organ) == ("2026-12-20", "下汤镇人民政府")
    event = view.events[-1]
    assert event.kind == TOWNSHIP_TOLD and event.actor == "王会计"
    assert event.detail["told_by"] == SAID.told_by and event.detail["medium"] == "phone"
    assert window.desk.township.last_teller() == SAID.told_by
    assert window.desk.cases.by_number("下汤2026-18") == case_id
    assert not view.outbox, "nothing is sent of it"


def test_the_townships_notice_is_printable_with_its_number_and_organ_alone(window: Window) -> None:
    case_id = carried(window)
    window.desk.township.note(case_id, C.ACCEPTED, SAID)
    papers = {paper.kind: paper for paper in window.desk.cases.case(case_id).papers}
    assert not papers[PaperKind.ACCEPTANCE_NOTICE].printable
    said = replace(SAID, number="下汤2026-18", organ="下汤镇人民政府")
    window.desk.township.note(case_id, C.ACCEPTED, said)
    papers = {paper.kind: paper for paper in window.desk.cases.case(case_id).papers}
    assert papers[PaperKind.ACCEPTANCE_NOTICE].printable
    wanted = replace(SAID, words="身份证复印件看不清", notice_no="下汤补〔2026〕3号", organ="下汤镇人民政府")
    window.desk.township.note(case_id, C.CORRECTION_ASKED, wanted)
    papers = {paper.kind: paper for paper in window.desk.cases.case(case_id).papers}
    assert papers[PaperKind.CORRECTION_NOTICE].printable


def test_a_correction_is_mended_here_and_the_case_is_carried_again(window: Window) -> None:
    case_id = carried(window)
    said = replace(SAID, words="看不清，重新复印", wanted=("id_card",), limit="2026-12-01")
    window.desk.township.note(case_id, C.CORRECTION_ASKED, said)
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.RETURNED and view.snag is not None
    assert view.snag.can_send_again and view.snag.advice.key == "desk.snag.carry_again"
    assert [(one.requirement_id, one.wrong) for one in wanted_of(view.events[-1])] == [("id_card", "看不清，重新复印")]
    assert view.snag.wanted[0].requirement_id == "id_card" and view.snag.deadline == "2026-12-01"
    window.desk.intake.correct(case_id)
    window.desk.intake.send_corrected(case_id)
    again = window.desk.cases.case(case_id)
    assert (again.case.status, again.case.revision) == (CaseStatus.RECEIVED, 2) and not again.outbox
    assert [one.case_id for one in window.desk.handover.view().cases] == [case_id]


@pytest.mark.parametrize("ready_between", [False, True])
def test_a_conclusion_that_is_noted_again_is_the_one_that_counts(window: Window, ready_between: bool) -> None:
    case_id = carried(window)
    window.clock.forward(12 * 86_400)
    township = window.desk.township
    township.note(case_id, C.CONCLUDED, replace(SAID, on="2026-11-30", result=Conclusion.GRANTED))
    if ready_between:
        township.note(case_id, C.RESULT_READY, SAID)
    township.note(case_id, C.CONCLUDED, replace(SAID, on="2026-12-02", result=Conclusion.DENIED))
    both = date(2026, 11, 1), date(2026, 12, 31)
    (row,) = window.desk.registers.view(RegisterQuery(*both)).rows
    assert row.concluded == "2026-12-02 不予"
    outcomes = window.desk.statistics.view(StatisticsQuery(*both)).figures.outcomes
    assert {str(one): count for one, count in outcomes.items() if count} == {"denied": 1}
    november = window.desk.statistics.view(StatisticsQuery(date(2026, 11, 1), date(2026, 11, 30))).figures.outcomes
    assert not any(november.values())


def test_a_result_comes_back_and_waits_to_be_handed_out(window: Window) -> None:
    case_id = carried(window)
    window.desk.township.note(case_id, C.CONCLUDED, replace(SAID, result=Conclusion.GRANTED))
    window.desk.township.note(case_id, C.RESULT_READY, replace(SAID, medium=Medium.PAPER))
    view = window.desk.cases.case(case_id)
    assert view.case.status is CaseStatus.RESULT_WAITING and C.DELIVERED in view.possible


@pytest.mark.parametrize(
    ("change", "said", "key", "field"),
    [
        (C.ACCEPTED, replace(SAID, told_by=" "), "township.teller_empty", "told_by"),
        (C.ACCEPTED, replace(SAID, told_by="李" * 101), "township.teller_long", "told_by"),
        (C.ACCEPTED, replace(SAID, number="1" * 65), "township.number_long", "number"),
        (C.ACCEPTED, replace(SAID, on="昨天吧"), "day.unknown", "on"),
        (C.ACCEPTED, replace(SAID, on="2026-12-30"), "day.future", "on"),
        (C.ACCEPTED, replace(SAID, on="2025-01-01"), "day.before", "on"),
        (C.ACCEPTED, replace(SAID, limit="月底"), "township.limit_unknown", "limit"),
        (C.ACCEPTED, replace(SAID, limit="2026-01-01"), "township.limit_unknown", "limit"),
        (C.ACCEPTED, replace(SAID, notice_no="3号"), "township.no_organ", "organ"),
        (C.ACCEPTED, replace(SAID, notice_no="3" * 101), "township.notice_long", "notice_no"),
        (C.REFUSED, SAID, "life.reason_empty", "words"),
        (C.REFUSED, replace(SAID, words="字" * 501), "life.words_long", "words"),
        (C.CONCLUDED, replace(SAID, result="perhaps"), "life.result_unknown", "result"),
        (C.DELIVERED, SAID, "domain.life_cycle.not_possible", ""),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_moves(
    window: Window, change: CaseChange, said: TownshipSaid, key: str, field: str
) -> None:
    case_id = carried(window)
    with pytest.raises(InputProblem) as told:
        window.desk.township.note(case_id, change, said)
    assert (told.value.key, told.value.field) == (key, field)
    assert window.desk.cases.case(case_id).case.status is CaseStatus.HANDED_OVER


def test_a_number_of_another_case_is_refused(window: Window) -> None:
    first, second = carried(window), carried(window)
    said = replace(SAID, number="下汤2026-18")
    window.desk.township.note(first, C.ACCEPTED, said)
    with pytest.raises(InputProblem) as told:
        window.desk.township.note(second, C.ACCEPTED, said)
    assert told.value.key == "township.number_given" and told.value.params["name"] == NAME
    window.desk.township.note(first, C.IN_PROCESS, said)


def test_the_township_is_not_asked_of_what_goes_to_the_acceptance_system(window: Window) -> None:
    system, here = taken_in(window), taken_in(window, PROXY_ITEM)
    for case_id in (system, here):
        assert not window.desk.cases.case(case_id).tellable
        with pytest.raises(InputProblem, match=r"domain\.life_cycle\.not_possible"):
            window.desk.township.note(case_id, C.ACCEPTED, SAID)
    out = carried(window)
    view = window.desk.cases.case(out)
    assert view.tellable[0] is C.ACCEPTED and tellable(view.case) == view.tellable

    def ends(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(out), status=CaseStatus.ARCHIVED))

    window.store.write(ends).result()
    assert not window.desk.cases.case(out).tellable
