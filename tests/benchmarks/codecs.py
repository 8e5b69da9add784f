"""The bench ``codecs``: what else a page could be coded as, on the same pages: bytes, time, characters read wrongly.

``python3 -m tests.benchmarks.codecs FILE.json`` prints the table of a finished run, which is kept in ``codecs.md``.
Only what the locked libraries can do is tried. Not tried, because none of them codes it: JPEG XL, jpegli, mozjpeg, and
JBIG2, which would make the strokes smaller, and where it puts one shape in the place of another, may change a number.
"""

from __future__ import annotations

import contextlib
import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import img2pdf
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.benchmarks.page_texts import Reader, page_of
from tests.benchmarks.pagebytes import smallest_lines
from villagedesk.imaging.encoding import background, encode, inks
from villagedesk.imaging.encoding.encode import encode_page
from villagedesk.imaging.encoding.page_pdf import is_pdf, read_pdf

Pixels = NDArray[np.uint8]
Coder = Callable[[Pixels, int], bytes]

_LINES, _LINES_QUICK = 10, 2


def _jpeg(quality: int) -> Coder:
    def code(page: Pixels, _dpi: int) -> bytes:
        options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
        return cv2.imencode(".jpg", page, options)[1].tobytes()

    return code


def _pillow(kind: str, **settings: Any) -> Coder:
    def code(page: Pixels, _dpi: int) -> bytes:
        out = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(page[:, :, ::-1])).save(out, kind, **settings)
        return out.getvalue()

    return code


def _palette(colours: int) -> Coder:
    def code(page: Pixels, _dpi: int) -> bytes:
        out = io.BytesIO()
        picture = Image.fromarray(np.ascontiguousarray(page[:, :, ::-1]))
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT).save(out, "PNG", optimize=True)
        return out.getvalue()

    return code


def _group4(finer: float) -> Coder:
    """Black and white at one threshold for all of the page."""

    def code(page: Pixels, dpi: int) -> bytes:
        grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
        if finer != 1:
            grey = cv2.resize(grey, None, fx=finer, fy=finer, interpolation=cv2.INTER_CUBIC)
        out = io.BytesIO()
        level, _ = cv2.threshold(np.asarray(grey, np.uint8), 0, 255, cv2.THRESH_OTSU)
        resolution = (dpi * finer, dpi * finer)
        Image.fromarray(np.asarray(grey) > level).save(out, "TIFF", compression="group4", dpi=resolution)
        return bytes(img2pdf.convert(out.getvalue()))

    return code


def _ours(*changes: tuple[ModuleType, str, Any]) -> Coder:
    """The program's own, with some of its settings changed."""

    def code(page: Pixels, dpi: int) -> bytes:
        with _changed(changes):
            return encode_page(page, dpi).data

    return code


@contextlib.contextmanager
def _changed(changes: tuple[tuple[ModuleType, str, Any], ...]) -> Iterator[None]:
    before = [getattr(module, name) for module, name, _ in changes]
    for module, name, value in changes:
        setattr(module, name, value)
    try:
        yield
    finally:
        for (module, name, _), value in zip(changes, before, strict=True):
            setattr(module, name, value)


CODERS: dict[str, Coder] = {
    "lossless (PNG)": lambda page, _dpi: cv2.imencode(".png", page)[1].tobytes(),
    "JPEG 75": _jpeg(75),
    "JPEG 50": _jpeg(50),
    "JPEG 34": _jpeg(34),
    "JPEG 2000, 1 : 60": _pillow("JPEG2000", quality_mode="rates", quality_layers=[60]),
    "WebP 50": _pillow("WEBP", quality=50),
    "WebP 25": _pillow("WEBP", quality=25),
    "AVIF 25": _pillow("AVIF", quality=25, speed=8, max_threads=1),
    "PNG, 16 colours": _palette(16),
    "PNG, 4 colours": _palette(4),
    "G4 alone, 200 dpi": _group4(1),
    "G4 alone, 300 dpi": _group4(1.5),
    "layers, strokes at 200 dpi": _ours((inks, "_FINER", 1.0)),
    "layers (kept)": _ours(),
    "layers, strokes at 400 dpi": _ours((inks, "_FINER", 2.0)),
    "layers, all of the background coarse": _ours((background, "_LOST_ABOVE", 255)),
    "layers, more of it fine": _ours((background, "_LOST_ABOVE", 8)),
    "layers, blurred text too": _ours((inks, "_SOFT_ABOVE", 9.0)),
    "layers, JPEG 30 for 45 and 50": _ours((encode, "_COARSE_QUALITY", 30), (encode, "_FINE_QUALITY", 30)),
}


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """Code one page of each seed in every way.

    Args:
        seeds: one photographed page each, kinds in turn.
        quick: fewer lines; 5-megapixel photographs.

    Returns:
        Single values under ``runs``: by coder ``[bytes, milliseconds, characters read wrongly, characters]``.
    """
    reader = Reader()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    runs: dict[str, list[list[float]]] = {name: [] for name in CODERS}
    try:
        for seed in seeds:
            page = page_of(seed, 5.0 if quick else 12.0)
            lines = smallest_lines(page, _LINES_QUICK if quick else _LINES)
            for name, coder in CODERS.items():
                start = time.thread_time()
                coded = coder(page.pixels, page.dpi)
                took = (time.thread_time() - start) * 1000
                again = _decoded(coded)
                wrong, characters = reader.errors(again, lines, again.shape[1] / page.pixels.shape[1])
                runs[name].append([len(coded), took, wrong, characters])
    finally:
        cv2.setNumThreads(threads)
    return {"runs": runs}


def figures(runs: dict[str, list[list[float]]]) -> dict[str, Any]:
    """By coder ``median_kb``, ``p95_kb``, ``ms`` (processor time, median) and ``ocr_error``."""
    return {"coders": {name: _of(values) for name, values in runs.items()}}


def _of(values: list[list[float]]) -> dict[str, float]:
    sizes, times, wrong, characters = zip(*values, strict=True)
    return {
        "median_kb": statistics.median(sizes) / 1000,
        "p95_kb": float(np.percentile(sizes, 95)) / 1000,
        "ms": statistics.median(times),
        "ocr_error": sum(wrong) / sum(characters),
    }


def _decoded(coded: bytes) -> Pixels:
    if is_pdf(coded):
        return read_pdf(coded)
    with Image.open(io.BytesIO(coded)) as picture:
        return np.ascontiguousarray(np.asarray(picture.convert("RGB"), np.uint8)[:, :, ::-1])


def table(record: dict[str, Any]) -> str:
    """The figures as Markdown."""
    rows = ["| coded as | median KB | p95 KB | ms | characters read wrongly |", "|---|---|---|---|---|"]
    for name, one in sorted(record["coders"].items(), key=lambda pair: -float(pair[1]["median_kb"])):
        cells = f"{one['median_kb']:.0f} | {one['p95_kb']:.0f} | {one['ms']:.0f} | {one['ocr_error'] * 100:.2f} %"
        rows.append(f"| {name} | {cells} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["codecs"]))
