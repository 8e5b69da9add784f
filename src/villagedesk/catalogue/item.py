"""One service item from its checked table; the same shape in a file of the catalogue and in a package."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.fields import check_fields, field_of, when_of
from villagedesk.catalogue.legal_basis import names_rule
from villagedesk.catalogue.rules import rule_of
from villagedesk.domain.form_field import FormField
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.service_item import (
    AgeRule,
    FlowLevel,
    FlowStep,
    HandlingMode,
    ItemType,
    MaterialForm,
    MaterialRequirement,
    MaterialSource,
    Necessity,
    Office,
    OnlineWay,
    ServiceItem,
    StopKind,
    StopRule,
    TimeLimit,
    TimeUnit,
)
from villagedesk.domain.when import FACTS, When

_LONGEST_CODE = 64
_LONGEST_ADDRESS = 300
_OLDEST = 150


def item_of(table: CheckedTable) -> ServiceItem:
    """The item.

    Raises:
        Problem: ``catalogue.bad_file`` (``file``, ``entry``).
    """
    fields = tuple(field_of(row) for row in table.tables("fields"))
    check_fields(table, fields)
    materials = tuple(_requirement(row, fields) for row in table.tables("materials"))
    ids = [requirement.requirement_id for requirement in materials]
    for index, requirement_id in enumerate(ids):
        if requirement_id in ids[:index]:
            raise table.bad(f"materials[{index + 1}].requirement_id")
    stops = tuple(_stop(row) for row in table.tables("stops"))
    kinds = [stop.kind for stop in stops]
    for index, kind in enumerate(kinds):
        # a suspension tells its kind only, so two of a kind could not be told apart
        if kind in kinds[:index]:
            raise table.bad(f"stops[{index + 1}].kind")
    mode = table.choice("mode", HandlingMode)
    if not materials and mode is not HandlingMode.GUIDED:
        raise table.bad("materials")
    item = ServiceItem(
        code=table.text("code", longest=_LONGEST_CODE),
        version=table.whole_number("version", at_least=1),
        name=table.text("name", longest=100),
        mode=mode,
        item_type=table.choice("type", ItemType),
        applicants=table.choices("applicants", ApplicantKind, default=(ApplicantKind.NATURAL,)),
        audience=table.text("audience"),
        organ=table.text("organ"),
        conditions=table.texts("conditions"),
        ages=_ages(table.table("ages")),
        legal_basis=table.texts("legal_basis"),
        legal_limit=_limit(table.table("legal_limit")),
        promised_limit=_limit(table.table("promised_limit")),
        stops=stops,
        flow=tuple(_step(row) for row in table.tables("flow")),
        fee=table.text("fee", default=""),
        fee_basis=table.text("fee_basis", default=""),
        visits=table.optional_number("visits", at_least=0),
        result=table.text("result", default=""),
        delivery=table.text("delivery", default=""),
        office=_office(table.table("office")),
        online=_online(table.table("online")),
        materials=materials,
        fields=fields,
        rules=tuple(rule_of(row, fields) for row in table.tables("rules")),
        search_words=table.texts("search_words", longest=40),
        to_check=table.flag("to_check", default=True),
    )
    table.finish()
    return item


def _requirement(table: CheckedTable, fields: Sequence[FormField]) -> MaterialRequirement:
    requirement = MaterialRequirement(
        requirement_id=table.text("requirement_id", longest=_LONGEST_CODE),
        name=table.text("name", longest=100),
        necessity=table.choice("necessity", Necessity),
        form=table.choice("form", MaterialForm),
        copies=table.whole_number("copies", at_least=1),
        min_pages=table.whole_number("min_pages", at_least=0),
        source=table.choice("source", MaterialSource),
        issuer=table.text("issuer", default=""),
        points=table.texts("points"),
        when=when_of(table.table("when")),
        valid_months=table.optional_number("valid_months", at_least=0),
        promise_days=table.optional_number("promise_days", at_least=0) or 0,
        electronic=table.flag("electronic", default=False),
    )
    table.finish()
    if (requirement.necessity is Necessity.CONDITIONAL) != (requirement.when is not None):
        raise table.bad("when")
    if requirement.necessity is Necessity.REUSABLE and requirement.valid_months is None:
        raise table.bad("valid_months")
    _check_fact(table, requirement.when, fields)
    return requirement


def _check_fact(table: CheckedTable, when: When | None, fields: Sequence[FormField]) -> None:
    if when is not None and when.fact and when.fact not in FACTS | {field.name for field in fields}:
        raise table.bad("when.fact")


def _limit(table: CheckedTable | None) -> TimeLimit | None:
    if table is None:
        return None
    limit = TimeLimit(table.whole_number("days", at_least=0), table.choice("unit", TimeUnit))
    table.finish()
    return limit


def _stop(table: CheckedTable) -> StopRule:
    rule = StopRule(
        kind=table.choice("kind", StopKind),
        name=table.text("name", longest=100),
        legal_basis=table.text("legal_basis"),
        days=table.optional_number("days", at_least=1),
        unit=table.choice("unit", TimeUnit, default=TimeUnit.NATURAL_DAYS),
    )
    table.finish()
    # without a rule that says so, a stop would make a late case look fine (domain: section 4)
    if not names_rule(rule.legal_basis):
        raise table.bad("legal_basis")
    return rule


def _step(table: CheckedTable) -> FlowStep:
    step = FlowStep(
        name=table.text("name", longest=40),
        level=table.choice("level", FlowLevel),
        by=table.text("by", longest=100),
        note=table.text("note", default=""),
    )
    table.finish()
    return step


def _ages(table: CheckedTable | None) -> AgeRule | None:
    if table is None:
        return None
    rule = AgeRule(
        words=table.text("words", longest=100),
        least=table.optional_number("least", at_least=0),
        most=table.optional_number("most", at_least=0),
        least_female=table.optional_number("least_female", at_least=0),
        strict=table.flag("strict", default=False),
    )
    table.finish()
    bounds = [bound for bound in (rule.least, rule.most, rule.least_female) if bound is not None]
    if not bounds or max(bounds) > _OLDEST or (rule.least or 0) > (_OLDEST if rule.most is None else rule.most):
        raise table.bad("least")
    return rule


def _office(table: CheckedTable | None) -> Office:
    if table is None:
        return Office()
    office = Office(
        address=table.text("address", default=""),
        hours=table.text("hours", default=""),
        phone=table.text("phone", default="", longest=60),
        complaint_phone=table.text("complaint_phone", default="", longest=60),
    )
    table.finish()
    return office


def _online(table: CheckedTable | None) -> OnlineWay:
    if table is None:
        return OnlineWay()
    way = OnlineWay(
        url=table.text("url", default="", longest=_LONGEST_ADDRESS),
        app=table.text("app", default="", longest=60),
        steps=table.texts("steps"),
    )
    table.finish()
    if way.url and not (way.url.startswith("https://") and way.url.isascii() and " " not in way.url):
        raise table.bad("url")
    return way
