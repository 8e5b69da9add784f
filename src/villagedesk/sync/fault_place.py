"""Naming a fault of this program without repeating what it says: an exception's text may hold what a villager told."""

from __future__ import annotations


def kind_and_place(error: BaseException) -> str:
    """The exception's class, and function and line it was raised in."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} in {place}"
