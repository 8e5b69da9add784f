"""Photographs drawn plainly: an empty sheet, two sheets side by side, the two sides of a card; the shipped generator
has none of them."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def _table() -> Pixels:
    noise = np.random.default_rng(1).normal(60, 6, (1944, 2592, 3))
    return np.asarray(np.clip(noise, 0, 255), np.uint8)


def _jpeg(picture: Pixels) -> bytes:
    return cv2.imencode(".jpg", cv2.GaussianBlur(picture, (0, 0), 0.8), [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


@cache
def empty_sheet() -> bytes:
    """A white sheet with nothing on it."""
    picture = _table()
    cv2.rectangle(picture, (350, 200), (2170, 1700), (238, 240, 242), -1)
    return _jpeg(picture)


@cache
def two_sheets() -> bytes:
    """Two sheets beside each other: which of them is meant has to be asked."""
    picture = _table()
    for left in (180, 1400):
        cv2.rectangle(picture, (left, 300), (left + 980, 1686), (236, 240, 242), -1)
        for line in range(18):
            place = (left + 60, 400 + line * 66)
            cv2.putText(picture, f"LINE {line} {line * 137:06d} TEXT", place, _FONT, 1.2, (40, 30, 30), 4)
    return _jpeg(picture)


@cache
def card_side(words: str) -> bytes:
    """A card of 85.6 × 54 mm with round corners and some lines beginning with ``words``."""
    picture = _table()
    left, top, width, height, radius = 700, 600, 1070, 675, 40
    colour = (225, 205, 190)
    cv2.rectangle(picture, (left + radius, top), (left + width - radius, top + height), colour, -1)
    cv2.rectangle(picture, (left, top + radius), (left + width, top + height - radius), colour, -1)
    for x in (left + radius, left + width - radius):
        for y in (top + radius, top + height - radius):
            cv2.circle(picture, (x, y), radius, colour, -1)
    for line in range(6):
        text, place = f"{words} LINE {line} {17 * line + 3:06d}", (left + 60, top + 120 + line * 90)
        cv2.putText(picture, text, place, _FONT, 1.6, (40, 30, 30), 4)
    return _jpeg(picture)
