"""The bench ``pagebytes``: how many bytes a page takes, and how many characters are read wrongly for it.

What else was tried is in ``codecs.md``, which the bench ``codecs`` makes.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.page_texts import CleanPage, Reader, page_of
from villagedesk.imaging.encoding.encode import encode_page
from villagedesk.imaging.page import read_page

_LINES, _LINES_QUICK = 12, 4


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Code one page of each seed, and read its smallest lines from the page before and after.

    Args:
        seeds: one photographed page each, kinds in turn.
        quick: fewer lines; 5-megapixel photographs.

    Returns:
        Single values under ``runs``: of each page its kind, bytes, and characters read wrongly before
        and after and in all.
    """
    reader = Reader()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        pages = [_measured(page_of(seed, 5.0 if quick else 12.0), reader, quick) for seed in seeds]
    finally:
        cv2.setNumThreads(threads)
    return {"runs": pages}


def figures(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Of all pages: ``median_kb`` and ``p95_kb`` (1 KB = 1,000 bytes), ``ocr_error`` and ``ocr_error_lossless`` (shares
    of characters), ``pdf_share``; and by kind ``median_kb`` and both errors."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in runs:
        kinds[page["kind"]].append(page)
    by_kind = {kind: _of(pages) for kind, pages in sorted(kinds.items())}
    p95 = float(np.percentile([page["bytes"] for page in runs], 95)) / 1000
    return {**_of(runs), "p95_kb": p95, "kinds": by_kind}


def _of(pages: list[dict[str, Any]]) -> dict[str, float]:
    characters = sum(page["characters"] for page in pages)
    return {
        "median_kb": statistics.median(page["bytes"] for page in pages) / 1000,
        "ocr_error": sum(page["wrong"] for page in pages) / characters,
        "ocr_error_lossless": sum(page["wrong_lossless"] for page in pages) / characters,
        "pdf_share": statistics.mean(page["pdf"] for page in pages),
    }


def smallest_lines(page: CleanPage, count: int) -> list[tuple[str, NDArray[np.float32]]]:
    """The lines of least height, where a coding is felt first; and the last two drawn, which a seal lies over."""
    lines = sorted(page.lines[:-2], key=lambda line: float(np.linalg.norm(line[1][3] - line[1][0])))
    return lines[: max(0, count - 2)] + list(page.lines[-2:])


def _measured(page: CleanPage, reader: Reader, quick: bool) -> dict[str, Any]:
    lines = smallest_lines(page, _LINES_QUICK if quick else _LINES)
    coded = encode_page(page.pixels, page.dpi)
    again = read_page(coded.data)
    before, characters = reader.errors(page.pixels, lines)
    # What is kept as PDF is read at 200 dpi, whatever it was made with.
    after, _ = reader.errors(again, lines, again.shape[1] / page.pixels.shape[1])
    return {
        "kind": page.kind,
        "bytes": len(coded.data),
        "pdf": coded.media_type == "application/pdf",
        "wrong": after,
        "wrong_lossless": before,
        "characters": characters,
    }
