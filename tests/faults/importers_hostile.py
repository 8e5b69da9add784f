"""Files made by hand to harm whoever opens them, by name."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import pillow_heif
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.many_scans import jpeg_of_scans


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, colours: int, rows: bytes) -> bytes:
    """A PNG of eight bits with these packed rows."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zeros(length: int) -> bytes:
    """So many of them, deflated."""
    packer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    packed = [packer.compress(piece) for _ in range(length >> 20)]
    return b"".join([*packed, packer.compress(bytes(length % (1 << 20))), packer.flush()])


def tiff(*tags: tuple[int, int, int, int], pages: int = 1, data: bytes = b"") -> bytes:
    """A TIFF of some equal pages.

    Args:
        tags: tag, type, count, value.
        data: stands at byte 8.
    """
    at = 8 + len(data)
    size = 6 + 12 * len(tags)
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    directories = b"".join(
        struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0 if page == pages - 1 else at + size * (page + 1))
        for page in range(pages)
    )
    return b"II*\0" + struct.pack("<I", at) + data + directories


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    text = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return text + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(text),
    )  # fmt: skip


def stream(body: bytes, more: bytes = b"") -> bytes:
    """A stream object's text."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(body), more, body)


def one_page(*more: bytes, page: bytes = b"", content: bytes = b"", catalogue: bytes = b"", box: str = "") -> bytes:
    """A PDF of one page; ``more`` are objects from number 5 on."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R%s>>" % ((box or "0 0 595 842").encode(), page),
        stream(content),
        *more,
    )


def many_pages(count: int) -> bytes:
    """A PDF of so many equal pages."""
    kids = b" ".join(b"3 0 R" for _ in range(count))
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )


def locked(user: str = "secret", owner: str = "other") -> bytes:
    """A PDF with passwords."""
    file = io.BytesIO()
    sheet = Canvas(file, encrypt=StandardEncryption(user, owner, strength=128))
    sheet.drawString(100, 700, "locked away")
    sheet.save()
    return file.getvalue()


def with_script() -> bytes:
    """A PDF that wants to run one, when it is opened and when its page is."""
    script = b"<</S/JavaScript/JS(app.alert\\(1\\); while \\(true\\) {})>>"
    return one_page(page=b"/AA<</O %s>>" % script, catalogue=b"/OpenAction %s" % script, content=b"0 0 300 400 re f")


def _laughs(levels: int, each: int) -> bytes:
    """Forms that draw forms that draw forms: ``each`` to the power of ``levels`` in all."""
    forms = []
    for level in range(levels):
        more = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
        if level < levels - 1:
            more += b"/Resources<</XObject<</X %d 0 R>>>>" % (6 + level)
        forms.append(stream(b"/X Do " * each if level < levels - 1 else b"0 0 9 9 re f", more))
    return one_page(*forms, page=b"/Resources<</XObject<</X 5 0 R>>>>", content=b"/X Do")


