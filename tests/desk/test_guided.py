"""Help with an online application: one entry in the register, at once, and never sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk.counter import CLERK, SYSTEM_ITEM, Window
from villagedesk.desk.guided import Help
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.service_item import HandlingMode
from villagedesk.store.transaction import SqlTransaction

GUIDED_ITEM = "VD-SC-001"


def test_help_is_one_entry_in_the_register_and_is_never_sent(window: Window) -> None:
    for item in (GUIDED_ITEM, SYSTEM_ITEM):
        noted = window.desk.guided.note(
            item, "买买提•艾力", "139 0000 9999", [Help.SHOWN, Help.HELPED_ONLINE], "带走指南"
        )
        view = window.desk.cases.case(noted.case_id)
        assert (view.case.status, view.case.mode) == (CaseStatus.CONCLUDED, HandlingMode.GUIDED)
        assert (view.case.local_no, view.case.received_at) == (noted.local_no, noted.saved_at)
        assert (view.case.applicant.name, view.case.applicant.phone) == ("买买提·艾力", "13900009999")
        (event,) = [event for event in view.events if event.kind == "helped"]
        assert (event.actor, event.detail["help"], event.detail["note"]) == (CLERK, "shown helped_online", "带走指南")
        assert (noted.sends, view.outbox) == (False, ())
        assert window.desk.cases.by_number(noted.local_no) == noted.case_id
    assert window.store.read(lambda snapshot: snapshot.outbox(frozenset(SendingState))) == []
    assert window.store.read(lambda snapshot: snapshot.item_uses()) == {GUIDED_ITEM: 1, SYSTEM_ITEM: 1}
    assert window.store.verify_chain() is None


def test_pressed_twice_is_entered_once(window: Window) -> None:
    first = window.desk.guided.note(GUIDED_ITEM, "试用人", token="screen-7")
    window.clock.forward(1)
    again = window.desk.guided.note(GUIDED_ITEM, "试用人", token="screen-7")
    assert again == first
    other = window.desk.guided.note(GUIDED_ITEM, "试用人", token="screen-8")
    assert other.local_no != first.local_no
    assert (
        window.desk.guided.note(GUIDED_ITEM, "试用人").case_id != window.desk.guided.note(GUIDED_ITEM, "试用人").case_id
    )
    assert window.store.read(lambda snapshot: snapshot.item_uses()) == {GUIDED_ITEM: 4}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"item_code": "VD-XX-999"}, "intake.item_gone"),
        ({"name": " "}, "domain.name.empty"),
        ({"name": "王3"}, "domain.name.digit"),
        ({"phone": "1390000999"}, "domain.phone.mobile_length"),
        ({"help": ()}, "guided.no_help"),
        ({"note": "长" * 501}, "guided.note_long"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_entered(window: Window, values: dict[str, Any], key: str) -> None:
    with pytest.raises(InputProblem) as caught:
        window.desk.guided.note(**{"item_code": GUIDED_ITEM, "name": "试用人", **values})
    assert caught.value.key == key
    assert window.desk.cases.today().taken_in_today == 0


def test_help_that_does_not_exist_is_the_programs_fault(window: Window) -> None:
    with pytest.raises(ValueError, match="juggling"):
        window.desk.guided.note(GUIDED_ITEM, "试用人", help=["juggling"])


def test_an_entry_is_there_whole_or_not_at_all(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise EnvironmentProblem("store.disk_full")

    for where in ("take_local_no", "put_case", "count_item_use", "append_event"):
        with monkeypatch.context() as patch:
            patch.setattr(SqlTransaction, where, broken)
            with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
                window.desk.guided.note(GUIDED_ITEM, "试用人", token="t")
    assert window.store.read(lambda snapshot: snapshot.count_by_status()) == {}
    assert window.desk.guided.note(GUIDED_ITEM, "试用人", token="t").local_no.split("-")[2] == "0001"
