"""Plain drawn papers on plain tables: cases whose every number is written in the test, unlike the photographs'."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]


def turned_box(centre: tuple[float, float], width: float, height: float, degrees: float) -> Floats:
    """4 × 2 corners of a rectangle, the first the top left one of the unturned rectangle, clockwise."""
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    turn = np.radians(degrees)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(corners @ rotation + centre, np.float64)


def drawn(
    corners: Floats,
    *,
    size: tuple[int, int] = (1200, 900),
    table: tuple[int, int, int] = (60, 70, 80),
    paper: tuple[int, int, int] = (235, 238, 238),
    shadow: float = 0.0,
    lines: int = 14,
    noise: float = 1.5,
) -> Pixels:
    """A paper with lines of dashes on it, seen by a noisy camera.

    Args:
        corners: of the paper, 4 × 2 pixels.
        size: width and height of the picture.
        table, paper: colours, BGR.
        shadow: how much darker the table is just right of and below the paper, grey levels.
        lines: of writing; 0 for a blank paper.
        noise: of the sensor, grey levels.
    """
    scale = 4
    picture = np.full((size[1], size[0], 3), table, np.float64)
    shape = np.rint((corners + 0.5) * scale).astype(np.int32)

    def cover(moved: float, blur: float) -> NDArray[np.float32]:
        mask = np.zeros((size[1] * scale, size[0] * scale), np.uint8)
        cv2.fillConvexPoly(mask, shape + round(moved * scale), 255)
        small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        return np.asarray(cv2.GaussianBlur(small, (0, 0), blur) if blur else small, np.float32)[:, :, None]

    picture -= shadow * cover(3.0, 2.0)
    on = cover(0.0, 0.0)
    picture = picture * (1 - on) + np.array(paper) * on
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    for line in range(lines):
        for dash in range(6):
            start = corners[0] + down * (0.1 + 0.8 * line / max(lines - 1, 1)) + across * (0.1 + 0.13 * dash)
            end = start + across * 0.09
            cv2.line(picture, _point(start), _point(end), (50, 50, 55), max(1, size[0] // 600), cv2.LINE_AA)
    picture += np.random.default_rng(1).normal(0, noise, picture.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255), np.uint8)


def _point(place: Floats) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))
