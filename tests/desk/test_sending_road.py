"""What came back, against a real practice server: a refused submission and a correction go out again and arrive."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.desk.answers import none_needed
from tests.desk.counter import APPLICANT, SYSTEM_ITEM, flat_page, papers
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.app.composition import Rooms, furnish
from villagedesk.app.key_keeper import FolderKeys
from villagedesk.app.resources import resources_folder
from villagedesk.app.station_keeper import FolderStation
from villagedesk.app.support_bundle import pack
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.news import News
from villagedesk.domain.case import CaseStatus, Page
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind
from villagedesk.practice.server import PracticeServer
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.backup.keeper import MediumKeeper
from villagedesk.store.backup.writer import Source
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.assembly import engine_for
from villagedesk.sync.enrolment import stored_credential

_PATIENCE_S = 30.0
_NO_PAGES_YET = FaultSetting(faults=(Fault(kind=FaultKind.BUSY_503, routes=(RouteKind.PAGE_CREATE,), retry_after=1),))


class Road:
    """A desk whose sync engine talks to a practice server."""

    def __init__(self, folder: Path) -> None:
        self.server = PracticeServer(folder / "practice")
        self.server.start()
        station = self.server.practice.station_file()
        clock, news, key = SystemClock(), News(), DataKey.generate()
        (folder / "data").mkdir()
        self.store = store = EncryptedStore.create(folder / "data", key, clock)
        self.vault = vault = PageVault(folder / "data" / VAULT_FOLDER, key.vault)
        link = LinkWords(clock, news)
        acceptance = HttpAcceptanceSystem(
            station.address, station.ca_pem, lambda: stored_credential(store), station.division_code
        )
        engine = engine_for(store, vault, acceptance, station, clock, abort=acceptance.abort, publish=link.publish)

        def stop() -> None:
            engine.stop()
            acceptance.close()

        log, keeper = SqlAuditLog(store), FolderKeys(folder / "data", key, store)
        medium = MediumKeeper(Source(folder / "data", store, vault, key, station), clock)
        kept = FolderStation(folder / "data", lambda _renewed: None)
        rest = (news, engine.kick, stop, lambda: 10**12, log, partial(pack, folder / "data"), keeper, medium, kept)
        rooms = Rooms(store, vault, clock, None, None, link, *rest)
        engine.start()
        self.desk: Desk = furnish(rooms, resources_folder(), Acting("王会计"), station)

    def close(self) -> None:
        """Desk first, as the program does."""
        self.desk.close()
        self.server.stop()

    def official(self, case_id: str, move: str) -> None:
        """What an official does at the server's own page."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.server.practice.ca_path)
            answer = session.post(f"{self.server.address}/practice/cases/{case_id}/{move}", json={})
        assert answer.status_code == 200, answer.text

    def taken_in(self) -> str:
        """A case with a page for every paper."""
        case_id = self.desk.intake.start(SYSTEM_ITEM).case.case_id
        draft = self.desk.intake.type(case_id, APPLICANT, 2)
        flat, pages = flat_page(), []
        wanted = [line.requirement for line in draft.checklist if line.needed]
        for number, requirement in enumerate(wanted):
            data = flat.data + f"{case_id} {number}".encode()  # of this case alone: the server knows pages by content
            page_id = str(uuid.uuid4())
            place = (page_id, case_id, requirement.requirement_id, 1, self.vault.put(page_id, data), len(data))
            pages.append(Page(*place, flat.media_type, flat.width, flat.height, flat.dpi, draft.saved_at))

        def work(transaction: Transaction) -> None:
            for page in pages:
                transaction.add_page(page)

        self.store.write(work).result()
        none_needed(self.desk, case_id)
        self.desk.intake.take_in(case_id)
        return case_id

    def until(self, reached: Callable[[], bool]) -> None:
        """Look again at every news until it is so."""
        heard = threading.Event()
        end = self.desk.news.subscribe(lambda _topics: heard.set())
        try:
            while not reached():
                assert heard.wait(_PATIENCE_S), "nothing happened any more"
                heard.clear()
        finally:
            end()

    def states(self, case_id: str) -> list[tuple[int, SendingState]]:
        """Revision and state of every row of the case."""
        return [(row.revision, row.state) for row in self.desk.cases.case(case_id).outbox]


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    """Opened, and closed in order."""
    road = Road(tmp_path)
    yield road
    road.close()


def test_a_refused_submission_goes_out_again_and_arrives(road: Road) -> None:
    road.server.faults.set(_NO_PAGES_YET)
    case_id = road.taken_in()
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.WAITING)
    road.official(case_id, "reject")
    road.server.faults.set(FaultSetting())
    road.desk.sending.send_now()
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.REJECTED)
    snag = road.desk.cases.case(case_id).snag
    assert snag is not None
    assert snag.can_send_again
    assert "rejected" in snag.raw
    assert snag.reason.key == "desk.snag.in_words", "the real answer's words are found"
    assert "内容不符合要求" in str(snag.reason.params["said"])

    road.desk.sending.mend(case_id)
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.SENT)
    assert road.states(case_id) == [(1, SendingState.SUPERSEDED), (2, SendingState.SENT)]
    view = road.desk.cases.case(case_id)
    assert (view.case.status, view.snag) == (CaseStatus.SUBMITTED, None)
    assert view.outbox[-1].receipt


def test_a_correction_is_answered_with_the_next_revision(road: Road) -> None:
    case_id = road.taken_in()
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.SUBMITTED)
    road.official(case_id, "ask_correction")
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.RETURNED)
    snag = road.desk.cases.case(case_id).snag
    assert snag is not None
    assert snag.reason.params["wanted"] == "材料不清晰；请重新拍摄身份证正面"

    road.desk.sending.mend(case_id)
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.SUBMITTED)
    assert road.states(case_id) == [(1, SendingState.SENT), (2, SendingState.SENT)]
    road.official(case_id, "accept")
    road.until(lambda: road.desk.cases.case(case_id).case.acceptance_no != "")


def test_a_retaken_page_and_a_mended_phone_arrive_with_the_next_revision(road: Road, tmp_path: Path) -> None:
    case_id = road.taken_in()
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.SUBMITTED)
    road.official(case_id, "ask_correction")
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.RETURNED)
    desk = road.desk
    desk.intake.correct(case_id)
    old = next(page for page in desk.cases.case(case_id).pages if page.requirement_id == "id_card")
    desk.scanning.remove(old.page_id, case_id)
    file = tmp_path / "again.jpg"
    file.write_bytes(papers()[1])
    new = desk.scanning.keep(desk.scanning.import_file(case_id, "id_card", file).proposal_id)
    desk.intake.type(case_id, {"phone": "13800001111"}, 4)
    desk.sending.send_now()
    assert road.states(case_id) == [(1, SendingState.SENT)]

    desk.intake.send_corrected(case_id)
    road.until(lambda: desk.cases.case(case_id).case.status is CaseStatus.SUBMITTED)
    assert road.states(case_id) == [(1, SendingState.SENT), (2, SendingState.SENT)]
    receipt = desk.cases.case(case_id).outbox[-1].receipt
    assert new.sha256 in receipt
    assert old.sha256 not in receipt
