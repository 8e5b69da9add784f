"""The message catalogue: every sentence a person can see, by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from villagedesk.domain.problems import Problem

DOOR_FILE = "door.toml"
"""The sentences of the first window: all that has to be read before it is painted."""


class Messages:
    """Sentences by dotted key, with ``str.format`` placeholders.

    Args:
        table: key → sentence.
        unread: folder of a catalogue that holds more; read when a key is not in the table.
    """

    def __init__(self, table: Mapping[str, str], unread: Path | None = None) -> None:
        self._table = dict(table)
        self._unread = unread

    @classmethod
    def from_folder(cls, folder: Path) -> Messages:
        """Read all ``*.toml`` of one language; nested tables become dotted keys.

        Raises:
            OSError: when a file cannot be read.
            ValueError: when two files give the same key, or a value is no text.
        """
        return cls(_read(sorted(folder.glob("*.toml"))))

    @classmethod
    def door_first(cls, folder: Path) -> Messages:
        """Read ``door.toml`` alone, a few milliseconds sooner; the other files when one of their sentences is wanted.

        Raises:
            OSError, ValueError: as :meth:`from_folder`; for the other files when they are read.
        """
        return cls(_read([folder / DOOR_FILE]), folder)

    def complete(self) -> None:
        """Read what has not been read yet. May be called from any thread."""
        folder = self._unread
        if folder is not None:
            self._table = _read(sorted(folder.glob("*.toml")))
            self._unread = None

    def keys(self) -> frozenset[str]:
        """All keys of the catalogue."""
        self.complete()
        return frozenset(self._table)

    def text(self, key: str, /, **params: object) -> str:
        """The sentence of a key, filled in.

        Raises:
            KeyError: when the catalogue has no such key (a test keeps code and catalogue together).
        """
        if key not in self._table:
            self.complete()
        return self._table[key].format(**params)

    def of(self, problem: Problem) -> str:
        """The sentence of a problem."""
        return self.text(problem.key, **problem.params)


def _read(files: Iterable[Path]) -> dict[str, str]:
    table: dict[str, str] = {}
    for file in files:
        for key, text in _flatten(tomllib.loads(file.read_text(encoding="utf-8"))):
            if key in table:
                raise ValueError(f"{file.name}: {key} is there already")
            table[key] = text
    return table


def _flatten(node: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in node.items():
        if isinstance(value, Mapping):
            rows += _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            rows.append((prefix + name, value))
        else:
            raise ValueError(f"{prefix}{name}: a message must be text")
    return rows
