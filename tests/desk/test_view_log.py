"""A killed program loses at most two seconds of looks; the log's check needs no more memory for a longer log."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

from tests.desk.view_child import KEY, PACE_S
from tests.store.fixtures import CLERK, START, FixedClock
from villagedesk.desk.view_log import _DELAY_S
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.repositories import Transaction
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey

_ENOUGH = 60


def test_a_kill_loses_at_most_two_seconds_of_looks(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.desk.view_child", str(tmp_path)]
    looks: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None
        for line in child.stdout:
            number, moment = line.split()
            looks[number] = float(moment)
            if len(looks) >= _ENOUGH and max(looks.values()) - min(looks.values()) > 2.5:
                break
        killed = time.monotonic()
        child.kill()
    store = EncryptedStore.open(tmp_path, DataKey(KEY), FixedClock())
    try:
        log = SqlAuditLog(store)
        entries = log.entries(10_000, kinds=frozenset({str(Deed.PAGE_VIEWED)}))
        assert log.first_broken() is None
    finally:
        store.close()
    kept = {entry.detail["page_id"] for entry in entries}
    lost = {number for number in looks if number not in kept}
    assert kept
    assert _DELAY_S <= 1.0
    moments = [*sorted(looks.values()), killed]
    stood_still = max(later - earlier for earlier, later in pairwise(moments)) - PACE_S
    assert all(killed - looks[number] <= 2.0 + stood_still for number in lost)


def test_the_check_of_a_long_log_takes_one_line_at_a_time(tmp_path: Path) -> None:
    store = EncryptedStore.create(tmp_path, DataKey(KEY), FixedClock())
    log = SqlAuditLog(store)

    def many(transaction: Transaction) -> None:
        for number in range(1200):
            detail = {"n": str(number), "x": "x" * 400}
            transaction.append_event(CaseEvent(f"case {number}", START, CLERK, "kind", detail=detail))

    peaks = []
    told: list[tuple[int, int]] = []
    for _ in range(2):
        store.write(many).result()
        log.first_broken()
        tracemalloc.start()
        assert log.first_broken(lambda done, total: told.append((done, total))) is None
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    store.close()
    assert max(peaks) < 400_000
    assert peaks[1] < peaks[0] * 1.5
    assert told == [(1000, 1200), (1000, 2400), (2000, 2400)]
