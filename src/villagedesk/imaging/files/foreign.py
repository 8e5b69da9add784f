"""A file from elsewhere, opened: how many pages it has, and each page's picture.

Runs in a process of its own (:mod:`villagedesk.devices.file_pages_child`): the readers behind it are C code that meets
whatever people bring.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.decode import DAMAGED, check_size, jpeg_pixels, too_large
from villagedesk.imaging.files.file_kinds import READABLE, FileKind, kind_of
from villagedesk.imaging.files.heif import HeifPicture, open_heif
from villagedesk.imaging.files.jpeg_scans import has_too_many_scans
from villagedesk.imaging.files.nameless import Nameless
from villagedesk.imaging.files.picture_modes import upright_bgr
from villagedesk.imaging.files.told_size import square_size, told_dpi

Pixels = NDArray[np.uint8]

MOST_PAGES = 200
"""Of one file. A case has 3 to 15 pages; more than this is no paper of one."""
MOST_MEGAPIXELS = 40
"""Of a picture that is handed on: above an A4 page at 600 dpi (35). A larger one is handed on at half its sides."""
MOST_MEGAPIXELS_JPEG = 220
"""In the file: telephones make 200; the reader gives them at half or a quarter without ever holding them whole."""
LONGEST_SIDE = 60_000
"""Pixels; a receipt of two metres at 300 dpi has 24,000."""
_MOST_BYTES = 400_000_000
"""Of a picture of another kind as its reader holds it: 400 megapixels of black and white, 100 of colours."""
_MOST_MEGAPIXELS_COPIED = 50
"""Of WebP, AVIF, HEIC and GIF, whose readers hold some copies at once."""
_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "LA": 4, "PA": 4}
_FORMATS = {
    FileKind.JPEG: "JPEG",
    FileKind.PNG: "PNG",
    FileKind.WEBP: "WEBP",
    FileKind.BMP: "BMP",
    FileKind.GIF: "GIF",
    FileKind.TIFF: "TIFF",
    FileKind.AVIF: "AVIF",
}
_STRETCHABLE = frozenset({"1", "L", "RGB"})
_COPIED = frozenset({FileKind.WEBP, FileKind.AVIF, FileKind.GIF})
_SUBFILE, _SMALLER_OR_MASK = 254, 0b101
"""TIFF 6.0, NewSubfileType: bit 0 a smaller version of another page, bit 2 a mask of one."""
_EXIF, _CAMERA_TAGS = 0x8769, frozenset({0x829A, 0x829D, 0x8827, 0x920A})
"""EXIF 2.3: exposure time, aperture, sensitivity, focal length: no scanner has them."""


class Origin(StrEnum):
    """How a picture came to be, as far as the file tells.

    ``DRAWN``: by a program, or in pure black and white: a finished page. ``SCANNED``: a page that is one picture, as
    scanners make them. ``PHOTOGRAPH``: by a camera, which says so. ``UNKNOWN``: chat programs take all marks away.
    """

    DRAWN = "drawn"
    SCANNED = "scanned"
    PHOTOGRAPH = "photograph"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ForeignPicture:
    """One page of a file.

    Args:
        pixels: height × width × 3, BGR, upright.
        dpi: of the page on paper, as it is handed on in full, where the file is known to tell it truly; else 0.
    """

    pixels: Pixels
    origin: Origin
    dpi: float = 0.0


class ForeignFile(Protocol):
    """An opened file.

    ``count``: its pages. ``left_out``: further pictures that are none: of an animation, a burst.
    """

    count: int
    left_out: int

    def picture(self, number: int, longest: int | None) -> ForeignPicture:
        """A page, counted from 1.

        Args:
            longest: about how many pixels the longer side is to have at least, where less work makes a smaller
                picture; None: all there are, up to ``MOST_MEGAPIXELS``.

        Raises:
            InputProblem: ``imaging.truncated``, ``imaging.too_large``, ``imaging.too_small``.
        """


def open_foreign(data: bytes) -> ForeignFile:
    """Read what a file says of itself.

    Raises:
        InputProblem: ``files.kind_*`` when pages cannot be taken from such a file, ``files.too_many_pages``,
            ``files.locked``, ``files.no_pages``, ``files.too_heavy``, ``imaging.truncated``, ``imaging.too_large``,
            ``imaging.too_small``.
    """
    kind = kind_of(data)
    if kind not in READABLE:
        raise Nameless(f"files.kind_{kind}")
    if kind is FileKind.PDF:
        # the reader of PDF files is loaded for them only
        from villagedesk.imaging.files.foreign_pdf import PdfFile  # noqa: PLC0415

        return PdfFile(data)
    if kind is FileKind.HEIF:
        return _Heif(data)
    return _Picture(data, kind)


def halvings(size: tuple[int, int], longest: int | None) -> int:
    """By which power of two the sides of a picture may be divided: 1, 2, 4 or 8."""
    factor = 1
    while factor < 8 and (
        size[0] * size[1] > MOST_MEGAPIXELS * 1_000_000 * factor**2
        or (longest is not None and max(size) >= 2 * factor * longest)
    ):
        factor *= 2
    return factor


class _Heif:
    """HEIC of a telephone: the main picture."""

    count = 1

    def __init__(self, data: bytes) -> None:
        try:
            self._picture: HeifPicture = open_heif(data)
        except DAMAGED as error:
            raise InputProblem("imaging.truncated") from error
        self.left_out = self._picture.others
        _check_size(self._picture.size, _MOST_MEGAPIXELS_COPIED)
        self._data = data

    def picture(self, number: int, longest: int | None) -> ForeignPicture:
        """See :class:`ForeignFile`."""
        del number
        try:
            # opened anew: libheif keeps what it decoded as long as the file
            image = open_heif(self._data).decoded()
            factor = halvings(image.size, longest)
            image = image.reduce(factor) if factor > 1 else image
            return ForeignPicture(upright_bgr(image), Origin.PHOTOGRAPH)
        except MemoryError:
            too_large(_MOST_MEGAPIXELS_COPIED)
        except DAMAGED as error:
            raise InputProblem("imaging.truncated") from error


class _Picture:
    """What Pillow opens: one picture, or the pages of a TIFF."""

    def __init__(self, data: bytes, kind: FileKind) -> None:
        self._data = data
        self._kind = kind
        self.left_out = 0
        self._frames = [0]
        if has_too_many_scans(data):
            raise Nameless("files.too_heavy")
        try:
            with self._opened() as image:
                self._check(image)
                if kind is FileKind.TIFF:
                    self._frames = _pages_of(image)
                elif kind is not FileKind.JPEG:  # in a JPEG: the same once more, for the other eye or a depth
                    self.left_out = max(0, int(getattr(image, "n_frames", 1)) - 1)
        except DAMAGED as error:
            raise InputProblem("imaging.truncated") from error
        self.count = len(self._frames)

    def picture(self, number: int, longest: int | None) -> ForeignPicture:
        """See :class:`ForeignFile`."""
        try:
            with self._opened() as image:
                if self._kind is FileKind.TIFF:
                    image.seek(self._frames[number - 1])
                self._check(image)
                origin = _origin_of(image, self.count)
                factor = halvings(image.size, longest)
                told = None if origin is Origin.PHOTOGRAPH else told_dpi(image)
                stretched = told is not None and square_size(image.size, told) != image.size
                if stretched and (self._kind is not FileKind.TIFF or image.mode not in _STRETCHABLE):
                    told = None
                dpi = max(told) / halvings(image.size, None) if told else 0.0
                if self._kind is FileKind.JPEG and image.mode != "CMYK":
                    return ForeignPicture(jpeg_pixels(self._data, factor), origin, dpi)
                image.load()
                image = _reduced(image, factor) if factor > 1 else image
                if told and stretched:
                    image = _squared(image, told)
                return ForeignPicture(upright_bgr(image), origin, dpi)
        except MemoryError:
            too_large(MOST_MEGAPIXELS)
        except DAMAGED as error:
            raise InputProblem("imaging.truncated") from error

    def _opened(self) -> Image.Image:
        return Image.open(io.BytesIO(self._data), formats=[_FORMATS[self._kind]])

    def _check(self, image: Image.Image) -> None:
        most = float(MOST_MEGAPIXELS_JPEG)
        if self._kind in _COPIED:
            most = _MOST_MEGAPIXELS_COPIED
        elif self._kind is not FileKind.JPEG or image.mode == "CMYK":
            most = _MOST_BYTES / _BYTES.get(image.mode, 4) / 1e6
        _check_size(image.size, most)


def _check_size(size: tuple[int, int], megapixels: float) -> None:
    if max(size) > LONGEST_SIDE:
        too_large(round(megapixels))
    check_size(size, megapixels)


def _pages_of(image: Image.Image) -> list[int]:
    """The pages of a TIFF; smaller versions and masks of pages are none."""
    frames: list[int] = []
    frame = 0
    while True:
        try:
            image.seek(frame)
        except EOFError:
            break
        kind = getattr(image, "tag_v2", {}).get(_SUBFILE, 0)
        if not (isinstance(kind, int) and kind & _SMALLER_OR_MASK):
            frames.append(frame)
        frame += 1
        if len(frames) > MOST_PAGES or frame > 4 * MOST_PAGES:
            raise Nameless("files.too_many_pages", most=MOST_PAGES)
    return frames or [0]


def _origin_of(image: Image.Image, pages: int) -> Origin:
    if image.mode == "1":
        return Origin.DRAWN
    try:
        if _CAMERA_TAGS.intersection(image.getexif().get_ifd(_EXIF)):
            return Origin.PHOTOGRAPH
    except DAMAGED:
        return Origin.UNKNOWN
    return Origin.SCANNED if pages > 1 else Origin.UNKNOWN


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Smaller by averaging, its marks kept; what cannot be averaged becomes colours first."""
    if image.mode in ("1", "P", "PA", "I;16", "I;16B", "I;16L", "I;16N"):
        step = "L" if image.mode == "1" else "RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB"
        if image.mode.startswith("I;16"):
            size = (math.ceil(image.width / factor), math.ceil(image.height / factor))
            return image.resize(size, Image.Resampling.NEAREST)
        image = _with_marks(image, image.convert(step))
    return _with_marks(image, image.reduce(factor))


def _squared(image: Image.Image, told: tuple[float, float]) -> Image.Image:
    """A fax has fewer lines than dots in a line."""
    shaded = image.convert("L") if image.mode == "1" else image
    return _with_marks(image, shaded.resize(square_size(image.size, told), Image.Resampling.BILINEAR))


def _with_marks(old: Image.Image, new: Image.Image) -> Image.Image:
    """The turn noted by the camera and the colour profile go along; both are read from these two places."""
    new.info = {**old.info, "exif": old.getexif().tobytes()} if old.getexif() else dict(old.info)
    new.format = old.format
    return new
