"""The link in words: how far it reaches, since when, and what the clerk can do about it."""

from __future__ import annotations

import threading
from datetime import datetime

from villagedesk.desk.news import News
from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.sync.engine import SyncStatus
from villagedesk.sync.link import LinkKind

_TONES = {
    LinkKind.UNKNOWN: "calm",
    LinkKind.NO_NETWORK: "warn",
    LinkKind.INTERNET_ONLY: "warn",
    LinkKind.NO_ANSWER: "warn",
    LinkKind.ONLINE: "good",
}
_CLERKS_TURN = frozenset({LinkKind.NO_NETWORK, LinkKind.INTERNET_ONLY})
_TOLD_SKEW_S = 180.0


class LinkWords:
    """Keeps the sync engine's last word; written by the engine's threads, read by everyone."""

    def __init__(self, clock: Clock, news: News) -> None:
        self._clock = clock
        self._news = news
        self._guard = threading.Lock()
        self._status = SyncStatus()
        self._since: datetime | None = None

    def publish(self, status: SyncStatus) -> None:
        """Take the engine's status and tell screens."""
        with self._guard:
            moved = self._since is None or status.link.kind is not self._status.link.kind
            if moved:
                self._since = self._clock.now()
            self._status = status
        self._news.tell("link", "outbox")

    def online(self) -> bool:
        """Whether the acceptance system answered when last asked."""
        return self._status.link.kind is LinkKind.ONLINE

    def by_hand(self) -> bool:
        """Whether the station was granted no interface, so that cases are entered by hand."""
        return not self._status.interface

    def link(self) -> Sentence:
        """The link's state with the time it began, for the bottom line."""
        if self.by_hand():
            return Sentence("bridge.link")
        with self._guard:
            kind, since = self._status.link.kind, self._since
        time = f"{since.astimezone(SHANGHAI):%H:%M}" if since is not None else ""
        return Sentence(f"desk.sending.link.{kind}", {"since": time}, _TONES[kind])

    def clock_agrees(self) -> bool:
        """Whether the acceptance system has told its time lately, and the PC's clock is right by it."""
        skew = self._status.link.clock_skew
        return skew is not None and abs(skew) <= _TOLD_SKEW_S

    def advice(self) -> Sentence | None:
        """What the clerk can do about link, disk or clock; None when nothing."""
        status = self._status
        if not status.interface:
            return Sentence("bridge.advice")
        if status.problem_key:
            return Sentence(status.problem_key, {}, "bad")
        if status.link.kind in _CLERKS_TURN:
            return Sentence(status.link.message_key, {}, "warn")
        skew = status.link.clock_skew
        if skew is not None and abs(skew) > _TOLD_SKEW_S:
            key = "desk.sending.advice_clock_ahead" if skew > 0 else "desk.sending.advice_clock_behind"
            return Sentence(key, {"minutes": round(abs(skew) / 60)}, "warn")
        return None
