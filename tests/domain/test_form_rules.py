"""Rules between fields: each shipped one refuses what it should and lets a right form pass; sums, counts, shares and
doubles are found whatever the rows hold, and nothing is said before it can be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.filled_in import right_form
from tests.domain.identity_numbers import resident, social_credit
from villagedesk.app.resources import resources_folder
from villagedesk.catalogue.load import load_items
from villagedesk.domain.form_check import CheckedForm, Surroundings, check_form
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.form_rule import Agrees, FormRule, MustBe, NotTwice, Relation, RowCount, Where
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.when import When

TODAY = date(2026, 11, 23)
FACTS = {"agent": "no", "minor": "no", "age": "82", "applicant_kind": "natural"}
IDS = [resident(f"4104221904022999{number}") for number in range(1, 10)]
BILL = {"bill_no": "0012", "bill_kind": "inpatient", "issued_on": "2026-01-02", "issuer": "县医院", "amount": "100.00"}
RELATIVE = {"name": "张三", "relation": "spouse", "id_number": IDS[0], "health": "healthy", "labour": "full"}
CHILD = {"name": "张小三", "child_sex": "male", "birth_date_of_child": "2020-01-02", "origin": "both"}


def member(number: int, kind: str = "farmer", duty: str = "member", **more: str) -> dict[str, str]:
    unit = kind not in ("farmer", "non_farmer")
    return {
        "name": f"成员{number}",
        "member_kind": kind,
        "resident_id": "" if unit else resident(f"41042219040229{number:03}"),
        "credit_code": social_credit(f"93410421MA{number:07}") if unit else "",
        "home": "柳林村",
        "contribution_way": "money",
        "contribution": "1",
        "duty": duty,
        **more,
    }


def rows(*cells: Mapping[str, str]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def members(farmers: int, others: int = 0, units: int = 0) -> dict[str, str]:
    kinds = ["farmer"] * farmers + ["non_farmer"] * others + ["enterprise"] * units
    table = [member(number, kind, "member" if number else "chair") for number, kind in enumerate(kinds)]
    return {
        "members": rows(*table),
        "member_total": str(len(kinds)),
        "farmer_total": str(farmers),
        "unit_total": str(units),
        "total_contribution": str(len(kinds)),
    }


@cache
def items() -> Mapping[str, ServiceItem]:
    return {item.code: item for item in load_items(resources_folder() / "catalogue")}


def checked(code: str, changes: Mapping[str, str], facts: Mapping[str, str] | None = None) -> CheckedForm:
    item = items()[code]
    right = {name.removeprefix("form."): value for name, value in right_form(item).items()}
    around = Surroundings({**FACTS, **(facts or {})}, TODAY, date(1944, 2, 3))
    return check_form(item.fields, {**right, **changes}, around, item.rules)


def said(code: str, changes: Mapping[str, str], facts: Mapping[str, str] | None = None) -> set[tuple[str, str]]:
    """Places and words of the rules that are broken."""
    form = checked(code, changes, facts)
    return {(one.field, str(one.params["words"])) for one in (*form.problems, *form.warnings) if "words" in one.params}


_PREGNANT = {"pregnancy_stage": "pregnant"}
_NEAR_FIFTEEN = {"benefit_case": "fifteen", "paid_years": "14", "serving_sentence": "no"}
_BROKEN: tuple[tuple[str, Mapping[str, str], Mapping[str, str], str, str], ...] = (
    ("VD-YB-002", {"bills": rows(BILL), "bill_count": "7", "total": "100"}, {}, "form.bill_count", "行数一样"),
    ("VD-YB-002", {"bills": rows(BILL), "total": "999999"}, {}, "form.total", "票面金额相加"),
    ("VD-YB-002", {"bills": rows(BILL, BILL), "bill_count": "2"}, {}, "form.bills.2.bill_no", "只填一遍"),
    (
        "VD-YB-002",
        {"bills": rows(BILL, {**BILL, "amount": "99"}), "bill_count": "2"},
        {},
        "form.bills.2.bill_no",
        "填了两遍",
    ),
    (
        "VD-YB-002",
        {"bills": rows(BILL), "total": "100", "paid_elsewhere_amount": "100.01"},
        {},
        "form.paid_elsewhere_amount",
        "比票据合计还多",
    ),
    ("VD-YB-002", {"confirmed": "no"}, {}, "form.confirmed", "没有确认"),
    ("VD-SC-002", {**members(5), "member_total": "9"}, {}, "form.member_total", "名册的行数"),
    ("VD-SC-002", {**members(4, 1), "farmer_total": "5"}, {}, "form.farmer_total", "农民成员数"),
    ("VD-SC-002", {**members(5), "unit_total": "10"}, {}, "form.unit_total", "单位成员数"),
    ("VD-SC-002", {**members(5), "total_contribution": "500000"}, {}, "form.total_contribution", "出资额相加"),
    (
        "VD-SC-002",
        {"members": rows(*[member(1)] * 5)},
        {},
        "form.members.2.resident_id",
        "同一个人只能算一名成员",
    ),
    (
        "VD-SC-002",
        {"members": rows(*[member(number) for number in range(3)], *[member(9, "enterprise")] * 2)},
        {},
        "form.members.5.credit_code",
        "同一个单位只能算一名成员",
    ),
    ("VD-SC-002", {"members": rows(*[member(n, duty="chair") for n in range(5)])}, {}, "form.members", "理事长"),
    ("VD-SC-002", {"members": rows(*[member(n) for n in range(5)])}, {}, "form.members", "理事长"),
    ("VD-SC-002", members(7, 2), {}, "form.members", "80%"),
    ("VD-SC-002", members(8, 0, 2), {}, "form.members", "最多一个"),
    ("VD-SC-002", members(37, 0, 2), {}, "form.members", "超过 5%"),
    ("VD-SC-002", {"registration_kind": "cancel", "liquidated": "no"}, {}, "form.liquidated", "不能注销"),
    ("VD-ZR-001", {"keep_area": "5000", "current_area": "100"}, {}, "form.keep_area", "比现有的还大"),
    ("VD-ZR-001", {"plot_area": "100", "footprint_area": "900"}, {}, "form.footprint_area", "比整块宅基地还大"),
    (
        "VD-ZR-001",
        {"members": rows(*[{"name": "甲", "resident_id": IDS[0]}] * 2)},
        {},
        "form.members.2.resident_id",
        "只填一行",
    ),
    ("VD-ZR-001", {"has_homestead": "no", "build_kind": "rebuild"}, {}, "form.has_homestead", "应当有宅基地"),
    ("VD-MZ-002", {"family_count": "6", "members": rows(RELATIVE)}, {}, "form.family_count", "不要漏"),
    (
        "VD-MZ-002",
        {"family_count": "3", "members": rows(RELATIVE, RELATIVE)},
        {},
        "form.members.2.id_number",
        "只填一行",
    ),
    (
        "VD-MZ-002",
        {"income_total": "5", "incomes": rows({"person": "张三", "kind": "wage", "yearly": "6"})},
        {},
        "form.income_total",
        "收入明细",
    ),
    ("VD-MZ-004", {"family_count": "3", "members": rows(RELATIVE)}, {}, "form.family_count", "不要漏"),
    (
        "VD-MZ-004",
        {"family_count": "3", "members": rows(RELATIVE, RELATIVE)},
        {},
        "form.members.2.id_number",
        "只填一行",
    ),
    ("VD-MZ-009", {"subsidies": "living nursing", "grade": "3"}, {}, "form.grade", "一级、二级"),
    ("VD-MZ-001", {"age_band": "100_up"}, {"age": "82"}, "form.age_band", "年龄"),
    ("VD-MZ-001", {"age_band": "80_89"}, {"age": "90"}, "form.age_band", "年龄"),
    ("VD-MZ-001", {"age_band": "90_99"}, {"age": "100"}, "form.age_band", "年龄"),
    ("VD-YL-001", {"is_student": "yes"}, {}, "form.is_student", "在校学生"),
    ("VD-YL-001", {"receiving_pension": "yes"}, {}, "form.receiving_pension", "别的养老金"),
    ("VD-YL-001", {"confirmed": "no"}, {}, "form.confirmed", "没有确认"),
    ("VD-YL-002", _NEAR_FIFTEEN, {}, "form.benefit_case", "不到 15 年"),
    ("VD-YL-002", {"serving_sentence": "yes"}, {}, "form.serving_sentence", "服刑"),
    ("VD-YL-002", {"confirmed": "no"}, {}, "form.confirmed", "没有确认"),
    ("VD-YB-001", {"confirmed": "no"}, {}, "form.confirmed", "没有确认"),
    ("VD-WJ-001", {"children_count": "3", "children": rows(CHILD)}, {}, "form.children_count", "行数一样"),
    (
        "VD-WJ-001",
        {"children_count": "1", "children": rows(CHILD), "child_order": "first"},
        {},
        "form.child_order",
        "不是第一个孩子",
    ),
)


@pytest.mark.parametrize(("code", "changes", "facts", "place", "words"), _BROKEN)
def test_a_shipped_rule_says_what_does_not_agree(
    code: str, changes: Mapping[str, str], facts: Mapping[str, str], place: str, words: str
) -> None:
    assert any(field == place and words in text for field, text in said(code, changes, facts))


def test_every_shipped_rule_is_broken_once_here() -> None:
    found = {(code, text) for code, changes, facts, _, _ in _BROKEN for _, text in said(code, changes, facts)}
    shipped = {(code, rule.words) for code, item in items().items() for rule in item.rules}
    assert shipped
    assert shipped == found


@pytest.mark.parametrize("code", [code for code, item in items().items() if item.rules])
def test_a_right_form_breaks_no_rule(code: str) -> None:
    assert checked(code, {}).problems == ()


_RIGHT: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("VD-YB-002", {"bills": rows(BILL, {**BILL, "bill_no": "0013"}), "bill_count": "2", "total": "200"}),
    ("VD-SC-002", members(4, 1)),
    ("VD-SC-002", members(4, 0, 1)),
    ("VD-SC-002", members(16, 3, 1)),
    ("VD-SC-002", members(38, 0, 2)),
    ("VD-ZR-001", {"plot_area": "100", "footprint_area": "100", "keep_area": "80", "current_area": "80.00"}),
    ("VD-MZ-002", {"family_count": "1", "income_kinds": "none", "income_total": "0"}),
    ("VD-MZ-001", {"age_band": "80_89"}),
    ("VD-YL-001", {"is_student": "no", "receiving_pension": "no"}),
    ("VD-YL-002", {**_NEAR_FIFTEEN, "paid_years": "15"}),
    ("VD-WJ-001", {"children_count": "0", "child_order": "first"}),
)


@pytest.mark.parametrize(("code", "changes"), _RIGHT)
def test_what_agrees_is_taken(code: str, changes: Mapping[str, str]) -> None:
    assert said(code, changes) == set()


@pytest.mark.parametrize(
    ("code", "changes", "place", "key"),
    [
        ("VD-ZR-001", {"height": "很高"}, "form.height", "domain.form.decimal_number"),
        ("VD-ZR-001", {"height": "60"}, "form.height", "domain.form.too_large"),
        ("VD-MZ-002", {"assets": "car none"}, "form.assets", "domain.form.alone"),
        ("VD-MZ-002", {"income_kinds": "wage none"}, "form.income_kinds", "domain.form.alone"),
        ("VD-MZ-001", {"pensions": "dibao none"}, "form.pensions", "domain.form.alone"),
        ("VD-MZ-004", {"household_kind": "dibao ordinary"}, "form.household_kind", "domain.form.alone"),
        ("VD-MZ-009", {"other_benefits": "tekun none"}, "form.other_benefits", "domain.form.alone"),
        ("VD-MZ-009", {"card_number": "abc"}, "form.card_number", "domain.form.pattern"),
        ("VD-MZ-009", {"card_number": IDS[0] + "15"}, "form.card_number", "domain.form.pattern"),
        ("VD-MZ-009", {"card_until": "2001-01-01"}, "form.card_until", "domain.form.too_early"),
        ("VD-YL-003", {"checked_on": "1990-01-01"}, "form.checked_on", "domain.form.too_early"),
        (
            "VD-WJ-001",
            {"pregnancy_stage": "pregnant", "due_date": "2099-01-01"},
            "form.due_date",
            "domain.form.too_late",
        ),
        (
            "VD-WJ-001",
            {"pregnancy_stage": "pregnant", "due_date": "2026-01-01"},
            "form.due_date",
            "domain.form.too_early",
        ),
    ],
)
def test_a_field_that_used_to_take_anything_is_checked(
    code: str, changes: Mapping[str, str], place: str, key: str
) -> None:
    assert (place, key) in [(one.field, one.key) for one in checked(code, changes).problems]


def test_a_renewed_disability_card_number_is_folded() -> None:
    form = checked("VD-MZ-009", {"card_number": f"{IDS[0]} 11 b1"})
    assert (form.problems, form.values["card_number"]) == ((), f"{IDS[0]}11B1")


# --- the rules themselves, on a small form -------------------------------------------------------------------------

TABLE = FormField(
    "lines",
    "明细",
    FieldKind.ROWS,
    columns=(
        FormField("what", "号码", FieldKind.TEXT),
        FormField("sort", "种类", FieldKind.CHOICE, options=(Option("a", "甲"), Option("b", "乙"))),
        FormField("amount", "金额", FieldKind.AMOUNT),
    ),
)
NUMBER = FormField("number", "数", FieldKind.AMOUNT)
OTHER = FormField("other", "另一数", FieldKind.AMOUNT)
_LINES = st.lists(
    st.fixed_dictionaries(
        {
            "what": st.sampled_from(["1", "2", "3", "4"]),
            "sort": st.sampled_from(["a", "b"]),
            "amount": st.integers(-10_000, 10_000).map(lambda cents: format(Decimal(cents) / 100, "f")),
        }
    ),
    min_size=1,
    max_size=12,
)


def breaks(rule: FormRule, typed: Mapping[str, str]) -> list[str]:
    form = check_form((TABLE, NUMBER, OTHER), typed, Surroundings({}, TODAY), (rule,))
    told = form.warnings if rule.warn else form.problems
    return [one.field for one in told if one.params.get("words") == rule.words]


@given(_LINES, st.integers(-3, 3), st.sampled_from(list(Relation)))
def test_a_number_is_held_against_a_sum(lines: list[dict[str, str]], cents: int, relation: Relation) -> None:
    total = sum(round(float(line["amount"]) * 100) for line in lines)
    rule = Agrees(field="number", words="对上", relation=relation, to="lines", column="amount")
    typed = {"lines": json.dumps(lines), "number": format(Decimal(total + cents) / 100, "f")}
    holds = {Relation.EQUAL: cents == 0, Relation.AT_MOST: cents <= 0, Relation.AT_LEAST: cents >= 0}[relation]
    assert breaks(rule, typed) == ([] if holds else ["form.number"])


@given(_LINES, st.integers(0, 14), st.booleans())
def test_a_number_is_held_against_a_count(lines: list[dict[str, str]], number: int, of_kind: bool) -> None:
    where = Where("sort", ("a",)) if of_kind else None
    rule = Agrees(field="number", words="对上", relation=Relation.EQUAL, to="lines", where=where, plus=1)
    count = [line["sort"] for line in lines].count("a") if of_kind else len(lines)
    found = breaks(rule, {"lines": json.dumps(lines), "number": str(number)})
    assert found == ([] if number == count + 1 else ["form.number"])


@given(_LINES, st.integers(0, 100))
def test_a_share_of_rows_is_counted_without_rounding(lines: list[dict[str, str]], percent: int) -> None:
    rule = RowCount(field="lines", words="份额", where=Where("sort", ("b",)), least_percent=percent)
    count = [line["sort"] for line in lines].count("b")
    assert breaks(rule, {"lines": json.dumps(lines)}) == ([] if count * 100 >= percent * len(lines) else ["form.lines"])


@given(_LINES, st.data())
def test_a_row_that_stands_twice_is_found_at_its_place_on_the_screen(
    lines: list[dict[str, str]], data: st.DataObject
) -> None:
    rule = NotTwice(field="lines", words="一遍", columns=("what", "sort"))
    keys = [(line["what"], line["sort"]) for line in lines]
    again = next((place for place, key in enumerate(keys) if key in keys[:place]), None)
    typed: list[dict[str, str]] = []
    places = []
    for line in lines:
        typed += [{}] * data.draw(st.integers(0, 2))  # rows left empty are counted all the same
        typed.append(line)
        places.append(len(typed))
    wanted = [] if again is None else [f"form.lines.{places[again]}.what"]
    assert breaks(rule, {"lines": json.dumps(typed)}) == wanted


def test_nothing_is_said_while_it_cannot_be_told() -> None:
    line = {"what": "1", "sort": "a", "amount": "3"}
    against_sum = Agrees(field="number", words="对上", relation=Relation.EQUAL, to="lines", column="amount")
    of_kind = RowCount(field="lines", words="份额", where=Where("sort", ("b",)), least=1)
    twice = NotTwice(field="lines", words="一遍", columns=("what",))
    between = Agrees(field="number", words="对上", relation=Relation.AT_MOST, to="other")
    for rule, typed in (
        (against_sum, {"lines": rows(line, {**line, "amount": ""}), "number": "9"}),
        (against_sum, {"lines": rows(line, {**line, "amount": "x"}), "number": "9"}),
        (against_sum, {"lines": "", "number": "9"}),
        (against_sum, {"lines": "{", "number": "9"}),
        (against_sum, {"lines": rows(line), "number": ""}),
        (of_kind, {"lines": rows(line, {**line, "sort": ""})}),
        (twice, {"lines": rows({**line, "what": ""}, {**line, "what": ""})}),
        (between, {"number": "9", "other": ""}),
        (between, {"number": "9", "other": "x"}),
    ):
        assert breaks(rule, typed) == [], (rule, typed)


def test_a_rule_with_a_condition_waits_for_it_and_a_warning_refuses_nothing() -> None:
    kind = FormField("sort", "种类", FieldKind.CHOICE, options=(Option("a", "甲"), Option("b", "乙")))
    sure = FormField("sure", "确认", FieldKind.YES_NO)
    rule = MustBe(field="sure", words="要先确认。", values=("yes",), warn=True, when=When("甲时", "sort", ("a",)))
    for sort, told in (("a", ["form.sure"]), ("b", []), ("", [])):
        form = check_form((kind, sure), {"sort": sort, "sure": "no"}, Surroundings({}, TODAY), (rule,))
        assert (form.problems, [one.field for one in form.warnings]) == ((), told)


@pytest.mark.parametrize(
    ("bound", "last"),
    [
        ("today+10m", "2027-09-23"),
        ("today-30d", "2026-10-24"),
        ("birth_date+60y", "2004-02-29"),
        ("birth_date+1m", "1944-03-29"),
        ("2026-01-31+1m", "2026-02-28"),
        ("start+7d", "2026-03-08"),
    ],
)
def test_a_day_may_be_held_against_a_day_moved(bound: str, last: str) -> None:
    # counted on a calendar by hand
    fields = (FormField("start", "起", FieldKind.DATE), FormField("day", "日", FieldKind.DATE, not_after=bound))
    around = Surroundings({}, TODAY, date(1944, 2, 29))
    assert check_form(fields, {"start": "2026-03-01", "day": last}, around).problems == ()
    after = date.fromordinal(date.fromisoformat(last).toordinal() + 1).isoformat()
    (problem,) = check_form(fields, {"start": "2026-03-01", "day": after}, around).problems
    assert (problem.key, problem.params["last"]) == ("domain.form.too_late", last)
