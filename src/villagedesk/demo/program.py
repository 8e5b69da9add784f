"""The program as a child process: started by its command line, driven by key and mouse events, killed when asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOOK_VARIABLE = "VILLAGEDESK_EVENT_HOOK"
_START_SECONDS = 60.0


class DemoFailure(Exception):
    """A step of the demo did not come out as it must."""


def program_command(*arguments: str) -> list[str]:
    """The command that starts villagedesk: the packaged program itself, or this Python with the package."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "villagedesk", *arguments]


@dataclass
class EventLog:
    """Every event sent to the child, for the summary."""

    events: list[dict[str, object]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    step: str = ""

    def add(self, kind: str, widget: str) -> None:
        """Note one event with its step, widget and time since the start in seconds."""
        at = round(time.monotonic() - self.began, 3)
        self.events.append({"step": self.step, "kind": kind, "widget": widget, "at": at})


class Program:
    """A running child with its hook.

    Args:
        arguments: of ``villagedesk run``.
        folder: for the hook's port file and the child's output; never inside the child's data folder.
        log: where events are noted.
    """

    def __init__(self, arguments: Sequence[str], folder: Path, log: EventLog) -> None:
        self._log = log
        port_file = folder / "event-hook.json"
        port_file.unlink(missing_ok=True)
        self._output = (folder / "program.log").open("ab")
        environment = {**os.environ, HOOK_VARIABLE: str(port_file), "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            program_command("run", *arguments), env=environment, stdout=self._output, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + _START_SECONDS
        while not port_file.exists():
            if self._process.poll() is not None:
                raise DemoFailure(f"the program ended at start with {self._process.returncode}; see program.log")
            if time.monotonic() > deadline:
                raise DemoFailure("the program did not show its hook in time")
            time.sleep(0.02)
        hook = json.loads(port_file.read_text(encoding="utf-8"))
        self._token = hook["token"]
        self._socket = socket.create_connection(("127.0.0.1", hook["port"]), timeout=120)
        self._lines = self._socket.makefile("rb")

    def _ask(self, command: str, **values: object) -> dict[str, Any]:
        request = {"command": command, "token": self._token, **values}
        try:
            self._socket.sendall(json.dumps(request, ensure_ascii=False).encode() + b"\n")
            line = self._lines.readline()
        except OSError as error:
            raise DemoFailure(f"{command} {values}: the program does not answer ({error})") from None
        if not line:
            raise DemoFailure(f"{command} {values}: the program has ended")
        answer: dict[str, Any] = json.loads(line)
        if not answer.pop("ok"):
            raise DemoFailure(f"{command} {values}: {answer.get('error')}")
        return answer

    def key(self, key: str, widget: str = "") -> None:
        """Press one key, e.g. ``"Return"`` or ``"Ctrl+Z"``, where the focus is or on a named widget."""
        answer = self._ask("key", key=key, widget=widget)
        self._log.add(f"key {key}", answer.get("widget", widget))

    def type(self, text: str, widget: str = "") -> None:
        """Type words; Chinese comes as an input method commits it."""
        answer = self._ask("key", text=text, widget=widget)
        self._log.add("type", answer.get("widget", widget))

    def click(self, widget: str, **where: object) -> None:
        """Click a widget in its middle, or the item whose words hold ``item``."""
        self._ask("click", widget=widget, **where)
        self._log.add("click", widget)

    def wait(self, widget: str, *, text: str | None = None, state: str = "visible", seconds: float = 20) -> None:
        """Wait until a widget is there, is in a state, or shows some text."""
        wanted = {} if text is None else {"text": text}
        self._ask("wait_for", widget=widget, state=state, seconds=seconds, **wanted)

    def widgets(self) -> list[dict[str, Any]]:
        """All visible widgets with their words."""
        found: list[dict[str, Any]] = self._ask("tree")["widgets"]
        return found

    def wait_for_any(self, *widgets: str, seconds: float = 30) -> str:
        """Wait until one of these is visible and enabled; gives its name. Raises DemoFailure when none comes."""
        deadline = time.monotonic() + seconds
        while True:
            there = {row["name"] for row in self.widgets() if row.get("enabled", True)}
            for name in widgets:
                if name in there:
                    return name
            if time.monotonic() > deadline:
                raise DemoFailure(f"none of {', '.join(widgets)} came")
            time.sleep(0.05)

    def shown(self, widget: str) -> str:
        """What a named widget shows, the items of a list joined. Raises DemoFailure when it is not there."""
        for row in self.widgets():
            if row["name"] == widget:
                items = " ".join(item["text"] for item in row.get("items", []))
                return f"{row['text']} {items}".strip()
        raise DemoFailure(f"no widget {widget!r} on the screen")

    def wait_for_rows(self, widget: str, words: str, *, rows: int, seconds: float = 30) -> None:
        """Wait until so many rows of a list hold some words."""
        deadline = time.monotonic() + seconds
        while True:
            items = [item for row in self.widgets() if row["name"] == widget for item in row.get("items", [])]
            if len({item["row"] for item in items if words in item["text"]}) >= rows:
                return
            if time.monotonic() > deadline:
                raise DemoFailure(f"{words!r} does not stand in {rows} rows of {widget!r}")
            time.sleep(0.05)

    def screenshot(self, file: Path) -> None:
        """A picture of the window."""
        self._ask("screenshot", file=str(file))

    def kill(self) -> None:
        """Kill at once (-9), as a plug pulled for the process; nothing is told to it."""
        self._process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        self._process.wait()
        self._close()

    def close(self) -> None:
        """Close the window as its button does, and wait for the orderly end.

        Raises:
            DemoFailure: when the program does not end by itself, or not with exit code 0.
        """
        try:
            self._ask("close")
            code = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise DemoFailure("the program did not end when its window was closed") from None
        finally:
            self._close()
        if code:
            raise DemoFailure(f"the program ended with {code}")

    def abandon(self) -> None:
        """Make sure nothing is left running after a failed step; harmless when it has ended."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        self._lines.close()
        self._socket.close()
        self._output.close()
