"""Which font draws which character: the wanted kind of type, the base font, then rare characters; none is ever lost."""

from __future__ import annotations

import struct
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFError

from villagedesk.papers.pdf_font import PdfFont

# Controls, format characters (also the marks that turn writing direction), private use, surrogates: they draw nothing
# or nobody knows what, whatever a font holds for them.
_NEVER_DRAWN = frozenset({"Cc", "Cf", "Co", "Cs"})
_MM_PER_POINT = 25.4 / 72
CODE_SIZE = 0.62
"""Size of the code point in a box, in sizes of the text around it."""
BOX_PAD = 0.12
"""Air left and right within a box, and outside of it, in type sizes."""


class Face(StrEnum):
    """Kinds of type a paper asks for (GB/T 9704-2012, 5.2.2); where there is none of a kind, the base font draws it."""

    SONG = "song"
    FANGSONG = "fangsong"
    HEI = "hei"


@dataclass(frozen=True)
class Run:
    """A piece of text drawn by one font.

    Args:
        font_name: the name under which reportlab knows the font.
        width: of the whole, in type sizes.
        boxed: the text is the code point of one character that no font has, and is drawn small in a box.
    """

    text: str
    font_name: str
    width: float
    boxed: bool = False


class FontSet:
    """Fonts in the order in which they are asked for a character.

    Args:
        base: the base font (``resources/fonts/villagedesk-base.ttf``).
        fallbacks: fonts with rare characters, asked in this order; each is read only when a character needs it, since
            they are large. A path where no file lies is passed over, and so is a font that may not be embedded.
        faces: files for kinds of type, asked before the base font.

    One set may be used from several threads; ``lock`` is held while a PDF is drawn with it.
    """

    def __init__(self, base: Path, fallbacks: Sequence[Path] = (), faces: Mapping[Face, Path] | None = None) -> None:
        rare = tuple(path for path in fallbacks if path.is_file())
        kinds = {face: path for face, path in (faces or {}).items() if path.is_file()}
        self._chains = {face: (*((kinds[face],) if face in kinds else ()), base, *rare) for face in Face}
        self._base = base
        self._fonts: dict[Path, PdfFont | None] = {}
        self._drawn: dict[tuple[Face, str], Run] = {}
        self.lock = threading.RLock()

    def drawn_bold(self, face: Face) -> tuple[Face, bool]:
        """By which face bold text is drawn, and whether its strokes are thickened because there is no heavier face."""
        first = self._chains[Face.HEI][0]
        there = first != self._base and self._font(first) is not None
        return (Face.HEI, False) if there else (face, True)

    def covers(self, character: str) -> bool:
        """Whether some font draws the character; otherwise its code point stands in a box for it."""
        return not self._drawn_as(character, Face.SONG).boxed

    def runs(self, text: str, face: Face = Face.SONG) -> list[Run]:
        """A text split by font; together the runs hold every character of it."""
        return list(_joined([self._drawn_as(character, face) for character in text]))

    def width_mm(self, text: str, size_pt: float, face: Face = Face.SONG) -> float:
        """Width of a text in mm at a size in points."""
        return sum(self._drawn_as(one, face).width for one in text) * size_pt * _MM_PER_POINT

    def _drawn_as(self, character: str, face: Face) -> Run:
        known = self._drawn.get((face, character))
        if known is None:
            with self.lock:
                known = self._find(character, face)
                self._drawn[face, character] = known
        return known

    def _find(self, character: str, face: Face) -> Run:
        if unicodedata.category(character) not in _NEVER_DRAWN:
            for path in self._chains[face]:
                font = self._font(path)
                if font is not None and ord(character) in font.face.charToGlyph:
                    return Run(character, font.fontName, font.advance(character) / 1000)
        base = self._font(self._base)
        assert base is not None, "the base font may be embedded"
        code = f"U+{ord(character):04X}"
        width = sum(base.advance(one) for one in code) / 1000 * CODE_SIZE + 4 * BOX_PAD
        return Run(code, base.fontName, width, boxed=True)

    def _font(self, path: Path) -> PdfFont | None:
        with self.lock:
            if path not in self._fonts:
                self._fonts[path] = _read(path, needed=path == self._base)
            return self._fonts[path]


def _read(path: Path, *, needed: bool) -> PdfFont | None:
    try:
        return PdfFont(path).registered()
    except (TTFError, OSError, struct.error):  # outlines of another kind, embedding not allowed, a damaged file
        if needed:
            raise
        return None


def _joined(drawn: Sequence[Run]) -> Iterator[Run]:
    for (font_name, boxed), group in groupby(drawn, key=lambda one: (one.font_name, one.boxed)):
        several = list(group)
        if boxed:
            yield from several
        else:
            yield Run("".join(one.text for one in several), font_name, sum(one.width for one in several))
