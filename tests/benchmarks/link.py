"""What share of a bad line carries pages (``goodput_*``), what a cut costs, and what a gap costs.

Each run is a real client process (engine, encrypted store, TLS) and a real practice server process, each in a network
namespace of its own, with a lossy line between them (:mod:`tests.line`). The station is enrolled and the cases are
taken in before; then the line becomes bad and the engine is started. CUBIC at both ends. Needs Linux and root.

*The job* is a day's backlog: what the line would carry in 60 s (2 Mbit/s: 15 MB, some 125 pages of 35 cases;
512 kbit/s: 3.8 MB, 32 pages; 4 Mbit/s: 30 MB), in pages of 60 to 200 KiB, median 116 KiB. Beginning (to look at the
link, to greet, to register the first case) and end (the last page goes alone) cost some seconds whatever the job is.
With one connection alone a third of that is sent: it would take minutes, and its beginning matters little.

Goodput is page bytes ÷ (rate × time from the client's first SYN, which is the link watch's, until the client has stored
the last 201). Losses are per packet, in both directions. The IP and TCP headers and the lost packets alone take 5 % of
the line at 2 % loss, 8 % at 5 %.

*Sent again*: a bad line of a village is cut again and again. Runs on the 2 Mbit/s line are cut every 20 to 30 s, ten
times each, a hundred times in all with twenty seeds: all connections end at both ends, and new ones come through at
once. What one cut costs does not depend on the time between two, so the share of all bytes does: it would be twice as
high with a cut every 10 to 15 s. Between two cuts the relay counts the TCP payload that the village put on the line for
the first time (what waits in the router's queue when the cut comes was never on the line);
what is more of it than the page bytes that the server came to keep, the bytes of request lines, headers and bodies
without pages that came to it, the measured bytes of so many TLS greetings, and 22 bytes for each TLS record of 4 KiB,
was for nothing and had to be sent again: ``resent_*``. Requests that were cut before the server saw their headers are
counted whole. ``unexplained_share`` is what the same reckoning gives for runs without a cut: how far it can be trusted.
TCP's own repetitions of lost packets are no part of it.

All of it takes about three quarters of an hour with two cores that do nothing else; ``--json`` keeps what is done after
every four seeds, and the same command goes on from there. ``--quick`` sends little: it shows that all of it runs.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests.line.meeting import Meeting, meeting
from tests.line.setting import OPEN, LineSetting
from tests.line.window import Job
from villagedesk.acceptance.http_body import PIECE_BYTES

EVERY = 4
"""Of so many seeds one has the longer runs as well: other lines, one connection, cuts, gaps."""
SLOW = {
    "2m": LineSetting(rate=2e6, rtt=0.2, loss=0.02),
    "512k": LineSetting(rate=512e3, rtt=0.3, loss=0.05),
    "4m": LineSetting(rate=4e6, rtt=0.3, loss=0.05),
}
_SECONDS, _SECONDS_QUICK = 60.0, 2.5
"""What the line would carry in so many seconds is what a run sends; a third of it over one connection alone."""
_CUTS, _CUTS_QUICK = (10, 10), (3,)
"""Of each run that is cut."""
_BETWEEN_CUTS, _BETWEEN_CUTS_QUICK = (20.0, 30.0), (1.5, 3.5)
"""Seconds of flow."""
_GAPS, _GAPS_QUICK = (4.0, 8.0, 45.0), (2.0,)
"""Seconds; the last one is longer than a client may wait for an answer."""
_AT_ONCE = 3
"""Runs side by side: each takes a quarter of a core (its client, its server and the line), at 4 Mbit/s a third."""
_RECORD_SHARE = 22 / PIECE_BYTES
_SETTLE = 0.3
"""Seconds: an old request has ended by then, and no new one is there before TCP and TLS have greeted, in 0.5 s."""
_FULL_FLOW = 2.0
"""Seconds of flow before a gap, so that there are bytes on the way when it begins; the moment is the measure's own."""
_MOST_SECONDS = 300.0

