"""A finished report as a file in a folder the clerk chose, for when no printer takes it."""

from __future__ import annotations

from pathlib import Path

from villagedesk.store.files import write_whole


def save_report(file: Path, pdf: bytes) -> None:
    """Write it whole or not at all; an older one of that name is replaced.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    write_whole(file, pdf)
