"""An outbox row in words beside its state's sentence: how far, how long still, why it waits, since when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from villagedesk.acceptance.raw_text import words_of
from villagedesk.desk.views import Sentence
from villagedesk.desk.wording import size_text
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.outbox import (
    CLOSED_STATES,
    HELD_STATES,
    OPEN_STATES,
    PERHAPS_ENTERED,
    TRAY_STATES,
    Operation,
    OutboxRow,
    SendingSize,
    is_held_for_hands,
)
from villagedesk.domain.outbox import SendingState as State
from villagedesk.domain.told_text import tamed
from villagedesk.sync.retry import RetryPolicy

_NOTHING = SendingSize()
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MOST_SAID = 120
_LONGEST_WAIT = timedelta(seconds=RetryPolicy().longest)
_STANDING = frozenset({State.WAITING, State.CONFIRMING, State.LOGIN}) | TRAY_STATES
"""States whose reason is what keeps the row there; elsewhere it is the last trouble, over unless the row waits."""
_OWN_ANSWERS = frozenset({"sync.reason.not_taken_now", "sync.reason.not_heard"})
_MOVING = frozenset({State.QUEUED, State.SENDING, State.UPLOADING})
_GOES_WITH_ALL = _MOVING | {State.CONFIRMING, State.WAITING}
"""States that go on when the whole station does."""
_NO_REASON = {
    State.LOGIN: "sync.reason.login",
    State.REJECTED: "desk.snag.rejected",
    State.CONFLICT: "desk.snag.conflict",
}


@dataclass(frozen=True)
class Around:
    """What all rows have in common.

    Args:
        now: aware.
        online: whether the acceptance system answers.
        all_paused: the clerk has stopped the whole queue.
        bytes_per_second: what the line yields, 0 when not known.
        by_hand: the station has no interface: nothing goes out by itself, so nothing is said of how it goes.
        why: what keeps the whole station from sending although the acceptance system answers, None when nothing does.
        until: aware; with ``why``, when it is tried again.
    """

    now: datetime
    online: bool
    all_paused: bool = False
    bytes_per_second: float = 0.0
    by_hand: bool = False
    why: Sentence | None = None
    until: datetime | None = None

    @property
    def held_up(self) -> bool:
        """Whether nothing of the whole station goes on now."""
        return self.why is not None


@dataclass(frozen=True)
class Hold:
    """Who held a row back, and when."""

    clerk: str
    at: datetime


@dataclass(frozen=True)
class Place:
    """Where a row stands among the others.

    Args:
        size: of its case's pages.
        bytes_before: that go across before it does.
        blocker: state of an earlier action of the same case that must be settled first, None when there is none.
        first: the clerk wants it sent before the others.
        hold: who paused it, None when nobody did.
    """

    size: SendingSize = _NOTHING
    bytes_before: int = 0
    blocker: State | None = None
    first: bool = False
    hold: Hold | None = None


def row_details(row: OutboxRow, place: Place, around: Around) -> tuple[Sentence, ...]:
    """What there is to say of a row besides its state; each sentence stands for itself."""
    if row.state in CLOSED_STATES:
        return (Sentence(f"sending_row.closed.{row.state}", {"time": moment_text(row.updated_at, around.now)}),)
    if around.by_hand:
        age = _age(row, around.now)
        return () if age is None else (age,)
    with_all = _waits_with_all(row, place, around)
    found = [
        _held(row, place.hold, around),
        around.why if with_all else _why(row),
        _said(row),
        _behind(row, place),
        _first(row, place),
        _across(row, place.size),
        _left(row, place, around),
        _next_try(row, around.until if with_all else row.next_try_at, around),
        _attempts(row),
        _age(row, around.now),
    ]
    return tuple(sentence for sentence in found if sentence is not None)


def moment_text(moment: datetime | None, now: datetime) -> str | Sentence:
    """A time in China; with its day where that is not today, with its year where that is not this one; words for one
    that is not known."""
    if moment is None:
        return day_text(moment)
    local, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return day_text(moment) if local.year != today.year else replace(day_text(moment), key="ui.moment")


def day_text(moment: datetime | None) -> Sentence:
    """Day and time in China, with the year: for what is kept; words for one that is not known."""
    if moment is None:
        return Sentence("ui.moment_unknown")
    local = moment.astimezone(SHANGHAI)
    params = {"year": local.year, "month": local.month, "day": local.day, "time": f"{local:%H:%M}"}
    return Sentence("ui.moment_of_year", params)


def span_text(seconds: float) -> Sentence:
    """A span as people say it, in its two largest units; never less than a minute."""
    if seconds < _MINUTE:
        return Sentence("sending_row.span.moment")
    if seconds < _HOUR:
        return Sentence("sending_row.span.minutes", {"minutes": int(seconds // _MINUTE)})
    if seconds < _DAY:
        return _two("hours", int(seconds // _HOUR), "minutes", int(seconds % _HOUR // _MINUTE))
    return _two("days", int(seconds // _DAY), "hours", int(seconds % _DAY // _HOUR))


def time_left(seconds: float) -> Sentence:
    """How long it still takes, said roughly: whole minutes, beyond an hour tens of them, beyond a day no number."""
    if seconds < _MINUTE:
        return Sentence("sending_row.left.moment")
    if seconds >= _DAY:
        return Sentence("sending_row.left.over_a_day")
    minutes = -(-int(seconds) // _MINUTE)
    if minutes < 60:
        return Sentence("sending_row.left.about", {"time": Sentence("sending_row.span.minutes", {"minutes": minutes})})
    tens = -(-minutes // 10) * 10
    return Sentence("sending_row.left.about", {"time": _two("hours", tens // 60, "minutes", tens % 60)})


def _two(large: str, count: int, small: str, rest: int) -> Sentence:
    if not rest:
        return Sentence(f"sending_row.span.{large}", {large: count})
    return Sentence(f"sending_row.span.{large}_{small}", {large: count, small: rest})


def raw_beside(row: OutboxRow) -> str:
    """What the other side said, where it stands with the row for the clerk to read out: of what came back, and of what
    is tried again although its answer was the system's own."""
    told = row.state in TRAY_STATES or (row.reason_key in _OWN_ANSWERS and _why(row) is not None)
    return row.reason_raw if told else ""


