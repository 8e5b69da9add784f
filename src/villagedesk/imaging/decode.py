"""Encoded picture → pixels, with every hostile or damaged file refused by a Problem."""

from __future__ import annotations

import io
import struct
import zlib
from typing import NoReturn

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from villagedesk.domain.problems import InputProblem

Pixels = NDArray[np.uint8]

MAX_MEGAPIXELS = 80
"""Above any document camera and telephone; 80 megapixels are 240 MB in memory."""
MAX_MEGAPIXELS_PACKED = 40
"""Of formats other than JPEG: above an A4 page at 600 dpi (35). A PNG of 9 KB may hold so many, and these readers need
some copies of them at once."""
MIN_SIDE = 64
"""A smaller picture cannot hold a readable paper."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
# What Pillow's readers were seen to raise on damaged files (found by the fuzz test); MemoryError for absurd sizes,
# UserWarning where warnings are errors.
_DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, ZeroDivisionError,
    OverflowError, EOFError, NotImplementedError, MemoryError, RuntimeError, struct.error, zlib.error, UserWarning,
)  # fmt: skip


def decode(data: bytes, media_type_hint: str = "") -> Pixels:
    """Decode a photograph; the turn noted by the camera (EXIF orientation) is applied.

    Args:
        data: JPEG, PNG, WebP, BMP or TIFF (first page).
        media_type_hint: what the source said it is; only used to word a refusal.

    Returns:
        height × width × 3, BGR.

    Raises:
        InputProblem: ``imaging.not_an_image``, ``imaging.heic``, ``imaging.too_large`` (more than ``MAX_MEGAPIXELS``,
            or ``MAX_MEGAPIXELS_PACKED``), ``imaging.too_small``, ``imaging.truncated`` (the file ends too early or is
            damaged).
    """
    _check_header(data, media_type_hint)
    pixels = _jpeg(data) if data.startswith(b"\xff\xd8") else _other(data)
    return np.ascontiguousarray(pixels)


def _check_header(data: bytes, media_type_hint: str) -> None:
    """Refuse by what the header says, before anything large is allocated."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _too_large(MAX_MEGAPIXELS)
    except UnidentifiedImageError as error:
        raise _unknown(data, media_type_hint) from error
    except _DAMAGED as error:
        raise InputProblem("imaging.truncated") from error
    most = MAX_MEGAPIXELS if data.startswith(b"\xff\xd8") else MAX_MEGAPIXELS_PACKED
    if width * height > most * 1_000_000:
        _too_large(most)
    if min(width, height) < MIN_SIDE:
        raise InputProblem("imaging.too_small", pixels=MIN_SIDE)


def _too_large(megapixels: int) -> NoReturn:
    raise InputProblem("imaging.too_large", megapixels=megapixels)


def _unknown(data: bytes, media_type_hint: str) -> InputProblem:
    brand = data[4:12]
    if media_type_hint.lower() in ("image/heic", "image/heif") or brand in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return InputProblem("imaging.heic")
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\0", b"MM\0*")) or data[8:12] == b"WEBP":
        return InputProblem("imaging.truncated")
    return InputProblem("imaging.not_an_image")


def _jpeg(data: bytes) -> Pixels:
    # OpenCV 5 gives nothing for a file without its end; version 4 gave a half-grey picture (a test holds this).
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise InputProblem("imaging.truncated") from error
    if pixels is None or pixels.ndim != 3:
        raise InputProblem("imaging.truncated")
    return np.asarray(pixels, np.uint8)


def _other(data: bytes) -> Pixels:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            turned: Image.Image = image
            if turned.mode in ("I;16", "I;16B", "I;16L", "I"):
                grey = np.asarray(turned, np.float32) / 257
                return cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR).astype(np.uint8)
            if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
                # What is see-through in a scan is empty paper.
                layered = turned if turned.mode == "RGBA" else turned.convert("RGBA")
                turned = Image.new("RGB", layered.size, "white")
                turned.paste(layered, mask=layered)
            pixels = np.asarray(turned if turned.mode == "RGB" else turned.convert("RGB"), np.uint8)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _too_large(MAX_MEGAPIXELS_PACKED)
    except _DAMAGED as error:
        raise InputProblem("imaging.truncated") from error
    return pixels[:, :, ::-1]
