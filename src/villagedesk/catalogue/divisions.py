"""Area codes from ``code_lists/divisions.toml``: for the warning beside identity numbers, and a county's name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from villagedesk.catalogue.checked_table import read_toml

_LEVELS = {"provinces": 2, "prefectures": 4, "counties": 6}


def load_known_areas(file: Path) -> frozenset[str]:
    """Prefixes of two, four and six digits, as :func:`villagedesk.domain.resident_id.area_warnings` takes them.

    Raises:
        Problem: ``catalogue.unreadable``, ``catalogue.bad_file``.
    """
    return frozenset(load_area_names(file))


def load_area_names(file: Path) -> Mapping[str, str]:
    """The names of those areas by their prefixes. Raises as :func:`load_known_areas`."""
    table = read_toml(file)
    table.whole_number("version", at_least=1)
    table.text("source")
    areas: dict[str, str] = {}
    for level, length in _LEVELS.items():
        for code, name in table.names(level).items():
            if len(code) != length or not (code.isascii() and code.isdigit()):
                raise table.bad(f"{level}.{code}")
            areas[code] = name
    table.finish()
    return areas
