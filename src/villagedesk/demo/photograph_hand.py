"""A hand that holds the paper: a thumb or fingers that come in over its edge, of any skin."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_things import darken
from villagedesk.demo.photograph_truth import Pixels

_SKINS = ((172, 196, 232), (140, 174, 220), (112, 150, 202), (84, 120, 176), (62, 92, 142), (46, 66, 104))
"""BGR, from pale to dark."""


def hold(
    top: Pixels, outline: NDArray[np.float64], scale: float, towards: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Draw a thumb or some fingers over the paper's edge.

    Args:
        top: the picture; changed.
        outline: the paper's rim in the picture, n × 2 pixels, clockwise.
        scale: pixels a millimetre.
        towards: direction the light comes from, radians.
        rng: where, how many, which skin.

    Returns:
        A mask of the hand, a quarter of the picture's size, 255 where it is.
    """
    height, width = top.shape[:2]
    small = scale / 4
    mask = np.zeros((math.ceil(height / 4), math.ceil(width / 4)), np.uint8)
    middle = outline.mean(0)
    inside = [p for p in outline if 0 <= p[0] < width and 0 <= p[1] < height]
    edge = np.array(inside[int(rng.integers(0, len(inside)))]) if inside else middle
    out = (edge - middle) / max(1e-6, float(np.linalg.norm(edge - middle)))
    turn = float(rng.uniform(-0.5, 0.5))
    out = np.array(
        [out[0] * math.cos(turn) - out[1] * math.sin(turn), out[0] * math.sin(turn) + out[1] * math.cos(turn)]
    )
    aside = np.array([-out[1], out[0]])
    thumb = rng.random() < 0.6
    # How far a finger reaches onto the paper does not depend on the paper's size, but nobody covers half a card.
    extent = float(np.linalg.norm(outline - middle, axis=1).min()) / scale
    deep = min(float(rng.uniform(5, 22)), extent * 0.55)
    nails = []
    for number in range(1 if thumb else int(rng.integers(2, 5))):
        wide = float(rng.uniform(18, 23)) if thumb else float(rng.uniform(14, 18))
        shift = number * (wide + 1.5) if not thumb else 0.0
        tip = edge - out * (deep - float(rng.uniform(0, 7 if number else 0.1))) * scale + aside * shift * scale
        base = tip + out * 70 * scale + aside * float(rng.uniform(-10, 10)) * scale
        _finger(mask, tip / 4, base / 4, wide * small)
        nails.append((tip + out * wide * 0.5 * scale, wide))
    palm = edge + (out * 108 + aside * (18 if not thumb else float(rng.uniform(-25, 25)))) * scale
    angle = math.degrees(math.atan2(out[1], out[0]))
    size = (max(1, round(75 * small)), max(1, round(52 * small)))
    cv2.ellipse(mask, tuple(int(v) for v in palm / 4), size, angle, 0, 360, 255, -1, cv2.LINE_AA)
    arm = np.array([palm + aside * 36 * scale, palm - aside * 36 * scale])
    far = out * 420 * scale
    cv2.fillConvexPoly(mask, np.round(np.concatenate([arm, arm[::-1] + far]) / 4).astype(np.int32), 255, cv2.LINE_AA)
    x, y, reach_x, reach_y = cv2.boundingRect(mask)
    if reach_x == 0:
        return mask
    part = (slice(y, y + reach_y), slice(x, x + reach_x))
    deepness = cv2.distanceTransform((mask[part] > 127).astype(np.uint8), cv2.DIST_L2, 3)
    round_ = np.sqrt(np.clip(deepness / (9 * small), 0, 1))
    skin = np.array(_SKINS[int(rng.integers(0, len(_SKINS)))], np.float32)
    colour = skin * (0.62 + 0.38 * round_)[:, :, None]
    # Blood shows at the rims; pores and folds make it uneven.
    colour += (1 - round_)[:, :, None] * np.array([-10, -8, 14], np.float32)
    uneven = rng.standard_normal((max(2, reach_y // 5), max(2, reach_x // 5))).astype(np.float32)
    colour += np.asarray(cv2.resize(uneven, (reach_x, reach_y), interpolation=cv2.INTER_CUBIC))[:, :, None] * 5
    if thumb or rng.random() < 0.6:
        _nails(colour, nails, out, angle, (x, y), small, skin)
    shade = cv2.resize(mask, (math.ceil(width / 8), math.ceil(height / 8)), interpolation=cv2.INTER_AREA)
    away = -np.array([math.cos(towards), math.sin(towards)]) * 5 * scale / 8
    moved = cv2.warpAffine(shade, np.array([[1, 0, away[0]], [0, 1, away[1]]]), (shade.shape[1], shade.shape[0]))
    soft = cv2.GaussianBlur(moved, (0, 0), 0.6 + 2.2 * scale / 8).astype(np.float32)
    darken(top, np.asarray(soft / 255 * 0.45, np.float32))
    _lay(top, np.clip(colour, 0, 255).astype(np.uint8), mask[part], (x, y))
    return mask


def _finger(mask: NDArray[np.uint8], tip: NDArray[np.float64], base: NDArray[np.float64], wide: float) -> None:
    along = (base - tip) / np.linalg.norm(base - tip)
    aside = np.array([-along[1], along[0]])
    # A finger's contour: round tip, a little thinner behind the nail, thicker at the joint.
    steps = np.linspace(0, 1, 24)
    length = float(np.linalg.norm(base - tip))
    half = wide / 2 * np.sqrt(np.clip(steps * length / (wide * 0.55), 0, 1)) * (1 - 0.05 * np.sin(steps * 9))
    half *= 1 + 0.15 * steps
    axis = tip + along * steps[:, None] * length
    outline = np.concatenate([axis + aside * half[:, None], (axis - aside * half[:, None])[::-1]])
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)


def _nails(
    colour: NDArray[np.float32],
    nails: list[tuple[NDArray[np.float64], float]],
    out: NDArray[np.float64],
    angle: float,
    origin: tuple[int, int],
    small: float,
    skin: NDArray[np.float32],
) -> None:
    for at, wide in nails:
        layer = np.zeros(colour.shape[:2], np.float32)
        centre = tuple(int(v) for v in at / 4 - origin)
        size = (max(1, round(wide * 0.42 * small)), max(1, round(wide * 0.32 * small)))
        cv2.ellipse(layer, centre, size, angle, 0, 360, 1.0, -1, cv2.LINE_AA)
        pink = np.clip(skin * 1.04 + np.array([14, 8, 16], np.float32), 0, 255)
        colour += layer[:, :, None] * (pink - colour) * 0.8
        rim = np.zeros(colour.shape[:2], np.float32)
        cv2.ellipse(rim, centre, size, angle, 0, 360, 1.0, max(1, round(0.5 * small)), cv2.LINE_AA)
        colour -= rim[:, :, None] * 22
        knuckle = at / 4 + out * wide * 1.1 * small - origin
        across = np.array([-out[1], out[0]]) * wide * 0.3 * small
        for shift in (0.0, 2.2):
            ends = [knuckle + out * shift * small + sign * across for sign in (-1, 1)]
            line = np.zeros(colour.shape[:2], np.float32)
            first, second = (tuple(int(v) for v in end) for end in ends)
            cv2.line(line, first, second, 1.0, max(1, round(0.5 * small)), cv2.LINE_AA)
            colour -= line[:, :, None] * 16


def _lay(top: Pixels, colour: Pixels, mask: NDArray[np.uint8], origin: tuple[int, int]) -> None:
    height, width = top.shape[:2]
    left, upper = origin[0] * 4, origin[1] * 4
    size = (colour.shape[1] * 4, colour.shape[0] * 4)
    full = cv2.resize(colour, size, interpolation=cv2.INTER_LINEAR)
    shown = cv2.threshold(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), 127, 255, cv2.THRESH_BINARY)[1]
    part = top[upper : min(height, upper + size[1]), left : min(width, left + size[0])]
    cv2.copyTo(full[: part.shape[0], : part.shape[1]], shown[: part.shape[0], : part.shape[1]], part)
