"""Operations on cases and pages: the first run, taking in, page by page, closing, sweeping, settings."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from dataclasses import replace

from tests.faults.place import DRIVERS_NAME, Desk
from tests.store.fixtures import START, example_case
from villagedesk.domain.capture import Capture, Origin
from villagedesk.domain.case import Case, Page
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.store.sweep import sweep
from villagedesk.store.vault import PageVault

_PHOTOGRAPH = b"a photograph " * 3000


def first_run(desk: Desk) -> None:
    """Keys and database were just made; one case."""
    desk.take_in()


def take_in(desk: Desk) -> None:
    """Three cases with two pages each."""
    for _ in range(3):
        desk.take_in()


def step_by_step(desk: Desk) -> None:
    """A draft page by page, its pages turned, another case through freezing to its receipt."""
    place, case = desk.place, example_case(name=DRIVERS_NAME)
    desk.store.write(lambda t: t.put_case(case)).result()
    place.acknowledge(case=case.case_id, number=None, pages=[])
    pages = desk.pages(case.case_id, 2)
    for page, body in pages:
        desk.vault.put(page.page_id, body)
        desk.store.write(lambda t, page=page: t.add_page(page)).result()  # type: ignore[misc]
        place.acknowledge(case=case.case_id, number=None, pages=[[page.page_id, page.sha256]])
    turned = [replace(page, order=3 - page.order) for page, _body in pages]
    desk.store.write(lambda t: t.replace_pages(case.case_id, turned)).result()
    saved, row = desk.take_in(1)
    frozen = replace(row, state=SendingState.SENDING, frozen_at=START)
    sent = replace(frozen, state=SendingState.SENT, receipt=json.dumps({"receipt": str(uuid.uuid4())}))
    for step in (frozen, sent):
        desk.store.write(lambda t, step=step: t.update_outbox(step)).result()  # type: ignore[misc]
        place.acknowledge(
            case=saved.case_id,
            number=saved.local_no,
            action=row.action_id,
            payload=row.payload_sha256,
            receipt=step.receipt,
            pages=[],
        )


def photographs(desk: Desk) -> None:
    """A draft's photographs: one that waits and is kept, one kept at once, one that waits for ever; then the first
    case's end with its photographs."""
    place, case = desk.place, example_case(name=DRIVERS_NAME)
    desk.store.write(lambda t: t.put_case(case)).result()
    for order in (1, 2, 3):
        taken = _photograph(case)
        (page, body), *_ = desk.pages(case.case_id, 1)
        page = replace(page, order=order)
        aside = desk.vault.prepare(taken.capture_id, _PHOTOGRAPH)
        if order != 2:
            desk.vault.publish([aside])
            desk.store.write(lambda t, taken=taken: t.put_capture(taken)).result()  # type: ignore[misc]
            place.acknowledge(case=case.case_id, number=None, pages=[], photographs=[taken.capture_id])
            if order == 3:
                continue
            desk.vault.put(page.page_id, body)
        else:
            desk.vault.publish([aside, desk.vault.prepare(page.page_id, body)])

        def keep(transaction: Transaction, page: Page = page, taken: Capture = taken) -> None:
            transaction.put_capture(replace(taken, waits=False))
            transaction.add_page(page)
            transaction.add_origin(Origin(page.page_id, taken.capture_id, taken.framing))

        desk.store.write(keep).result()
        named = [[page.page_id, page.sha256]]
        place.acknowledge(case=case.case_id, number=None, pages=named, photographs=[taken.capture_id])
    ended = example_case(name=DRIVERS_NAME)
    old = _photograph(ended)
    desk.vault.put(old.capture_id, _PHOTOGRAPH)

    def begin(transaction: Transaction) -> None:
        transaction.put_case(ended)
        transaction.put_capture(old)

    desk.store.write(begin).result()
    desk.store.write(lambda t: t.end_captures(ended.case_id)).result()
    desk.vault.remove(old.capture_id, old.sha256)
    desk.store.write(lambda t: t.forget_ended([old.capture_id])).result()


def _photograph(case: Case) -> Capture:
    sha256 = hashlib.sha256(_PHOTOGRAPH).hexdigest()
    return Capture(str(uuid.uuid4()), case.case_id, "id_card", sha256, len(_PHOTOGRAPH), "image/jpeg", START)


def password(desk: Desk) -> None:
    """The password is changed twice, a case between."""
    desk.change_password()
    desk.take_in(1)
    desk.change_password()


def close(desk: Desk) -> None:
    """Closed after a case, opened again for another."""
    try:
        desk.take_in(1)
    finally:
        desk.close()
    again = Desk.open(desk.place)
    try:
        again.take_in(1)
    finally:
        again.close()


def sweep_orphans(desk: Desk) -> None:
    """A page without a row is set aside by a later start."""
    desk.vault.put(str(uuid.uuid4()), os.urandom(500))
    desk.take_in(1)
    key = desk.place.sign_in()
    later = replace(desk, vault=PageVault(desk.vault.folder, key.vault))
    sweep(later.store, later.vault)
    later.take_in(1)


def settings(desk: Desk) -> None:
    """Settings changed one after another; the newest confirmed ones hold."""
    for name in ("camera", "printer", "camera"):
        value = str(uuid.uuid4())
        desk.place.acknowledge(wanted=name, value=value)
        desk.store.write(lambda t, name=name, value=value: t.put_setting(name, value)).result()  # type: ignore[misc]
        desk.place.acknowledge(setting=name, value=value)
