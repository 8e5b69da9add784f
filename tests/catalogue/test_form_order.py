"""Forms' orders: both samples read, and a file with a mistake is refused by the name of the entry."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from villagedesk.catalogue.checked_table import CheckedTable, read_toml
from villagedesk.catalogue.form_order import DateStyle, form_order_of
from villagedesk.domain.problems import Problem

SAMPLES = Path(__file__).parents[2] / "resources" / "bridge"
GOOD = tomllib.loads(
    """
code = "ours"
name = "本县表"
materials = ["身份证"]
[[sections]]
title = "人"
[[sections.fields]]
label = "姓名"
source = "applicant.name"
[[sections.fields]]
label = "出生"
source = "applicant.birth_date"
date = "chinese"
from = 1
to = 4
longest = 4
upper = true
codes = {a = "1"}
[[sections.fields]]
label = "开户行"
source = "form.bank_name"
"""
)


def test_both_samples_are_read_and_marked_as_samples() -> None:
    orders = {file.stem: form_order_of(read_toml(file)) for file in SAMPLES.glob("*.toml")}
    assert {name: order.code for name, order in orders.items()} == {
        "province_window": "province_window",
        "township_paper": "township_paper",
    }
    assert not any(order.checked for order in orders.values())


def test_every_entry_is_taken() -> None:
    order = form_order_of(CheckedTable("ours.toml", deepcopy(GOOD)))
    (section,) = order.sections
    name, born, bank = section.fields
    assert (order.code, order.checked, order.materials) == ("ours", False, ("身份证",))
    assert (name.label, name.source, name.part, name.longest) == ("姓名", "applicant.name", None, None)
    assert (born.date, born.part, born.longest, born.upper, born.codes) == (
        DateStyle.CHINESE,
        (1, 4),
        4,
        True,
        {"a": "1"},
    )
    assert bank.source == "form.bank_name"


def _without(path: tuple[Any, ...]) -> dict[str, Any]:
    raw: Any = deepcopy(GOOD)
    inner = raw
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return raw  # type: ignore[no-any-return]


def _with(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    raw: Any = deepcopy(GOOD)
    inner = raw
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return raw  # type: ignore[no-any-return]


_BORN = ("sections", 0, "fields", 1)


@pytest.mark.parametrize(
    ("raw", "entry"),
    [
        (_without(("code",)), "code"),
        (_with(("code",), "Ours!"), "code"),
        (_without(("name",)), "name"),
        (_with(("checked",), "yes"), "checked"),
        (_with(("sections",), []), "sections"),
        (_with(("surprise",), 1), "surprise"),
        (_with(("sections", 0, "fields"), []), "sections[1].fields"),
        (_with((*_BORN, "source"), "applicant.password"), "sections[1].fields[2].source"),
        (_with((*_BORN, "source"), "form.Bank Name"), "sections[1].fields[2].source"),
        (_with((*_BORN, "date"), "lunar"), "sections[1].fields[2].date"),
        (_with((*_BORN, "to"), 0), "sections[1].fields[2].to"),
        (_with((*_BORN, "from"), 5), "sections[1].fields[2].to"),
        (_without((*_BORN, "to")), "sections[1].fields[2].to"),
        (_without((*_BORN, "from")), "sections[1].fields[2].from"),
        (_with((*_BORN, "longest"), 0), "sections[1].fields[2].longest"),
        (_with((*_BORN, "codes"), {"a": 1}), "sections[1].fields[2].codes.a"),
        (_with((*_BORN, "colour"), "red"), "sections[1].fields[2].colour"),
        (_with(("sections", 0, "fields", 0, "label"), "长" * 61), "sections[1].fields[1].label"),
    ],
)
def test_a_mistake_is_named(raw: dict[str, Any], entry: str) -> None:
    with pytest.raises(Problem) as told:
        form_order_of(CheckedTable("ours.toml", raw))
    assert (told.value.key, told.value.params["entry"]) == ("catalogue.bad_file", entry)
