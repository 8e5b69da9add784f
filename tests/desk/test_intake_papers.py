"""The checklist at the window: taken, seen, promised, reused, waived; nothing is taken in while a paper is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.desk.counter import APPLICANT, PROXY_ITEM, SYSTEM_ITEM, Window, ready_draft
from tests.desk.filled_in import AGENT, add_pages, bring_papers, filled_draft
from tests.domain.identity_numbers import resident
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.reuse import borrowed_by
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import Material, MaterialState, Trust
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.service_item import MaterialForm

_DAY = 24 * 3600


def line_of(view: DraftView, requirement_id: str) -> ChecklistLine:
    return next(line for line in view.checklist if line.requirement.requirement_id == requirement_id)


def draft(window: Window, item: str = SYSTEM_ITEM) -> str:
    case_id = window.desk.intake.start(item).case.case_id
    window.desk.intake.type(case_id, APPLICANT, 3)
    return case_id


def test_every_item_of_the_catalogue_can_be_taken_in(window: Window) -> None:
    for item in window.desk.items.all():
        case_id = filled_draft(window, item.code)
        view = window.desk.intake.view(case_id)
        assert view.missing == (), (item.code, view.missing)
        assert window.desk.intake.take_in(case_id).local_no


def test_a_paper_seen_and_given_back_is_the_original_and_has_its_pages_all_the_same(window: Window) -> None:
    case_id = draft(window)
    view = window.desk.intake.set_material(case_id, "id_card", MaterialState.SEEN, trust=Trust.ISSUED)
    line = line_of(view, "id_card")
    assert (line.state, line.done, line.sentence.key) == (MaterialState.SEEN, False, "intake.missing.seen_pages")
    assert [one.requirement_id for one in view.missing] == ["id_card", "commitment"]
    add_pages(window, case_id, "id_card")
    line = line_of(window.desk.intake.view(case_id), "id_card")
    assert (line.done, line.returned, line.trust, line.form) == (True, True, Trust.ISSUED, MaterialForm.ORIGINAL)
    line = line_of(window.desk.intake.set_material(case_id, "id_card", None), "id_card")
    assert (line.state, line.form, line.returned) == (MaterialState.TAKEN, MaterialForm.COPY, False)


@pytest.mark.parametrize(("item", "paper"), [(SYSTEM_ITEM, "commitment"), (PROXY_ITEM, "photo")])
def test_what_must_be_handed_in_is_not_given_back(window: Window, item: str, paper: str) -> None:
    case_id = draft(window, item)
    before = window.desk.intake.view(case_id)
    with pytest.raises(InputProblem, match=r"intake\.cannot_give_back"):
        window.desk.intake.set_material(case_id, paper, MaterialState.SEEN)
    assert window.desk.intake.view(case_id) == before


def test_a_paper_that_is_not_photographed_is_ticked(window: Window) -> None:
    case_id = draft(window, PROXY_ITEM)
    assert [one.sentence.key for one in window.desk.intake.view(case_id).missing] == [
        "intake.missing.pages",
        "intake.missing.paper",
    ]
    view = window.desk.intake.set_material(case_id, "photo", MaterialState.TAKEN)
    assert [one.requirement_id for one in view.missing] == ["id_card"]


def test_a_promise_has_its_last_day_and_may_not_be_later(window: Window) -> None:
    case_id = ready_draft(window)
    promise = window.desk.intake.set_material
    line = line_of(promise(case_id, "residence_proof", MaterialState.PROMISED), "residence_proof")
    # 30 natural days from 23 November 2026, counted on a calendar
    assert (line.promised_until, line.done, line.sentence.tone) == ("2026-12-23", True, "warn")
    assert (
        line_of(
            promise(case_id, "residence_proof", MaterialState.PROMISED, promised_until="2026年12月1日"),
            "residence_proof",
        ).promised_until
        == "2026-12-01"
    )
    for typed, key in (
        ("2026-12-24", "intake.missing.promise_day"),
        ("2026-11-22", "intake.missing.promise_day"),
        ("2026-02-30", "intake.no_such_date"),
        ("soon", "intake.date_shape"),
    ):
        with pytest.raises(InputProblem) as caught:
            promise(case_id, "residence_proof", MaterialState.PROMISED, promised_until=typed)
        assert (caught.value.key, caught.value.field) == (key, "promised_until")
    with pytest.raises(InputProblem, match=r"intake\.missing\.no_promise"):
        promise(case_id, "commitment", MaterialState.PROMISED)
    window.clock.forward(9 * _DAY)  # the draft was left lying until after the day
    assert [one.sentence.key for one in window.desk.intake.view(case_id).missing] == ["intake.missing.promise_day"]


def test_a_promised_paper_that_comes_before_the_case_is_taken_in_is_taken(window: Window) -> None:
    case_id = ready_draft(window)
    window.desk.intake.set_material(case_id, "residence_proof", MaterialState.PROMISED)
    add_pages(window, case_id, "residence_proof")
    line = line_of(window.desk.intake.view(case_id), "residence_proof")
    assert (line.state, line.promised_until) == (MaterialState.TAKEN, "")


def test_an_agent_makes_the_authorisation_a_required_paper(window: Window) -> None:
    case_id = ready_draft(window)
    view = window.desk.intake.type(case_id, AGENT, 2)
    assert [one.requirement_id for one in view.missing] == ["authorisation"]
    view = window.desk.intake.type(case_id, {"agent.present": "no"}, 2)
    assert view.missing == ()


def test_the_payload_says_of_each_paper_how_it_stands(window: Window) -> None:
    case_id = ready_draft(window)
    desk = window.desk.intake
    desk.type(case_id, {**AGENT, "agent.scope": "代交材料", "agent.until": "2026/12/31", "ethnic_group": "1"}, 2)
    bring_papers(window, desk.view(case_id))
    desk.set_material(case_id, "residence_proof", MaterialState.PROMISED, promised_until="20261201")
    desk.set_material(case_id, "id_card", MaterialState.SEEN, trust=Trust.ISSUED)
    desk.take_in(case_id)
    (row,) = window.desk.cases.case(case_id).outbox
    payload = RevisionPayload.model_validate_json(row.payload)
    assert [(one.requirement_id, one.state, one.trust, one.promised_until) for one in payload.materials] == [
        ("id_card", "seen", "A", ""),
        ("commitment", "taken", "B", ""),
        ("residence_proof", "promised", "B", "2026-12-01"),
        ("authorisation", "taken", "B", ""),
    ]
    assert [(one.returned, one.form) for one in payload.materials][:2] == [(True, "original"), (False, "original")]
    (agent,) = payload.parties
    assert (agent.role, agent.name, agent.relation, agent.scope, agent.until) == (
        "agent",
        AGENT["agent.name"],
        "child",
        "代交材料",
        "2026-12-31",
    )
    assert (payload.applicant.birth_date, payload.applicant.sex, payload.applicant.ethnic_group) == (
        "1904-02-29",
        "male",
        "01",
    )


def test_pages_of_a_paper_the_item_does_not_ask_for_block_until_they_are_moved(window: Window) -> None:
    case_id = ready_draft(window)
    view = window.desk.intake.change_item(case_id, PROXY_ITEM)
    (stray,) = [page for page in view.pages if page.requirement_id == "commitment"]
    assert {one.sentence.key for one in view.missing} == {"intake.missing.stray_pages", "intake.missing.paper"}
    window.desk.pages.move(stray.page_id, case_id, "id_card")
    view = window.desk.intake.view(case_id)
    assert [(page.requirement_id, page.order) for page in view.pages] == [
        ("id_card", 1),
        ("id_card", 2),
        ("id_card", 3),
    ]
    assert {one.sentence.key for one in view.missing} == {"intake.missing.paper"}
    with pytest.raises(InputProblem, match=r"scanning\.page_gone"):
        window.desk.pages.move("nowhere", case_id, "id_card")
    with pytest.raises(InputProblem, match=r"intake\.requirement_gone"):
        window.desk.pages.move(stray.page_id, case_id, "commitment")


def test_another_item_keeps_persons_and_the_former_one_finds_all_again(window: Window) -> None:
    case_id = ready_draft(window)
    window.desk.intake.type(case_id, {**AGENT, "form.matter": "去郑州看病"}, 2)
    window.desk.intake.set_material(case_id, "residence_proof", MaterialState.PROMISED)
    before = window.desk.intake.view(case_id)
    other = window.desk.intake.change_item(case_id, "VD-YB-001")
    assert other.case.parties == before.case.parties
    assert other.case.applicant == before.case.applicant
    assert (other.item.code, other.case.item_code, other.case.item_name) == ("VD-YB-001",) * 2 + (other.item.name,)
    again = window.desk.intake.change_item(case_id, SYSTEM_ITEM)
    assert again.missing == before.missing
    assert again.checklist == before.checklist
    assert again.case.form["matter"] == "去郑州看病"
    with pytest.raises(InputProblem, match=r"intake\.item_gone"):
        window.desk.intake.change_item(case_id, "VD-XX-999")


def reused_from(window: Window, case_id: str) -> dict[str, str]:
    return {one.requirement_id: one.case_id for one in window.desk.intake.reusable(case_id)}


def test_a_paper_of_an_earlier_case_serves_again_and_names_the_same_pages(window: Window) -> None:
    first = ready_draft(window)
    first_no = window.desk.intake.take_in(first).local_no
    card, back = [page for page in window.desk.cases.case(first).pages if page.requirement_id == "id_card"]
    second = draft(window, PROXY_ITEM)
    (offer,) = window.desk.intake.reusable(second)
    assert (offer.requirement_id, offer.case_id, offer.local_no, offer.pages) == ("id_card", first, first_no, 2)
    view = window.desk.intake.reuse(second, "id_card", first)
    line = line_of(view, "id_card")
    assert (line.state, line.done, line.reused_from_no, line.trust) == (
        MaterialState.REUSED,
        True,
        first_no,
        Trust.CHECKED,
    )
    assert [(page.page_id, page.sha256) for page in view.pages] == [
        (card.page_id, card.sha256),
        (back.page_id, back.sha256),
    ]
    window.desk.intake.set_material(second, "photo", MaterialState.TAKEN)
    window.desk.intake.take_in(second)
    (material, _photo) = window.desk.cases.case(second).case.materials
    assert (material.state, material.reused_from) == (MaterialState.REUSED, first)
    assert window.vault.verify(card.page_id, card.sha256)


def test_another_person_or_another_kind_of_document_is_offered_nothing(window: Window) -> None:
    window.desk.intake.take_in(ready_draft(window))
    second = draft(window, PROXY_ITEM)
    assert reused_from(window, second)
    window.desk.intake.type(second, {"document_number": resident("41042219040229981")}, 2)
    assert reused_from(window, second) == {}
    with pytest.raises(InputProblem, match=r"intake\.not_reusable"):
        window.desk.intake.reuse(second, "id_card", "nowhere")


def test_what_was_reused_serves_no_more_once_another_person_is_typed_over_it(window: Window) -> None:
    intake, first = window.desk.intake, ready_draft(window)
    first_no = intake.take_in(first).local_no
    second = draft(window, PROXY_ITEM)
    intake.reuse(second, "id_card", first)
    intake.set_material(second, "photo", MaterialState.TAKEN)
    assert intake.view(second).ready
    other = {"name": "李试用", "document_number": resident("41042219040229981")}
    view = intake.type(second, other, 2)
    line = line_of(view, "id_card")
    assert (line.done, line.sentence.key) == (False, "intake.missing.reused_other_person")
    assert line.sentence.params["local_no"] == first_no
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        intake.take_in(second)
    # taken back and taken anew it is that person's own
    assert intake.set_material(second, "id_card", None).pages == ()
    add_pages(window, second, "id_card")
    intake.take_in(second)
    assert [one.reused_from for one in window.desk.cases.case(second).case.materials] == ["", ""]


def test_what_was_reused_of_an_agent_serves_that_agent_alone(window: Window) -> None:
    intake, first = window.desk.intake, filled_draft(window, SYSTEM_ITEM, AGENT)
    item = intake.view(first).item
    reusable = replace(item.requirement("authorisation"), valid_months=6)

    def serves(agent: Mapping[str, str]) -> bool:
        intake.type(second, agent, 2)
        draft_now, again = intake.view(second).case, replace(item, materials=(reusable,))
        found = window.store.read(
            lambda snapshot: borrowed_by(
                snapshot, draft_now, again, own, draft_now.applicant, draft_now.parties, window.clock.now().date()
            )
        )
        return found["authorisation"].unfit is None

    intake.take_in(first)
    second = draft(window)
    intake.type(second, AGENT, 2)
    own = tuple(page for page in window.desk.cases.case(first).pages if page.requirement_id == "authorisation")
    note = Material("authorisation", reusable.name, reusable.form, 1, state=MaterialState.REUSED, reused_from=first)
    noted = replace(intake.view(second).case, materials=(note,))
    window.store.write(lambda transaction: transaction.put_case(noted)).result()
    assert serves(AGENT)
    assert not serves({"agent.name": "另一个人", "agent.document_number": resident("41042219040229982")})


def test_what_was_reused_serves_no_more_once_its_case_is_void(window: Window) -> None:
    first = filled_draft(window, PROXY_ITEM)
    window.desk.intake.take_in(first)
    second = draft(window, PROXY_ITEM)
    window.desk.intake.reuse(second, "id_card", first)
    window.desk.changes.void(first, "收错人了")
    line = line_of(window.desk.intake.view(second), "id_card")
    assert (line.done, line.sentence.key) == (False, "intake.missing.reused_void")
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        window.desk.intake.take_in(second)


def test_a_paper_serves_for_its_months_and_a_chain_keeps_the_first_day(window: Window) -> None:
    window.desk.intake.take_in(ready_draft(window))
    window.clock.forward(200 * _DAY)
    second = draft(window, PROXY_ITEM)
    requirement = window.desk.items.get(PROXY_ITEM).requirement("id_card")
    assert requirement.valid_months is not None
    (offer,) = window.desk.intake.reusable(second)
    # taken on 23 November 2026
    assert offer.valid_until == f"{2026 + requirement.valid_months // 12}-11-23"
    window.desk.intake.reuse(second, "id_card", offer.case_id)
    window.desk.intake.set_material(second, "photo", MaterialState.TAKEN)
    window.desk.intake.take_in(second)
    third = draft(window, PROXY_ITEM)
    (again,) = window.desk.intake.reusable(third)
    assert again.valid_until == offer.valid_until
    window.desk.intake.reuse(third, "id_card", again.case_id)
    window.clock.forward((requirement.valid_months * 31 - 200) * _DAY)
    assert window.desk.intake.reusable(draft(window, PROXY_ITEM)) == ()
    view = window.desk.intake.view(third)
    assert "intake.missing.reused_no_more" in {one.sentence.key for one in view.missing}


def test_a_reused_page_taken_out_leaves_the_first_cases_file(window: Window) -> None:
    first = ready_draft(window)
    window.desk.intake.take_in(first)
    card, _back = [page for page in window.desk.cases.case(first).pages if page.requirement_id == "id_card"]
    for drop in ("scanning", "set_material", "discard"):
        second = draft(window, PROXY_ITEM)
        window.desk.intake.reuse(second, "id_card", first)
        if drop == "scanning":
            window.desk.scanning.remove(card.page_id, second)
            assert window.desk.intake.view(second).missing
        elif drop == "set_material":
            assert window.desk.intake.set_material(second, "id_card", None).pages == ()
        else:
            window.desk.intake.discard(second)
    again = window.reopened()  # files of pages that were taken out go when the program is closed
    try:
        assert again.vault.verify(card.page_id, card.sha256)
    finally:
        again.desk.close()


def test_another_item_lets_go_what_was_only_reused_for_the_former(window: Window) -> None:
    first = filled_draft(window, "VD-MZ-002")
    window.desk.intake.take_in(first)
    second = draft(window, "VD-MZ-002")
    kept = window.desk.intake.reuse(second, "household_register", first).pages
    window.desk.intake.reuse(second, "id_card", first)
    view = window.desk.intake.change_item(second, PROXY_ITEM)  # asks for the card and for no register
    assert [page.requirement_id for page in view.pages] == ["id_card"]
    assert [one.sentence.key for one in view.missing if one.step == 3] == ["intake.missing.paper"]
    assert all(window.vault.verify(page.page_id, page.sha256) for page in kept)


def test_a_damaged_or_mixed_reused_paper_does_not_serve(window: Window) -> None:
    first = ready_draft(window)
    window.desk.intake.take_in(first)
    second = draft(window, PROXY_ITEM)
    window.desk.intake.reuse(second, "id_card", first)
    add_pages(window, second, "id_card")
    assert line_of(window.desk.intake.view(second), "id_card").done is False
    card, _back = [page for page in window.desk.cases.case(first).pages if page.requirement_id == "id_card"]
    window.vault.remove(card.page_id, card.sha256)
    third = draft(window, PROXY_ITEM)
    with pytest.raises(InputProblem, match=r"intake\.not_reusable"):
        window.desk.intake.reuse(third, "id_card", first)
    window.desk.intake.set_material(third, "photo", MaterialState.TAKEN)
    with pytest.raises((InputProblem, EnvironmentProblem)):
        window.desk.intake.take_in(third)


def test_photographed_pages_are_not_thrown_away_for_a_reuse(window: Window) -> None:
    first = ready_draft(window)
    window.desk.intake.take_in(first)
    second = ready_draft(window, PROXY_ITEM)
    before = window.desk.intake.view(second)
    with pytest.raises(InputProblem, match=r"intake\.has_pages"):
        window.desk.intake.reuse(second, "id_card", first)
    assert window.desk.intake.view(second) == before


def test_uses_of_an_item_are_counted_when_a_case_is_taken_in(window: Window) -> None:
    window.desk.intake.take_in(ready_draft(window))
    window.desk.intake.take_in(ready_draft(window))
    ready_draft(window, PROXY_ITEM)
    assert dict(window.store.read(lambda snapshot: snapshot.item_uses())) == {SYSTEM_ITEM: 2}


def test_a_draft_reopened_after_a_restart_has_everything(window: Window) -> None:
    first = ready_draft(window)
    window.desk.intake.take_in(first)
    second = draft(window)
    window.desk.intake.type(second, {**AGENT, "form.matter": "看病", "guardian.name": "半"}, 3)
    window.desk.intake.set_material(second, "residence_proof", MaterialState.PROMISED)
    window.desk.intake.reuse(second, "id_card", first)
    before = window.desk.intake.view(second)
    again = window.reopened()
    try:
        assert again.desk.intake.open(second) == before
    finally:
        again.desk.close()


def test_a_paper_is_noted_as_it_came_and_goes_so_to_the_acceptance_system(window: Window) -> None:
    case_id = ready_draft(window)
    note = window.desk.intake.set_material
    item = window.desk.intake.view(case_id).item
    original = next(one for one in item.materials if one.form is MaterialForm.ORIGINAL and one.min_pages)
    name = original.requirement_id
    bring_papers(window, window.desk.intake.view(case_id))
    line = line_of(note(case_id, name, MaterialState.TAKEN, form=MaterialForm.COPY), name)
    assert (line.form, line.done, line.sentence.key) == (MaterialForm.COPY, False, "intake.missing.original")
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        window.desk.intake.take_in(case_id)
    line = line_of(note(case_id, name, MaterialState.TAKEN, form=MaterialForm.ORIGINAL, copies=3), name)
    assert (line.form, line.copies, line.done) == (MaterialForm.ORIGINAL, 3, True)
    # what else is noted later leaves it as it is
    assert line_of(note(case_id, name, MaterialState.TAKEN, trust=Trust.DECLARED), name).copies == 3
    window.desk.intake.take_in(case_id)
    (row,) = window.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    (sent,) = [one for one in RevisionPayload.model_validate_json(row.payload).materials if one.requirement_id == name]
    assert (sent.copies, sent.form) == (3, "original")


def test_fewer_copies_than_asked_for_are_missing(window: Window) -> None:
    case_id = draft(window, PROXY_ITEM)
    asked = window.desk.intake.view(case_id).item.requirement("photo").copies
    assert asked > 1
    line = line_of(window.desk.intake.set_material(case_id, "photo", MaterialState.TAKEN, copies=asked - 1), "photo")
    assert (line.done, line.sentence.key) == (False, "intake.missing.copies")
    assert line_of(window.desk.intake.set_material(case_id, "photo", MaterialState.TAKEN, copies=asked), "photo").done
    with pytest.raises(ValueError, match="copies"):
        window.desk.intake.set_material(case_id, "photo", MaterialState.TAKEN, copies=0)
