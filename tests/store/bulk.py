"""Fills a store with very many sent cases at once, past the one-by-one road; for measuring, not for testing rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from tests.store.fixtures import DAY, START, OpenedStore, example_case, example_submit
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.local_no import local_no
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.store import rows
from villagedesk.store.case_words import add_words
from villagedesk.store.schema import CASE_COUNTS, CASE_NUMBERS, CASES, LOCAL_NUMBERS, OUTBOX
from villagedesk.store.search import words_of

_PER_TRANSACTION = 10_000
_PER_DAY = 500
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文"


def fill(opened: OpenedStore, count: int) -> None:
    """Put ``count`` accepted cases of invented people with their numbers, search words and receipts into the store."""
    for start in range(0, count, _PER_TRANSACTION):
        cases = [_case(number) for number in range(start, min(start + _PER_TRANSACTION, count))]
        opened.store.write(lambda t, cases=cases: _put(t, cases)).result()  # type: ignore[misc]


def _case(number: int) -> Case:
    day = DAY - timedelta(days=1 + number // _PER_DAY)
    name = _SURNAMES[number % 20] + _GIVEN[number // 20 % 32] + _GIVEN[number // 640 % 32]
    case = replace(
        example_case(name=name, status=CaseStatus.ACCEPTED, updated_at=START - timedelta(minutes=number)),
        local_no=local_no("A", day, 1 + number % _PER_DAY),
        acceptance_no=f"4104{number:017d}",
    )
    return replace(case, applicant=replace(case.applicant, phone=f"139{number:08d}"))


def _put(transaction: Transaction, cases: list[Case]) -> None:
    connection: Connection = transaction.connection  # type: ignore[attr-defined]
    numbers: list[dict[str, Any]] = [
        {
            "local_no": case.local_no,
            "epoch": "A",
            "day": f"20{case.local_no[:2]}-{case.local_no[2:4]}-{case.local_no[4:6]}",
            "day_count": int(case.local_no[9:13]),
        }
        for case in cases
        if case.local_no
    ]
    connection.execute(LOCAL_NUMBERS.insert(), numbers)
    connection.execute(CASES.insert(), [rows.case_values(case) for case in cases])
    connection.execute(CASE_NUMBERS.insert(), [{"case_id": case.case_id} for case in cases])
    numbers_of = {row.case_id: row.made for row in connection.execute(select(CASE_NUMBERS))}
    add_words(connection, ((word, numbers_of[case.case_id]) for case in cases for word in words_of(case)))
    sent = [replace(example_submit(case), state=SendingState.SENT, receipt="{}") for case in cases]
    connection.execute(OUTBOX.insert(), [rows.outbox_values(row) for row in sent])
    counted = Counter(case.status.value for case in cases)
    for status, count in counted.items():
        connection.exec_driver_sql(
            f"INSERT INTO {CASE_COUNTS.name} VALUES (?, ?) ON CONFLICT DO UPDATE SET cases = cases + ?",
            (status, count, count),
        )
