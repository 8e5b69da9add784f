"""The real adapter's reading of answers, on a line in memory: what a portal, a proxy or a confused server says comes as
HTTP, and must be recognised for what it is.

Pages go past it: what a tus server answers is in headers, and has tests of its own.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.http_line import Answer, HttpLine
from villagedesk.acceptance.port import (
    AcceptanceSystem,
    ActionTaken,
    Busy,
    Committed,
    Conflicting,
    LoginNeeded,
    PageWatch,
    Refused,
    Registered,
)
from villagedesk.acceptance.wire import EnrolRequest, RegisteredAnswer, ReplaceRequest, RevisionPayload
from villagedesk.domain.document import PDF, Document

_JSON = "application/json"
_PROBLEM = "application/problem+json"
_PAGE = b"<!DOCTYPE html><html><head><title>login</title></head><body>...</body></html>"
_DOCUMENT = re.compile(r"/v1/cases/([^/?]+)/documents/([^/?]+)")
_RANGE = re.compile(r"bytes=([0-9]+)-([0-9]+)")
_STATUS = {"unknown_case": 404, "unknown_document": 404, "changed": 416}
"""Of what the model refuses by name; anything else is 422."""
_CASE = re.compile(r"/v1/cases/([^/?]+)(?:/(revisions|actions)/([^/?]+))?")


class Garble(StrEnum):
    """What becomes of an exchange between the system and this PC."""

    NONE = "none"
    PORTAL = "200 with a page of somebody else's, nothing done"
    PROXY = "502 with a proxy's page, nothing done"
    FORBIDDEN = "403 with a proxy's page, nothing done"
    NOT_FOUND = "404 with a proxy's page, nothing done"
    LOST_PATH = "404 of its own about a path that a gateway lost, nothing done"
    TOO_EARLY = "425 of its own, nothing done"
    NOT_HEARD = "401 of its own, nothing done"
    REDIRECT = "302 to a portal, nothing done"
    ERROR_BODY = "200, and the body tells an error; nothing done"
    ERROR_BODY_AFTER = "200, and the body tells an error; done all the same"
    PROXY_AFTER = "done, and a proxy answers 502"
    TRUNCATED = "done, and the answer's text is cut in the middle"
    EMPTY = "done, and the answer has no text"
    SWAPPED = "done, and the answer is one to another request"


def _problem(status: int, code: str, **more: str) -> Answer:
    text = json.dumps({"status": status, "code": code, "message": code, **more})
    return Answer(status, {"content-type": _PROBLEM}, text.encode())


_INSTEAD: dict[Garble, Answer] = {
    Garble.PORTAL: Answer(200, {"content-type": "text/html; charset=utf-8"}, _PAGE),
    Garble.PROXY: Answer(502, {"content-type": "text/html"}, _PAGE),
    Garble.PROXY_AFTER: Answer(502, {"content-type": "text/html"}, _PAGE),
    Garble.FORBIDDEN: Answer(403, {"content-type": "text/html"}, _PAGE),
    Garble.NOT_FOUND: Answer(404, {"content-type": "text/html"}, _PAGE),
    Garble.LOST_PATH: _problem(404, "not_found"),
    Garble.TOO_EARLY: _problem(425, "too_early"),
    Garble.NOT_HEARD: _problem(401, "login_needed"),
    Garble.REDIRECT: Answer(302, {"content-type": "text/html", "location": "https://portal.example/"}, b""),
    Garble.ERROR_BODY: Answer(200, {"content-type": _JSON}, b'{"code":500,"msg":"system busy","data":null}'),
    Garble.ERROR_BODY_AFTER: Answer(200, {"content-type": _JSON}, b'{"code":500,"msg":"system busy","data":null}'),
}
_NOTHING_DONE = frozenset(
    {
        Garble.PORTAL,
        Garble.PROXY,
        Garble.FORBIDDEN,
        Garble.NOT_FOUND,
        Garble.LOST_PATH,
        Garble.TOO_EARLY,
        Garble.NOT_HEARD,
        Garble.REDIRECT,
        Garble.ERROR_BODY,
    }
)


class _Line:
    """Stands where :class:`HttpLine` does; asks the model, and gives its word as an HTTP answer."""

    address = "http://127.0.0.1:9"

    def __init__(self, server: Any, garble: Callable[[], Garble], pick: Callable[[int], int]) -> None:
        self._server = server
        self._garble = garble
        self._pick = pick
        self._earlier: deque[Answer] = deque(maxlen=6)

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, **_rest: Any
    ) -> Answer:
        """One exchange, as far as it comes."""
        garble = self._garble()
        if garble in _NOTHING_DONE:
            return _INSTEAD[garble]
        plain = gzip.decompress(body) if body and headers.get("Content-Encoding") == "gzip" else body or b""
        answer = self._answer(method, path, headers, plain)
        if garble in _INSTEAD:
            return _INSTEAD[garble]
        if garble is Garble.TRUNCATED:
            return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
        if garble is Garble.EMPTY:
            return Answer(answer.status, answer.headers, b"")
        if garble is Garble.SWAPPED and self._earlier:
            return self._earlier[self._pick(len(self._earlier))]
        if answer.status < 300 and "/v1/cases/" in path:
            # Which request a problem answers is written nowhere in it.
            self._earlier.append(answer)
        return answer

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            document = _DOCUMENT.fullmatch(path)
            return self._piece(document[1], document[2], headers) if document else self._played(method, path, body)
        except Busy as busy:
            after = {} if busy.retry_after is None else {"retry-after": f"{busy.retry_after:.0f}"}
            return Answer(503, {"content-type": _PROBLEM, **after}, b"{}")
        except LoginNeeded:
            return _problem(401, "login_needed")
        except Refused as refusal:
            return _problem(_STATUS.get(refusal.code, 422), refusal.code or "rejected")
        except Conflicting as conflict:
            return _problem(409, "other_content", held_sha256=conflict.held_sha256)

    def _piece(self, case_id: str, document_id: str, headers: Mapping[str, str]) -> Answer:
        """A piece of a document (RFC 9110, section 14)."""
        wanted = _RANGE.fullmatch(headers["Range"])
        assert wanted is not None
        start, last = map(int, wanted.groups())
        sha256 = headers["If-Range"].strip('"')
        asked = Document(case_id, document_id, "", PDF, 0, sha256, datetime.min)
        piece = self._server.document(asked, start, last + 1 - start)
        whole = self._server.length_of(sha256)
        range_ = f"bytes {start}-{start + len(piece) - 1}/{whole}"
        return Answer(206, {"content-type": PDF, "content-range": range_}, piece)

    def _played(self, method: str, path: str, body: bytes) -> Answer:
        server = self._server
        if method == "POST":
            replacing = path.endswith("replace")
            granted = (
                server.replace(ReplaceRequest.model_validate_json(body))
                if replacing
                else server.enrol(EnrolRequest.model_validate_json(body))
            )
            station = json.loads(body)["division_code"]
            return _own(200, json.dumps({"division_code": station, "enrolled_at": "", "epoch": granted}))
        if path.startswith("/v1/changes"):
            after = path.partition("after=")[2].partition("&")[0]
            return _own(200, server.changes(after, 0.0).model_dump_json())
        named = _CASE.match(path)
        assert named is not None, path
        case_id, kind, key = named.groups()
        if kind == "revisions":
            return _revision_answer(server.put_revision(case_id, int(key), body), body)
        if kind == "actions":
            return _action_answer(server.put_action(case_id, key, body))
        held = server.case(case_id)
        return _own(200, held.model_dump_json()) if held is not None else _problem(404, "unknown_case")


class WiredSystem(HttpAcceptanceSystem):
    """The HTTP adapter before a model of the acceptance system.

    Args:
        garble: what becomes of the next exchange.
        pick: a number below another, for whose answer comes instead.
    """

    def __init__(self, server: AcceptanceSystem, garble: Callable[[], Garble], pick: Callable[[int], int]) -> None:
        super().__init__(_Line.address, "", lambda: "", "410421103207", plain_loopback=True)
        line: Any = _Line(server, garble, pick)
        self._line: HttpLine = line
        self._server = server
        self.cases = server.cases  # type: ignore[method-assign]

    def create_upload(self, sha256: str, length: int, media_type: str) -> str:
        return self._server.create_upload(sha256, length, media_type)

    def upload_offset(self, location: str) -> int:
        return self._server.upload_offset(location)

    def send_chunk(
        self, location: str, offset: int, chunk: bytes, *, watch: PageWatch | None = None, proven: bool = False
    ) -> int:
        return self._server.send_chunk(location, offset, chunk, watch=watch, proven=proven)


def _own(status: int, text: str) -> Answer:
    return Answer(status, {"content-type": _JSON}, text.encode())


def _revision_answer(answer: Registered | Committed, body: bytes) -> Answer:
    if isinstance(answer, Committed):
        return _own(201, json.dumps(json.loads(answer.receipt) | {"payload_sha256": answer.payload_sha256}))
    record = RevisionPayload.model_validate_json(body)
    registered = RegisteredAnswer(
        state="registered",
        case_id=record.case_id,
        revision=record.revision,
        payload_sha256=answer.payload_sha256,
        missing=list(answer.missing),
    )
    return _own(202, registered.model_dump_json())


def _action_answer(taken: ActionTaken) -> Answer:
    return _own(201, json.dumps(json.loads(taken.answer) | {"payload_sha256": taken.payload_sha256}))
