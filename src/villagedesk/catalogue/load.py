"""The catalogue's folder: service items from ``items/*.toml``, one file each; those without fields of their own fill in
the base form, ``base_form.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from villagedesk.catalogue.checked_table import CheckedTable, read_raw
from villagedesk.catalogue.item import item_of
from villagedesk.domain.problems import Problem
from villagedesk.domain.service_item import ServiceItem

BASE_FORM = "base_form.toml"


def read_items(folder: Path) -> tuple[Mapping[str, object], ...]:
    """Every item's raw table, whole in itself, by file name.

    Args:
        folder: holds ``items/`` and the base form.

    Raises:
        Problem: ``catalogue.empty``; ``catalogue.unreadable`` (``file``).
    """
    files = sorted((folder / "items").glob("*.toml"))
    if not files:
        raise Problem("catalogue.empty")
    base = read_raw(folder / BASE_FORM).get("fields", [])
    tables = [read_raw(file) for file in files]
    return tuple(table if "fields" in table else {**table, "fields": base} for table in tables)


def read_calendars(folder: Path) -> tuple[Mapping[str, object], ...]:
    """Raw tables of ``calendar/*.toml``; there need be none. Raises Problem ``catalogue.unreadable`` (``file``)."""
    return tuple(read_raw(file) for file in sorted((folder / "calendar").glob("*.toml")))


def load_items(folder: Path) -> tuple[ServiceItem, ...]:
    """All items of a catalogue folder, by file name.

    Args:
        folder: holds ``items/`` and the base form.

    Raises:
        Problem: ``catalogue.empty``; ``catalogue.unreadable`` (``file``); ``catalogue.bad_file`` (``file``,
            ``entry``); ``catalogue.code_twice`` (``file``, ``code``).
    """
    files = sorted((folder / "items").glob("*.toml"))
    items: list[ServiceItem] = []
    codes: set[str] = set()
    for file, raw in zip(files, read_items(folder), strict=True):
        item = item_of(CheckedTable(file.name, raw))
        if item.code in codes:
            raise Problem("catalogue.code_twice", file=file.name, code=item.code)
        codes.add(item.code)
        items.append(item)
    return tuple(items)
