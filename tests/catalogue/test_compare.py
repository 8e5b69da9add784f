"""What changed between two versions of an item, and whether what was enough before may not be enough now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from villagedesk.catalogue.compare import Changed, Difference, differences
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.form_rule import MustBe
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.service_item import (
    AgeRule,
    FlowLevel,
    FlowStep,
    HandlingMode,
    ItemType,
    MaterialForm,
    MaterialRequirement,
    Necessity,
    ServiceItem,
)
from villagedesk.domain.when import When

CARD = MaterialRequirement("id_card", "居民身份证", Necessity.REUSABLE, MaterialForm.COPY, 1, 2, valid_months=12)
BANK = FormField("bank", "开户银行", FieldKind.CHOICE, options=(Option("a", "甲"), Option("b", "乙")))
RULE = MustBe(field="bank", words="选甲。", values=("a",))
ITEM = ServiceItem(
    "XX-1",
    1,
    "试用事项",
    HandlingMode.SYSTEM,
    ItemType.AT_ONCE,
    "试用人",
    "试用机关",
    (CARD,),
    conditions=("住在本村",),
    ages=AgeRule("满60周岁", least=60, most=80),
    fields=(BANK,),
)


def of_material(**changes: Any) -> tuple[Difference, ...]:
    return differences(ITEM, replace(ITEM, version=2, materials=(replace(CARD, **changes),)))


def of_field(**changes: Any) -> tuple[Difference, ...]:
    return differences(ITEM, replace(ITEM, version=2, fields=(replace(BANK, **changes),)))


@pytest.mark.parametrize(
    ("stricter", "laxer"),
    [
        ({"necessity": Necessity.REQUIRED}, {"necessity": Necessity.CONDITIONAL, "when": When("有的")}),
        ({"valid_months": 6}, {"valid_months": 24}),
        ({"valid_months": None}, {"valid_months": 0}),
        ({"copies": 2}, {"min_pages": 1}),
        ({"min_pages": 3}, {"promise_days": 10}),
        ({"form": MaterialForm.ORIGINAL}, {"electronic": True}),
        ({"points": ("看有效期",)}, {"issuer": "公安机关"}),
    ],
)
def test_a_paper_asked_for_more_strictly_is_told_first(stricter: dict[str, Any], laxer: dict[str, Any]) -> None:
    assert [one.more_needed for one in of_material(**stricter)] == [True]
    assert not any(one.more_needed for one in of_material(**laxer) if one.entry != "materials.when")
    both = of_material(**{**laxer, **stricter})
    assert both[0].more_needed


def test_what_is_taken_away_from_a_paper_asks_for_more() -> None:
    before = replace(CARD, electronic=True, promise_days=10, points=("看有效期", "看照片"))
    for change in ({"electronic": False}, {"promise_days": 5}):
        found = differences(replace(ITEM, materials=(before,)), replace(ITEM, materials=(replace(before, **change),)))
        assert [one.more_needed for one in found] == [True], change
    fewer = replace(before, points=("看照片",))
    found = differences(replace(ITEM, materials=(before,)), replace(ITEM, materials=(fewer,)))
    assert [one.more_needed for one in found] == [False]


def test_a_new_paper_asks_for_more_even_where_only_a_condition_wants_it() -> None:
    proof = replace(CARD, requirement_id="proof", name="证明", necessity=Necessity.CONDITIONAL, when=When("搬走了的"))
    (one,) = differences(ITEM, replace(ITEM, materials=(CARD, proof)))
    assert (one.how, one.subject, one.more_needed) == (Changed.ADDED, "证明", True)
    (one,) = differences(replace(ITEM, materials=(CARD, proof)), ITEM)
    assert (one.how, one.subject, one.more_needed) == (Changed.REMOVED, "证明", False)


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"required": True}, True),
        ({"options": BANK.options[:1]}, True),
        ({"options": (*BANK.options, Option("c", "丙"))}, False),
        ({"longest": 20}, True),
        ({"longest": 200}, False),
        ({"most": 5}, True),
        ({"help": "看存折"}, False),
        ({"pattern": "[0-9]{4}"}, True),
    ],
)
def test_of_a_field(change: dict[str, Any], more: bool) -> None:
    assert [one.more_needed for one in of_field(**change)] == [more]


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"ages": AgeRule("满60周岁", least=65, most=80)}, True),
        ({"ages": AgeRule("满60周岁", least=60, most=70)}, True),
        ({"ages": AgeRule("满60周岁", least=60, most=80, strict=True)}, True),
        ({"ages": AgeRule("满60周岁", least=55)}, False),
        ({"ages": None}, False),
        ({"conditions": ("住在本村", "没有社保")}, True),
        ({"conditions": ()}, False),
        ({"applicants": (ApplicantKind.LEGAL,)}, True),
        ({"applicants": (ApplicantKind.NATURAL, ApplicantKind.LEGAL)}, False),
        ({"fee": "不收费"}, False),
        ({"rules": (RULE,)}, True),
        ({"rules": (replace(RULE, warn=True),)}, False),
    ],
)
def test_of_the_item_itself(change: dict[str, Any], more: bool) -> None:
    found = differences(ITEM, replace(ITEM, **change))
    assert found
    assert any(one.more_needed for one in found) == more


def test_an_age_rule_where_there_was_none_asks_for_more() -> None:
    (one,) = differences(replace(ITEM, ages=None), ITEM)
    assert (one.entry, one.how, one.more_needed) == ("ages", Changed.ADDED, True)


def test_version_and_search_words_alone_are_no_difference() -> None:
    assert differences(ITEM, replace(ITEM, version=9, search_words=("试",))) == ()


HOUSE = FormField("house", "住房情况", FieldKind.CHOICE, options=(Option("own", "自有"), Option("rent", "租住")))
ROOM = FormField("area", "房屋面积", FieldKind.AREA, when=When("有房时", "house", ("own",)))
NAME, NUMBER = FormField("name", "姓名", FieldKind.TEXT), FormField("number", "身份证号", FieldKind.TEXT)
FAMILY = FormField("family", "家庭成员", FieldKind.ROWS, columns=(NAME, NUMBER))
FULL = replace(ITEM, fields=(HOUSE, ROOM, FAMILY))


def of_fields(*fields: FormField) -> tuple[Difference, ...]:
    return differences(FULL, replace(FULL, version=2, fields=fields))


def test_a_column_is_named_and_told_by_what_changed_in_it() -> None:
    (one,) = of_fields(HOUSE, ROOM, replace(FAMILY, columns=(NAME, replace(NUMBER, required=True))))
    assert (one.entry, one.subject, one.more_needed) == ("fields.required", "家庭成员·身份证号", True)
    assert one.before != one.after
    came, went = of_fields(HOUSE, ROOM, replace(FAMILY, columns=(NAME, replace(NUMBER, name="other", required=True))))
    assert (came.entry, came.how, came.subject, came.more_needed) == (
        "fields.columns",
        Changed.ADDED,
        "家庭成员·身份证号",
        True,
    )
    assert (went.how, went.more_needed) == (Changed.REMOVED, False)


@pytest.mark.parametrize(
    "when",
    [
        When("有房时", "house", ("own", "rent")),
        When("有房时", "age", least=18),
        When("有房时", "age", least=18, most=60),
    ],
)
def test_a_condition_that_means_something_else_under_the_same_words_is_told_so(when: When) -> None:
    (one,) = of_fields(HOUSE, replace(ROOM, when=when), FAMILY)
    assert one.before != one.after
    assert one.more_needed


def test_an_option_that_means_something_else_under_the_same_words_is_told_so() -> None:
    one = of_fields(replace(HOUSE, options=(Option("own", "自有"), Option("r", "租住"))), ROOM, FAMILY)[0]
    assert (one.entry, one.more_needed) == ("fields.options", True)
    assert one.before != one.after


FLOW = (
    FlowStep("受理", FlowLevel.VILLAGE, "村便民服务站"),
    FlowStep("审核确认", FlowLevel.COUNTY, "县民政局"),
    FlowStep("审核确认", FlowLevel.COUNTY, "县财政局"),
)


def of_flow(before: tuple[FlowStep, ...], after: tuple[FlowStep, ...]) -> list[tuple[str, str, Changed]]:
    found = differences(replace(ITEM, flow=before), replace(ITEM, flow=after))
    return [(one.entry, one.subject, one.how) for one in found]


def test_two_steps_of_one_name_are_two() -> None:
    assert of_flow(FLOW[:2], FLOW) == [("flow", "审核确认", Changed.ADDED)]
    first = replace(FLOW[1], by="乡镇")
    assert of_flow(FLOW, (FLOW[0], first, FLOW[2])) == [("flow.by", "审核确认", Changed.CHANGED)]
    assert of_flow(FLOW, FLOW[:2]) == [("flow", "审核确认", Changed.REMOVED)]
    assert of_flow(FLOW[:2], (FLOW[1], FLOW[0])) == [("flow", "", Changed.CHANGED)], "the order"
