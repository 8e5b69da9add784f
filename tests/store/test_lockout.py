"""The lock-out: counted on disk before a try is made, growing, never outwitted by restarts or by a clock set back."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.needs import small_disk_of
from tests.store.test_writing import fill
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.lockout import (
    FREE_TRIES,
    LOCKOUT_FILE,
    Gate,
    begin_try,
    delay_after,
    seconds_left,
    steady_now,
    succeeded,
    take_back,
)

CLERK = "王会计"
T0 = 1_800_000_000.0


class Wrong(InputProblem):
    def __init__(self) -> None:
        super().__init__("store.wrong_password")


def refused() -> None:
    raise Wrong


def guess(folder: Path, now: float, clerk: str = CLERK) -> bool:
    """Whether a try was let through at that moment."""
    try:
        begin_try(folder, clerk, now)
    except InputProblem as problem:
        assert problem.key == "entry.locked_out"
        return False
    return True


def test_the_delays_are_four_free_then_doubling_to_half_an_hour() -> None:
    assert [delay_after(count) for count in range(13)] == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert delay_after(1_000_000) == 1800


def test_the_fifth_try_waits_thirty_seconds_and_the_next_a_minute(tmp_path: Path) -> None:
    assert [guess(tmp_path, T0) for _ in range(5)] == [True] * 4 + [False]
    assert seconds_left(tmp_path, CLERK, T0) == 30
    with pytest.raises(InputProblem) as told:
        begin_try(tmp_path, CLERK, T0 + 0.5)
    assert (told.value.params, told.value.field) == ({"minutes": 0, "seconds": 30}, "password")
    assert not guess(tmp_path, T0 + 29.9)
    assert guess(tmp_path, T0 + 30)
    with pytest.raises(InputProblem) as told:
        begin_try(tmp_path, CLERK, T0 + 30)
    assert told.value.params == {"minutes": 1, "seconds": 0}


def test_success_clears_and_tells_how_many_went_wrong_before(tmp_path: Path) -> None:
    for _ in range(3):
        guess(tmp_path, T0)
    assert succeeded(tmp_path, CLERK) == 2
    assert not (tmp_path / LOCKOUT_FILE).exists()
    assert succeeded(tmp_path, CLERK) == 0


def test_names_are_counted_apart_and_stand_nowhere_in_clear(tmp_path: Path) -> None:
    for _ in range(4):
        guess(tmp_path, T0)
    assert guess(tmp_path, T0, "李会计")
    assert not guess(tmp_path, T0)
    text = (tmp_path / LOCKOUT_FILE).read_text("ascii")
    assert CLERK not in json.dumps(json.loads(text), ensure_ascii=False)
    assert succeeded(tmp_path, "李会计") == 0
    assert not guess(tmp_path, T0), "the other's success is not mine"


def test_a_clock_set_back_begins_the_present_delay_anew_and_no_more(tmp_path: Path) -> None:
    for _ in range(5):
        guess(tmp_path, T0)
    back = T0 - 400 * 86400
    assert seconds_left(tmp_path, CLERK, back) == 30
    assert seconds_left(tmp_path, CLERK, back + 10) == 20, "it runs by the clock as it is now"
    assert not guess(tmp_path, back + 29)
    assert guess(tmp_path, back + 30)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"failures": []}',
        b'{"failures": {"a": 3}}',
        b'{"failures": {"a": {"count": -1, "at": 1}}}',
        b'{"failures": {"a": {"count": 1e999, "at": 1}}}',
        b'{"failures": {"a": {"count": 1, "at": NaN}}}',
        b"[" * 60_000,
        b" " * (11 << 20),
        b"\xff",
    ],
)
def test_a_damaged_file_counts_nothing_and_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LOCKOUT_FILE).write_bytes(content)
    assert seconds_left(tmp_path, CLERK, T0) == 0
    assert [guess(tmp_path, T0) for _ in range(5)] == [True] * 4 + [False]


steps = st.lists(
    st.one_of(
        st.just(("try", 0.0)),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 29.0, 30.0, 61.0, 900.0, 1800.0, 7200.0])),
        st.tuples(st.just("restart"), st.sampled_from([0.0, -86400.0 * 365, -3600.0, -1.0])),
        st.tuples(st.just("clock"), st.sampled_from([86400.0 * 365, -86400.0 * 365, 3600.0, -60.0])),
    ),
    max_size=60,
)


@given(steps)
@settings(max_examples=examples(150), deadline=None)
def test_never_more_than_the_free_tries_and_one_per_delay(tmp_path_factory: pytest.TempPathFactory, moves) -> None:  # type: ignore[no-untyped-def]
    """Whatever tries, waits, restarts with a clock set back, and clock jumps in a running program come together.

    ``real`` is the time that truly passes. Within a run the program's time follows it alone; a restart takes the
    clock as it is then, which here is never ahead of where the program was (a clock set forward before a start is
    what the module's docstring says is not caught).
    """
    folder = tmp_path_factory.mktemp("tries")
    real, clock, started_clock, started_real = T0, T0, T0, T0
    let_through: list[float] = []
    for move, amount in moves:
        if move == "wait":
            real, clock = real + amount, clock + amount
        elif move == "clock":
            clock += amount
        elif move == "restart":
            now = started_clock + (real - started_real)
            clock = min(clock, now) + amount
            started_clock, started_real = clock, real
        elif guess(folder, started_clock + (real - started_real)):
            let_through.append(real)
    for number, moment in enumerate(let_through):
        if number >= FREE_TRIES:
            waited = moment - let_through[number - 1]
            assert waited >= delay_after(number) - 1e-3


def test_a_clock_jump_within_a_run_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = steady_now()
    monkeypatch.setattr("time.time", lambda: before + 365 * 86400)
    assert 0 <= steady_now() - before < 60


def test_the_try_is_on_disk_before_the_password_is_looked_at(tmp_path: Path) -> None:
    """Killed while the password is being tried: still counted. The child is ended from within the try."""
    for _ in range(3):
        child = os.fork()
        if child == 0:
            Gate(tmp_path, lambda: T0).attempt(CLERK, lambda: os.kill(os.getpid(), signal.SIGKILL))
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    gate = Gate(tmp_path, lambda: T0)
    with pytest.raises(Wrong):
        gate.attempt(CLERK, refused)
    with pytest.raises(InputProblem, match=r"entry\.locked_out"):
        gate.attempt(CLERK, lambda: "never asked")
    assert gate.wait_seconds(CLERK) == 30


def test_what_is_no_guess_is_not_counted(tmp_path: Path) -> None:
    gate = Gate(tmp_path, lambda: T0)

    def no_slots() -> None:
        raise EnvironmentProblem("store.slots_lost")

    def no_passphrase() -> None:
        raise InputProblem("recovery.passphrase_needed")

    for _ in range(10):
        with pytest.raises(EnvironmentProblem, match=r"store\.slots_lost"):
            gate.attempt(CLERK, no_slots)
        with pytest.raises(InputProblem, match=r"recovery\.passphrase_needed"):
            gate.attempt(CLERK, no_passphrase, frozenset({"recovery.passphrase_needed"}))
    for _ in range(2):
        with pytest.raises(Wrong):
            gate.attempt(CLERK, refused)
    assert gate.attempt(CLERK, lambda: "in") == ("in", 2)


def test_a_disk_that_does_not_give_the_count_once_forgets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [guess(tmp_path, T0) for _ in range(4)] == [True] * 4
    gate, real = Gate(tmp_path, lambda: T0), Path.open

    def fail(path: Path, *values: Any, **named: Any) -> Any:
        if path.name == LOCKOUT_FILE:
            raise OSError(errno.EIO, "the disk fails")
        return real(path, *values, **named)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "open", fail)
        with pytest.raises(EnvironmentProblem):
            begin_try(tmp_path, CLERK, T0)
        for _ in range(FREE_TRIES):
            with pytest.raises(Wrong):
                gate.attempt(CLERK, refused)
        with pytest.raises(EnvironmentProblem):
            gate.attempt(CLERK, refused)
        take_back(tmp_path, CLERK, T0)
        assert (succeeded(tmp_path, CLERK), seconds_left(tmp_path, CLERK, T0)) == (0, 0.0)
    assert seconds_left(tmp_path, CLERK, T0) == 30 and not guess(tmp_path, T0)


def test_taking_back_keeps_the_earlier_ones(tmp_path: Path) -> None:
    for _ in range(4):
        guess(tmp_path, T0)
    assert guess(tmp_path, T0 + 30)
    take_back(tmp_path, CLERK, T0 + 30)
    assert seconds_left(tmp_path, CLERK, T0 + 30) == 30


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_of(1, tmp_path) as disk:
        fill(disk / "filler")
        yield disk


def test_a_full_disk_keeps_nobody_out_and_lets_nobody_guess_on(full_disk: Path) -> None:
    gate = Gate(full_disk, lambda: T0)
    for _ in range(20):
        assert gate.attempt(CLERK, lambda: "in")[0] == "in"
    outcomes: list[Callable[[], object]] = [refused] * 6
    told = []
    for work in outcomes:
        with pytest.raises((InputProblem, EnvironmentProblem)) as problem:
            gate.attempt(CLERK, work)
        told.append(problem.value.key)
    assert told == ["store.wrong_password"] * 4 + ["store.disk_full"] * 2
