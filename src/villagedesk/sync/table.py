"""The state × event table of the outbox as data: the model for runner, simulation and screen alike (design: section 4).

Pure: a lookup, no I/O. What is not in the table cannot happen; asking for it raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.outbox import (
    CLOSED_STATES,
    HELD_STATES,
    OPEN_STATES,
    TRAY_STATES,
    UNSETTLED_STATES,
    SendingState,
)

_S = SendingState


class Event(StrEnum):
    """What can happen to an outbox row."""

    TURN = "its turn, link up"
    EDITED = "edited before it was frozen"
    WITHDRAWN = "withdrawn or voided before it was frozen"
    REGISTERED = "202"
    PAGES_DONE = "all offsets complete"
    PAGE_FAILED = "a PATCH failed, or tus 409, 460"
    UPLOAD_GONE = "tus 404, 410"
    COMMITTED = "201, payload hash and every page hash equal"
    ACTION_TAKEN = "200 or 201 on an action"
    UNANSWERED = "bytes may have left and no whole, own answer came"
    NO_CONNECTION = "no connection was made"
    BUSY = "429, 503"
    DUE = "the time is reached, or the link came back"
    FOUND_COMMITTED = "GET: same hash committed"
    FOUND_REGISTERED = "GET: same hash registered"
    FOUND_ACTION = "GET: the action is known"
    FOUND_UNKNOWN = "GET: unknown"
    FOUND_OTHER = "GET: other hash"
    FOUND_REJECTED = "GET: same hash rejected"
    CONFLICTING = "409, other content"
    REFUSED = "4xx about the content"
    FAULT = "this program met a fault of its own in driving the row"
    UNREADABLE = "a page or the record cannot be read on this PC"
    MENDED = "the clerk mended it"
    DROPPED = "the clerk dropped it"
    ENTERED_BY_HAND = "the clerk entered it into the acceptance system and gave its number"
    NOT_ENTERED = "the clerk had called it entered by hand, and it was not"
    LOGIN_NEEDED = "401, 403"
    ENROLLED = "enrolled again"
    PAUSED = "the clerk pauses"
    RESUMED = "the clerk resumes"
    STARTED = "the program starts"
    RESTORED = "the database came from a backup"
    RECONCILED_UNKNOWN = "reconcile finds it unknown"


class Attempts(StrEnum):
    """What a line does to the count of failures since the last success."""

    KEPT = "kept"
    FAILED = "failed"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Args:
        states: the states it begins from.
        next: the state it leads to; None is the row's return state.
        written: what the same transaction writes besides the state.
    """

    states: frozenset[SendingState]
    event: Event
    next: SendingState | None
    written: str
    attempts: Attempts = Attempts.KEPT


HOLDING_STATES = frozenset({_S.WAITING, _S.LOGIN, _S.PAUSED})
"""States that keep the state they came from in ``return_state``."""


def _line(
    states: SendingState | frozenset[SendingState],
    event: Event,
    following: SendingState | None,
    written: str,
    attempts: Attempts = Attempts.KEPT,
) -> Line:
    return Line(
        frozenset({states}) if isinstance(states, SendingState) else states, event, following, written, attempts
    )


_ON_THE_WAY = frozenset({_S.SENDING, _S.UPLOADING, _S.CONFIRMING})

