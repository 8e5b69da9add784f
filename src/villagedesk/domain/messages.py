"""The message catalogue: every sentence a person can see, by key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from villagedesk.domain.problems import Problem


class Messages:
    """Sentences by dotted key, with ``str.format`` placeholders.

    Args:
        table: key → sentence.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = dict(table)

    @classmethod
    def from_folder(cls, folder: Path) -> Messages:
        """Read all ``*.toml`` of one language; nested tables become dotted keys.

        Raises:
            ValueError: when two files give the same key, or a value is no text.
        """
        table: dict[str, str] = {}
        for file in sorted(folder.glob("*.toml")):
            for key, text in _flatten(tomllib.loads(file.read_text(encoding="utf-8"))):
                if key in table:
                    raise ValueError(f"{file.name}: {key} is there already")
                table[key] = text
        return cls(table)

    def keys(self) -> frozenset[str]:
        """All keys of the catalogue."""
        return frozenset(self._table)

    def text(self, key: str, /, **params: object) -> str:
        """The sentence of a key, filled in.

        Raises:
            KeyError: when the catalogue has no such key (a test keeps code and catalogue together).
        """
        return self._table[key].format(**params)

    def of(self, problem: Problem) -> str:
        """The sentence of a problem."""
        return self.text(problem.key, **problem.params)


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
