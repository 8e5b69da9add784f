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


class Child:
    """``villagedesk run`` with the given arguments, driven by its hook."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        port_file = folder / "hook.json"
        port_file.unlink(missing_ok=True)
        environment = {**os.environ, ENVIRONMENT_NAME: str(port_file), "QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "villagedesk", "run", *arguments],
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
        self._socket = socket.create_connection(("127.0.0.1", hook["port"]), timeout=_PATIENCE_S)
        self._lines = self._socket.makefile("rb")

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        """One request with the right token unless another is given."""
        request = {"command": command, "token": self.token, **values}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

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
        """What it printed, once it has ended."""
        return (self.process.communicate()[0] or b"").decode(errors="replace")
