"""An outbox row and an event give the next row: the table applied, pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, Operation, OutboxRow, SendingState
from villagedesk.sync.table import HOLDING_STATES, Attempts, Event, is_final, next_state, transition

_FREEZING = frozenset(
    {Event.TURN, Event.FOUND_COMMITTED, Event.FOUND_REGISTERED, Event.FOUND_REJECTED, Event.FOUND_ACTION}
)
"""The server has, or is about to have, these bytes. Found before their turn: the PC a backup came from sent them."""


def advance(
    row: OutboxRow,
    event: Event,
    now: datetime,
    *,
    wait: float | None = None,
    reason: str = "",
    raw: str = "",
    receipt: str = "",
    stalled: bool = False,
) -> OutboxRow:
    """The row after an event.

    Args:
        wait: seconds until the runner looks at it again; None is at once.
        reason: message key of why; ``raw`` as the other side put it.
        receipt: the server's; one that is there already is never removed.
        stalled: the event brought nothing new, so it counts as a failure whatever the table says.

    Raises:
        NoSuchTransition: when the table has no such line.
    """
    following = next_state(row.state, event, row.return_state)
    if following in HOLDING_STATES and event in (Event.RESTORED, Event.STARTED):
        return_state: SendingState | None = SendingState.CONFIRMING
    elif following in HOLDING_STATES:
        return_state = row.return_state if row.state in HOLDING_STATES else row.state
    else:
        return_state = None
    counting = Attempts.FAILED if stalled else transition(row.state, event).attempts
    attempts = {Attempts.KEPT: row.attempts, Attempts.FAILED: row.attempts + 1, Attempts.CLEARED: 0}[counting]
    return replace(
        row,
        state=following,
        return_state=return_state,
        updated_at=now,
        frozen_at=now if event in _FREEZING and row.frozen_at is None else row.frozen_at,
        attempts=attempts,
        next_try_at=None if wait is None else now + timedelta(seconds=wait),
        reason_key=reason,
        reason_raw=raw,
        receipt=receipt or row.receipt,
    )


def answered_while_held(row: OutboxRow, after: OutboxRow) -> OutboxRow:
    """A row the clerk paused (or that waits for login) while its request was under way, once the answer is there.

    Args:
        row: as it is held now.
        after: what it would be had it not been held.

    A receipt or a refusal is a fact and closes the row; anything else only changes where it goes on later.
    """
    if is_final(after.state):
        return after
    going_on = after.return_state if after.state in HOLDING_STATES else after.state
    return replace(after, state=row.state, return_state=going_on, next_try_at=None)


def goes_before(row: OutboxRow, of_case: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Those of its case while any of which is unsettled ``row`` may not begin: revisions strictly one after the other;
    actions after the revisions, and as they were enqueued. No clock is asked, for a PC's may be set back between two.

    Args:
        of_case: oldest first, as the store gives them; ``row`` is one of them.
    """
    before: list[OutboxRow] = []
    passed = False
    for other in of_case:
        if other.action_id == row.action_id:
            passed = True
        elif other.operation is Operation.SUBMIT:
            if row.operation is not Operation.SUBMIT or other.revision < row.revision:
                before.append(other)
        elif row.operation is not Operation.SUBMIT and not passed:
            before.append(other)
    return before


def stands_for_its_case(row: OutboxRow, rows: Sequence[OutboxRow]) -> bool:
    """Whether a submission is the newest that is sent or will be: what a server forgot goes again as that one alone. An
    older one sent before it would be taken instead of it, and then nobody asked for a correction.

    Args:
        rows: of the case.
    """
    newer = {other.state for other in rows if other.operation is Operation.SUBMIT and other.revision > row.revision}
    held_up = bool(newer & TRAY_STATES)
    return SendingState.SENT not in newer and (held_up or not newer & OPEN_STATES)


class Unsettled(list[OutboxRow]):
    """All rows that are open or in the tray, oldest first; after weeks without a line there are thousands."""

    @cached_property
    def _by_case(self) -> Mapping[str, Sequence[OutboxRow]]:
        found: dict[str, list[OutboxRow]] = {}
        for row in self:
            found.setdefault(row.case_id, []).append(row)
        return found

    def of_case(self, case_id: str) -> Sequence[OutboxRow]:
        """Those of one case, oldest first."""
        return self._by_case.get(case_id, ())


def may_begin(row: OutboxRow, unsettled: Unsettled) -> bool:
    """Whether a queued row's turn has come, given all rows that are open or in the tray."""
    return row.state is SendingState.QUEUED and not goes_before(row, unsettled.of_case(row.case_id))
