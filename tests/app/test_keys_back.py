"""Both copies of the slots file lost beside a whole database: a backup gives them back, and no case is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.backup_at_hand import COUNTY_PASSPHRASE, Stick, backed_up
from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.desk_at_hand import CLERK, NAME, PASSWORD, Village
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.restoring import BackupFound, Restored
from villagedesk.domain.roles import Role
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.slots import SLOT_FILES

REMOVED, OTHER_PASSWORD = "李会计", "五棵柳树河边小站"
LATER = "李建国"
NEW = "晒谷场上看电影去"


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    """A backup, and a case taken in after it."""
    stick = backed_up(tmp_path)
    stick.old.entry.sign_in(CLERK, PASSWORD)
    take_in(stick.old, LATER)
    stick.old.entry.sign_out()
    return stick


def lose_slots(village: Village) -> None:
    """Both copies."""
    for name in SLOT_FILES:
        (village.folder / "data" / name).unlink()


def restored(stick: Stick, clerk: str = CLERK, password: str = PASSWORD) -> Restored:
    """With the newest backup, by password."""
    assert stick.old.entry.restoring is not None
    return stick.old.entry.restoring.restore(found(stick), clerk, password, stick.local_no, replace=True)


def by_county(stick: Stick, clerk: str) -> Restored:
    """With the newest backup, by the county's key."""
    assert stick.old.entry.restoring is not None
    return stick.old.entry.restoring.restore_by_recovery_key(
        found(stick), clerk, NEW, stick.county_key, COUNTY_PASSPHRASE, stick.local_no, replace=True
    )


def found(stick: Stick) -> BackupFound:
    """The newest backup."""
    assert stick.old.entry.restoring is not None
    return stick.old.entry.restoring.look(stick.folder)[0]


def names(village: Village) -> list[str]:
    """Of all cases, once signed in; in order of the alphabet."""
    return sorted(row.line.applicant_name for row in desk_of(village).cases.find(""))


def set_aside(village: Village) -> list[Path]:
    """What a restore put aside."""
    return list((village.folder / "data").glob("set-aside-*"))


def removed_since(stick: Stick) -> None:
    """The backup knows an account that was removed afterwards."""
    desk = stick.old.entry.sign_in(CLERK, PASSWORD)
    desk.accounts.add(REMOVED, Role.CLERK, OTHER_PASSWORD)
    desk.backup.back_up()
    desk.accounts.remove(REMOVED)
    stick.old.entry.sign_out()


def test_the_newest_cases_stay_and_so_does_the_letter(stick: Stick) -> None:
    lose_slots(stick.old)
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        restored(stick, password=OTHER_PASSWORD)
    done = restored(stick)
    assert (done.keys_only, done.cases, done.epoch) == (True, 2, "A")
    desk = stick.old.entry.sign_in(CLERK, PASSWORD)
    assert names(stick.old) == sorted((NAME, LATER)) and set_aside(stick.old) == []
    assert kinds_logged(stick.old)[-2:] == [Deed.RESTORED, Deed.SIGNED_IN]
    assert desk.audit.check().broken_at is None and desk.backup.state().target
    assert "-A-" in take_in(stick.old)[1]
    stick.old.entry.close()


def test_an_account_removed_since_does_not_come_back_with_the_countys_key(stick: Stick) -> None:
    removed_since(stick)
    lose_slots(stick.old)
    assert by_county(stick, CLERK).keys_only
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        stick.old.entry.sign_in(REMOVED, OTHER_PASSWORD)
    stick.old.entry.sign_in(CLERK, NEW)
    assert [account.name for account in desk_of(stick.old).accounts.list()] == [CLERK]
    assert names(stick.old) == sorted((NAME, LATER))
    stick.old.entry.close()


@pytest.mark.parametrize("clerk", [REMOVED, CLERK])
def test_slots_older_than_the_database_knows_open_nothing_of_it(stick: Stick, clerk: str) -> None:
    removed_since(stick)
    lose_slots(stick.old)
    assert not restored(stick, clerk, PASSWORD if clerk == CLERK else OTHER_PASSWORD).keys_only
    (aside,) = set_aside(stick.old)
    assert (aside / DATABASE_FILE).exists()


@pytest.mark.parametrize("harm", ["gone", "another's", "damaged"])
def test_a_database_that_does_not_open_is_restored_whole(stick: Stick, harm: str) -> None:
    lose_slots(stick.old)
    file = stick.old.folder / "data" / DATABASE_FILE
    if harm == "gone":
        file.unlink()
    elif harm == "another's":
        file.write_bytes(b"?" * 8192)
    else:
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2 : len(raw) // 2 + 4096] = bytes(4096)
        file.write_bytes(raw)
    done = restored(stick)
    assert (done.keys_only, done.cases, done.epoch) == (False, 1, "B")
    assert len(set_aside(stick.old)) == 1
