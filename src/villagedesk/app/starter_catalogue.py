"""The catalogue the program brings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from villagedesk.catalogue.checked_table import read_toml
from villagedesk.catalogue.contents import Contents, synonyms_of
from villagedesk.catalogue.load import read_calendars, read_items
from villagedesk.desk.items import Starter

_MADE_AT = datetime(2026, 11, 24, tzinfo=UTC)


def starter(resources: Path) -> Starter:
    """Items, synonyms and calendars of the resources folder.

    Raises:
        Problem: ``catalogue.*`` when a file cannot be read or is wrong.
    """
    folder = resources / "catalogue"
    return Starter(contents_of(folder), _MADE_AT)


def contents_of(folder: Path) -> Contents:
    """Items, synonyms and calendars of a catalogue's folder. Raises Problem ``catalogue.*``."""
    table = read_toml(folder / "synonyms.toml")
    table.whole_number("version", at_least=1)
    groups = [group.texts("words") for group in table.tables("groups")]
    return Contents(read_items(folder), synonyms_of(table, groups), read_calendars(folder))
