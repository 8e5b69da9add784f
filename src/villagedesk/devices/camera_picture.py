"""What camera adapters have in common: telling a picture's format, making it small, reading it from a file."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

from villagedesk.devices.ports import Frame, Photograph
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.file_kinds import HEIF_BRANDS
from villagedesk.imaging.files.jpeg_scans import has_too_many_scans

MAX_FILE_MEGABYTES = 64
PREVIEW_SIDE = 1000
PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif"})


def media_type_of(data: bytes) -> str | None:
    """A picture's media type by its first bytes, or None when it is none that a camera or telephone makes."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"BM"):
        return "image/bmp"
    if data.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return "image/heic"
    return None


def preview_size(width: int, height: int) -> tuple[int, int]:
    """The size in pixels at which a picture fits ``PREVIEW_SIDE``; never larger than it is."""
    longest = max(width, height)
    if longest <= PREVIEW_SIDE:
        return width, height
    return max(1, round(width * PREVIEW_SIDE / longest)), max(1, round(height * PREVIEW_SIDE / longest))


def frame_of(picture: Photograph, number: int) -> Frame | None:
    """The same picture of at most ``PREVIEW_SIDE`` pixels, or None when it cannot be read, or not soon."""
    if has_too_many_scans(picture.data):
        return None
    try:
        with Image.open(io.BytesIO(picture.data)) as image:
            # JPEG can be decoded at a fraction of its size, which is what makes this fast enough for a live picture.
            image.draft("RGB", preview_size(*image.size))
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
            return Frame(small.width, small.height, small.tobytes(), number)
    # Pillow's readers raise nearly anything on damaged data; a preview that is missing is no failure.
    except Exception:
        return None


def read_photograph_file(path: Path) -> Photograph:
    """Read a picture the clerk chose; its content is not decoded here.

    Args:
        path: the file.

    Raises:
        InputProblem: ``devices.file_missing``, ``devices.file_unreadable``, ``devices.file_empty``,
            ``devices.file_too_large`` (over ``MAX_FILE_MEGABYTES``), ``devices.file_not_image``.
    """
    limit = MAX_FILE_MEGABYTES * 1024 * 1024
    try:
        with path.open("rb") as file:
            # One byte more than allowed tells a file that is too large, also one that grows while it is read.
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise InputProblem("devices.file_missing", name=path.name) from error
    except OSError as error:
        raise InputProblem("devices.file_unreadable", name=path.name) from error
    if not data:
        raise InputProblem("devices.file_empty", name=path.name)
    if len(data) > limit:
        raise InputProblem("devices.file_too_large", name=path.name, megabytes=MAX_FILE_MEGABYTES)
    media_type = media_type_of(data)
    if media_type is None:
        raise InputProblem("devices.file_not_image", name=path.name)
    return Photograph(data, media_type, path.name)
