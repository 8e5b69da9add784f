"""Page files that may go and those that may not (I9), in the store alone: no code above can expire a page in need."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.examples import examples
from tests.store.fixtures import DAY, START, OpenedStore, example_case, example_page, example_submit, open_store
from villagedesk.domain.case import CaseEvent, CaseStatus, Page
from villagedesk.domain.document import PDF, Document, DocumentOrigin
from villagedesk.domain.outbox import CLOSED_STATES, SendingState
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.retention import Held
from villagedesk.store.sweep import sweep
from villagedesk.store.vault import PageVault

NOW = START + timedelta(days=800)
BEFORE = NOW - timedelta(days=365)
OVER = (CaseStatus.DELIVERED, CaseStatus.ARCHIVED)
POOL = tuple(f"22222222-2222-4222-8222-{number:012d}" for number in range(5))


def bytes_of(page_id: str) -> bytes:
    return page_id.encode()


def sha256_of(page_id: str) -> str:
    return hashlib.sha256(bytes_of(page_id)).hexdigest()


@dataclass(frozen=True)
class Plan:
    """One case to be made.

    Args:
        pages: of the pool; another case may name the same.
        once: pages it was sent with before, and has no more.
        sent: outbox rows: their state and the pages the receipt lists.
        papers: pages of the pool it was printed from, with the job's state.
        delivered: days before :data:`NOW` at which it became delivered or archived.
    """

    status: CaseStatus
    delivered: int
    pages: frozenset[str]
    once: frozenset[str]
    sent: tuple[tuple[SendingState, frozenset[str]], ...]
    papers: tuple[tuple[str, PrintJobState], ...]


some_pages = st.frozensets(st.sampled_from(POOL), max_size=3)
plans = st.builds(
    Plan,
    st.sampled_from([*OVER, *OVER, CaseStatus.DELIVERED, CaseStatus.SUBMITTED, CaseStatus.DRAFT, CaseStatus.WITHDRAWN]),
    st.sampled_from([500, 500, 500, 100]),
    some_pages,
    some_pages,
    st.lists(
        st.tuples(
            st.sampled_from([*[SendingState.SENT] * 8, *SendingState]),
            st.one_of(st.just(frozenset(POOL)), some_pages),
        ),
        max_size=2,
    ).map(tuple),
    st.lists(
        st.tuples(st.sampled_from(POOL), st.sampled_from([PrintJobState.DONE] * 3 + list(PrintJobState))), max_size=1
    ).map(tuple),
)


def needed(plan: Plan, page_id: str) -> bool:
    """What the rule says of one case and one page, worked out apart from the store (design: I9)."""
    if page_id not in plan.pages | plan.once | {paper for paper, _ in plan.papers}:
        return False
    through = plan.status in OVER and plan.delivered > 365
    settled = all(state in CLOSED_STATES for state, _ in plan.sent)
    waits = {PrintJobState.WAITING, PrintJobState.FAILED}
    printed = not any(state in waits for paper, state in plan.papers if paper == page_id)
    attested = page_id not in plan.pages | plan.once or any(
        state is SendingState.SENT and page_id in pages for state, pages in plan.sent
    )
    return not (through and settled and printed and attested)


def make(transaction: Transaction, number: int, plan: Plan) -> str:
    draft = plan.status is CaseStatus.DRAFT
    case = example_case(status=plan.status, local_no=None if draft else transaction.take_local_no(DAY))
    transaction.put_case(case)
    if plan.once:
        transaction.replace_pages(case.case_id, _pages(case.case_id, plan.once))
        _add_row(transaction, replace(case, revision=1), SendingState.SUPERSEDED, frozenset())
    transaction.replace_pages(case.case_id, _pages(case.case_id, plan.pages))
    for revision, (state, pages) in enumerate(plan.sent, start=2):
        _add_row(transaction, replace(case, revision=revision), state, pages)
    for place, (paper, job_state) in enumerate(plan.papers):
        job_id = f"job {number} {place}"
        values = (job_id, case.case_id, PaperKind.RECEIPT, 0, paper, sha256_of(paper), job_state, START)
        transaction.put_print_job(PrintJob(*values))
    if plan.status in OVER:
        at = NOW - timedelta(days=plan.delivered)
        transaction.append_event(CaseEvent(case.case_id, at, "acceptance_system", "status", None, plan.status))
    return case.case_id


def _pages(case_id: str, page_ids: frozenset[str]) -> list[Page]:
    return [
        example_page(case_id, bytes_of(page_id), order=order, page_id=page_id)
        for order, page_id in enumerate(sorted(page_ids), start=1)
    ]


def _add_row(transaction: Transaction, case: Any, state: SendingState, pages: frozenset[str]) -> None:
    receipt = json.dumps({"pages": sorted(map(sha256_of, pages))}) if state is SendingState.SENT else ""
    transaction.add_outbox(replace(example_submit(case), state=state, receipt=receipt))


def removable(store: OpenedStore, before: datetime = BEFORE) -> tuple[frozenset[str], Mapping[str, Held]]:
    candidates = store.store.read(lambda snapshot: snapshot.retention_candidates(before))
    pages = [page for candidate in candidates for page in candidate.pages]
    return (
        frozenset(page.page_id for page in pages if page.held is None),
        {page.page_id: page.held for page in pages if page.held is not None},
    )


DELIVERED = Plan(
    CaseStatus.DELIVERED, 500, frozenset(POOL[:2]), frozenset(), ((SendingState.SENT, frozenset(POOL[:2])),), ()
)


# not shrunk: every example is a store of its own
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(cases=st.lists(plans, min_size=1, max_size=4))
@example(cases=[DELIVERED, replace(DELIVERED, status=CaseStatus.ACCEPTED)])
@example(cases=[replace(DELIVERED, sent=((SendingState.SENT, frozenset(POOL[1:2])),))])
@example(cases=[replace(DELIVERED, papers=((POOL[0], PrintJobState.GIVEN_UP),))])
def test_i9_no_page_goes_that_any_case_needs_or_that_is_unsent(cases: list[Plan]) -> None:
    named = frozenset(
        page_id for plan in cases for page_id in plan.pages | plan.once | {paper for paper, _ in plan.papers}
    )
    free = frozenset(page_id for page_id in named if not any(needed(plan, page_id) for plan in cases))
    with TemporaryDirectory() as folder:
        opened = open_store(Path(folder))
        opened.store.write(
            lambda transaction: [make(transaction, number, plan) for number, plan in enumerate(cases)]
        ).result()
        assert removable(opened)[0] == free
        for page_id in sorted(named):
            pair = [(page_id, sha256_of(page_id))]
            # the store itself lets go what no case needs at all, however young: months are the desk's rule
            kept = any(needed(replace(plan, delivered=500), page_id) for plan in cases)
            future = opened.store.write(lambda transaction, pair=pair: transaction.expire_pages(pair, NOW))  # type: ignore[misc]
            if kept:
                with pytest.raises(ValueError, match="still needed"):
                    future.result()
            else:
                future.result()
            there = opened.store.named_pages()
            assert (pair[0] in there) == kept
        opened.store.close()


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(DELIVERED, status=CaseStatus.ACCEPTED), Held.NOT_DELIVERED),
        (replace(DELIVERED, delivered=100), Held.NOT_DELIVERED),
        (replace(DELIVERED, sent=((SendingState.REJECTED, frozenset()),)), Held.STILL_OPEN),
        (replace(DELIVERED, sent=((SendingState.SENT, frozenset(POOL[1:2])),)), Held.NOT_ATTESTED),
        (replace(DELIVERED, papers=((POOL[0], PrintJobState.FAILED),)), Held.PRINTING),
    ],
)
def test_a_page_another_case_needs_stays_and_it_is_said_why(opened: OpenedStore, other: Plan, why: Held) -> None:
    opened.store.write(
        lambda t: (make(t, 0, DELIVERED), make(t, 1, replace(other, pages=frozenset(POOL[:1]))))
    ).result()
    free, held = removable(opened)
    assert free == {POOL[1]} and held[POOL[0]] is why


@pytest.mark.parametrize("origin", DocumentOrigin)
def test_what_was_scanned_here_stays_and_what_can_be_sent_again_goes(
    opened: OpenedStore, origin: DocumentOrigin
) -> None:
    page_id, here = POOL[4], origin is not DocumentOrigin.SYSTEM

    def work(transaction: Transaction) -> None:
        case_id, at = make(transaction, 0, DELIVERED), NOW - timedelta(days=500)
        sha256 = sha256_of(page_id)
        document = Document(case_id, "d", "送达回证", PDF, 9, sha256, at, page_id, at, 9, origin=origin)
        transaction.put_document(document)

    opened.store.write(work).result()
    free, held = removable(opened)
    assert held == ({page_id: Held.ONLY_HERE} if here else {})
    assert (page_id in free) is not here
    pair = (page_id, sha256_of(page_id))
    for expire in (lambda transaction: transaction.expire_pages([pair], NOW), partial(without_the_rule, pair)):
        future = opened.store.write(expire)
        if here:
            with pytest.raises(ValueError, match="still needed"):
                future.result()
        else:
            future.result()


def without_the_rule(pair: tuple[str, str], transaction: Transaction) -> None:
    """What the database itself says to it."""
    statement = text("INSERT OR IGNORE INTO expired_pages (page_id, sha256, at) VALUES (:page, :sha256, 'now')")
    values = {"page": pair[0], "sha256": pair[1]}
    transaction.connection.execute(statement, values)  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", sorted(set(SendingState) - CLOSED_STATES))
def test_no_statement_at_all_expires_a_page_that_is_unsent(opened: OpenedStore, state: SendingState) -> None:
    plan = replace(DELIVERED, sent=(*DELIVERED.sent, (state, frozenset())))
    opened.store.write(lambda transaction: make(transaction, 0, plan)).result()
    with pytest.raises(ValueError, match="still needed"):
        opened.store.write(partial(without_the_rule, (POOL[0], sha256_of(POOL[0])))).result()


def test_what_is_given_up_is_not_named_anew(opened: OpenedStore) -> None:
    case_id = opened.store.write(lambda transaction: make(transaction, 0, DELIVERED)).result()
    pairs = [(page_id, sha256_of(page_id)) for page_id in POOL[:2]]
    opened.store.write(lambda transaction: transaction.expire_pages(pairs, NOW)).result()
    assert opened.store.read(lambda snapshot: snapshot.expired_pages(case_id)) == set(POOL[:2])
    assert removable(opened) == (frozenset(), {})
    draft = Plan(CaseStatus.DRAFT, 0, frozenset(POOL[:1]), frozenset(), (), ())
    with pytest.raises(ValueError, match="given up"):
        opened.store.write(lambda transaction: make(transaction, 1, draft)).result()
    with pytest.raises(ValueError, match="does not come back"):
        opened.store.write(
            lambda t: t.connection.execute(text("DELETE FROM expired_pages"))  # type: ignore[attr-defined]
        ).result()
    pages = opened.store.read(lambda snapshot: snapshot.pages(case_id))
    assert [page.sha256 for page in pages] == [sha256 for _, sha256 in sorted(pairs)]


def test_files_a_crash_left_of_given_up_pages_go_with_the_next_sweep(opened: OpenedStore) -> None:
    opened.store.write(lambda transaction: make(transaction, 0, DELIVERED)).result()
    for page_id in POOL[:3]:
        opened.vault.put(page_id, bytes_of(page_id))
    pair = (POOL[0], sha256_of(POOL[0]))
    opened.store.write(lambda transaction: transaction.expire_pages([pair], NOW)).result()
    later = PageVault(opened.vault.folder, opened.key.vault)
    assert sweep(opened.store, later) == 1
    assert set(later.stored()) == {later.name_of(POOL[1], sha256_of(POOL[1]))}
    assert [entry.name for entry in (later.folder / "orphans").iterdir()] == [
        later.name_of(POOL[2], sha256_of(POOL[2]))
    ]


def test_a_letter_comes_into_use_once_and_stays_on_record(opened: OpenedStore) -> None:
    station = opened.store.read(lambda snapshot: snapshot.installation_id())
    opened.store.write(lambda transaction: transaction.begin_epoch("C", "another")).result()
    assert opened.store.read(lambda s: (s.epoch(), s.installation_id())) == ("C", "another") != ("A", station)
    assert opened.store.write(lambda t: t.take_local_no(DAY)).result()[7] == "C"
    for letter in ("A", "C", "", "AB", "a"):
        with pytest.raises(ValueError, match="epoch"):
            opened.store.write(lambda t, letter=letter: t.begin_epoch(letter, "third")).result()  # type: ignore[misc]
    for statement in (
        "DELETE FROM epochs",
        "UPDATE epochs SET epoch = 'Z'",
        "UPDATE meta SET value = 'A' WHERE name = 'epoch'",
    ):
        with pytest.raises(ValueError, match="letter"):
            opened.store.write(
                lambda t, statement=statement: t.connection.execute(text(statement))  # type: ignore[misc]
            ).result()
    assert opened.reopened().store.read(lambda s: s.epoch()) == "C"
