"""What the acceptance system said of a refusal, as the outbox row keeps it for the technician, and the words for people
that stand in it."""

from __future__ import annotations

import json
import re

from villagedesk.acceptance.wire import ProblemAnswer

_LONGEST = 400
_RAW = re.compile(r"[1-5][0-9]{2} .*?: (.*)", re.DOTALL)
"""As :func:`raw_of` writes it."""
_NAMES = ("message", "detail", "reason")
"""Under which a body kept whole has words: the contract's, other systems', and that of a held revision
(:class:`villagedesk.acceptance.wire.RevisionState`)."""


def raw_of(status: int, problem: ProblemAnswer) -> str:
    """A problem in one line: the HTTP status, its code, and its message, which may be cut."""
    return f"{status} {problem.code}: {problem.message}"[:_LONGEST]


def words_of(raw: str) -> str:
    """The words for people in what was kept of an answer, "" where there are none.

    Args:
        raw: by :func:`raw_of`, or a JSON body.
    """
    line = _RAW.fullmatch(raw)
    if line is not None:
        return line[1].strip()
    try:
        answer = json.loads(raw, strict=False)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    found = (answer.get(name) for name in _NAMES)
    return next((text.strip() for text in found if isinstance(text, str) and text.strip()), "")
