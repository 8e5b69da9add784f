"""Fetching a catalogue package piece by piece (RFC 9110, sections 13.1.5 and 14), so that a cut line costs one piece at
most. Plain bytes are asked for: pieces of a packed answer cannot be put together by whoever does not know how it was
packed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from villagedesk.acceptance.documents import whole_length
from villagedesk.acceptance.http_answers import failure_of, problem_of
from villagedesk.acceptance.http_line import Answer, HttpLine
from villagedesk.acceptance.port import CATALOGUE_NAME, CatalogueBegun, CataloguePiece, Refused, Unanswered
from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES

_STRONG = re.compile(f'"({CATALOGUE_NAME.pattern})"')
"""A weak name, ``W/"…"``, is not for bytes that are to be joined (RFC 9110, 8.8.1)."""
_NO_SUCH_CALL = (404, 405, 501)
_TOO_LARGE = "sync.reason.too_large"
_LEAST_CAP = 64 * 1024


def fetch_catalogue(
    line: HttpLine, path: str, headers: Mapping[str, str], begun: CatalogueBegun | None, length: int
) -> CataloguePiece | None:
    """The next bytes, at most ``length`` of them; the whole from a system that knows no ranges, or no name to join them
    by. None: there is nothing newer, or the system is older than this call.

    Raises:
        AcceptanceFailure: nothing came. Refused with the code ``changed`` when the newest is not what was begun.
    """
    start = 0 if begun is None else begun.here
    end = start + length - 1
    asking = {**headers, "Accept-Encoding": "identity", "Range": f"bytes={start}-{end}"}
    if begun is not None:
        asking["If-Range"] = f'"{begun.name}"'
    # Another one would come as a whole, which a cut would lose: it is begun anew by pieces instead.
    cap = MAX_CATALOGUE_BYTES if begun is None else max(length, _LEAST_CAP)
    try:
        answer = line.exchange("GET", path, asking, body_cap=cap)
    except Unanswered as failure:
        if begun is not None and failure.reason == _TOO_LARGE:
            raise _changed(failure.raw) from failure
        raise
    if answer.status == 206:
        piece = _piece(answer, start, end, begun)
        if piece is None:
            answer = line.exchange("GET", path, headers, body_cap=MAX_CATALOGUE_BYTES)
        else:
            return piece
    if answer.status == 416 and begun is not None:
        raise _changed("416")
    return _whole(answer)


def _piece(answer: Answer, start: int, end: int, begun: CatalogueBegun | None) -> CataloguePiece | None:
    """None: nothing that follows could be joined to it."""
    _check_type(answer)
    total = whole_length(answer, start, end)
    if total > MAX_CATALOGUE_BYTES:
        raise Unanswered(_TOO_LARGE, f"206 of {total} bytes")
    strong = _STRONG.fullmatch(answer.headers.get("etag", ""))
    name = strong[1] if strong else ""
    here = start + len(answer.body)
    if begun is None and not name and here < total:
        return None
    if begun is not None and (name, total) != (begun.name, begun.whole):
        raise _changed(f"206 of another, {total} bytes for {begun.whole}")
    return CataloguePiece(CatalogueBegun(name, here, total), answer.body)


def _whole(answer: Answer) -> CataloguePiece | None:
    no_such_call = answer.status in _NO_SUCH_CALL and problem_of(answer) is not None
    if answer.status in (204, 304) or no_such_call:
        return None
    if answer.status != 200:
        raise failure_of(answer)
    _check_type(answer)
    return CataloguePiece(CatalogueBegun("", len(answer.body), len(answer.body)), answer.body)


def _check_type(answer: Answer) -> None:
    if answer.content_type != "application/json":
        raise Unanswered("sync.reason.not_ours", f"{answer.status} {answer.content_type}"[:200])


def _changed(raw: str) -> Refused:
    return Refused("results.reason.changed", raw, "changed")
