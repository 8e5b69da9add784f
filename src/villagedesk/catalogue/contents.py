"""What a catalogue consists of: its items as raw tables, synonyms, calendars; checked as a whole, hashed as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from villagedesk.catalogue.calendar import year_of
from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.item import item_of
from villagedesk.domain.problems import Problem
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.working_days import YearOff

Raw = Mapping[str, object]
MOST_ITEMS = 5000
_MOST_GROUPS = 2000
_MOST_WORDS = 40


@dataclass(frozen=True)
class Contents:
    """A whole catalogue.

    Args:
        items: raw tables of :func:`villagedesk.catalogue.item.item_of`, in the order they are listed in.
        synonyms: groups of words that mean the same.
        calendars: raw tables of :func:`villagedesk.catalogue.calendar.year_of`.
    """

    items: tuple[Raw, ...]
    synonyms: tuple[tuple[str, ...], ...] = ()
    calendars: tuple[Raw, ...] = ()

    @cached_property
    def service_items(self) -> tuple[ServiceItem, ...]:
        """The items, checked.

        Raises:
            Problem: ``catalogue.empty``; ``catalogue.too_many``; ``catalogue.bad_file`` (``file``: the item's code or
                place, ``entry``); ``catalogue.code_twice`` (``file``, ``code``).
        """
        if not self.items:
            raise Problem("catalogue.empty")
        if len(self.items) > MOST_ITEMS:
            raise Problem("catalogue.too_many", count=len(self.items), limit=MOST_ITEMS)
        found: dict[str, ServiceItem] = {}
        for place, raw in enumerate(self.items, start=1):
            named = str(raw.get("code", place))[:64]
            item = item_of(CheckedTable(named, raw))
            if item.code in found:
                raise Problem("catalogue.code_twice", file=named, code=item.code)
            found[item.code] = item
        return tuple(found.values())

    @cached_property
    def years(self) -> Mapping[int, YearOff]:
        """The calendars, checked. Raises Problem ``catalogue.bad_file``, also when a year is there twice."""
        found: dict[int, YearOff] = {}
        for place, raw in enumerate(self.calendars, start=1):
            table = CheckedTable(f"calendar/{raw.get('year', place)}"[:64], raw)
            year, off = year_of(table)
            if year in found:
                raise table.bad("year")
            found[year] = off
        return found

    @cached_property
    def sha256(self) -> str:
        """Hex digest of the whole in its one canonical form."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def canonical(self) -> str:
        """The whole as JSON text, the same for the same contents."""
        whole = {"items": self.items, "synonyms": self.synonyms, "calendars": self.calendars}
        return canonical(whole)

    def check(self) -> None:
        """Read all of it once. Raises as :attr:`service_items` and :attr:`years`."""
        _ = self.service_items, self.years


def canonical(value: object) -> str:
    """JSON text with sorted keys and no blanks."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=dict)


def synonyms_of(table: CheckedTable, groups: object) -> tuple[tuple[str, ...], ...]:
    """Groups of at least two words each.

    Raises:
        Problem: ``catalogue.bad_file`` with entry ``synonyms``.
    """
    if not isinstance(groups, Sequence) or isinstance(groups, str) or len(groups) > _MOST_GROUPS:
        raise table.bad("synonyms")
    found: list[tuple[str, ...]] = []
    for group in groups:
        if not isinstance(group, Sequence) or isinstance(group, str) or not 2 <= len(group) <= _MOST_WORDS:
            raise table.bad("synonyms")
        if not all(isinstance(word, str) and 0 < len(word.strip()) <= _MOST_WORDS for word in group):
            raise table.bad("synonyms")
        found.append(tuple(word.strip() for word in group))
    return tuple(found)