def words_in(raw: str) -> str:
    """What an answer says in words meant for people, as a screen shows it; "" when there are none."""
    return tamed(words_of(raw), _MOST_SAID)


def _held(row: OutboxRow, hold: Hold | None, around: Around) -> Sentence | None:
    if row.state is State.PAUSED and hold is not None and not is_held_for_hands(row):
        params = {"clerk": hold.clerk, "time": moment_text(hold.at, around.now)}
        return Sentence("sending_row.held_by", params, "warn")
    if around.all_paused and row.state in OPEN_STATES:
        return Sentence("sending_row.all_held", {}, "warn")
    return None


def _why(row: OutboxRow) -> Sentence | None:
    if is_held_for_hands(row):
        entered = row.operation is Operation.SUBMIT and row.reason_key != PERHAPS_ENTERED
        return Sentence("bridge.correct_by_hand" if entered else row.reason_key, {}, "warn")
    if row.state not in _STANDING and row.next_try_at is None:
        return None
    key = row.reason_key or _NO_REASON.get(row.state, "")
    return Sentence(key, {}, "bad" if row.state in TRAY_STATES else "warn") if key else None


def _waits_with_all(row: OutboxRow, place: Place, around: Around) -> bool:
    """Whether the station's wait is what keeps it there: of two waits the one that ends last."""
    if around.until is None or around.all_paused or place.blocker is not None or row.state not in _GOES_WITH_ALL:
        return False
    return row.next_try_at is None or row.next_try_at < around.until


def _said(row: OutboxRow) -> Sentence | None:
    said = words_in(row.reason_raw) if row.state in TRAY_STATES else ""
    return Sentence("sending_row.said", {"said": said}, "bad") if said else None


def _behind(row: OutboxRow, place: Place) -> Sentence | None:
    if row.state is not State.QUEUED or place.blocker is None:
        return None
    key = "behind_tray" if place.blocker in TRAY_STATES else "behind"
    return Sentence(f"sending_row.{key}", {}, "warn")


def _first(row: OutboxRow, place: Place) -> Sentence | None:
    return Sentence("sending_row.first") if place.first and row.state in OPEN_STATES - {State.PAUSED} else None


def _across(row: OutboxRow, size: SendingSize) -> Sentence | None:
    """How much of it is there. What came back was registered whole, or not at all: its size says nothing."""
    if row.operation is not Operation.SUBMIT or not size.pages_total or row.state in TRAY_STATES:
        return None
    params: dict[str, object] = {
        "done": size_text(size.bytes_done),
        "total": size_text(size.bytes_total),
        "page": min(size.pages_done + 1, size.pages_total),
        "pages": size.pages_total,
    }
    if size.pages_done == size.pages_total:
        return Sentence("sending_row.across.whole", params)
    return Sentence("sending_row.across.part" if size.bytes_done else "sending_row.across.none", params)


def _left(row: OutboxRow, place: Place, around: Around) -> Sentence | None:
    waits = row.next_try_at is not None and row.next_try_at > around.now
    stops = waits or place.blocker is not None or around.held_up or around.all_paused or not around.online
    moves = row.state in _MOVING and not stops
    own = place.size.bytes_total - place.size.bytes_done if row.operation is Operation.SUBMIT else 0
    if not moves or around.bytes_per_second <= 0 or own <= 0:
        return None
    return time_left((place.bytes_before + own) / around.bytes_per_second)


def _next_try(row: OutboxRow, moment: datetime | None, around: Around) -> Sentence | None:
    """Without the link nothing is tried at that time, and the state's sentence says what is waited for."""
    if moment is None or row.state not in OPEN_STATES - HELD_STATES or not around.online or around.all_paused:
        return None
    return next_text(moment, around.now)


def next_text(moment: datetime, now: datetime) -> Sentence:
    """When it is tried again; at once where that moment is there, or was stored while the clock was wrong."""
    ahead = moment - now
    if ahead.total_seconds() < 1 or ahead > _LONGEST_WAIT:
        return Sentence("sending_row.next_at_once")
    return Sentence("sending_row.next", {"time": moment_text(moment, now)})


def _attempts(row: OutboxRow) -> Sentence | None:
    if row.attempts < 1 or row.state not in OPEN_STATES:
        return None
    return Sentence("sending_row.attempts", {"count": row.attempts})


def _age(row: OutboxRow, now: datetime) -> Sentence | None:
    """Since it was to be sent; since it came back. A PC clock that was set back tells no age."""
    came_back = row.state in TRAY_STATES
    seconds = (now - (row.updated_at if came_back else row.created_at)).total_seconds()
    if seconds < 0:
        return None
    return Sentence("sending_row.back_since" if came_back else "sending_row.age", {"time": span_text(seconds)})
