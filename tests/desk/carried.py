"""Carried cases for tests of an item's move to the acceptance system: made quickly, one like the other."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

from tests.desk.counter import PROXY_ITEM, Window, ready_draft
from tests.domain.identity_numbers import resident
from villagedesk.desk.item_views import LocalChoice
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.sync.missing import MissingEntry, put_missing


def carried(window: Window, count: int) -> list[str]:
    """So many proxy cases with all their pages, each of its own person; gives their ids."""
    first = ready_draft(window, PROXY_ITEM)
    window.desk.intake.take_in(first)

    def work(transaction: Transaction) -> list[str]:
        case, pages = transaction.case(first), transaction.pages(first)
        found = [first]
        for number in range(1, count):
            found.append(str(uuid.uuid4()))
            local_no = transaction.take_local_no(window.clock.now().astimezone(SHANGHAI).date())
            born = date(1930 + number % 10, 1 + number % 12, 1 + number % 28)
            document = resident(f"410422{born:%Y%m%d}{number:03d}")
            sex = "male" if number % 2 else "female"
            name = f"试{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'一二三四五六七八九'[number // 10]}"
            applicant = replace(
                case.applicant, name=name, document_number=document, birth_date=born.isoformat(), sex=sex
            )
            transaction.put_case(replace(case, case_id=found[-1], applicant=applicant, local_no=local_no))
            event = CaseEvent(
                found[-1], window.clock.now(), case.clerk, "taken_in", CaseStatus.DRAFT, CaseStatus.RECEIVED
            )
            transaction.append_event(event)
            for page in pages:
                transaction.add_page(replace(page, case_id=found[-1]))
        return found

    return window.store.write(work).result()


def change(window: Window, case_id: str, **values: object) -> None:
    """Put a case as the test wants it."""

    def work(transaction: Transaction) -> None:
        case = replace(transaction.case(case_id), **values)  # type: ignore[arg-type]
        transaction.put_case(case)
        transaction.append_event(CaseEvent(case_id, window.clock.now(), "王会计", "status", None, case.status))

    window.store.write(work).result()


def to_system(window: Window) -> None:
    """The item moves now."""
    items = window.desk.items
    items.choose(PROXY_ITEM, replace(items.choice(PROXY_ITEM), mode=HandlingMode.SYSTEM))


def back_to_proxy(window: Window) -> None:
    """The item moves back, as another change."""
    window.desk.items.choose(PROXY_ITEM, LocalChoice(mode=HandlingMode.PROXY))


def there(window: Window, *entries: MissingEntry) -> None:
    """What the acceptance system holds of the station and this PC lacks."""
    window.store.write(lambda transaction: put_missing(transaction, entries)).result()


def entry_for(case: Case, number: str, **values: str) -> MissingEntry:
    """A case as the township has entered it."""
    later = "" if case.received_at is None else (case.received_at + timedelta(hours=2)).isoformat()
    entry = MissingEntry(
        str(uuid.uuid4()),
        item_name=case.item_name,
        applicant_name=case.applicant.name,
        document_number=case.applicant.document_number,
        received_at=later,
        acceptance_no=number,
        state="accepted",
    )
    return replace(entry, **values)