Runs = dict[str, list[float]]


def run(seeds: range, quick: bool) -> dict[str, Any]:
    """One run on the 2 Mbit/s line for each seed, and the others for each fourth.

    Args:
        quick: a twentieth of the bytes, a few cuts, one gap.

    Returns:
        ``runs``: all single figures, by kind; see :func:`figures`.
    """
    seconds = _SECONDS_QUICK if quick else _SECONDS
    cuts, between = (_CUTS_QUICK, _BETWEEN_CUTS_QUICK) if quick else (_CUTS, _BETWEEN_CUTS)
    work: list[Callable[[], Runs]] = []
    # The long ones first, so that none goes on alone at the end.
    for seed in seeds:
        if seed % EVERY == 0:
            work += [
                *(partial(_cuts, seed, part, count, between) for part, count in enumerate(cuts)),
                partial(_gaps, seed, _GAPS_QUICK if quick else _GAPS),
                partial(_goodput, "goodput_4m", "4m", seed, seconds),
                partial(_goodput, "one_connection_2m", "2m", seed, seconds / 3, width=1),
                partial(_goodput, "goodput_512k", "512k", seed, seconds),
            ]
    work += [partial(_goodput, "goodput_2m", "2m", seed, seconds) for seed in seeds]
    together: Runs = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for found in pool.map(lambda one: one(), work):
            for name, values in found.items():
                together.setdefault(name, []).extend(values)
    return {"runs": together}


