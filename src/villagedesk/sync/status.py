"""What the engine tells the screen: the link, what travels, what keeps it from going on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from villagedesk.sync.link import LinkState
from villagedesk.sync.traffic import Traffic


@dataclass(frozen=True)
class StationWait:
    """What keeps the whole queue from being sent although the link may be well.

    Args:
        until: aware; when it is tried again.
        reason: message key of what was met.
        raw: what the acceptance system said to the station's enrolment, for the technician; "" of anything else, for
            what it says of a case may name a person.
        unknown_since: aware; since when the enrolment fails, None when it is not the enrolment that is waited for.
    """

    until: datetime
    reason: str
    raw: str = ""
    unknown_since: datetime | None = None


@dataclass(frozen=True)
class SyncStatus:
    """What the screen shows of the road out.

    Args:
        link: as last looked at.
        problem_key: message key of what keeps this PC from going on (disk full …), "" otherwise.
        failure_key: message key of the last failure with the acceptance system, "" after a success.
        bytes_per_second: what the line yields at the moment, 0 when that is not known.
        wait: what the whole queue waits for, None when for nothing.
        interface: False where the station was granted none: no engine runs, and this is all there is to say.
    """

    link: LinkState = field(default_factory=LinkState)
    problem_key: str = ""
    failure_key: str = ""
    bytes_per_second: float = 0.0
    wait: StationWait | None = None
    interface: bool = True


class Told:
    """The status as it was published last. Used by all threads of the engine.

    Args:
        publish: called with each new status, one at a time; must return soon.
    """

    def __init__(self, publish: Callable[[SyncStatus], None]) -> None:
        self._publish = publish
        self._status = SyncStatus()
        self._telling = threading.Lock()

    @property
    def status(self) -> SyncStatus:
        """As last published."""
        return self._status

    def tell(
        self, link: LinkState | None = None, problem_key: str | None = None, failure_key: str | None = None
    ) -> None:
        """Publish what is given; None leaves what was told before."""
        with self._telling:
            before = self._status
            self._status = replace(
                before,
                link=before.link if link is None else link,
                problem_key=before.problem_key if problem_key is None else problem_key,
                failure_key=before.failure_key if failure_key is None else failure_key,
            )
            self._publish(self._status)

    def waits(self, wait: StationWait | None) -> None:
        """Publish what the whole queue waits for, when that has changed."""
        with self._telling:
            if self._status.wait != wait:
                self._status = replace(self._status, wait=wait)
                self._publish(self._status)

    def traffic(self, traffic: Traffic) -> None:
        """Publish what travels, when that has changed."""
        with self._telling:
            if self._status.bytes_per_second != traffic.bytes_per_second:
                self._status = replace(self._status, bytes_per_second=traffic.bytes_per_second)
                self._publish(self._status)
