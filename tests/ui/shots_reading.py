"""Pictures of what is read on pages: the quiet line, the panel, another material, codes; part of ``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.imaging.read_pages import NAME
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.intake import ApplicantPage
from tests.ui.pages.reading import ReadingPage
from tests.ui.shots_settings import Album
from villagedesk.app.resources import resources_folder
from villagedesk.demo.photographs import photograph
from villagedesk.imaging.recognising.reading_process import ReadingProcess

_ITEM = "VD-WJ-001"
_KINDS = ("id_card_sheet", "household_register")


def reading_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them, with real photographs and the real reader."""
    place.mkdir()
    font = resources_folder() / "fonts" / "villagedesk-base.ttf"
    photographs = tuple(photograph(4, kind, font=font, table="dark").jpeg for kind in _KINDS)
    village = Village(place, photographs, page_reader=ReadingProcess())
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = ReadingPage(patience, window)
    guides = GuidesPage(patience, window)
    guides.wait_for("nav_guides")
    guides.open()
    guides.find(_ITEM, desk_of(village).items.get(_ITEM).name)
    guides.enter()
    page.wait_for("applicant_name")
    page.type(NAME)
    page.click("step_3")
    page.until(page.ready)
    for name in ("front", "register"):
        page.photograph()
        page.wait_for("reading_said")
        album.shoot(f"reading-{name}-line")
        page.open()
        album.shoot(f"reading-{name}-panel")
        page.press(Qt.Key.Key_Down)
        page.press(Qt.Key.Key_Down)
        album.shoot(f"reading-{name}-panel-row")
        page.press(Qt.Key.Key_Escape)
        page.until(lambda: page.seen("proposal_keep") or page.ready())
        if page.seen("proposal_keep"):
            page.keep()
        page.wait_for("reading_said")
        album.shoot(f"reading-{name}-kept")
    page.click("step_2")
    person = ApplicantPage(patience, window)
    person.wait_for("from_pages")
    album.shoot("reading-applicant")
    person.press(Qt.Key.Key_F11)
    person.wait_for("reading_values")
    album.shoot("reading-applicant-panel")
    album.close()
