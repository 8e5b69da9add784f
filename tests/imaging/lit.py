"""Flat papers as a camera gives them: uneven light, a little blur, noise; and shadows with a hard or soft rim."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_kinds import DRAWERS
from villagedesk.demo.photograph_sensor import sprinkle

Pixels = NDArray[np.uint8]
FONT = Path(__file__).parents[2] / "resources" / "fonts" / "villagedesk-base.ttf"
A4 = (2339, 1654)


def drawn(kind: str, seed: int) -> Pixels:
    """An invented paper as printed, BGR."""
    return DRAWERS[kind](FONT, np.random.default_rng([seed, 77])).pixels()


def blank_sheet() -> Pixels:
    return np.full((*A4, 3), 246, np.uint8)


def photographed(page: Pixels, seed: int, *, moved: float = 0.0, noise: float = 3.0) -> Pixels:
    """The page in slanting light, slightly blurred and noisy.

    Args:
        moved: how inexactly it was cut out, as a share of its longer side.
    """
    rng = np.random.default_rng([seed, 5])
    height, width = page.shape[:2]
    if moved:
        rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        slipped = rim + rng.normal(0, moved * max(height, width), (4, 2)).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(slipped, rim)
        page = np.asarray(cv2.warpPerspective(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    corners = rng.uniform(0.65, 1.0, (2, 2)).astype(np.float32)
    light = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
    lit = cv2.multiply(cv2.GaussianBlur(page, (0, 0), 0.8), cv2.merge([light] * 3), dtype=cv2.CV_8U)
    seen = np.asarray(lit, np.uint8)
    sprinkle(seen, rng.normal(0, noise, (512, 512, 3)).astype(np.float32))
    return seen


def shadowed(page: Pixels, area: list[tuple[int, int]], rim: float, depth: float = 0.5) -> Pixels:
    """The page with a shadow over an area (x, y), a little bluer than the light, its rim that many pixels soft."""
    shade = np.zeros(page.shape[:2], np.float32)
    cv2.fillPoly(shade, [np.array(area, np.int32)], 1.0)
    soft = cv2.GaussianBlur(shade, (0, 0), rim)[:, :, None]
    return np.asarray(page * (1 - soft * np.array([depth - 0.04, depth, depth + 0.03], np.float32)), np.uint8)
