"""Stations of the practice system: one-time codes, enrolment, credentials, revocation."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import select, update

from villagedesk.acceptance.wire import EnrolAnswer, EnrolRequest, sha256_hex
from villagedesk.domain.clock import utc_text
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import Storage, insert_once
from villagedesk.practice.tables import ONE_TIME_CODES, STATIONS


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
            WireProblem: 403 ``unknown_code``, 403 ``code_used``.
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
                return bytes(row.answer)
            at = utc_text(now)
            answer = EnrolAnswer(division_code=request.division_code, enrolled_at=at).model_dump_json().encode()
            connection.execute(
                update(ONE_TIME_CODES)
                .where(ONE_TIME_CODES.c.code_sha256 == code)
                .values(credential_sha256=request.credential_sha256, answer=answer)
            )
            connection.execute(
                update(STATIONS)
                .where(STATIONS.c.division_code == request.division_code)
                .values(
                    credential_sha256=request.credential_sha256,
                    installation_id=request.installation_id,
                    enrolled_at=at,
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
        scheme, _, token = authorization.partition(" ")
        division_code, dot, credential = token.strip().partition(".")
        if scheme.lower() == "bearer" and dot and credential and len(division_code) == 12:
            with self._storage.read() as connection:
                held = connection.execute(
                    select(STATIONS.c.credential_sha256).where(STATIONS.c.division_code == division_code)
                ).scalar_one_or_none()
            if held is not None and hmac.compare_digest(held, sha256_hex(credential.encode())):
                return division_code
        raise WireProblem(
            401, "credential", "站点凭据无效，需要重新登记", headers={"WWW-Authenticate": 'Bearer realm="villagedesk"'}
        )
