"""What was decided of carried cases whose item moved: kept until the move cannot be undone any more, and for those that
stay as long as they are open, so that nobody is asked twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from villagedesk.desk.item_choices import kept_choices
from villagedesk.domain.mode_move import Way
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.time_limits import RUNNING

_KEPT = "mode_move.decided"


class Decided(NamedTuple):
    """By which move ("" for the county's), and how."""

    move_id: str
    way: Way


def decided(snapshot: Snapshot) -> Mapping[str, Decided]:
    """By case_id."""
    raw: dict[str, list[str]] = json.loads(snapshot.setting(_KEPT) or "{}")
    return {case_id: Decided(move_id, Way(way)) for case_id, (move_id, way) in raw.items()}


def staying(snapshot: Snapshot) -> frozenset[str]:
    """Open cases that are carried to their end."""
    found = [case_id for case_id, one in decided(snapshot).items() if one.way is Way.STAY]
    return frozenset(case_id for case_id, status in snapshot.statuses(found).items() if status in RUNNING)


def note_decided(transaction: Transaction, case_id: str, one: Decided) -> None:
    """Keep it; what nobody can ask for any more goes."""
    moves = {kept.move.move_id for kept in kept_choices(transaction).values() if kept.move is not None}
    stay = staying(transaction)
    kept = {
        name: before
        for name, before in decided(transaction).items()
        if (name in stay if before.way is Way.STAY else before.move_id in moves)
    }
    _keep(transaction, {**kept, case_id: one})


def forget_move(transaction: Transaction, move_id: str) -> Mapping[str, Decided]:
    """The move is undone: what was decided by it is open again. Gives it, by case_id."""
    found = {case_id: one for case_id, one in decided(transaction).items() if one.move_id == move_id}
    _keep(transaction, {name: one for name, one in decided(transaction).items() if name not in found})
    return found


def _keep(transaction: Transaction, found: Mapping[str, Decided]) -> None:
    kept = {case_id: [one.move_id, one.way] for case_id, one in found.items()}
    transaction.put_setting(_KEPT, json.dumps(kept, sort_keys=True))
