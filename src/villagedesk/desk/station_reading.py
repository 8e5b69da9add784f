"""Reading the county's station file from wherever the clerk has it. Light to import: the first run needs it."""

from __future__ import annotations

from pathlib import Path

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.station import StationFile

_MAX_BYTES = 1 << 20


def read_station_file(path: Path) -> StationFile:
    """Read and check the county's file; whether its certificate is one is asked of the premises.

    Raises:
        InputProblem: ``entry.station_unreadable``, ``station.*``.
    """
    try:
        if not path.is_file():  # a device or pipe gives bytes for ever, or none
            raise InputProblem("entry.station_unreadable", field="station_file")
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a name with a NUL in it
        raise InputProblem("entry.station_unreadable", field="station_file") from None
    if len(data) > _MAX_BYTES:
        raise InputProblem("station.not_a_station_file", field="station_file")
    return StationFile.from_bytes(data)
