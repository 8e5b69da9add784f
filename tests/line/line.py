"""A lossy line between two network namespaces, for whoever tests over it: ``with Line() as line: …``."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.line.setting import OPEN, LineSetting

ROOT = Path(__file__).parents[2]
VILLAGE_END, COUNTY_END = "village", "county"


class Line:
    """The relay and the two ends; all of it is gone when the ``with`` ends, and when this process dies in any way.

    Raises:
        RuntimeError: when the relay cannot be had (not root, no TUN).
    """

    def __init__(self, setting: LineSetting = OPEN) -> None:
        if sys.platform != "linux" or os.geteuid() != 0:
            raise RuntimeError("NOT RUN: a lossy line needs Linux and root")
        self._relay = subprocess.Popen(
            [sys.executable, "-m", "tests.line.relay"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._places = self._answer()
            self.set(setting)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def set(self, setting: LineSetting) -> None:
        """Become another line. What was under way is lost, and counting begins anew."""
        self._order(f'{{"line": {setting.to_json()}}}')

    def gap(self, seconds: float) -> None:
        """Carry nothing for so long, from now on; connections may outlive it. Returns at once."""
        self._order(json.dumps({"gap": seconds}))

    def cut(self, seconds: float = 0.0) -> float:
        """End every connection at both ends, and carry nothing for so long. Gives the moment; returns at once."""
        return float(self._order(json.dumps({"cut": seconds}))["at"])

    def report(self) -> dict[str, Any]:
        """What was counted since the line was set: packets by direction, gaps, connections, the first SYN's moment."""
        return self._order('{"report": true}')

    def namespace(self, end: str) -> str:
        """The path of an end's network namespace."""
        return f"/proc/{self._places['pid']}/fd/{self._places[end]}"

    def popen(
        self, end: str, command: Sequence[str], environment: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[str]:
        """Start a program at an end of the line. It is killed when the thread that started it ends."""
        inside = ["nsenter", f"--net={self.namespace(end)}", "setpriv", "--pdeathsig", "KILL"]
        # A parent that died before the child could ask to die with it is no parent any more.
        still = ["sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"', str(os.getpid())]
        return subprocess.Popen([*inside, *still, *command], cwd=ROOT, env=environment, text=True, **options)

    def close(self) -> None:
        """End the relay, and with it the line."""
        assert self._relay.stdin is not None and self._relay.stdout is not None
        with contextlib.suppress(OSError):
            self._relay.stdin.close()
        try:
            self._relay.wait(10)
        except subprocess.TimeoutExpired:
            self._relay.kill()
            self._relay.wait()
        self._relay.stdout.close()

    def _order(self, order: str) -> dict[str, Any]:
        assert self._relay.stdin is not None
        print(order, file=self._relay.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._relay.stdout is not None
        said = self._relay.stdout.readline()
        if not said:
            raise RuntimeError("the relay of the lossy line ended")
        answer: dict[str, Any] = json.loads(said)
        return answer
