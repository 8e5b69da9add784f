"""Turns requests away while too much is under way: 503 with ``Retry-After``, before the application has seen them."""

from __future__ import annotations

import contextlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from villagedesk.practice.faults import route_kind
from villagedesk.practice.load import Load, Work, work_of
from villagedesk.practice.problems import WireProblem

SERVED = "villagedesk.served"
"""Where the server puts, in the ASGI scope's ``state``, an empty set for each connection: the works taken on it."""
_READ_BEFORE_REFUSING = 256 * 1024
"""Bytes of a body that are read and dropped, so that the sender reads the refusal: a connection closed on unread bytes
is reset, and Windows then forgets what had arrived before."""


class LoadShedder:
    """A layer around the application. What passes it is carried to its end: nothing is refused half done."""

    def __init__(self, app: ASGIApp, load: Load) -> None:
        self._app = app
        self._load = load

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = route_kind(scope["method"], scope["path"]) if scope["type"] == "http" else None
        work = work_of(kind)
        if kind is None or work is None:
            await self._app(scope, receive, send)
            return
        seconds = self._load.seconds_away(kind)
        if seconds is not None:
            await _drop_body(receive)
            await _busy(seconds, close=self._load.crowded())(scope, receive, send)
            return
        served: set[Work] = scope.get("state", {}).get(SERVED, set())
        newcomer = work not in served
        served.add(work)
        async with self._load.taking(work, newcomer=newcomer), contextlib.AsyncExitStack() as turn:
            await self._app(scope, self._in_turn(work, receive, turn), send)

    def _in_turn(self, work: Work, receive: Receive, turn: contextlib.AsyncExitStack) -> Receive:
        """A record's turn begins when its last byte is here: who sends slowly keeps nobody waiting."""
        waiting = work is Work.RECORDS

        async def received() -> Message:
            nonlocal waiting
            message = await receive()
            if waiting and message["type"] == "http.request" and not message.get("more_body", False):
                waiting = False
                await turn.enter_async_context(self._load.records_turn())
            return message

        return received


def _busy(seconds: int, *, close: bool) -> ASGIApp:
    headers = {"Retry-After": str(seconds), **({"Connection": "close"} if close else {})}
    return WireProblem(503, "busy", "系统繁忙，请稍后重试", headers=headers).response()


async def _drop_body(receive: Receive) -> None:
    read = 0
    while read <= _READ_BEFORE_REFUSING:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
