"""Whom to call back, and by when: after every 差评, and after results that were handed over as the village has set.

The notice on 好差评 (国办发〔2019〕51号) wants a 差评 looked into at once, by somebody set aside for it. Within how
many working days (?) differs by place, so it is a setting.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.evaluation import CALL_PLANNED, CallBack, CallCause
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.working_days import Calendar, NoCalendar, after_working_days

_KEPT = "evaluation.rules"
_COUNT = "evaluation.delivered"
_SATURDAY = 5
_EVERY_YEAR = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Holidays by the sun: 元旦, 劳动节, 国庆节 (全国年节及纪念日放假办法 §2, as of 2025)."""
LONGEST_DAYS = 30
MOST_IN = 100


class AfterDelivery(StrEnum):
    """Which results of carried cases somebody is called back for."""

    NONE = "none"
    OTHERS = "others"
    """Those that were handed to another person than the applicant."""
    ONE_IN = "one_in"
    ALL = "all"


@dataclass(frozen=True)
class FollowUpRules:
    """As the village has set them.

    Args:
        ask_reason: a villager who is not satisfied is asked why.
        days: working days within which somebody calls, 1 to 30.
        after: which results are followed; ``one_in`` of :attr:`AfterDelivery.ONE_IN`, 2 to 100.
    """

    ask_reason: bool = True
    days: int = 1
    after: AfterDelivery = AfterDelivery.OTHERS
    one_in: int = 10


def rules_of(snapshot: Snapshot) -> FollowUpRules:
    """The rules in force."""
    raw = json.loads(snapshot.setting(_KEPT) or "{}")
    if not raw:
        return FollowUpRules()
    return FollowUpRules(raw["ask_reason"], raw["days"], AfterDelivery(raw["after"]), raw["one_in"])


def keep_rules(transaction: Transaction, rules: FollowUpRules) -> None:
    """Keep them."""
    kept = {"ask_reason": rules.ask_reason, "days": rules.days, "after": rules.after, "one_in": rules.one_in}
    transaction.put_setting(_KEPT, json.dumps(kept))


class FollowUp:
    """Plans call-backs within other changes; asks for no right itself.

    Args:
        calendar: the years there is data for, as they are now.
    """

    def __init__(self, calendar: Callable[[], Calendar]) -> None:
        self._calendar = calendar

    def plan(self, transaction: Transaction, case: Case, cause: CallCause, clerk: str, now: datetime) -> CallBack:
        """Plan one, with its line in the case's log.

        Args:
            clerk: who acts; ``now`` is aware.
        """
        due = self.days_later(now.astimezone(SHANGHAI).date(), rules_of(transaction).days)
        planned = CallBack(str(uuid.uuid4()), case.case_id, cause, due)
        transaction.put_call_back(planned)
        detail = {"cause": cause.value, "due": due.isoformat()}
        transaction.append_event(CaseEvent(case.case_id, now, clerk, CALL_PLANNED, detail=detail))
        return planned

    def after_delivery(
        self, transaction: Transaction, case: Case, clerk: str, now: datetime, *, to_applicant: bool
    ) -> CallBack | None:
        """Plan one after a result was handed over, where the rules want it; None where they do not.

        Args:
            to_applicant: the applicant came for it.
        """
        if case.mode is not HandlingMode.PROXY:
            return None
        rules = rules_of(transaction)
        if rules.after is AfterDelivery.ONE_IN:
            count = int(transaction.setting(_COUNT) or 0) + 1
            transaction.put_setting(_COUNT, str(count))
            wanted = count % rules.one_in == 0
        else:
            wanted = rules.after is AfterDelivery.ALL or (rules.after is AfterDelivery.OTHERS and not to_applicant)
        return self.plan(transaction, case, CallCause.DELIVERED, clerk, now) if wanted else None

    def days_later(self, day: date, days: int) -> date:
        """So many working days after a day; in a year whose holidays nobody knows yet, weekends are left out and the
        holidays that have a day of their own in every year."""
        try:
            return after_working_days(day, days, self._calendar())
        except NoCalendar:
            while days:
                day += timedelta(days=1)
                days -= day.weekday() < _SATURDAY and (day.month, day.day) not in _EVERY_YEAR
            return day

    def put_off(self, call_back: CallBack, today: date) -> CallBack:
        """Nobody answered: once more on the next working day."""
        return replace(call_back, tries=call_back.tries + 1, due_on=self.days_later(today, 1))
