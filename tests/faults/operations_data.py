"""Operations on the data as a whole: an older schema brought up to date, old pages given up, a database recovered."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.catalogue.test_package import raw
from tests.faults.operations_store import take_in
from tests.faults.place import DRIVERS_NAME, Desk, Place, password
from tests.store.fixtures import CHEAP, CLERK, PASSWORD, START, FixedClock, example_case, example_submit
from villagedesk.catalogue.contents import Contents
from villagedesk.desk.catalogue_keeping import keep
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.catalogue import CatalogueOrigin
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.store import keys
from villagedesk.store.recovery.recover import recover
from villagedesk.store.sweep import sweep

_OLD_SCHEMA = Path(__file__).parents[1] / "store" / "old_schemas" / "0001"


def old_schema(place: Place) -> None:
    """A data folder of the first schema, closed in order, with every case it has confirmed."""
    shutil.copytree(_OLD_SCHEMA / "data", place.data)
    keys.change_password(place.data, CLERK, PASSWORD, password(0), CHEAP)
    rows = json.loads((_OLD_SCHEMA / "facts.json").read_text(encoding="utf-8"))["closed"]
    pages: dict[str, list[list[str]]] = {}
    for page in rows["pages"]:
        pages.setdefault(page["case_id"], []).append([page["page_id"], page["sha256"]])
    for case in rows["cases"]:
        case_id = case["case_id"]
        place.acknowledge(case=case_id, number=case["local_no"], pages=pages.get(case_id, []), older=True)
    place.acknowledge(copy_before_upgrade=True)


def delivered_long_ago(place: Place) -> None:
    """Three new cases, and two that were delivered and attested more than a year ago."""
    desk = Desk.open(place)
    take_in(desk)
    for count in (2, 3):
        _delivered(desk, count)
    desk.close()


def _delivered(desk: Desk, page_count: int) -> None:
    long_ago = START - timedelta(days=400)
    case = replace(example_case(name=DRIVERS_NAME), status=CaseStatus.DELIVERED, revision=1, received_at=long_ago)
    pages = desk.pages(case.case_id, page_count)
    for page, body in pages:
        desk.vault.put(page.page_id, body)
    row = example_submit(case)
    frozen = replace(row, state=SendingState.SENDING, frozen_at=long_ago)
    hashes = [page.sha256 for page, _body in pages]
    sent = replace(frozen, state=SendingState.SENT, receipt=json.dumps({"pages": hashes}))
    number = desk.store.write(lambda t: t.take_local_no(long_ago.date())).result()
    handed = CaseEvent(case.case_id, long_ago, CLERK, "delivered", CaseStatus.CONCLUDED, CaseStatus.DELIVERED)

    def save(transaction: Transaction) -> None:
        transaction.put_case(replace(case, local_no=number))
        transaction.replace_pages(case.case_id, [page for page, _body in pages])
        transaction.append_event(handed)
        transaction.add_outbox(row)
        transaction.update_outbox(frozen)
        transaction.update_outbox(sent)

    desk.store.write(save).result()
    named = [[page.page_id, page.sha256] for page, _body in pages]
    desk.place.acknowledge(case=case.case_id, number=number, pages=named)


def retention(desk: Desk) -> None:
    """Pages of cases delivered a year ago are given up: the row first, then the file; leftovers at the next sweep."""
    before = START - timedelta(days=365)
    for candidate in desk.store.read(lambda s: s.retention_candidates(before)):
        pages = [(page.page_id, page.sha256) for page in candidate.pages if page.held is None]
        if desk.place.mutant == "page file removed before its row":
            _remove(desk, pages)
        desk.store.write(lambda t, pages=pages: t.expire_pages(pages, before)).result()  # type: ignore[misc]
        desk.place.acknowledge(given_up=[page_id for page_id, _sha256 in pages])
        _remove(desk, pages)
    sweep(desk.store, desk.vault)
    desk.take_in(1)


def _remove(desk: Desk, pages: list[tuple[str, str]]) -> None:
    for page in pages:
        desk.vault.remove(*page)


def recover_database(place: Place) -> None:
    """A recovery, unless it was confirmed already. Nothing is damaged, so nothing may be missing afterwards."""
    if any("recovered" in fact for fact in place.confirmations()):
        return
    key = place.sign_in()
    recovered = recover(place.data, key, FixedClock(), CLERK)
    place.acknowledge(recovered=True, letter=recovered.epoch)


def install_catalogues(desk: Desk) -> None:
    """Three catalogues of the county, one after the other; the newest confirmed one holds, whole."""
    for version in (1, 2, 3):
        items = tuple(raw(code, version, organ=f"county {version}") for code in ("A", "B", "C")[:version])
        contents = Contents(items)
        desk.place.acknowledge(catalogue_wanted=contents.sha256)
        desk.store.write(
            lambda t, contents=contents, version=version: keep(  # type: ignore[misc]
                t, contents, version, START, CatalogueOrigin.FILE, START
            )
        ).result()
        desk.place.acknowledge(catalogue=contents.sha256)
