"""Pictures of the statistics; part of ``tests.ui.shots``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from PySide6.QtCore import Qt

from tests.desk.cases_in_bulk import put_all, wander
from tests.ui.desk_at_hand import PASSWORD, Village
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.statistics import StatisticsScreen
from tests.ui.shots_settings import Album
from villagedesk.app.system_clock import SystemClock
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.repositories import Transaction
from villagedesk.ui.scroll_area import ScrollArea

_TODAY = date(2026, 11, 23)


def statistics_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place, printer=SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE))
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = StatisticsScreen(patience, window)
    page.wait_for("nav_statistics")
    page.open()
    album.shoot("statistics-empty")
    for tab in ("limits", "evaluations", "open"):
        page.tab(tab)
        album.shoot(f"statistics-empty-{tab}")
    fill(village)
    page.open()
    album.shoot("statistics-cases")
    _scroll(page, album, "statistics-cases")
    for tab in ("limits", "evaluations", "open"):
        page.tab(tab)
        album.shoot(f"statistics-{tab}")
        _scroll(page, album, f"statistics-{tab}")
    page.choose_period("2026年全年")
    page.tab("cases")
    album.shoot("statistics-year")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.said() != "")
    album.shoot("statistics-which-month")
    page.choose_period("2026年10月")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "没打出来" in page.said())
    album.shoot("statistics-not-printed")
    album.close()


def fill(village: Village) -> None:
    """Some hundred cases of the last months, desk hours and days of the link."""
    assert village.desk is not None
    items = village.desk.items.all()
    now = datetime.combine(_TODAY, time(9), SHANGHAI)
    wandered = []
    for number in range(420):
        day = _TODAY - timedelta(days=number * 7 % 150)
        wandered.append(wander(number, day, 1 + number, items[number * number % 23 % len(items)], now))

    def work(transaction: Transaction) -> None:
        put_all(transaction, wandered, 7)
        seen = SystemClock().now()
        transaction.append_event(CaseEvent(STATION, seen, "王会计", Deed.LOCKED))
        for number in range(1, 23):
            day = date(2026, 11, number)
            if day.weekday() == 6:
                continue
            opened = datetime.combine(day, time(8, 20 + number), SHANGHAI)
            lines = [(0, Deed.SIGNED_IN), (190, Deed.LOCKED), (320, Deed.UNLOCKED), (560, Deed.SIGNED_OUT)]
            for minutes, deed in lines[: 3 if number == 12 else 4]:
                transaction.append_event(CaseEvent(STATION, opened + timedelta(minutes=minutes), "王会计", deed))
            up = (33_000, 31_000, 12_000, 0)[number % 4]
            transaction.add_link_time(LinkDay(day, 33_600, up))
        transaction.append_event(CaseEvent(STATION, seen, "王会计", Deed.UNLOCKED))

    village.store.write(work).result()


def _scroll(page: StatisticsScreen, album: Album, name: str) -> None:
    """The rest of a long tab."""
    for number in range(2, 5):
        (area,) = [one for one in page.window.findChildren(ScrollArea) if one.isVisible()]
        bar = area.verticalScrollBar()
        if bar.value() >= bar.maximum():
            return
        bar.setValue(bar.value() + bar.pageStep() - 40)
        album.shoot(f"{name}-{number}")
