"""A finished file in a folder the clerk chose: a report for when no printer takes it, a result, an export."""

from __future__ import annotations

from pathlib import Path

from villagedesk.domain.file_names import free_name
from villagedesk.store.files import no_room as no_room
from villagedesk.store.files import write_whole


def save_report(file: Path, pdf: bytes) -> None:
    """Write it whole or not at all; an older one of that name is replaced.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    write_whole(file, pdf)


def save_new(folder: Path, stem: str, ending: str, data: bytes) -> Path:
    """Write it whole or not at all, under a name that no file there has.

    Args:
        ending: with its dot; "" for none.

    Raises:
        OSError: the folder cannot be read.
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    place = free_place(folder, stem, ending)
    write_whole(place, data)
    return place


def free_place(folder: Path, stem: str, ending: str) -> Path:
    """The first of ``stem``, ``stem(2)``, ``stem(3)`` … with that ending which nothing in the folder has, in capitals
    or not. Raises OSError."""
    taken = {one.name.casefold().removesuffix(ending.casefold()) for one in folder.iterdir()}
    return folder / f"{free_name(stem, taken)}{ending}"
