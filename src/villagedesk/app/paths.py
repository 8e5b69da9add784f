"""The data folder: where it lies by default, and the files of the program itself in it."""

from __future__ import annotations

from pathlib import Path


def default_data_folder() -> Path:
    r"""``%LOCALAPPDATA%\villagedesk`` on Windows, the user's data folder elsewhere."""
    # only asked when no --data was given; kept out of the import path of everything else
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("villagedesk", appauthor=False)


def practice_data_folder(usual: Path) -> Path:
    """Where practice keeps its own data: next to the folder of real work, so that the two never mix."""
    return usual.with_name(f"{usual.name}-practice-desk")


def fault_reports_folder(data_folder: Path) -> Path:
    """Reports of the program's own faults, for the technician; they hold no personal data."""
    return data_folder / "fault-reports"
