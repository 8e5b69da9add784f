"""Service items from ``items/*.toml``, one file each."""

from __future__ import annotations

from pathlib import Path

from villagedesk.catalogue.toml_table import TomlTable, read_toml
from villagedesk.domain.problems import Problem
from villagedesk.domain.service_item import (
    HandlingMode,
    MaterialForm,
    MaterialRequirement,
    Necessity,
    ServiceItem,
)

_LONGEST_CODE = 64


def load_items(folder: Path) -> tuple[ServiceItem, ...]:
    """All items of a catalogue folder, by file name.

    Args:
        folder: holds ``items/``.

    Raises:
        Problem: ``catalogue.empty``; ``catalogue.unreadable`` (``file``); ``catalogue.bad_file`` (``file``,
            ``entry``); ``catalogue.code_twice`` (``file``, ``code``).
    """
    items: list[ServiceItem] = []
    codes: set[str] = set()
    for file in sorted((folder / "items").glob("*.toml")):
        item = load_item(file)
        if item.code in codes:
            raise Problem("catalogue.code_twice", file=file.name, code=item.code)
        codes.add(item.code)
        items.append(item)
    if not items:
        raise Problem("catalogue.empty")
    return tuple(items)


def load_item(file: Path) -> ServiceItem:
    """One item.

    Raises:
        Problem: ``catalogue.unreadable``, ``catalogue.bad_file``.
    """
    table = read_toml(file)
    item = ServiceItem(
        code=table.text("code", longest=_LONGEST_CODE),
        version=table.whole_number("version", at_least=1),
        name=table.text("name"),
        mode=table.choice("mode", HandlingMode),
        audience=table.text("audience"),
        organ=table.text("organ"),
        legal_basis=table.text("legal_basis", default=""),
        promised_days=table.optional_number("promised_days", at_least=0),
        materials=tuple(_requirement(row) for row in table.tables("materials")),
        search_words=table.texts("search_words"),
        to_check=table.flag("to_check", default=True),
    )
    table.finish()
    ids = [requirement.requirement_id for requirement in item.materials]
    for index, requirement_id in enumerate(ids):
        if requirement_id in ids[:index]:
            raise table.bad(f"materials[{index + 1}].requirement_id")
    return item


def _requirement(table: TomlTable) -> MaterialRequirement:
    requirement = MaterialRequirement(
        requirement_id=table.text("requirement_id", longest=_LONGEST_CODE),
        name=table.text("name"),
        necessity=table.choice("necessity", Necessity),
        form=table.choice("form", MaterialForm),
        copies=table.whole_number("copies", at_least=1),
        min_pages=table.whole_number("min_pages", at_least=1),
        note=table.text("note", default=""),
        condition=table.text("condition", default=""),
    )
    table.finish()
    if (requirement.necessity is Necessity.CONDITIONAL) != bool(requirement.condition):
        raise table.bad("condition")
    return requirement
