"""Hard photographs: any paper, any way round, on any table, in any light, with the accidents of a working day.

``scene`` draws everything from the seed by the shares written in ``photograph_mix``; each part has its own stream of
chance, so that a table, a light or a set of defects can be given and the rest stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_camera import View
from villagedesk.demo.photograph_grounds import ground
from villagedesk.demo.photograph_light import light_field
from villagedesk.demo.photograph_mix import Plan, empty_plan, plan
from villagedesk.demo.photograph_sensor import expose
from villagedesk.demo.photograph_shape import Shape
from villagedesk.demo.photograph_sheet import Sheet
from villagedesk.demo.photograph_things import Thing, lay, some_thing
from villagedesk.demo.photograph_truth import Generated, Pixels

_FRAME = (4000, 3000)


def scene(
    seed: int,
    *,
    font: Path,
    megapixels: float = 12.0,
    held_out: bool = False,
    kind: str | None = None,
    table: str | None = None,
    light: str | None = None,
    defects: Collection[str] | None = None,
) -> Generated:
    """Take one hard photograph of an invented paper.

    Args:
        seed: decides everything that is left to chance.
        font: a TrueType file with common Chinese characters.
        megapixels: size of the 4:3 picture.
        held_out: draw from the papers, tables and lights that nothing is tuned on, too.
        kind: one of ``SCENE_KINDS`` or ``HELD_OUT_KINDS``, instead of what the seed draws.
        table: one of ``GROUNDS`` or ``HELD_OUT_GROUNDS``, likewise.
        light: one of ``LIGHTS`` or ``HELD_OUT_LIGHTS``, likewise.
        defects: some of ``DEFECTS``, likewise; an empty collection for none.

    Raises:
        KeyError: for a kind, table, light or defect that is not known.
    """
    drawn = plan(seed, held_out, kind=kind, table=table, light=light, defects=defects)
    sheet = drawn.draw(font, drawn.stream("paper"))
    shape = _shape(drawn, sheet)
    width, height = _size(megapixels, drawn.upright_frame)
    view = View(shape, drawn.pose(sheet.width, sheet.height), width, height)
    page = sheet.pixels()
    towards = float(drawn.stream("sun").uniform(0, 2 * math.pi))

    top = ground(drawn.table, width, height, drawn.stream("table"))
    if "clutter" in drawn.defects:
        lay(top, _clutter(view, drawn.stream("clutter")), view.pixels_per_mm(), towards)
    _shadow_of_paper(top, view, towards, drawn.stream("shadow"))
    _lay_paper(top, page, sheet, view, towards)

    field = light_field(drawn.light, max(2, width // 4), max(2, height // 4), drawn.stream("light"), towards)
    lit = _lit(top, field * drawn.exposure)
    corners = view.corners()
    outside = [
        index for index, (x, y) in enumerate(corners) if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5)
    ]
    mesh = view.mesh()
    frame = np.array([width, height]) - 0.5
    return Generated(
        expose(lit, drawn.sensor, drawn.stream("noise")),
        corners,
        drawn.kind,
        page,
        dpi=sheet.dpi,
        size=(sheet.width, sheet.height),
        lines=sheet.lines(),
        turn=drawn.turn,
        slant=drawn.slant,
        whole=bool((mesh >= -0.5).all() and (mesh <= frame).all()),
        covered=tuple(outside),
        table=drawn.table,
        light=drawn.light,
        defects=tuple(sorted(drawn.defects)),
        mesh=mesh,
    )


def empty_scene(
    seed: int,
    *,
    megapixels: float = 12.0,
    held_out: bool = False,
    table: str | None = None,
    clutter: bool | None = None,
) -> bytes:
    """A photograph (JPEG) of a table with no paper on it, bare or with things at its rim.

    Args:
        seed: decides everything that is left to chance.
        megapixels: size of the 4:3 picture.
        held_out: draw from the tables and lights that nothing is tuned on, too.
        table: one of ``GROUNDS`` or ``HELD_OUT_GROUNDS``, instead of what the seed draws.
        clutter: whether things lie there; otherwise the seed decides, half of the time.

    Raises:
        KeyError: for an unknown table.
    """
    drawn = empty_plan(seed, held_out, table)
    width, height = _size(megapixels, drawn.upright_frame)
    top = ground(drawn.table, width, height, drawn.stream("table"))
    rng = drawn.stream("clutter")
    towards = float(drawn.stream("sun").uniform(0, 2 * math.pi))
    if rng.random() < 0.5 if clutter is None else clutter:
        # A hand's breadth of table between what lies there: things that cover the middle are not an empty table.
        scale = max(width, height) / float(rng.uniform(320, 460))
        things = []
        for _ in range(int(rng.integers(2, 8))):
            side, share = int(rng.integers(0, 4)), float(rng.uniform(0, 1))
            at = [(share, -0.02), (share, 1.02), (-0.02, share), (1.02, share)][side]
            thing = some_thing(rng, papers=False)
            things.append((thing, (at[0] * width, at[1] * height), float(rng.uniform(0, 2 * math.pi))))
        lay(top, things, scale, towards)
    field = light_field(drawn.light, max(2, width // 4), max(2, height // 4), drawn.stream("light"), towards)
    return expose(_lit(top, field * drawn.exposure), drawn.sensor, drawn.stream("noise"))


def _size(megapixels: float, upright: bool) -> tuple[int, int]:
    scale = math.sqrt(megapixels * 1e6 / (_FRAME[0] * _FRAME[1]))
    wide, high = round(_FRAME[0] * scale), round(_FRAME[1] * scale)
    return (high, wide) if upright else (wide, high)


def _shape(drawn: Plan, sheet: Sheet) -> Shape:
    shape = Shape(sheet.width, sheet.height)
    rng = drawn.stream("shape")
    if "fold" in drawn.defects:
        shape.fold(rng)
    if "curl" in drawn.defects:
        shape.curl(rng)
    if "crumple" in drawn.defects:
        shape.crumple(rng)
    return shape


def _clutter(view: View, rng: np.random.Generator) -> list[tuple[Thing, tuple[float, float], float]]:
    """Things around the paper; flat ones may reach under it, tall ones stand beside it."""
    paper = view.mesh(9)
    rim = cv2.convexHull(paper.reshape(-1, 2).astype(np.float32))
    scale = view.pixels_per_mm()
    things: list[tuple[Thing, tuple[float, float], float]] = []
    for _ in range(int(rng.integers(3, 9))):
        thing = some_thing(rng)
        outline = thing.parts[0][0]
        for _ in range(14):
            x, y = (float(v) for v in rng.uniform(-0.08, 1.08, 2) * (view.width, view.height))
            angle = float(rng.uniform(0, 2 * math.pi))
            turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
            placed = (outline @ turn.T * scale + (x, y)).astype(np.float32)
            inside = sum(cv2.pointPolygonTest(rim, (float(px), float(py)), False) >= 0 for px, py in placed)
            if inside == 0 or (thing.high <= 2 and inside < len(placed)):
                things.append((thing, (x, y), angle))
                break
    return things


def _shadow_of_paper(top: Pixels, view: View, towards: float, rng: np.random.Generator) -> None:
    """The paper's own shadow on the table, longer where the paper stands up; changes ``top``."""
    height, width = top.shape[:2]
    steps = np.linspace(0, 1, 24, endpoint=False)
    still = np.zeros_like(steps)
    shares = np.concatenate(
        [
            np.column_stack([steps, still]),
            np.column_stack([still + 1, steps]),
            np.column_stack([1 - steps, still + 1]),
            np.column_stack([still, 1 - steps]),
        ]
    )
    rim = shares * (view.shape.width, view.shape.height)
    # Paper is 0.1 mm thick, but no sheet lies quite flat.
    lift = view.shape.heights(rim[:, 0], rim[:, 1]) + float(rng.uniform(0.2, 1.6))
    reach = float(rng.uniform(0.3, 1.1)) * view.pixels_per_mm()
    away = -np.array([math.cos(towards), math.sin(towards)])
    fallen = (view.project(rim) + away * (lift * reach)[:, None]) / 8
    shade = np.zeros((max(2, height // 8), max(2, width // 8)), np.float32)
    cv2.fillPoly(shade, [np.round(fallen * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(shade, (0, 0), 0.3 + float(rng.uniform(0.03, 0.16)) * view.pixels_per_mm())
    kept = cv2.resize(
        ((1 - soft * float(rng.uniform(0.12, 0.5))) * 255).astype(np.uint8),
        (width, height),
        interpolation=cv2.INTER_LINEAR,
    )
    cv2.multiply(top, cv2.merge([kept, kept, kept]), top, scale=1 / 255)


def _lay_paper(top: Pixels, page: Pixels, sheet: Sheet, view: View, towards: float) -> None:
    """Draw the paper into the picture as the camera sees it; changes ``top``."""
    shaded = page
    if not view.shape.flat:
        shaded = _shaded(page, view, towards)
    per_mm = sheet.dpi / 25.4
    shrink = per_mm / view.pixels_per_mm()
    if shrink > 1.4:
        size = (max(8, round(page.shape[1] / shrink)), max(8, round(page.shape[0] / shrink)))
        shaded = np.asarray(cv2.resize(shaded, size, interpolation=cv2.INTER_AREA), np.uint8)
    cover = _cover(shaded.shape[1], shaded.shape[0], sheet)
    rim = 2
    solid = cv2.copyMakeBorder(shaded, rim, rim, rim, rim, cv2.BORDER_REPLICATE)
    solid = cv2.merge([*cv2.split(solid), cv2.copyMakeBorder(cover, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=0)])
    frame = view.frame_of_paper()
    across, down = view.map_of_paper(frame)
    per_x, per_y = shaded.shape[1] / sheet.width, shaded.shape[0] / sheet.height
    # Pixel i of the page covers i … i+1.
    seen = cv2.remap(
        solid,
        across * np.float32(per_x) + np.float32(rim - 0.5),
        down * np.float32(per_y) + np.float32(rim - 0.5),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    left, upper, right, lower = frame
    cv2.copyTo(
        np.ascontiguousarray(seen[:, :, :3]),
        (seen[:, :, 3] > 127).astype(np.uint8),
        top[upper:lower, left:right],
    )


def _cover(width: int, height: int, sheet: Sheet) -> NDArray[np.uint8]:
    """Where the paper is, 255, in its own rectangle: all of it, but for round corners."""
    cover = np.full((height, width), 255, np.uint8)
    if sheet.radius > 0:
        reach = round(sheet.radius * width / sheet.width)
        cover[:] = 0
        for x in (reach, width - 1 - reach):
            for y in (reach, height - 1 - reach):
                cv2.circle(cover, (x, y), reach, 255, -1, cv2.LINE_AA)
        cover[reach : height - reach] = 255
        cover[:, reach : width - reach] = 255
    return cover


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


def _lit(top: Pixels, field: NDArray[np.float32]) -> Pixels:
    height, width = top.shape[:2]
    small = np.clip(field * 150, 0, 255).astype(np.uint8)
    full = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(top, full, scale=1 / 150), np.uint8)
