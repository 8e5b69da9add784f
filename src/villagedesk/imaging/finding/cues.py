"""What a paper's edge can be told by: lightness, two measures of colour, and how restless a picture is anyway."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Singles = NDArray[np.float32]

_COLOUR_WEIGHT = 0.6
"""A difference in colour counts less than one in lightness: sensors and JPEG keep colour coarsely."""
_CALM = 1.2
"""Gradient, in grey levels per pixel, from which edges are believed in the calmest picture (noise is below it)."""


@dataclass(frozen=True)
class Cues:
    """A small picture prepared for the search.

    Args:
        planes: height × width × 3: lightness, red against green, blue against yellow, without print and rulings.
        edges: height × width, strength of the strongest edge there as a multiple of what this picture's texture has
            anyway; an edge counts from 1 on.
        raised: height × width, lightness with its local contrast raised until weak edges are seen.
    """

    planes: Singles
    edges: Singles
    raised: Pixels


def lightness(pixels: Pixels) -> Pixels:
    """Paper-likeness by pixel: the mean of grey and the smallest channel, so that wood and coloured things are dark."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    blue, green, red = cv2.split(pixels)
    return cv2.addWeighted(grey, 0.5, cv2.min(cv2.min(blue, green), red), 0.5, 0).astype(np.uint8)


def separated(pixels: Pixels) -> Singles:
    """Lightness, red against green, blue against yellow of each pixel; the last axis has these three.

    Args:
        pixels: rows × columns × 3, BGR.
    """
    blue, green, red = cv2.split(pixels)
    light = lightness(pixels)
    first = cv2.addWeighted(red, _COLOUR_WEIGHT, green, -_COLOUR_WEIGHT, 0, dtype=cv2.CV_32F)
    yellow = cv2.addWeighted(red, 0.5 * _COLOUR_WEIGHT, green, 0.5 * _COLOUR_WEIGHT, 0, dtype=cv2.CV_32F)
    second = cv2.scaleAdd(blue.astype(np.float32), _COLOUR_WEIGHT, -yellow)
    return np.asarray(cv2.merge([light.astype(np.float32), first, second]), np.float32)


def cues(small: Pixels) -> Cues:
    """Prepare a picture of about 500 pixels.

    Args:
        small: height × width × 3, BGR.
    """
    # Closing takes print and rulings off the paper, so that their edges do not drown the paper's.
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (5, 5))
    return _prepared(np.asarray(cv2.morphologyEx(separated(small), cv2.MORPH_CLOSE, kernel), np.float32))


def thin_cues(small: Pixels) -> Cues:
    """The same with thin dark lines left in: the shadow at its rim may be all that is seen of a paper on white."""
    return _prepared(separated(small))


def _prepared(planes: Singles) -> Cues:
    planes = np.asarray(cv2.GaussianBlur(planes, (0, 0), 1.0), np.float32)
    gx = cv2.Sobel(planes, cv2.CV_32F, 1, 0, scale=0.125)
    gy = cv2.Sobel(planes, cv2.CV_32F, 0, 1, scale=0.125)
    by_light, by_red, by_blue = cv2.split(cv2.magnitude(gx, gy))
    gradient = cv2.max(cv2.max(by_light, by_red), by_blue)
    sample = gradient[::3, ::3].ravel()
    texture = float(np.partition(sample, int(0.6 * len(sample)))[int(0.6 * len(sample))])
    believed = max(_CALM, 2.5 * texture)
    light = np.ascontiguousarray(planes[:, :, 0])
    around = cv2.blur(cv2.blur(light, (41, 41)), (41, 41))
    gain = 8.0 / believed
    raised = np.clip((light - around) * gain + 128, 0, 255).astype(np.uint8)
    return Cues(planes, np.asarray(gradient / believed, np.float32), raised)
