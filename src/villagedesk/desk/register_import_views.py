"""What the screen of the register's import is shown: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from villagedesk.desk.views import Sentence
from villagedesk.domain.register_import import PaperEntry, Said, Typed


@dataclass(frozen=True)
class LookedRow:
    """A row and what is said of it.

    Args:
        entry: what becomes of it, None where something blocks.
        said: in the order of the columns.
    """

    typed: Typed
    entry: PaperEntry | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class DryRun:
    """What a file says; nothing was changed.

    Args:
        file: its name without the folder.
        empty: how many rows between the first and the last have nothing in them.
        unread: heads of columns that are filled in and not known here: nothing of them comes along.
    """

    file: str
    rows: tuple[LookedRow, ...]
    empty: int
    unread: tuple[str, ...] = ()

    @property
    def good(self) -> tuple[PaperEntry, ...]:
        """What can be taken."""
        return tuple(row.entry for row in self.rows if row.entry is not None)

    @property
    def wrong(self) -> tuple[LookedRow, ...]:
        """Rows that cannot."""
        return tuple(row for row in self.rows if row.entry is None)

    @property
    def warned(self) -> int:
        """How many rows can be taken and should be looked at."""
        return sum(bool(row.said) and row.entry is not None for row in self.rows)


@dataclass(frozen=True)
class ImportDone:
    """What was taken; days of receipt from the first to the last."""

    count: int
    first: date
    last: date


def said_sentence(said: Said) -> Sentence:
    """What is wrong, with its column."""
    what = Sentence(said.key, said.params)
    column = Sentence(f"register_import.column.{said.column}")
    return Sentence("register_import.trouble_line", {"column": column, "what": what}, "bad" if said.blocks else "warn")
