"""What the register's screen asks for and is shown: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from villagedesk.domain.register_row import RegisterRow
from villagedesk.domain.service_item import HandlingMode

PAGE = 100
"""Lines read at once."""


@dataclass(frozen=True)
class RegisterQuery:
    """Which cases.

    Args:
        first, last: days of receipt in Shanghai, both counted in.
        mode: None for all four.
        whole: numbers in full; only for who works here, and logged.
    """

    first: date
    last: date
    mode: HandlingMode | None = None
    whole: bool = False


@dataclass(frozen=True)
class RegisterPage:
    """A piece of the register.

    Args:
        counts: of the whole time, by mode; a mode without any is left out.
        count: of all that the query means.
        next: asks for the piece behind this one; "" when there is none.
    """

    rows: tuple[RegisterRow, ...]
    counts: Mapping[HandlingMode, int]
    count: int
    next: str


@dataclass(frozen=True)
class Saved:
    """A file that was written, and how many lines it holds."""

    file: Path
    count: int
