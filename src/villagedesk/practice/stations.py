"""Stations of the practice system: one-time codes, enrolment, credentials, their replacement and revocation."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import Connection, select, update

from villagedesk.acceptance.wire import EnrolAnswer, EnrolRequest, ReplaceRequest, sha256_hex
from villagedesk.domain.clock import utc_text
from villagedesk.practice.epochs import grant_epoch
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import Storage, insert_once
from villagedesk.practice.tables import ONE_TIME_CODES, REPLACEMENTS, STATIONS


class Stations:
    """Who may talk to this system. Credentials and codes are kept as SHA-256 only."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def invite(self, division_code: str, name: str, one_time_code: str) -> None:
        """Let a station enrol once with a code (the one in its station file). Repeating is harmless."""
        with self._storage.write() as connection:
            insert_once(connection, STATIONS, {"division_code": division_code, "name": name})
            insert_once(
                connection,
                ONE_TIME_CODES,
                {"code_sha256": sha256_hex(one_time_code.encode()), "division_code": division_code},
            )

    def enrol(self, request: EnrolRequest, now: datetime) -> bytes:
        """Make a credential known; idempotent on code and credential. A new code replaces the credential before.

        Repeating an old enrolment gives its old answer and changes nothing, so a credential that was replaced or
        revoked stays so.

        Returns:
            The stored JSON of :class:`EnrolAnswer`.

        Raises:
            WireProblem: 403 ``unknown_code``, 403 ``code_used``, 409 ``epochs_used_up``.
        """
        code = sha256_hex(request.one_time_code.encode())
        with self._storage.write() as connection:
            row = connection.execute(
                select(ONE_TIME_CODES).where(ONE_TIME_CODES.c.code_sha256 == code).with_for_update()
            ).one_or_none()
            if row is None or row.division_code != request.division_code:
                raise WireProblem(403, "unknown_code", "登记码不正确，请向县里索取新的站点文件")
            if row.credential_sha256 is not None:
                if not hmac.compare_digest(row.credential_sha256, request.credential_sha256):
                    raise WireProblem(403, "code_used", "登记码已被使用，请向县里索取新的站点文件")
                return _told_again(connection, bytes(row.answer), request)
            answer = _admit(connection, request, now)
            connection.execute(
                update(ONE_TIME_CODES)
                .where(ONE_TIME_CODES.c.code_sha256 == code)
                .values(credential_sha256=request.credential_sha256, answer=answer)
            )
            return answer

    def replace(self, authorization: str, request: ReplaceRequest, now: datetime) -> bytes:
        """Put a credential in the place of the one that calls, which is revoked by it; idempotent on the new one.

        Repeated with the credential that was replaced, it gives its old answer and changes nothing; so does a
        repetition with the new one. Anybody else who has the old one, say a second PC restored from the same backup,
        is refused.

        Returns:
            The stored JSON of :class:`EnrolAnswer`.

        Raises:
            WireProblem: 401 ``credential``; 409 ``credential_used``, ``epochs_used_up``.
        """
        division_code, old = _named(authorization)
        with self._storage.write() as connection:
            station = connection.execute(
                select(STATIONS).where(STATIONS.c.division_code == division_code).with_for_update()
            ).one_or_none()
            if station is None or request.division_code != division_code:
                raise _no_credential()
            done = connection.execute(
                select(REPLACEMENTS).where(
                    REPLACEMENTS.c.division_code == division_code,
                    REPLACEMENTS.c.credential_sha256 == request.credential_sha256,
                )
            ).one_or_none()
            if done is not None and old in (done.old_sha256, done.credential_sha256):
                return _told_again(connection, bytes(done.answer), request)
            held = station.credential_sha256
            if held is None or not hmac.compare_digest(held, old):
                raise _no_credential()
            if done is not None or request.credential_sha256 == old or _ever_had(connection, request.credential_sha256):
                raise WireProblem(409, "credential_used", "新的站点凭据已被使用过，请重新生成")
            answer = _admit(connection, request, now)
            connection.execute(
                REPLACEMENTS.insert().values(
                    old_sha256=old,
                    division_code=division_code,
                    credential_sha256=request.credential_sha256,
                    answer=answer,
                )
            )
            return answer

    def revoke(self, division_code: str) -> None:
        """Take a station's credential back; it needs a new code to come again.

        Raises:
            WireProblem: 404 ``unknown_station``.
        """
        with self._storage.write() as connection:
            changed = connection.execute(
                update(STATIONS).where(STATIONS.c.division_code == division_code).values(credential_sha256=None)
            )
            if changed.rowcount != 1:
                raise WireProblem(404, "unknown_station", "没有这个站点")

    def authenticate(self, authorization: str) -> str:
        """The division code behind ``Bearer <division_code>.<credential>``.

        Raises:
            WireProblem: 401 ``credential``.
        """
        division_code, credential_sha256 = _named(authorization)
        held = self._storage.scalar(
            select(STATIONS.c.credential_sha256).where(STATIONS.c.division_code == division_code)
        )
        if held is None or not hmac.compare_digest(held, credential_sha256):
            raise _no_credential()
        return division_code


def _named(authorization: str) -> tuple[str, str]:
    """Division code and the credential's hash of ``Bearer <division_code>.<credential>``."""
    scheme, _, token = authorization.partition(" ")
    division_code, dot, credential = token.strip().partition(".")
    if scheme.lower() != "bearer" or not dot or not credential or len(division_code) != 12:
        raise _no_credential()
    return division_code, sha256_hex(credential.encode())


def _no_credential() -> WireProblem:
    return WireProblem(
        401, "credential", "站点凭据无效，需要重新登记", headers={"WWW-Authenticate": 'Bearer realm="villagedesk"'}
    )


def _admit(connection: Connection, request: EnrolRequest | ReplaceRequest, now: datetime) -> bytes:
    """The station's credential is this one from now on, the one before it counts no more."""
    at = utc_text(now)
    epoch = grant_epoch(connection, request.division_code, request.epoch, request.installation_id)
    connection.execute(
        update(STATIONS)
        .where(STATIONS.c.division_code == request.division_code)
        .values(
            credential_sha256=request.credential_sha256,
            installation_id=request.installation_id,
            enrolled_at=at,
        )
    )
    answer = EnrolAnswer(division_code=request.division_code, enrolled_at=at, epoch=epoch)
    return answer.model_dump_json().encode()


def _told_again(connection: Connection, answer: bytes, request: EnrolRequest | ReplaceRequest) -> bytes:
    """The old answer to the old question. A copy of the PC that asks the same with its own installation id hears its
    own letter, not the other's."""
    epoch = grant_epoch(connection, request.division_code, request.epoch, request.installation_id)
    told = EnrolAnswer.model_validate_json(answer)
    return answer if told.epoch == epoch else told.model_copy(update={"epoch": epoch}).model_dump_json().encode()


def _ever_had(connection: Connection, credential_sha256: str) -> bool:
    """Whether a credential enrolled with a code, or was replaced: one that was taken back stays so."""
    enrolled = select(ONE_TIME_CODES.c.code_sha256).where(ONE_TIME_CODES.c.credential_sha256 == credential_sha256)
    replaced = select(REPLACEMENTS.c.old_sha256).where(REPLACEMENTS.c.old_sha256 == credential_sha256)
    return any(connection.execute(found.limit(1)).first() is not None for found in (enrolled, replaced))
