"""How long a paper takes from its content to its PDF, over all papers, warm fonts."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import replace

from tests.papers.every_paper import PAPERS, USUAL
from tests.papers.samples import every_font

_NAME_CHARACTERS = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗𬍛䶮㛃"
_EACH = 8
_EACH_QUICK = 2


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Time every paper with seeded names and list lengths, each once before that: the fonts are read then, which a
    program does once.

    Args:
        seeds: one series of papers per seed.
        quick: a quarter of the papers.

    Returns:
        ``p50_ms`` and ``p95_ms`` of one paper over all, and ``worst_paper_p95_ms``, of the slowest kind.
    """
    fonts = every_font()
    for draw in PAPERS.values():
        draw(replace(USUAL, name=_NAME_CHARACTERS), fonts, 0, False)
    milliseconds: dict[str, list[float]] = {name: [] for name in PAPERS}
    for seed in seeds:
        chance = random.Random(seed)
        for _ in range(_EACH_QUICK if quick else _EACH):
            name = "".join(chance.choices(_NAME_CHARACTERS, k=chance.randint(2, 4)))
            texts = replace(USUAL, name=name, count=chance.randint(1, 20))
            for paper, draw in PAPERS.items():
                start = time.perf_counter()
                draw(texts, fonts, 0, False)
                milliseconds[paper].append((time.perf_counter() - start) * 1000)
    every = [one for times in milliseconds.values() for one in times]
    return {
        "p50_ms": statistics.median(every),
        "p95_ms": statistics.quantiles(every, n=20)[18],
        "worst_paper_p95_ms": max(statistics.quantiles(times, n=20)[18] for times in milliseconds.values()),
    }
