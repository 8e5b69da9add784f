"""Plays faults around the application, as ASGI; torn connections are really torn (``transport.abort``)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from villagedesk.practice.faults import Fault, FaultKind, FaultPlan, route_kind

TRANSPORT = "villagedesk.transport"
"""Where the server puts the connection's transport in the ASGI scope's ``state``."""

_PORTAL = "<!doctype html><html><head><title>上网认证</title></head><body>请先登录校园网络</body></html>".encode()
_PROXY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass
class _Recorded:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


class FaultPlayer:
    """The outermost layer of the application.

    Args:
        app: the rest.
        plan: says which request is hit.
    """

    def __init__(self, app: ASGIApp, plan: FaultPlan) -> None:
        self._app = app
        self._plan = plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or play its fault."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = self._plan.strike(route_kind(scope["method"], scope["path"]))
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif fault.kind is FaultKind.DROP_BEFORE:
            await _tear(scope, receive)
        elif fault.kind is FaultKind.DROP_MIDWAY:
            await self._app(scope, _torn_body(scope, receive, fault.after_bytes), _nowhere)
            await _tear(scope, receive)
        elif fault.kind in _INSTEAD:
            await _drain(receive)
            status, headers, body = _INSTEAD[fault.kind]
            more = [(b"retry-after", str(fault.retry_after).encode())] if status in (429, 503) else []
            await _answer(send, status, [*headers, *more], body)
        else:
            await self._after(fault, scope, receive, send)

    async def _after(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        recorded = _Recorded()
        await self._app({**scope, "headers": plain}, receive, recorded.send)
        body = bytes(recorded.body)
        if fault.kind is FaultKind.DROP_AFTER:
            await _tear(scope, receive)
        elif fault.kind is FaultKind.CUT_ANSWER:
            await send({"type": "http.response.start", "status": recorded.status, "headers": recorded.headers})
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await _tear(scope, receive, flush=True)
        elif fault.kind is FaultKind.ERROR_AFTER:
            await _answer(send, *_ERROR)
        elif fault.kind is FaultKind.TRUNCATED_JSON:
            await _answer(send, recorded.status, recorded.headers, body[: len(body) // 2])
        else:
            await _answer(send, recorded.status, recorded.headers, _with_wrong_hashes(body))


_Canned = tuple[int, list[tuple[bytes, bytes]], bytes]
_HTML = [(b"content-type", b"text/html; charset=utf-8")]
_PROBLEM_TYPE = [(b"content-type", b"application/problem+json")]


def _problem(status: int, code: str, message: str) -> bytes:
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "message": message}
    return json.dumps(body, ensure_ascii=False).encode()


_ERROR: _Canned = (500, _PROBLEM_TYPE, _problem(500, "internal_error", "系统内部错误，请稍后重试"))
_INSTEAD: dict[FaultKind, _Canned] = {
    FaultKind.ERROR_BEFORE: _ERROR,
    FaultKind.HTML_PAGE: (200, _HTML, _PORTAL),
    FaultKind.PROXY_PAGE: (502, _HTML, _PROXY),
    FaultKind.BUSY_429: (429, _PROBLEM_TYPE, _problem(429, "busy", "请求过多，请稍后重试")),
    FaultKind.BUSY_503: (503, _PROBLEM_TYPE, _problem(503, "busy", "系统繁忙，请稍后重试")),
}


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    if status != 204:
        kept.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": kept})
    await send({"type": "http.response.body", "body": body})


async def _tear(scope: Scope, receive: Receive, *, flush: bool = False) -> None:
    transport: asyncio.Transport = scope["state"][TRANSPORT]
    if flush:
        # What was written must be on the wire before the reset, or the peer sees no half answer.
        while transport.get_write_buffer_size():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drain(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
        pass


async def _nowhere(_message: Message) -> None:
    """The connection is torn: nobody reads the answer."""


def _torn_body(scope: Scope, receive: Receive, after_bytes: int) -> Receive:
    left = after_bytes

    async def torn() -> Message:
        nonlocal left
        if left < 0:
            return {"type": "http.disconnect"}
        message = await receive()
        if message["type"] != "http.request":
            return message
        body: bytes = message.get("body", b"")
        if len(body) < left:
            left -= len(body)
            if message.get("more_body", False):
                return message
        piece, left = body[:left], -1
        scope["state"][TRANSPORT].abort()
        return {"type": "http.request", "body": piece, "more_body": True}

    return torn


def _with_wrong_hashes(body: bytes) -> bytes:
    def other(node: object) -> object:
        if isinstance(node, dict):
            return {
                key: value[::-1] if key == "payload_sha256" and isinstance(value, str) else other(value)
                for key, value in node.items()
            }
        return [other(value) for value in node] if isinstance(node, list) else node

    try:
        return json.dumps(other(json.loads(body)), ensure_ascii=False).encode()
    except ValueError:
        return body
