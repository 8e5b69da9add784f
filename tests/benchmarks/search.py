"""How long a search takes: over all cases as a clerk types, the list and Today, and over the items of a catalogue.

Names, their pinyin, numbers and days are typed keystroke by keystroke, as somebody at the window would, and each
keystroke is a search for the first 50 and the exact count, in the encrypted database with a warm cache. Every tenth
search is compared with a naive reading of all cases, so that ``missed_hits`` is what it says.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tests.desk.counter import Window, open_window
from tests.store.bulk import fill
from tests.store.fixtures import OpenedStore
from villagedesk.app.resources import resources_folder
from villagedesk.catalogue.load import load_items
from villagedesk.catalogue.search import ItemFinder
from villagedesk.domain.case import CaseLine
from villagedesk.domain.case_query import CaseQuery, QueryWord
from villagedesk.domain.names_pinyin import pinyin_initials
from villagedesk.domain.service_item import ServiceItem

T = TypeVar("T")
_CASES, _CASES_QUICK = 100_000, 2_000
_ITEMS, _ITEMS_QUICK = 2_000, 300
_PAGE = 50


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Search once per seed for one person, keystroke by keystroke.

    Args:
        quick: 2,000 cases and 300 items instead of 100,000 and 2,000.

    Returns:
        ``cases``, ``items``, ``searches``; ``p50_ms``, ``p99_ms``, ``max_ms`` of the store's search; ``missed_hits`` of
        those compared; ``desk_p99_ms`` of the desk's (with sentences); ``list_p99_ms`` of the list without a word, also
        deep in it; ``today_p99_ms`` of the first screen; ``item_p50_ms``, ``item_p99_ms`` of the items.
    """
    with tempfile.TemporaryDirectory(prefix="villagedesk-search-") as folder:
        window = open_window(Path(folder))
        opened = OpenedStore(window.folder, window.key, window.store, window.vault, window.clock, b"")
        fill(opened, _CASES_QUICK if quick else _CASES)
        window = window.reopened()
        try:
            return {
                **_cases(window, seeds),
                **_lists(window, seeds),
                **_items(seeds, _ITEMS_QUICK if quick else _ITEMS),
            }
        finally:
            window.desk.close()


def _cases(window: Window, seeds: range) -> dict[str, float]:
    store = window.store
    lines = _all_lines(window)
    times: list[float] = []
    desk_times: list[float] = []
    missed = 0
    window.desk.cases.search("预热", _PAGE)
    for seed in seeds:
        dice = random.Random(seed)
        for typed in _keystrokes(dice.choice(lines), dice):
            query = CaseQuery(tuple(QueryWord(word) for word in typed.split()))
            took, found = _timed(lambda query=query: store.read(lambda s: s.find_cases(query, _PAGE)))  # type: ignore[misc]
            times.append(took)
            if len(times) % 10 == 0:
                desk_times.append(_timed(lambda typed=typed: window.desk.cases.search(typed, _PAGE))[0])  # type: ignore[misc]
                if all(ord(char) > 0x2E7F for char in typed):
                    missed += abs(found.count - sum(typed in line.applicant_name for line in lines))
    return {
        "cases": float(len(lines)),
        "searches": float(len(times)),
        "p50_ms": _percentile(times, 50),
        "p99_ms": _percentile(times, 99),
        "max_ms": max(times),
        "desk_p99_ms": _percentile(desk_times, 99),
        "missed_hits": float(missed),
    }


def _keystrokes(line: CaseLine, dice: random.Random) -> Iterator[str]:
    """What is typed to find one case, growing by a character at a time."""
    name, number = line.applicant_name, line.local_no or ""
    day = f"{name[:1]} 2026-11"
    bare = number.replace("-", "")
    whole = dice.choice([name, pinyin_initials(name), number, bare, line.acceptance_no, day, number[-6:-2]])
    for length in range(1, len(whole) + 1):
        yield whole[:length]


def _all_lines(window: Window) -> list[CaseLine]:
    found: list[CaseLine] = []
    after = None
    while lines := window.store.read(lambda s, after=after: s.case_lines(5000, after=after)):  # type: ignore[misc]
        found += lines
        after = (lines[-1].updated_at, lines[-1].case_id)
    return found


def _lists(window: Window, seeds: range) -> dict[str, float]:
    lists: list[float] = []
    after = ""
    for _ in seeds:
        took, found = _timed(lambda after=after: window.desk.cases.search("", _PAGE, after))  # type: ignore[misc]
        lists.append(took)
        after = found.next
    today = [_timed(window.desk.cases.today)[0] for _ in seeds]
    return {"list_p99_ms": _percentile(lists, 99), "today_p99_ms": _percentile(today, 99)}


def _items(seeds: range, count: int) -> dict[str, float]:
    starter = load_items(resources_folder() / "catalogue")
    items: list[ServiceItem] = []
    for number in range(count):
        item = starter[number % len(starter)]
        items.append(replace(item, code=f"{item.code}-{number}", name=f"{item.name}{number}"))
    finder = ItemFinder(items)
    finder.prepare()
    times: list[float] = []
    for seed in seeds:
        dice = random.Random(seed)
        word = dice.choice(dice.choice(starter).search_words)
        for whole in (word, pinyin_initials(word)):
            for length in range(1, len(whole) + 1):
                times.append(_timed(lambda typed=whole[:length]: finder.search(typed))[0])  # type: ignore[misc]
    return {"items": float(count), "item_p50_ms": _percentile(times, 50), "item_p99_ms": _percentile(times, 99)}


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return (time.perf_counter() - began) * 1000, result


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
