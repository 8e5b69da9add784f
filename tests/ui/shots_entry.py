"""Pictures of the door: roles, waits, what leads on, a forgotten password, the lock; part of ``tests.ui.shots``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt

from tests.ui.desk_at_hand import CLERK, PASSWORD, STATION, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import ForgottenPage
from tests.ui.pages.settings import OTHER_PASSWORD
from tests.ui.shots_settings import HEAD, LONG_NAME, TECHNICIAN, Album
from villagedesk.app.premises import STATION_NAME
from villagedesk.domain.roles import Role
from villagedesk.store.lockout import LOCKOUT_FILE
from villagedesk.store.recovery_key import make
from villagedesk.store.slots import SLOT_FILES

_STATION = "示范区某某街道办事处某某社区党群服务中心便民服务站点"


def entry_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    county = place / "county.pem"
    village = Village(place)
    village.set_up(replace(STATION, name=_STATION, recovery_public_key=make(county, "county phrase 7")))
    older = _slots(place)
    desk = village.entry.sign_in(CLERK, PASSWORD)
    for name, role in ((LONG_NAME, Role.CLERK), (HEAD, Role.VILLAGE_HEAD), (TECHNICIAN, Role.TECHNICIAN)):
        desk.accounts.add(name, role, OTHER_PASSWORD)
    village.entry.sign_out()
    page = ForgottenPage(patience, album.open(village))
    page.until(lambda: page.seen("password") and page.focused() == "password")
    album.shoot("sign-in-roles")
    page.choose(TECHNICIAN)
    for _ in range(4):
        page.wrong("moonflower-82")
    album.shoot("sign-in-wait")
    _forgotten(album, page, county)
    _locked(album, page)
    _closed(album, patience, place, older)


def _forgotten(album: Album, page: ForgottenPage, county: Path) -> None:
    page.choose(LONG_NAME)
    page.click("forgotten")
    page.until(lambda: page.focused() == "key_file")
    album.shoot("forgotten")
    page.choose("")
    page.tab_to("new_clerk")
    page.type("赵会计")
    page.enter()
    page.type(str(county))
    page.enter()
    page.type("12345678")
    album.shoot("forgotten-successor-weak-password")
    page.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    page.type(OTHER_PASSWORD)
    page.enter()
    page.type(OTHER_PASSWORD)
    page.enter()
    page.until(lambda: page.seen("passphrase") and page.focused() == "passphrase")
    album.shoot("forgotten-passphrase")
    page.press(Qt.Key.Key_Escape)


def _locked(album: Album, page: ForgottenPage) -> None:
    page.sign_in(PASSWORD, CLERK)
    page.wait_for("nav_settings")
    page.press(Qt.Key.Key_F12)
    page.until(lambda: page.seen("switch_person") and page.focused() == "password")
    album.shoot("locked-several-clerks")
    page.click("switch_person")
    page.until(lambda: page.seen("clerk"))
    album.shoot("switch-person")
    page.wrong("moonflower-82")
    album.shoot("switch-person-wrong-password")
    page.press(Qt.Key.Key_Escape)
    for _ in range(4):
        page.wrong("moonflower-82")
    album.shoot("locked-wait")
    album.close()


def _closed(album: Album, patience: Patience, place: Path, older: dict[str, bytes]) -> None:
    (place / "data" / LOCKOUT_FILE).unlink()
    newest = _slots(place)
    _put(place, older)
    page = ForgottenPage(patience, album.open(Village(place)))
    page.sign_in(PASSWORD)
    page.until(lambda: page.problem() != "")
    album.shoot("sign-in-older-slots")
    album.close()
    _put(place, newest)
    (place / "data" / STATION_NAME).unlink()
    page = ForgottenPage(patience, album.open(Village(place)))
    page.sign_in(OTHER_PASSWORD, HEAD)
    page.until(lambda: page.problem() != "")
    album.shoot("sign-in-station-lost")
    album.close()
    _put(place, dict.fromkeys(SLOT_FILES, b"\x00" * 64))
    page = ForgottenPage(patience, album.open(Village(place)))
    page.wait_for("why_closed")
    album.shoot("closed-door")
    album.close()


def _slots(place: Path) -> dict[str, bytes]:
    return {name: (place / "data" / name).read_bytes() for name in SLOT_FILES}


def _put(place: Path, slots: dict[str, bytes]) -> None:
    for name, data in slots.items():
        (place / "data" / name).write_bytes(data)
