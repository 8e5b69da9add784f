"""What the whole station waits for although the acceptance system answers, in words: for a row, for the bottom line, as
advice, and for the technician. Pure."""

from __future__ import annotations

from datetime import datetime

from villagedesk.desk.sending_words import moment_text, next_text
from villagedesk.desk.views import Sentence
from villagedesk.sync.status import StationWait

_BUSY = "sync.reason.busy"
_OF_THE_ENROLMENT = {
    "sync.reason.refused": "station_wait.why.refused",
    "sync.reason.conflict": "station_wait.why.conflict",
    "sync.reason.cut": "station_wait.why.unanswered",
    "sync.reason.timeout": "station_wait.why.unanswered",
}
"""Reasons whose own sentences speak of a case."""


def reason_of(wait: StationWait) -> Sentence:
    """Why a row stands still that waits for nothing of its own."""
    return Sentence("station_wait.row" if wait.unknown_since is not None else wait.reason, {}, "warn")


def short_of(wait: StationWait, now: datetime) -> Sentence:
    """For the bottom line."""
    if wait.unknown_since is not None:
        return Sentence("station_wait.short.unknown", {"since": moment_text(wait.unknown_since, now)}, "warn")
    return Sentence(f"station_wait.short.{_kind(wait)}", {"next": next_text(wait.until, now)}, "warn")


def advice_of(wait: StationWait, now: datetime) -> Sentence:
    """How it is, what that means and what to do."""
    params: dict[str, object] = {"why": _why(wait), "next": next_text(wait.until, now)}
    if wait.unknown_since is None:
        return Sentence(f"station_wait.advice.{_kind(wait)}", params, "warn")
    params["since"] = moment_text(wait.unknown_since, now)
    return Sentence("station_wait.advice.unknown", params, "warn")


def parts_of(wait: StationWait, now: datetime) -> tuple[str | Sentence, ...]:
    """For the technician: what, why, as the other side put it, and the next time."""
    what = (reason_of(wait),) if wait.unknown_since is not None else ()
    raw = (wait.raw,) if wait.raw else ()
    return (*what, _why(wait), *raw, next_text(wait.until, now))


def _kind(wait: StationWait) -> str:
    return "busy" if wait.reason == _BUSY else "other"


def _why(wait: StationWait) -> Sentence:
    own = wait.reason if wait.unknown_since is None else _OF_THE_ENROLMENT.get(wait.reason, wait.reason)
    return Sentence(own)
