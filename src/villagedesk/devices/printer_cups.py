"""What became of a job in a CUPS queue: Qt and CUPS say yes to jobs for dead printers, so the queue itself is asked."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable

from villagedesk.devices.ports import PrintState

_JOB = re.compile(r"^(?P<job>\S+-\d+)\s", re.MULTILINE)
_ASK_SECONDS = 10.0
_EVERY_SECONDS = 0.5


def ask_lpstat(arguments: list[str]) -> str:
    """What ``lpstat`` prints, in English; "" when there is no lpstat, no queue or no answer within ten seconds."""
    program = shutil.which("lpstat")
    if program is None:
        return ""
    try:
        answer = subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            timeout=_ASK_SECONDS,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout


class CupsQueue:
    """One printer's queue.

    Args:
        printer: the queue's name.
        ask: runs ``lpstat`` with arguments and gives what it prints.
        monotonic, sleep: time, in seconds.
    """

    def __init__(
        self,
        printer: str,
        ask: Callable[[list[str]], str] = ask_lpstat,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._printer = printer
        self._ask = ask
        self._monotonic = monotonic
        self._sleep = sleep

    def jobs(self) -> frozenset[str]:
        """All jobs CUPS remembers of this printer, by id."""
        return frozenset(_JOB.findall(self._ask(["-W", "all", "-o", self._printer])))

    def outcome(self, before: frozenset[str], patience_s: float) -> PrintState:
        """What became of the jobs that were not there ``before``.

        Returns:
            DONE when all are over and none was aborted or cancelled, FAILED when one was, WAITING when one is still
            there after ``patience_s`` seconds, or no job is to be seen.
        """
        end = self._monotonic() + patience_s
        while True:
            new = self.jobs() - before
            over = self._over() if new else {}
            if any("abort" in over.get(job, "") or "cancel" in over.get(job, "") for job in new):
                return PrintState.FAILED
            if new and new <= over.keys():
                return PrintState.DONE
            if self._monotonic() >= end:
                return PrintState.WAITING
            self._sleep(_EVERY_SECONDS)

    def _over(self) -> dict[str, str]:
        """Jobs that are over, each with its ``Alerts:`` line: the reasons of its last state (RFC 8011, 5.3.8).

        Drivers set other reasons than ``job-completed-successfully`` for jobs that came out, so only the reasons of
        failure tell something.
        """
        alerts: dict[str, str] = {}
        job = ""
        for line in self._ask(["-l", "-W", "completed", "-o", self._printer]).splitlines():
            found = _JOB.match(line)
            if found:
                job = found["job"]
                alerts[job] = ""
            elif job and line.strip().startswith("Alerts:"):
                alerts[job] = line.split(":", 1)[1].strip()
        return alerts
