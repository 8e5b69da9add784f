"""What an HTTP answer means: a model of ours, or one of the port's failures (the table of design section 4).

A captive portal or a proxy also answers 200, 403 or 404. An answer counts as the acceptance system's own word only when
its media type and its shape are. Of its own 4xx only those about the content go to the clerk: one about the moment or
the way (408, 423, 425, a path that a gateway lost) would be another tomorrow, and is tried again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TypeVar

from pydantic import ValidationError

from villagedesk.acceptance.http_line import Answer
from villagedesk.acceptance.port import AcceptanceFailure, Busy, Conflicting, LoginNeeded, Refused, Unanswered
from villagedesk.acceptance.raw_text import raw_of
from villagedesk.acceptance.wire import ConflictAnswer, ProblemAnswer, WireModel

Model = TypeVar("Model", bound=WireModel)
_HALVES = re.compile(
    r"(\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}", re.DOTALL
)
"""Escapes as they stand, pairs of halves, and halves alone."""


@dataclass(frozen=True)
class _Line:
    """What an own answer of that status is about.

    Args:
        codes: counts for these codes only; empty is any.
        content: about what was sent, so that the same would be answered the same again.
    """

    status: int
    codes: frozenset[str]
    content: bool
    why: str


_ANY: frozenset[str] = frozenset()
_THINGS = frozenset({"unknown_case", "unknown_document", "unknown_revision"})
_ABOUT: tuple[_Line, ...] = (
    _Line(
        400, frozenset({"body_cut", "bad_gzip"}), False, "not what was sent arrived: it was cut or spoilt on its way"
    ),
    _Line(400, _ANY, True, "it arrived, and is not understood"),
    _Line(404, _THINGS, True, "the thing itself is not known; a path that is not known has other codes"),
    _Line(410, _THINGS, True, "the thing itself is there no more"),
    _Line(413, _ANY, True, "it is larger than is taken"),
    _Line(415, _ANY, True, "things of its kind are not taken"),
    _Line(422, _ANY, True, "it is understood, and is not right"),
)
"""Of each status the first line that fits counts; what has none is about the moment or the way."""


def model_of(answer: Answer, model: type[Model], *, words: bool = False) -> Model:
    """The body as that model.

    Args:
        words: it holds what people wrote, so half a character in it is mended; a receipt has none, and is taken as it
            is or not at all.

    Raises:
        Unanswered: when it is no JSON, or not of that shape.
    """
    if answer.content_type != "application/json":
        raise Unanswered("sync.reason.not_ours", f"{answer.status} {answer.content_type}"[:200])
    try:
        return _mended(answer, model) if words else model.model_validate_json(answer.body)
    except ValidationError as error:
        raise Unanswered("sync.reason.not_ours", f"{answer.status}, {error.error_count()} fields wrong") from None


def _mended(answer: Answer, model: type[Model]) -> Model:
    """The body as that model, also where a system cut a text in the middle of a rare character: UTF-16 writes those in
    two halves, and one half alone is no JSON. It becomes U+FFFD, so that it does not cost all the rest of the answer.

    Raises:
        ValidationError: when it is not of that shape.
    """
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        if error.error_count() != 1 or error.errors(include_url=False)[0]["type"] != "json_invalid":
            raise
    text = answer.body.decode("utf-8", "replace")
    return model.model_validate_json(_HALVES.sub(lambda found: found[1] or "\\ufffd", text))


def problem_of(answer: Answer) -> ProblemAnswer | None:
    """The problem the acceptance system itself states; None when the answer is not its own."""
    if answer.content_type != "application/problem+json":
        return None
    try:
        problem = _mended(answer, ProblemAnswer)
    except ValidationError:
        return None
    return problem if problem.status == answer.status and problem.code else None


def failure_of(answer: Answer) -> AcceptanceFailure:
    """The port's failure for any answer that is not the wanted success."""
    status = answer.status
    if status in (429, 503):
        return Busy("sync.reason.busy", str(status), retry_after_of(answer))
    if not 400 <= status < 500:
        return Unanswered("sync.reason.server_error" if status >= 500 else "sync.reason.not_ours", str(status))
    problem = problem_of(answer)
    if problem is None:
        return Unanswered("sync.reason.not_ours", f"{status} {answer.content_type}"[:200])
    said = raw_of(status, problem)
    if status in (401, 403):
        return LoginNeeded("sync.reason.login", said, forbidden=status == 403)
    if status == 409:
        try:
            held = ConflictAnswer.model_validate_json(answer.body).held_sha256
        except ValidationError:
            # A conflict that does not say with what is none the clerk could settle: asking what is held can.
            return Unanswered("sync.reason.not_ours", said)
        return Conflicting("sync.reason.conflict", said, held)
    if is_about_content(status, problem.code):
        return Refused("sync.reason.refused", said, problem.code)
    return Unanswered("sync.reason.not_taken_now", said)


def is_about_content(status: int, code: str) -> bool:
    """Whether an own 4xx with that code ("" when it has none) is about what was sent. 401, 403, 409 and 429 have
    meanings of their own."""
    fits = (line for line in _ABOUT if line.status == status and (not line.codes or code in line.codes))
    return any(line.content for line in islice(fits, 1))


def retry_after_of(answer: Answer) -> float | None:
    """Seconds of a Retry-After header, given in seconds or as a date (counted from the answer's own Date header,
    because this PC's clock may be wrong); None when it is absent or unreadable."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())
