"""Home visits 上门代办, each for one draft."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects.sqlite import insert

from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.paper_no import is_visit_no
from villagedesk.domain.visit import Visit
from villagedesk.store.schema import CASES, VISITS

_PUT = insert(VISITS)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["visit_no"], set_={name: _PUT.excluded[name] for name in ("planned_on", "note")}
)


class VisitReads:
    """The part of the domain's Snapshot that tells of visits.

    Args:
        connection: in a transaction.
    """

    connection: Connection

    def visits(self) -> Sequence[Visit]:
        """Home visits whose papers are not taken in yet, soonest planned first, those without a day last."""
        chosen = select(VISITS).join(CASES, CASES.c.case_id == VISITS.c.case_id)
        chosen = chosen.where(CASES.c.status == CaseStatus.DRAFT.value)
        return self._visits(chosen.order_by(VISITS.c.planned_on == "", VISITS.c.planned_on, VISITS.c.visit_no))

    def visit_of_case(self, case_id: str) -> Visit | None:
        """The visit for which the case was begun, None where it was begun at the window."""
        return next(iter(self._visits(select(VISITS).where(VISITS.c.case_id == case_id))), None)

    def _visits(self, chosen: Select[tuple[object, ...]]) -> list[Visit]:
        return [
            Visit(row.visit_no, row.case_id, row.planned_on, row.note, moment_of(row.made_at), row.clerk)
            for row in self.connection.execute(chosen)
        ]


class VisitWrites(VisitReads):
    """The part of the domain's Transaction that keeps them."""

    def put_visit(self, visit: Visit) -> None:
        """Insert or replace. Raises ValueError when its number is none of a visit."""
        if not is_visit_no(visit.visit_no):
            raise ValueError(f"{visit.visit_no!r} is no number of a visit")
        values = {
            "visit_no": visit.visit_no,
            "case_id": visit.case_id,
            "planned_on": visit.planned_on,
            "note": visit.note,
            "made_at": utc_text(visit.made_at),
            "clerk": visit.clerk,
        }
        self.connection.execute(_PUT, values)
