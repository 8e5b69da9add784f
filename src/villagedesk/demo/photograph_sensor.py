"""From the light on the sensor to the camera's JPEG: blur, noise, coding."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

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
    seen = cv2.GaussianBlur(lit, (0, 0), max(sensor.softness * scale, 0.3))
    if sensor.defocus * scale > 0.6:
        # Two boxes come near a disc, and do not take ten times as long.
        side = max(2, round(sensor.defocus * scale * 1.5))
        seen = cv2.blur(cv2.blur(seen, (side, side)), (side, side))
    if sensor.shake * scale > 1.2:
        seen = cv2.filter2D(seen, -1, _streak(sensor.shake * scale, sensor.shake_angle))
    # One noise tile laid over the picture: a fresh random number per pixel would take longer than all the rest.
    fine = rng.normal(0, sensor.noise, (512, 512, 3)).astype(np.float32)
    if scale > 0.5:
        # A colour sensor's noise is smeared over neighbours by its colour filter.
        fine = cv2.GaussianBlur(fine, (0, 0), 0.55) * 1.45
    tile = np.round(fine).astype(np.int16)
    noise = np.tile(tile, (math.ceil(height / 512), math.ceil(width / 512), 1))[:height, :width]
    noisy = cv2.add(seen, noise, dtype=cv2.CV_8U)
    done, coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, sensor.quality])
    if not done:
        raise ValueError("the picture could not be encoded")
    return coded.tobytes()


def _streak(length: float, angle: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    side = math.ceil(length) | 1
    kernel = np.zeros((side, side), np.float32)
    middle = (side - 1) / 2
    half = np.array([math.cos(angle), math.sin(angle)]) * (length - 1) / 2
    ends = [np.round((np.array([middle, middle]) + sign * half) * 16).astype(int) for sign in (-1, 1)]
    cv2.line(kernel, tuple(ends[0]), tuple(ends[1]), 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(kernel / kernel.sum(), np.float32)
