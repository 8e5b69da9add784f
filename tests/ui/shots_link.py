"""Pictures of the link page; part of ``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.links_at_hand import all_well, asked_to_wait, cable_out, clock_wrong, elsewhere, not_registered, vpn_down
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.link import LinkPage
from tests.ui.shots_settings import Album
from villagedesk.sync.link_layers import Outside
from villagedesk.sync.status import SyncStatus


def link_pictures(album: Album, patience: Patience, place: Path) -> None:
    """Of every kind of trouble."""
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = LinkPage(patience, window)
    page.wait_for("nothing_to_do")
    page.open()
    album.shoot("link-not-looked")
    for name, state in (
        ("link-well", all_well()),
        ("link-cable-out", cable_out()),
        ("link-vpn-down", vpn_down()),
        ("link-vpn-or-line-down", vpn_down(Outside.UNSEEN)),
        ("link-broadband-down", vpn_down(Outside.UNREACHABLE)),
        ("link-clock-wrong", clock_wrong()),
        ("link-elsewhere", elsewhere()),
    ):
        village.link.publish(SyncStatus(link=state))
        album.shoot(name)
    for name, wait in (("link-busy", asked_to_wait()), ("link-not-registered", not_registered())):
        village.link.publish(SyncStatus(link=all_well(), wait=wait))
        album.shoot(name)
    village.link.publish(SyncStatus(link=elsewhere()))
    page.press(Qt.Key.Key_F1)
    album.shoot("link-help")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_Escape)
    page.wait_for("open_link")
    album.shoot("sending-elsewhere")
    album.close()
