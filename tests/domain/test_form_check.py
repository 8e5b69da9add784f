"""A form against its fields: wrong values are told and kept as typed, right ones fold to one way of writing, hidden
fields are left out, and nothing that can be typed ends the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.identity_numbers import resident, social_credit
from villagedesk.app.resources import resources_folder
from villagedesk.catalogue.load import load_items
from villagedesk.domain.form_check import Surroundings, check_form
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.when import When

AROUND = Surroundings({"agent": "no", "age": "40"}, date(2026, 11, 23), date(1986, 1, 2))
ID_NUMBER = resident("41042219040229999")
USCC = social_credit("93410421MA4000009")


def one(kind: FieldKind, **more: object) -> FormField:
    return FormField("one", "一项", kind, **more)  # type: ignore[arg-type]


_RIGHT: tuple[tuple[FormField, str, str], ...] = (
    (one(FieldKind.TEXT), "  样 张  ", "样 张"),
    (one(FieldKind.LONG_TEXT), "第一行 \n 第二行", "第一行\n第二行"),
    (one(FieldKind.NUMBER), "１２", "12"),
    (one(FieldKind.NUMBER), "007", "7"),
    (one(FieldKind.AMOUNT), "1,200.50", "1200.50"),
    (one(FieldKind.AMOUNT), "1，200", "1200"),
    (one(FieldKind.AMOUNT), "\u202d1,234,567.8\u202c", "1234567.8"),
    (one(FieldKind.AREA), "133.3", "133.3"),
    (one(FieldKind.DATE), "2026年1月3日", "2026-01-03"),
    (one(FieldKind.YES_NO), "yes", "yes"),
    (one(FieldKind.CHOICE, options=(Option("a", "甲"), Option("b", "乙"))), "b", "b"),
    (one(FieldKind.CHOICES, options=(Option("a", "甲"), Option("b", "乙"))), "b a", "a b"),
    (one(FieldKind.PERSON_NAME), " 买买提•艾力 ", "买买提·艾力"),
    (one(FieldKind.RESIDENT_ID), ID_NUMBER[:6] + " " + ID_NUMBER[6:], ID_NUMBER),
    (one(FieldKind.USCC), USCC.lower(), USCC),
    (one(FieldKind.PHONE), "139 0000 9999", "13900009999"),
    (one(FieldKind.BANK_ACCOUNT), "6200 0000 0000 0000", "6200000000000000"),
)


@pytest.mark.parametrize(("field", "typed", "value"), _RIGHT)
def test_a_right_value_is_folded(field: FormField, typed: str, value: str) -> None:
    checked = check_form((field,), {"one": typed}, AROUND)
    assert (checked.problems, checked.values["one"]) == ((), value)
    assert check_form((field,), checked.values, AROUND).values == checked.values


_WRONG: tuple[tuple[FormField, str, str], ...] = (
    (one(FieldKind.TEXT, required=True), "  ", "domain.form.empty"),
    (one(FieldKind.TEXT, longest=3), "一二三四", "domain.form.too_long"),
    (one(FieldKind.NUMBER), "3.5", "domain.form.whole_number"),
    (one(FieldKind.NUMBER), "1，5", "domain.form.comma"),
    (one(FieldKind.AMOUNT), "12,5", "domain.form.comma"),
    (one(FieldKind.AMOUNT), "1,0000", "domain.form.comma"),
    (one(FieldKind.NUMBER, least=Decimal(1)), "0", "domain.form.too_small"),
    (one(FieldKind.NUMBER, most=Decimal(30)), "31", "domain.form.too_large"),
    (one(FieldKind.AMOUNT), "1.234", "domain.form.decimal_number"),
    (one(FieldKind.DATE), "昨天", "domain.form.date_shape"),
    (one(FieldKind.DATE), "2026-02-29", "domain.form.no_such_date"),
    (one(FieldKind.DATE, not_after="today"), "2026-11-24", "domain.form.too_late"),
    (one(FieldKind.DATE, not_before="birth_date"), "1986-01-01", "domain.form.too_early"),
    (one(FieldKind.DATE, not_before="2026-01-01"), "2025-12-31", "domain.form.too_early"),
    (one(FieldKind.YES_NO), "maybe", "domain.form.yes_or_no"),
    (one(FieldKind.CHOICE, options=(Option("a", "甲"),)), "a a", "domain.form.one_only"),
    (one(FieldKind.RESIDENT_ID), ID_NUMBER[:-1] + "0", "domain.identity.check_digit"),
    (one(FieldKind.USCC), USCC[:-1], "domain.uscc.length"),
    (one(FieldKind.PHONE), "12345", "domain.phone.mobile_length"),
    (one(FieldKind.BANK_ACCOUNT), "62-abc", "domain.form.account"),
    (one(FieldKind.PERSON_NAME), "王3", "domain.name.digit"),
    (one(FieldKind.ROWS, columns=(one(FieldKind.TEXT),)), "{", "domain.form.no_table"),
    (one(FieldKind.ROWS, columns=(one(FieldKind.TEXT),), required=True), "[]", "domain.form.few_rows"),
)


@pytest.mark.parametrize(("field", "typed", "key"), _WRONG)
def test_a_wrong_value_says_why_and_stays_as_typed(field: FormField, typed: str, key: str) -> None:
    checked = check_form((field,), {"one": typed}, AROUND)
    assert [(problem.key, problem.field) for problem in checked.problems] == [(key, "form.one")]
    assert checked.values["one"] == (typed if typed.strip() and key != "domain.form.few_rows" else "")


def test_signs_that_folding_drops_fill_in_nothing() -> None:
    checked = check_form((one(FieldKind.PHONE, required=True),), {"one": "()"}, AROUND)
    assert ([problem.key for problem in checked.problems], checked.values) == (["domain.form.empty"], {"one": ""})


def test_an_unknown_code_is_kept_and_told() -> None:
    field = one(FieldKind.CHOICES, options=(Option("a", "甲"),))
    checked = check_form((field,), {"one": "zz a"}, AROUND)
    assert (checked.values["one"], checked.problems) == ("a zz", ())
    assert [(one.key, one.params) for one in checked.warnings] == [("domain.form.unknown_code", {"code": "zz"})]


def test_a_field_waits_for_the_fact_it_hangs_on_and_is_not_sent_while_hidden() -> None:
    first = FormField("kind", "种类", FieldKind.CHOICE, options=(Option("a", "甲"), Option("b", "乙")))
    second = FormField("more", "说明", FieldKind.TEXT, required=True, when=When("甲时", "kind", ("a",)))
    third = FormField("again", "再说", FieldKind.TEXT, required=True, when=When("有说明时", "more", ("x",)))
    told = FormField("told", "另外", FieldKind.TEXT, required=True, when=When("本人说要时"))
    fields = (first, second, third, told)

    def shown(typed: Mapping[str, str]) -> tuple[tuple[str, ...], list[str], Mapping[str, str]]:
        checked = check_form(fields, typed, AROUND)
        return checked.shown, [problem.field for problem in checked.problems], checked.values

    assert shown({"more": "x"}) == (("kind", "told"), [], {"kind": "", "told": ""})
    assert shown({"kind": "a"})[:2] == (("kind", "more", "told"), ["form.more"])
    assert shown({"kind": "a", "more": "x"})[:2] == (("kind", "more", "again", "told"), ["form.again"])
    # what the second hung on is hidden by now, so the third is too, whatever was typed before
    assert shown({"kind": "b", "more": "x", "again": "y"})[2] == {"kind": "b", "told": ""}


def test_rows_name_the_cell_as_it_stands_on_the_screen_and_leave_out_hidden_columns() -> None:
    columns = (
        FormField("health", "健康", FieldKind.CHOICE, required=True, options=(Option("ill", "病"), Option("ok", "好"))),
        FormField("grade", "等级", FieldKind.NUMBER, required=True, when=When("有病时", "health", ("ill",))),
    )
    field = FormField("members", "成员", FieldKind.ROWS, columns=columns)
    rows = [{"health": "ok", "grade": "3"}, {"health": "", "grade": ""}, {"health": "ill", "grade": "x"}]
    checked = check_form((field,), {"members": json.dumps(rows)}, AROUND)
    # the empty row between is none
    assert [(one.key, one.field) for one in checked.problems] == [("domain.form.whole_number", "form.members.3.grade")]
    assert json.loads(checked.values["members"]) == [{"health": "ok"}, {"health": "ill", "grade": "x"}]


def test_a_day_is_compared_with_the_other_field_however_that_was_typed() -> None:
    fields = (
        FormField("first", "起", FieldKind.DATE),
        FormField("last", "止", FieldKind.DATE, not_before="first"),
    )
    checked = check_form(fields, {"first": "2026年3月1日", "last": "2026-02-01"}, AROUND)
    assert [(one.key, one.field) for one in checked.problems] == [("domain.form.too_early", "form.last")]


@cache
def items() -> tuple[ServiceItem, ...]:
    return tuple(load_items(resources_folder() / "catalogue"))


_CELL = st.one_of(st.text(max_size=30), st.sampled_from(["yes", "no", "1", "-1", "2026-11-23", "[]", "[{}]", "[1]"]))
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
).map(json.dumps)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_typed_into_any_form_raises_and_what_is_right_folds_once(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(items()))
    typed = {field.name: data.draw(_CELL | _JSON) for field in item.fields}
    facts = {"agent": "yes", "minor": "no", "age": data.draw(st.sampled_from(["", "7", "70"]))}
    around = Surroundings(facts, date(2026, 11, 23))
    checked = check_form(item.fields, typed, around, item.rules)
    names = {field.name for field in item.fields}
    assert set(checked.values) == set(checked.shown) <= names
    # what breaks a rule between fields is right in itself, and folded
    wrong = {problem.field.split(".")[1] for problem in checked.problems if "words" not in problem.params}
    assert wrong <= set(checked.shown)
    rows = {field.name for field in item.fields if field.kind is FieldKind.ROWS}
    for name in wrong - rows:
        assert checked.values[name] in (typed[name], "")
    again = check_form(item.fields, {**typed, **checked.values}, around, item.rules)
    assert again.values == checked.values
    assert again.shown == checked.shown
    assert [problem.field for problem in again.problems] == [problem.field for problem in checked.problems]
