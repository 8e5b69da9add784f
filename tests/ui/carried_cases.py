"""Carried cases behind the screens: as many as wanted, of one item, each of its own person, with their pages."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of, take_in_quickly
from tests.ui.desk_at_hand import CLERK, ITEM_WORDS, Village
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.case import Applicant, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.sync.missing import MissingEntry, put_missing

_FIRST_NAMES = "秀英桂兰建国玉梅文山志强春花福生翠平长河"


def carried_item(village: Village) -> str:
    """An item that this village carries; gives its code."""
    items = desk_of(village).items
    code = items.search(ITEM_WORDS)[0].code
    items.choose(code, replace(items.choice(code), mode=HandlingMode.PROXY))
    return code


def carry(village: Village, count: int) -> list[str]:
    """So many carried cases, taken in over the last days; gives their ids."""
    carried_item(village)
    first, _ = take_in_quickly(village)
    now = SystemClock().now()

    def work(transaction: Transaction) -> list[str]:
        case, pages, found = transaction.case(first), transaction.pages(first), [first]
        for number in range(1, count):
            at = now - timedelta(days=number % 9, minutes=number)
            found.append(str(uuid.uuid4()))
            local_no = transaction.take_local_no(at.astimezone(SHANGHAI).date())
            made = replace(case, case_id=found[-1], local_no=local_no, received_at=at, applicant=person(number))
            transaction.put_case(made)
            event = CaseEvent(found[-1], at, CLERK, "taken_in", CaseStatus.DRAFT, CaseStatus.RECEIVED)
            transaction.append_event(event)
            for page in pages:
                transaction.add_page(replace(page, case_id=found[-1]))
        return found

    return village.store.write(work).result()


def person(number: int) -> Applicant:
    """An invented villager."""
    born = date(1950 + number % 30, 1 + number % 12, 1 + number % 28)
    surname, first = "王李张刘陈杨赵黄周吴"[number % 10], _FIRST_NAMES[number % 10 * 2 : number % 10 * 2 + 2]
    name = f"{surname}{first}" if number < 10 else f"{surname}{first[0]}{_FIRST_NAMES[number % 7]}"
    sex = "male" if number % 2 else "female"
    document = resident(f"410422{born:%Y%m%d}{number:03d}")
    return Applicant(
        name, "resident_id", document, f"139000{number:05d}", "样张村二组", birth_date=born.isoformat(), sex=sex
    )


def put(village: Village, case_id: str, **values: object) -> None:
    """A case as the test wants it."""

    def work(transaction: Transaction) -> None:
        case = replace(transaction.case(case_id), **values)  # type: ignore[arg-type]
        transaction.put_case(case)
        transaction.append_event(CaseEvent(case_id, datetime.now(UTC), CLERK, "status", None, case.status))

    village.store.write(work).result()


def without_a_paper(village: Village, case_id: str) -> None:
    """One paper of the case has no page."""

    def work(transaction: Transaction) -> None:
        case, pages = transaction.case(case_id), list(transaction.pages(case_id))
        gone = pages[0].requirement_id
        transaction.replace_pages(case_id, [page for page in pages if page.requirement_id != gone])
        materials = tuple(one for one in case.materials if one.requirement_id != gone)
        transaction.put_case(replace(case, materials=materials))

    village.store.write(work).result()


def entered_there(village: Village, case_id: str, number: str, *, person_of: str = "") -> MissingEntry:
    """The acceptance system has it under that number, of the same person or of another case's."""
    case = village.store.read(lambda snapshot: snapshot.case(case_id))
    whose = village.store.read(lambda snapshot: snapshot.case(person_of or case_id)).applicant
    return MissingEntry(
        str(uuid.uuid4()),
        item_name=case.item_name,
        applicant_name=whose.name,
        document_number=whose.document_number,
        acceptance_no=number,
        state="accepted",
    )


def there(village: Village, *entries: MissingEntry) -> None:
    """What the acceptance system holds of the station and this PC lacks."""
    village.store.write(lambda transaction: put_missing(transaction, entries)).result()
