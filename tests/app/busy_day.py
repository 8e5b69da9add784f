"""A day at the window in a process of its own: to be killed at a moment that is named, or to come to its evening."""

from __future__ import annotations

import json
import struct
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.app.test_whole_road import entry_of, until
from tests.desk.answers import none_needed
from tests.desk.counter import SYSTEM_ITEM, papers
from tests.domain.identity_numbers import resident
from villagedesk.app import fault_reports
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.run_options import RunOptions
from villagedesk.desk.desk import Desk
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.progress import Progress
from villagedesk.domain.station import StationFile
from villagedesk.store import files

CLERK, PASSWORD = "王会计", "老槐树下1962"
NAME, PINYIN = "欧阳𬍛䶮", "ouyang"
ID_NUMBER, PHONE, ADDRESS = resident("41042219560708999"), "13900008642", "样张村石榴巷七号"
PHOTO_MARK = "MARK-OF-THE-PHOTOGRAPH-8642"
MARKS = (NAME, NAME[:3], PINYIN, ID_NUMBER, PHONE, ADDRESS, ADDRESS[3:6], PHOTO_MARK, PASSWORD)
MOMENTS = ("typing", "page", "taken in", "backing up", "exporting")


def lay_out(place: Path) -> None:
    """The folders of the day, and photographs with a mark in each."""
    for name in ("pc/tmp", "pc/home", "medium", "usb", "table"):
        (place / name).mkdir(parents=True)
    comment = PHOTO_MARK.encode()
    for number, picture in enumerate(papers()):
        block = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
        (place / "table" / f"{number}.jpg").write_bytes(picture[:2] + block + picture[2:])


def stand_still(moment: str) -> None:
    """Say which moment it is, and wait to be killed."""
    sys.stdout.write(f"{moment}\n")
    sys.stdout.flush()
    threading.Event().wait()


def main() -> None:
    """Arguments: the place, the moment ("evening" for the whole day)."""
    place, moment = Path(sys.argv[1]), sys.argv[2]
    entry = entry_of(RunOptions(place / "pc" / "data", f"simulated:{place / 'table'}", f"file:{place / 'printed'}"))
    if not entry.state().set_up:
        entry.set_up(StationFile.from_bytes((place / "station.json").read_bytes()), CLERK, PASSWORD)
    desk = entry.sign_in(CLERK, PASSWORD)
    case_id = _take_in(desk, moment)
    desk.backup.set_target(place / "medium")
    desk.backup.back_up(_still_at(1, moment == "backing up", moment))
    exported = desk.archive.export([case_id], place / "usb", _still_at(1, moment == "exporting", moment))
    _look_around(desk, case_id)
    _fail_with_personal_data(place)
    now = datetime.now(UTC)
    desk.audit.export(place / "usb" / "log.xlsx", now - timedelta(days=1), now + timedelta(days=1))
    desk.support.bundle(place / "usb")
    desk.retention.set_months(12)
    desk.retention.run(desk.retention.plan())
    entry.note_locked()
    entry.unlock(CLERK, PASSWORD)
    entry.sign_out()
    sys.stdout.write(json.dumps({"passphrase": exported.passphrase}) + "\n")


def _take_in(desk: Desk, moment: str) -> str:
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    fields = {"name": NAME, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}
    view = desk.intake.type(case_id, fields, 2)
    if moment == "typing":
        stand_still(moment)
    for requirement in [line.requirement for line in view.checklist if line.needed]:
        proposal = desk.scanning.capture(case_id, requirement.requirement_id)
        if moment == "page":
            vars(files)["rename_all_durably"] = lambda _pairs: stand_still(moment)
        desk.scanning.keep(proposal.proposal_id)
    none_needed(desk, case_id)
    desk.intake.take_in(case_id)
    desk.printing.print(case_id, PaperKind.RECEIPT)
    if moment == "taken in":
        stand_still(moment)
    until(desk, lambda: desk.cases.case(case_id).case.acceptance_no != "")
    desk.printing.print(case_id, PaperKind.ACCEPTANCE_NOTICE)
    until(desk, lambda: all(paper.jobs and paper.jobs[0].where for paper in desk.cases.case(case_id).papers[:2]))
    return case_id


def _still_at(step: int, wanted: bool, moment: str) -> Progress:
    def told(done: int, _total: int) -> None:
        if wanted and done >= step:
            stand_still(moment)

    return told


def _look_around(desk: Desk, case_id: str) -> None:
    desk.audit.viewed(case_id)
    for page in desk.cases.case(case_id).pages:
        desk.audit.page_viewed(case_id, page.page_id)
        desk.scanning.thumbnail(page.page_id, case_id, 200)
    desk.audit.unmasked(case_id, "phone")
    assert len(desk.cases.find(NAME[:2])) > 0
    desk.backup.check()


def _fail_with_personal_data(place: Path) -> None:
    """A fault of the program whose exception holds what a person said."""
    try:
        raise ValueError(f"{NAME} {ID_NUMBER} {PHONE} {ADDRESS}")
    except ValueError as error:
        fault_reports.write_report(fault_reports_folder(place / "pc" / "data"), error, "MainThread")


if __name__ == "__main__":
    main()
