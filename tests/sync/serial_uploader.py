"""An uploader for simulation, where the order of everything hangs on a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from villagedesk.sync.upload import Job


class SerialUploader:
    """One after the other in the calling thread."""

    def run(self, jobs: Iterator[Job], between: Callable[[], bool]) -> None:
        for job in jobs:
            job()
            if not between():
                return

    def close(self) -> None:
        """Has no workers."""
