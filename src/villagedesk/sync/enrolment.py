"""Making the station known to the acceptance system: the runner's first act when the server answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum

from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.acceptance.wire import EnrolRequest
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OPEN_STATES, SendingState
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.station import StationFile
from villagedesk.sync.rows import advance
from villagedesk.sync.table import Event

CREDENTIAL = "sync.credential"
STATE = "sync.enrolment"
INSTALLATION = "sync.installation_id"
_CODE = "sync.enrolment_code_sha256"


class EnrolmentState(StrEnum):
    """How far it is, as the setting ``sync.enrolment`` keeps it."""

    UNPREPARED = ""
    PREPARED = "prepared"
    ENROLLED = "enrolled"
    REFUSED = "refused"


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
        state, code = self._store.read(lambda snapshot: (snapshot.setting(STATE), snapshot.setting(_CODE)))
        return EnrolmentState(state) if code == self._code_hash() else EnrolmentState.UNPREPARED

    def prepare(self) -> None:
        """Make the credential and keep it, before anything of it is sent: a repeated call then says the same."""

        def keep(transaction: Transaction) -> None:
            transaction.put_setting(CREDENTIAL, self._token())
            if not transaction.setting(INSTALLATION):
                transaction.put_setting(INSTALLATION, self._token()[:32])
            transaction.put_setting(_CODE, self._code_hash())
            transaction.put_setting(STATE, EnrolmentState.PREPARED)

        self._store.write(keep).result()

    def attempt(self) -> None:
        """Enrol, and let the rows that waited for it go on.

        Raises:
            AcceptanceFailure: the station is as unknown as before; try later.
        """
        credential, installation = self._store.read(
            lambda snapshot: (snapshot.setting(CREDENTIAL), snapshot.setting(INSTALLATION))
        )
        self._acceptance.enrol(
            EnrolRequest(
                division_code=self._station.division_code,
                one_time_code=self._station.one_time_code,
                credential_sha256=hashlib.sha256(credential.encode()).hexdigest(),
                installation_id=installation,
            )
        )

        def enrolled(transaction: Transaction) -> None:
            transaction.put_setting(STATE, EnrolmentState.ENROLLED)
            now = self._clock.now()
            for row in transaction.outbox(frozenset({SendingState.LOGIN})):
                transaction.update_outbox(advance(row, Event.ENROLLED, now))

        self._store.write(enrolled).result()

    def refused(self, reason: str, raw: str) -> None:
        """401 or 403: the whole queue waits for a new enrolment."""

        def hold(transaction: Transaction) -> None:
            transaction.put_setting(STATE, EnrolmentState.REFUSED)
            now = self._clock.now()
            for row in transaction.outbox(OPEN_STATES - {SendingState.LOGIN, SendingState.PAUSED}):
                transaction.update_outbox(advance(row, Event.LOGIN_NEEDED, now, reason=reason, raw=raw))

        self._store.write(hold).result()

    def _code_hash(self) -> str:
        return hashlib.sha256(self._station.one_time_code.encode()).hexdigest()
