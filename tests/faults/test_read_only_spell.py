"""A disk that takes no writes for a while, and then takes them again: the next save is saved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.mounted_disk import Fault, MountedDisk, let_fail, make_room
from tests.faults.place import Desk, Place
from tests.needs import need_forgetting_disk
from villagedesk.domain.problems import EnvironmentProblem

_CHANGES = ("create", "mkdir", "write", "truncate", "rename", "unlink", "open")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An installation on a disk that becomes read-only when it is told to."""
    need_forgetting_disk()
    with MountedDisk(tmp_path) as disk:
        desk = Desk.open(Place(disk.begin("spell", None, Fault("EROFS", _CHANGES, 0))))
        desk.take_in(1)
        yield desk
        desk.close()


def _save(desk: Desk, value: str) -> None:
    desk.store.write(lambda transaction: transaction.put_setting("n", value)).result(timeout=30)


def _shown(desk: Desk) -> str:
    return desk.store.read(lambda snapshot: snapshot.setting("n"))


def _refused(desk: Desk) -> str:
    with pytest.raises(EnvironmentProblem) as told:
        _save(desk, "refused")
    return told.value.key


def test_the_very_next_save_after_it_is_saved(desk: Desk) -> None:
    _save(desk, "before")
    let_fail(desk.place.root)
    for _ in range(3):
        assert _refused(desk) == "store.write_failed"
        assert _shown(desk) == "before"
    make_room(desk.place.root)
    _save(desk, "after")
    assert _shown(desk) == "after"


def test_it_is_saved_while_screens_go_on_reading(desk: Desk) -> None:
    _save(desk, "before")
    let_fail(desk.place.root)
    enough, everyone = threading.Event(), threading.Barrier(4)

    def read_on() -> None:
        _shown(desk)
        everyone.wait(timeout=20)
        while not enough.is_set():
            _shown(desk)

    with ThreadPoolExecutor(3) as screens:
        assert _refused(desk) == _refused(desk) == "store.write_failed"
        reading = [screens.submit(read_on) for _ in range(3)]
        try:
            everyone.wait(timeout=20)
            make_room(desk.place.root)
            _save(desk, "after")
        finally:
            enough.set()
        for one in reading:
            one.result(timeout=20)
    assert _shown(desk) == "after"
