"""A process that is killed while it holds as much unfinished business as the store can have; see test_privacy."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

from tests.store.fixtures import example_case, example_page, open_store, take_in
from villagedesk.domain.repositories import Transaction
from villagedesk.store import files

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40


def main() -> None:
    """Save cases and pages, then stand still in the middle of a transaction and of a page."""
    opened = open_store(Path(sys.argv[1]))
    for number in range(30):
        case = example_case()
        body = JPEG if number % 2 else PDF
        page = example_page(case.case_id, body)
        opened.vault.put(page.page_id, body)
        opened.store.write(lambda t, c=case: t.put_case(c)).result()  # type: ignore[misc]
        opened.store.write(lambda t, c=case, p=page: take_in(t, c, [p])).result()  # type: ignore[misc]
    vars(files)["rename_all_durably"] = lambda _pairs: stand_still("page written, not renamed")
    threading.Thread(target=opened.vault.put, args=("p", JPEG)).start()
    opened.store.write(lambda t: half_a_transaction(t)).result()


def half_a_transaction(transaction: Transaction) -> None:
    """So much that pages of it leave the cache for the disk, and no commit."""
    case = example_case()
    for _ in range(40):
        form = {"备注": case.applicant.name * 20_000}
        transaction.put_case(replace(example_case(), form=form))
    stand_still("inside a transaction")


def stand_still(where: str) -> None:
    """Say where, and wait to be killed."""
    sys.stdout.write(f"{where}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
