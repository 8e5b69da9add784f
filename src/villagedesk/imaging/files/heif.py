"""Photographs of telephones that save HEIC: one picture of a HEIF file as an opened picture."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pillow_heif
from PIL import Image

_SPOILED = (OSError, EOFError, SyntaxError, ValueError, RuntimeError, TypeError, KeyError, IndexError, AttributeError)


@dataclass(frozen=True)
class HeifPicture:
    """The main picture of a file, not decoded yet.

    Args:
        size: width and height in pixels, upright.
        others: further pictures in the file (a burst), which are left out.
    """

    size: tuple[int, int]
    others: int
    _image: pillow_heif.HeifImage

    def decoded(self) -> Image.Image:
        """The picture, upright. Raises OSError when it is damaged, MemoryError."""
        try:
            image: Image.Image = self._image.to_pillow()
        except _SPOILED as error:
            raise OSError("damaged HEIF") from error
        return image


def open_heif(data: bytes) -> HeifPicture:
    """Read what a HEIF file says of itself; libheif's own limits against bombs hold. Raises OSError when damaged."""
    # each thread of the decoder holds memory of its own, and one core is what there is
    pillow_heif.options.DECODE_THREADS = 1
    try:
        file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True, bgr_mode=False)
        image = file[file.primary_index]
        return HeifPicture(image.size, len(file) - 1, image)
    except _SPOILED as error:
        raise OSError("damaged HEIF") from error
