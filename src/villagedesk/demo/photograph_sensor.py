"""From the light on the sensor to the camera's JPEG: blur, noise, coding."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_truth import Pixels


@dataclass(frozen=True)
class Sensor:
    """How the camera takes the picture; lengths in pixels of a 12-megapixel picture.

    Args:
        softness: of a good lens, standard deviation.
        shake: length of the way the camera moved while it was open; 0 for none.
        shake_angle: its direction, radians.
        defocus: radius of the disc that a point becomes; 0 for sharp.
        noise: standard deviation, of 255.
        quality: of the JPEG, 1 … 100.
    """

    softness: float = 0.6
    shake: float = 0.0
    shake_angle: float = 0.0
    defocus: float = 0.0
    noise: float = 2.5
    quality: int = 90


def expose(lit: Pixels, sensor: Sensor, rng: np.random.Generator) -> bytes:
    """The JPEG of a scene that is already lit.

    Args:
        lit: height × width × 3, BGR; may be changed.
        sensor: how it is taken.
        rng: the noise.

    Raises:
        ValueError: it cannot be encoded.
    """
    height, width = lit.shape[:2]
    scale = max(width, height) / 4000
    seen = np.asarray(cv2.GaussianBlur(lit, (0, 0), max(sensor.softness * scale, 0.3)), np.uint8)
    if sensor.defocus * scale > 0.6:
        # Two boxes come near a disc, and do not take ten times as long.
        side = max(2, round(sensor.defocus * scale * 1.5))
        seen = np.asarray(cv2.blur(cv2.blur(seen, (side, side)), (side, side)), np.uint8)
    if sensor.shake * scale > 1.2:
        seen = np.asarray(cv2.filter2D(seen, -1, _streak(sensor.shake * scale, sensor.shake_angle)), np.uint8)
    # One noise tile laid over the picture: a fresh random number per pixel would take longer than all the rest.
    fine = rng.normal(0, sensor.noise, (512, 512, 3)).astype(np.float32)
    if scale > 0.5:
        # A colour sensor's noise is smeared over neighbours by its colour filter.
        fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.55), np.float32) * np.float32(1.45)
    sprinkle(seen, fine)
    done, coded = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, sensor.quality])
    if not done:
        raise ValueError("the picture could not be encoded")
    return coded.tobytes()


def sprinkle(seen: Pixels, noise: NDArray[np.float32]) -> None:
    """Add a tile of noise (rows × columns × 3 or × 1 for all colours alike) everywhere; changes ``seen``."""
    height, width = seen.shape[:2]
    rows, columns = noise.shape[:2]
    # Added and taken away as bytes: OpenCV adds numbers of two kinds ten times more slowly.
    repeats = (1, math.ceil(width / columns), 1)
    whole = np.round(np.broadcast_to(noise, (rows, columns, 3)))
    more = np.tile(np.clip(whole, 0, 255).astype(np.uint8), repeats)[:, :width]
    less = np.tile(np.clip(-whole, 0, 255).astype(np.uint8), repeats)[:, :width]
    for top in range(0, height, rows):
        part = seen[top : top + rows]
        cv2.add(part, more[: len(part)], part)
        cv2.subtract(part, less[: len(part)], part)


def _streak(length: float, angle: float) -> NDArray[np.float32]:
    side = math.ceil(length) | 1
    kernel = np.zeros((side, side), np.float32)
    middle = (side - 1) / 2
    half = np.array([math.cos(angle), math.sin(angle)]) * (length - 1) / 2
    ends = [np.round((np.array([middle, middle]) + sign * half) * 16).astype(int) for sign in (-1, 1)]
    cv2.line(kernel, tuple(ends[0]), tuple(ends[1]), 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(kernel / kernel.sum(), np.float32)
