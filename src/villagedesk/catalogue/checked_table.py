"""Strict reading of catalogue tables, from files and packages alike: every entry has its type, and what is not known is
refused, never skipped."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from villagedesk.domain.problems import Problem

E = TypeVar("E", bound=StrEnum)


def read_raw(file: Path) -> Mapping[str, object]:
    """A catalogue file's table as it stands there.

    Raises:
        Problem: ``catalogue.unreadable`` (``file``) when it cannot be read or is no TOML in UTF-8.
    """
    try:
        # Windows' own editor puts a mark of the encoding first
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Problem("catalogue.unreadable", file=file.name) from None


def read_toml(file: Path) -> CheckedTable:
    """A catalogue file as a table to be checked. Raises Problem ``catalogue.unreadable`` (``file``)."""
    return CheckedTable(file.name, read_raw(file))


class CheckedTable:
    """One table of a file; entries are taken one by one, and :meth:`finish` refuses what is left.

    Args:
        file: name, for the sentence.
        path: where the table lies in the file, e.g. ``materials[2].``.
    """

    def __init__(self, file: str, raw: Mapping[str, object], path: str = "") -> None:
        self._file = file
        self._path = path
        self._left = dict(raw)

    def bad(self, entry: str) -> Problem:
        """``catalogue.bad_file`` (``file``, ``entry``) for that entry."""
        return Problem("catalogue.bad_file", file=self._file, entry=self._path + entry)

    def text(self, entry: str, *, default: str | None = None, longest: int = 500) -> str:
        """Text without blanks around it; empty only where there is a default."""
        value = self._left.pop(entry, default)
        if not isinstance(value, str) or len(value) > longest or (default is None and not value.strip()):
            raise self.bad(entry)
        return value.strip()

    def whole_number(self, entry: str, *, at_least: int) -> int:
        """A whole number; TOML's true and false are none."""
        value = self._left.pop(entry, None)
        if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
            raise self.bad(entry)
        return value

    def optional_number(self, entry: str, *, at_least: int) -> int | None:
        """As :meth:`whole_number`, None where the entry is left out."""
        return self.whole_number(entry, at_least=at_least) if entry in self._left else None

    def flag(self, entry: str, *, default: bool) -> bool:
        """true or false."""
        value = self._left.pop(entry, default)
        if not isinstance(value, bool):
            raise self.bad(entry)
        return value

    def decimal(self, entry: str) -> Decimal | None:
        """A number, written as a whole number or as text so that no binary fraction creeps in; None where left out."""
        value = self._left.pop(entry, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.bad(entry)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.bad(entry) from None
        if not number.is_finite():
            raise self.bad(entry)
        return number

    def choices(self, entry: str, kind: type[E], *, default: tuple[E, ...]) -> tuple[E, ...]:
        """Values of an enumeration, each once."""
        if entry not in self._left:
            return default
        try:
            values = tuple(kind(value) for value in self.texts(entry))
        except ValueError:
            raise self.bad(entry) from None
        if not values or len(set(values)) != len(values):
            raise self.bad(entry)
        return values

    def choice(self, entry: str, kind: type[E], *, default: E | None = None) -> E:
        """One value of an enumeration."""
        if default is not None and entry not in self._left:
            return default
        value = self.text(entry)
        try:
            return kind(value)
        except ValueError:
            raise self.bad(entry) from None

    def texts(self, entry: str, *, longest: int = 500) -> tuple[str, ...]:
        """A list of texts, empty where the entry is left out."""
        value = self._left.pop(entry, [])
        if not isinstance(value, list):
            raise self.bad(entry)
        words: list[str] = []
        for word in value:
            if not isinstance(word, str) or not word.strip() or len(word) > longest:
                raise self.bad(entry)
            words.append(word.strip())
        return tuple(words)

    def tables(self, entry: str) -> tuple[CheckedTable, ...]:
        """A list of tables, empty where the entry is left out."""
        value = self._left.pop(entry, [])
        if not isinstance(value, list):
            raise self.bad(entry)
        found: list[CheckedTable] = []
        for index, raw in enumerate(value, start=1):
            if not isinstance(raw, Mapping):
                raise self.bad(entry)
            found.append(CheckedTable(self._file, raw, f"{self._path}{entry}[{index}]."))
        return tuple(found)

    def table(self, entry: str) -> CheckedTable | None:
        """A table within this one, None where it is left out."""
        raw = self._left.pop(entry, None)
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            raise self.bad(entry)
        return CheckedTable(self._file, raw, f"{self._path}{entry}.")

    def names(self, entry: str) -> Mapping[str, str]:
        """A table of code → name."""
        value = self._left.pop(entry, None)
        if not isinstance(value, Mapping):
            raise self.bad(entry)
        pairs: dict[str, str] = {}
        for code, name in value.items():
            if not isinstance(name, str):
                raise self.bad(f"{entry}.{code}")
            pairs[code] = name
        return pairs

    def entries(self) -> tuple[str, ...]:
        """The names of the entries nobody took yet."""
        return tuple(self._left)

    def finish(self) -> None:
        """Refuse entries nobody took.

        Raises:
            Problem: ``catalogue.bad_file`` naming the first of them.
        """
        for entry in self._left:
            raise self.bad(entry)
