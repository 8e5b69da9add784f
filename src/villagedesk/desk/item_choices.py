"""What a village chose for its items, kept as settings apart from the catalogue, so that no update takes it away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace

from villagedesk.desk.item_views import LocalChoice
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import HandlingMode, Office, ServiceItem

_CHOICES = "items.choices"
_OFFICE = "items.office"
_LONGEST = 200


def kept_choices(snapshot: Snapshot) -> dict[str, LocalChoice]:
    """By item code, also of items the catalogue does not have now: they may come back."""
    raw = json.loads(snapshot.setting(_CHOICES) or "{}")
    return {code: _choice_of(one) for code, one in raw.items()}


def kept_office(snapshot: Snapshot) -> Office:
    """The village's own address, hours and phones, for all its items."""
    return Office(**json.loads(snapshot.setting(_OFFICE) or "{}"))


def keep_choices(transaction: Transaction, choices: Mapping[str, LocalChoice]) -> None:
    """Keep them; a choice that says nothing is left out."""
    told = {code: _raw(choice) for code, choice in choices.items() if choice != LocalChoice()}
    transaction.put_setting(_CHOICES, json.dumps(told, ensure_ascii=False, sort_keys=True))


def keep_office(transaction: Transaction, office: Office) -> None:
    """Keep it."""
    transaction.put_setting(_OFFICE, json.dumps(_raw_office(office), ensure_ascii=False))


def check_office(office: Office) -> Office:
    """The same without needless blanks. Raises InputProblem ``items.too_long`` (``limit``), its field named."""
    plain = {name: " ".join(value.split()) for name, value in _raw_office(office).items()}
    for name, value in plain.items():
        if len(value) > _LONGEST:
            raise InputProblem("items.too_long", field=name, limit=_LONGEST)
    return Office(**plain)


def as_chosen(item: ServiceItem, choice: LocalChoice, office: Office) -> ServiceItem:
    """The item as this village handles it: its choice over the village's own office over the catalogue's."""
    merged = dict(_raw_office(item.office))
    for nearer in (office, choice.office):
        merged |= {name: value for name, value in _raw_office(nearer).items() if value}
    return replace(item, mode=choice.mode or item.mode, office=Office(**merged))


def _raw_office(office: Office) -> dict[str, str]:
    return {entry.name: str(getattr(office, entry.name)) for entry in fields(Office)}


def _raw(choice: LocalChoice) -> dict[str, object]:
    return {
        "handled": choice.handled,
        "mode": choice.mode,
        "favourite": choice.favourite,
        "office": _raw_office(choice.office),
    }


def _choice_of(raw: Mapping[str, object]) -> LocalChoice:
    mode, office = raw["mode"], raw["office"]
    assert isinstance(office, dict)
    return LocalChoice(
        bool(raw["handled"]),
        None if mode is None else HandlingMode(str(mode)),
        bool(raw["favourite"]),
        Office(**office),
    )
