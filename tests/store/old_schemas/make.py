"""Makes the fixture of the current schema; run once per release, before the first migration after it is written:

    python -m tests.store.old_schemas.make

``<schema>/data`` is a data folder that was closed in order, ``<schema>/killed-wal`` the log a process that was killed
left beside the same database, and ``facts.json`` every row there is in the first, and what the second adds or changes.
The people are invented.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from tests.store.fixtures import CLERK, DAY, START, OpenedStore, example_case, example_page, example_submit, open_store
from villagedesk.domain.capture import Capture, Framing, Origin
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.document import PDF, Document
from villagedesk.domain.evaluation import CallBack, CallCause, Evaluation, Level, Stage
from villagedesk.domain.handover import Batch, BatchState, HandoverLine, LineOutcome
from villagedesk.domain.link_days import LinkDay
from villagedesk.domain.outbox import Operation, OutboxRow, PageTransfer, SendingState
from villagedesk.domain.paper_no import PaperMark
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.visit import Visit
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.migrations.known import KNOWN_REVISIONS
from villagedesk.store.vault import VAULT_FOLDER

HERE = Path(__file__).parent
DATA, KILLED_WAL, FACTS = "data", "killed-wal", "facts.json"
_NAMES = ("欧阳𬍛霖", "赵试一", "钱试二", "孙试三", "李试四", "周试五", "吴试六", "郑试七")
_FROZEN = frozenset(SendingState) - {SendingState.QUEUED, SendingState.CANCELLED}


def make(target: Path) -> None:
    """Write the fixture of today's schema as the folder ``target``, which must not be there."""
    with tempfile.TemporaryDirectory() as scratch:
        opened = open_store(Path(scratch))
        _fill(opened)
        opened.store.close()
        target.mkdir(parents=True)
        shutil.copytree(opened.folder, target / DATA)
        again = opened.reopened()
        closed = again.store.read(_dump)
        again.store.write(lambda transaction: _take_in(transaction, 90, CaseStatus.RECEIVED, ())).result()
        database = opened.folder / DATABASE_FILE
        if database.read_bytes() != (target / DATA / DATABASE_FILE).read_bytes():
            raise SystemExit("the log was already moved into the database; run again")
        shutil.copyfile(f"{database}-wal", target / KILLED_WAL)
        killed = again.store.read(_dump)
        facts = {
            "closed": closed,
            "killed": {name: [row for row in found if row not in closed[name]] for name, found in killed.items()},
            "files": sorted(path.name for path in (target / DATA / VAULT_FOLDER).iterdir()),
        }
        again.store.close()
    (target / FACTS).write_text(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def _fill(opened: OpenedStore) -> None:
    pages = []
    for number in range(6):
        data = f"page {number} ".encode() * 20
        page = example_page("", data, order=number % 3 + 1)
        opened.vault.put(page.page_id, data)
        pages.append(page)
    paper = example_page("", b"%PDF of a receipt")
    opened.vault.put(paper.page_id, b"%PDF of a receipt")
    photographs = [(f"photograph-{number}", f"photograph {number}".encode() * 20) for number in range(2)]
    hashes = [opened.vault.put(name, data) for name, data in photographs]

    def work(transaction: Transaction) -> None:
        # a page of the first case is reused by the second; the rest is spread over the cases that follow
        shares: dict[int, tuple[Page, ...]] = {0: tuple(pages[:3]), 1: (pages[0],), 2: (pages[3],), 3: tuple(pages[4:])}
        cases = [
            _take_in(transaction, number, status, shares.get(number, ())) for number, status in enumerate(CaseStatus)
        ]
        for number, state in enumerate(SendingState):
            transaction.add_outbox(_row(cases[number + 1], state, pages))
        # the first photograph waits for the clerk, of the second the fourth page was made
        for (name, data), sha256, waits in zip(photographs, hashes, (True, False), strict=True):
            framing = Framing(((0.1, 0.2), (0.9, 0.2), (0.9, 0.8), (0.1, 0.8)), 3, "grey")
            taken = Capture(
                name, cases[2].case_id, "id_card", sha256, len(data), "image/jpeg", START, True, framing, waits
            )
            if waits:
                taken = replace(taken, replaces=pages[3].page_id, doubt="imaging.warning.unsure")
            transaction.put_capture(taken)
        transaction.add_origin(Origin(pages[3].page_id, photographs[1][0], Framing(None, 1)))
        # a page that was sent and then replaced: still named
        transaction.replace_pages(cases[2].case_id, [])
        for page in pages[:4]:
            transfer = PageTransfer(page.sha256, "/v1/pages/1", page.byte_count, page.byte_count, done=True)
            transaction.put_page_transfer(transfer)
        transaction.put_page_transfer(PageTransfer(pages[4].sha256, "", 7, pages[4].byte_count, done=False))
        for number, job_state in enumerate(PrintJobState):
            transaction.put_print_job(
                PrintJob(
                    f"00000000-0000-4000-8000-00000000000{number}",
                    cases[number + 1].case_id,
                    PaperKind.RECEIPT,
                    number,
                    paper.page_id,
                    paper.sha256,
                    job_state,
                    START,
                    "纸张打印机" if job_state is PrintJobState.DONE else "",
                    "printer.no_paper" if job_state is PrintJobState.FAILED else "",
                )
            )
        coming = Document(cases[3].case_id, "result-1", "准予决定书", PDF, 9, "a" * 64, START)
        transaction.put_document(coming)
        transaction.add_document_part(coming, b"%PDF")
        transaction.put_document(replace(coming, bytes_here=4))
        _carry(transaction, cases)
        transaction.put_setting("sync.cursor", "17")
        transaction.put_setting("printing.printer", "纸张打印机")

    opened.store.write(work).result()


def _carry(transaction: Transaction, cases: list[Case]) -> None:
    """What the tables of proxy handling hold: a batch at the township, a visit, a poor word and the call it led to."""
    first, second = cases[1], cases[2]
    lines = [
        HandoverLine(first.case_id, 2, 3, 4, LineOutcome.TAKEN),
        HandoverLine(second.case_id, 1, 1, 5, LineOutcome.SHORT, 4, "少一页"),
    ]
    batch_no, visit_no = (f"{mark}{transaction.take_local_no(DAY)}" for mark in (PaperMark.BATCH, PaperMark.VISIT))
    batch = Batch(batch_no, BatchState.CARRIED, "样张镇便民服务中心", CLERK, START, lines, "2026-11-24", "收件人")
    transaction.put_batch(batch)
    transaction.put_case(replace(first, township_no="样张2026-18"))
    transaction.put_visit(Visit(visit_no, cases[0].case_id, "2026-11-25", "家中有人", START, CLERK))
    transaction.add_evaluation(Evaluation(second.case_id, Stage.INTAKE, Level.POOR, "slow\n等了很久", START, CLERK))
    transaction.put_call_back(CallBack("55555555-5555-4555-8555-000000000001", second.case_id, CallCause.POOR, DAY))
    transaction.add_link_time(LinkDay(DAY, 3600, 3000))


def _take_in(transaction: Transaction, number: int, status: CaseStatus, pages: tuple[Page, ...]) -> Case:
    moment = START + timedelta(minutes=number)
    case = example_case(
        name=_NAMES[number % len(_NAMES)],
        status=status,
        local_no=None if status is CaseStatus.DRAFT else transaction.take_local_no(DAY),
        updated_at=moment,
        case_id=f"11111111-1111-4111-8111-{number:012d}",
    )
    if status not in (CaseStatus.DRAFT, CaseStatus.RECEIVED, CaseStatus.SUBMITTED):
        case = replace(
            case,
            acceptance_no=f"XX2026-{number:04d}",
            query_code="8841",
            accepted_at=moment,
            limit_date="2026-12-31",
            accepting_organ="某县医疗保障局",
        )
    transaction.put_case(case)
    transaction.replace_pages(case.case_id, [replace(page, case_id=case.case_id) for page in pages])
    transaction.append_event(CaseEvent(case.case_id, moment, CLERK, "draft_begun", None, CaseStatus.DRAFT))
    if status is not CaseStatus.DRAFT:
        detail = {"local_no": case.local_no or ""}
        taken = CaseEvent(case.case_id, moment, CLERK, "taken_in", CaseStatus.DRAFT, CaseStatus.RECEIVED, detail)
        transaction.append_event(taken)
    if status not in (CaseStatus.DRAFT, CaseStatus.RECEIVED):
        transaction.append_event(
            CaseEvent(case.case_id, moment, "acceptance_system", "status", CaseStatus.RECEIVED, status)
        )
    return case


def _row(case: Case, state: SendingState, pages: list[Page]) -> OutboxRow:
    row = example_submit(case, created_at=case.updated_at)
    action_id = hashlib.sha256(case.case_id.encode()).hexdigest()
    row = replace(row, action_id=f"{action_id[:8]}-{action_id[8:12]}-4{action_id[13:16]}-8000-{action_id[20:32]}")
    if state is SendingState.DONE:
        row = replace(row, operation=Operation.DELIVER, revision=0)
    if state in _FROZEN:
        row = replace(row, frozen_at=case.updated_at)
    if state in (SendingState.SENT, SendingState.DONE):
        hashes = [page.sha256 for page in pages]
        row = replace(row, receipt=json.dumps({"payload_sha256": row.payload_sha256, "pages": hashes}))
    if state in (SendingState.WAITING, SendingState.PAUSED, SendingState.LOGIN):
        row = replace(row, return_state=SendingState.SENDING, attempts=3, reason_key="sync.reason.no_connection")
    if state in (SendingState.REJECTED, SendingState.CONFLICT):
        row = replace(row, reason_key="sync.reason.rejected", reason_raw="材料不清晰")
    return replace(row, state=state)


def _dump(snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    return dump(snapshot.connection)  # type: ignore[attr-defined]


def dump(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table by column, bytes as hex, so that it can be kept as JSON."""
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in [name for name in names if not name.startswith("sqlite_")]:
        found = connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1')).mappings()
        tables[name] = [
            {column: value.hex() if isinstance(value, bytes) else value for column, value in row.items()}
            for row in found
        ]
    return tables


if __name__ == "__main__":
    make(HERE / KNOWN_REVISIONS[-1])
    sys.stdout.write(f"made {HERE / KNOWN_REVISIONS[-1]}\n")
