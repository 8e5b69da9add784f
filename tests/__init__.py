"""The tests; with ``VILLAGEDESK_MUTANT`` set, one invariant's planted mutant is in force (see ``tests/invariants``)."""

import os

if os.environ.get("VILLAGEDESK_MUTANT"):
    from tests.invariants.planted import MUTANTS

    MUTANTS[os.environ["VILLAGEDESK_MUTANT"]]()
