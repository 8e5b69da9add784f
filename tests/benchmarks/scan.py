"""The bench ``scan``: how long a 12-megapixel photograph takes to become a page, and how rightly it is cut out."""

from __future__ import annotations

import time

import cv2
import numpy as np

from tests.imaging.measure import FONT, decoded, jaccard
from villagedesk.demo.photographs import KINDS, TABLES, Generated, empty_table, photograph
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.outline import SURE
from villagedesk.imaging.page import make_page

_WRONG_BELOW = 0.9
"""A crop that overlaps the paper less than this loses content or shows table."""


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Measure and restore OpenCV's number of threads.

    Args:
        seeds: one photograph each, kinds and tables in turn; an empty table for every fourth.
        quick: 3-megapixel pictures and at most 24 seeds; its times say nothing about the goal.
    """
    threads = cv2.getNumThreads()
    # The goal is for one core.
    cv2.setNumThreads(1)
    try:
        return measure(seeds[:24], 3.0) if quick else measure(seeds)
    finally:
        cv2.setNumThreads(threads)


def measure(seeds: range, megapixels: float = 12.0) -> dict[str, float]:
    """All figures of the bench.

    Args:
        seeds: see ``run``.
        megapixels: size of the photographs.

    Returns:
        ``frame_p50_ms``, ``frame_p95_ms``: JPEG in, JPEG page out;
        ``ratio_to_plain_opencv``: median time to that of decoding, warping and encoding without finding or cleaning;
        ``jaccard_mean``, ``jaccard_p10``;
        ``wrong_autocrop_share``: of all pictures, empty tables too, those that would be used unseen and are wrong;
        ``asked_share``: of all papers those where the clerk is asked to look;
        ``median_kb``, ``p95_kb``: of the page (1 KB = 1,000 bytes).
    """
    times, plain, overlaps, sizes = [], [], [], []
    wrong = asked = pictures = 0
    for seed in seeds:
        made = photograph(seed, KINDS[seed % len(KINDS)], font=FONT, table=_table(seed), megapixels=megapixels)
        pictures += 1
        start = time.perf_counter()
        try:
            page = make_page(made.jpeg)
        except InputProblem:
            overlaps.append(0.0)
            asked += 1
            continue
        times.append((time.perf_counter() - start) * 1000)
        plain.append(_plain(made))
        overlap = jaccard(np.array(page.corners), made.corners)
        overlaps.append(overlap)
        sizes.append(len(page.data) / 1000)
        asked += page.confidence < SURE
        wrong += page.confidence >= SURE and overlap < _WRONG_BELOW
        if seed % 4 == 0:
            pictures += 1
            wrong += _invented(empty_table(seed, table=_table(seed), megapixels=megapixels))
    return {
        "frame_p50_ms": float(np.percentile(times, 50)),
        "frame_p95_ms": float(np.percentile(times, 95)),
        "ratio_to_plain_opencv": float(np.median(times) / np.median(plain)),
        "jaccard_mean": float(np.mean(overlaps)),
        "jaccard_p10": float(np.percentile(overlaps, 10)),
        "wrong_autocrop_share": wrong / pictures,
        "asked_share": asked / len(overlaps),
        "median_kb": float(np.median(sizes)),
        "p95_kb": float(np.percentile(sizes, 95)),
    }


def _table(seed: int) -> str:
    return TABLES[(seed // len(KINDS)) % len(TABLES)]


def _invented(photograph_of_nothing: bytes) -> bool:
    try:
        return make_page(photograph_of_nothing).confidence >= SURE
    except InputProblem:
        return False


def _plain(made: Generated) -> float:
    """Milliseconds of the bare OpenCV calls that any such program needs."""
    start = time.perf_counter()
    pixels = decoded(made.jpeg)
    target = np.array([(0, 0), (1654, 0), (1654, 2339), (0, 2339)], np.float32)
    matrix = cv2.getPerspectiveTransform(made.corners.astype(np.float32), target)
    cv2.imencode(".jpg", cv2.warpPerspective(pixels, matrix, (1654, 2339)), [cv2.IMWRITE_JPEG_QUALITY, 50])
    return (time.perf_counter() - start) * 1000
