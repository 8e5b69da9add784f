"""An opened picture of whatever colours → upright pixels, blue, green, red."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms, ImageOps

Pixels = NDArray[np.uint8]

_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I", "F"})


def upright_bgr(image: Image.Image) -> Pixels:
    """Read the picture and give it as it is meant to be seen: turned as the camera noted, on white where see-through.

    Args:
        image: just opened; it is changed.

    Raises:
        What Pillow's readers raise on damaged data (:data:`villagedesk.imaging.files.decode.DAMAGED`).
    """
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in _DEEP:
        return cv2.cvtColor(_eight_bits(image), cv2.COLOR_GRAY2BGR).astype(np.uint8)
    return np.ascontiguousarray(np.asarray(_rgb(image), np.uint8)[:, :, ::-1])


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        # What is see-through in a scan is empty paper.
        layered = image if image.mode == "RGBA" else image.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered)
        return paper
    if image.mode == "CMYK":
        return _from_inks(image)
    if image.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        return _converted(image, ImageCms.ImageCmsProfile(lab)) or Image.merge("L", image.split()[:1]).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_inks(image: Image.Image) -> Image.Image:
    if image.format in ("JPEG", "MPO") and "adobe" not in image.info:
        # Pillow takes every JPEG of four inks for Adobe's, whose values are inverted; without Adobe's mark they are
        # plain (JFIF knows no four inks; ITU-T T.872 section 6.3: 0 is no ink).
        image = ImageChops.invert(image)
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        try:
            told = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        except (OSError, TypeError, ValueError):
            told = None
        converted = _converted(image, told) if told is not None else None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image | None:
    """By the colour profile; None where that is spoiled, or is of other colours than the picture's."""
    try:
        return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _eight_bits(image: Image.Image) -> Pixels:
    """Grey of more than eight bits: sixteen, or numbers with a point that run to 1 or to 255."""
    grey = np.asarray(image, np.float32)
    if image.mode == "F":
        grey = np.nan_to_num(grey, posinf=0, neginf=0)
        grey = grey * 255 if float(grey.max(initial=0)) <= 1 else grey
    else:
        grey = grey / 257
    if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        grey = 255 - grey
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
