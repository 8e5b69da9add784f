"""How rightly papers are cut out of hard photographs, and how long a 12-megapixel frame takes to become a page.

Every seed is one photograph by :func:`villagedesk.demo.photographs.scene` (any paper, table, light and accident). Every
tenth has 12 megapixels, and only those are timed; the others have 3, which is harder for the corners and easier on the
day. Every fourth seed shows an empty table, too, and every fifth a photograph of the range that nothing is tuned on:
its figures are those called ``held_out_*``, and are in no other. The page is made of every fifth; of the others the
paper is found, which is all that a crop hangs on.

*Asked* is a paper whose page would not be used unseen. *Wrong* is a page that would be, and whose outline overlaps the
paper's by less than 0.9 (Jaccard), or that is none. A paper that leaves the picture has no right outline:
``cut_unasked`` says how often one is not asked about, the overlap figures leave them out.

All of it is 6,000 seeds in chunks, ten minutes of one core each thousand. It can be shared out: ``--seeds A-B
--json PART`` in several processes, and then ``python3 -m tests.benchmarks.scan PART… `` gives the figures of all parts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.benchmarks.scan_figures import NOT_MADE, figures
from tests.imaging.measure import FONT, decoded, jaccard
from villagedesk.demo.photographs import Generated, empty_scene, scene
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging import page as page_module
from villagedesk.imaging.finding.outline import find_page
from villagedesk.imaging.page import FlattenedPage, decode, make_page

__all__ = ["figures", "run"]

STAGES = (
    *("decode", "find_page", "flatten", "seen_lines", "reading_of", "light_on", "evened_quarter", "mode_of", "clean"),
    *("encode_page", "_warnings", "fingerprint_of"),
)
"""Names in :mod:`villagedesk.imaging.page` whose calls are timed apart."""
_TIMED, _EMPTY, _HELD_OUT, _MADE = 10, 4, 5, 5
"""Every so many seeds."""
_MEGAPIXELS, _FULL = 3.0, 12.0
_PREVIEW = (960, 720)
Runs = dict[str, list[Any]]


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Make a page of each photograph.

    Args:
        seeds: one photograph each.
        quick: only the smaller photographs, one of them timed: its times say nothing about the goal.

    Returns:
        ``runs``: see :func:`tests.benchmarks.scan_figures.figures`.
    """
    threads = cv2.getNumThreads()
    # The goal is for one core.
    cv2.setNumThreads(1)
    runs: Runs = {}
    try:
        for seed in seeds:
            timed = seed % _TIMED == 0
            megapixels = _FULL if timed and not quick else _MEGAPIXELS
            made = scene(seed, font=FONT, megapixels=megapixels)
            if seed % _MADE:
                _found(runs, seed, made)
            else:
                _crop(runs, seed, made, timed)
            if timed:
                _times(runs, made)
                if "peak_mb" not in runs:
                    _add(runs, peak_mb=_peak(made.jpeg))
            if seed % _EMPTY == 0:
                _empty(runs, seed, held_out=False)
            if seed % _HELD_OUT == 0:
                _crop(runs, seed, scene(seed, font=FONT, megapixels=_MEGAPIXELS, held_out=True), False, held_out=True)
                _empty(runs, seed, held_out=True)
    finally:
        cv2.setNumThreads(threads)
    return {"runs": runs}


def _crop(runs: Runs, seed: int, made: Generated, timed: bool, held_out: bool = False) -> None:
    stages: dict[str, float] = {}
    with _timed_stages(stages):
        start = time.thread_time()
        made_page = _page(made.jpeg)
        took = (time.thread_time() - start) * 1000
    corners = np.array(made_page.corners) if made_page else np.zeros((4, 2))
    confidence = made_page.confidence if made_page else 0.0
    overlap = jaccard(corners, made.corners) if made_page else 0.0
    nearest = int(np.hypot(*(made.corners - corners[0]).T).argmin()) if overlap >= 0.5 else -1
    _picture(runs, seed, held_out, made, overlap, confidence, int(nearest == 0))
    if timed and made_page:
        _add(runs, frame_ms=took, page_kb=len(made_page.data) / 1000)
        _add(runs, **{f"stage_{name.lstrip('_')}_ms": stages.get(name, 0.0) for name in STAGES})


