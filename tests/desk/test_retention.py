"""What may go is shown first and goes only on a word: the row with its line in the log, then the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, Window, open_window
from tests.store.test_retention import DELIVERED, NOW, POOL, bytes_of, make, sha256_of
from villagedesk.desk.retention import DEFAULT_MONTHS, months_before
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.roles import Role
from villagedesk.store.sweep import sweep
from villagedesk.store.vault import PageVault


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    window = open_window(tmp_path)
    window.clock.moment = NOW
    for page_id in POOL:
        window.vault.put(page_id, bytes_of(page_id))
    yield window
    window.desk.close()


def add(window: Window, plan: object = DELIVERED, number: int = 0) -> str:
    return window.store.write(lambda transaction: make(transaction, number, plan)).result()  # type: ignore[arg-type]


def stored(window: Window) -> set[str]:
    names = {window.vault.name_of(page_id, sha256_of(page_id)): page_id for page_id in POOL}
    return {names[name] for name in window.vault.stored() if name in names}


def test_what_was_planned_goes_with_its_lines_in_the_log_and_the_rows_stay(window: Window) -> None:
    case_id = add(window)
    retention = window.desk.retention
    plan = retention.plan()
    (line,) = plan.cases
    assert (line.case_id, line.pages, plan.pages) == (case_id, 2, 2)
    assert line.bytes == plan.bytes == 2 * len(bytes_of(POOL[0]))
    assert stored(window) == set(POOL), "a plan removes nothing"
    done = retention.run(plan)
    assert (done.cases, done.pages) == (1, 2) and stored(window) == set(POOL[2:])
    pages, events, station = window.store.read(lambda s: (s.pages(case_id), s.events(case_id), s.events(STATION)))
    assert {page.sha256 for page in pages} == {sha256_of(page_id) for page_id in POOL[:2]}
    assert (events[-1].kind, events[-1].actor, events[-1].detail) == (Deed.PAGES_EXPIRED, CLERK, {"pages": "2"})
    assert station[-1].kind == Deed.RETENTION_RUN and station[-1].detail["pages"] == "2"
    with pytest.raises(EnvironmentProblem) as problem:
        window.desk.scanning.image(POOL[0], case_id)
    assert problem.value.key == "store.page_expired"
    assert retention.plan().pages == 0 and retention.run(plan).pages == 0


def test_what_is_needed_again_by_then_stays(window: Window) -> None:
    case_id = add(window)
    plan = window.desk.retention.plan()
    job = PrintJob(
        "job", case_id, PaperKind.RECEIPT, 0, POOL[0], sha256_of(POOL[0]), PrintJobState.FAILED, window.clock.now()
    )
    window.store.write(lambda transaction: transaction.put_print_job(job)).result()
    assert window.desk.retention.run(plan).pages == 1
    assert stored(window) == set(POOL) - {POOL[1]}
    (kept,) = window.desk.retention.plan().kept_back
    assert kept[0].key == "retention.held.printing" and kept[1] == 1


def test_a_page_of_two_cases_goes_from_both_and_both_logs_say_so(window: Window) -> None:
    first, second = add(window), add(window, replace(DELIVERED, status=CaseStatus.ARCHIVED), 1)
    done = window.desk.retention.run(window.desk.retention.plan())
    assert (done.cases, done.pages) == (2, 2)
    for case_id in (first, second):
        assert window.store.read(lambda s, case_id=case_id: s.events(case_id))[-1].kind == Deed.PAGES_EXPIRED  # type: ignore[misc]


def test_a_file_that_could_not_be_removed_goes_after_the_next_sign_in(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(window)

    def refuse(*_values: object) -> None:
        raise EnvironmentProblem("store.write_failed")

    with monkeypatch.context() as patched:
        patched.setattr(window.vault, "remove", refuse)
        assert window.desk.retention.run(window.desk.retention.plan()).pages == 2
    assert stored(window) == set(POOL)
    sweep(window.store, PageVault(window.vault.folder, window.key.vault))
    assert stored(window) == set()  # the rest had no row, and was set aside


def test_the_months_are_the_clerks_to_set_and_nothing_is_never(window: Window) -> None:
    retention = window.desk.retention
    assert retention.months() == DEFAULT_MONTHS
    add(window)
    retention.set_months(0)
    assert retention.months() == 0 and retention.plan().cases == ()
    retention.set_months(24)
    assert retention.plan().cases == ()
    retention.set_months(16)
    assert len(retention.plan().cases) == 1
    for wrong in (-1, 601):
        with pytest.raises(InputProblem):
            retention.set_months(wrong)
    assert window.store.read(lambda s: s.events(STATION))[-1].kind == Deed.RETENTION_SET


def test_it_stops_where_the_clerk_wants_it_to(window: Window) -> None:
    add(window)

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        window.desk.retention.run(window.desk.retention.plan(), stop)
    assert stored(window) == set(POOL)


def test_the_technician_sets_it_and_the_clerk_runs_it(window: Window) -> None:
    add(window)
    plan = window.desk.retention.plan()
    again = window.reopened(role=Role.TECHNICIAN)
    again.desk.retention.set_months(6)
    (line,) = again.desk.retention.plan().cases
    assert (line.pages, line.local_no, line.item_name) == (plan.cases[0].pages, "", ""), "whose it is, is not for him"
    with pytest.raises(InputProblem):
        again.desk.retention.run(plan)
    again.desk.close()


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2026, 12, 31), 12, (2025, 12, 31)),
        ((2026, 5, 31), 6, (2025, 11, 30)),
        ((2026, 7, 1), 24, (2024, 7, 1)),
    ],
)
def test_months_are_months_of_the_calendar(
    moment: tuple[int, int, int], months: int, expected: tuple[int, int, int]
) -> None:
    at = timedelta(hours=5)
    assert months_before(datetime(*moment, tzinfo=UTC) + at, months) == datetime(*expected, tzinfo=UTC) + at
