"""``dev.py test`` told to end: it ends as a whole, and leaves nothing in memory, or the next run removes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.needs import not_run

_ROOT = Path(__file__).parents[1]
_CHECK = """
import sys
from pathlib import Path
root, sys.argv[1:] = sys.argv[1], sys.argv[2:]
sys.path.insert(0, root)
import dev
dev.PYTHON, dev.MEMORY, dev.SCRATCH_BYTES = Path(sys.argv[1]), Path(sys.argv[2]), 0
sys.exit(dev.check(everything=False, allow_missing=False, extra=[]))
"""
_STEP = """#!/bin/sh
echo "begins in $TMPDIR"
exec sleep 600
"""


@contextmanager
def checking(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The checks, in the middle of the first, which takes minutes; with its scratch folder."""
    if sys.platform != "linux":
        not_run("signals as Linux sends them")
    memory, step = place / "memory", place / "step"
    memory.mkdir(exist_ok=True)
    step.write_text(_STEP)
    step.chmod(0o755)
    command = [sys.executable, "-c", _CHECK, str(_ROOT), str(step), str(memory)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stdout is not None
        scratch = Path(process.stdout.readline().removeprefix("begins in ").strip())
        assert scratch.parent == memory and scratch.is_dir()
        yield process, scratch
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl+C", "SIGTERM"])
def test_told_to_end_it_begins_no_further_step(tmp_path: Path, sign: signal.Signals, code: int) -> None:
    with checking(tmp_path) as (process, scratch):
        if sign is signal.SIGINT:
            os.killpg(process.pid, sign)  # as a terminal does
        else:
            process.send_signal(sign)
        said, _ = process.communicate(timeout=30)
        assert (process.returncode, said) == (code, "")
        assert not scratch.exists()


def test_what_a_killed_run_left_is_removed_by_the_next_and_nothing_of_one_that_runs(tmp_path: Path) -> None:
    with checking(tmp_path) as (killed, left):
        killed.kill()
        killed.wait()
        (left / "a store").write_bytes(b"of a test")
        with checking(tmp_path) as (_running, scratch):
            assert not left.exists()
            with checking(tmp_path):
                assert scratch.exists()
