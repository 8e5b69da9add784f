"""Taking in: drafts that are always saved, everything checked again, one transaction, one outbox row where it sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desk.counter import APPLICANT, CLERK, ID_NUMBER, NAME, PROXY_ITEM, SYSTEM_ITEM, Window, ready_draft, taken_in
from tests.domain.identity_numbers import resident
from villagedesk.acceptance.wire import RevisionPayload, sha256_hex
from villagedesk.desk.typed_values import LONGEST_LINE
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.form_field import FieldKind
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.transaction import SqlTransaction


def test_a_draft_is_offered_again_after_a_restart(window: Window) -> None:
    draft = window.desk.intake.start(SYSTEM_ITEM)
    case_id = draft.case.case_id
    window.desk.intake.type(case_id, {"name": NAME, "document_number": "41"}, 2)
    again = window.reopened()
    try:
        assert [todo.case_id for todo in again.desk.cases.today().todos] == [case_id]
        view = again.desk.intake.open(case_id)
        assert (view.case.applicant.name, view.case.applicant.document_number) == (NAME, "41")
        assert view.case.step == 2
        assert view.case.status is CaseStatus.DRAFT
    finally:
        again.desk.close()


def test_a_draft_never_writes_an_outbox_row(window: Window) -> None:
    case_id = ready_draft(window)
    assert window.store.read(lambda snapshot: snapshot.outbox(frozenset(SendingState))) == []
    assert window.desk.intake.view(case_id).missing == ()


def test_taking_in_saves_case_pages_events_and_one_outbox_row_together(window: Window) -> None:
    case_id = ready_draft(window)
    taken = window.desk.intake.take_in(case_id)
    view = window.desk.cases.case(case_id)
    assert taken.sends
    assert taken.page_count == len(view.pages) == 3
    assert view.case.status is CaseStatus.RECEIVED
    assert (view.case.local_no, view.case.revision, view.case.received_at) == (taken.local_no, 1, taken.saved_at)
    assert view.case.applicant.document_number == ID_NUMBER
    assert [material.requirement_id for material in view.case.materials] == ["id_card", "commitment"]
    assert [event.kind for event in view.events][-2:] == ["taken_in", "queued"]
    assert all(window.vault.verify(page.page_id, page.sha256) for page in view.pages)
    assert window.desk.cases.by_number(taken.local_no) == case_id
    assert window.store.verify_chain() is None


def test_the_payload_is_the_case_and_its_manifest_the_pages(window: Window) -> None:
    case_id = taken_in(window)
    (row,) = window.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    view = window.desk.cases.case(case_id)
    payload = RevisionPayload.model_validate_json(row.payload)
    assert (row.state, row.revision, row.frozen_at) == (SendingState.QUEUED, 1, None)
    assert row.payload_sha256 == sha256_hex(row.payload)
    assert (payload.action_id, payload.case_id, payload.local_no) == (row.action_id, case_id, view.case.local_no)
    assert (payload.applicant.name, payload.applicant.document_number) == (NAME, ID_NUMBER)
    assert payload.clerk == CLERK
    assert [(entry.requirement_id, entry.order, entry.sha256, entry.byte_count) for entry in payload.manifest] == [
        (page.requirement_id, page.order, page.sha256, page.byte_count) for page in view.pages
    ]
    for entry, page in zip(payload.manifest, view.pages, strict=True):
        data = window.vault.get(page.page_id, page.sha256)
        assert (sha256_hex(data), len(data)) == (entry.sha256, entry.byte_count)


def test_a_proxy_case_is_taken_in_and_sends_nothing(window: Window) -> None:
    case_id = ready_draft(window, PROXY_ITEM)
    taken = window.desk.intake.take_in(case_id)
    assert not taken.sends
    assert window.desk.cases.case(case_id).outbox == ()
    assert window.desk.cases.case(case_id).sending is None


def test_two_cases_never_share_a_local_number(window: Window) -> None:
    numbers = {window.desk.intake.take_in(ready_draft(window)).local_no for _ in range(2)}
    again = window.reopened()
    try:
        numbers.add(again.desk.intake.take_in(ready_draft(again)).local_no)
    finally:
        again.desk.close()
    assert len(numbers) == 3


def test_when_anything_fails_nothing_of_the_taking_in_is_there(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = ready_draft(window)
    before = window.desk.cases.case(case_id)

    def broken(*_: Any, **__: Any) -> None:
        raise EnvironmentProblem("store.disk_full")

    for where in ("take_local_no", "put_case", "append_event", "add_outbox", "check_complete"):
        with monkeypatch.context() as patch:
            patch.setattr(SqlTransaction, where, broken)
            with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
                window.desk.intake.take_in(case_id)
        assert window.desk.cases.case(case_id) == before, where
    assert before.case.status is CaseStatus.DRAFT
    # the numbers that were taken and rolled back leave no gap
    assert parse_local_no(window.desk.intake.take_in(case_id).local_no).count == 1


def test_a_second_enter_does_not_take_the_case_in_twice(window: Window) -> None:
    case_id = taken_in(window)
    with pytest.raises(InputProblem, match=r"intake\.not_a_draft"):
        window.desk.intake.take_in(case_id)
    assert len(window.desk.cases.case(case_id).outbox) == 1


def test_a_damaged_page_is_named_and_nothing_is_taken_in(window: Window) -> None:
    case_id = ready_draft(window)
    page = window.desk.intake.view(case_id).pages[0]
    file = window.vault.folder / window.vault.name_of(page.page_id, page.sha256)
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(EnvironmentProblem, match=r"intake\.page_damaged") as caught:
        window.desk.intake.take_in(case_id)
    assert caught.value.params == {"name": "个人承诺书", "order": 1}
    assert window.desk.intake.view(case_id).case.status is CaseStatus.DRAFT


_BAD_INPUT: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"document_number": ID_NUMBER[:-1] + "0"}, "document_number", "domain.identity.check_digit"),
    ({"document_number": ID_NUMBER[:-1]}, "document_number", "domain.identity.length"),
    ({"name": "王3"}, "name", "domain.name.digit"),
    ({"phone": "1390000999"}, "phone", "domain.phone.mobile_length"),
    ({"name": ""}, "name", "intake.missing.name"),
    ({"document_number": " "}, "document_number", "intake.missing.document_number"),
)


def test_bad_input_is_named_beside_its_field_kept_as_typed_and_hinders(window: Window) -> None:
    case_id = ready_draft(window)
    for typed, field, key in _BAD_INPUT:
        view = window.desk.intake.type(case_id, {**APPLICANT, **typed}, 2)
        assert [(one.step, one.field, one.sentence.key) for one in view.missing] == [(2, field, key)]
        with pytest.raises(InputProblem, match=r"intake\.not_ready"):
            window.desk.intake.take_in(case_id)
        kept = window.desk.intake.view(case_id).case.applicant
        assert {name: getattr(kept, name) for name in typed} == typed


def test_missing_papers_are_named_by_their_step_and_requirement(window: Window) -> None:
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    view = window.desk.intake.type(case_id, APPLICANT, 3)
    assert [(one.step, one.requirement_id) for one in view.missing] == [(3, "id_card"), (3, "commitment")]
    assert view.birth_date is not None
    assert (view.birth_date.isoformat(), view.sex) == ("1904-02-29", "male")


def test_an_unknown_area_code_warns_and_does_not_hinder(window: Window) -> None:
    case_id = ready_draft(window)
    view = window.desk.intake.type(case_id, {"document_number": resident("41242519040229999")}, 2)
    assert [(one.sentence.key, one.blocking) for one in view.troubles][:1] == [("domain.identity.area_unknown", False)]
    assert window.desk.intake.take_in(case_id).sends


def test_a_full_width_number_is_folded_when_taken_in_and_kept_as_typed_before(window: Window) -> None:
    case_id = ready_draft(window)
    typed = "".join(chr(ord(char) + 0xFEE0) for char in ID_NUMBER)
    assert window.desk.intake.type(case_id, {"document_number": typed}, 2).case.applicant.document_number == typed
    window.desk.intake.take_in(case_id)
    assert window.desk.cases.case(case_id).case.applicant.document_number == ID_NUMBER


def test_what_is_too_long_is_kept_as_typed_told_at_its_field_and_holds_up_nothing_else(window: Window) -> None:
    case_id = ready_draft(window)
    view = window.desk.intake.type(case_id, {"address": "长" * 201, "phone": "13900001111"}, 2)
    assert (len(view.case.applicant.address), view.case.applicant.phone) == (201, "13900001111")
    assert view.refused == ()
    (told,) = view.missing
    assert (told.field, told.sentence.key, told.sentence.params) == (
        "address",
        "intake.too_long",
        {"limit": 200, "count": 201},
    )


def test_a_pasted_library_is_refused_alone_and_told_at_its_field(window: Window) -> None:
    case_id = ready_draft(window)
    before = window.desk.intake.view(case_id).case.applicant.address
    values = {"address": "长" * (LONGEST_LINE + 1), "phone": "13900001111"}
    view = window.desk.intake.type(case_id, values, 2)
    assert (view.case.applicant.address, view.case.applicant.phone) == (before, "13900001111")
    assert [problem.field for problem in view.refused] == ["address"]
    assert (view.troubles[0].field, view.troubles[0].sentence.key) == ("address", "intake.too_long")


def test_a_table_of_as_many_members_as_the_item_allows_is_saved(window: Window) -> None:
    item = window.desk.items.get("VD-SC-002")
    (table,) = [field for field in item.fields if field.kind is FieldKind.ROWS]
    row = {column.name: "试" * min(column.longest, 60) for column in table.columns}
    rows = json.dumps([row] * 200, ensure_ascii=False)
    case_id = window.desk.intake.start(item.code).case.case_id
    view = window.desk.intake.type(case_id, {f"form.{table.name}": rows}, 2)
    assert view.refused == ()
    assert view.case.form[table.name] == rows


def test_a_discarded_draft_leaves_no_file(window: Window) -> None:
    case_id = ready_draft(window)
    assert len(list(window.vault.stored())) == 3
    window.desk.intake.discard(case_id)
    assert list(window.vault.stored()) == []
    with pytest.raises(InputProblem, match=r"intake\.gone"):
        window.desk.intake.view(case_id)


def test_little_room_on_the_disk_is_told_and_hinders_nothing(window: Window) -> None:
    case_id = ready_draft(window)
    window.free[0] = 100 * 1024 * 1024
    view = window.desk.intake.view(case_id)
    assert [(one.field, one.sentence.key, one.blocking) for one in view.troubles][-1] == ("", "desk.disk_low", False)
    assert window.desk.devices()[-1].sentence.params == {"megabytes": 100}
    assert window.desk.intake.take_in(case_id).local_no
