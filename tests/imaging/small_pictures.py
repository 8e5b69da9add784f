"""Small pictures of a table as a camera's preview shows them: a paper put down anywhere, noise, uneven light."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.imaging.measure import FONT
from villagedesk.demo.photograph_papers import PAPERS

Pixels = NDArray[np.uint8]
Quad = NDArray[np.float64]

WIDTH, HEIGHT = 1000, 750


def paper(kind: str, seed: int) -> Pixels:
    """A flat paper, height × width × 3, BGR, 200 dpi."""
    return PAPERS[kind](FONT, np.random.default_rng(seed)).pixels()


def laid_down(
    page: Pixels | None, seed: int, *, turn: float = 0.0, shift: tuple[float, float] = (0.0, 0.0), light: float = 1.0
) -> tuple[Pixels, Quad]:
    """A picture of the table, and where the paper's own corners are in it.

    Args:
        page: None for the empty table.
        seed: decides slant, noise and the light's course.
        turn: degrees, clockwise.
        shift: pixels.
        light: how bright, 1 for usual.
    """
    rng = np.random.default_rng(seed)
    grain = np.random.default_rng(5).normal(0, 5, (HEIGHT, WIDTH, 1))
    scene: NDArray[Any] = np.full((HEIGHT, WIDTH, 3), (70, 84, 98), np.float64) + grain
    quad = np.zeros((4, 2))
    if page is not None:
        height, width = page.shape[:2]
        angle = np.radians(turn)
        across = np.abs(np.cos(angle)) * width + np.abs(np.sin(angle)) * height
        upright = np.abs(np.sin(angle)) * width + np.abs(np.cos(angle)) * height
        scale = 0.85 * min(WIDTH / across, HEIGHT / upright)
        rim = np.array([(-width, -height), (width, -height), (width, height), (-width, height)]) * scale / 2
        rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        quad = rim @ rotation + (WIDTH / 2, HEIGHT / 2) + shift + rng.uniform(-6, 6, (4, 2))
        own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
        to_picture = cv2.getPerspectiveTransform(own, quad.astype(np.float32))
        calm = cv2.GaussianBlur(page, (0, 0), 0.45 / scale)
        seen = cv2.warpPerspective(calm, to_picture, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
        cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), to_picture, (WIDTH, HEIGHT))
        scene[cover > 127] = seen[cover > 127]
    course = np.linspace(rng.uniform(0.75, 1), rng.uniform(0.75, 1), WIDTH)[None, :, None] * light
    noisy = scene * course + rng.normal(0, 2, scene.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), quad
