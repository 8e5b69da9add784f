"""What the inside of an outline looks like, seen flat and small: paper or not, written on or not."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.cues import Singles, lightness, separated
from villagedesk.imaging.finding.ramp import ramp
from villagedesk.imaging.geometry import Quad

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

_RIM = 6
"""Of the 96 pixels: so much at each side is not looked at for print."""
_ONE_HUE = 0.02
"""Shares of blue, green and red: two that differ by less are one colour."""


@dataclass(frozen=True)
class Looks:
    """What the inside looks like: how much like paper, how much of it is written, what it is printed on."""

    paper: float
    written: float
    ground: tuple[float, ...]


def looks(flats: Pixels) -> list[Looks]:
    """Of each inside (n × 96 × 96 × 3): paper is mostly of one light colour with little colour in it."""
    count = len(flats)
    light = lightness(flats.reshape(-1, flats.shape[2], 3)).reshape(flats.shape[:3])
    some = np.ascontiguousarray(flats[:, 2::4, 2::4]).reshape(count, -1, 3)
    shades = light[:, 2::4, 2::4].reshape(count, -1).astype(np.float32)
    level = np.quantile(shades, 0.7, axis=1)
    bright = shades > 0.8 * level[:, None]
    median = _median_of(some.astype(np.float32), bright)
    covered = np.where(_shaded(some, bright, median), _lit(light[:, 2::4, 2::4]), bright.mean(axis=1))
    colour = np.ptp(median, axis=1) / np.maximum(median.max(axis=1), 1.0)
    ground = _median_of(separated(some), shades >= 0.85 * level[:, None])
    written = _written(light)
    return [
        Looks(
            paper=ramp(float(covered[one]), 0.3, 0.55)
            * (1 - ramp(float(colour[one]), 0.34, 0.55))
            * ramp(float(level[one]), 25, 50),
            written=float(written[one]),
            ground=tuple(float(value) for value in ground[one]),
        )
        for one in range(count)
    ]


def _lit(light: Pixels) -> Floats:
    """Share of each inside (n × 24 × 24) that is nearly as light as the lightest near it, in the sun or in a shadow."""
    by_place = np.ascontiguousarray(light.transpose(1, 2, 0))
    near = cv2.dilate(by_place, np.ones((5, 5), np.uint8)).reshape(by_place.shape)
    return np.asarray((by_place > 0.8 * near).mean(axis=(0, 1)), np.float64)


def _shaded(some: Pixels, bright: NDArray[np.bool_], median: Floats) -> NDArray[np.bool_]:
    """Whether what is not bright has the bright part's colour (median), as the same paper has in a shadow."""
    dark = _median_of(some.astype(np.float32), ~bright | (bright.mean(axis=1) > 0.95)[:, None])
    hues = [values / np.maximum(values.sum(axis=1, keepdims=True), 1.0) for values in (median, dark)]
    return np.asarray(np.abs(hues[0] - hues[1]).max(axis=1) < _ONE_HUE, np.bool_)


def _written(light: Pixels) -> Floats:
    """Share of each inside (n × 96 × 96) that is print: noise is none, nor is what comes in from outside.

    A pen across a label, the rings and the shadow at its rim are as dark as print, but they reach its sides.
    """
    count, height, width = light.shape
    calm = np.asarray(cv2.medianBlur(light.reshape(-1, width), 3), np.uint8).reshape(light.shape)
    # One below the other, with an empty row between, so that all are looked through at once.
    marks = np.zeros((count, height - 2 * _RIM + 1, width - 2 * _RIM), np.uint8)
    for one in range(count):
        marks[one, :-1] = print_in(calm[one, _RIM:-_RIM, _RIM:-_RIM])
    rows, columns = marks.shape[1:]
    stats = cv2.connectedComponentsWithStats(marks.reshape(-1, columns), connectivity=8)[2][1:]
    left, top, wide, high, area = stats[:, :5].T
    within = (left > 0) & (left + wide < columns) & (top % rows > 0) & (top % rows + high < rows - 1)
    return np.asarray(np.bincount(top // rows, area * within, count) / ((rows - 1) * columns), np.float64)


def _median_of(values: Singles, chosen: NDArray[np.bool_]) -> Floats:
    """n × 3: the median of the chosen of n × places × 3."""
    placed = np.sort(np.where(chosen[:, :, None], values, np.inf), axis=1)
    half = (chosen.sum(axis=1) - 1) // 2
    return np.asarray(np.take_along_axis(placed, half[:, None, None], axis=1)[:, 0], np.float64)


def flattened(pixels: Pixels, quad: Quad) -> Pixels:
    """The inside at 96 × 96, the outside's nearest where it leaves the picture."""
    side = 96
    target = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return np.asarray(
        cv2.warpPerspective(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def print_in(light: Pixels) -> NDArray[np.bool_]:
    """Which pixels are darker than what is beside them, as print and writing are."""
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return np.asarray((closed.astype(np.int16) - light) > np.maximum(0.12 * closed, 9), np.bool_)
