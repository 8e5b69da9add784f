"""Cases, pages, lists and search on the real encrypted store."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.fixtures import (
    DAY,
    NAME,
    START,
    OpenedStore,
    example_case,
    example_page,
    example_submit,
    take_in,
)
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.case_query import CaseQuery, QueryWord
from villagedesk.domain.outbox import PageTransfer
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.repositories import Store, Transaction, Vault


def write(opened: OpenedStore, *steps: Callable[[Transaction], object]) -> None:
    """All steps in one transaction."""

    def work(transaction: Transaction) -> None:
        for step in steps:
            step(transaction)

    opened.store.write(work).result()


def put(opened: OpenedStore, *cases: Case) -> None:
    write(opened, *(lambda t, case=case: t.put_case(case) for case in cases))


def query(text: str) -> CaseQuery:
    return CaseQuery(tuple(QueryWord(word) for word in text.split()))


def found(opened: OpenedStore, text: str) -> list[str]:
    return [line.case_id for line in opened.store.read(lambda s: s.find_cases(query(text), 1000)).lines]


def test_it_is_what_the_domain_asks_for(opened: OpenedStore) -> None:
    store: Store = opened.store
    vault: Vault = opened.vault
    assert store.read(lambda s: s.case_lines(1)) == [] and list(vault.stored()) == []


def test_a_case_comes_back_as_it_was_put_also_after_a_restart(opened: OpenedStore) -> None:
    case = replace(
        example_case(),
        form={"参保年度": "2027", "备注": "含\n换行 “引号” 𬍛"},
        acceptance_no="411000-X",
        query_code="7788",
        remote_state="0x07",
        accepted_at=START + timedelta(microseconds=1),
        limit_date="2026-12-01",
        lookup_url="https://county.example/lookup",
    )
    put(opened, case)
    assert opened.store.read(lambda s: s.case(case.case_id)) == case
    again = opened.reopened()
    assert again.store.read(lambda s: s.case(case.case_id)) == case
    again.store.close()


def test_an_unknown_case_is_a_key_error(opened: OpenedStore) -> None:
    with pytest.raises(KeyError):
        opened.store.read(lambda s: s.case("nobody's"))


def test_a_number_finds_its_case(opened: OpenedStore) -> None:
    case = example_case()
    received, _row = opened.store.write(lambda t: take_in(t, case, [])).result()
    numbered = replace(received, acceptance_no="4104-2026-00017")
    put(opened, numbered)
    assert received.local_no is not None
    spoken = received.local_no.replace("-", "").lower()
    for number in (received.local_no, spoken, f" {received.local_no} ", "4104-2026-00017"):
        assert opened.store.read(lambda s, n=number: s.case_by_number(n)) == numbered  # type: ignore[misc]
    for number in ("", "4104", "261123-A-0002-X"):
        assert opened.store.read(lambda s, n=number: s.case_by_number(n)) is None  # type: ignore[misc]


def test_the_list_is_paged_without_gap_or_double_even_among_equal_times(opened: OpenedStore) -> None:
    cases = [example_case(updated_at=START + timedelta(seconds=n // 4)) for n in range(23)]
    put(opened, *cases)
    seen: list[str] = []
    after = None
    while page := opened.store.read(lambda s, a=after: s.case_lines(5, after=a)):  # type: ignore[misc]
        seen += [line.case_id for line in page]
        after = (page[-1].updated_at, page[-1].case_id)
    expected = sorted(cases, key=lambda case: (case.updated_at, case.case_id), reverse=True)
    assert seen == [case.case_id for case in expected]


def test_the_list_can_be_narrowed_to_a_state_and_counts_follow_every_change(opened: OpenedStore) -> None:
    drafts = [example_case() for _ in range(3)]
    put(opened, *drafts)
    opened.store.write(lambda t: take_in(t, drafts[0], [])).result()
    opened.store.write(lambda t: t.remove_draft(drafts[1].case_id)).result()
    put(opened, drafts[2])
    counts = opened.store.read(lambda s: s.count_by_status())
    assert counts == {CaseStatus.DRAFT: 1, CaseStatus.RECEIVED: 1}
    lines = opened.store.read(lambda s: s.case_lines(9, status=CaseStatus.RECEIVED))
    assert [line.case_id for line in lines] == [drafts[0].case_id]


def test_where_cases_stand_is_asked_of_many_at_once(opened: OpenedStore) -> None:
    draft, taken, other = (example_case() for _ in range(3))
    put(opened, draft, taken, other)
    opened.store.write(lambda t: take_in(t, taken, [])).result()
    asked = [draft.case_id, taken.case_id, *(f"nowhere-'{n}" for n in range(300_000))]
    stands = opened.store.read(lambda s: s.statuses(asked))
    assert stands == {draft.case_id: CaseStatus.DRAFT, taken.case_id: CaseStatus.RECEIVED}
    assert opened.store.read(lambda s: s.statuses([])) == {}


def test_which_numbers_are_here_is_asked_of_many_at_once_whatever_letters_are_capitals(opened: OpenedStore) -> None:
    put(
        opened,
        replace(example_case(), acceptance_no="AB-7"),
        replace(example_case(), acceptance_no="ab-8"),
        example_case(),
    )
    asked = ["ab-7", "AB-8", "", *(f"'{n}" for n in range(300_000))]
    assert opened.store.read(lambda s: s.numbers_here(asked)) == {"ab-7", "AB-8"}
    assert opened.store.read(lambda s: s.numbers_here([])) == frozenset()


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("欧", True),
        ("霖", True),
        ("欧阳", True),
        ("𬍛霖", True),
        ("欧阳𬍛霖", True),
        ("欧 阳", True),
        ("欧霖", False),
        ("欧阳霖", False),
        ("阳欧", False),
        ("9997", True),
        ("410422", True),
        ("410422190402299997", True),
        ("22190402299", False),
        ("139000", True),
        ("9999", True),
        ("", True),
        ("  ", True),
        ("%", False),
        ("_", False),
    ],
)
def test_a_case_is_found_by_any_part_of_the_name_and_by_its_numbers(opened: OpenedStore, text: str, hit: bool) -> None:
    case = example_case(name=NAME)
    put(opened, case)
    assert found(opened, text) == ([case.case_id] if hit else [])


def test_search_follows_a_mended_name_and_forgets_the_old_one(opened: OpenedStore) -> None:
    case = example_case(name="令狐甲")
    put(opened, case)
    put(opened, replace(case, applicant=replace(case.applicant, name="令狐乙")))
    assert (found(opened, "狐甲"), found(opened, "狐乙")) == ([], [case.case_id])


def test_a_name_is_found_by_its_initials_with_the_surname_read_either_way(opened: OpenedStore) -> None:
    case = example_case(name="解红甲")
    put(opened, case)
    assert found(opened, "xhj") == found(opened, "JHJ") == found(opened, "xh") == [case.case_id]
    assert found(opened, "hj") == []


def test_the_local_number_is_found_by_its_beginning_and_the_days_count(opened: OpenedStore) -> None:
    case = example_case()
    opened.store.write(lambda t: take_in(t, case, [])).result()
    assert found(opened, "261123") == found(opened, "261123-A-0001") == found(opened, "0001") == [case.case_id]


def test_a_line_carries_the_newest_rows_state_and_how_many_pages_have_come(opened: OpenedStore) -> None:
    case = example_case()
    one, two = example_page(case.case_id, b"one"), example_page(case.case_id, b"two", order=2)
    same_bytes = example_page(case.case_id, b"two", order=3)
    put(opened, case)
    before = opened.store.read(lambda s: s.case_lines(1))[0]
    assert (before.sending_state, before.pages_done, before.pages_total) == ("", 0, 0)
    opened.store.write(lambda t: take_in(t, case, [one, two, same_bytes])).result()
    opened.store.write(lambda t: t.put_page_transfer(PageTransfer(two.sha256, "u/2", 3, 3, True))).result()
    opened.store.write(lambda t: t.put_page_transfer(PageTransfer(one.sha256, "u/1", 1, 3, False))).result()
    line = opened.store.read(lambda s: s.case_lines(1))[0]
    assert (line.sending_state, line.pages_done, line.pages_total) == ("queued", 1, 2)
    assert opened.store.read(lambda s: s.page_transfer(one.sha256)) == PageTransfer(one.sha256, "u/1", 1, 3, False)
    # More names than one statement asks for, and most of pages nobody ever began.
    names = [one.sha256, two.sha256, *(f"{number:064x}" for number in range(1200))]
    assert opened.store.read(lambda s: s.pages_transferred(names)) == {two.sha256}
    assert opened.store.read(lambda s: s.pages_transferred([])) == frozenset()
    assert opened.store.read(lambda s: s.page_transfer("0" * 64)) is None


def test_pages_keep_their_places_and_a_taken_place_is_refused(opened: OpenedStore) -> None:
    case = example_case()
    first, second = example_page(case.case_id, b"1"), example_page(case.case_id, b"2", order=2)
    put(opened, case)
    write(opened, lambda t: t.add_page(second), lambda t: t.add_page(first))
    assert opened.store.read(lambda s: s.pages(case.case_id)) == [first, second]
    with pytest.raises(ValueError, match="page refused"):
        opened.store.write(lambda t: t.add_page(example_page(case.case_id, b"3"))).result()
    swapped = [replace(second, order=1), replace(first, order=2)]
    assert opened.store.write(lambda t: t.replace_pages(case.case_id, swapped)).result() == []
    assert opened.store.read(lambda s: s.pages(case.case_id)) == swapped
    with pytest.raises(ValueError, match="another case"):
        opened.store.write(lambda t: t.replace_pages("other", swapped)).result()


def test_a_removed_page_may_go_unless_another_row_names_it(opened: OpenedStore) -> None:
    case, other = example_case(), example_case()
    alone, shared = example_page(case.case_id, b"1"), example_page(case.case_id, b"2", order=2)
    put(opened, case, other)
    write(opened, lambda t: t.add_page(alone), lambda t: t.add_page(shared))
    opened.store.write(lambda t: t.add_page(replace(shared, case_id=other.case_id))).result()
    assert opened.store.write(lambda t: t.remove_draft(case.case_id)).result() == [alone.page_id]
    assert opened.store.write(lambda t: t.replace_pages(other.case_id, [])).result() == [shared.page_id]
    with pytest.raises(KeyError):
        opened.store.read(lambda s: s.case(case.case_id))


def test_pages_of_a_case_that_was_enqueued_stay_named_when_it_is_corrected(opened: OpenedStore) -> None:
    case = example_case()
    page = example_page(case.case_id, b"1")
    put(opened, case)
    opened.store.write(lambda t: take_in(t, case, [page])).result()
    assert opened.store.write(lambda t: t.replace_pages(case.case_id, [])).result() == []


def test_only_a_draft_can_be_removed_and_none_becomes_one_again(opened: OpenedStore) -> None:
    case = example_case()
    received, _row = opened.store.write(lambda t: take_in(t, case, [])).result()
    with pytest.raises(ValueError, match="only a draft"):
        opened.store.write(lambda t: t.remove_draft(case.case_id)).result()
    with pytest.raises(ValueError, match="no draft again"):
        put(opened, replace(received, status=CaseStatus.DRAFT))


def test_settings_and_print_jobs_are_kept(opened: OpenedStore) -> None:
    case = example_case()
    put(opened, case)
    jobs = [
        PrintJob(str(uuid.uuid4()), case.case_id, PaperKind.RECEIPT, n, "page", "0" * 64, PrintJobState.WAITING, START)
        for n in range(2)
    ]
    done = replace(jobs[0], state=PrintJobState.DONE, where="receipt.pdf")
    write(opened, *(lambda t, job=job: t.put_print_job(job) for job in (*jobs, done)))
    assert opened.store.read(lambda s: s.print_jobs()) == [done, jobs[1]]
    assert opened.store.read(lambda s: s.print_jobs(case.case_id, open_only=True)) == [jobs[1]]
    write(opened, lambda t: t.put_setting("a", "1"), lambda t: t.put_setting("a", "2"))
    assert opened.store.read(lambda s: (s.setting("a"), s.setting("b"))) == ("2", "")


def test_a_cases_log_is_read_oldest_first(opened: OpenedStore) -> None:
    case = example_case()
    events = [
        CaseEvent(case.case_id, START + timedelta(seconds=-n), "甲", f"k{n}", detail={"n": str(n)}) for n in (1, 2)
    ]
    write(opened, *(lambda t, event=event: t.append_event(event) for event in events))
    assert opened.store.read(lambda s: s.events(case.case_id)) == events


def test_outbox_rows_are_read_by_action_case_and_state(opened: OpenedStore) -> None:
    case = example_case()
    received, row = opened.store.write(lambda t: take_in(t, case, [])).result()
    second = replace(example_submit(replace(received, revision=2)))
    opened.store.write(lambda t: t.add_outbox(second)).result()
    assert opened.store.read(lambda s: s.outbox_row(second.action_id)) == second
    assert opened.store.read(lambda s: s.outbox_of_case(case.case_id)) == [row, second]
    assert opened.store.read(lambda s: s.outbox(frozenset({row.state}))) == [row, second]
    with pytest.raises(KeyError):
        opened.store.read(lambda s: s.outbox_row("none"))


def test_a_page_row_needs_its_case(opened: OpenedStore) -> None:
    page: Page = example_page("nobody's", b"1")
    with pytest.raises(ValueError, match="page refused"):
        opened.store.write(lambda t: t.add_page(page)).result()
    assert opened.store.write(lambda t: t.take_local_no(DAY)).result().startswith("261123-A-0001-")


def test_a_correction_lies_beside_its_case_until_it_ends_also_after_a_restart(opened: OpenedStore) -> None:
    case = replace(example_case(), form={"备注": "“引号”𬍛"})
    half_typed = replace(case, applicant=replace(case.applicant, phone="138"), step=2)
    write(opened, lambda t: t.put_case(case), lambda t: t.put_correction(half_typed))
    opened = opened.reopened()
    assert opened.store.read(lambda s: s.correction(case.case_id)) == half_typed
    assert opened.store.read(lambda s: s.case(case.case_id)) == case
    assert found(opened, "138") == []
    write(opened, lambda t: t.end_correction(case.case_id), lambda t: t.end_correction("nobody's"))
    assert opened.store.read(lambda s: s.correction(case.case_id)) is None
