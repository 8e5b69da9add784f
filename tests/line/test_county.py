"""The county's counting: bytes of pages that were acknowledged before are told from all others."""

from __future__ import annotations

import asyncio
import base64

from starlette.types import Message, Receive, Scope, Send

from tests.line.county import PAGES, CountingLayer

SHA256 = "ab" * 32


async def county(scope: Scope, receive: Receive, send: Send) -> None:
    """A tus server that takes every body for the whole page."""
    await receive()
    heads = {"POST": (201, b"location", b"/v1/pages/1"), "PATCH": (204, b"upload-offset", b"700")}
    status, name, value = heads[scope["method"]]
    await send({"type": "http.response.start", "status": status, "headers": [(name, value)]})
    await send({"type": "http.response.body", "body": b""})


def ask(layer: CountingLayer, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
    """One request."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_message: Message) -> None:
        pass

    asyncio.run(layer({**scope, "headers": raw}, receive, send))


def test_a_page_that_was_acknowledged_whole_is_counted_when_it_comes_again() -> None:
    layer = CountingLayer(county)
    creation = {"upload-length": "700", "upload-metadata": f"sha256 {base64.b64encode(SHA256.encode()).decode()}"}
    ask(layer, "POST", PAGES, b"", creation)
    ask(layer, "PATCH", "/v1/pages/1", bytes(700), {"upload-offset": "0"})
    assert layer.counts["page_bytes"] == 700
    assert (layer.counts["begun_again"], layer.counts["sent_again"]) == (0, 0)
    ask(layer, "POST", PAGES, b"", creation)
    ask(layer, "PATCH", "/v1/pages/1", bytes(700), {"upload-offset": "0"})
    assert (layer.counts["begun_again"], layer.counts["sent_again"]) == (1, 700)
    # «PATCH /v1/pages/1 HTTP/1.1», one header, and the empty line, with their line ends.
    before = layer.counts["head_bytes"]
    ask(layer, "PATCH", "/v1/pages/1", b"", {"upload-offset": "0"})
    assert layer.counts["head_bytes"] - before == len(b"PATCH /v1/pages/1 HTTP/1.1\r\nupload-offset: 0\r\n\r\n")
