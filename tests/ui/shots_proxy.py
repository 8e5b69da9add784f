"""Pictures of proxy handling; part of ``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.papers.samples import images
from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import PASSWORD, Village, papers
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.proxy import BackPaperScreen, BatchScreen, ProxyScreen, TownshipForm
from tests.ui.pages.visits import VisitPicturesScreen, VisitScreen
from tests.ui.shots_settings import Album
from tests.ui.test_proxy_handling import ORGAN, PROXY, RECEIVER, TELLER, scan_of
from villagedesk.desk.handover_views import Carried
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.printing import PaperKind

_PEOPLE = ("王秀英", "䶮𬍛", "买买提江·阿不都热合曼·艾合买提吐尔逊", "李建国", "张桂兰", "赵二妞")


def proxy_pictures(album: Album, patience: Patience, place: Path) -> None:
    """All of them; ``place`` is made."""
    place.mkdir()
    village = Village(place, printer=SimulatedPrinter("窗口打印机"))
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    proxy, batch = ProxyScreen(patience, window), BatchScreen(patience, window)
    proxy.wait_for("nav_proxy")
    proxy.open()
    album.shoot("proxy-empty")
    cases = [taken_in(village, PROXY, {"name": name}) for name in _PEOPLE]
    handover = desk_of(village).handover
    early = handover.pack(dict.fromkeys(cases[4:], 4), ORGAN)
    handover.carried(early, Carried(RECEIVER))
    proxy.open()
    proxy.go_to("proxy_list", cases[1])
    proxy.press(Qt.Key.Key_Space)
    proxy.press(Qt.Key.Key_P)
    album.shoot("proxy-to-carry")
    proxy.press(Qt.Key.Key_Escape)
    number = proxy.pack(ORGAN)
    album.shoot("proxy-packed")
    proxy.open_batch(number)
    album.shoot("proxy-batch")
    batch.go_to("batch_list", cases[2])
    batch.press(Qt.Key.Key_S)
    batch.wait_for("batch_card")
    album.shoot("proxy-batch-short-asked")
    batch.press(Qt.Key.Key_Escape)
    batch.say(Qt.Key.Key_S, cases[2], counted="2", said="少了户口簿第二页")
    batch.say(Qt.Key.Key_N, cases[3], said="照片不是白底，请重新照")
    album.shoot("proxy-batch-noted")
    batch.carried(RECEIVER)
    album.shoot("proxy-batch-carried")
    batch.press(Qt.Key.Key_F6)
    back = BackPaperScreen(patience, window)
    back.wait_for("back_capture")
    album.shoot("proxy-back-paper")
    with pytest.MonkeyPatch.context() as patched:
        back.bring(patched, scan_of(desk_of(village).handover_lists.preview(number), place / "list.png"))
        album.shoot("proxy-back-paper-known")
        back.keep()
        paper = desk_of(village).printing.preview(cases[0], PaperKind.RECEIPT)
        back.bring(patched, scan_of(paper, place / "receipt.png"))
        album.shoot("proxy-back-paper-asked")
    page = TownshipForm(patience, window)
    page.find(desk_of(village).cases.case(cases[0]).case.local_no or "")
    page.choose("township")
    page.until(lambda: page.focused() == "township_change")
    album.shoot("proxy-township")
    page.take("township_change", "要求补正")
    album.shoot("proxy-township-correction")
    page.press(Qt.Key.Key_Escape)
    page.told("受理", TELLER, number="下汤2026-18")
    page.choose("township")
    page.until(lambda: page.focused() == "township_change")
    page.at_rest()
    page.take("township_change", "挂起")
    page.fill_in("township_words", "等听证会")
    page.enter()
    page.until(lambda: page.seen("township_stop_trouble"))
    album.shoot("proxy-township-suspended")
    page.press(Qt.Key.Key_Escape)
    page.told("挂起", TELLER, stop="听证", words="等听证会")
    album.shoot("proxy-case-suspended")
    page.told("恢复办理", TELLER)
    page.told("办结", TELLER, result="准予")
    page.choose("deliver")
    album.shoot("proxy-deliver")
    page.press(Qt.Key.Key_Escape)
    album.shoot("proxy-case")
    page.click("nav_today")
    page.at_rest()
    album.shoot("proxy-today")
    visits = VisitScreen(patience, window)
    visits.open()
    album.shoot("visits-empty")
    visits.press(Qt.Key.Key_N)
    album.shoot("visits-asked")
    visits.press(Qt.Key.Key_Escape)
    for name in _PEOPLE[:4]:
        visits.plan("老年人优待证", name=name, phone="13900001111", address="样张村三组9号", day="2026-11-25")
    visits.press(Qt.Key.Key_F8)
    album.shoot("visits")
    phone = place / "Camera"
    phone.mkdir()
    numbers = [one.visit.visit_no for one in desk_of(village).visits.view()]
    slips = images(desk_of(village).visits.save_papers(numbers, place).read_bytes(), 150, grey=False)
    for place_in_row, slip in enumerate(slips[1:3], start=1):
        slip.convert("RGB").save(phone / f"IMG_{place_in_row}0.png")
        (phone / f"IMG_{place_in_row}1.jpg").write_bytes(papers(3)[place_in_row])
    pictures = VisitPicturesScreen(patience, window)
    pictures.open()
    album.shoot("visit-pictures-empty")
    with pytest.MonkeyPatch.context() as patched:
        pictures.look(patched, str(phone))
    album.shoot("visit-pictures")
    pictures.bring_in()
    album.shoot("visit-pictures-done")
    album.close()
