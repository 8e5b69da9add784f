"""The message catalogue of this checkout, for tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

from villagedesk.domain.messages import Messages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "messages" / "zh_CN"


def messages() -> Messages:
    """All sentences."""
    return Messages.from_folder(FOLDER)


def sentences() -> dict[str, str]:
    """Key → sentence with its placeholders still in it."""
    table: dict[str, str] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        open_tables: list[tuple[str, dict[str, object]]] = [("", tomllib.loads(file.read_text(encoding="utf-8")))]
        while open_tables:
            prefix, entries = open_tables.pop()
            for name, value in entries.items():
                if isinstance(value, dict):
                    open_tables.append((f"{prefix}{name}.", value))
                else:
                    table[prefix + name] = str(value)
    return table
