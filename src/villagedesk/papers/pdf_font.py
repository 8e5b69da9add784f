"""TrueType fonts for PDF whose copied and searched text is right above U+FFFF too."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts

_ENTRIES_PER_BLOCK = 100  # most bfchar entries one block may hold (Adobe Technical Note 5014, section on bfchar)


def to_unicode_cmap(name: str, subset: Sequence[int]) -> str:
    """The ToUnicode CMap of one font subset of at most 256 characters.

    Args:
        name: the subset's PostScript name.
        subset: code point by character code; 0 marks a code that draws nothing.

    Characters above U+FFFF are written as UTF-16BE surrogate pairs (ISO 32000-1, 9.10.3); reportlab writes five hex
    digits there, which readers take for other characters.
    """
    pairs = [(code, chr(point).encode("utf-16-be").hex().upper()) for code, point in enumerate(subset) if point]
    blocks: list[str] = []
    for start in range(0, len(pairs), _ENTRIES_PER_BLOCK):
        part = pairs[start : start + _ENTRIES_PER_BLOCK]
        blocks.append(f"{len(part)} beginbfchar")
        blocks += [f"<{code:02X}> <{utf16}>" for code, utf16 in part]
        blocks.append("endbfchar")
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


class PdfFont(ttfonts.TTFont):
    """A TrueType font (glyf outlines) that embeds its used characters, with a correct ToUnicode CMap.

    Args:
        path: a ``.ttf`` or ``.ttc`` file.

    Its name holds a hash of the file, so that equal papers are equal bytes wherever the font file lies.

    Raises:
        reportlab.pdfbase.ttfonts.TTFError: when the file is no TrueType font with glyf outlines.
        OSError: when it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__("", str(path), asciiReadable=False, shapable=False)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        self.face.name = self.face.name + b"-" + digest.encode()
        self.fontName = self.face.name.decode("ascii")

    def registered(self) -> PdfFont:
        """This font as reportlab's canvas will find it by name: the one registered first for the same file."""
        pdfmetrics.registerFont(self)
        known = pdfmetrics.getFont(self.fontName)
        assert isinstance(known, PdfFont)
        return known

    def advance(self, character: str) -> float:
        """Width of a character in thousandths of the type size."""
        return float(self.face.charWidths.get(ord(character), self.face.defaultWidth))

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's name
        """Write the font's objects, then put the right CMaps in place of reportlab's."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = (ttfonts.SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode("pdfdoc")
            doc.idToObject[f"toUnicodeCMap:{name}"].content = to_unicode_cmap(name, subset)