def _found(runs: Runs, seed: int, made: Generated) -> None:
    outline = find_page(decode(made.jpeg))
    overlap, confidence = (jaccard(outline.corners, made.corners), outline.confidence) if outline else (0.0, 0.0)
    _picture(runs, seed, False, made, overlap, confidence, NOT_MADE)


def _empty(runs: Runs, seed: int, held_out: bool) -> None:
    outline = find_page(decode(empty_scene(seed, megapixels=_MEGAPIXELS, held_out=held_out)))
    _picture(runs, seed, held_out, None, 0.0, outline.confidence if outline else 0.0, NOT_MADE)


def _picture(
    runs: Runs, seed: int, held_out: bool, made: Generated | None, overlap: float, confidence: float, upright: int
) -> None:
    _add(
        runs,
        seed=seed,
        held_out=int(held_out),
        about="/".join((made.kind, made.table, made.light, "+".join(made.defects))) if made else "",
        shows=("whole" if made.whole else "cut") if made else "empty",
        overlap=round(overlap, 4),
        confidence=round(confidence, 3),
        upright=upright,
    )


def _page(jpeg: bytes) -> FlattenedPage | None:
    try:
        return make_page(jpeg)
    except InputProblem:
        return None


def _times(runs: Runs, made: Generated) -> None:
    """The bare OpenCV calls that any such program needs, and what a frame of the preview takes, of one core."""
    start = time.thread_time()
    pixels = decoded(made.jpeg)
    read = time.thread_time()
    target = np.array([(0, 0), (1654, 0), (1654, 2339), (0, 2339)], np.float32)
    matrix = cv2.getPerspectiveTransform(made.corners.astype(np.float32), target)
    flat = cv2.warpPerspective(pixels, matrix, (1654, 2339))
    warped = time.thread_time()
    cv2.imencode(".jpg", flat, [cv2.IMWRITE_JPEG_QUALITY, 50])
    coded = time.thread_time()
    _add(
        runs,
        plain_ms=(coded - start) * 1000,
        plain_decode_ms=(read - start) * 1000,
        plain_warp_ms=(warped - read) * 1000,
        plain_encode_ms=(coded - warped) * 1000,
    )
    size = _PREVIEW if pixels.shape[1] > pixels.shape[0] else _PREVIEW[::-1]
    frame = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    start = time.thread_time()
    outline = find_page(frame)
    found = time.thread_time()
    shown = frame.copy()
    if outline is not None:
        cv2.polylines(shown, [np.rint(outline.corners).astype(np.int32)], True, (60, 200, 60), 3, cv2.LINE_AA)
    _add(runs, preview_find_ms=(found - start) * 1000, preview_draw_ms=(time.thread_time() - found) * 1000)


@contextmanager
def _timed_stages(spent: dict[str, float]) -> Iterator[None]:
    """Adds up, by name, the milliseconds of one core that each stage takes meanwhile."""
    held = {name: getattr(page_module, name) for name in STAGES}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            start = time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                spent[name] = spent.get(name, 0.0) + (time.thread_time() - start) * 1000

        return call

    for name, function in held.items():
        setattr(page_module, name, timed(name, function))
    try:
        yield
    finally:
        for name, function in held.items():
            setattr(page_module, name, function)


def _peak(jpeg: bytes) -> float:
    """MB (1,000,000 bytes) that a process has at most when all it ever does is to make this page."""
    command = [sys.executable, "-m", "tests.benchmarks.scan_peak"]
    return float(subprocess.run(command, input=jpeg, capture_output=True, check=True).stdout) / 1e6


def _add(runs: Runs, **values: Any) -> None:
    for name, value in values.items():
        runs.setdefault(name, []).append(round(value, 2) if name.endswith(("_ms", "_kb", "_mb")) else value)


def _merged(files: list[Path]) -> Runs:
    """The runs of several records, put together."""
    together: Runs = {}
    for file in files:
        for name, values in json.loads(file.read_text(encoding="utf-8"))["scan"]["runs"].items():
            together.setdefault(name, []).extend(values)
    return together


if __name__ == "__main__":
    sys.stdout.write(json.dumps(figures(_merged([Path(name) for name in sys.argv[1:]])), indent=1) + "\n")
