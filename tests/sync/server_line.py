"""The line to the model of the acceptance system: each call goes over it, and meets the fault that the test chooses."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from villagedesk.acceptance.port import AcceptanceFailure, Busy, LoginNeeded, NoConnection, Unanswered

T = TypeVar("T")
_DRIVEN = frozenset({"put_revision", "put_action", "case", "create_upload", "upload_offset", "send_chunk"})
"""Calls made for one row, which alone is to bear what comes of a mistake."""


class Mistake(RuntimeError):
    """Stands for a mistake in the program, which may end no more than the row it was met at."""


class Fault(StrEnum):
    """What happens to one call."""

    NONE = "none"
    NO_CONNECTION = "no_connection"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    ERROR_BEFORE = "500, nothing done"
    ERROR_AFTER = "500, yet done"
    HTML = "200 with a page of somebody else's"
    WRONG_HASH = "done, the answer names another hash"
    SHORT_RECEIPT = "201 that lists too few pages, nothing committed"
    LATE = "cut, and it arrives all the same, some calls later"
    DIED = "done, and the server dies before it answers"
    BUG = "an exception nobody foresaw, in our own program"
    BUSY = "busy"
    LOGIN = "login"


class ServerLine:
    """Brings each call to what it does there, and the answer back; or not.

    Args:
        choose: gives the fault for a call, by the port method's name.
        partial: how many bytes of a cut chunk arrive, of its length.
        arrives: whether a late request arrives now.
    """

    def __init__(
        self, choose: Callable[[str], Fault], partial: Callable[[int], int], arrives: Callable[[], bool]
    ) -> None:
        self.choose = choose
        self.partial = partial
        self.arrives = arrives
        self._late: list[Callable[[], object]] = []
        self.enrolled: set[str] = set()
        self.revoked = False
        self.calls: list[str] = []
        self.on_done: Callable[[], None] = lambda: None
        """Told between a deed and its answer."""

    def restart(self) -> None:
        """The server dies and starts anew."""
        raise NotImplementedError

    def arrive_all(self) -> None:
        """What is on its way late arrives now."""
        self._deliver(surely=True)

    def _call(
        self,
        name: str,
        act: Callable[[], T],
        *,
        needs_login: bool = True,
        distort: Callable[[Fault, T], T] | None = None,
        lie: Callable[[], T] | None = None,
        cut: Callable[[], None] | None = None,
        left: Callable[[], None] | None = None,
    ) -> T:
        self.calls.append(name)
        self._deliver()
        fault = self.choose(name)
        if fault is Fault.NO_CONNECTION:
            raise NoConnection("sync.reason.no_connection")
        if left is not None:
            left()
        if fault is Fault.LATE:
            self._late.append(act)
            raise Unanswered("sync.reason.cut")
        if fault is Fault.CUT_BEFORE:
            if cut is not None:
                cut()
            raise Unanswered("sync.reason.cut")
        if fault is Fault.ERROR_BEFORE:
            raise Unanswered("sync.reason.server_error", "500")
        if fault is Fault.HTML:
            raise Unanswered("sync.reason.not_ours", "200 text/html")
        if fault is Fault.BUG and name in _DRIVEN:
            raise Mistake
        if fault is Fault.BUSY:
            raise Busy("sync.reason.busy", "503", 7.0)
        if needs_login and name != "health" and (fault is Fault.LOGIN or self.revoked or not self.enrolled):
            self.revoked = True
            raise LoginNeeded("sync.reason.login", "401")
        if fault is Fault.SHORT_RECEIPT and lie is not None:
            return lie()
        answer = act()
        self.on_done()
        if fault is Fault.DIED:
            self.restart()
        if fault in (Fault.CUT_AFTER, Fault.DIED):
            raise Unanswered("sync.reason.cut")
        if fault is Fault.ERROR_AFTER:
            raise Unanswered("sync.reason.server_error", "500")
        if fault is Fault.WRONG_HASH and distort is not None:
            return distort(fault, answer)
        return answer

    def _deliver(self, *, surely: bool = False) -> None:
        if self._late and (surely or self.arrives()):
            late, self._late = self._late, []
            for act in late:
                with contextlib.suppress(AcceptanceFailure):
                    act()
