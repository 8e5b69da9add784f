"""The event hook: lets another process press keys, click and look, as a person at the screen would.

On only when ``VILLAGEDESK_EVENT_HOOK`` names a file; the hook listens on a loopback port and writes
``{"port": …, "token": …}`` there. One JSON object per line in, one per line out (``{"ok": true, …}`` or
``{"ok": false, "error": "…"}``). Everything runs on the GUI thread as Qt events; nothing here reaches the desk.

Commands (``command`` beside ``token``; widgets are named by objectName):
``tree`` · ``window`` · ``key`` (``key`` such as ``Ctrl+Z``, or ``text``; ``widget`` or the focus) · ``click``
(``widget``, optional ``x``, ``y``, ``double``) · ``wait_for`` (``widget``, optional ``state`` of
visible/hidden/enabled/focused, ``text`` contained, ``seconds``) · ``screenshot`` (``file``) · ``close`` (what the
window's close button sends).
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from villagedesk.app import event_input, event_look

ENVIRONMENT_NAME = "VILLAGEDESK_EVENT_HOOK"
_POLL_MS = 20
_MAX_LINE = 1 << 20

Request = Mapping[str, object]
Answer = dict[str, object]


class EventHook(QObject):
    """Takes requests from loopback connections and answers them from the GUI thread."""

    _arrived = Signal(object)

    def __init__(self, port_file: Path) -> None:
        super().__init__()
        self._token = secrets.token_hex(16)
        self._arrived.connect(self._serve, Qt.ConnectionType.QueuedConnection)
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, name="event-hook", daemon=True).start()
        part = port_file.with_name(port_file.name + ".part")
        part.write_text(json.dumps({"port": port, "token": self._token}), encoding="utf-8")
        part.replace(port_file)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), name="event-hook-talk", daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                for line in iter(lambda: lines.readline(_MAX_LINE), b""):
                    answer = self._answer(line)
                    connection.sendall(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            except OSError:
                return  # the other side went away

    def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return {"ok": False, "error": "not JSON"}
        if not isinstance(request, dict) or not self._is_token(request.get("token")):
            return {"ok": False, "error": "wrong token"}
        done: Future[Answer] = Future()
        self._arrived.emit((request, done))
        return done.result()

    def _is_token(self, given: object) -> bool:
        return isinstance(given, str) and secrets.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    def _serve(self, arrived: tuple[Request, Future[Answer]]) -> None:
        request, done = arrived
        try:
            command = request.get("command")
            event_look.take_the_stage()
            if command == "tree":
                done.set_result({"ok": True, "widgets": event_look.tree()})
            elif command == "window":
                done.set_result({"ok": True, **event_look.window()})
            elif command == "screenshot":
                event_look.screenshot(Path(str(request["file"])))
                done.set_result({"ok": True})
            elif command == "key":
                self._act(event_input.key_press(request), done)
            elif command == "click":
                self._act(event_input.mouse_click(request), done)
            elif command == "close":
                self._act(event_input.close_window, done)
            elif command == "wait_for":
                self._wait(request, done)
            else:
                done.set_result({"ok": False, "error": f"unknown command {command!r}"})
        except Exception as error:  # whatever it is, the driver waits for an answer
            _settle(done, {"ok": False, "error": f"{type(error).__name__}: {error}"})

    def _act(self, act: Callable[[], str], done: Future[Answer]) -> None:
        # an event may open a modal dialog and not come back before it closes: the second timer then answers from
        # within the dialog's own event loop
        def perform() -> None:
            try:
                name = act()
            except Exception as error:  # as above
                _settle(done, {"ok": False, "error": f"{type(error).__name__}: {error}"})
            else:
                _settle(done, {"ok": True, "widget": name})

        QTimer.singleShot(0, perform)
        QTimer.singleShot(_POLL_MS, lambda: _settle(done, {"ok": True, "widget": ""}))

    def _wait(self, request: Request, done: Future[Answer]) -> None:
        met = event_look.condition(request)
        timer = QTimer(self)
        left = [int(float(str(request.get("seconds", 10))) * 1000 / _POLL_MS)]

        def look() -> None:
            state = met()
            left[0] -= 1
            if state == "" or left[0] < 0:
                timer.stop()
                timer.deleteLater()
                _settle(done, {"ok": True} if state == "" else {"ok": False, "error": state})

        timer.timeout.connect(look)
        timer.start(_POLL_MS)


def _settle(done: Future[Answer], answer: Answer) -> None:
    if not done.done():
        done.set_result(answer)


def start_if_asked() -> EventHook | None:
    """The hook when the environment asks for it; needs a QApplication."""
    if QApplication.instance() is None:
        raise RuntimeError("the event hook needs a QApplication")
    port_file = os.environ.get(ENVIRONMENT_NAME, "")
    return EventHook(Path(port_file)) if port_file else None
