"""Batches carried to the township 移交批次, and the proxy cases that can go into one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.handover import Batch, BatchState, HandoverLine, LineOutcome
from villagedesk.domain.paper_no import is_batch_no
from villagedesk.domain.service_item import HandlingMode
from villagedesk.store import rows
from villagedesk.store.schema import CASES, HANDOVER_BATCHES, HANDOVER_LINES

_PUT = insert(HANDOVER_BATCHES)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["batch_no"],
    set_={name: _PUT.excluded[name] for name in ("state", "handed_on", "receiver", "note", "signed", "prints")},
)
_PUT_LINE = insert(HANDOVER_LINES)
_PUT_LINE = _PUT_LINE.on_conflict_do_update(
    index_elements=["batch_no", "case_id"],
    set_={name: _PUT_LINE.excluded[name] for name in ("outcome", "counted", "words")},
)
_IN_A_BAG = (
    select(HANDOVER_LINES.c.case_id)
    .join(HANDOVER_BATCHES, HANDOVER_BATCHES.c.batch_no == HANDOVER_LINES.c.batch_no)
    .where(
        HANDOVER_BATCHES.c.state == BatchState.PACKED.value,
        HANDOVER_LINES.c.outcome == LineOutcome.OPEN.value,
    )
)


class HandoverReads:
    """The part of the domain's Snapshot that tells of batches.

    Args:
        connection: in a transaction.
    """

    connection: Connection

    def batch(self, batch_no: str) -> Batch:
        """That batch. Raises KeyError."""
        found = self._batches(HANDOVER_BATCHES.c.batch_no == batch_no)
        if not found:
            raise KeyError(batch_no)
        return found[0]

    def batches(self, states: Collection[BatchState], limit: int) -> Sequence[Batch]:
        """Those in these states, the oldest first."""
        return self._batches(HANDOVER_BATCHES.c.state.in_([state.value for state in states]), limit, oldest=True)

    def batches_of_case(self, case_id: str) -> Sequence[Batch]:
        """Every batch the case was ever in, the newest first."""
        named = select(HANDOVER_LINES.c.batch_no).where(HANDOVER_LINES.c.case_id == case_id)
        return self._batches(HANDOVER_BATCHES.c.batch_no.in_(named))

    def proxy_cases(self, statuses: Collection[CaseStatus], limit: int) -> tuple[Sequence[Case], int]:
        """Proxy cases in these states that are in no packed bag, longest unchanged first, and how many there are."""
        which = (
            CASES.c.status.in_([status.value for status in statuses]),
            CASES.c.mode == HandlingMode.PROXY.value,
            CASES.c.case_id.not_in(_IN_A_BAG),
        )
        count: int = self.connection.execute(select(func.count()).select_from(CASES).where(*which)).scalar_one()
        chosen = select(CASES).where(*which).order_by(CASES.c.updated_at, CASES.c.case_id).limit(limit)
        return [rows.case_of(row) for row in self.connection.execute(chosen)], count

    def _batches(self, which: ColumnElement[bool], limit: int = -1, *, oldest: bool = False) -> list[Batch]:
        made = HANDOVER_BATCHES.c.made_at
        order = (made, HANDOVER_BATCHES.c.batch_no) if oldest else (made.desc(), HANDOVER_BATCHES.c.batch_no.desc())
        chosen = select(HANDOVER_BATCHES).where(which).order_by(*order).limit(limit)
        found = self.connection.execute(chosen).all()
        lines: dict[str, list[HandoverLine]] = {row.batch_no: [] for row in found}
        named = select(HANDOVER_LINES).where(HANDOVER_LINES.c.batch_no.in_(list(lines)))
        for row in self.connection.execute(named.order_by(HANDOVER_LINES.c.place)):
            outcome = LineOutcome(row.outcome)
            line = HandoverLine(row.case_id, row.papers, row.copies, row.sheets, outcome, row.counted, row.words)
            lines[row.batch_no].append(line)
        return [
            Batch(
                batch_no=row.batch_no,
                state=BatchState(row.state),
                organ=row.organ,
                clerk=row.clerk,
                made_at=moment_of(row.made_at),
                lines=tuple(lines[row.batch_no]),
                handed_on=row.handed_on,
                receiver=row.receiver,
                note=row.note,
                signed=bool(row.signed),
                prints=row.prints,
            )
            for row in found
        ]


class HandoverWrites(HandoverReads):
    """The part of the domain's Transaction that keeps them."""

    def put_batch(self, batch: Batch) -> None:
        """Insert or replace; what its list says stays.

        Raises:
            ValueError: when its number is none of a batch, or a case of it is in another packed bag.
        """
        number = batch.batch_no
        if not is_batch_no(number):
            raise ValueError(f"{number!r} is no number of a batch")
        found = self._batches(HANDOVER_BATCHES.c.batch_no == number)
        known = set(found[0].lines) if found else set()
        if not found:
            taken = set(self.connection.execute(_IN_A_BAG).scalars())
            if taken & {line.case_id for line in batch.lines}:
                raise ValueError("a case lies in one bag only")
        self.connection.execute(
            _PUT,
            {
                "batch_no": number,
                "state": batch.state.value,
                "organ": batch.organ,
                "clerk": batch.clerk,
                "made_at": utc_text(batch.made_at),
                "handed_on": batch.handed_on,
                "receiver": batch.receiver,
                "note": batch.note,
                "signed": int(batch.signed),
                "prints": batch.prints,
            },
        )
        for place, line in enumerate(batch.lines):
            if line in known:
                continue
            self.connection.execute(
                _PUT_LINE,
                {
                    "batch_no": number,
                    "case_id": line.case_id,
                    "place": place,
                    "papers": line.papers,
                    "copies": line.copies,
                    "sheets": line.sheets,
                    "outcome": line.outcome.value,
                    "counted": line.counted,
                    "words": line.words,
                },
            )
