"""Reading for registers and archives: cases by the day their papers came, in pieces, however many there are.

A 收件流水号 begins with the day of receipt in Shanghai and is given in the transaction that notes the receipt, so its
own index finds the cases of a period in the order of their receipt. Drafts have none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from villagedesk.domain.audit import Deed
from villagedesk.domain.case import ON, Case
from villagedesk.domain.clock import SHANGHAI, utc_text
from villagedesk.domain.milestones import ENDED
from villagedesk.domain.service_item import HandlingMode
from villagedesk.store import rows
from villagedesk.store.schema import CASE_EVENTS, CASES, PAGES

_said_day = func.json_extract(CASE_EVENTS.c.detail, f"$.{ON}")
_ENDED = sorted(status.value for status in ENDED)


class RegisterReads:
    """The part of the domain's Snapshot that registers are made of.

    Args:
        connection: in a transaction.
    """

    connection: Connection

    def register(
        self, first: date, last: date, limit: int, *, mode: HandlingMode | None = None, after: str = ""
    ) -> Sequence[Case]:
        """Cases received from the first day to the last in Shanghai, in the order of their local_no."""
        conditions = [received_between(first, last)]
        if mode is not None:
            conditions.append(CASES.c.mode == mode.value)
        if after:
            conditions.append(CASES.c.local_no > after)
        chosen = select(CASES).where(*conditions).order_by(CASES.c.local_no).limit(limit)
        return [rows.case_of(row) for row in self.connection.execute(chosen)]

    def count_register(self, first: date, last: date) -> Mapping[HandlingMode, int]:
        """How many cases were received in that time, by mode; a mode without any is left out."""
        chosen = select(CASES.c.mode, func.count()).where(received_between(first, last)).group_by(CASES.c.mode)
        return {HandlingMode(mode): count for mode, count in self.connection.execute(chosen)}

    def page_counts(self, case_ids: Collection[str]) -> Mapping[str, int]:
        """How many pages each of these cases has; one without any is left out."""
        chosen = select(PAGES.c.case_id, func.count().label("pages")).where(PAGES.c.case_id.in_(case_ids))
        chosen = chosen.group_by(PAGES.c.case_id)
        return {row.case_id: row.pages for row in self.connection.execute(chosen)}

    def came_to_an_end(self, since: datetime, until: datetime) -> Sequence[str]:
        """Cases that are through and of which a line of that time says so, in the order of their local_no. When they
        came to their end is for their log to say."""
        so = and_(
            CASE_EVENTS.c.case_id == CASES.c.case_id,
            CASE_EVENTS.c.to_status.in_(_ENDED),
            or_(
                and_(CASE_EVENTS.c.at >= utc_text(since), CASE_EVENTS.c.at < utc_text(until)),
                written_later(since, until),
            ),
        )
        chosen = select(CASES.c.case_id).where(CASES.c.status.in_(_ENDED), select(CASE_EVENTS.c.seq).where(so).exists())
        return list(self.connection.execute(chosen.order_by(CASES.c.local_no)).scalars())

    def count_not_taken_out(self) -> int:
        """How many cases that are through were never in an archive package."""
        taken_out = select(CASE_EVENTS.c.seq).where(
            CASE_EVENTS.c.case_id == CASES.c.case_id, CASE_EVENTS.c.kind == Deed.EXPORTED.value
        )
        chosen = select(func.count()).where(CASES.c.status.in_(_ENDED), ~taken_out.exists())
        return int(self.connection.execute(chosen).scalar_one())


def written_later(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Whether a line was written from then on and names a day of that time as its own; the last may be a day late."""
    its_own = and_(CASE_EVENTS.c.detail.contains(f'"{ON}"'), _said_day >= _day(since), _said_day <= _day(until))
    return and_(CASE_EVENTS.c.at >= utc_text(since), its_own)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"


def received_between(first: date, last: date) -> ColumnElement[bool]:
    """Whether a case was received from the first day to the last in Shanghai."""
    # a number goes on with a hyphen, which is lower than the mark behind the last day
    return and_(CASES.c.local_no >= f"{first:%y%m%d}", CASES.c.local_no < f"{last:%y%m%d}~")
