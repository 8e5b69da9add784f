"""Strict reading of catalogue files: every entry has its type, and what is not known is refused, never skipped."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from villagedesk.domain.problems import Problem

E = TypeVar("E", bound=StrEnum)


def read_toml(file: Path) -> TomlTable:
    """A catalogue file as a table.

    Raises:
        Problem: ``catalogue.unreadable`` (``file``) when it cannot be read or is no TOML in UTF-8.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Problem("catalogue.unreadable", file=file.name) from None
    return TomlTable(file.name, raw)


class TomlTable:
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

    def choice(self, entry: str, kind: type[E]) -> E:
        """One value of an enumeration."""
        value = self.text(entry)
        try:
            return kind(value)
        except ValueError:
            raise self.bad(entry) from None

    def texts(self, entry: str) -> tuple[str, ...]:
        """A list of texts, empty where the entry is left out."""
        value = self._left.pop(entry, [])
        if not isinstance(value, list):
            raise self.bad(entry)
        words: list[str] = []
        for word in value:
            if not isinstance(word, str) or not word.strip():
                raise self.bad(entry)
            words.append(word.strip())
        return tuple(words)

    def tables(self, entry: str) -> tuple[TomlTable, ...]:
        """A list of tables with at least one in it."""
        value = self._left.pop(entry, None)
        if not isinstance(value, list) or not value:
            raise self.bad(entry)
        found: list[TomlTable] = []
        for index, raw in enumerate(value, start=1):
            if not isinstance(raw, Mapping):
                raise self.bad(entry)
            found.append(TomlTable(self._file, raw, f"{self._path}{entry}[{index}]."))
        return tuple(found)

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

    def finish(self) -> None:
        """Refuse entries nobody took.

        Raises:
            Problem: ``catalogue.bad_file`` naming the first of them.
        """
        for entry in self._left:
            raise self.bad(entry)
