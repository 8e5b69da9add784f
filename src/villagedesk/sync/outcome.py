"""Which event of the table a failure is, and how long to wait after it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.acceptance.port import (
    AcceptanceFailure,
    Busy,
    Conflicting,
    NoConnection,
    OffsetMoved,
    Refused,
    UploadGone,
)
from villagedesk.domain.outbox import OutboxRow, SendingState
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.table import Event


def outcome(
    row: OutboxRow,
    failure: AcceptanceFailure,
    retry: RetryPolicy,
    uniform: Callable[[float, float], float],
    *,
    progressed: bool = False,
) -> tuple[Event, float | None]:
    """The event, and seconds until the next look (None: none is planned, the row is the clerk's).

    Args:
        row: in *sending*, *uploading* or *confirming*, as it was when the request was made.
        failure: any but LoginNeeded, which concerns the whole queue.
        progressed: something arrived before the failure, so earlier failures no longer count.
    """
    failures = 0 if progressed else row.attempts
    state = row.state
    if isinstance(failure, NoConnection):
        return Event.NO_CONNECTION, retry.network(failures, uniform)
    if isinstance(failure, Busy):
        return Event.BUSY, retry.busy(failures, failure.retry_after, uniform)
    if isinstance(failure, Refused):
        return Event.REFUSED, retry.network(failures, uniform) if state is SendingState.CONFIRMING else None
    if state is SendingState.UPLOADING:
        if isinstance(failure, UploadGone):
            return Event.UPLOAD_GONE, retry.network(failures, uniform)
        moved = isinstance(failure, OffsetMoved | Conflicting)
        return Event.PAGE_FAILED if moved else Event.UNANSWERED, retry.network(failures, uniform)
    # A 409 that names our own hash is no conflict, whatever else it means: ask what is held.
    other_content = isinstance(failure, Conflicting) and failure.held_sha256 != row.payload_sha256
    if state is SendingState.SENDING and other_content:
        return Event.CONFLICTING, None
    return Event.UNANSWERED, retry.confirm(failures, uniform)
