"""The quick form of ``dev.py faults histories``: nothing lost, doubled or untrue, and every planted mistake caught."""

from __future__ import annotations

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
    "waiting × the database came from a backup": "as sending",
}
"""Lines of the table that 400 histories do not reach, each with its reason; reviewed by hand."""

_BY_HAND = {f"{state} × {Event.ENTERED_BY_HAND}" for state in SendingState}
"""What a station without an interface does: nothing of it is ever sent, and tests/sync/test_by_hand.py holds it."""


def test_i2_i3_i4_i5_hold_in_every_history() -> None:
    figures = histories.run(range(100_000), quick=True)
    never = {line for line, count in figures["transitions_reached"].items() if not count}
    assert never - _BY_HAND <= NOT_IN_THE_QUICK_SHARE.keys(), "lines of the outbox table that no history reaches"
    assert figures["runs"] == len(histories.QUICK)
    assert figures["acknowledged"] > figures["runs"], "a harness that acknowledges nothing proves nothing"
    assert figures["on_real_store"] > 0
    assert (figures["lost"], figures["doubled"], figures["untruthful"]) == (0, 0, 0)


def test_every_planted_mistake_is_caught() -> None:
    figures = histories.hunt(quick=True)
    survivors = [name for name, seed in figures["mutants_caught_at"].items() if seed < 0]
    assert not survivors
    assert figures["mutants_caught"] == figures["mutants"] == len(MUTANTS) >= 40


def test_a_mutant_can_be_hunted_more_than_once() -> None:
    """A long run hunts them again with every chunk of seeds."""
    assert histories.caught_at("revision overtakes") == histories.caught_at("revision overtakes") is not None


@pytest.mark.parametrize("seed", [3, 11])
def test_a_history_repeats_itself(seed: int) -> None:
    assert histories.play(seed) == histories.play(seed)
