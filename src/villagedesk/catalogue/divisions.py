"""Area codes from ``code_lists/divisions.toml``, for the warning beside identity numbers."""

from __future__ import annotations

from pathlib import Path

from villagedesk.catalogue.checked_table import read_toml

_LEVELS = {"provinces": 2, "prefectures": 4, "counties": 6}


def load_known_areas(file: Path) -> frozenset[str]:
    """Prefixes of two, four and six digits, as :func:`villagedesk.domain.resident_id.area_warnings` takes them.

    Raises:
        Problem: ``catalogue.unreadable``, ``catalogue.bad_file``.
    """
    table = read_toml(file)
    table.whole_number("version", at_least=1)
    table.text("source")
    areas: set[str] = set()
    for level, length in _LEVELS.items():
        for code in table.names(level):
            if len(code) != length or not (code.isascii() and code.isdigit()):
                raise table.bad(f"{level}.{code}")
            areas.add(code)
    table.finish()
    return frozenset(areas)
