"""Names of files made from words that people wrote, fit for Windows, Linux and a USB stick's file system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from villagedesk.domain.typed_text import one_line

LONGEST = 60
"""Characters: a path of a few folders stays under Windows' 260, and under 255 bytes of UTF-8 for one name."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\..*)?", re.I)
"""Names Windows keeps for devices, with any ending (Microsoft: Naming Files, Paths, and Namespaces)."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe_name(words: str, fallback: str) -> str:
    """The words as one name without an ending; what no name may hold becomes an underscore.

    Args:
        fallback: the name where nothing is left of the words.
    """
    line = one_line(words)
    shown = "".join("_" if unicodedata.category(char) in _UNSEEN else char for char in line)
    plain = _FORBIDDEN.sub("_", shown)
    cut = plain[:LONGEST]
    while len(cut.encode("utf-8")) > 3 * LONGEST:
        cut = cut[:-1]
    cut = cut.strip(" .")
    if not cut.strip("_"):
        cut = fallback
    return f"_{cut}" if _RESERVED.fullmatch(cut) else cut


def free_name(name: str, taken: Container[str]) -> str:
    """The name, or the first of ``name(2)``, ``name(3)`` … that is not taken.

    Args:
        taken: names folded by ``str.casefold``, as Windows compares them.
    """
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{name}({number})"
    return found
