"""``python3 dev.py bench NAME…``: figures of design.md section 5, as ratios in one run where machines differ."""

import sys

from tests.harness_command import Harness, main

BENCHES = {
    "start": Harness("tests.benchmarks.start", (15, 3)),
    "save": Harness("tests.benchmarks.save", (1000, 100)),
    "scan": Harness("tests.benchmarks.scan", (6000, 12), chunk=60),
    "preview": Harness("tests.benchmarks.preview", (12, 2)),
    "reading": Harness("tests.benchmarks.reading", (200, 4)),
    "search": Harness("tests.benchmarks.search", (200, 20)),
    "pagebytes": Harness("tests.benchmarks.pagebytes", (200, 2), chunk=10),
    "codecs": Harness("tests.benchmarks.codecs", (24, 1), chunk=2),
    "link": Harness("tests.benchmarks.link", (20, 1), chunk=4),
    "papers": Harness("tests.benchmarks.papers", (20, 3)),
    "herd": Harness("tests.benchmarks.herd", (1, 1)),
}

if __name__ == "__main__":
    sys.exit(main("bench", BENCHES, sys.argv[1:]))
