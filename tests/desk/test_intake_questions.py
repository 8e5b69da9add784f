"""Papers whose condition only the clerk can tell: nothing is taken in before the villager was asked about each."""

from __future__ import annotations

import pytest

from tests.desk.counter import APPLICANT, SYSTEM_ITEM, Window
from tests.desk.filled_in import add_pages, right_form
from tests.desk.test_intake_papers import line_of
from villagedesk.desk.material_notes import uploaded
from villagedesk.domain.case import MaterialState, Trust
from villagedesk.domain.problems import InputProblem

CANCELLATION = "VD-YL-004"


@pytest.fixture
def case_id(window: Window) -> str:
    """A draft that has everything but the answers."""
    view = window.desk.intake.start(CANCELLATION)
    case_id = view.case.case_id
    view = window.desk.intake.type(case_id, {**APPLICANT, **right_form(view.item)}, 3)
    for line in view.checklist:
        if line.needed:
            add_pages(window, case_id, line.requirement.requirement_id, line.requirement.min_pages)
    return case_id


def test_every_condition_is_one_question_and_is_answered_before_taking_in(window: Window, case_id: str) -> None:
    intake = window.desk.intake
    view = intake.view(case_id)
    assert (view.missing, view.ready, view.lacks) == ((), False, True)
    assert [one.requirement_ids for one in view.questions] == [
        ("death_certificate", "kinship_proof"),
        ("emigration_proof",),
        ("other_pension_proof",),
        ("application_form",),
    ]
    assert (view.questions[0].words, view.questions[0].names[0]) == ("参保人去世的", "死亡证明")
    with pytest.raises(InputProblem) as refused:
        intake.take_in(case_id)
    assert (refused.value.key, refused.value.params["count"]) == ("intake.unanswered", 4)

    view = intake.answer(case_id, view.questions[0].requirement_ids, needed=True)
    assert [one.requirement_id for one in view.missing] == ["death_certificate", "kinship_proof"]
    assert line_of(view, "death_certificate").state is MaterialState.NEEDED
    view = intake.answer(case_id, ["emigration_proof", "other_pension_proof", "application_form"], needed=False)
    assert view.questions == ()
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        intake.take_in(case_id)
    for name in ("death_certificate", "kinship_proof"):
        add_pages(window, case_id, name)
    view = intake.view(case_id)
    assert (view.ready, view.lacks) == (True, False)
    intake.take_in(case_id)
    kept = {one.requirement_id: one.state for one in window.desk.cases.case(case_id).case.materials}
    assert set(kept.values()) == {MaterialState.TAKEN}
    assert {"death_certificate", "kinship_proof"} < set(kept)
    assert not {"emigration_proof", "other_pension_proof"} & set(kept)


def test_answers_are_kept_in_the_draft_and_stand_in_its_log(window: Window, case_id: str) -> None:
    intake = window.desk.intake
    intake.answer(case_id, ["death_certificate", "kinship_proof"], needed=True)
    intake.answer(case_id, ["emigration_proof"], needed=False)
    before = intake.view(case_id)
    again = window.reopened()
    try:
        assert again.desk.intake.open(case_id) == before
        noted = [one.detail for one in again.desk.cases.case(case_id).events if one.kind == "material_noted"]
        assert noted == [
            {"requirement": "death_certificate kinship_proof", "state": "needed"},
            {"requirement": "emigration_proof", "state": "not_needed"},
        ]
    finally:
        again.desk.close()


def test_an_answer_is_taken_back_and_the_question_is_open_again(window: Window, case_id: str) -> None:
    intake = window.desk.intake
    for needed in (True, False):
        intake.answer(case_id, ["emigration_proof"], needed=needed)
        view = intake.set_material(case_id, "emigration_proof", None)
        assert line_of(view, "emigration_proof").unanswered


def test_a_paper_that_comes_is_an_answer(window: Window, case_id: str) -> None:
    intake = window.desk.intake
    intake.answer(case_id, ["emigration_proof"], needed=False)
    add_pages(window, case_id, "emigration_proof")
    line = line_of(intake.view(case_id), "emigration_proof")
    assert (line.needed, line.state, line.done) == (True, MaterialState.TAKEN, True)


@pytest.mark.parametrize("needed", [True, False])
def test_a_paper_out_of_a_file_is_the_applicants_own_whatever_was_answered(
    window: Window, case_id: str, needed: bool
) -> None:
    view = window.desk.intake.answer(case_id, ["emigration_proof"], needed=needed)
    case = uploaded(view.case, view.item.requirement("emigration_proof"))
    window.store.write(lambda transaction: transaction.put_case(case)).result()
    add_pages(window, case_id, "emigration_proof")
    assert line_of(window.desk.intake.view(case_id), "emigration_proof").trust is Trust.UPLOADED


def test_what_must_be_brought_is_no_question(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    with pytest.raises(InputProblem, match=r"intake\.cannot_waive"):
        window.desk.intake.answer(case_id, ["commitment"], needed=False)
    with pytest.raises(InputProblem, match=r"intake\.requirement_gone"):
        window.desk.intake.answer(case_id, ["no_such_paper"], needed=True)
