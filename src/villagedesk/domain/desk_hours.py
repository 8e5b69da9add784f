"""When the window's program was open, read from the station's log: who signed in and out, locked and unlocked.

While it is locked it is not open: nobody can tell a clerk who is called away from one who has gone home. Nor is it
while the PC sleeps, which locks it when it wakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from villagedesk.domain.audit import Deed
from villagedesk.domain.clock import SHANGHAI, midnight

OPENS = frozenset({Deed.SIGNED_IN, Deed.UNLOCKED})
CLOSES = frozenset({Deed.LOCKED, Deed.SIGNED_OUT})
LEFT = "left"
"""Detail of a LOCKED line: when the desk was left, as stored time; only where the PC slept before it was written."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DoorLine:
    """Somebody opened or closed it.

    Args:
        at: when that was written.
        left: what :data:`LEFT` says; None where nothing is said, and in what older versions wrote.
    """

    at: datetime
    actor: str
    deed: Deed
    left: datetime | None = None


@dataclass(frozen=True)
class DeskDay:
    """One day in Shanghai on which it was open.

    Args:
        opened: when first; midnight where it was open over it.
        closed: when last, the next midnight where it was open over it; None where it never was closed in order, and
            while it is open now.
        people: who opened it, in the order they came.
        minutes: it was open, as far as the log tells: a time that was not closed in order is not counted.
        broken_off: a time on that day was not closed in order: the power was cut, or the program ended by force.
        open_now: it is open while this is read.
    """

    day: date
    opened: datetime
    closed: datetime | None
    people: tuple[str, ...]
    minutes: int
    broken_off: bool = False
    open_now: bool = False


@dataclass
class _Spell:
    opened: datetime
    closed: datetime | None
    actor: str
    now: bool = False


@dataclass
class _Day:
    opened: datetime
    closed: datetime | None = None
    people: list[str] = field(default_factory=list)
    spells: list[tuple[datetime, datetime]] = field(default_factory=list)
    broken_off: bool = False
    open_now: bool = False


def desk_days(lines: Sequence[DoorLine], open_until: datetime | None) -> tuple[DeskDay, ...]:
    """The days on which it was open, the first one first.

    Args:
        lines: in the order they were written, which is not always that of their times: a PC's clock is set.
        open_until: now, when the last line is the last there is and opened it: it is open still. None when later
            lines were left out, or it is not known.
    """
    days: dict[date, _Day] = {}
    for spell in _spells(lines, open_until):
        for opened, closed in _by_day(spell):
            day = days.setdefault(opened.date(), _Day(opened))
            day.opened = min(day.opened, opened)
            if spell.actor not in day.people:
                day.people.append(spell.actor)
            if closed is None:
                day.broken_off = True
                continue
            day.spells.append((opened, closed))
            if spell.now and closed == spell.closed:
                day.open_now = True
            else:
                day.closed = closed if day.closed is None else max(day.closed, closed)
    return tuple(
        DeskDay(
            number,
            day.opened,
            None if day.open_now else day.closed,
            tuple(day.people),
            _minutes(day.spells),
            broken_off=day.broken_off,
            open_now=day.open_now,
        )
        for number, day in sorted(days.items())
    )


def _spells(lines: Iterable[DoorLine], open_until: datetime | None) -> Iterator[_Spell]:
    spell: _Spell | None = None
    for line in lines:
        if line.deed in OPENS:
            if spell is not None:  # nothing closed it
                yield spell
            spell = _Spell(line.at.astimezone(SHANGHAI), None, line.actor)
        elif spell is not None:
            at = (line.left or line.at).astimezone(SHANGHAI)
            # a clock that was set back in between tells nothing of how long it was
            yield _Spell(spell.opened, at if at >= spell.opened else None, spell.actor)
            spell = None
    if spell is not None:
        now = None if open_until is None else open_until.astimezone(SHANGHAI)
        known = now is not None and now >= spell.opened
        yield _Spell(spell.opened, now if known else None, spell.actor, now=known)


def _by_day(spell: _Spell) -> Iterator[tuple[datetime, datetime | None]]:
    if spell.closed is None:
        yield spell.opened, None
        return
    opened = spell.opened
    while opened.date() < spell.closed.date():
        end = midnight(opened.date() + _ONE_DAY)
        yield opened, end
        opened = end
    if opened < spell.closed or opened == spell.opened:
        yield opened, spell.closed


def _minutes(spells: list[tuple[datetime, datetime]]) -> int:
    """Of all of them, what lies in two counted once: a clock that was set back writes the same hour twice."""
    total, reached = timedelta(), None
    for opened, closed in sorted(spells):
        begins = opened if reached is None else max(opened, reached)
        if closed > begins:
            total += closed - begins
        reached = closed if reached is None else max(reached, closed)
    return int(total.total_seconds() // 60)
