"""Makes ``villagedesk-base.ttf``, the base font of screen and paper, out of Debian's WenQuanYi Micro Hei.

Source: Debian package ``fonts-wqy-microhei`` 0.2.0-beta-3.1, ``/usr/share/fonts/truetype/wqy/wqy-microhei.ttc``, first
face of the collection, taken under the Apache License 2.0 (the package offers that or GPL-3+ with font exception).
The same input gives the same bytes: the input's hash is checked and no time stamp is written.

Run: ``.venv/bin/python resources/fonts/make_base_font.py`` (needs fontTools, a development dependency).
"""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
SOURCE_SHA256 = "2420e8078af796b19a3f6ef13de527a1a91c1e7171eea115926c614ced1009b3"
TARGET = Path(__file__).with_name("villagedesk-base.ttf")
FAMILY = "Villagedesk Base"
LARGEST_BYTES = 5_000_000

# Blocks taken as far as the source has them; names as in the Unicode standard.
BLOCKS: tuple[tuple[int, int], ...] = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x024F),  # Latin-1 Supplement, Latin Extended-A and -B (names of foreigners, pinyin)
    (0x02B0, 0x02FF),  # Spacing Modifier Letters
    (0x0370, 0x03FF),  # Greek, in GB 2312
    (0x0400, 0x045F),  # Cyrillic, in GB 2312
    (0x2000, 0x206F),  # General Punctuation
    (0x2070, 0x20CF),  # Superscripts and Subscripts, Currency Symbols
    (0x2100, 0x22FF),  # Letterlike Symbols, Number Forms, Arrows, Mathematical Operators
    (0x2300, 0x23FF),  # Miscellaneous Technical
    (0x2460, 0x24FF),  # Enclosed Alphanumerics
    (0x2500, 0x27BF),  # Box Drawing, Block Elements, Geometric Shapes, Miscellaneous Symbols, Dingbats
    (0x2E80, 0x2FDF),  # CJK and Kangxi Radicals
    (0x3000, 0x303F),  # CJK Symbols and Punctuation
    (0x3100, 0x312F),  # Bopomofo
    (0x3200, 0x33FF),  # Enclosed CJK Letters, CJK Compatibility (units)
    (0x3400, 0x4DBF),  # CJK Unified Ideographs Extension A
    (0x4E00, 0x9FFF),  # CJK Unified Ideographs
    (0xF900, 0xFAFF),  # CJK Compatibility Ideographs
    (0xFE10, 0xFE4F),  # Vertical and CJK Compatibility Forms
    (0xFF00, 0xFFEF),  # Half-width and Full-width Forms
)


def wanted_characters(source: TTFont) -> list[int]:
    """Code points of ``BLOCKS`` that the source font holds, ascending."""
    held = source.getBestCmap()
    return [point for first, last in BLOCKS for point in range(first, last + 1) if point in held]


def rename(font: TTFont) -> None:
    """Give the modified font its own name, keep copyright and licence records."""
    table = font["name"]
    kept = [record for record in table.names if record.nameID in (0, 5, 7, 13, 14) and record.langID in (0, 0x409)]
    table.names = kept
    for name_id, text in (
        (1, FAMILY),
        (2, "Regular"),
        (3, f"{FAMILY} Regular, subset of WenQuanYi Micro Hei 0.2.0-beta"),
        (4, FAMILY),
        (6, FAMILY.replace(" ", "")),
        (10, "A subset of WenQuanYi Micro Hei for villagedesk."),
    ):
        table.setName(text, name_id, 3, 1, 0x409)
        table.setName(text, name_id, 1, 0, 0)


def build(data: bytes) -> bytes:
    """The base font's bytes from the collection's bytes."""
    font = TTFont(io.BytesIO(data), fontNumber=0, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["FFTM", "vhea", "vmtx", "GDEF", "GPOS", "GSUB"]
    options.name_IDs = ["*"]
    options.name_languages = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    options.hinting = True
    options.recalc_timestamp = False
    worker = subset.Subsetter(options)
    worker.populate(unicodes=wanted_characters(font))
    worker.subset(font)
    rename(font)
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def main() -> int:
    """Write the font; exit code 1 with a sentence when the source is not the expected one."""
    if not SOURCE.is_file():
        sys.stderr.write(f"{SOURCE} is missing: apt-get install fonts-wqy-microhei\n")
        return 1
    data = SOURCE.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SOURCE_SHA256:
        sys.stderr.write(f"{SOURCE} has sha256 {found}, expected {SOURCE_SHA256}\n")
        return 1
    made = build(data)
    if len(made) > LARGEST_BYTES:
        sys.stderr.write(f"the font would be {len(made)} bytes, at most {LARGEST_BYTES} are wanted\n")
        return 1
    TARGET.write_bytes(made)
    sys.stdout.write(f"{TARGET.name}: {len(made)} bytes, sha256 {hashlib.sha256(made).hexdigest()}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
