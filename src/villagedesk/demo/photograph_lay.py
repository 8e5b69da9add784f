"""A paper laid into the picture: its shadow on the table, its shading where it bends, what shines in it."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_camera import View
from villagedesk.demo.photograph_kinds import DRAWERS
from villagedesk.demo.photograph_shape import Array
from villagedesk.demo.photograph_things import darken
from villagedesk.demo.photograph_truth import Pixels


def shadow_of_paper(top: Pixels, view: View, towards: float, rng: np.random.Generator) -> None:
    """The paper's own shadow on the table, longer where the paper stands up; changes ``top``."""
    height, width = top.shape[:2]
    rim = rim_of(view.shape.width, view.shape.height)
    # Paper is 0.1 mm thick, but no sheet lies quite flat.
    lift = view.shape.heights(rim[:, 0], rim[:, 1]) + float(rng.uniform(0.2, 1.6))
    reach = float(rng.uniform(0.3, 1.1)) * view.pixels_per_mm()
    away = -np.array([math.cos(towards), math.sin(towards)])
    fallen = (view.project(rim) + away * (lift * reach)[:, None]) / 8
    shade = np.zeros((math.ceil(height / 8), math.ceil(width / 8)), np.float32)
    cv2.fillPoly(shade, [np.round(fallen * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(shade, (0, 0), 0.3 + float(rng.uniform(0.03, 0.16)) * view.pixels_per_mm())
    darken(top, np.asarray(soft * float(rng.uniform(0.12, 0.5)), np.float32))


def lay_paper(top: Pixels, page: Pixels, cover: Pixels, view: View, towards: float) -> None:
    """Draw a paper into the picture as the camera sees it.

    Args:
        top: the picture; changed.
        page: the flat paper, height × width × 3.
        cover: 255 where there is paper, as large as ``page``.
        view: how the camera sees it.
        towards: direction the light comes from, radians.
    """
    shaded = page if view.shape.flat else _shaded(page, view, towards)
    shrink = page.shape[1] / view.shape.width / view.pixels_per_mm()
    if shrink > 1.4:
        size = (max(8, round(page.shape[1] / shrink)), max(8, round(page.shape[0] / shrink)))
        shaded = np.asarray(cv2.resize(shaded, size, interpolation=cv2.INTER_AREA), np.uint8)
        cover = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.uint8)
    frame = view.frame_of_paper()
    left, upper, right, lower = frame
    places = view.map_of_paper(frame, shaded.shape[1], shaded.shape[0])
    seen = cv2.remap(shaded, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shown = cv2.remap(cover, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    cv2.copyTo(seen, cv2.threshold(shown, 127, 255, cv2.THRESH_BINARY)[1], top[upper:lower, left:right])


def _shaded(page: Pixels, view: View, towards: float) -> Pixels:
    """The page, lighter where it faces the light and darker where it turns away."""
    shape = view.shape
    u, v = np.meshgrid(np.arange(0.5, shape.width, 1.0), np.arange(0.5, shape.height, 1.0))
    along, down = shape.slopes(u, v)
    # The light's direction on the paper: its slopes are in the paper's own axes, the light comes in the picture's.
    right, under = view.axes()
    light = np.array([math.cos(towards), math.sin(towards)])
    gain = 0.75
    facing = along * float(right @ light) / np.linalg.norm(right) + down * float(under @ light) / np.linalg.norm(under)
    shade = np.clip(1 - gain * facing, 0.45, 1.25)
    small = np.clip(shade * 200, 0, 255).astype(np.uint8)
    full = cv2.resize(small, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(page, cv2.merge([full, full, full]), scale=1 / 200), np.uint8)


def rim_of(width: float, height: float) -> Array:
    """96 points along a paper's edges, clockwise from its top left corner, millimetres."""
    steps = np.linspace(0, 1, 24, endpoint=False)
    still = np.zeros_like(steps)
    upper, right = np.column_stack([steps, still]), np.column_stack([still + 1, steps])
    return np.asarray(np.concatenate([upper, right, 1 - upper, 1 - right]) * (width, height), np.float64)


def another_below(top: Pixels, view: View, font: Path, towards: float, rng: np.random.Generator) -> None:
    """Lay another paper under the one to be seen, some of it sticking out; changes ``top``."""
    # One much larger than the first would show on all sides of it, and be the paper to be seen itself.
    large = max(view.shape.width, view.shape.height)
    kinds: tuple[str, ...] = ("application_form", "notice_with_seal", "handwritten_note", "id_card_sheet")
    if large < 200:
        kinds = ("id_card_back", "bank_card") if large < 100 else ("household_register", "passbook")
    sheet = DRAWERS[kinds[int(rng.integers(0, len(kinds)))]](font, rng)
    width, height = view.shape.width, view.shape.height
    turn = math.radians(float(rng.choice([0, 0, 90, 180])) + float(rng.normal(0, 9)))
    aside = rng.uniform(0.12, 0.5, 2) * rng.choice([-1, 1], 2) * (min(width, sheet.width), min(height, sheet.height))
    middle = np.array([width, height]) / 2 + aside
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (sheet.width / 2, sheet.height / 2)
    placed = view.project(corners @ spin.T + middle)
    page = cv2.resize(sheet.pixels(), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    wide, high = page.shape[1] - 0.5, page.shape[0] - 0.5
    rim = np.array([(-0.5, -0.5), (wide, -0.5), (wide, high), (-0.5, high)], np.float32)
    plane = cv2.getPerspectiveTransform(rim, placed.astype(np.float32))
    away = -np.array([math.cos(towards), math.sin(towards)]) * view.pixels_per_mm() * 0.6
    shade = np.zeros((math.ceil(top.shape[0] / 8), math.ceil(top.shape[1] / 8)), np.float32)
    cv2.fillConvexPoly(shade, np.round((placed + away) / 8 * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    darken(top, np.asarray(cv2.GaussianBlur(shade, (0, 0), 0.8) * 0.35, np.float32))
    cv2.warpPerspective(page, plane, (top.shape[1], top.shape[0]), top, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)


def glare(lit: Pixels, mesh: Array, shiny: bool, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A lamp or window mirrored in the paper, often burnt out in its middle; changes ``lit``.

    Args:
        lit: the picture in its light.
        mesh: where the paper is, see ``Generated``.
        shiny: of plastic, which mirrors more sharply.
        rng: where, how large, how strong.

    Returns:
        How much was added, a quarter of the picture's size.
    """
    height, width = lit.shape[:2]
    rows, columns = mesh.shape[:2]
    shine = np.zeros((math.ceil(height / 4), math.ceil(width / 4)), np.float32)
    for _ in range(int(rng.integers(1, 3))):
        at = mesh[int(rng.uniform(0.15, 0.85) * (rows - 1)), int(rng.uniform(0.15, 0.85) * (columns - 1))] / 4
        extent = float(np.ptp(mesh.reshape(-1, 2), axis=0).min()) / 4
        size = float(rng.uniform(0.14, 0.4)) * extent
        turn = float(rng.uniform(0, 180))
        long = float(rng.uniform(1.0, 2.6))
        axes = (max(1, round(size * 0.3 * long)), max(1, round(size * 0.3)))
        spot = np.zeros_like(shine)
        strength = float(rng.uniform(150, 330)) if shiny else float(rng.uniform(90, 260))
        cv2.ellipse(spot, tuple(int(v) for v in at), axes, turn, 0, 360, strength, -1)
        halo = cv2.GaussianBlur(spot, (0, 0), max(1.0, size * 0.35)) * 0.5
        soft = float(rng.uniform(0.03, 0.1) if shiny else rng.uniform(0.09, 0.24))
        shine += cv2.GaussianBlur(spot, (0, 0), max(0.8, size * soft)) + halo
    added = np.clip(shine, 0, 255).astype(np.uint8)
    x, y, wide, high = cv2.boundingRect((added > 0).astype(np.uint8))
    small = added[y : y + high, x : x + wide]
    full = cv2.cvtColor(cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR), cv2.COLOR_GRAY2BGR)
    part = lit[y * 4 : min(height, (y + high) * 4), x * 4 : min(width, (x + wide) * 4)]
    cv2.add(part, full[: part.shape[0], : part.shape[1]], part)
    return added
