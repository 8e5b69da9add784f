"""What changed between two versions of an item, as the clerk reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.catalogue.load import load_items
from villagedesk.desk.item_changes import change_lines
from villagedesk.desk.item_views import ItemChange
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.messages import Messages
from villagedesk.domain.service_item import (
    FlowLevel,
    FlowStep,
    MaterialForm,
    MaterialRequirement,
    MaterialSource,
    Necessity,
    ServiceItem,
    StopKind,
    StopRule,
)
from villagedesk.domain.when import FACTS, When

WORDS = Messages.from_folder(messages_folder(resources_folder())).text
CATALOGUE = load_items(resources_folder() / "catalogue")
ITEM = next(item for item in CATALOGUE if item.name == "最低生活保障对象认定")


def lines(**changes: object) -> tuple[ItemChange, ...]:
    return change_lines(ITEM, replace(ITEM, version=9, **changes), WORDS)  # type: ignore[arg-type]


def test_a_new_paper_is_told_with_all_that_matters_of_it() -> None:
    kind, form, source = Necessity.CONDITIONAL, MaterialForm.ORIGINAL, MaterialSource.VILLAGE
    proof = MaterialRequirement("proof", "新证明", kind, form, 2, 2, source, when=When("有车的"))
    (line,) = lines(materials=(*ITEM.materials, proof))
    assert line.after == "原件 2 份，按条件要，来自村里；什么情况要：有车的"
    (line,) = lines(materials=(*ITEM.materials, replace(proof, issuer="车管所")))
    assert "来自车管所" in line.after


def test_new_fields_steps_and_stops_are_told_too() -> None:
    choice = FormField("z", "新栏", FieldKind.CHOICE, required=True, options=(Option("a", "甲"), Option("b", "乙")))
    (line,) = lines(fields=(*ITEM.fields, choice))
    assert line.after == "单选，必填（甲、乙）"
    (line,) = lines(flow=(*ITEM.flow, FlowStep("复核", FlowLevel.CITY, "市民政局")))
    assert line.after == "市，市民政局"
    (line,) = lines(stops=(*ITEM.stops, StopRule(StopKind.HEARING, "听证", "行政许可法第45条", 5)))
    assert line.after == "最多 5个自然日，依据：行政许可法第45条"


def test_what_a_county_writes_is_never_taken_for_a_code() -> None:
    told = "填 code:123 字样，{x}"
    (line,) = lines(fields=(replace(ITEM.fields[0], help=told), *ITEM.fields[1:]))
    assert line.after == told


@pytest.mark.parametrize("fact", sorted(FACTS))
def test_every_fact_a_condition_can_hang_on_has_words(fact: str) -> None:
    values = ("yes",) if fact in ("agent", "guardian", "minor") else ()
    for when in (When("甲", fact, values), When("甲", fact, least=1)):
        (line,) = lines(fields=(replace(ITEM.fields[0], when=when), *ITEM.fields[1:]))
        assert fact not in line.after


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.code)
def test_all_of_an_item_can_be_said(item: ServiceItem) -> None:
    """From nothing to the whole item and back: each kind of part and code has its words."""
    bare = replace(item, materials=(), fields=(), flow=(), stops=(), conditions=(), ages=None)
    for old, new in ((bare, item), (item, bare)):
        for line in change_lines(old, new, WORDS):
            assert WORDS(line.sentence.key, **line.sentence.params)
            for name in ("code:", "Code(", "natural", "working_days"):
                assert name not in line.before + line.after
