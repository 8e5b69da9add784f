"""Characters that the usual fonts lack: the fonts for rare ones are read then, and what none of them has is shown by
its code point, never as nothing (domain: section 8)."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QTextLayout

from villagedesk.ui.theme import RARE_FONTS

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
    if _has(char) or (_read_rare_fonts() and _has(char)):
        return char
    return f"〔U+{ord(char):04X}〕"


def _has(char: str) -> bool:
    layout = QTextLayout(char, QGuiApplication.font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    glyphs = [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]
    return bool(glyphs) and all(glyphs)


def _read_rare_fonts() -> bool:
    """Read the fonts for rare characters, once; gives whether there are any now that were not before.

    As substitutes of the usual font they are asked by every text there is: Qt lays all of it out anew when fonts come.
    """
    app = QGuiApplication.instance()
    files = app.property(RARE_FONTS) if app is not None else None
    if app is None or not files:
        return False
    app.setProperty(RARE_FONTS, [])
    found = False
    for file in files:
        number = QFontDatabase.addApplicationFont(file)
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        for usual in QGuiApplication.font().families():
            QFont.insertSubstitutions(usual, families)
        found = found or bool(families)
    return found
