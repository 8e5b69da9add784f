"""A damaged database at the door: told at sign-in, recovered with a password, and the clerk works on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.damage import PAGE, Whole, make_whole
from tests.store.fixtures import CLERK, PASSWORD, FixedClock
from villagedesk.app.mender import FolderMender
from villagedesk.app.premises import DataFolder
from villagedesk.desk.damage import Damage, Soundness
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.database import DATABASE_FILE, SUSPECT_FILE, EncryptedStore


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    return make_whole(tmp_path, 40)


def damage_at(folder: Path, signed_in: bool = False) -> Damage:
    clock = FixedClock()
    return Damage(FolderMender(folder, DataFolder(folder, clock), clock), lambda: signed_in)


def spoil(whole: Whole) -> None:
    with (whole.folder / DATABASE_FILE).open("r+b") as file:
        file.seek(whole.pages // 2 * PAGE)
        file.write(bytes(12 * PAGE))


def test_damage_found_while_working_is_told_and_met_at_the_next_sign_in(whole: Whole) -> None:
    news: list[str] = []
    soundness = Soundness(lambda: news.append("devices"))
    store = EncryptedStore.open(whole.folder, whole.key, FixedClock())
    # under the open store: what its start reads was read already
    spoil(whole)
    assert soundness.warning() is None
    for _ in range(2):
        soundness.checked(store.integrity())
    store.close()
    warning = soundness.warning()
    assert warning is not None and warning.key == "damage.found" and news == ["devices"]
    with pytest.raises(EnvironmentProblem) as problem:
        EncryptedStore.open(whole.folder, whole.key, FixedClock())
    assert problem.value.key == "store.damaged"
    report = damage_at(whole.folder).recover(CLERK, PASSWORD, "")
    assert report.sentence.key == "damage.some_lost" and report.epoch == "B" and report.cases > 20
    assert report.kept_in.parent == whole.folder and any(table.lost_at_least for table in report.tables)
    store = EncryptedStore.open(whole.folder, whole.key, FixedClock())
    assert store.integrity() and not (whole.folder / SUSPECT_FILE).exists()
    store.close()


def test_what_is_not_damaged_is_left_alone(whole: Whole) -> None:
    with pytest.raises(InputProblem) as problem:
        damage_at(whole.folder).recover(CLERK, PASSWORD, "")
    assert problem.value.key == "damage.not_damaged" and not list(whole.folder.glob("damaged-*"))


def test_it_asks_for_the_password_and_that_nobody_is_signed_in(whole: Whole) -> None:
    spoil(whole)
    before = (whole.folder / DATABASE_FILE).read_bytes()
    for signed_in, password, key in (
        (False, "wrong one 7", "store.wrong_password"),
        (True, PASSWORD, "damage.sign_out_first"),
    ):
        with pytest.raises(InputProblem) as problem:
            damage_at(whole.folder, signed_in).recover(CLERK, password, "")
        assert problem.value.key == key
    assert (whole.folder / DATABASE_FILE).read_bytes() == before


def test_where_nothing_is_left_a_backup_is_the_way(whole: Whole) -> None:
    (whole.folder / DATABASE_FILE).write_bytes(bytes(9000))
    with pytest.raises(EnvironmentProblem) as problem:
        damage_at(whole.folder).recover(CLERK, PASSWORD, "")
    assert problem.value.key == "store.nothing_left"
