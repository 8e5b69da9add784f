"""What must hold at village and county once both were killed many times, went on, and came to rest."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.faults.crash_check import Verdict
from tests.faults.kills_village import KEY, all_rows, open_village
from tests.faults.place import Place
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.store.database import EncryptedStore
from villagedesk.store.vault import VAULT_FOLDER, PageVault


class County:
    """What the county holds, read from its disk.

    Args:
        folder: of the practice system, which does not run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with closing(sqlite3.connect(folder / "acceptance.sqlite")) as database:
            self.revisions: list[tuple[str, int, str, str]] = database.execute(
                "SELECT case_id, revision, state, payload_sha256 FROM revisions"
            ).fetchall()
            self.receipts: list[tuple[str, str]] = database.execute(
                "SELECT case_id, receipt_id FROM receipts"
            ).fetchall()
            self.numbers: list[str] = [row[0] for row in database.execute("SELECT local_no FROM cases")]
            self.actions = Counter(row[0] for row in database.execute("SELECT case_id FROM actions"))
            self._pages = {row[0] for row in database.execute("SELECT sha256 FROM pages")}

    def lacks(self, row: OutboxRow) -> str:
        """What of a revision is not there whole, "" when nothing is missing."""
        held = [found for found in self.revisions if found[0] == row.case_id and found[1] == row.revision]
        if [found[2:] for found in held] != [("committed", row.payload_sha256)]:
            return f"held as {held}"
        for entry in RevisionPayload.model_validate_json(row.payload).manifest:
            file = self._folder / "pages" / entry.sha256[:2] / entry.sha256
            if entry.sha256 not in self._pages or not file.exists():
                return f"page {entry.order} is missing"
            if hashlib.sha256(file.read_bytes()).hexdigest() != entry.sha256:
                return f"page {entry.order} is another"
        return ""


def judge(place: Place) -> Verdict:
    """Compare what was confirmed, what the village's store says, and what the county holds. Neither may be running."""
    verdict = Verdict()
    county = County(place.root / "county")
    store = open_village(place)
    try:
        rows = {row.action_id: row for row in store.read(all_rows)}
        _confirmed(place, store, rows, county, verdict)
        _settled(list(rows.values()), county, verdict)
        if store.verify_chain() is not None:
            verdict.untruthful.append("the log's chain is broken")
    finally:
        store.close()
    return verdict


def _confirmed(
    place: Place, store: EncryptedStore, rows: dict[str, OutboxRow], county: County, verdict: Verdict
) -> None:
    vault = PageVault(place.data / VAULT_FOLDER, KEY.vault)
    for fact in place.confirmations():
        verdict.acknowledged += 1
        action = str(fact.get("action") or fact.get("sent") or fact.get("done"))
        row = rows.get(action)
        if row is None:
            verdict.lost.append(f"{fact}: no such row")
        elif "case" in fact:
            pages = store.read(lambda snapshot, name=row.case_id: snapshot.pages(name))  # type: ignore[misc]
            if [[page.page_id, page.sha256] for page in pages] != fact["pages"]:
                verdict.lost.append(f"{action}: pages")
            verdict.lost += [page.page_id for page in pages if not vault.verify(page.page_id, page.sha256)]
            if row.payload_sha256 != fact["payload"]:
                verdict.untruthful.append(f"{action}: other bytes")
        elif "sent" in fact:
            if lacks := county.lacks(row):
                verdict.lost.append(f"{action} was called sent: {lacks}")
            elif (row.case_id, fact["receipt"]) not in county.receipts:
                verdict.untruthful.append(f"{action} was called sent without a receipt of the county's")


def _settled(rows: Sequence[OutboxRow], county: County, verdict: Verdict) -> None:
    evaluations = Counter(row.case_id for row in rows if row.operation is Operation.EVALUATE)
    for row in rows:
        wanted = SendingState.SENT if row.operation is Operation.SUBMIT else SendingState.DONE
        if row.state is not wanted:
            verdict.untruthful.append(f"{row.action_id} ends as {row.state} {row.reason_key} {row.reason_raw}")
        elif wanted is SendingState.SENT and (lacks := county.lacks(row)):
            verdict.lost.append(f"{row.action_id}: {lacks}")
    verdict.lost += [f"action of {case_id}" for case_id in evaluations - county.actions]
    verdict.doubled += [f"action of {case_id}" for case_id in county.actions - evaluations]
    known = {(row.case_id, row.revision) for row in rows if row.operation is Operation.SUBMIT}
    verdict.doubled += [f"{held[0]}: nobody's" for held in county.revisions if held[:2] not in known]
    for name, counted in (
        ("case", Counter(case_id for case_id, _receipt in county.receipts)),
        ("number", Counter(county.numbers)),
    ):
        verdict.doubled += [f"{name} {one}" for one, count in counted.items() if count > 1]
