"""Entries of an item as text, for one who compares two versions of it; what is a code is put in words by the desk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeAlias

from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.service_item import FlowStep, MaterialRequirement, ServiceItem, StopRule
from villagedesk.domain.when import FACTS, NO, YES, When

_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
_KINDS_OF_FACT = {"applicant_kind": "applicant_kind", "sex": "sex"}


@dataclass(frozen=True)
class Code:
    """Words to be looked up.

    Args:
        key: under ``item_code.`` in the message catalogue.
        params: of that message.
    """

    key: str
    params: Mapping[str, Text] = field(default_factory=dict)


Text: TypeAlias = "tuple[str | Code, ...]"
"""Written words and codes, one after the other."""


def described(value: Any, item: ServiceItem) -> Text:
    """What a clerk reads of one value, () for none.

    Args:
        item: the version the value stands in: conditions name its fields.
    """
    if value is None:
        return ()
    if isinstance(value, StrEnum):
        return (Code(f"{_SNAKE.sub('_', type(value).__name__).lower()}.{value.value}"),)
    if isinstance(value, bool):
        return (Code(f"bool.{str(value).lower()}"),)
    if isinstance(value, tuple):
        return joined("\n", (described(one, item) for one in value))
    if isinstance(value, When):
        return _condition(value, item)
    if isinstance(value, Option):
        return (value.label,)
    if isinstance(value, MaterialRequirement | FormField | FlowStep | StopRule):
        return _part(value, item)
    if hasattr(value, "words"):  # an age rule
        return (str(value.words),)
    if hasattr(value, "__dataclass_fields__"):
        return joined(" ", (described(getattr(value, entry.name), item) for entry in fields(value)))
    return (str(value),)


def described_entry(name: str, value: Any, item: ServiceItem) -> Text:
    """The same of an entry of a field, where a word may stand for a moment."""
    if name in ("not_before", "not_after") and value:
        if value in ("today", "birth_date"):
            return (Code(f"moment.{value}"),)
        return (_label(value, item) or str(value),)
    return described(value, item)


def described_options(options: Sequence[Option], others: Sequence[Option]) -> Text:
    """Options by their labels; one that stands for something else than among the others, under the same words, is
    marked: what was chosen under its old code does not count as it."""
    known = {one.code for one in others}
    labels = {one.label for one in others}
    again = (one.code not in known and one.label in labels for one in options)
    marks: Iterable[Text] = ((Code("recoded"),) if one else () for one in again)
    return joined("\n", ((one.label, *mark) for one, mark in zip(options, marks, strict=True)))


def joined(between: str, texts: Iterable[Text]) -> Text:
    """One after the other; what is empty is left out."""
    found: list[str | Code] = []
    for text in texts:
        if text:
            found += [between, *text] if found else text
    return tuple(found)


def _condition(when: When, item: ServiceItem) -> Text:
    """In words, and on what it hangs where a machine can tell: the words alone may stay while it changes."""
    if not when.fact:
        return (when.words,)
    label: Text = (Code(f"fact.{when.fact}"),) if when.fact in FACTS else (_label(when.fact, item) or when.fact,)
    params: dict[str, Text] = {"words": (when.words,), "label": label}
    if when.values and when.fact != "document_kind":
        params["values"] = joined("、", (_value(when.fact, value, item) for value in when.values))
        return (Code("condition.values", params),)
    bounds = {name: bound for name in ("least", "most") if (bound := getattr(when, name)) is not None}
    params |= {name: (str(bound),) for name, bound in bounds.items()}
    return (Code(f"condition.{'_'.join(bounds)}", params) if bounds else Code("condition.any", params),)


def _value(fact: str, value: str, item: ServiceItem) -> Text:
    if fact in _KINDS_OF_FACT:
        return (Code(f"{_KINDS_OF_FACT[fact]}.{value}"),)
    if value in (YES, NO):
        return (Code(f"bool.{'true' if value == YES else 'false'}"),)
    for one in item.fields:
        if one.name == fact:
            return (next((option.label for option in one.options if option.code == value), value),)
    return (value,)


def _label(name: str, item: ServiceItem) -> str:
    return next((one.label for one in item.fields if one.name == name), "")


def _part(part: MaterialRequirement | FormField | FlowStep | StopRule, item: ServiceItem) -> Text:
    """All that matters of a part that is new."""
    if isinstance(part, MaterialRequirement):
        named: Text = (part.issuer,) if part.issuer else described(part.source, item)
        params: dict[str, Text] = {
            "form": described(part.form, item),
            "copies": (str(part.copies),),
            "necessity": described(part.necessity, item),
            "source": named,
        }
        told: Text = (Code("part.material", params),)
        when = part.when
    elif isinstance(part, FormField):
        required = Code("part.required" if part.required else "part.optional")
        told = (Code("part.field", {"kind": described(part.kind, item), "required": (required,)}),)
        if part.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            told = (*told, Code("part.options", {"options": joined("、", ((one.label,) for one in part.options))}))
        when = part.when
    elif isinstance(part, FlowStep):
        return (Code("part.step", {"level": described(part.level, item), "by": (part.by,)}),)
    else:
        days = joined("", (described(part.days, item), described(part.unit, item))) if part.days is not None else ()
        return (Code("part.stop" if days else "part.stop_open", {"days": days, "basis": (part.legal_basis,)}),)
    return told if when is None else (*told, Code("part.when", {"when": described(when, item)}))
