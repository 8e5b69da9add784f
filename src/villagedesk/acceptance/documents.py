"""Fetching a document piece by piece (RFC 9110, section 14), so that a cut line costs one piece at most."""

from __future__ import annotations

import re
from collections.abc import Mapping

from villagedesk.acceptance.http_answers import failure_of
from villagedesk.acceptance.http_line import Answer, HttpLine
from villagedesk.acceptance.port import Refused, Unanswered

_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")


def fetch_piece(
    line: HttpLine, path: str, headers: Mapping[str, str], start: int, length: int, whole: int, sha256: str
) -> bytes:
    """Bytes of a document from ``start``, at most ``length`` of them unless the system knows no ranges.

    Args:
        whole: how long the document is; an answer that is longer is broken off.
        sha256: of the whole, as announced; asked for by ``If-Range``, so that a document that is another by now is
            never mixed with what came before.

    Raises:
        AcceptanceFailure: nothing came. Refused with the code ``changed`` when what is held under that name now is not
            what was announced.
    """
    end = min(start + length, whole) - 1
    asking = {**headers, "Accept": "*/*", "Accept-Encoding": "identity"}
    asking |= {"Range": f"bytes={start}-{end}", "If-Range": f'"{sha256}"'}
    # a system without ranges answers with the whole, which is taken as well where it is as long as announced
    answer = line.exchange("GET", path, asking, body_cap=max(whole, 64 * 1024))
    if answer.status == 206:
        return _piece(answer, start, end, whole)
    if answer.status == 200:
        if _is_talk(answer):
            raise Unanswered("sync.reason.not_ours", f"200 {answer.content_type}"[:200])
        if len(answer.body) != whole:
            raise Refused("results.reason.changed", f"200, {len(answer.body)} bytes for {whole}", "changed")
        return answer.body[start:]
    if answer.status == 416:
        raise Refused("results.reason.changed", "416", "changed")
    raise failure_of(answer)


def whole_length(answer: Answer, start: int, end: int) -> int:
    """How long that is of which a 206 is a part.

    Args:
        start: position of the first byte that was asked for, which must be there.
        end: of the last one, which may be missing.

    Raises:
        Unanswered: it is no such part.
    """
    told = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    if told is None:
        raise Unanswered("sync.reason.not_ours", "206 without its range")
    first, last, total = (int(number) for number in told.groups())
    if first != start or not first <= last <= end or len(answer.body) != last - first + 1 or last >= total:
        raise Unanswered("sync.reason.not_ours", "206 of another range")
    return total


def _piece(answer: Answer, start: int, end: int, whole: int) -> bytes:
    total = whole_length(answer, start, end)
    if total != whole:
        raise Refused("results.reason.changed", f"206, {total} bytes for {whole}", "changed")
    return answer.body


def _is_talk(answer: Answer) -> bool:
    """Whether it is a page for people or a message, as a captive portal sends them, and no document."""
    return answer.content_type in ("text/html", "application/json", "application/problem+json", "")
