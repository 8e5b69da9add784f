"""How long a paper takes from its content to its PDF, over all papers, warm fonts."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import replace

from tests.papers.samples import fonts, materials, notice, receipt
from villagedesk.papers import acceptance_notice
from villagedesk.papers import receipt as receipt_paper

_NAME_CHARACTERS = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗𬍛䶮㛃"
_EACH = 60
_EACH_QUICK = 12


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Time both papers with seeded names and list lengths.

    Args:
        seeds: one series of papers per seed.
        quick: a fifth of the papers.

    Returns:
        ``p50_ms`` and ``p95_ms`` of one paper.
    """
    font_set = fonts()
    receipt_paper.render(receipt(), font_set)  # reads the font files, which a program does once
    milliseconds: list[float] = []
    for seed in seeds:
        chance = random.Random(seed)
        for _ in range(_EACH_QUICK if quick else _EACH):
            name = "".join(chance.choices(_NAME_CHARACTERS, k=chance.randint(2, 4)))
            one = replace(receipt(), applicant_name=name, materials=materials(chance.randint(1, 20)))
            other = replace(notice(), applicant_name=name)
            start = time.perf_counter()
            receipt_paper.render(one, font_set)
            between = time.perf_counter()
            acceptance_notice.render(other, font_set)
            end = time.perf_counter()
            milliseconds += [(between - start) * 1000, (end - between) * 1000]
    cuts = statistics.quantiles(milliseconds, n=20)
    return {"p50_ms": statistics.median(milliseconds), "p95_ms": cuts[18]}
