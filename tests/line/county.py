"""The practice acceptance system in a process of its own, with every page byte counted that comes to it.

``python -m tests.line.county FOLDER HOST PORT`` says when it answers; then each line of its input is answered by what
was counted so far, and the end of the input ends it.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.line.namespaces import use_cubic
from villagedesk.practice import server

PAGES = "/v1/pages/"


class CountingLayer:
    """Counts what comes in, before anything else of the system sees it.

    ``requests``; ``head_bytes`` of their first lines and headers; ``page_bytes`` in the bodies of PATCH requests and
    ``other_bytes`` in all others, as far as they came; ``uploads`` begun; ``begun_again`` of pages that were whole and
    acknowledged before; ``sent_again``: bytes of such pages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.counts: Counter[str] = Counter()
        self._lengths: dict[str, tuple[str, int]] = {}
        self._whole: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.counts["requests"] += 1
        path = scope["raw_path"].decode()
        # «METHOD path HTTP/1.1», a header a line, and an empty line (RFC 9112).
        size = len(scope["method"]) + len(path) + len(scope["query_string"]) + 14
        self.counts["head_bytes"] += size + sum(len(name) + len(value) + 4 for name, value in head.items())
        appends = scope["method"] == "PATCH"
        sha256 = self._lengths.get(path, ("", 0))[0] if appends else _declared(scope, head)
        again = sha256 in self._whole
        if scope["method"] == "POST" and path == PAGES:
            self.counts["uploads"] += 1
            self.counts["begun_again"] += again

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                length = len(message.get("body", b""))
                self.counts["page_bytes" if appends else "other_bytes"] += length
                self.counts["sent_again"] += length if again else 0
            return message

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.decode().lower(): value.decode() for name, value in message["headers"]}
                if sha256 and message["status"] == 201 and "location" in said:
                    self._lengths[said["location"]] = sha256, int(head.get("upload-length", "0"))
            await send(message)
            if message["type"] == "http.response.start" and appends and path in self._lengths:
                # Not before it was handed out: only what the village may have heard is acknowledged.
                sha, length = self._lengths[path]
                if message["status"] == 204 and int(said.get("upload-offset", "-1")) == length:
                    self._whole.add(sha)

        await self._app(scope, counted, watched)


def _declared(scope: Scope, head: dict[str, str]) -> str:
    """The SHA-256 an upload is begun for; "" for another request."""
    if scope["method"] != "POST" or scope["path"] != PAGES:
        return ""
    pairs = dict(pair.partition(" ")[::2] for pair in head.get("upload-metadata", "").split(","))
    return base64.b64decode(pairs.get("sha256", "")).decode()


def received(folder: Path) -> int:
    """Page bytes that are kept by the system, whole pages and parts of them."""
    with closing(sqlite3.connect(f"file:{folder / 'acceptance.sqlite'}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT total(received) FROM uploads WHERE state <> 'gone'").fetchone()
    return int(found[0])


def main(folder: Path, host: str, port: int) -> None:
    """Serve until the input ends."""
    use_cubic()
    layers: list[CountingLayer] = []
    plain: Callable[..., ASGIApp] = vars(server)["with_faults"]

    def with_counting(*parts: Any) -> ASGIApp:
        layers.append(CountingLayer(plain(*parts)))
        return layers[0]

    vars(server)["with_faults"] = with_counting
    running = server.PracticeServer(folder, host=host, port=port)
    running.start()
    print(json.dumps({"address": running.address}), flush=True)
    for _line in sys.stdin:
        print(json.dumps({**layers[0].counts, "received": received(folder)}), flush=True)
    running.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
