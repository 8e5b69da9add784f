"""The link in words: how far it reaches, since when, and what the clerk can do about it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from villagedesk.desk.news import News
from villagedesk.desk.station_wait import advice_of, short_of
from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.link_layers import Finding, LayerName
from villagedesk.sync.status import StationWait, SyncStatus

_TONES = {
    LinkKind.UNKNOWN: "calm",
    LinkKind.NO_NETWORK: "warn",
    LinkKind.INTERNET_ONLY: "warn",
    LinkKind.NO_ANSWER: "warn",
    LinkKind.ONLINE: "good",
}
_CLERKS_TURN = frozenset({LinkKind.NO_NETWORK, LinkKind.INTERNET_ONLY})
_NOT_TO_BE_TAKEN_LIGHTLY = frozenset({Finding.SYSTEM_ELSEWHERE, Finding.SYSTEM_CERTIFICATE})
_CLERKS_FINDINGS = _NOT_TO_BE_TAKEN_LIGHTLY | {
    Finding.SYSTEM_NOT_OURS,
    Finding.SYSTEM_EARLY,
    Finding.SYSTEM_LATE,
    Finding.SYSTEM_REFUSES,
    Finding.PROXY_GONE,
    Finding.PROXY_LOGIN,
    Finding.PROXY_REFUSES,
}
_TOLD_SKEW_S = 180.0


@dataclass(frozen=True)
class LinkSeen:
    """The link as last looked at.

    Args:
        since: when what the clerk is told of it began; ``layers_since`` when what is said of each layer began.
        last_success: when the acceptance system answered last, None when it did not since the program started.
    """

    state: LinkState
    since: datetime | None
    layers_since: Mapping[LayerName, datetime]
    last_success: datetime | None


class LinkWords:
    """Keeps the sync engine's last word; written by the engine's threads, read by everyone."""

    def __init__(self, clock: Clock, news: News) -> None:
        self._clock = clock
        self._news = news
        self._guard = threading.Lock()
        self._status = SyncStatus()
        self._since: datetime | None = None
        self._layers_since: dict[LayerName, tuple[Finding, datetime]] = {}
        self._last_success: datetime | None = None

    def publish(self, status: SyncStatus) -> None:
        """Take the engine's status and tell screens."""
        with self._guard:
            now = self._clock.now()
            if self._since is None or _told(status.link) != _told(self._status.link):
                self._since = now
            for layer in status.link.layers:
                if layer.name not in self._layers_since or self._layers_since[layer.name][0] is not layer.finding:
                    self._layers_since[layer.name] = (layer.finding, now)
            if status.link.kind is LinkKind.ONLINE and not status.failure_key:
                self._last_success = now
            before, self._status = self._status, status
        # The rate changes twice a second: no list of cases is read anew for that.
        still = replace(status, bytes_per_second=before.bytes_per_second) == before
        self._news.tell(*("link",) if still else ("link", "outbox"))

    def online(self) -> bool:
        """Whether the acceptance system answered when last asked."""
        return self._status.link.kind is LinkKind.ONLINE

    def answers(self) -> bool | None:
        """The same for whoever counts the time: None before anybody looked, and where nobody does."""
        status = self._status
        return None if not status.interface or status.link.kind is LinkKind.UNKNOWN else self.online()

    def bytes_per_second(self) -> float:
        """What the line yields at the moment; 0 when that is not known."""
        return self._status.bytes_per_second

    def station_wait(self) -> StationWait | None:
        """What the whole station waits for; None when for nothing, and without the link, which is then what it waits
        for."""
        status = self._status
        return status.wait if status.interface and status.link.kind is LinkKind.ONLINE else None

    def held_up(self) -> bool:
        """Whether it answers, but nothing of the whole station goes on now."""
        return self.station_wait() is not None

    def by_hand(self) -> bool:
        """Whether the station was granted no interface, so that cases are entered by hand."""
        return not self._status.interface

    def link(self) -> Sentence:
        """The link's state with the time it began, for the bottom line."""
        if self.by_hand():
            return Sentence("bridge.link")
        wait = self.station_wait()
        if wait is not None:
            return short_of(wait, self._clock.now())
        with self._guard:
            link, since = self._status.link, self._since
        time = f"{since.astimezone(SHANGHAI):%H:%M}" if since is not None else ""
        layer = link.ruling
        if layer is not None:
            tone = "bad" if layer.finding in _NOT_TO_BE_TAKEN_LIGHTLY else _TONES[link.kind]
            return Sentence(f"link.short.{layer.finding}", {**layer.params, "since": time}, tone)
        return Sentence(f"desk.sending.link.{link.kind}", {"since": time}, _TONES[link.kind])

    def seen(self) -> LinkSeen:
        """The link as last looked at, with the times each state began."""
        with self._guard:
            since = {name: at for name, (_, at) in self._layers_since.items()}
            return LinkSeen(self._status.link, self._since, since, self._last_success)

    def clock_agrees(self) -> bool:
        """Whether the acceptance system has told its time lately, and the PC's clock is right by it."""
        skew = self._status.link.clock_skew
        return skew is not None and abs(skew) <= _TOLD_SKEW_S

    def waits(self) -> Sentence | None:
        """What the whole station waits for, and what to do about it; None when for nothing, and when this PC itself is
        what keeps it from going on."""
        wait = self.station_wait()
        return None if wait is None or self._status.problem_key else advice_of(wait, self._clock.now())

    def advice(self) -> Sentence | None:
        """What the clerk can do about link, disk or clock; None when nothing."""
        status = self._status
        if not status.interface:
            return Sentence("bridge.advice")
        if status.problem_key:
            return Sentence(status.problem_key, {}, "bad")
        layer = status.link.ruling
        if layer is not None and (status.link.kind in _CLERKS_TURN or layer.finding in _CLERKS_FINDINGS):
            tone = "bad" if layer.finding in _NOT_TO_BE_TAKEN_LIGHTLY else "warn"
            return Sentence(status.link.message_key, layer.params, tone)
        if status.link.kind in _CLERKS_TURN:
            return Sentence(status.link.message_key, {}, "warn")
        skew = status.link.clock_skew
        if skew is not None and abs(skew) > _TOLD_SKEW_S:
            key = "desk.sending.advice_clock_ahead" if skew > 0 else "desk.sending.advice_clock_behind"
            return Sentence(key, {"minutes": round(abs(skew) / 60)}, "warn")
        return None


def _told(link: LinkState) -> tuple[LinkKind, str]:
    layer = link.ruling
    # Whether the broadband works is found out after it was told that the line is down, and not at each look.
    return link.kind, "" if layer is None else layer.finding.removesuffix("_or_line")
