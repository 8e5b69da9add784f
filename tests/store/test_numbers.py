"""I6: a local number is never given to two cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.fixtures import DAY, OpenedStore, example_case, open_store
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Transaction


class GivenUp(Exception):
    """A transaction that ends without a commit."""


@settings(max_examples=12, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(["commit", "commit", "fail", "reopen", "two at once"])),
        max_size=12,
    )
)
def test_i6_no_number_twice_over_days_failures_and_restarts(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    opened = open_store(tmp_path_factory.mktemp("i6"))
    given_out: list[str] = []
    try:
        for days, kind in steps:
            day = DAY + timedelta(days=days)
            if kind == "fail":
                with pytest.raises(GivenUp):
                    opened.store.write(lambda t, d=day: take_and_give_up(t, d)).result()  # type: ignore[misc]
                continue
            if kind == "reopen":
                opened = opened.reopened()
            futures = [
                opened.store.write(lambda t, d=day: t.take_local_no(d))  # type: ignore[misc]
                for _ in range(2 if kind == "two at once" else 1)
            ]
            numbers = [future.result() for future in futures]
            assert all(parse_local_no(number).day == day for number in numbers)
            given_out += numbers
        assert len(set(given_out)) == len(given_out)
    finally:
        opened.store.close()


def take_and_give_up(transaction: Transaction, day: date) -> None:
    transaction.take_local_no(day)
    raise GivenUp


def test_i6_a_number_taken_for_a_case_that_went_no_further_is_not_given_again(opened: OpenedStore) -> None:
    first = opened.store.write(lambda t: t.take_local_no(DAY)).result()
    again = opened.reopened()
    assert again.store.write(lambda t: t.take_local_no(DAY)).result() != first
    again.store.close()


def test_i6_two_cases_cannot_carry_one_number_and_a_case_keeps_its_own(opened: OpenedStore) -> None:
    number = opened.store.write(lambda t: t.take_local_no(DAY)).result()
    case = replace(example_case(), local_no=number)
    opened.store.write(lambda t: t.put_case(case)).result()
    with pytest.raises(ValueError, match="case refused"):
        opened.store.write(lambda t: t.put_case(replace(example_case(), local_no=number))).result()
    for other in (None, "261123-A-0009-X"):
        with pytest.raises(ValueError, match="keeps its local number"):
            opened.store.write(lambda t, o=other: t.put_case(replace(case, local_no=o))).result()  # type: ignore[misc]


def test_i6_the_table_of_numbers_cannot_be_shortened(opened: OpenedStore) -> None:
    opened.store.write(lambda t: t.take_local_no(DAY)).result()

    def shorten(transaction: Transaction) -> None:
        transaction.connection.exec_driver_sql("DELETE FROM local_numbers")  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match="stays taken"):
        opened.store.write(shorten).result()


def test_a_day_that_is_full_is_told(opened: OpenedStore) -> None:
    def fill(transaction: Transaction) -> None:
        transaction.connection.exec_driver_sql(  # type: ignore[attr-defined]
            f"INSERT INTO local_numbers VALUES ('x', 'A', '{DAY.isoformat()}', 9999)"
        )

    opened.store.write(fill).result()
    with pytest.raises(Problem) as problem:
        opened.store.write(lambda t: t.take_local_no(DAY)).result()
    assert problem.value.key == "domain.local_no.day_full"
