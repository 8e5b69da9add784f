"""The process that is killed: works with the real store and says, in a flushed file elsewhere, what was confirmed.

It is started once, imports everything, and forks a fresh child per job; the child waits on a FIFO until strace has
taken hold of it. A job's ``mutant`` plants a fault *here*, around the store, never in it: the harness must catch each.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

from tests.faults.operations import run_operation
from tests.faults.place import Place

_PR_SET_PTRACER = 0x59616D61


def _child(job: dict[str, str]) -> None:
    # Lets a strace that is no parent of this process take hold of it where Yama is strict.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    with Path(job["fifo"]).open("rb") as fifo:
        fifo.read(1)
    run_operation(Place(Path(job["root"]), job["mutant"]), job["operation"])


def serve() -> None:
    """Fork a child per job line on standard input; answer its process id, then how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _child(json.loads(line))
                code = 0
            finally:
                os._exit(code)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    serve()
