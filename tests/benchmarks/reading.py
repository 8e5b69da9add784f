"""The bench ``reading``: how rightly generated cards and registers are read, how long that takes, what it takes of
memory. The papers are cut out at their true corners; the photographs are the hard ones of ``photograph_scene``."""

from __future__ import annotations

import os
import re
import statistics
import time
from pathlib import Path

from tests.imaging.reading_truth import KINDS, flat, photographed, truth_of
from tests.imaging.test_reading_fields import read as papers_of
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.imaging.fields.values import Certainty, ReadField
from villagedesk.imaging.recognising.reading_process import ReadingProcess

_NUMBERS = frozenset({ReadField.NUMBER, ReadField.BANK_ACCOUNT})
_QUICK = 8


def run(seeds: range, quick: bool) -> dict[str, float]:
    """Read one paper a seed, kinds in turn.

    Args:
        quick: eight papers at most.

    Returns:
        ``fields_right``: share of the fields of all papers that were read to the letter;
        ``numbers_right``, ``names_right``: of those alone;
        ``wrong_clear``: how many values are wrong and were called clear; ``wrong_numbers``: of these, numbers;
        ``not_read``: papers for which the process gave no answer;
        ``cpu_p50_s``, ``cpu_p95_s``: seconds of one core a paper, without the process's start, which says the same on a
        PC that does other things beside; ``p50_s``: by the clock; ``peak_mb``: of the process.
    """
    reader = ReadingProcess()
    seconds: list[float] = []
    cpu: list[float] = []
    right = {"all": 0, "number": 0, "name": 0}
    asked = dict(right)
    wrong_clear = wrong_numbers = not_read = peak = 0
    try:
        for seed in seeds[:_QUICK] if quick else seeds:
            made = photographed(seed, KINDS[seed % len(KINDS)])
            truth, page = truth_of(made), flat(made)
            if not reader.running:
                reader.read(page)
            start, before = time.perf_counter(), _cpu_s(reader)
            try:
                found = papers_of(reader.read(page)).papers
            except EnvironmentProblem:
                not_read += 1
                found = ()
            seconds.append(time.perf_counter() - start)
            cpu.append(_cpu_s(reader) - before)
            peak = max(peak, _peak_mb(reader))
            values = {value.field: value for paper in found for value in paper.values}
            for field, text in truth.items():
                kinds = ["all", *(["number"] if field in _NUMBERS else ["name"] if field is ReadField.NAME else [])]
                value = values.get(field)
                hit = value is not None and value.text == text
                for kind in kinds:
                    asked[kind] += 1
                    right[kind] += hit
                if value is not None and not hit and value.certainty is Certainty.CLEAR:
                    wrong_clear += 1
                    wrong_numbers += field in _NUMBERS
    finally:
        reader.close()
    return {
        "papers": float(len(seconds)),
        "fields_right": right["all"] / max(1, asked["all"]),
        "numbers_right": right["number"] / max(1, asked["number"]),
        "names_right": right["name"] / max(1, asked["name"]),
        "wrong_clear": float(wrong_clear),
        "wrong_numbers": float(wrong_numbers),
        "not_read": float(not_read),
        "cpu_p50_s": statistics.median(cpu),
        "cpu_p95_s": statistics.quantiles(cpu, n=20)[18] if len(cpu) > 1 else cpu[0],
        "p50_s": statistics.median(seconds),
        "peak_mb": float(peak),
    }


def _cpu_s(reader: ReadingProcess) -> float:
    """Seconds of processor time the process has used; 0 when it is gone."""
    process = reader._process
    if process is None:
        return 0.0
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(reader: ReadingProcess) -> int:
    """The most memory the process ever held, MB; 0 when it is gone."""
    process = reader._process
    if process is None:
        return 0
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) // 1024 if found else 0
