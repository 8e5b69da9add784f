"""Ethnic groups 民族 by their codes (GB/T 3304), with the two more that card readers give.

A code that is not among them is kept and shown, never dropped (domain: section 3).
"""

from __future__ import annotations

from villagedesk.domain.typed_text import fold_code

ETHNIC_GROUPS = (*(f"{number:02d}" for number in range(1, 57)), "97", "98")
"""01–56; 97 其他, 98 外国血统中国籍人士. Names are ``domain.ethnic_group.<code>`` in the message catalogue."""


def fold_ethnic_group(typed: str) -> str:
    """A code with its leading zero; anything else as it was typed."""
    code = fold_code(typed)
    return code.zfill(2) if code.isdecimal() and code.isascii() else typed.strip()
