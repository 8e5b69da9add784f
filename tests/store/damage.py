"""A database with a few hundred cases, its rows by the pages they stand on, and ways to damage a copy of it."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.store.fixtures import CLERK, DAY, START, example_case, example_page, example_submit, open_store
from tests.store.old_schemas.make import dump
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.outbox import PageTransfer, SendingState
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.keys import DataKey
from villagedesk.store.recovery.pages import TABLE_LEAF
from villagedesk.store.recovery.remains import DamagedFile

PAGE = 4096
LOG_FILE = f"{DATABASE_FILE}-wal"
Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Whole:
    """An undamaged data folder.

    Args:
        history: every state a row ever had, by table: what an older page may still show.
    """

    folder: Path
    key: DataKey
    tables: Tables
    history: Tables
    pages: int

    def copied(self, target: Path) -> Path:
        """A copy to be damaged."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder, target)
        return target


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """It cannot be read for a while, as one that a virus scanner holds; after that it is as it was."""
    aside = file.with_suffix(".aside")
    file.rename(aside)
    file.mkdir()  # as root every file can be opened, but no folder as a file
    try:
        yield
    finally:
        file.rmdir()
        aside.rename(file)


def make_whole(folder: Path, cases: int, *, logged: int = 0) -> Whole:
    """Cases in many states with pages, log, outbox rows and print jobs.

    Args:
        logged: so many of them were saved last and stand in the log only, as a killed process leaves it.
    """
    opened = open_store(folder)
    chosen = random.Random(7)
    history: list[Tables] = []
    for start in range(0, cases - logged, 50):
        upto = min(start + 50, cases - logged)
        opened.store.write(lambda t, a=start, b=upto: _several(t, range(a, b), chosen)).result()  # type: ignore[misc]
        history.append(opened.store.read(_dump))
    opened.store.write(lambda t: t.put_setting("printing.printer", "纸张打印机")).result()
    again = opened.reopened()
    for number in range(cases - logged, cases):
        again.store.write(lambda t, a=number: _several(t, range(a, a + 1), chosen)).result()  # type: ignore[misc]
    tables = again.store.read(_dump)
    kept = folder / "whole"
    shutil.copytree(opened.folder, kept)
    (kept / f"{DATABASE_FILE}-shm").unlink(missing_ok=True)
    again.store.close()
    if not logged:
        (kept / LOG_FILE).unlink(missing_ok=True)
        shutil.copyfile(opened.folder / DATABASE_FILE, kept / DATABASE_FILE)
    merged: Tables = {name: [row for state in [*history, tables] for row in state[name]] for name in tables}
    return Whole(kept, opened.key, tables, merged, (kept / DATABASE_FILE).stat().st_size // PAGE)


def _dump(snapshot: Snapshot) -> Tables:
    return dump(snapshot.connection)  # type: ignore[attr-defined]


def _several(transaction: Transaction, numbers: range, chosen: random.Random) -> None:
    for number in numbers:
        moment = START + timedelta(minutes=number)
        status = chosen.choice([one for one in CaseStatus if one is not CaseStatus.DRAFT] + [CaseStatus.DRAFT] * 2)
        draft = status is CaseStatus.DRAFT
        case = example_case(
            status=status, local_no=None if draft else transaction.take_local_no(DAY), updated_at=moment
        )
        transaction.put_case(case)
        pages = [
            example_page(case.case_id, chosen.randbytes(40), order=order) for order in range(1, chosen.randint(2, 5))
        ]
        transaction.replace_pages(case.case_id, pages)
        transaction.append_event(CaseEvent(case.case_id, moment, CLERK, "draft_begun", None, CaseStatus.DRAFT))
        if draft:
            continue
        detail = {"local_no": case.local_no or ""}
        transaction.append_event(
            CaseEvent(case.case_id, moment, CLERK, "taken_in", CaseStatus.DRAFT, CaseStatus.RECEIVED, detail)
        )
        transaction.append_event(CaseEvent(case.case_id, moment, "acceptance_system", "status", None, status))
        _send(transaction, case, [page.sha256 for page in pages], chosen)
        paper = example_page(case.case_id, chosen.randbytes(20))
        job_id = f"{number:08d}-0000-4000-8000-000000000000"
        transaction.put_print_job(
            PrintJob(
                job_id,
                case.case_id,
                PaperKind.RECEIPT,
                0,
                paper.page_id,
                paper.sha256,
                PrintJobState.DONE,
                moment,
                "打",
            )
        )
        transaction.put_page_transfer(PageTransfer(pages[0].sha256, "/1", 40, 40, done=True))


def _send(transaction: Transaction, case: Case, hashes: list[str], chosen: random.Random) -> None:
    # about one payload in three goes on to pages of its own
    form = "问" * chosen.choice((10, 200, 2500))
    payload = json.dumps(
        {
            "local_no": case.local_no,
            "item_code": case.item_code,
            "item_version": 1,
            "item_name": case.item_name,
            "clerk": CLERK,
            "received_at": "2026-11-23T01:00:00.000000Z",
            "applicant": {"kind": "natural", "document_kind": "resident_id", "address": case.applicant.address}
            | {"name": case.applicant.name, "document_number": "410422190402299997", "phone": "13900009999"},
            "materials": [{"requirement_id": "id_card", "name": "居民身份证", "form": "copy", "copies": 1}],
            "form": {"情况": form},
            "manifest": hashes,
        },
        ensure_ascii=False,
    ).encode()
    row = example_submit(case, payload=payload, created_at=case.updated_at)
    state = chosen.choice((SendingState.SENT, SendingState.SENT, SendingState.QUEUED, SendingState.UPLOADING))
    if state is not SendingState.QUEUED:
        row = replace(row, frozen_at=case.updated_at)
    if state is SendingState.SENT:
        row = replace(row, receipt=json.dumps({"payload_sha256": row.payload_sha256, "pages": hashes}))
    transaction.add_outbox(replace(row, state=state))


def lose_rows(folder: Path, key: DataKey, words: str) -> int:
    """Zero each page of rows on which these words stand; gives how many there were. The log must be empty."""
    file = DamagedFile(folder / DATABASE_FILE, key.database)
    pages = {number: file.page(number) or b"" for number in range(2, file.count + 1)}
    file.close()
    lost = [number for number, page in pages.items() if page[:1] == bytes([TABLE_LEAF]) and words.encode() in page]
    with (folder / DATABASE_FILE).open("r+b") as raw:
        for number in lost:
            raw.seek((number - 1) * PAGE)
            raw.write(bytes(PAGE))
    return len(lost)


Damage = Callable[[bytearray, random.Random], None]


def _zero_pages(data: bytearray, chosen: random.Random) -> None:
    for _ in range(chosen.randint(1, 8)):
        at = chosen.randrange(len(data) // PAGE) * PAGE
        data[at : at + PAGE] = bytes(PAGE)


def _flip_bytes(data: bytearray, chosen: random.Random) -> None:
    for _ in range(chosen.randint(1, 12)):
        data[chosen.randrange(len(data))] ^= chosen.randint(1, 255)


def _overwrite_a_run(data: bytearray, chosen: random.Random) -> None:
    at, length = chosen.randrange(len(data)), chosen.randint(1, len(data) // 3)
    data[at : at + length] = chosen.randbytes(len(data[at : at + length]))


def _cut(data: bytearray, chosen: random.Random) -> None:
    del data[chosen.randrange(len(data)) :]


def _exchange_pages(data: bytearray, chosen: random.Random) -> None:
    first, second = (chosen.randrange(len(data) // PAGE) * PAGE for _ in range(2))
    data[first : first + PAGE], data[second : second + PAGE] = (
        data[second : second + PAGE],
        data[first : first + PAGE],
    )


def _first_page(data: bytearray, chosen: random.Random) -> None:
    data[chosen.randrange(16, PAGE)] ^= 1


DAMAGES: Mapping[str, Damage] = {
    "zero pages": _zero_pages,
    "flip bytes": _flip_bytes,
    "overwrite a run": _overwrite_a_run,
    "cut": _cut,
    "exchange pages": _exchange_pages,
    "first page": _first_page,
}


def damage(path: Path, kind: str, seed: int) -> set[int]:
    """Damage a file; gives the numbers of its pages that changed, from 1."""
    before = path.read_bytes()
    data = bytearray(before)
    DAMAGES[kind](data, random.Random(seed))
    path.write_bytes(data)
    return {
        at // PAGE + 1 for at in range(0, len(before), PAGE) if before[at : at + PAGE] != bytes(data[at : at + PAGE])
    }
