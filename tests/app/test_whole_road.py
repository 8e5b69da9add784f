"""The composed desk against a real practice server: taken in with the link down, sent and accepted when it is up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.desk.answers import none_needed
from tests.desk.counter import APPLICANT, SYSTEM_ITEM, papers
from villagedesk.app.composition import open_desk
from villagedesk.app.gui import Media
from villagedesk.app.premises import DataFolder
from villagedesk.app.run_options import RunOptions
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.desk.entry import Entry
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.station import StationFile
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.server import PracticeServer
from villagedesk.store.vault import ORPHANS_FOLDER, VAULT_FOLDER

PASSWORD = "老槐树下1962"
_PATIENCE_S = 60.0


def entry_of(options: RunOptions) -> Entry:
    def opener(acting: Acting, key: object, station: StationFile) -> Desk:
        return open_desk(options, lambda work: work(), Media(), acting, key, station)

    return Entry(DataFolder(options.data_folder, SystemClock()), opener)


def until(desk: Desk, reached: Callable[[], bool]) -> None:
    """Look again at every news until it is so."""
    heard = threading.Event()
    end = desk.news.subscribe(lambda _topics: heard.set())
    try:
        while not reached():
            assert heard.wait(_PATIENCE_S), "nothing happened any more"
            heard.clear()
    finally:
        end()


def test_a_case_taken_in_offline_is_sent_and_accepted_by_itself(tmp_path: Path) -> None:
    table = tmp_path / "table"
    table.mkdir()
    for number, picture in enumerate(papers()):
        (table / f"{number}.jpg").write_bytes(picture)
    server = PracticeServer(tmp_path / "practice", autopilot=AutopilotSetting(accept_after_seconds=0))
    options = RunOptions(tmp_path / "data", f"simulated:{table}", f"file:{tmp_path / 'printed'}")
    entry = entry_of(options)
    entry.set_up(server.practice.station_file(), "王会计", PASSWORD)

    desk = entry.sign_in("王会计", PASSWORD)
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    draft = desk.intake.type(case_id, APPLICANT, 2)
    for requirement in [line.requirement for line in draft.checklist if line.needed]:
        desk.scanning.keep(desk.scanning.capture(case_id, requirement.requirement_id).proposal_id)
    none_needed(desk, case_id)
    taken = desk.intake.take_in(case_id)
    desk.printing.print(case_id, PaperKind.RECEIPT)
    until(desk, lambda: desk.cases.case(case_id).papers[0].jobs[0].where != "")
    assert not desk.sending.view().online
    assert desk.cases.case(case_id).case.status is CaseStatus.RECEIVED
    entry.close()
    assert entry.state().waiting == 1
    orphan = tmp_path / "data" / VAULT_FOLDER / ("0" * 64)
    orphan.write_bytes(b"left by a crash between file and row")

    server.start()
    try:
        desk = entry.sign_in("王会计", PASSWORD)
        until(desk, lambda: desk.cases.case(case_id).case.acceptance_no != "")
        view = desk.cases.case(case_id)
        assert view.case.status is CaseStatus.ACCEPTED
        assert view.case.local_no == taken.local_no
        assert view.case.query_code
        assert desk.sending.view().online
        assert view.papers[1].printable
        desk.printing.print(case_id, PaperKind.ACCEPTANCE_NOTICE)
        until(desk, lambda: desk.cases.case(case_id).papers[1].jobs[0].where != "")
        assert len(list((tmp_path / "printed").glob("*.pdf"))) == 2
        kinds = [event.kind for event in view.events]
        assert kinds.index("taken_in") < kinds.index("sent") < len(kinds)
        entry.close()
        assert entry.state().waiting == 0
        assert not orphan.exists()
        assert (orphan.parent / ORPHANS_FOLDER / orphan.name).exists()
    finally:
        entry.close()
        server.stop()


def test_a_folder_whose_first_run_was_cut_off_before_its_database_is_opened(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path / "practice")
    options = RunOptions(tmp_path / "data", "none", "none")
    entry = entry_of(options)
    entry.set_up(server.practice.station_file(), "王会计", PASSWORD)
    for file in options.data_folder.glob("villagedesk.db*"):
        file.unlink()
    (options.data_folder / "status.json").unlink(missing_ok=True)
    desk = entry_of(replace(options)).sign_in("王会计", PASSWORD)
    try:
        assert desk.cases.today().rows == ()
        assert [line.ready for line in desk.devices()] == [False, False]
    finally:
        desk.close()
