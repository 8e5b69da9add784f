"""What the acceptance system said with a change, as the case's log keeps it, read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from villagedesk.domain.case import CaseEvent
from villagedesk.domain.life_cycle import CaseChange

AFTER_END = "after_end"
"""In the detail of a change: it was said of a case that was over here, and moved nothing; somebody must talk."""
_PARTS = ("requirement_id", "name", "wrong", "standard")


@dataclass(frozen=True)
class Wanted:
    """One thing a correction wants, in the acceptance system's words; any part may be "".

    Args:
        requirement_id: of the item's checklist, or a code nobody here knows.
        name: of the paper.
        wrong: what is wrong with it; ``standard``: how it must be.
    """

    requirement_id: str
    name: str
    wrong: str
    standard: str


def wanted_text(wanted: Iterable[Wanted]) -> str:
    """For the log."""
    return json.dumps([asdict(one) for one in wanted], ensure_ascii=False)


def wanted_of(event: CaseEvent) -> tuple[Wanted, ...]:
    """Item by item what a correction wants; empty where the acceptance system gave no list."""
    try:
        found = json.loads(event.detail.get("wanted", "[]"))
    except ValueError:
        return ()
    return tuple(Wanted(*(str(one.get(part, "")) for part in _PARTS)) for one in found if isinstance(one, dict))


def newest(events: Sequence[CaseEvent], change: CaseChange) -> CaseEvent | None:
    """The newest change of that kind; None where none was told."""
    return next((event for event in reversed(events) if event.detail.get("change") == change), None)


def fields_of(event: CaseEvent) -> Mapping[str, str]:
    """What the acceptance system has in fields of the application that it changed."""
    told = event.detail.items()
    return {name.removeprefix("field."): value for name, value in told if name.startswith("field.")}
