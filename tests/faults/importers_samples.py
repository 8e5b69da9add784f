"""Sound files of every kind the importer reads, small, each with something in it that a reader has to understand."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import numpy as np
import pikepdf
import pillow_heif
from PIL import Image, ImageCms
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.imaging.scans import pdf_of, scan

_SIZE = (200, 260)


@cache
def samples() -> dict[str, bytes]:
    """By name; the first word is the kind."""
    return {**_jpegs(), **_packed(), **_tiffs(), **_modern(), **_pdfs()}


def _picture(mode: str = "RGB") -> Image.Image:
    noise = np.random.default_rng(3).integers(0, 60, (_SIZE[1], _SIZE[0], 3), np.uint8)
    return Image.fromarray(np.asarray(scan(3, _SIZE), np.uint8) - noise).convert(mode)


def _coded(image: Image.Image, kind: str, **options: object) -> bytes:
    coded = io.BytesIO()
    image.save(coded, kind, **options)
    return coded.getvalue()


def _exif(turn: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x829A] = 0.01
    return exif


def _jpegs() -> dict[str, bytes]:
    colour = _picture()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "jpeg baseline": _coded(colour, "JPEG", quality=80),
        "jpeg progressive": _coded(colour, "JPEG", quality=80, progressive=True),
        "jpeg grey": _coded(_picture("L"), "JPEG"),
        "jpeg inks": _coded(_picture("CMYK"), "JPEG"),
        "jpeg turned": _coded(colour, "JPEG", exif=_exif(6), icc_profile=profile),
        "jpeg restarts": _coded(colour, "JPEG", restart_marker_rows=1, subsampling=0),
        "jpeg two": _coded(colour, "MPO", save_all=True, append_images=[colour]),
    }


def _packed() -> dict[str, bytes]:
    frames = [_picture().rotate(90 * turn) for turn in range(3)]
    deep = Image.fromarray(np.linspace(0, 65535, _SIZE[0] * _SIZE[1]).astype(np.uint16).reshape(_SIZE[1], _SIZE[0]))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "png colour": _coded(_picture(), "PNG", icc_profile=profile, exif=_exif(3)),
        "png palette": _coded(_picture("P"), "PNG", transparency=1),
        "png see-through": _coded(_picture("RGBA"), "PNG"),
        "png deep": _coded(deep, "PNG"),
        "png moving": _coded(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "bmp colour": _coded(_picture(), "BMP"),
        "bmp palette": _coded(_picture("P"), "BMP"),
        "gif moving": _coded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50),
        "gif one": _coded(_picture("P"), "GIF", interlace=1),
    }


def _tiffs() -> dict[str, bytes]:
    pages = [scan(number, _SIZE) for number in range(3)]
    found = {
        f"tiff {name}": _coded(_picture(mode), "TIFF", compression=compression)
        for name, mode, compression in (
            ("plain", "RGB", "raw"),
            ("lzw", "RGB", "tiff_lzw"),
            ("deflate", "RGBA", "tiff_adobe_deflate"),
            ("jpeg", "RGB", "jpeg"),
            ("inks", "CMYK", "packbits"),
            ("fax", "1", "group4"),
            ("float", "F", "raw"),
        )
    }
    found["tiff pages"] = _coded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    return found


def _modern() -> dict[str, bytes]:
    heif = io.BytesIO()
    pillow_heif.from_pillow(_picture()).save(heif, quality=60, exif=_exif(6).tobytes())
    burst = pillow_heif.from_pillow(_picture())
    burst.add_from_pillow(_picture().rotate(90, expand=True))
    two = io.BytesIO()
    burst.save(two, quality=40, save_all=True)
    frames = [_picture().rotate(90 * turn) for turn in range(3)]
    return {
        "heif one": heif.getvalue(),
        "heif two": two.getvalue(),
        "avif one": _coded(_picture(), "AVIF", quality=50),
        "webp lossy": _coded(_picture(), "WEBP", quality=60, exif=_exif(8)),
        "webp lossless": _coded(_picture("RGBA"), "WEBP", lossless=True),
        "webp moving": _coded(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
    }


def _pdfs() -> dict[str, bytes]:
    words = _canvas(_words)
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(words)) as document:
        document.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {
        "pdf scans": pdf_of([scan(number, (400, 566)) for number in range(2)]),
        "pdf words": words,
        "pdf packed": packed.getvalue(),
        "pdf form": _canvas(_form),
        "pdf locked": _canvas(_words, encrypt=StandardEncryption("secret", "owner", strength=128)),
        "pdf restricted": _canvas(_words, encrypt=StandardEncryption("", "owner", canPrint=0, strength=128)),
    }


def _canvas(draw: Callable[[Canvas], None], **options: object) -> bytes:
    file = io.BytesIO()
    sheet = Canvas(file, pagesize=(595, 842), pageCompression=0, **options)  # type: ignore[arg-type]
    draw(sheet)
    sheet.save()
    return file.getvalue()


def _words(sheet: Canvas) -> None:
    for number in range(2):
        for line in range(20):
            sheet.drawString(60, 780 - 30 * line, f"page {number} line {line} of some words")
        sheet.setFillColorRGB(0.8, 0.1, 0.1, alpha=0.5)
        sheet.circle(300, 400, 80, fill=1)
        sheet.linearGradient(60, 60, 300, 120, ((1, 0, 0), (0, 0, 1)))
        sheet.showPage()


def _form(sheet: Canvas) -> None:
    sheet.drawString(60, 780, "name")
    sheet.acroForm.textfield(name="name", value="filled in", x=60, y=700, width=200, height=30)
    sheet.acroForm.checkbox(name="yes", checked=True, x=60, y=650)
    sheet.linkURL("https://example.cn/", (60, 600, 200, 640))
    sheet.showPage()
