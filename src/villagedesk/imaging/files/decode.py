"""Encoded picture → pixels, with every hostile or damaged file refused by a Problem."""

from __future__ import annotations

import io
import struct
import zlib
from typing import NoReturn

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.file_kinds import FileKind, kind_of
from villagedesk.imaging.files.heif import open_heif
from villagedesk.imaging.files.jpeg_scans import has_too_many_scans
from villagedesk.imaging.files.picture_modes import upright_bgr

Pixels = NDArray[np.uint8]

MAX_MEGAPIXELS = 80
"""Above any document camera and telephone; 80 megapixels are 240 MB in memory."""
MAX_MEGAPIXELS_PACKED = 40
"""Of formats other than JPEG: above an A4 page at 600 dpi (35). A PNG of 9 KB may hold so many, and these readers need
some copies of them at once."""
MIN_SIDE = 64
"""A smaller picture cannot hold a readable paper."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
_REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError,
    OverflowError, EOFError, NotImplementedError, MemoryError, RuntimeError, struct.error, zlib.error, UserWarning,
)  # fmt: skip
"""What Pillow's readers were seen to raise on damaged files (found by the fuzz test); MemoryError for absurd sizes,
UserWarning where warnings are errors."""


def decode(data: bytes, media_type_hint: str = "") -> Pixels:
    """Decode a photograph; the turn noted by the camera (EXIF orientation) is applied.

    Args:
        data: JPEG, PNG, WebP, BMP, TIFF (first page) or HEIC.
        media_type_hint: what the source said it is; only used to word a refusal.

    Returns:
        height × width × 3, BGR.

    Raises:
        InputProblem: ``imaging.not_an_image``, ``imaging.too_large`` (more than ``MAX_MEGAPIXELS``, or
            ``MAX_MEGAPIXELS_PACKED``), ``imaging.too_small``, ``imaging.truncated`` (the file ends too early, is
            damaged, or asks for endless work).
    """
    heif = kind_of(data) is FileKind.HEIF
    mode = "" if heif else _check_header(data, media_type_hint)
    if data.startswith(b"\xff\xd8") and mode != "CMYK":
        return jpeg_pixels(data)
    try:
        if heif:
            picture = open_heif(data)
            check_size(picture.size, MAX_MEGAPIXELS_PACKED)
            return upright_bgr(picture.decoded())
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return upright_bgr(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        too_large(MAX_MEGAPIXELS_PACKED)
    except DAMAGED as error:
        raise InputProblem("imaging.truncated") from error


def jpeg_pixels(data: bytes, reduced: int = 1) -> Pixels:
    """A JPEG of grey or three colours, upright, BGR.

    Args:
        reduced: 1, 2, 4 or 8: a half, a quarter, an eighth of its sides, which costs the less the smaller it is.

    Raises:
        InputProblem: ``imaging.truncated``.
    """
    # OpenCV 5 gives nothing for a file without its end; version 4 gave a half-grey picture (a test holds this).
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED[reduced])
    except cv2.error as error:
        raise InputProblem("imaging.truncated") from error
    if pixels is None or pixels.ndim != 3:
        raise InputProblem("imaging.truncated")
    return np.ascontiguousarray(pixels, np.uint8)


def check_size(size: tuple[int, int], megapixels: float) -> None:
    """Refuse before anything large is allocated. Raises InputProblem ``imaging.too_large``, ``imaging.too_small``."""
    if size[0] * size[1] > megapixels * 1_000_000:
        too_large(round(megapixels))
    if min(size) < MIN_SIDE:
        raise InputProblem("imaging.too_small", pixels=MIN_SIDE)


def too_large(megapixels: int) -> NoReturn:
    """Raise InputProblem ``imaging.too_large``."""
    raise InputProblem("imaging.too_large", megapixels=megapixels)


def _check_header(data: bytes, media_type_hint: str) -> str:
    """Refuse by what the header says; gives the colours (Pillow's mode)."""
    if has_too_many_scans(data):
        raise InputProblem("imaging.truncated")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            size, mode = image.size, image.mode
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        too_large(MAX_MEGAPIXELS)
    except UnidentifiedImageError as error:
        raise _unknown(data, media_type_hint) from error
    except DAMAGED as error:
        raise InputProblem("imaging.truncated") from error
    check_size(size, MAX_MEGAPIXELS if data.startswith(b"\xff\xd8") else MAX_MEGAPIXELS_PACKED)
    return mode


def _unknown(data: bytes, media_type_hint: str) -> InputProblem:
    told = media_type_hint.lower() in ("image/heic", "image/heif")
    if told or data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\0", b"MM\0*")) or data[8:12] == b"WEBP":
        return InputProblem("imaging.truncated")
    return InputProblem("imaging.not_an_image")
