"""A medium that is full: what old generations hold is given up first, and never the last one that is whole."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import small_disk_of
from tests.store.backup.place import Place
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.store.backup import writer
from villagedesk.store.backup.layout import DATABASE
from villagedesk.store.backup.look import look
from villagedesk.store.backup.verify import check
from villagedesk.store.backup.writer import back_up

_SPARE = 4 << 20
_A_LITTLE = 64 << 10
_Usage = namedtuple("_Usage", ["total", "used", "free"])


@pytest.fixture
def small(place: Place, tmp_path: Path) -> Iterator[Place]:
    """The place with a disk of 24 MB as its medium."""
    with small_disk_of(24, tmp_path) as disk:
        place.medium = disk
        yield place


def fill(place: Place, left: int) -> None:
    """Other people's files on the stick, so that ``left`` bytes are free."""
    with (place.medium / "holiday pictures").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(place.medium).free - left)


def size_of_a_copy(place: Place) -> int:
    return (look(place.medium)[0].folder / DATABASE).stat().st_size


@pytest.mark.parametrize("told", ["before", "while it is written"])
def test_what_the_new_backup_would_let_go_goes_before_it(
    small: Place, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    small.take_in(2)
    for _ in range(8):
        small.back_up()
    before = [found.at for found in look(small.medium)]
    assert len(before) == 7
    if told == "before":
        fill(small, _SPARE + size_of_a_copy(small) - _A_LITTLE)
    else:
        fill(small, size_of_a_copy(small) - _A_LITTLE)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: _Usage(1 << 40, 0, 1 << 40))
    written = small.back_up()
    assert [found.at for found in look(small.medium)] == [written.at, *before[:-1]]
    checked = check(small.on_medium, small.opened.key.backup)
    assert (checked.generations, checked.damaged_generations, checked.damaged_pages) == (7, 0, frozenset())


def test_pages_nobody_names_go_and_those_it_will_name_stay(small: Place) -> None:
    small.take_in(1)
    small.back_up()
    small.take_in(3)

    def cut(done: int, total: int) -> None:
        if total and done == total:
            raise Cancelled

    with pytest.raises(Cancelled):
        small.back_up(cut)
    nobodys = small.on_medium.page("ab" * 32)
    nobodys.parent.mkdir(exist_ok=True)
    nobodys.write_bytes(bytes(1 << 20))
    fill(small, _SPARE + size_of_a_copy(small) - _A_LITTLE)
    written = small.back_up()
    assert (written.pages, written.pages_new) == (4, 0)
    assert not nobodys.exists()


def test_the_only_whole_one_stays_though_the_new_one_would_take_its_place(small: Place) -> None:
    small.take_in(1)
    first = small.back_up()
    small.opened.clock.forward(600)
    second = back_up(small.source, small.medium, small.opened.clock)  # of the same day: the first has gone
    assert [found.at for found in look(small.medium)] == [second.at]
    small.opened.clock.forward(600)
    assert small.opened.clock.now().date() == second.at.date() == first.at.date()
    fill(small, _A_LITTLE)
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_full"):
        back_up(small.source, small.medium, small.opened.clock)
    assert [(found.at, found.whole) for found in look(small.medium)] == [(second.at, True)]
    checked = check(small.on_medium, small.opened.key.backup)
    assert (checked.generations, checked.damaged_generations, checked.damaged_pages) == (1, 0, frozenset())


def test_a_newer_one_that_is_damaged_is_not_taken_for_the_whole_one(
    small: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.take_in(1)
    whole = small.back_up()
    with monkeypatch.context() as patch:  # a second one of the day, after which the old could not be removed
        patch.setattr(writer, "thin", lambda *_: 0)
        small.opened.clock.forward(600)
        back_up(small.source, small.medium, small.opened.clock)
    database = look(small.medium)[0].folder / DATABASE
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    database.write_bytes(data)
    assert len(look(small.medium)) == 2
    fill(small, _A_LITTLE)
    small.opened.clock.forward(600)
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_full"):
        back_up(small.source, small.medium, small.opened.clock)
    assert [found.at for found in look(small.medium)] == [whole.at]
    checked = check(small.on_medium, small.opened.key.backup)
    assert (checked.generations, checked.damaged_generations, checked.damaged_pages) == (1, 0, frozenset())
