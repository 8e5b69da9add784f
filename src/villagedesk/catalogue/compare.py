"""What changed between two versions of an item, field by field, and what more is needed because of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from villagedesk.catalogue.described import Text, described, described_entry, described_options
from villagedesk.domain.form_field import FormField
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
        subject: name of the material, field, step or stop it belongs to, a column after its table; "" for the item's
            own.
        before, after: in words; of a part that is new, all that matters of it.
        more_needed: what was enough before may not be enough now.
    """

    entry: str
    how: Changed
    subject: str = ""
    before: Text = ()
    after: Text = ()
    more_needed: bool = False


_SUBJECTS: Mapping[str, Callable[[Any], str]] = {
    "materials": lambda one: one.name,
    "fields": lambda one: one.label,
    "flow": lambda one: one.name,
    "stops": lambda one: one.name,
}
_LEFT_OUT = frozenset({"version", "search_words"})
"""Differ without meaning anything to a case."""
_PRESSING = (Necessity.CONDITIONAL, Necessity.REUSABLE, Necessity.REQUIRED)


def differences(old: ServiceItem, new: ServiceItem) -> tuple[Difference, ...]:
    """Every entry in which two versions differ, those that ask for more first."""
    found: list[Difference] = []
    comparison = _Comparison(old, new)
    for entry in fields(ServiceItem):
        if entry.name in _LEFT_OUT:
            continue
        before, after = getattr(old, entry.name), getattr(new, entry.name)
        if before == after:
            continue
        if entry.name in _SUBJECTS:
            found += comparison.lists(entry.name, before, after)
        else:
            found += comparison.values(entry.name, before, after)
    return tuple(sorted(found, key=lambda one: not one.more_needed))


def _keyed(name: str, before: Sequence[Any], after: Sequence[Any]) -> tuple[dict[Hashable, Any], dict[Hashable, Any]]:
    """Which part of one is which of the other. Steps and stops have no number of their own: they are known by their
    name, and where that is there twice by who takes it and how often it came before."""
    if name == "materials":
        return {one.requirement_id: one for one in before}, {one.requirement_id: one for one in after}
    if name not in ("flow", "stops"):
        return {one.name: one for one in before}, {one.name: one for one in after}
    names = (Counter(one.name for one in before), Counter(one.name for one in after))
    twice = {one for counted in names for one, count in counted.items() if count > 1}

    def of(parts: Sequence[Any]) -> dict[Hashable, Any]:
        seen: Counter[Hashable] = Counter()
        found: dict[Hashable, Any] = {}
        for one in parts:
            key: Hashable = one.name
            if one.name in twice:
                kind = (one.name, one.level if name == "flow" else one.kind)
                seen[kind] += 1
                key = (*kind, seen[kind])
            found[key] = one
        return found

    return of(before), of(after)


class _Comparison:
    """Of two versions; each value is put in words as its own version means it."""

    def __init__(self, old: ServiceItem, new: ServiceItem) -> None:
        self._old = old
        self._new = new

    def lists(self, name: str, before: Sequence[Any], after: Sequence[Any], table: str = "") -> list[Difference]:
        """Parts that came, went and changed; ``table`` is the label of the one whose columns they are."""
        entry = f"{name}.columns" if table else name
        old, new = _keyed(name, before, after)

        def subject(one: Any) -> str:
            return f"{table}·{_SUBJECTS[name](one)}" if table else _SUBJECTS[name](one)

        found = [Difference(entry, Changed.REMOVED, subject(old[one])) for one in old if one not in new]
        for key, one in new.items():
            if key in old:
                found += self._part(name, old[key], one, subject(one))
            else:
                told = described(one, self._new)
                found.append(Difference(entry, Changed.ADDED, subject(one), (), told, more_needed=_asks(one)))
        if name == "flow" and [key for key in old if key in new] != [key for key in new if key in old]:
            order = [tuple(one.name for one in parts.values()) for parts in (old, new)]
            told = described(order[0], self._old)
            found.append(Difference("flow", Changed.CHANGED, "", told, described(order[1], self._new)))
        return found

    def _part(self, name: str, old: Any, new: Any, subject: str) -> list[Difference]:
        found: list[Difference] = []
        for entry in fields(new):
            was, is_now = getattr(old, entry.name), getattr(new, entry.name)
            if was == is_now:
                continue
            if entry.name == "columns":
                assert isinstance(new, FormField)
                found += self.lists(name, was, is_now, subject)
                continue
            if entry.name == "options":
                before, after = described_options(was, ()), described_options(is_now, was)
            else:
                before = described_entry(entry.name, was, self._old)
                after = described_entry(entry.name, is_now, self._new)
            more = _asks_more(entry.name, old, new)
            found.append(Difference(f"{name}.{entry.name}", Changed.CHANGED, subject, before, after, more))
        return found

    def values(self, name: str, before: Any, after: Any) -> list[Difference]:
        """Tables of single values (office, limit …) entry by entry, the rest as one."""
        if is_dataclass(before) and is_dataclass(after) and not isinstance(before, type):
            return [
                Difference(
                    f"{name}.{entry.name}",
                    Changed.CHANGED,
                    "",
                    described(was, self._old),
                    described(is_now, self._new),
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
        return [Difference(name, how, "", described(before, self._old), described(after, self._new), more_needed=more)]


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
    return entry in ("form", "when", "kind", "not_before", "not_after", "pattern")
