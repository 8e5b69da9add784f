"""Rules between fields hold up a case where its form is checked: while typing, in what is missing, and at taking in."""

from __future__ import annotations

import pytest

from tests.desk.counter import Window
from tests.desk.filled_in import filled_draft
from villagedesk.domain.problems import Problem

REIMBURSEMENT, PENSION = "VD-YB-002", "VD-YL-001"


def test_a_count_that_does_not_agree_is_told_beside_the_field_and_the_case_is_not_taken(window: Window) -> None:
    case_id = filled_draft(window, REIMBURSEMENT)
    view = window.desk.intake.type(case_id, {"form.bill_count": "7"}, 2)
    (trouble,) = (one for one in view.troubles if one.field == "form.bill_count")
    assert trouble.blocking
    assert (trouble.sentence.params["label"], trouble.sentence.params["other"]) == ("票据张数", "票据")
    assert [one.field for one in view.missing] == ["form.bill_count"]
    with pytest.raises(Problem):
        window.desk.intake.take_in(case_id)
    window.desk.intake.type(case_id, {"form.bill_count": "1"}, 2)
    assert window.desk.intake.take_in(case_id).local_no


def test_a_rule_that_only_warns_lets_the_case_be_taken(window: Window) -> None:
    case_id = filled_draft(window, PENSION, {"form.is_student": "yes"})
    view = window.desk.intake.view(case_id)
    (trouble,) = (one for one in view.troubles if one.field == "form.is_student")
    assert not trouble.blocking
    assert window.desk.intake.take_in(case_id).local_no
