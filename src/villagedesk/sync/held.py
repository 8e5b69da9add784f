"""The other version of a conflict is fetched and kept beside ours (design: decision 15), once for each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, LoginNeeded, Unanswered
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.domain.clock import Clock
from villagedesk.domain.held_version import HELD, HeldVersion
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.turned_away import TurnedAway

_LOG = logging.getLogger(__name__)
_CONFLICT = frozenset({SendingState.CONFLICT})


class HeldPull:
    """Asks what the acceptance system holds where it met a submission of ours with a conflict. Used by one thread.

    Args:
        uniform: gives a number between two, for the waits.
        turned_away: knows whom a 401 or 403 is about.
    """

    def __init__(
        self,
        store: Store,
        acceptance: AcceptanceSystem,
        clock: Clock,
        uniform: Callable[[float, float], float],
        retry: RetryPolicy | None = None,
        turned_away: TurnedAway | None = None,
    ) -> None:
        self._store = store
        self._acceptance = acceptance
        self._clock = clock
        self._uniform = uniform
        self._retry = retry or RetryPolicy()
        self._turned_away = turned_away or TurnedAway()
        self._failures = 0
        self._due = 0.0
        self._failed: dict[str, float] = {}

    def run(self) -> bool:
        """Ask for one; gives whether something was kept. What fails is asked again later, another one first.

        Raises:
            LoginNeeded: the station's credential is not accepted.
        """
        if self._clock.monotonic() < self._due:
            return False
        wanted = self._store.read(_wanted)
        row = min(wanted, key=lambda one: self._failed.get(one.action_id, 0.0), default=None)
        if row is None:
            return False
        try:
            held = self._ask(row)
            self._store.write(partial(_keep, action_id=row.action_id, held=held)).result()
        except (AcceptanceFailure, EnvironmentProblem) as failure:
            if isinstance(failure, LoginNeeded) and not self._turned_away.alone(("held", row.action_id)):
                raise
            _LOG.info("what is held could not be asked: %s", type(failure).__name__)
            self._due = self._clock.monotonic() + self._retry.again(self._failures, failure, self._uniform)
            self._failures += 1
            self._failed[row.action_id] = self._due
            return False
        self._failures = 0
        return True

    def _ask(self, row: OutboxRow) -> HeldVersion:
        case = self._acceptance.case(row.case_id)
        if case is None or not case.revisions:
            return HeldVersion(0, "")
        same = [one for one in case.revisions if one.revision == row.revision]
        other = same[0] if same else max(case.revisions, key=lambda one: one.revision)
        payload = self._acceptance.held_revision(row.case_id, other.revision)
        if payload and sha256_hex(payload) != other.payload_sha256:
            # Cut, or of another case: a person's record may not be shown, let alone chosen, in another's place.
            raise Unanswered("sync.reason.wrong_hash", "the version held is not the one that was named")
        return HeldVersion(other.revision, other.state, payload.decode("utf-8", "replace") if payload else "")


def _wanted(snapshot: Snapshot) -> list[OutboxRow]:
    rows = snapshot.outbox(_CONFLICT)
    submissions = (row for row in rows if row.operation is Operation.SUBMIT)
    return [row for row in submissions if not snapshot.setting(f"{HELD}{row.action_id}")]


def _keep(transaction: Transaction, action_id: str, held: HeldVersion) -> None:
    transaction.put_setting(f"{HELD}{action_id}", held.to_text())
