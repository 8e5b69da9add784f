"""The quick form of ``dev.py faults histories``: nothing lost, doubled or untrue, and every planted mistake caught."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults import histories
from tests.faults.histories_mutants import MUTANTS
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.table import Event

NOT_IN_THE_QUICK_SHARE = {
    "uploading × a PATCH failed, or tus 409, 460": "a page moves its offset itself, twice; test_runner.py plays it",
    "uploading × tus 404, 410": "a page is created again by itself, twice; test_runner.py plays it",
    "confirming × GET: same hash rejected": "needs two PCs of a station; the long run reaches it",
    "confirming × 4xx about the content": "our contract has no such answer to a question; for others' systems",
    "queued × a page or the record cannot be read on this PC": "the desk enqueues no such bytes; test_poison.py",
    "sending × a page or the record cannot be read on this PC": "as queued",
    "confirming × a page or the record cannot be read on this PC": "as queued",
    "waiting × 401, 403": "the gate is closed while rows wait; the long run reaches it by a pull",
    "sending × the database came from a backup": "a backup in mid-request is rare; the long run reaches it",
    "uploading × the database came from a backup": "as sending",
    "waiting × the database came from a backup": "as sending",
}
"""Lines of the table that 400 histories do not reach, each with its reason; reviewed by hand."""

_BY_HAND = {f"{state} × {Event.ENTERED_BY_HAND}" for state in SendingState}
"""What a station without an interface does: nothing of it is ever sent, and tests/sync/test_by_hand.py holds it."""


def test_i2_i3_i4_i5_i9_hold_in_every_history() -> None:
    """And on the real store each of them goes as in memory: the double is held to what it stands for."""
    figures = histories.run(range(100_000), quick=True)
    never = {line for line, count in figures["transitions_reached"].items() if not count}
    assert never - _BY_HAND <= NOT_IN_THE_QUICK_SHARE.keys(), "lines of the outbox table that no history reaches"
    assert figures["runs"] == len(histories.QUICK)
    assert figures["acknowledged"] > figures["runs"], "a harness that acknowledges nothing proves nothing"
    assert figures["on_real_store"] > 0
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)


def test_every_planted_mistake_is_caught_where_it_was_seen_before() -> None:
    """One that shows there no more, because program or scene changed, is hunted again on the spot."""
    figures = histories.hunt(quick=True)
    assert [name for name, seed in figures["mutants_caught_at"].items() if seed < 0] == []
    assert figures["mutants_caught"] == figures["mutants"] == len(MUTANTS) >= 60


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_planted_mistake_is_found_by_whoever_does_not_know_where_it_shows() -> None:
    figures = histories.hunt(quick=False)
    assert [name for name, seed in figures["mutants_caught_at"].items() if seed < 0] == []


def test_a_mutant_can_be_hunted_more_than_once() -> None:
    """A long run hunts them again with every chunk of seeds."""
    seeds = [histories.caught_at("revision overtakes", known=False) for _ in range(2)]
    assert seeds[0] == seeds[1] is not None


def test_a_history_repeats_itself_in_another_process() -> None:
    """To the last event, also where sets are gone through in another order there."""
    seeds = [2, 3, 10, 11]
    command = f"from tests.faults.histories import play; print([play(seed).trace for seed in {seeds}])"
    here = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    traces = {
        subprocess.run(
            [sys.executable, "-c", command], env=here | {"PYTHONHASHSEED": order}, check=True, capture_output=True
        ).stdout
        for order in ("1", "2")
    }
    assert traces == {f"{[histories.play(seed).trace for seed in seeds]}\n".encode()}
    assert len({histories.play(seed).trace for seed in seeds}) == len(seeds)
