"""What villagers said of cases 好差评, which is never changed, and whom to call back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.evaluation import CallBack, CallCause, Evaluation, Level, Stage
from villagedesk.store.rows import AnyRow
from villagedesk.store.schema import CALL_BACKS, EVALUATIONS

_PUT = insert(CALL_BACKS)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["call_back_id"],
    set_={name: _PUT.excluded[name] for name in ("due_on", "tries", "done_at", "outcome", "words")},
)


class EvaluationReads:
    """The part of the domain's Snapshot that tells of evaluations and call-backs.

    Args:
        connection: in a transaction.
    """

    connection: Connection

    def evaluations(self, case_id: str) -> Sequence[Evaluation]:
        """What was said of a case, the first stage first."""
        chosen = select(EVALUATIONS).where(EVALUATIONS.c.case_id == case_id).order_by(EVALUATIONS.c.at)
        return [
            Evaluation(row.case_id, Stage(row.stage), Level(row.level), row.reason, moment_of(row.at), row.clerk)
            for row in self.connection.execute(chosen)
        ]

    def call_back(self, call_back_id: str) -> CallBack:
        """The call-back. Raises KeyError."""
        row = self.connection.execute(select(CALL_BACKS).where(CALL_BACKS.c.call_back_id == call_back_id)).first()
        if row is None:
            raise KeyError(call_back_id)
        return _call_of(row)

    def call_backs_of(self, case_id: str) -> Sequence[CallBack]:
        """All of a case, done or not, the soonest due first."""
        chosen = select(CALL_BACKS).where(CALL_BACKS.c.case_id == case_id).order_by(CALL_BACKS.c.due_on)
        return [_call_of(row) for row in self.connection.execute(chosen)]

    def open_call_backs(self, limit: int) -> Sequence[CallBack]:
        """Those that are not done, the soonest due first."""
        order = (CALL_BACKS.c.due_on, CALL_BACKS.c.call_back_id)
        chosen = select(CALL_BACKS).where(CALL_BACKS.c.done_at.is_(None)).order_by(*order).limit(limit)
        return [_call_of(row) for row in self.connection.execute(chosen)]

    def count_call_backs(self, due_before: date | None = None) -> int:
        """How many are not done; of those due before a day, where one is given."""
        chosen = select(func.count()).select_from(CALL_BACKS).where(CALL_BACKS.c.done_at.is_(None))
        if due_before is not None:
            chosen = chosen.where(CALL_BACKS.c.due_on < due_before.isoformat())
        return self.connection.execute(chosen).scalar_one()


class EvaluationWrites(EvaluationReads):
    """The part of the domain's Transaction that keeps them."""

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Keep what was said. Raises ValueError when something was said of the case at that stage before: it stays."""
        values = {
            "case_id": evaluation.case_id,
            "stage": evaluation.stage.value,
            "level": int(evaluation.level),
            "reason": evaluation.reason,
            "at": utc_text(evaluation.at),
            "clerk": evaluation.clerk,
        }
        try:
            self.connection.execute(EVALUATIONS.insert(), values)
        except IntegrityError as error:
            raise ValueError(f"evaluation refused: {error.orig}") from None

    def put_call_back(self, call_back: CallBack) -> None:
        """Insert or replace; whom it is for and why stays. Raises ValueError for no case's."""
        values = {
            "call_back_id": call_back.call_back_id,
            "case_id": call_back.case_id,
            "cause": call_back.cause.value,
            "due_on": call_back.due_on.isoformat(),
            "tries": call_back.tries,
            "done_at": None if call_back.done_at is None else utc_text(call_back.done_at),
            "outcome": call_back.outcome,
            "words": call_back.words,
        }
        try:
            self.connection.execute(_PUT, values)
        except IntegrityError as error:
            raise ValueError(f"call-back refused: {error.orig}") from None


def _call_of(row: AnyRow) -> CallBack:
    return CallBack(
        row.call_back_id,
        row.case_id,
        CallCause(row.cause),
        date.fromisoformat(row.due_on),
        row.tries,
        None if row.done_at is None else moment_of(row.done_at),
        row.outcome,
        row.words,
    )
