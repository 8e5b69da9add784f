"""The command line of the harnesses: what it fails for, what it adds up, where a run that was cut goes on."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.harness_command import Harness, main

RIGHT = {"runs": 1, "acknowledged": 3, "lost": 0, "doubled": 0, "untruthful": 0, "mutants": 4, "mutants_caught": 4}


class Counting:
    """A harness whose figures a test sets; it notes the seeds it was run with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, chunk: int = 0) -> None:
        self.ran: list[range] = []
        self.figures: dict[str, Any] = dict(RIGHT)
        self.module = ModuleType("counting")
        self.module.run = self.run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "counting", self.module)
        self.harnesses = {"counting": Harness("counting", (10, 2), chunk)}

    def run(self, seeds: range, quick: bool) -> dict[str, Any]:
        self.ran.append(seeds)
        return dict(self.figures)

    def command(self, *arguments: str) -> int:
        return main("faults", self.harnesses, ["counting", *arguments])


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("lost", 1), ("doubled", 1), ("duplicates", 1), ("unfinished", 1), ("untruthful", 1), ("acknowledged_again", 1),
        ("acknowledged", 0), ("mutants_caught", 3),
    ],
)  # fmt: skip
def test_it_fails_for_each_thing_that_may_not_be(monkeypatch: pytest.MonkeyPatch, figure: str, value: int) -> None:
    counting = Counting(monkeypatch)
    assert counting.command() == 0
    counting.figures[figure] = value
    assert counting.command() == 1


def test_a_run_that_was_cut_goes_on_and_its_counts_are_added_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counting, file = Counting(monkeypatch, chunk=4), tmp_path / "figures.json"
    right = counting.module.run

    def cut(seeds: range, quick: bool) -> dict[str, Any]:
        if seeds.start == 8:
            raise KeyboardInterrupt
        return dict(right(seeds, quick))

    counting.module.run = cut  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        counting.command("--json", str(file))
    counting.module.run = right  # type: ignore[attr-defined]
    assert counting.command("--json", str(file)) == 0
    assert counting.ran == [range(0, 4), range(4, 8), range(8, 10)]
    kept = json.loads(file.read_text())["counting"]
    assert (kept["seeds_done"], kept["runs"], kept["acknowledged"], kept["mutants"]) == (10, 3, 9, 4)


def test_what_a_chunk_lost_fails_the_whole_also_after_others_that_lost_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    counting = Counting(monkeypatch, chunk=4)
    right = counting.module.run
    counting.module.run = lambda seeds, quick: {**right(seeds, quick), "lost": int(seeds.start == 4)}  # type: ignore[attr-defined]
    assert counting.command("--json", str(tmp_path / "figures.json")) == 1


@pytest.mark.parametrize("chunk", [0, 4])
def test_what_the_file_holds_is_said_to_be_kept_and_counts_as_it_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], chunk: int
) -> None:
    counting, file = Counting(monkeypatch, chunk), str(tmp_path / "figures.json")
    counting.figures["lost"] = 1
    assert counting.command("--json", file) == 1
    assert "not run" not in capsys.readouterr().err
    counting.figures["lost"] = 0
    ran = list(counting.ran)
    assert counting.command("--json", file) == 1, "it is the old run that is told of"
    assert counting.ran == ran
    assert "kept" in capsys.readouterr().err
    assert counting.command("--json", file, "--again") == 0
    assert counting.command("--json", file, "--seeds", "3-5") == 0, "other seeds are another run"
    assert counting.ran[-1] == range(3, 5)


@pytest.mark.parametrize("seeds", ["5-5", "7-5", "x"])
def test_no_seeds_are_no_run(monkeypatch: pytest.MonkeyPatch, seeds: str) -> None:
    counting = Counting(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        counting.command("--seeds", seeds)
    assert ended.value.code == 2
    assert counting.ran == []
