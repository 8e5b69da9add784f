"""The command line that benchmarks and fault harnesses share: names, --seeds A-B, --quick, --json FILE, resumable.

A harness is a module with ``run(seeds: range, quick: bool) -> dict``. Fault harnesses only count, so chunks of seeds
are added up (also counts within a dict, as of strata) and a run that was cut goes on after the last chunk the JSON file
holds; one that looks for its mutants apart has ``hunt(quick: bool) -> dict`` as well, run once, before the first chunk.
Benchmarks are run whole, and a name that the file holds already for the same seeds is not run again; a long one gives
all single values as lists under ``runs``, which chunks add to, and makes its figures of them by ``figures(runs)``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any


@dataclass(frozen=True)
class Harness:
    """One name on the command line.

    Args:
        module: dotted name of the module with ``run``.
        seeds: how many seeds by default, and with ``--quick``.
        chunk: seeds per resumable chunk; 0 when figures cannot be added up.
    """

    module: str
    seeds: tuple[int, int]
    chunk: int = 0


def seed_range(text: str) -> range:
    """``"5-20"`` → seeds 5 to 19. Raises ValueError for none at all, of which nothing could be said."""
    first, _, last = text.partition("-")
    seeds = range(int(first), int(last))
    if not seeds:
        raise ValueError(text)
    return seeds


_MUST_BE_NONE = ("lost", "doubled", "duplicates", "unfinished", "untruthful", "acknowledged_again")


def main(kind: str, harnesses: Mapping[str, Harness], arguments: Sequence[str]) -> int:
    """Run the named harnesses, print a table, keep the figures in a JSON file.

    Returns:
        1 when something was lost, doubled, untruthful or sent again after it was acknowledged, when nothing was
        acknowledged, or when a mutant survived; else 0.
    """
    signal.signal(signal.SIGTERM, _end)
    parser = argparse.ArgumentParser(prog=f"dev.py {kind}")
    parser.add_argument(
        "names", nargs="+", choices=sorted(harnesses), metavar="NAME", help=", ".join(sorted(harnesses))
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seeds", type=seed_range, metavar="A-B", help="seeds A to B-1")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true", help="do not go on from what the JSON file holds")
    options = parser.parse_args(arguments)
    held: dict[str, Any] = {}
    if options.json and options.json.exists():
        held = json.loads(options.json.read_text(encoding="utf-8"))
    if options.again:
        held = {name: record for name, record in held.items() if name not in options.names}
    failed = False
    for name in options.names:
        harness = harnesses[name]
        seeds = options.seeds or range(harness.seeds[1 if options.quick else 0])
        figures = _run(name, harness, seeds, options, held)
        print(f"\n{kind} {name}")
        _show(figures)
        failed |= any(figures.get(bad, 0) for bad in _MUST_BE_NONE)
        failed |= figures.get("acknowledged", 1) == 0
        failed |= figures.get("mutants_caught", 0) < figures.get("mutants", 0)
    return 1 if failed else 0


def _end(number: int, _frame: FrameType | None) -> None:
    """End as a fault does, so that servers and folders of the harness are put away on the way out."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _run(
    name: str, harness: Harness, seeds: range, options: argparse.Namespace, held: dict[str, Any]
) -> dict[str, Any]:
    same = {"first_seed": seeds.start, "quick": options.quick}
    record: dict[str, Any] = dict(held.get(name, {}))
    if any(record.get(key) != value for key, value in same.items()):
        record = {}
    done = record.get("seeds_done", 0)
    if done >= len(seeds):
        print(f"{name}: kept from {options.json}, not run (--again runs it anew)", file=sys.stderr, flush=True)
        return record
    module = importlib.import_module(harness.module)
    run: Callable[[range, bool], dict[str, Any]] = module.run
    if not harness.chunk:
        began = time.monotonic()
        record = dict(run(seeds, options.quick)) | same | {"seeds_done": len(seeds)}
        record["seconds"] = round(time.monotonic() - began, 1)
        _keep(options.json, held, name, record)
        return record
    if hasattr(module, "hunt") and "mutants" not in record:
        began = time.monotonic()
        record |= {**module.hunt(options.quick), "hunt_seconds": round(time.monotonic() - began, 1)}
    while done < len(seeds):
        chunk = seeds[done : done + harness.chunk]
        began = time.monotonic()
        figures = run(chunk, options.quick)
        done += len(chunk)
        for figure, value in figures.items():
            # The mutants are the same ones in every chunk, the worst is the worst of all; all else adds up.
            if figure.startswith(("longest", "peak")):
                record[figure] = max(value, record.get(figure, value))
            else:
                record[figure] = value if figure.startswith("mutants") else _sum(record.get(figure), value)
        if hasattr(module, "figures"):
            record |= module.figures(record["runs"])
        record |= {**same, "seeds_done": done}
        record["seconds"] = round(record.get("seconds", 0) + time.monotonic() - began, 1)
        _keep(options.json, held, name, record)
        print(f"{name}: {done}/{len(seeds)} seeds", file=sys.stderr, flush=True)
    return record


def _sum(held: Any, more: Any) -> Any:
    if isinstance(more, dict):
        held = held or {}
        return {name: _sum(held.get(name), more.get(name)) for name in sorted({*held, *more})}
    if held is None or more is None:
        return more if held is None else held
    return held + more


def _show(figures: Mapping[str, Any], indent: str = "  ") -> None:
    for figure, value in figures.items():
        if isinstance(value, dict):
            print(f"{indent}{figure}")
            _show(value, indent + "  ")
        else:
            if isinstance(value, list):
                value = f"{len(value)} values"
            shown = f"{value:,.4g}" if isinstance(value, float) else str(value)
            print(f"{indent}{figure:<24} {shown:>14}")


def _keep(file: Path | None, held: dict[str, Any], name: str, record: dict[str, Any]) -> None:
    held[name] = record
    if file is None:
        return
    held["made_on"] = f"{platform.system()} Python {platform.python_version()} cores {os.cpu_count()}"
    whole = file.with_name(file.name + ".new")
    whole.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    whole.replace(file)