def figures(runs: Runs) -> dict[str, float]:
    """The figures of design.md section 5, and what stands beside them.

    Returns:
        ``goodput_2m_median`` and ``_worst``; ``goodput_512k``, ``goodput_4m``, ``one_connection_2m``: medians, 0…1;
        ``resent_share`` of all bytes put on the line in runs that were cut, ``resent_p95_kib`` per cut, ``cuts``;
        ``acknowledged_again`` bytes of pages that had been acknowledged whole; ``unexplained_share``;
        ``gap_median_s``, ``gap_worst_s``: from the line's return until page bytes flow; ``loss_2m``: as it was.
    """
    if "resent_bytes" not in runs:
        raise SystemExit(f"NOT RUN: of {EVERY} seeds one is cut; give such a range")
    resent = sorted(runs["resent_bytes"])
    return {
        "goodput_2m_median": statistics.median(runs["goodput_2m"]),
        "goodput_2m_worst": min(runs["goodput_2m"]),
        "goodput_512k": statistics.median(runs["goodput_512k"]),
        "goodput_4m": statistics.median(runs["goodput_4m"]),
        "one_connection_2m": statistics.median(runs["one_connection_2m"]),
        "resent_share": sum(resent) / sum(runs["cut_run_bytes"]),
        "resent_p95_kib": resent[min(len(resent) * 95 // 100, len(resent) - 1)] / 1024,
        "cuts": float(len(resent)),
        "acknowledged_again": sum(runs["acknowledged_again"]),
        "unexplained_share": statistics.median(runs["unexplained"]),
        "gap_median_s": statistics.median(runs["gap_seconds"]),
        "gap_worst_s": max(runs["gap_seconds"]),
        "loss_2m": statistics.mean(runs["loss_2m"]),
    }


def _goodput(name: str, kind: str, seed: int, seconds: float, width: int = 0) -> Runs:
    setting = _line(kind, seed)
    with meeting(setting, Job(seed, int(setting.rate * seconds / 8), width)) as met:
        met.village.tell()
        took = met.village.answer()["done"] - met.line.report()["first_syn"]
        report, counts = met.line.report(), met.county.ask()
        _check(met, counts)
        sent = sum(flow["first"] for flow in report["flows"])
        found = {
            name: [met.page_bytes * 8 / (setting.rate * took)],
            "acknowledged_again": [float(counts.get("sent_again", 0))],
            "unexplained": [_for_nothing(met, report["flows"], counts) / sent],
        }
        if name == "goodput_2m":
            found["loss_2m"] = [report["up"]["lost"] / (report["up"]["offered"] - report["up"]["overflowed"])]
        return found


def _cuts(seed: int, part: int, count: int, between: tuple[float, float]) -> Runs:
    chance = random.Random(f"cuts/{seed}/{part}")
    # Two runs of one seed would lose the same packets.
    setting = _line("2m", seed + 1000 * part)
    # More than can be sent until the last cut, on any client.
    job = Job(seed, int(setting.rate / 8 * count * (between[1] + 2)))
    resent: list[float] = []
    with meeting(setting, job) as met:
        met.village.tell()
        before = {"received": 0, "head_bytes": 0, "other_bytes": 0}
        for number in range(count):
            _await_flow(met, number)
            time.sleep(chance.uniform(*between))
            met.line.cut()
            flows = [flow for flow in met.line.report()["flows"] if flow["epoch"] == number]
            time.sleep(_SETTLE)
            now = met.county.ask()
            resent.append(_for_nothing(met, flows, {name: now[name] - before[name] for name in before}))
            before = {name: now[name] for name in before}
        sent = sum(flow["first"] for flow in met.line.report()["flows"] if flow["epoch"] < count)
        # What is left goes over no line at all: that it comes is what matters.
        met.line.set(OPEN)
        met.village.answer()
        counts = met.county.ask()
        _check(met, counts)
    return {
        "resent_bytes": [max(0.0, value) for value in resent],
        "cut_run_bytes": [float(sent)],
        "acknowledged_again": [float(counts.get("sent_again", 0))],
    }


def _gaps(seed: int, gaps: tuple[float, ...]) -> Runs:
    setting = _line("2m", seed)
    took: list[float] = []
    with meeting(setting, Job(seed, int(setting.rate / 8 * 15 * len(gaps)))) as met:
        met.village.tell()
        for number, seconds in enumerate(gaps):
            _await_flow(met, number)
            time.sleep(_FULL_FLOW)
            met.line.gap(seconds)
            time.sleep(seconds)
            _await_flow(met, number + 1)
            gap = met.line.report()["gaps"][-1]
            took.append(gap["flowing"] - gap["back"])
        met.line.set(OPEN)
        met.village.answer()
        counts = met.county.ask()
        _check(met, counts)
    return {"gap_seconds": took, "acknowledged_again": [float(counts.get("sent_again", 0))]}


def _line(kind: str, seed: int) -> LineSetting:
    slow = SLOW[kind]
    return LineSetting(rate=slow.rate, rtt=slow.rtt, loss=slow.loss, seed=seed)


def _await_flow(met: Meeting, gaps: int) -> None:
    """Until page bytes flow: since the last of so many gaps or cuts, or at all."""
    deadline = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < deadline:
        report = met.line.report()
        flowing = "flowing" in report["gaps"][gaps - 1] if gaps else report["up"]["bytes"] > 50_000
        if flowing:
            return
        time.sleep(0.02)
    raise TimeoutError(f"no page byte within {_MOST_SECONDS:.0f} s of the line's return")


def _for_nothing(met: Meeting, flows: list[dict[str, float]], counts: dict[str, int]) -> float:
    """Bytes these connections carried that nobody keeps and that were no question."""
    sent = sum(flow["first"] for flow in flows)
    greetings = sum(min(met.greeting, flow["first"]) for flow in flows)
    return sent * (1 - _RECORD_SHARE) - greetings - counts["received"] - counts["head_bytes"] - counts["other_bytes"]


def _check(met: Meeting, counts: dict[str, int]) -> None:
    """A run in which pages are missing measures nothing."""
    if counts["received"] < met.page_bytes:
        raise AssertionError(f"{met.page_bytes} page bytes were sent, and {counts['received']} are kept")
