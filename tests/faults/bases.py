"""What operations start from, made once and copied for every run."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from tests.faults.operations import OPERATIONS
from tests.faults.place import Place


class Bases:
    """Prepared places, one per way of preparing; may be asked from several threads.

    Args:
        folder: where they are kept; made here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir()
        self._guard = threading.Lock()

    def of(self, operation: str) -> Path | None:
        """The folder an operation starts from; None when it starts from nothing."""
        prepare = OPERATIONS[operation].prepare
        if prepare is None:
            return None
        base = self._folder / prepare.__name__
        with self._guard:
            if not base.exists():
                making = base.with_suffix(".making")
                making.mkdir()
                prepare(Place(making))
                making.rename(base)
        return base

    def copy(self, operation: str, root: Path) -> None:
        """Make ``root`` a copy of what the operation starts from."""
        base = self.of(operation)
        if base is None:
            root.mkdir()
        else:
            shutil.copytree(base, root)
