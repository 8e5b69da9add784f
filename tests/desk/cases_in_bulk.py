"""Thousands of cases that wander through the life of a case by a seed, put into a store past the one-by-one road."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from tests.store.fixtures import example_case
from villagedesk.domain.case import Case
from villagedesk.domain.case import CaseStatus as S
from villagedesk.domain.clock import SHANGHAI, utc_text
from villagedesk.domain.local_no import local_no
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.store import rows
from villagedesk.store.case_groups import group_words
from villagedesk.store.case_words import add_words
from villagedesk.store.schema import CASE_EVENTS, CASE_NUMBERS, CASES, EVALUATIONS

_SYSTEM: dict[S, Sequence[tuple[S, int]]] = {
    S.RECEIVED: ((S.SUBMITTED, 20), (S.WITHDRAWN, 1), (S.VOID, 1)),
    S.SUBMITTED: ((S.ACCEPTED, 20), (S.RETURNED, 8), (S.REFUSED, 2)),
    S.ACCEPTED: ((S.IN_PROCESS, 20), (S.WITHDRAWN, 1)),
    S.IN_PROCESS: ((S.CONCLUDED, 20),),
    S.RETURNED: ((S.RECEIVED, 10), (S.RETURNED_TO_APPLICANT, 2)),
    S.REFUSED: ((S.RETURNED_TO_APPLICANT, 4), (S.ARCHIVED, 4), (S.ACCEPTED, 1)),
    S.CONCLUDED: ((S.RESULT_WAITING, 10), (S.DELIVERED, 10), (S.IN_PROCESS, 1), (S.ARCHIVED, 2)),
    S.RESULT_WAITING: ((S.DELIVERED, 10),),
    S.DELIVERED: ((S.ARCHIVED, 10),),
}
_PROXY: dict[S, Sequence[tuple[S, int]]] = {
    S.RECEIVED: ((S.HANDED_OVER, 20), (S.WITHDRAWN, 1)),
    S.HANDED_OVER: ((S.RESULT_WAITING, 10), (S.RECEIVED, 1)),
    S.RESULT_WAITING: ((S.DELIVERED, 10),),
    S.DELIVERED: ((S.ARCHIVED, 10),),
}
_HERE: dict[S, Sequence[tuple[S, int]]] = {
    S.RECEIVED: ((S.CONCLUDED, 20), (S.VOID, 1)),
    S.CONCLUDED: ((S.ARCHIVED, 10),),
}
_ROADS = {
    HandlingMode.SYSTEM: _SYSTEM,
    HandlingMode.PROXY: _PROXY,
    HandlingMode.GUIDED: _HERE,
    HandlingMode.ON_THE_SPOT: _HERE,
}
_SAID = ("granted", "granted", "granted", "denied", "forwarded", "")


@dataclass(frozen=True)
class Wandered:
    """A case, and the lines of its log as (moment, from, to, detail)."""

    case: Case
    moves: list[tuple[datetime, S, S, dict[str, str]]]


def wander(seed: int, day: date, number: int, item: ServiceItem, now: datetime) -> Wandered:
    """A case taken in that day, as far as it has come by now."""
    dice = random.Random(seed)
    mode = dice.choice([*HandlingMode])
    at = datetime.combine(day, time(8 + dice.randrange(10), dice.randrange(60)), SHANGHAI)
    moves = [(at, S.DRAFT, S.RECEIVED, dict[str, str]())]
    status, received, accepted = S.RECEIVED, at, None
    while ways := _ROADS[mode].get(status):
        at += timedelta(days=dice.choice((0, 1, 2, 3, 5, 9)), minutes=dice.randrange(300))
        if at > now or dice.random() < 0.05:
            break
        (to,) = dice.choices([way for way, _ in ways], [weight for _, weight in ways])
        said = dice.choice(_SAID) if to in (S.CONCLUDED, S.RESULT_WAITING) else ""
        moves.append((at, status, to, {"value.result": said} if said else {}))
        accepted = at if to is S.ACCEPTED else accepted
        status = to
    case = example_case(name="试用", status=status, updated_at=at, local_no=local_no("A", day, number))
    case = replace(case, case_id=str(uuid.UUID(int=dice.getrandbits(128))), mode=mode, received_at=received)
    bound = replace(case, item_code=item.code, item_version=item.version, item_name=item.name)
    return Wandered(replace(bound, accepted_at=accepted), moves)


def put_all(transaction: Transaction, wandered: Sequence[Wandered], seed: int) -> None:
    """Into the store, with lines between that move nothing; of some, what the villager said of it. The chain of the log
    does not hold: its MACs are none."""
    connection: Connection = transaction.connection  # type: ignore[attr-defined]
    dice = random.Random(seed)
    connection.execute(CASES.insert(), [rows.case_values(one.case) for one in wandered])
    connection.execute(CASE_NUMBERS.insert(), [{"case_id": one.case.case_id} for one in wandered])
    made = {row.case_id: row.made for row in connection.execute(select(CASE_NUMBERS))}
    add_words(connection, ((word, made[one.case.case_id]) for one in wandered for word in group_words(one.case)))
    lines: list[dict[str, Any]] = []
    for one in wandered:
        for at, before, to, detail in one.moves:
            moved = {"from_status": before.value, "to_status": to.value, "detail": json.dumps(detail)}
            lines.append(_line(one.case.case_id, at, "change", moved))
            if dice.random() < 0.5:
                still = {"from_status": None, "to_status": None, "detail": "{}"}
                lines.append(_line(one.case.case_id, at, "viewed", still))
    lines.sort(key=lambda line: str(line["at"]))  # the log is in the order of time, the cases' lines among each other
    # before all that the log holds, so that its sealed end stays where it is
    connection.execute(CASE_EVENTS.insert(), [{"seq": seq, **line} for seq, line in enumerate(lines, -len(lines))])
    said = [one for one in wandered if one.case.status is S.ARCHIVED and dice.random() < 0.6]
    connection.execute(
        EVALUATIONS.insert(),
        [
            {
                "case_id": one.case.case_id,
                "stage": "concluded",
                "level": dice.choice((5, 5, 5, 4, 4, 3, 2, 1)),
                "reason": "",
                "at": utc_text(one.moves[-1][0]),
                "clerk": "甲",
            }
            for one in said
        ],
    )


def _line(case_id: str, at: datetime, kind: str, rest: dict[str, Any]) -> dict[str, Any]:
    return {"case_id": case_id, "at": utc_text(at), "actor": "甲", "kind": kind, "mac": bytes(32), **rest}
