"""Invented people and papers for tests, and reading back what was printed."""

from __future__ import annotations

import ctypes
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium_c
import zxingcpp
from PIL import Image

from villagedesk.papers.acceptance_notice import AcceptanceNoticeContent
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.receipt_content import ReceiptContent, ReceiptMaterial

BASE_FONT = Path(__file__).parents[2] / "resources" / "fonts" / "villagedesk-base.ttf"
RARE_FONT = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")
ALL_RARE = [
    RARE_FONT,
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
]
LOCAL_NO = "261123-A-0007-X"


@functools.cache
def fonts() -> FontSet:
    """The fonts papers are printed with; the rare ones must be installed, else the tests fail."""
    assert BASE_FONT.is_file()
    assert RARE_FONT.is_file(), "apt-get install fonts-lxgw-wenkai"
    return FontSet(BASE_FONT, [RARE_FONT])


@functools.cache
def every_font() -> FontSet:
    """All fonts that Debian's packages have for rare characters, too; they must be installed, else the tests fail."""
    assert all(path.is_file() for path in ALL_RARE), "apt-get install fonts-hanazono fonts-babelstone-han"
    return FontSet(BASE_FONT, ALL_RARE)


def as_copied(text: str) -> str:
    """A text as it is copied out of a paper drawn with :func:`fonts`: what no font has by its code point."""
    return "".join(one if fonts().covers(one) else f"U+{ord(one):04X}" for one in text)


def marked_over_grounds(plain: Image.Image, practice: Image.Image) -> int:
    """How many dots of shaded ground in the plain paper carry the practice paper's pale mark."""
    grounds, marks = 245, 230  # 0.96 and 0.9 of white
    return sum(
        abs(before - grounds) <= 1 and abs(after - marks) <= 1
        for before, after in zip(plain.convert("L").tobytes(), practice.convert("L").tobytes(), strict=True)
    )


def materials(count: int) -> tuple[ReceiptMaterial, ...]:
    """So many materials with different names."""
    return tuple(
        ReceiptMaterial(f"第{number}号材料证明", "原件" if number % 2 else "复印件", 1, number % 5 + 1, number % 3 == 0)
        for number in range(1, count + 1)
    )


def receipt(count: int = 3) -> ReceiptContent:
    """A plain receipt with so many materials."""
    return ReceiptContent(
        station_name="鲁山县下汤镇石桥村便民服务站",
        local_no=LOCAL_NO,
        item_name="城乡居民基本医疗保险参保登记",
        applicant_name="王𬍛䶮",
        identity_masked="410423********1234",
        phone="138****0000",
        agent_name="赵二妞",
        materials=materials(count),
        received_at=datetime(2026, 11, 22, 17, 5, tzinfo=UTC),
        clerk_name="李小草",
    )


def notice() -> AcceptanceNoticeContent:
    """A plain acceptance notice."""
    return AcceptanceNoticeContent(
        organ="鲁山县医疗保障局",
        acceptance_no="1141042300567890123410001234567000020261123",
        query_code="839201",
        local_no=LOCAL_NO,
        applicant_name="王𬍛䶮",
        item_name="城乡居民基本医疗保险参保登记",
        legal_basis="《中华人民共和国社会保险法》第二十四条",
        materials=("居民身份证", "户口簿", "参保登记表"),
        accepted_at=datetime(2026, 11, 22, 17, 5, tzinfo=UTC),
        limit_date=date(2026, 12, 4),
        lookup_url="https://yb.example.gov.cn/query?id=20261123000001",
        station_name="鲁山县下汤镇石桥村便民服务站",
    )


@dataclass(frozen=True)
class FontUse:
    """A font in a PDF: PostScript name, and whether its outlines are inside."""

    name: str
    embedded: bool


