"""A bench that is ended puts its servers away."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from tests.needs import not_run
from tests.practice.postgresql_cluster import NotHere, programs

_ROOT = Path(__file__).resolve().parents[2]
_BENCH = """
import asyncio, sys, types
from tests.harness_command import Harness, main
from tests.practice.postgresql_cluster import own_cluster

async def for_ever(url):
    print(url, flush=True)
    await asyncio.Event().wait()

def run(seeds, quick):
    with own_cluster() as url:
        asyncio.run(for_ever(url))

sys.modules["waiting"] = types.SimpleNamespace(run=run)
sys.exit(main("bench", {"waiting": Harness("waiting", (1, 1))}, ["waiting"]))
"""
"""As the herd: its stations run in an event loop, beside a PostgreSQL."""


def test_a_bench_that_is_ended_stops_its_postgresql() -> None:
    try:
        programs()
    except NotHere as why:
        not_run(str(why))
    bench = subprocess.Popen(
        [sys.executable, "-c", _BENCH], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert bench.stdout is not None
    url = bench.stdout.readline().strip()
    engine = create_engine(url)
    with engine.connect():
        pass  # it is there
    engine.dispose()
    bench.terminate()
    _said, trouble = bench.communicate(timeout=60)
    assert bench.returncode == 128 + signal.SIGTERM, trouble
    with pytest.raises(OperationalError, match="refused"):
        engine.connect()
