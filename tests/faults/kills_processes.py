"""The processes that are killed, forked one after the other from one that has everything imported.

``python -m tests.faults.kills_processes`` takes a job a line and answers the process id of the child that does it.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.faults.kills_mutants import plant_in_county
from tests.faults.kills_village import live
from tests.faults.place import Place
from tests.line.namespaces import enter
from villagedesk.domain.names_pinyin import initials_forms
from villagedesk.practice.server import PracticeServer

_ROOT = Path(__file__).parents[2]
_PR_SET_PDEATHSIG = 1
_END_SECONDS = 20.0


class Process:
    """One child, held by a handle that is good also when another process has its number.

    Args:
        log: where it says why it ended by itself.
    """

    def __init__(self, pid: int, log: Path) -> None:
        self._handle = os.pidfd_open(pid)
        self._log = log

    def ended(self, seconds: float = 0.0) -> bool:
        """Whether it has ended, waiting so long for that."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    def kill(self) -> str:
        """Kill it with SIGKILL and see it end; gives what it said when it had ended by itself, or of a fault before
        (nothing is configured to log less than errors, and a kill of the other side is no error), else ""."""
        said = ""
        if self.ended():
            said = f"ended by itself: {self._log.read_text(errors='replace')[-600:]}"
        else:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            if not self.ended(_END_SECONDS):
                said = "does not die"
            elif told := self._log.read_text(errors="replace"):
                said = f"told of a fault while it lived: {told[-600:]}"
        os.close(self._handle)
        return said


class Processes:
    """Starts villages and counties. End it by :meth:`close`: its children die with it."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.kills_processes"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, what: str, place: Place, namespace: str, **more: Any) -> Process:
        """A village or a county at a place.

        Args:
            namespace: path of the network namespace; "" for this one.
            more: of the job.
        """
        log = place.root / f"{what}.log"
        job = {"what": what, "root": str(place.root), "mutant": place.mutant, "namespace": namespace, "log": str(log)}
        assert self._parent.stdin is not None and self._parent.stdout is not None
        print(json.dumps(job | more), file=self._parent.stdin, flush=True)
        return Process(int(self._parent.stdout.readline()), log)

    def close(self) -> None:
        """End all."""
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait()
        self._parent.stdout.close()


def _do(job: dict[str, Any]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for handle in (1, 2):
        os.dup2(log, handle)
    faulthandler.enable()  # an end by a signal says where
    if job["namespace"]:
        namespace = os.open(job["namespace"], os.O_RDONLY)
        enter(namespace)
        os.close(namespace)
    place = Place(Path(job["root"]), job["mutant"])
    if job["what"] == "village":
        live(place, job["life"])
    plant_in_county(place.mutant)
    server = PracticeServer(place.root / "county", host=job["host"])
    server.start()
    signal.pause()


def _serve() -> None:
    # The dictionaries of the first case, read once instead of in every life.
    initials_forms("甲")
    for line in sys.stdin:
        # The dead of before are let go only now: whoever killed them has long held them by a handle.
        with contextlib.suppress(ChildProcessError):
            while (dead := os.waitpid(-1, os.WNOHANG))[0]:
                if os.WIFSIGNALED(dead[1]) and os.WTERMSIG(dead[1]) != signal.SIGKILL:
                    print(f"process {dead[0]} ended by signal {os.WTERMSIG(dead[1])}", file=sys.stderr)
        child = os.fork()
        if child == 0:
            try:
                _do(json.loads(line))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    _serve()
