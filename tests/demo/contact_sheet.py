"""Draw hard photographs with their truth onto one sheet, to be looked at.

``python -m tests.demo.contact_sheet 0-24 sheet.png [--held-out] [--kind K] [--table T] [--light L] [--defects a,b]``:
the paper's outline in green, its first corner red, the others blue; lines that nobody can read crossed out in red.
"""

from __future__ import annotations

import argparse

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photographs import Generated, scene

_CELL = (480, 390)
_COLUMNS = 4


def main() -> None:
    """Read the command line, write the sheet (PNG)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seeds", help="first and last + 1, as 0-24")
    parser.add_argument("file")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--bare", action="store_true", help="without the truth drawn in")
    parser.add_argument("--megapixels", type=float, default=2.0)
    for name in ("kind", "table", "light"):
        parser.add_argument("--" + name)
    parser.add_argument("--defects", help="names with commas; empty for none")
    given = parser.parse_args()
    first, last = (int(part) for part in given.seeds.split("-"))
    defects = None if given.defects is None else [name for name in given.defects.split(",") if name]
    cells = []
    for seed in range(first, last):
        made = scene(
            seed,
            font=FONT,
            megapixels=given.megapixels,
            held_out=given.held_out,
            kind=given.kind,
            table=given.table,
            light=given.light,
            defects=defects,
        )
        cells.append(_cell(seed, made, given.bare))
    while len(cells) % _COLUMNS:
        cells.append(np.zeros_like(cells[0]))
    rows = [np.hstack(cells[start : start + _COLUMNS]) for start in range(0, len(cells), _COLUMNS)]
    cv2.imwrite(given.file, np.vstack(rows))


def _cell(seed: int, made: Generated, bare: bool) -> NDArray[np.uint8]:
    picture = decoded(made.jpeg)
    thick = max(2, picture.shape[1] // 400)
    if not bare:
        cv2.polylines(picture, [np.round(made.outline()).astype(np.int32)], True, (0, 255, 0), thick)
        for number in made.unreadable:
            left, top, right, low = made.lines[number].box
            ends = np.round(made.in_picture(np.array([(left, top), (right, low)]))).astype(int)
            cv2.line(picture, tuple(ends[0]), tuple(ends[1]), (0, 0, 255), thick)
        for number, (x, y) in enumerate(made.corners):
            cv2.circle(picture, (int(x), int(y)), thick * 3, (0, 0, 255) if number == 0 else (255, 0, 0), -1)
    scale = min(_CELL[0] / picture.shape[1], (_CELL[1] - 30) / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = np.zeros((_CELL[1], _CELL[0], 3), np.uint8)
    cell[: small.shape[0], : small.shape[1]] = small
    whole = "" if made.whole else " CUT"
    about = (f"{seed} {made.kind} {made.table} {made.light} {made.turn}{whole}", ",".join(made.defects))
    for row, text in enumerate(about):
        at = (3, _CELL[1] - 18 + row * 13)
        cv2.putText(cell, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (255, 255, 255), 1, cv2.LINE_AA)
    return cell


if __name__ == "__main__":
    main()