def _heif_of(width: int, height: int) -> bytes:
    """A HEIC whose header lies about its size."""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (96, 80), "white")).save(file)
    data = bytearray(file.getvalue())
    at = data.find(b"ispe")
    data[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(data)


def _image_page(more: bytes, data: bytes) -> bytes:
    image = stream(data, b"/Type/XObject/Subtype/Image" + more)
    return one_page(image, page=b"/Resources<</XObject<</X 5 0 R>>>>", content=b"595 0 0 842 0 0 cm /X Do")


def hostile() -> Mapping[str, Callable[[], bytes]]:
    """What makes each; some take a second."""
    flat = b"/Filter/FlateDecode"
    wide = struct.pack("<H", 65535)
    return {
        "png 100,000 x 100,000": lambda: png(100_000, 100_000, 2, zlib.compress(bytes(1000))),
        "png two billion each way": lambda: png(2**31 - 1, 2**31 - 1, 2, b""),
        "png bomb of 98 megapixels": lambda: png(9900, 9900, 6, zeros(9900 * (9900 * 4 + 1))),
        "png bomb of 400 megapixels": lambda: png(20_000, 20_000, 6, zeros(20_000)),
        "png rows that end at once": lambda: png(4000, 4000, 6, zlib.compress(bytes(10))),
        "jpeg 65,500 x 65,500": lambda: (
            b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xdc\xff\xdc\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01"
        ),
        "jpeg of 900 scans": lambda: jpeg_of_scans(8900, 8900, 900),
        "jpeg of 50,000 scans": lambda: jpeg_of_scans(2000, 2000, 50_000),
        "gif 65,535 x 65,535": lambda: (
            b"GIF89a" + wide + wide + b"\0\0\0\x2c\0\0\0\0" + wide + wide + b"\0\x08\x01\0\0\x3b"
        ),
        "bmp upside down": lambda: (
            b"BM" + struct.pack("<IHHIIiiHHI", 54, 0, 0, 54, 40, 30_000, -(2**31), 1, 24, 0) + bytes(24)
        ),
        "webp 16,383 x 16,383": lambda: b"RIFF" + struct.pack("<I", 4096) + b"WEBPVP8X" + struct.pack("<IB3x", 10, 0)
        + b"\xfe\x3f\0\xfe\x3f\0" + bytes(4000),
        "heif 100,000 x 100,000": lambda: _heif_of(100_000, 100_000),
        "heif that says 7,000 x 7,000": lambda: _heif_of(7000, 7000),
        "tiff 100,000 x 100,000": lambda: tiff(
            (256, 4, 1, 100_000), (257, 4, 1, 100_000), (258, 3, 1, 8), (273, 4, 1, 8),
        ),
        "tiff bomb": lambda: tiff(
            (256, 4, 1, 20_000), (257, 4, 1, 19_000), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 4, 1, 19_000), (279, 4, 1, 400_000), data=zeros(20_000 * 19_000)[:400_000],
        ),
        "tiff of 10,000 pages": lambda: tiff(
            (256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, 100),
            (279, 4, 1, 10_000), pages=10_000, data=bytes(10_000),
        ),
        "tiff that leads back to itself": lambda: b"II*\0" + struct.pack("<IH", 8, 0) + struct.pack("<I", 8),
        "tiff strips beyond the end": lambda: tiff(
            (256, 4, 1, 3000), (257, 4, 1, 3000), (273, 4, 1, 2**31), (279, 4, 1, 2**31),
        ),
        "pdf locked": lambda: locked(),
        "pdf with a script": lambda: with_script(),
        "pdf of 10,000 pages": lambda: many_pages(10_000),
        "pdf of a huge page": lambda: one_page(box="0 0 1000000 1000000", content=b"0 0 9 9 re f"),
        "pdf of a page without size": lambda: one_page(box="0 0 0 0"),
        "pdf of a page of a hair": lambda: one_page(box="0 0 .01 900", content=b"0 0 9 9 re f"),
        "pdf form in itself": lambda: one_page(
            stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"),
            page=b"/Resources<</XObject<</X 5 0 R>>>>", content=b"/X Do",
        ),
        "pdf of a billion forms": lambda: _laughs(10, 10),
        "pdf font in itself": lambda: one_page(
            b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
            b"/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>",
            stream(b"9 0 d0 BT /F 9 Tf (aaaaaaaaaa) Tj ET"),
            page=b"/Resources<</Font<</F 5 0 R>>>>", content=b"BT /F 9 Tf 9 9 Td (aaaa) Tj ET",
        ),
        "pdf pages in themselves": lambda: pdf(
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>",
        ),
        "pdf without pages": lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"),
        "pdf picture of 60,000 x 60,000": lambda: _image_page(
            b"/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB" + flat, zeros(30_000_000)
        ),
        "pdf picture packed twice": lambda: _image_page(
            b"/Width 20000/Height 20000/BitsPerComponent 8/ColorSpace/DeviceGray/Filter[/FlateDecode/FlateDecode]",
            zlib.compress(zeros(400_000_000), 9),
        ),
        "pdf words packed twice": lambda: pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
            stream(
                zlib.compress(zlib.compress(b"0 0 m 9 9 l S " * 4_000_000, 9), 9), b"/Filter[/FlateDecode/FlateDecode]"
            ),
        ),
        "pdf lines without end": lambda: one_page(content=b"[.0001 .0001] 0 d .001 w " + b"0 0 m 1e7 1e7 l S " * 3000),
        "pdf of nothing but brackets": lambda: b"%PDF-1.7\n" + b"[" * 200_000 + b"<<" * 200_000,
        "nothing": lambda: b"",
        "a web page": lambda: b"<html><script>alert(1)</script></html>",
        "svg": lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
        "ofd": lambda: b"PK\x03\x04" + bytes(26) + b"OFD.xml" + bytes(100),
        "docx": lambda: b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml" + b"word/document.xml",
        "zip": lambda: b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18),
        "video": lambda: b"\0\0\0\x18ftypmp42" + bytes(40),
    }  # fmt: skip
