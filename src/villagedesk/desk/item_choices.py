"""What a village chose for its items, kept as settings apart from the catalogue, so that no update takes it away.

Of an item whose mode changes on a day both modes are kept, and which one is in force is told by the day it is read on:
nothing has to happen at midnight, and the change can be taken back.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

from villagedesk.desk.item_views import LocalChoice
from villagedesk.domain.mode_move import ModeMove
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import HandlingMode, Office, ServiceItem

_CHOICES = "items.choices"
_OFFICE = "items.office"
_LONGEST = 200


@dataclass(frozen=True)
class KeptChoice:
    """What is kept for an item, whatever the day.

    Args:
        mode: before ``move``, None for the county's; the others are those of :class:`LocalChoice`.
    """

    handled: bool = True
    mode: HandlingMode | None = None
    favourite: bool = False
    office: Office = field(default_factory=Office)
    move: ModeMove | None = None

    def on(self, today: date) -> LocalChoice:
        """What holds on a day in Shanghai."""
        mode = self.mode if self.move is None or not self.move.is_in_force(today) else self.move.mode
        return LocalChoice(self.handled, mode, self.favourite, self.office, self.move)

    def chosen(self, told: LocalChoice, county: HandlingMode, today: date) -> KeptChoice:
        """What is kept after the clerk chose ``told``.

        Args:
            county: the county's mode of the item.

        Raises:
            InputProblem: ``items.day_past`` with the field ``on``.
        """
        now = self.on(today)
        rest = KeptChoice(told.handled, told.mode, told.favourite, told.office)
        if told.move is not None and told.move != now.move and told.move.on < today:
            raise InputProblem("items.day_past", field="on")
        coming = told.to_come(today)
        if coming is not None:
            same = now.move is not None and (now.move.mode, now.move.on) == (coming.mode, coming.on)
            return replace(rest, move=now.move if same else replace(coming, move_id=str(uuid.uuid4())))
        if (told.mode or county) != (now.mode or county):
            return replace(rest, mode=now.mode, move=ModeMove(told.mode, today, str(uuid.uuid4())))
        if told.mode is now.mode and now.move is not None and now.move.is_in_force(today):
            return replace(rest, mode=self.mode, move=now.move)
        return rest


def kept_choices(snapshot: Snapshot) -> dict[str, KeptChoice]:
    """By item code, also of items the catalogue does not have now: they may come back."""
    raw = json.loads(snapshot.setting(_CHOICES) or "{}")
    return {code: _choice_of(one) for code, one in raw.items()}


def kept_office(snapshot: Snapshot) -> Office:
    """The village's own address, hours and phones, for all its items."""
    return Office(**json.loads(snapshot.setting(_OFFICE) or "{}"))


def keep_choices(transaction: Transaction, choices: Mapping[str, KeptChoice]) -> None:
    """Keep them; a choice that says nothing is left out."""
    told = {code: _raw(choice) for code, choice in choices.items() if choice != KeptChoice()}
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


def _raw(choice: KeptChoice) -> dict[str, object]:
    move = choice.move
    return {
        "handled": choice.handled,
        "mode": choice.mode,
        "favourite": choice.favourite,
        "office": _raw_office(choice.office),
        "move": None if move is None else {"id": move.move_id, "mode": move.mode, "on": move.on.isoformat()},
    }


def _choice_of(raw: Mapping[str, object]) -> KeptChoice:
    office, move = raw["office"], raw.get("move")
    assert isinstance(office, dict)
    kept = None
    if isinstance(move, dict):
        kept = ModeMove(_mode(move["mode"]), date.fromisoformat(str(move["on"])), str(move["id"]))
    return KeptChoice(bool(raw["handled"]), _mode(raw["mode"]), bool(raw["favourite"]), Office(**office), kept)


def _mode(raw: object) -> HandlingMode | None:
    return None if raw is None else HandlingMode(str(raw))
