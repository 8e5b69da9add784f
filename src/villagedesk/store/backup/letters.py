"""Which epoch letter a restore takes: one nobody is known to have used, noted on the medium before it is used."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from villagedesk.domain.local_no import next_epoch
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.backup.facts import DatabaseFacts, read_facts
from villagedesk.store.backup.layout import StationFolder
from villagedesk.store.backup.medium import UnsoundError, medium_trouble, write_small
from villagedesk.store.backup.verify import read_manifest
from villagedesk.store.keys import DataKey

_PROBE = "probe"


def take_letter(station: StationFolder, facts: DatabaseFacts, newest: str | None, replaced: Path, key: DataKey) -> str:
    """Take the first letter after every one that is known of, and note it durably; once noted it counts as used.

    Known are those of the database that is restored, of the database it replaces, of the newest receipt at hand, and
    what the medium knows of: the letters noted in, and the newest backup of, every installation of the same village.

    Args:
        facts: of the database that is restored.
        newest: the letter of the newest receipt, None when there is none at hand.
        replaced: the database file on this PC, which may be missing, damaged or another key's.

    Raises:
        InputProblem: ``restoring.newest_no_wanted`` when the medium's record is damaged and only a receipt can tell;
            ``domain.local_no.epochs_used_up``.
        EnvironmentProblem: ``restoring.medium_read_only``, ``backup.medium_*``.
    """
    used = set(facts.letters | {facts.epoch} | ({newest} if newest is not None else set()))
    with contextlib.suppress(EnvironmentProblem):
        used |= read_facts(replaced, key.database).letters
    with medium_trouble(station.path):
        for folder in station.siblings():
            try:
                used |= folder.letters()
            except UnsoundError:
                if newest is None:
                    raise InputProblem("restoring.newest_no_wanted", field="local_no") from None
            for generation in folder.finished_generations()[:1]:
                with contextlib.suppress(UnsoundError, EnvironmentProblem):
                    used.add(read_manifest(generation, key.backup).epoch)
    epoch = next_epoch(used)
    with _noting(station):
        station.add_letters(frozenset(used | {epoch}))
    return epoch


def check_writable(station: StationFolder) -> None:
    """Whether a letter could be noted: better told before all pages are copied than after.

    Raises:
        EnvironmentProblem: ``restoring.medium_read_only``, ``backup.medium_*``.
    """
    with _noting(station):
        write_small(station.path / _PROBE, b"")
        (station.path / _PROBE).unlink()


@contextlib.contextmanager
def _noting(station: StationFolder) -> Iterator[None]:
    try:
        with medium_trouble(station.path):
            yield
    except EnvironmentProblem as problem:
        if problem.key in ("backup.medium_read_only", "backup.medium_full"):
            raise EnvironmentProblem("restoring.medium_read_only") from problem
        raise
