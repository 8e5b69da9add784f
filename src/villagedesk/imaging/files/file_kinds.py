"""What a file is, by its first bytes; its name is not believed."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """Kinds that pages can be taken from, then kinds that people try and that deserve advice of their own."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    BMP = "bmp"
    GIF = "gif"
    TIFF = "tiff"
    HEIF = "heif"
    AVIF = "avif"
    PDF = "pdf"
    OFD = "ofd"
    OFFICE = "office"
    ARCHIVE = "archive"
    VIDEO = "video"
    OTHER = "other"


READABLE = frozenset(
    {
        FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.BMP, FileKind.GIF, FileKind.TIFF, FileKind.HEIF,
        FileKind.AVIF, FileKind.PDF,
    }
)  # fmt: skip

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
"""ISO/IEC 23008-12: what a file begins with that holds HEIF pictures, or whose first picture can be read as one."""
_PDF_WITHIN = 1024
"""Bytes that may stand before ``%PDF-`` (PDF 32000-1, implementation note 13): senders put their own there."""
_STARTS: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"II*\0", FileKind.TIFF),
    (b"MM\0*", FileKind.TIFF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OFFICE),
    (b"{\\rtf", FileKind.OFFICE),
    (b"Rar!\x1a\x07", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"\x1f\x8b", FileKind.ARCHIVE),
    (b"\x1aE\xdf\xa3", FileKind.VIDEO),
)


def kind_of(data: bytes) -> FileKind:
    """The kind of a file.

    Args:
        data: all of it; a ZIP's parts are told by the names in it.
    """
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF":
        return FileKind.WEBP if data[8:12] == b"WEBP" else FileKind.VIDEO if data[8:12] == b"AVI " else FileKind.OTHER
    if data[4:8] == b"ftyp":
        return _of_brands(data)
    if data.startswith(b"PK\x03\x04"):
        return _of_zip(data)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return FileKind.PDF
    # two letters say little, so the size of the header that follows is looked at as well
    if data.startswith(b"BM") and data[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return FileKind.BMP
    return FileKind.OTHER


def _of_brands(data: bytes) -> FileKind:
    """ISO 14496-12: the major brand, then from byte 16 on the compatible ones."""
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, length, 4))]
    if b"avif" in brands or b"avis" in brands:
        return FileKind.AVIF
    return FileKind.HEIF if HEIF_BRANDS.intersection(brands) else FileKind.VIDEO


def _of_zip(data: bytes) -> FileKind:
    beginning, end = data[:4096], data[-65536:]
    if b"OFD.xml" in beginning or b"OFD.xml" in end:
        return FileKind.OFD
    if any(part in beginning or part in end for part in (b"word/", b"xl/", b"ppt/", b"[Content_Types].xml")):
        return FileKind.OFFICE
    return FileKind.ARCHIVE
