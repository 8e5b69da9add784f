"""The program as a child process with its event hook, for tests of the whole program."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from villagedesk.app.event_hook import ENVIRONMENT_NAME

_PATIENCE_S = 60.0
_ROOT = Path(__file__).parents[2]
# the tests' package first: it plants the mutant that is asked for, into the child as well
_START = "import sys, tests; from villagedesk.app.command_line import main; sys.exit(main())"


class Child:
    """``villagedesk run`` with the given arguments, driven by its hook."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self._printed: str | None = None
        port_file = folder / "hook.json"
        port_file.unlink(missing_ok=True)
        environment = {**os.environ, ENVIRONMENT_NAME: str(port_file), "QT_QPA_PLATFORM": "offscreen", **variables}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, "run", *arguments],
            cwd=_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        until = time.monotonic() + _PATIENCE_S
        while not port_file.exists():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < until, "no hook"
            time.sleep(0.01)  # another process's file: there is no event to wait for
        hook = json.loads(port_file.read_text(encoding="utf-8"))
        self.token = hook["token"]
        self._socket = socket.create_connection(("127.0.0.1", hook["port"]), timeout=2 * _PATIENCE_S)
        self._lines = self._socket.makefile("rb")

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        """One request with the right token unless another is given; a wait is a patient one unless told otherwise."""
        patience = {"seconds": _PATIENCE_S} if command == "wait_for" else {}
        self.send(command, **({"token": self.token} | patience | values))
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def send(self, command: str, **values: object) -> None:
        """A request whose answer is not waited for, as of one that ends the program; with no token but a given one."""
        self._socket.sendall(json.dumps({"command": command, **values}).encode() + b"\n")

    def do(self, command: str, **values: object) -> dict[str, Any]:
        """One request that must be answered with ok."""
        answer = self.ask(command, **values)
        assert answer["ok"], answer
        return answer

    def widget(self, name: str) -> dict[str, Any]:
        """A visible widget's row of the tree."""
        (row,) = [row for row in self.do("tree")["widgets"] if row["name"] == name]
        return dict(row)

    def end(self) -> None:
        """Kill it, if it has not ended by itself."""
        self._lines.close()
        self._socket.close()
        if self.process.poll() is None:
            self.process.kill()
        self.output()

    def output(self) -> str:
        """What it printed, once it has ended; also when asked twice."""
        if self._printed is None:
            self._printed = (self.process.communicate()[0] or b"").decode(errors="replace")
        return self._printed