def page_texts(pdf: bytes) -> list[str]:
    """Each page's text as pdfium gives it to one who copies it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Text without white space, and without what pdfium changes on its own when it copies.

    It writes a hyphen at a line's end as U+0002 or U+FFFE, and takes the ligatures U+FB00–FB06 apart.
    """
    plain = re.sub(r"\s", "", text.replace("\x02", "-").replace("\ufffe", "-"))
    return re.sub("[\ufb00-\ufb06]", lambda found: unicodedata.normalize("NFKC", found[0]), plain)


def images(pdf: bytes, dpi: int, *, grey: bool = True) -> list[Image.Image]:
    """The pages as pictures at a resolution."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[n].render(scale=dpi / 72).to_pil() for n in range(len(document))]
        return [page.convert("L") for page in pages] if grey else pages
    finally:
        document.close()


def codes(image: Image.Image, kind: zxingcpp.BarcodeFormat) -> list[str]:
    """What the barcodes of one kind on a picture say, from top to bottom."""
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(kind))
    return [one.text for one in sorted(found, key=lambda one: one.position.top_left.y)]


def sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in mm."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [tuple(side * 25.4 / 72 for side in document[n].get_size()) for n in range(len(document))]
    finally:
        document.close()


@dataclass(frozen=True)
class Place:
    """Where something stands on a page, in mm from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    page: int = 0
    size_pt: float = 0.0


def text_places_mm(pdf: bytes) -> list[Place]:
    """Each piece of text that was drawn at once, and the box around its ink."""
    return [place for place in _places(pdf, pdfium_c.FPDF_PAGEOBJ_TEXT) if place.text.strip()]


def rectangles_mm(pdf: bytes) -> list[Place]:
    """Boxes around what was drawn as lines and areas."""
    return list(_places(pdf, pdfium_c.FPDF_PAGEOBJ_PATH))


def pictures_mm(pdf: bytes) -> list[Place]:
    """Where pictures stand."""
    return list(_places(pdf, pdfium_c.FPDF_PAGEOBJ_IMAGE))


def _places(pdf: bytes, kind: int) -> Iterator[Place]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            page = document[number]
            height, words = page.get_height(), page.get_textpage()
            for drawn in page.get_objects(filter=[kind]):
                left, bottom, right, top = drawn.get_bounds()
                left, top, right, bottom = (side * 25.4 / 72 for side in (left, height - top, right, height - bottom))
                text, size = _text_of(drawn, words) if kind == pdfium_c.FPDF_PAGEOBJ_TEXT else ("", 0.0)
                yield Place(text, left, top, right, bottom, number, size)
    finally:
        document.close()


def _text_of(drawn: pypdfium2.PdfObject, words: pypdfium2.PdfTextPage) -> tuple[str, float]:
    length = pdfium_c.FPDFTextObj_GetText(drawn, words, None, 0)
    buffer = (ctypes.c_ushort * (length // 2))()
    pdfium_c.FPDFTextObj_GetText(drawn, words, buffer, length)
    size = ctypes.c_float()
    pdfium_c.FPDFTextObj_GetFontSize(drawn, size)
    # pdfium adds a space where the next piece stands apart
    return bytes(buffer).decode("utf-16-le", "surrogatepass").rstrip("\0 "), size.value


def metadata(pdf: bytes) -> dict[str, str]:
    """The document's metadata."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return dict(document.get_metadata_dict())
    finally:
        document.close()


def font_uses(pdf: bytes) -> set[FontUse]:
    """All fonts that text on the pages is drawn with."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return {use for number in range(len(document)) for use in _page_fonts(document[number])}
    finally:
        document.close()


def _page_fonts(page: pypdfium2.PdfPage) -> Iterator[FontUse]:
    for drawn in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT]):
        font = pdfium_c.FPDFTextObj_GetFont(drawn)
        name = ctypes.create_string_buffer(200)
        pdfium_c.FPDFFont_GetBaseFontName(font, name, 200)
        yield FontUse(name.value.decode(), pdfium_c.FPDFFont_GetIsEmbedded(font) == 1)