TABLE: tuple[Line, ...] = (
    _line(_S.QUEUED, Event.TURN, _S.SENDING, "payload frozen, attempt started"),
    # Driven by the desk: a promised paper that came, and taking a case back before it was sent; a row that is held
    # before its first turn is not on its way either. The runner freezes what it finds and passes over the cancelled.
    _line(_S.QUEUED, Event.EDITED, _S.QUEUED, "new bytes"),
    _line(frozenset({_S.QUEUED, _S.PAUSED, _S.LOGIN}), Event.WITHDRAWN, _S.CANCELLED, "logged decision"),
    _line(_S.SENDING, Event.REGISTERED, _S.UPLOADING, "missing list", Attempts.CLEARED),
    _line(_S.UPLOADING, Event.PAGES_DONE, _S.SENDING, "per page: location, offset, done"),
    _line(_S.UPLOADING, Event.PAGE_FAILED, _S.UPLOADING, "offset", Attempts.FAILED),
    _line(_S.UPLOADING, Event.UPLOAD_GONE, _S.UPLOADING, "location forgotten", Attempts.FAILED),
    _line(_S.SENDING, Event.COMMITTED, _S.SENT, "receipt", Attempts.CLEARED),
    _line(_S.SENDING, Event.ACTION_TAKEN, _S.DONE, "answer", Attempts.CLEARED),
    _line(_S.SENDING, Event.UNANSWERED, _S.CONFIRMING, "attempt, reason", Attempts.FAILED),
    _line(_S.UPLOADING, Event.UNANSWERED, _S.UPLOADING, "attempt, reason", Attempts.FAILED),
    # Asking is harmless, so asking in vain changes nothing but the next time.
    _line(_S.CONFIRMING, Event.UNANSWERED, _S.CONFIRMING, "attempt, reason", Attempts.FAILED),
    _line(_ON_THE_WAY, Event.NO_CONNECTION, _S.WAITING, "return state, count, next time", Attempts.FAILED),
    _line(_ON_THE_WAY, Event.BUSY, _S.WAITING, "return state, count, next time", Attempts.FAILED),
    _line(_S.WAITING, Event.DUE, None, ""),
    _line(_S.CONFIRMING, Event.FOUND_COMMITTED, _S.SENT, "receipt", Attempts.CLEARED),
    _line(_S.CONFIRMING, Event.FOUND_REGISTERED, _S.UPLOADING, "missing list"),
    # The answer to an action comes by repeating it: same content, same answer.
    _line(_S.CONFIRMING, Event.FOUND_ACTION, _S.SENDING, "what the server said"),
    _line(_S.CONFIRMING, Event.FOUND_UNKNOWN, _S.QUEUED, "same bytes; what the server said"),
    _line(_S.CONFIRMING, Event.FOUND_OTHER, _S.CONFLICT, "both versions"),
    _line(_S.CONFIRMING, Event.FOUND_REJECTED, _S.REJECTED, "what the server said"),
    _line(_S.CONFIRMING, Event.REFUSED, _S.CONFIRMING, "what the server said", Attempts.FAILED),
    _line(_S.SENDING, Event.CONFLICTING, _S.CONFLICT, "both versions"),
    _line(frozenset({_S.SENDING, _S.UPLOADING}), Event.REFUSED, _S.REJECTED, "reason raw and in words"),
    _line(
        frozenset({_S.QUEUED, _S.SENDING, _S.UPLOADING, _S.CONFIRMING}),
        Event.UNREADABLE,
        _S.REJECTED,
        "reason in words",
    ),
    # Whatever went wrong here, bytes may have left; and the row must not stand in the way of the others.
    _line(_S.SENDING, Event.FAULT, _S.CONFIRMING, "attempt, reason", Attempts.FAILED),
    _line(_S.QUEUED, Event.FAULT, _S.QUEUED, "attempt, reason", Attempts.FAILED),
    _line(_S.UPLOADING, Event.FAULT, _S.UPLOADING, "attempt, reason", Attempts.FAILED),
    _line(_S.CONFIRMING, Event.FAULT, _S.CONFIRMING, "attempt, reason", Attempts.FAILED),
    _line(TRAY_STATES, Event.MENDED, _S.SUPERSEDED, "logged decision; revision n+1 is queued"),
    _line(TRAY_STATES, Event.DROPPED, _S.CANCELLED, "logged decision"),
    # Cancelled and not done: a row that is done is compared with the server's list, and goes out again when not there.
    _line(UNSETTLED_STATES, Event.ENTERED_BY_HAND, _S.CANCELLED, "logged decision; the case's number"),
    _line(_S.CANCELLED, Event.NOT_ENTERED, _S.CANCELLED, "logged decision; revision n+1 is held for hands"),
    _line(OPEN_STATES - HELD_STATES, Event.LOGIN_NEEDED, _S.LOGIN, "return state"),
    _line(_S.LOGIN, Event.ENROLLED, None, ""),
    _line(OPEN_STATES - {_S.PAUSED}, Event.PAUSED, _S.PAUSED, "return state; logged decision"),
    _line(_S.PAUSED, Event.RESUMED, None, "logged decision"),
    _line(frozenset({_S.SENDING, _S.UPLOADING}), Event.STARTED, _S.CONFIRMING, ""),
    # Held while its request was under way, of which nobody is left to hear the answer.
    _line(_S.PAUSED, Event.STARTED, _S.PAUSED, "return state confirming"),
    _line(_S.LOGIN, Event.STARTED, _S.LOGIN, "return state confirming"),
    # Whatever the backup says, the PC it came from may have gone on: ask first, also what the clerk holds back.
    _line(OPEN_STATES - {_S.PAUSED}, Event.RESTORED, _S.CONFIRMING, ""),
    _line(_S.PAUSED, Event.RESTORED, _S.PAUSED, "return state confirming"),
    _line(frozenset({_S.SENT, _S.DONE}), Event.RECONCILED_UNKNOWN, _S.CONFIRMING, "what the server said; pages again"),
)


class NoSuchTransition(LookupError):
    """The table has no line for that state and event."""


_LOOKUP: dict[tuple[SendingState, Event], Line] = {(state, line.event): line for line in TABLE for state in line.states}


def transition(state: SendingState, event: Event) -> Line:
    """The table's line.

    Raises:
        NoSuchTransition: when the table knows no such thing.
    """
    try:
        return _LOOKUP[(state, event)]
    except KeyError:
        raise NoSuchTransition(f"{state} × {event}") from None


def next_state(state: SendingState, event: Event, return_state: SendingState | None = None) -> SendingState:
    """Where an event leads.

    Args:
        return_state: of the row; needed where the table says "its return state".

    Raises:
        NoSuchTransition: when the table knows no such thing, or the return state is missing.
    """
    following = transition(state, event).next or return_state
    if following is None:
        raise NoSuchTransition(f"{state} × {event} without a return state")
    return following


def is_final(state: SendingState) -> bool:
    """Whether the runner has nothing left to do: closed by a receipt or a decision, or in the clerk's tray."""
    return state in CLOSED_STATES or state in TRAY_STATES
