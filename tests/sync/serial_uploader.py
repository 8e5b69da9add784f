"""An uploader for simulation, where the order of everything hangs on a seed."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.sync.upload import Jobs


class SerialUploader:
    """One after the other in the calling thread."""

    def run(self, jobs: Jobs, between: Callable[[], bool]) -> None:
        while between() and (job := next(jobs, None)) is not None:
            job()

    def close(self, *, wait: bool = True) -> None:
        """Has no workers."""
