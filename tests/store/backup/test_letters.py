"""I6 where recoveries and restores meet: both mind and note the letters on the medium, so none is taken twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.store.backup.place import Place
from tests.store.fixtures import CLERK
from villagedesk.domain.restoring import BACKUP_TARGET
from villagedesk.store.backup.layout import EPOCH_FILES
from villagedesk.store.backup.restore import STATION_FILE
from villagedesk.store.files import write_whole
from villagedesk.store.recovery.recover import recover


@pytest.fixture
def backed_up(place: Place) -> Place:
    """A PC that was set up and backed up, and whose database is to be recovered."""
    place.take_in()
    write_whole(place.opened.folder / STATION_FILE, place.station.to_bytes())
    place.opened.store.write(lambda transaction: transaction.put_setting(BACKUP_TARGET, str(place.medium))).result()
    place.back_up()
    place.close()
    return place


def letter_of_a_recovery(place: Place) -> str:
    place.opened.clock.forward(1)
    return recover(place.opened.folder, place.opened.key, place.opened.clock, CLERK).epoch


def test_i6_a_recovery_takes_no_letter_a_restored_copy_has(backed_up: Place, tmp_path: Path) -> None:
    assert backed_up.restore(tmp_path / "other pc").epoch == "B"
    assert letter_of_a_recovery(backed_up) == "C"


def test_i6_a_restore_takes_no_letter_a_recovery_took_after_the_backup(backed_up: Place, tmp_path: Path) -> None:
    assert letter_of_a_recovery(backed_up) == "B"
    # nothing is left of that PC, and nobody has a receipt of it at hand
    shutil.rmtree(backed_up.opened.folder)
    assert backed_up.restore(tmp_path / "new pc").epoch == "C"


def test_a_recovery_goes_on_without_the_medium(backed_up: Place) -> None:
    backed_up.medium.rename(backed_up.medium.with_name("pulled"))
    assert letter_of_a_recovery(backed_up) == "B"


@pytest.mark.parametrize("damaged", [EPOCH_FILES[:1], EPOCH_FILES])
def test_a_recovery_goes_on_with_a_damaged_record(backed_up: Place, tmp_path: Path, damaged: tuple[str, ...]) -> None:
    assert backed_up.restore(tmp_path / "other pc").epoch == "B"
    for folder in (backed_up.medium / "villagedesk-backup").iterdir():
        for name in damaged:
            (folder / name).write_bytes(b"\xff" * 20)
    assert letter_of_a_recovery(backed_up) == ("C" if len(damaged) == 1 else "B")


def test_another_villages_letters_are_none_of_ours(backed_up: Place) -> None:
    ours = next((backed_up.medium / "villagedesk-backup").iterdir())
    theirs = ours.with_name(f"410421103208-{ours.name[-8:]}")
    shutil.copytree(ours, theirs)
    for name in EPOCH_FILES:
        (theirs / name).write_bytes(b'{"letters": "ABCDEFG"}')
    before = {name: (theirs / name).read_bytes() for name in EPOCH_FILES}
    assert letter_of_a_recovery(backed_up) == "B"
    assert {name: (theirs / name).read_bytes() for name in EPOCH_FILES} == before
