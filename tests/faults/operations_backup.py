"""Operations with a backup medium: backing up, restoring onto a new PC, restoring over an installation."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.faults.mounted_disk import spared
from tests.faults.operations_store import take_in
from tests.faults.place import Desk, Place, password
from tests.store.fixtures import CLERK, FixedClock
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.install import finish, is_empty_of_data
from villagedesk.store.backup.look import look
from villagedesk.store.backup.restore import Wish, restore
from villagedesk.store.backup.writer import Source, back_up
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import unlock
from villagedesk.store.vault import VAULT_FOLDER, PageVault

STATION = StationFile(
    "410421103207", "柳林村便民服务站", "https://127.0.0.1:9", "", "code", bytes(range(32)), practice=True
)
_FACTS = "facts-of-the-backup"


def write_backup(desk: Desk) -> None:
    """One generation."""
    source = Source(desk.place.data, desk.store, desk.vault, desk.key, STATION)
    back_up(source, desk.place.medium, FixedClock())


def back_up_twice(desk: Desk) -> None:
    """A backup, a case, the next backup."""
    for _ in range(2):
        cases = [fact for fact in desk.place.confirmations() if "case" in fact]
        write_backup(desk)
        desk.place.acknowledge(backed_up=[fact["case"] for fact in cases])
        desk.take_in(1)


def with_medium(place: Place) -> None:
    """Three cases, and a folder that stands for the medium."""
    place.medium.mkdir()
    desk = Desk.open(place)
    take_in(desk)
    desk.close()


def backed_up(place: Place) -> None:
    """A medium with a backup of three cases, and a new PC."""
    with_medium(place)
    desk = Desk.open(place)
    write_backup(desk)
    desk.close()
    (place.root / "acks").rename(place.root / _FACTS)
    shutil.rmtree(place.data)


def backed_up_and_worked_on(place: Place) -> None:
    """A medium with a backup of three cases, and the PC, where another was taken in since."""
    with_medium(place)
    desk = Desk.open(place)
    write_backup(desk)
    held = (place.root / "acks").read_bytes()
    desk.take_in(1)
    desk.close()
    newer = place.confirmations()[-1]
    (place.root / "acks").write_bytes(held)
    place.acknowledge(not_in_backup=newer.pop("case"), **newer)


def restore_on_new_pc(place: Place) -> None:
    """What a start and the dialog do: finish what was begun; restore when nothing is there."""
    finish(place.data)
    if is_empty_of_data(place.data):
        _restore(place)
    if not any("restored" in fact for fact in place.confirmations()):
        for line in (place.root / _FACTS).read_text(encoding="utf-8").splitlines():
            place.acknowledge(**json.loads(line))
        place.acknowledge(restored=True)


def restore_over(place: Place) -> None:
    """The same where an installation is, which is set aside."""
    finish(place.data)
    if not was_set_aside(place):
        _restore(place)
        place.acknowledge(restored=True)


def was_set_aside(place: Place) -> bool:
    """Whether another installation took the place of the first."""
    return bool([*(spared(place.root) / place.data.name).glob("set-aside-*")])


def _restore(place: Place) -> None:
    newest = look(place.medium)[0]
    wish = Wish(newest.folder, place.data, CLERK, None, replace=True)
    restored = restore(wish, password(0), FixedClock())
    place.acknowledge(letter=restored.epoch, told_missing=restored.missing_pages)


def restore_to(place: Place, folder: Path) -> tuple[str, ...]:
    """Restore the newest generation into an empty folder, to see what it holds. Gives its letter and its case ids.

    Raises:
        Problem: when it cannot be restored.
    """
    newest = next(found for found in look(place.medium) if found.whole)
    restored = restore(Wish(newest.folder, folder, CLERK, None), password(place.confirmed_password()), FixedClock())
    key = unlock(folder, CLERK, password(place.confirmed_password()))
    store = EncryptedStore.open(folder, key, FixedClock())
    try:
        vault = PageVault(folder / VAULT_FOLDER, key.vault)
        whole = store.read(lambda snapshot: [*_whole_cases(snapshot, vault)])
    finally:
        store.close()
    return restored.epoch, *whole


def _whole_cases(snapshot: Snapshot, vault: PageVault) -> Iterator[str]:
    for line in snapshot.case_lines(10**6):
        if all(vault.verify(page.page_id, page.sha256) for page in snapshot.pages(line.case_id)):
            yield line.case_id
