"""Which font draws which character: a base font, then the fonts for rare characters, never a lost character."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from villagedesk.papers.pdf_font import PdfFont

# Controls, format characters (also the marks that turn writing direction), private use, surrogates, unassigned: they
# draw nothing or nobody knows what, whatever a font holds for them.
_NEVER_DRAWN = frozenset({"Cc", "Cf", "Co", "Cs"})


@dataclass(frozen=True)
class Run:
    """A piece of text drawn by one font.

    Args:
        text: as drawn.
        font_name: the name under which reportlab knows the font.
    """

    text: str
    font_name: str


class FontSet:
    """Fonts in the order in which they are asked for a character.

    Args:
        base: the base font (``resources/fonts/villagedesk-base.ttf``).
        fallbacks: fonts with rare characters, asked in this order; each is read only when a character needs it, since
            they are large. A path where no file lies is passed over.

    One set may be used from several threads; ``lock`` is held while a PDF is drawn with it.
    """

    def __init__(self, base: Path, fallbacks: Sequence[Path] = ()) -> None:
        self._paths = [base, *(path for path in fallbacks if path.is_file())]
        self._fonts: list[PdfFont] = []
        self._shown: dict[str, tuple[str, PdfFont]] = {}
        self.lock = threading.RLock()

    def shown(self, text: str) -> str:
        """The text as it will stand on paper: a character in no font as its code point, e.g. ``〔U+2B74B〕``."""
        return "".join(self.pieces(text))

    def pieces(self, text: str) -> list[str]:
        """Per character of ``text`` what stands on paper for it; never empty strings."""
        return [self._piece(character)[0] for character in text]

    def runs(self, shown: str) -> list[Run]:
        """A shown text split by font."""
        runs: list[Run] = []
        for character in shown:
            drawn, font = self._piece(character)
            if runs and runs[-1].font_name == font.fontName:
                runs[-1] = Run(runs[-1].text + drawn, font.fontName)
            else:
                runs.append(Run(drawn, font.fontName))
        return runs

    def width_mm(self, shown: str, size_pt: float) -> float:
        """Width of a shown text in mm at a size in points."""
        units = 0.0
        for character in shown:
            drawn, font = self._piece(character)
            units += sum(font.advance(one) for one in drawn)
        return units * size_pt / 1000 * 25.4 / 72

    def _piece(self, character: str) -> tuple[str, PdfFont]:
        known = self._shown.get(character)
        if known is None:
            with self.lock:
                known = self._find(character)
                self._shown[character] = known
        return known

    def _find(self, character: str) -> tuple[str, PdfFont]:
        if unicodedata.category(character) not in _NEVER_DRAWN:
            for number in range(len(self._paths)):
                font = self._font(number)
                if ord(character) in font.face.charToGlyph:
                    return character, font
        return f"〔U+{ord(character):04X}〕", self._font(0)

    def _font(self, number: int) -> PdfFont:
        while len(self._fonts) <= number:
            self._fonts.append(PdfFont(self._paths[len(self._fonts)]).registered())
        return self._fonts[number]
