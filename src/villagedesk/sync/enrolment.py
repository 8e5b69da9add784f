"""Making the station known to the acceptance system: the runner's first act when the server answers.

A database that came from a backup holds a credential that another PC may still use: it is replaced, which revokes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, LoginNeeded, Unanswered
from villagedesk.acceptance.wire import EnrolRequest, ReplaceRequest
from villagedesk.domain.audit import STATION, SYSTEM
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock, utc_text
from villagedesk.domain.outbox import OPEN_STATES, SendingState
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.restoring import Restoration
from villagedesk.domain.station import StationFile
from villagedesk.sync.row_steps import ENROLLED, note_step
from villagedesk.sync.rows import advance
from villagedesk.sync.standing import CODE, CREDENTIAL, KEPT, STATE, EnrolmentState, put_successors, successors
from villagedesk.sync.table import Event

_NO_CASE = "standing"
"""Asked about to hear whether a credential counts; no case is called so."""


@dataclass(frozen=True)
class _Known:
    """What this PC keeps of its standing.

    Args:
        next: credentials to replace the present one by, in this order.
        restored: what the last restore said of itself, "" when there was none.
    """

    state: EnrolmentState
    credential: str
    next: tuple[str, ...]
    epoch: str
    installation_id: str
    restored: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> _Known:
        return cls(
            EnrolmentState(snapshot.setting(STATE)),
            snapshot.setting(CREDENTIAL),
            successors(snapshot),
            snapshot.epoch(),
            snapshot.installation_id(),
            snapshot.setting(KEPT),
        )


def stored_credential(store: Store) -> str:
    """The station's credential, "" before it is made: what the HTTP adapter asks for at each request."""
    return store.read(lambda snapshot: snapshot.setting(CREDENTIAL))


class Enrolment:
    """The station's standing with the acceptance system.

    Args:
        token: makes a fresh secret (``secrets.token_urlsafe``); given from outside so that a simulation replays.
    """

    def __init__(
        self, store: Store, acceptance: AcceptanceSystem, station: StationFile, clock: Clock, token: Callable[[], str]
    ) -> None:
        self._store = store
        self._acceptance = acceptance
        self._station = station
        self._clock = clock
        self._token = token

    def state(self) -> EnrolmentState:
        """How far it is; a station file with another one-time code begins anew."""
        state, code = self._store.read(lambda snapshot: (snapshot.setting(STATE), snapshot.setting(CODE)))
        return EnrolmentState(state) if code == self._code_hash() else EnrolmentState.UNPREPARED

    def prepare(self) -> None:
        """Make the credential and keep it, before anything of it is sent: a repeated call then says the same."""

        def keep(transaction: Transaction) -> None:
            transaction.put_setting(CREDENTIAL, self._token())
            put_successors(transaction, ())
            transaction.put_setting(CODE, self._code_hash())
            transaction.put_setting(STATE, EnrolmentState.PREPARED)

        self._store.write(keep).result()

    def attempt(self) -> None:
        """Enrol, or put a new credential in the old one's place; once that is done, let the rows that waited go on.

        Raises:
            LoginNeeded: the county's new station file is needed.
            AcceptanceFailure: the station is as unknown as before; try later.
        """
        known = self._store.read(_Known.of)
        if known.next and known.state is not EnrolmentState.PREPARED:
            self._replace(known)
        else:
            self._enrol(known)

    def is_heard(self) -> bool:
        """Whether the credential counts, asked at once; False also when nobody says so."""
        try:
            self._acceptance.case(_NO_CASE)
        except AcceptanceFailure:
            return False
        return True

    def refused(self, reason: str, raw: str) -> None:
        """401 or 403: the whole queue waits for a new enrolment."""

        def hold(transaction: Transaction) -> None:
            transaction.put_setting(STATE, EnrolmentState.REFUSED)
            now = self._clock.now()
            for row in transaction.outbox(OPEN_STATES - {SendingState.PAUSED}):
                if row.state is not SendingState.LOGIN:
                    transaction.update_outbox(advance(row, Event.LOGIN_NEEDED, now, reason=reason, raw=raw))
                elif row.reason_key != reason:
                    transaction.update_outbox(replace(row, reason_key=reason, reason_raw=raw))
                else:
                    continue
                note_step(transaction, row, reason, raw, now)

        self._store.write(hold).result()

    def _enrol(self, known: _Known) -> None:
        request = EnrolRequest(
            division_code=self._station.division_code,
            one_time_code=self._station.one_time_code,
            credential_sha256=_sha256(known.credential),
            installation_id=known.installation_id,
            # A credential that is replaced at once asks for no letter: the PC the backup came from may hear the answer.
            epoch="" if known.next else known.epoch,
        )
        try:
            granted = self._acceptance.enrol(request)
            if known.state is EnrolmentState.REFUSED:
                # The old answer to the old question comes even where the credential was taken back since.
                self._acceptance.case(_NO_CASE)
        except LoginNeeded as failure:
            raise LoginNeeded("sync.reason.station_file_needed", failure.raw) from None
        self._advance(known, known.credential, known.next, granted)

    def _replace(self, known: _Known) -> None:
        restored, left = Restoration.from_text(known.restored), known.next[1:]
        request = ReplaceRequest(
            division_code=self._station.division_code,
            credential_sha256=_sha256(known.next[0]),
            installation_id=known.installation_id,
            epoch="" if left else known.epoch,
            restored_at=utc_text(restored.at),
            newest_local_no=restored.newest_local_no,
        )
        try:
            granted = self._acceptance.replace(request)
        except LoginNeeded as failure:
            raise LoginNeeded("sync.reason.station_file_needed", failure.raw) from None
        self._advance(known, known.next[0], left, granted)

    def _advance(self, known: _Known, credential: str, left: tuple[str, ...], granted: str) -> None:
        """Write a success: on to the next replacement, or enrolled."""

        def work(transaction: Transaction) -> None:
            transaction.put_setting(CREDENTIAL, credential)
            put_successors(transaction, left)
            if left:
                transaction.put_setting(STATE, EnrolmentState.REPLACING)
                return
            transaction.put_setting(STATE, EnrolmentState.ENROLLED)
            now = self._clock.now()
            if granted not in ("", known.epoch):
                transaction.begin_epoch(granted, known.installation_id)
                detail = {"epoch": granted, "asked": known.epoch}
                transaction.append_event(CaseEvent(STATION, now, SYSTEM, "epoch_granted", detail=detail))
            for row in transaction.outbox(frozenset({SendingState.LOGIN})):
                transaction.update_outbox(advance(row, Event.ENROLLED, now))
                note_step(transaction, row, ENROLLED, "", now)

        try:
            self._store.write(work).result()
        except ValueError:
            # A letter this PC printed with before would print numbers twice; no system in its senses grants it.
            raise Unanswered("sync.reason.not_ours", f"epoch {granted} granted, which was used before") from None

    def _code_hash(self) -> str:
        return _sha256(self._station.one_time_code)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
