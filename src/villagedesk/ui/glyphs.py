"""Characters that no font on this PC has: shown by their code points, never as nothing (domain: section 8)."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtGui import QGuiApplication, QTextLayout

_PERHAPS_NOWHERE = re.compile(r"[\u3400-\u4dbf\u9fa6-\u9fff\ue000-\uf8ff\U00010000-\U0010ffff]")
"""What a font may lack: everything else that is shown here every font for Chinese has."""


def readable(text: str) -> str:
    """The text as it can be read on this screen: a character in no font as its code point, e.g. ``〔U+323B5〕``, as on
    paper."""
    if _PERHAPS_NOWHERE.search(text) is None or QGuiApplication.instance() is None:
        return text
    return _PERHAPS_NOWHERE.sub(lambda found: _shown(found[0]), text)


@cache
def _shown(char: str) -> str:
    layout = QTextLayout(char, QGuiApplication.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    glyphs = [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]
    return char if glyphs and all(glyphs) else f"〔U+{ord(char):04X}〕"
