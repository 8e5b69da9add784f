"""``python3 dev.py faults NAME…``: whole-program and simulated faults, each harness tested with planted mutants."""

import sys

from tests.harness_command import Harness, main

HARNESSES = {
    "importers": Harness("tests.faults.importers", (6000, 25), chunk=200),
    "histories": Harness("tests.faults.histories", (100_000, 400), chunk=500),
    "crashes": Harness("tests.faults.crashes", (5000, 60), chunk=100),
    "full_disk": Harness("tests.faults.full_disk", (3400, 80), chunk=100),
    "kills": Harness("tests.faults.kills", (27, 2), chunk=3),
    "power": Harness("tests.faults.power", (10000, 120), chunk=300),
}

if __name__ == "__main__":
    sys.exit(main("faults", HARNESSES, sys.argv[1:]))
