"""The light that falls on a scene, by name: lamp, window, warm, cold, shadows of arm and head, hard shadow edges."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

LIGHTS = ("even", "lamp", "window", "warm", "cold", "arm", "head", "hard")
"""Lights that may be looked at while pages are found and cleaned."""
HELD_OUT_LIGHTS = ("blinds", "two_colours")
"""Lights that are only ever measured on: stripes of sun through blinds; a warm lamp against a blue window."""


def light_field(kind: str, width: int, height: int, rng: np.random.Generator, towards: float) -> Field:
    """How bright each place is lit.

    Args:
        kind: one of ``LIGHTS`` or ``HELD_OUT_LIGHTS``.
        width, height: of the field, pixels; a quarter of the picture's is fine enough.
        rng: decides strength, place and softness.
        towards: direction in the picture from which the main light comes, radians.

    Returns:
        height × width × 3 (BGR), 1 where a white paper is just white.

    Raises:
        KeyError: for another kind.
    """
    strength = {"even": 0.06, "lamp": 0.26, "window": 0.26, "warm": 0.2, "cold": 0.16, "arm": 0.12, "head": 0.12}
    strength |= {"hard": 0.12, "blinds": 0.16, "two_colours": 0.1}
    slope = strength[kind] * float(rng.uniform(0.6, 1.3))
    reach = max(width, height)
    x, y = np.meshgrid(np.linspace(-1, 1, 80) * width / reach, np.linspace(-1, 1, 60) * height / reach)
    along = x * math.cos(towards) + y * math.sin(towards)
    base = 1 + slope * along - float(rng.uniform(0.02, 0.16)) * (x**2 + y**2) / 2
    if kind == "lamp":
        # A lamp at hand: brightest under it, falling off with the square of the distance.
        away = (x - math.cos(towards) * 1.1) ** 2 + (y - math.sin(towards) * 1.1) ** 2
        base = base * (0.72 + 0.5 / (0.7 + away))
    cast = rng.uniform(0.95, 1.05, 3)
    if kind == "warm":
        cast = np.array([0.66, 0.88, 1.06]) + rng.uniform(-0.07, 0.05, 3)
    elif kind in ("cold", "window"):
        cast = np.array([1.06, 1.0, 0.9]) + rng.uniform(-0.05, 0.05, 3)
    field = base[:, :, None] * cast
    if kind == "two_colours":
        share = 1 / (1 + np.exp(-along * 3.0))[:, :, None]
        field = field * (share * np.array([0.62, 0.86, 1.08]) + (1 - share) * np.array([1.14, 0.96, 0.76]))
    full = np.asarray(cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    shadow = _shadow(kind, width, height, rng)
    if shadow is not None:
        # Light from the sky or the walls still falls into a shadow, and it is a little bluer.
        depth = float(rng.uniform(0.22, 0.55)) if kind in ("hard", "blinds") else float(rng.uniform(0.15, 0.5))
        tint = np.array([0.9, 0.97, 1.0], np.float32) * depth
        full *= 1 - shadow[:, :, None] * tint
    return full


def _shadow(kind: str, width: int, height: int, rng: np.random.Generator) -> Field | None:
    reach = max(width, height)
    if kind == "arm":
        shade = np.zeros((height, width), np.float32)
        side = float(rng.uniform(0.1, 0.9)) * width
        tip = np.array([rng.uniform(0.2, 0.8) * width, rng.uniform(0.25, 0.75) * height])
        _limb(shade, np.array([side, height * 1.1]), tip, float(rng.uniform(0.09, 0.17)) * reach)
        return _soft(shade, float(rng.uniform(0.008, 0.035)) * reach)
    if kind == "head":
        shade = np.zeros((height, width), np.float32)
        centre = (int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.55, 1.05) * height))
        size = float(rng.uniform(0.18, 0.34)) * reach
        cv2.ellipse(shade, centre, (int(size * 0.8), int(size)), 0, 0, 360, 1.0, -1)
        shoulders = (centre[0], int(centre[1] + size * 1.5))
        cv2.ellipse(shade, shoulders, (int(size * 2.0), int(size * 0.9)), 0, 0, 360, 1.0, -1)
        return _soft(shade, float(rng.uniform(0.02, 0.06)) * reach)
    if kind == "hard":
        # The edge of a telephone, a shelf or a window frame, sharp, straight across the paper.
        turn = float(rng.uniform(0, math.pi))
        middle = np.array([width, height]) / 2 + rng.uniform(-0.22, 0.22, 2) * (width, height)
        normal = np.array([math.cos(turn), math.sin(turn)])
        ahead = np.array([-normal[1], normal[0]]) * reach * 2
        deep = normal * reach * (2.0 if rng.random() < 0.6 else float(rng.uniform(0.12, 0.4)))
        outline = np.array([middle - ahead, middle + ahead, middle + ahead + deep, middle - ahead + deep])
        shade = np.zeros((height, width), np.float32)
        cv2.fillPoly(shade, [np.round(outline * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
        return _soft(shade, float(rng.uniform(0.0006, 0.004)) * reach)
    if kind == "blinds":
        turn = float(rng.normal(0, 0.5)) + (math.pi / 2 if rng.random() < 0.7 else 0.0)
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        period = float(rng.uniform(0.06, 0.16)) * reach
        wave = np.sin((x * math.cos(turn) + y * math.sin(turn)) / period * 2 * math.pi)
        return np.asarray(1 / (1 + np.exp(-wave * float(rng.uniform(4, 12)))), np.float32)
    if kind in ("lamp", "window") and rng.random() < 0.5:
        shade = np.zeros((height, width), np.float32)
        outline = cv2.convexHull((rng.uniform(-0.2, 1.2, (4, 2)) * (width, height)).astype(np.int32))
        cv2.fillConvexPoly(shade, outline, 0.6)
        return _soft(shade, float(rng.uniform(0.03, 0.08)) * reach)
    return None


def _limb(shade: Field, start: NDArray[np.float64], tip: NDArray[np.float64], wide: float) -> None:
    """A forearm with a hand, as a shadow."""
    ahead = (tip - start) / np.linalg.norm(tip - start)
    aside = np.array([-ahead[1], ahead[0]]) * wide / 2
    arm = np.array([start - aside * 1.2, start + aside * 1.2, tip + aside * 0.8, tip - aside * 0.8])
    cv2.fillConvexPoly(shade, arm.astype(np.int32), 1.0)
    angle = math.degrees(math.atan2(ahead[1], ahead[0]))
    palm = tip + ahead * wide * 0.35
    cv2.ellipse(shade, tuple(palm.astype(int)), (int(wide * 0.8), int(wide * 0.55)), angle, 0, 360, 1.0, -1)
    for spread in (-0.35, -0.1, 0.15):
        turned = np.array([math.cos(spread), math.sin(spread)])
        way = np.array([ahead[0] * turned[0] - ahead[1] * turned[1], ahead[0] * turned[1] + ahead[1] * turned[0]])
        end = palm + way * wide * 1.5
        cv2.line(shade, tuple(palm.astype(int)), tuple(end.astype(int)), 1.0, max(1, int(wide * 0.2)))


def _soft(shade: Field, softness: float) -> Field:
    return np.asarray(cv2.GaussianBlur(shade, (0, 0), max(0.5, softness)), np.float32)
