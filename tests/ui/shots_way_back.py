"""Pictures of the way back: restoring a backup and recovering a damaged database; part of ``tests.ui.shots``."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Qt

from tests.ui.backup_at_hand import Stick, all_zero, backed_up, with_damage
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.way_back import DamagePage, RestorePage
from tests.ui.shots_settings import Album
from villagedesk.desk.damage import RecoveryReport
from villagedesk.domain.progress import Progress
from villagedesk.domain.restoring import Restored

_CTRL = Qt.KeyboardModifier.ControlModifier


def way_back_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them.

    Args:
        place: folder for the villages and the stick; made.
    """
    place.mkdir()
    stick = backed_up(place)
    half = stick.newer(1)
    (half / "database").unlink()
    for hours in (-7000, 700):  # the second counts from the first: both are months old
        stick.newer(hours)
    _restore(album, patience, stick, place / "new")
    _instead(album, patience, stick, place / "again")
    _damage(album, patience, place / "damaged")


def _restore(album: Album, patience: Patience, stick: Stick, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    restoring, go_on = village.entry.restoring, threading.Event()
    assert restoring is not None
    restoring._restorer.places = lambda: (stick.folder, Path("/media/KINGSTON 32G"))  # type: ignore[method-assign]
    restore = restoring.restore

    def slow(*asked: object, **more: object) -> Restored:
        progress: Progress = asked[4]  # type: ignore[assignment]
        while not go_on.wait(0.02):
            progress(21, 50)
        return restore(*asked, **more)  # type: ignore[arg-type]

    restoring.restore = slow  # type: ignore[method-assign]
    page = RestorePage(patience, album.open(village))
    page.open_from_first_run()
    page.wait_for("restore_place_drive_1")
    album.shoot("restore-place")
    page.type(str(place))
    page.enter()
    page.until(lambda: page.text("restore_place_trouble") != "")
    album.shoot("restore-nothing-found")
    page.press(Qt.Key.Key_A, _CTRL)
    page.look_in(stick.folder)
    album.shoot("restore-list")
    page.press(Qt.Key.Key_Home)
    album.shoot("restore-list-not-whole")
    page.press(Qt.Key.Key_Down)
    page.next_to_password()
    album.shoot("restore-password")
    page.tab_to("restore_other_way")
    page.enter()
    page.wait_for("restore_name")
    album.shoot("restore-recovery-key")
    page.tab_to("restore_other_way")
    page.enter()
    page.until(lambda: page.focused() == "restore_password")
    page.type("moonflower-83")
    page.enter()
    page.until(lambda: page.focused() == "newest_no")
    album.shoot("restore-receipt")
    page.type(stick.local_no[:-1] + ("A" if stick.local_no[-1] != "A" else "B"))
    album.shoot("restore-receipt-wrong")
    page.press(Qt.Key.Key_A, _CTRL)
    page.type(stick.local_no)
    page.enter()
    page.until(lambda: page.text("long_how_far") != "")
    album.shoot("restore-under-way")
    page.press(Qt.Key.Key_Escape)
    page.wait_step("开始恢复")
    album.shoot("restore-stopped")
    go_on.set()
    page.begin()
    page.until(lambda: page.seen("restore_password_trouble"))
    album.shoot("restore-wrong-password")
    page.type(PASSWORD)
    page.enter()
    page.wait_step("开始恢复")
    page.begin()
    page.result()
    album.shoot("restore-done")
    album.close()


def _instead(album: Album, patience: Patience, stick: Stick, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    page = RestorePage(patience, album.open(village))
    page.open_from_first_run()
    village.set_up()
    page.look_in(stick.folder)
    page.next_to_password()
    page.type(PASSWORD)
    page.enter()
    page.until(lambda: page.focused() == "newest_no")
    page.type(stick.local_no)
    page.enter()
    page.until(lambda: page.seen("replace_trouble"))
    album.shoot("restore-replaces")
    page.press(Qt.Key.Key_Space)
    next(stick.folder.glob("villagedesk-backup/*/pages/*/*")).unlink()
    page.begin()
    page.result()
    album.shoot("restore-done-pages-missing")
    album.close()


def _damage(album: Album, patience: Patience, place: Path) -> None:
    village, numbers = with_damage(place, cases=3)
    damage, go_on = village.entry.damage, threading.Event()
    assert damage is not None
    recover = damage.recover

    def slow(clerk: str, password: str, newest: str, progress: Progress) -> RecoveryReport:
        while not go_on.wait(0.02):
            progress(21, 50)
        return recover(clerk, password, newest, progress)

    damage.recover = slow  # type: ignore[method-assign, assignment]
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = DamagePage(patience, window)
    page.wait_step("抢救本机数据")
    album.shoot("damage")
    page.enter()
    page.until(lambda: page.focused() == "newest_no")
    album.shoot("damage-receipt")
    page.type(numbers[-1])
    page.enter()
    page.until(lambda: page.text("long_how_far") != "")
    album.shoot("damage-under-way")
    go_on.set()
    page.report()
    album.shoot("damage-done")
    album.close()
    other, _ = with_damage(place.with_name("nothing-left"), cases=1)
    window = album.open(other)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = DamagePage(patience, window)
    page.wait_step("抢救本机数据")
    all_zero(other)
    page.enter()
    page.no_receipt()
    page.begin()
    page.until(lambda: page.problem() != "")
    album.shoot("damage-nothing-left")
    album.close()
