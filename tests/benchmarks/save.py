"""How long a save takes, from the desk's call to 已保存, and how often the disk is flushed for it.

The time is that of one whole transaction: number, case, log, page rows, outbox row. Flushes are counted by strace in a
process of its own, checkpoints included, since a save that a checkpoint falls into pays for it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.store.bulk import fill
from tests.store.fixtures import (
    OpenedStore,
    example_case,
    example_page,
    open_store,
    take_in,
)

_CASES, _CASES_QUICK = 100_000, 2_000
_COUNTED = 50
_BYTES_OF_A_SAVE = 100_000
_FLUSH = re.compile(r"\b(?:fsync|fdatasync)\(")


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Fill a store, then save one case per seed.

    Args:
        quick: 2,000 cases in the store instead of 100,000.

    Returns:
        ``cases`` in the store; ``p50_ms``, ``p99_ms`` and ``max_ms`` of a save; ``p99_with_page_ms`` of a page of
        100 KB and its case; ``disk_p50_ms`` and ``disk_p99_ms`` of a bare write of 100 KB with one flush on the same
        disk; ``flushes_per_case`` and ``flushes_per_page`` (left out where there is no strace).
    """
    count = _CASES_QUICK if quick else _CASES
    with tempfile.TemporaryDirectory(prefix="villagedesk-save-") as folder:
        opened = open_store(Path(folder))
        fill(opened, count)
        # The log of the filling is moved into the database first: no clerk saves straight after 100,000 cases.
        opened = opened.reopened()
        plain = [_timed(lambda seed=seed: _save(opened, seed)) for seed in seeds]  # type: ignore[misc]
        paged = [_timed(lambda seed=seed: _save_with_page(opened, seed)) for seed in seeds]  # type: ignore[misc]
        opened.store.close()
        disk = [_timed(lambda: _plain_flush(Path(folder) / "plain")) for _ in seeds]
    figures = {
        "cases": float(count),
        "p50_ms": _percentile(plain, 50),
        "p99_ms": _percentile(plain, 99),
        "max_ms": max(plain),
        "p99_with_page_ms": _percentile(paged, 99),
        "disk_p50_ms": _percentile(disk, 50),
        "disk_p99_ms": _percentile(disk, 99),
    }
    if shutil.which("strace"):
        # Start and end of the process are the same in all three; what is more is of the cases, and of the pages.
        none, cases, pages = (_flushes(what) for what in ("none", "cases", "pages"))
        figures["flushes_per_case"] = (cases - none) / _COUNTED
        figures["flushes_per_page"] = (pages - cases) / _COUNTED
    return figures


def _save(opened: OpenedStore, _seed: int) -> None:
    opened.store.write(lambda t: take_in(t, example_case(), [])).result()


def _save_with_page(opened: OpenedStore, seed: int) -> None:
    case, body = example_case(), os.urandom(1) * 100_000 + seed.to_bytes(4, "big")
    page = example_page(case.case_id, body)
    opened.vault.put(page.page_id, body)
    opened.store.write(lambda t: take_in(t, case, [page])).result()


def _plain_flush(path: Path) -> None:
    with path.open("ab") as file:
        file.write(os.urandom(_BYTES_OF_A_SAVE))
        file.flush()
        os.fsync(file.fileno())


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def _flushes(what: str) -> int:
    with tempfile.TemporaryDirectory(prefix="villagedesk-flushes-") as folder:
        log = Path(folder) / "strace"
        child = [sys.executable, "-m", "tests.benchmarks.save", what, folder]
        strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o", str(log)]
        subprocess.run([*strace, *child], cwd=Path(__file__).parents[2], check=True)
        return len(_FLUSH.findall(log.read_text(errors="replace")))


def _child(what: str, folder: Path) -> None:
    opened = open_store(folder)
    if what != "none":
        for seed in range(_COUNTED):
            _save(opened, seed)
    if what == "pages":
        for seed in range(_COUNTED):
            opened.vault.put(f"page {seed}", os.urandom(1000))
    opened.store.close()


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]))
