"""Names of accounts, as they go on papers and into the log."""

from __future__ import annotations

import unicodedata

from villagedesk.domain.problems import InputProblem

_MAX_CLERK = 40
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and bidi characters, halves of surrogate pairs, private use, not assigned, line and paragraph breaks."""


def clerk_name(typed: str) -> str:
    """A name as it goes on papers and into the log: spaces folded, nothing that cannot be seen.

    Raises:
        InputProblem: ``entry.clerk_empty``, ``entry.clerk_long`` (``limit``), ``entry.clerk_signs``; field ``clerk``.
    """
    from villagedesk.domain.typed_text import one_line  # noqa: PLC0415 - the first window is painted without it

    name = one_line(typed)
    if not name:
        raise InputProblem("entry.clerk_empty", field="clerk")
    if len(name) > _MAX_CLERK:
        raise InputProblem("entry.clerk_long", field="clerk", limit=_MAX_CLERK)
    if any(unicodedata.category(sign) in _UNPRINTABLE for sign in name):
        raise InputProblem("entry.clerk_signs", field="clerk")
    return name
