"""The clerk's reason for giving up what is in the tray."""

from __future__ import annotations

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.typed_text import one_line

_LONGEST = 100


def reason_of(typed: str) -> str:
    """The reason as it goes into the log.

    Raises:
        InputProblem: ``desk.sending.reason_empty``, ``desk.sending.reason_long`` (``limit``), both with the field
            ``reason``.
    """
    said = one_line(typed)
    if not said:
        raise InputProblem("desk.sending.reason_empty", field="reason")
    if len(said) > _LONGEST:
        raise InputProblem("desk.sending.reason_long", field="reason", limit=_LONGEST)
    return said
