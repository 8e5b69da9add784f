"""The capture journal in the store: named while it is wanted, gone when its case is through, whatever ends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.fixtures import START, FixedClock, OpenedStore, example_case, example_page, take_in
from villagedesk.domain.capture import Capture, Framing, Origin
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.repositories import Transaction
from villagedesk.store.recovery.recover import recover
from villagedesk.store.sweep import missing_pages, sweep
from villagedesk.store.vault import ORPHANS_FOLDER, VAULT_FOLDER, PageVault

PHOTOGRAPH = b"a photograph " * 99
CORNERS = ((0.1, 0.2), (0.9, 0.2), (0.9, 0.8), (0.1, 0.8))


def put(opened: OpenedStore, work: object) -> None:
    opened.store.write(work).result()  # type: ignore[arg-type]


def photographed(opened: OpenedStore, case: Case, name: str = "photograph", *, waits: bool = True) -> Capture:
    """A case with one photograph; its file lies in the vault."""
    sha256 = opened.vault.put(name, PHOTOGRAPH)
    framing = Framing(CORNERS, 3, "grey", dpi=299.5)
    taken = Capture(name, case.case_id, "id_card", sha256, len(PHOTOGRAPH), "image/jpeg", START, True, framing, waits)
    taken = replace(taken, replaces="a page", doubt="imaging.warning.unsure")

    def work(transaction: Transaction) -> None:
        transaction.put_case(case)
        transaction.put_capture(taken)

    put(opened, work)
    return taken


def captures(opened: OpenedStore, case: Case) -> list[Capture]:
    return list(opened.store.read(lambda snapshot: snapshot.captures(case.case_id)))


def ended(opened: OpenedStore) -> list[str]:
    return [name for name, _ in opened.store.read(lambda snapshot: snapshot.ended_captures())]


def test_a_photograph_is_there_after_a_restart_as_it_was_and_no_orphan(opened: OpenedStore) -> None:
    case = example_case()
    taken = photographed(opened, case)
    again = opened.reopened()
    try:
        assert captures(again, case) == [taken]
        assert sweep(again.store, again.vault) == 0
        assert again.vault.get(taken.capture_id, taken.sha256) == PHOTOGRAPH
        assert not missing_pages(again.store, again.vault)
        again.vault.remove(taken.capture_id, taken.sha256)
        assert missing_pages(again.store, again.vault) == {taken.capture_id}
    finally:
        again.store.close()


def test_what_a_page_was_made_of_is_told_until_the_photograph_ends(opened: OpenedStore) -> None:
    case = example_case()
    taken = photographed(opened, case)
    page = example_page(case.case_id, b"page")
    framing = Framing(None, 1)
    kept = replace(taken, waits=False)

    def keep(transaction: Transaction) -> None:
        transaction.add_page(page)
        transaction.put_capture(kept)
        transaction.add_origin(Origin(page.page_id, taken.capture_id, framing))

    put(opened, keep)
    assert captures(opened, case) == [kept]
    (origin,) = opened.store.read(lambda snapshot: snapshot.origins(page.page_id))
    assert (origin.capture_id, origin.framing) == (taken.capture_id, framing)
    put(opened, lambda transaction: transaction.end_captures(case.case_id, [taken.capture_id]))
    assert not opened.store.read(lambda snapshot: snapshot.origins(page.page_id))
    assert ended(opened) == [taken.capture_id]


def test_an_origin_without_its_photograph_is_refused(opened: OpenedStore) -> None:
    with pytest.raises(ValueError, match="origin refused"):
        put(opened, lambda transaction: transaction.add_origin(Origin("page", "nothing", Framing())))


def test_a_photograph_of_no_case_or_one_that_ended_is_refused(opened: OpenedStore) -> None:
    case = example_case()
    taken = photographed(opened, case)
    with pytest.raises(ValueError, match="photograph refused"):
        put(opened, lambda transaction: transaction.put_capture(replace(taken, capture_id="b", case_id="nobody")))
    put(opened, lambda transaction: transaction.end_captures(case.case_id))
    with pytest.raises(ValueError, match="photograph refused"):
        put(opened, lambda transaction: transaction.put_capture(taken))


def test_photographs_end_when_the_papers_are_taken_in(opened: OpenedStore) -> None:
    case = example_case()
    taken = photographed(opened, case)
    other = photographed(opened, example_case(), "another")
    put(opened, lambda transaction: take_in(transaction, case, []))
    assert ended(opened) == [taken.capture_id]
    assert opened.store.read(lambda snapshot: snapshot.captures(other.case_id)) == [other]


@pytest.mark.parametrize(
    "status",
    [
        CaseStatus.WITHDRAWN,
        CaseStatus.VOID,
        CaseStatus.RETURNED_TO_APPLICANT,
        CaseStatus.ARCHIVED,
        CaseStatus.DELIVERED,
    ],
)
def test_photographs_end_with_the_case_whoever_ends_it(opened: OpenedStore, status: CaseStatus) -> None:
    case = example_case(status=CaseStatus.RECEIVED, local_no="261123-A-0001-K")
    taken = photographed(opened, case)
    put(opened, lambda transaction: transaction.put_case(replace(case, status=CaseStatus.IN_PROCESS)))
    assert captures(opened, case) == [taken]
    put(opened, lambda transaction: transaction.put_case(replace(case, status=status)))
    assert ended(opened) == [taken.capture_id] and not captures(opened, case)


def test_photographs_end_with_the_draft_and_with_the_correction(opened: OpenedStore) -> None:
    draft, corrected = example_case(), example_case(status=CaseStatus.RETURNED, local_no="261123-A-0002-K")
    first, second = photographed(opened, draft, "first"), photographed(opened, corrected, "second")
    put(opened, lambda transaction: transaction.remove_draft(draft.case_id))
    assert ended(opened) == [first.capture_id]
    put(opened, lambda transaction: transaction.end_correction(corrected.case_id))
    assert sorted(ended(opened)) == [first.capture_id, second.capture_id]


def test_what_a_crash_left_of_an_ended_photograph_goes_at_the_next_start_and_is_no_orphan(opened: OpenedStore) -> None:
    case = example_case()
    taken = photographed(opened, case)
    put(opened, lambda transaction: transaction.end_captures(case.case_id))
    again = opened.reopened()
    try:
        assert again.vault.verify(taken.capture_id, taken.sha256)
        assert sweep(again.store, again.vault) == 0
        assert list(again.vault.stored()) == [] and not ended(again)
        assert not (again.folder / VAULT_FOLDER / ORPHANS_FOLDER).exists()
    finally:
        again.store.close()


def test_the_database_itself_keeps_a_wanted_photograph(opened: OpenedStore) -> None:
    """By whatever statement: it is not given up, not ended while a row names it, and it stays what it is (I9)."""
    taken = photographed(opened, example_case())
    values = f"('{taken.capture_id}', '{taken.sha256}'"
    for statement in (
        f"INSERT INTO expired_pages VALUES {values}, '2026-11-23T01:00:00.000000Z')",
        f"INSERT INTO ended_captures VALUES {values})",
        "UPDATE captures SET sha256 = 'x'",
    ):
        with pytest.raises(ValueError, match="refused by the database"):
            put(opened, lambda transaction, statement=statement: transaction.connection.exec_driver_sql(statement))


def test_prepared_files_become_pages_together_and_leave_nothing_when_given_up(opened: OpenedStore) -> None:
    vault = opened.vault
    first, second = vault.prepare("first", b"1"), vault.prepare("second", b"2" * 99)
    assert list(vault.stored()) == [] and second.byte_count == 99
    vault.publish([first, second])
    assert vault.get("first", first.sha256) == b"1" and vault.get("second", second.sha256) == b"2" * 99
    vault.give_up([vault.prepare("third", b"3")])
    assert len(list(vault.folder.iterdir())) == 2


def test_a_recovery_keeps_photographs_and_what_pages_were_made_of(opened: OpenedStore) -> None:
    case = example_case()
    taken = replace(photographed(opened, case), waits=False)
    page = example_page(case.case_id, b"page")
    opened.vault.put(page.page_id, b"page")
    origin = Origin(page.page_id, taken.capture_id, Framing(CORNERS))

    def keep(transaction: Transaction) -> None:
        transaction.put_capture(taken)
        transaction.add_page(page)
        transaction.add_origin(origin)
        transaction.append_event(CaseEvent(case.case_id, START, "x", "page_added"))

    put(opened, keep)
    gone = photographed(opened, case, "gone")
    put(opened, lambda transaction: transaction.end_captures(case.case_id, [gone.capture_id]))
    opened.store.close()
    recover(opened.folder, opened.key, FixedClock(), "x")
    again = replace(opened, vault=PageVault(opened.folder / VAULT_FOLDER, opened.key.vault)).reopened()
    try:
        assert captures(again, case) == [taken] and ended(again) == [gone.capture_id]
        assert list(again.store.read(lambda snapshot: snapshot.origins(page.page_id))) == [origin]
        assert not missing_pages(again.store, again.vault)
    finally:
        again.store.close()
