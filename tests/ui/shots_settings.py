"""Pictures of the settings: empty and full, wrong input, long work, each role; part of ``tests.ui.shots``."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests.ui.cases_at_hand import delivered_long_ago, desk_of, take_in
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.settings import OTHER_PASSWORD, AccountsPage
from tests.ui.test_after_restore import MISSING
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.progress import Progress
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.sync.missing import put_missing
from villagedesk.ui.window import MainWindow

HEAD, TECHNICIAN = "李支书", "县政务数据局技术员赵工"
LONG_NAME = "买买提江·阿不都热合曼·艾合买提吐尔逊"
_PAGES = ("accounts", "backup", "log", "retention", "export", "support", "security")
_CTRL = Qt.KeyboardModifier.ControlModifier


class Album(Protocol):
    """Takes pictures of a window."""

    def open(self, village: Village) -> MainWindow:
        """A window of the wanted size."""

    def shoot(self, name: str) -> None:
        """Let everything settle, then take it."""

    def close(self) -> None:
        """Put the window away."""


def settings_pictures(
    album: Album, patience: Patience, place: Path, many_cases: Callable[[Village], list[str]]
) -> None:
    """All of them.

    Args:
        place: folder for the villages; made.
        many_cases: fills a desk, and gives the local numbers.
    """
    place.mkdir()
    _empty(album, patience, place / "empty")
    _full(album, patience, place / "full", many_cases)


def _open(album: Album, patience: Patience, village: Village, clerk: str, password: str) -> AccountsPage:
    window = album.open(village)
    SignInPage(patience, window).sign_in(password, clerk)
    page = AccountsPage(patience, window)
    page.wait_for("nav_settings")
    return page


def _empty(album: Album, patience: Patience, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    village.set_up()
    page = _open(album, patience, village, CLERK, PASSWORD)
    page.open()
    album.shoot("settings")
    for name in _PAGES:
        page.open(name)
        album.shoot(f"settings-{name}")
    page.open("backup")
    page.widget("backup_target", QLineEdit).setText(str(place / "data"))
    page.click("set_target")
    page.until(lambda: page.problem() != "")
    album.shoot("settings-backup-wrong-place")
    page.open("accounts")
    page.click("change_password")
    page.type("wrong")
    page.enter()
    page.type("12345678")
    page.enter()
    album.shoot("settings-password-weak")
    page.press(Qt.Key.Key_A, _CTRL)
    page.fill(OTHER_PASSWORD, OTHER_PASSWORD)
    page.until(lambda: page.text("old_password_trouble") != "")
    album.shoot("settings-password-wrong")
    page.press(Qt.Key.Key_F1)
    album.shoot("settings-help")
    album.close()


def _full(album: Album, patience: Patience, place: Path, many_cases: Callable[[Village], list[str]]) -> None:
    place.mkdir()
    village = Village(place)
    village.set_up()
    page = _open(album, patience, village, CLERK, PASSWORD)
    numbers = many_cases(village)
    _fill(village, place)
    expired = take_in(village)
    page.open()
    album.shoot("settings-full")
    _accounts(album, page)
    _backup(album, page, village)
    for name in ("log", "retention"):
        page.open(name)
        album.shoot(f"settings-{name}-full")
    delivered_long_ago(village, expired[0])
    page.open("retention")
    page.until(lambda: page.can("primary_button"))
    page.click("primary_button")
    album.shoot("settings-retention-ask")
    page.click("ask_sure")
    page.wait_said("清理好了")
    album.shoot("settings-retention-done")
    page.open("log")
    page.click("primary_button")
    page.wait_said("日志")
    album.shoot("settings-log-checked")
    page.open("export")
    page.click("export_all_shown")
    album.shoot("settings-export-chosen")
    page.widget("export_folder", QLineEdit).setText(str(place))
    page.click("primary_button")
    page.wait_for("export_passphrase")
    album.shoot("settings-export-passphrase")
    page.click("status_line")
    page.wait_for("missing_here")
    album.shoot("sending-after-restore")
    _case(page, expired[1])
    page.press(Qt.Key.Key_F9)
    album.shoot("case-unmasked-expired")
    album.close()
    for name, role in ((HEAD, Role.VILLAGE_HEAD), (TECHNICIAN, Role.TECHNICIAN)):
        _role(album, patience, place, name, role, numbers)


def _fill(village: Village, place: Path) -> None:
    desk = desk_of(village)
    for name, role in ((LONG_NAME, Role.CLERK), (HEAD, Role.VILLAGE_HEAD), (TECHNICIAN, Role.TECHNICIAN)):
        desk.accounts.add(name, role, OTHER_PASSWORD)
    (place / "USB").mkdir()
    desk.backup.set_target(place / "USB")

    def work(transaction: Transaction) -> None:
        put_missing(transaction, MISSING)
        row = transaction.outbox(frozenset({SendingState.QUEUED}))[0]
        transaction.update_outbox(replace(row, state=SendingState.LOGIN, return_state=SendingState.QUEUED))

    village.store.write(work).result()


def _accounts(album: Album, page: AccountsPage) -> None:
    page.open("accounts")
    page.pick(LONG_NAME)
    album.shoot("settings-accounts-full")
    page.click("remove")
    album.shoot("settings-account-remove")
    page.press(Qt.Key.Key_Escape)
    page.click("add_account")
    page.fill("李会计", OTHER_PASSWORD)
    page.type(OTHER_PASSWORD[:-1] + "?")
    album.shoot("settings-account-add")
    page.press(Qt.Key.Key_Escape)
    page.click("hand_over")
    page.until(lambda: page.seen("open_unsent"))
    album.shoot("settings-hand-over")
    page.fill("李会计", OTHER_PASSWORD, OTHER_PASSWORD)
    page.wait_for("ask_question")
    album.shoot("settings-hand-over-ask")
    page.press(Qt.Key.Key_Escape)


def _backup(album: Album, page: AccountsPage, village: Village) -> None:
    backup = desk_of(village).backup
    make, go_on = backup.back_up, threading.Event()

    def slow(progress: Progress) -> object:
        while not go_on.wait(0.02):
            progress(21, 50)
        return make(progress)

    backup.back_up = slow  # type: ignore[method-assign, assignment]
    backup.places = lambda: (Path("/media/USB-BACKUP"), Path("/media/KINGSTON 32G"))  # type: ignore[method-assign]
    page.open("backup")
    page.until(lambda: page.can("primary_button"))
    page.click("primary_button")
    page.until(lambda: page.text("long_how_far") != "")
    album.shoot("settings-backup-under-way")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.can("primary_button"))
    album.shoot("settings-backup-stopped")
    go_on.set()
    page.click("primary_button")
    # Every page is flushed to the disk, which takes its time beside other work.
    page.qtbot.waitUntil(lambda: "备份好了" in page.said(), timeout=60_000)
    album.shoot("settings-backup-done")
    late = replace(backup.state(), overdue_days=9)
    backup.state = lambda: late  # type: ignore[method-assign]
    village.news.tell("backup")
    page.until(lambda: page.seen("status_backup"))
    album.shoot("status-backup-overdue")


def _case(page: AccountsPage, number: str) -> None:
    page.press(Qt.Key.Key_F3)
    page.press(Qt.Key.Key_A, _CTRL)
    page.type(number)
    page.enter()
    page.until(lambda: page.seen("case_local_no") and page.text("case_local_no") == number)


def _role(album: Album, patience: Patience, place: Path, name: str, role: Role, numbers: list[str]) -> None:
    page = _open(album, patience, Village(place), name, OTHER_PASSWORD)
    album.shoot(f"{role}-first")
    if role is Role.VILLAGE_HEAD:
        _case(page, numbers[5])
        album.shoot(f"{role}-case")
    page.click("status_line")
    page.until(lambda: page.title() == "上报情况" and page.text("queue_sentence") != "")
    album.shoot(f"{role}-sending")
    page.open()
    album.shoot(f"{role}-settings")
    for door in sorted(page.doors() & {"accounts", "log", "support"}):
        page.open(door)
        album.shoot(f"{role}-{door}")
    album.close()
