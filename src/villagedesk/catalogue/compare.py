"""What changed between two versions of an item, field by field, and what more is needed because of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from villagedesk.domain.service_item import MaterialRequirement, Necessity, ServiceItem


class Changed(StrEnum):
    """How an entry differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One entry that differs.

    Args:
        entry: name of the entry, e.g. ``"audience"`` or ``"materials.copies"``; its words are
            ``item_entry.<entry>`` in the message catalogue.
        subject: name of the material, field, step or stop it belongs to; "" for the item's own.
        before, after: as text; codes of enumerations as ``code:<enumeration_in_snake_case>.<value>``, to be put in
            words.
        more_needed: what was enough before may not be enough now.
    """

    entry: str
    how: Changed
    subject: str = ""
    before: str = ""
    after: str = ""
    more_needed: bool = False


_KEYS: Mapping[str, Callable[[Any], str]] = {
    "materials": lambda one: one.requirement_id,
    "fields": lambda one: one.name,
    "flow": lambda one: one.name,
    "stops": lambda one: one.name,
}
_SUBJECTS: Mapping[str, Callable[[Any], str]] = {
    "materials": lambda one: one.name,
    "fields": lambda one: one.label,
    "flow": lambda one: one.name,
    "stops": lambda one: one.name,
}
_LEFT_OUT = frozenset({"version", "search_words"})
"""Differ without meaning anything to a case."""
_PRESSING = (Necessity.CONDITIONAL, Necessity.REUSABLE, Necessity.REQUIRED)


_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")


def differences(old: ServiceItem, new: ServiceItem) -> tuple[Difference, ...]:
    """Every entry in which two versions differ, those that ask for more first."""
    found: list[Difference] = []
    for entry in fields(ServiceItem):
        if entry.name in _LEFT_OUT:
            continue
        before, after = getattr(old, entry.name), getattr(new, entry.name)
        if before == after:
            continue
        if entry.name in _KEYS:
            found += _lists(entry.name, before, after)
        else:
            found += _values(entry.name, before, after)
    return tuple(sorted(found, key=lambda one: not one.more_needed))


def _lists(name: str, before: Sequence[Any], after: Sequence[Any]) -> list[Difference]:
    key, subject = _KEYS[name], _SUBJECTS[name]
    old, new = {key(one): one for one in before}, {key(one): one for one in after}
    found = [Difference(name, Changed.REMOVED, subject(old[one])) for one in old if one not in new]
    for one in new:
        if one not in old:
            found.append(Difference(name, Changed.ADDED, subject(new[one]), more_needed=_asks(new[one])))
            continue
        for entry in fields(new[one]):
            was, is_now = getattr(old[one], entry.name), getattr(new[one], entry.name)
            if was != is_now:
                more = _asks_more(entry.name, old[one], new[one])
                found.append(
                    Difference(
                        f"{name}.{entry.name}", Changed.CHANGED, subject(new[one]), _text(was), _text(is_now), more
                    )
                )
    return found


def _values(name: str, before: Any, after: Any) -> list[Difference]:
    """Tables of single values (office, limit …) entry by entry, the rest as one."""
    if is_dataclass(before) and is_dataclass(after) and not isinstance(before, type):
        return [
            Difference(
                f"{name}.{entry.name}",
                Changed.CHANGED,
                "",
                _text(was),
                _text(is_now),
                more_needed=name == "ages" and _narrower(entry.name, was, is_now),
            )
            for entry in fields(before)
            if (was := getattr(before, entry.name)) != (is_now := getattr(after, entry.name))
        ]
    how = Changed.ADDED if before in (None, ()) else Changed.REMOVED if after in (None, ()) else Changed.CHANGED
    more = (
        (name == "ages" and after is not None)
        or (name == "conditions" and not set(after) <= set(before))
        or (name == "applicants" and not set(before) <= set(after))
        or (name == "rules" and any(not rule.warn for rule in after if rule not in before))
    )
    return [Difference(name, how, "", _text(before), _text(after), more_needed=more)]


def _asks(one: Any) -> bool:
    # a paper with a condition, too: the clerk sees whether it holds for the case
    return isinstance(one, MaterialRequirement) or bool(getattr(one, "required", False))


def _narrower(entry: str, was: Any, is_now: Any) -> bool:
    """Whether fewer ages or values pass."""
    if entry == "most":
        return is_now is not None and (was is None or is_now < was)
    if entry in ("least", "least_female"):
        return (is_now or 0) > (was or 0)
    return entry == "strict" and bool(is_now)


def _serves(valid_months: int | None) -> float:
    """Months for which an earlier paper serves."""
    return 0 if valid_months is None else valid_months or math.inf


def _asks_more(entry: str, old: Any, new: Any) -> bool:
    """Whether what was enough before may not be enough now."""
    was, is_now = getattr(old, entry), getattr(new, entry)
    if entry in ("least", "most"):
        return _narrower(entry, was, is_now)
    if entry in ("copies", "min_pages"):
        return bool(is_now > was)
    if entry == "required":
        return bool(is_now)
    if entry == "necessity":
        return _PRESSING.index(is_now) > _PRESSING.index(was)
    if entry == "valid_months":
        return _serves(is_now) < _serves(was)
    if entry in ("promise_days", "electronic", "longest"):
        return bool(is_now < was)
    if entry == "points":
        return not set(is_now) <= set(was)
    if entry == "options":
        return not {option.code for option in was} <= {option.code for option in is_now}
    return entry in ("form", "when", "kind", "not_before", "not_after", "pattern", "columns")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, StrEnum):
        return f"code:{_SNAKE.sub('_', type(value).__name__).lower()}.{value.value}"
    if isinstance(value, bool):
        return f"code:bool.{str(value).lower()}"
    if isinstance(value, str | int | Decimal):
        return str(value)
    if isinstance(value, tuple):
        return "\n".join(_text(one) for one in value)
    # a table within an entry (a condition, an option, a column): what the clerk reads of it
    for name in ("words", "label", "name"):
        if hasattr(value, name):
            return str(getattr(value, name))
    return " ".join(_text(getattr(value, entry.name)) for entry in fields(value))
