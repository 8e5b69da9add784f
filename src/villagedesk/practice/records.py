"""Revisions and actions of cases: registered, committed once, answered the same for ever."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from villagedesk.acceptance.wire import (
    ActionAnswer,
    ActionPayload,
    ReceiptAnswer,
    RegisteredAnswer,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.domain.clock import utc_text
from villagedesk.practice.epochs import note_epoch
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import Storage, insert_once
from villagedesk.practice.tables import ACTION_IDS, ACTIONS, CASES, PAGES, RECEIPTS, REVISIONS

_DECIDED = {"concluded": "办件已办结，不能撤回", "refused": "办件已决定不予受理，不能撤回"}
"""States of a case that is decided, with why it can no longer be taken back."""
_COMMIT_CASE = update(CASES).where(CASES.c.case_id == bindparam("of_case"))


@dataclass(frozen=True)
class Answer:
    """Status and exact body of an answer."""

    status: int
    body: bytes


class Records:
    """Takes revisions and actions.

    Args:
        storage: the database.
        now: the server's clock, aware, UTC.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._now = now

    def put_revision(self, division_code: str, payload: RevisionPayload, raw: bytes) -> Answer:
        """Register a revision, or commit it when every page of its manifest is held.

        Args:
            division_code: the station, as its credential says.
            payload: the record; ``raw`` its exact uncompressed bytes, whose SHA-256 is the content's name.

        Returns:
            202 with a :class:`RegisteredAnswer`, or 201 with the stored bytes of the :class:`ReceiptAnswer`.

        Raises:
            WireProblem: 409 ``other_content``, ``action_id_used``, ``superseded``, ``revision_not_wanted``,
                ``case_elsewhere``; 422 ``rejected``, ``byte_count``.
        """
        digest = sha256_hex(raw)
        with self._storage.write() as connection:
            if self._open_case(connection, division_code, payload):
                return self._take_first(connection, division_code, payload, raw, digest)
            case = self._lock_case(connection, division_code, payload)
            held = connection.execute(
                select(REVISIONS).where(
                    REVISIONS.c.case_id == payload.case_id, REVISIONS.c.revision == payload.revision
                )
            ).one_or_none()
            if held is None:
                self._register(connection, case, payload, raw, digest)
            elif held.payload_sha256 != digest:
                raise _conflict("other_content", "该版本已有不同内容", held.payload_sha256, held.revision)
            elif held.state == "committed":
                return Answer(201, _receipt_bytes(connection, payload.case_id, payload.revision))
            elif held.state == "rejected":
                raise _no_longer_taken(connection, held)
            missing = _missing_pages(connection, division_code, payload)
            if missing:
                return _registered(payload, digest, missing)
            return self._commit(connection, case, payload, digest)

    def put_action(self, division_code: str, case_id: str, payload: ActionPayload, raw: bytes) -> Answer:
        """Take a withdrawal, delivery or evaluation once.

        Returns:
            201 the first time, 200 when repeated, with the same bytes.

        Raises:
            WireProblem: 404 ``unknown_case``, 409 ``action_id_used``; 422 ``rejected`` for a decided case.
        """
        digest = sha256_hex(raw)
        with self._storage.write() as connection:
            case = owned_case(connection, division_code, case_id, lock=True)
            if not _claim_action_id(connection, payload.action_id, case_id, 0, digest):
                answer = connection.execute(
                    select(ACTIONS.c.answer).where(ACTIONS.c.action_id == payload.action_id)
                ).scalar_one()
                return Answer(200, bytes(answer))
            if payload.operation == "withdraw" and case.state in _DECIDED:
                raise WireProblem(422, "rejected", _DECIDED[case.state])
            at = utc_text(self._now())
            body = (
                ActionAnswer(action_id=payload.action_id, case_id=case_id, payload_sha256=digest, taken_at=at)
                .model_dump_json()
                .encode()
            )
            connection.execute(
                ACTIONS.insert().values(
                    action_id=payload.action_id,
                    case_id=case_id,
                    operation=payload.operation,
                    payload=raw,
                    answer=body,
                    taken_at=at,
                )
            )
            if payload.operation == "withdraw":
                connection.execute(update(CASES).where(CASES.c.case_id == case_id).values(state="withdrawn"))
            return Answer(201, body)

    def _open_case(self, connection: Connection, division_code: str, payload: RevisionPayload) -> bool:
        """Give the case its row; gives False when it has one already, maybe another station's."""
        return insert_once(
            connection,
            CASES,
            {
                "case_id": payload.case_id,
                "division_code": division_code,
                "state": "registered",
                "item_code": payload.item_code,
                "item_name": payload.item_name,
                "local_no": payload.local_no,
                "first_seen_at": utc_text(self._now()),
            },
        )

    def _take_first(
        self, connection: Connection, division_code: str, payload: RevisionPayload, raw: bytes, digest: str
    ) -> Answer:
        """The first that was ever heard of a case, whose row this transaction has made: there is nothing to be compared
        with, which saves most of the statements. So nearly all records come."""
        note_epoch(connection, division_code, payload.local_no)
        if not _claim_action_id(connection, payload.action_id, payload.case_id, payload.revision, digest):
            raise AssertionError("an action id of a case without the case")
        missing = _missing_pages(connection, division_code, payload)
        self._keep(connection, payload, raw, digest, "registered" if missing else "committed")
        if missing:
            return _registered(payload, digest, missing)
        answer, at = self._give_receipt(connection, payload, digest, round_=0)
        connection.execute(_COMMIT_CASE, {"of_case": payload.case_id, "state": "submitted", "committed_at": at})
        return answer

    def _lock_case(self, connection: Connection, division_code: str, payload: RevisionPayload) -> Row[Any]:
        case = connection.execute(select(CASES).where(CASES.c.case_id == payload.case_id).with_for_update()).one()
        if case.division_code != division_code:
            raise _conflict("case_elsewhere", "该办件属于其他站点", "", 0)
        note_epoch(connection, division_code, payload.local_no)
        return case

    def _register(
        self, connection: Connection, case: Row[Any], payload: RevisionPayload, raw: bytes, digest: str
    ) -> None:
        highest = connection.execute(
            select(REVISIONS).where(REVISIONS.c.case_id == case.case_id).order_by(REVISIONS.c.revision.desc()).limit(1)
        ).one_or_none()
        if highest is not None and highest.revision > payload.revision:
            raise _conflict("superseded", "已有更新的版本", highest.payload_sha256, highest.revision)
        if not _claim_action_id(connection, payload.action_id, case.case_id, payload.revision, digest):
            raise AssertionError("an action id of this very revision without the revision")
        if highest is not None:
            _check_wanted(connection, case, highest)
        # An older revision that never got its pages can never be committed behind the newer one's back.
        connection.execute(
            update(REVISIONS)
            .where(REVISIONS.c.case_id == case.case_id, REVISIONS.c.state == "registered")
            .values(state="rejected")
        )
        self._keep(connection, payload, raw, digest, "registered")
        if case.state == "rejected":
            connection.execute(update(CASES).where(CASES.c.case_id == case.case_id).values(state="registered"))

    def _keep(self, connection: Connection, payload: RevisionPayload, raw: bytes, digest: str, state: str) -> None:
        connection.execute(
            REVISIONS.insert(),
            {
                "case_id": payload.case_id,
                "revision": payload.revision,
                "action_id": payload.action_id,
                "payload": raw,
                "payload_sha256": digest,
                "state": state,
                "registered_at": utc_text(self._now()),
            },
        )

    def _commit(self, connection: Connection, case: Row[Any], payload: RevisionPayload, digest: str) -> Answer:
        answer, at = self._give_receipt(connection, payload, digest, case.round)
        connection.execute(
            update(REVISIONS)
            .where(REVISIONS.c.case_id == payload.case_id, REVISIONS.c.revision == payload.revision)
            .values(state="committed")
        )
        state = case.state if case.state == "withdrawn" else "submitted"
        connection.execute(_COMMIT_CASE, {"of_case": payload.case_id, "state": state, "committed_at": at})
        return answer

    def _give_receipt(
        self, connection: Connection, payload: RevisionPayload, digest: str, round_: int
    ) -> tuple[Answer, str]:
        """Keep the receipt of the round; gives it, and its time."""
        at = utc_text(self._now())
        receipt = ReceiptAnswer(
            state="committed",
            receipt_id=str(uuid.uuid4()),
            case_id=payload.case_id,
            revision=payload.revision,
            action_id=payload.action_id,
            payload_sha256=digest,
            pages=_page_names(payload),
            committed_at=at,
        )
        body = receipt.model_dump_json().encode()
        inserted = insert_once(
            connection,
            RECEIPTS,
            {
                "case_id": payload.case_id,
                "revision": payload.revision,
                "round": round_,
                "receipt_id": receipt.receipt_id,
                "body": body,
                "committed_at": at,
            },
        )
        if not inserted:
            raise AssertionError(f"round {round_} of a case is committed without its revision saying so")
        return Answer(201, body), at


def owned_case(connection: Connection, division_code: str, case_id: str, *, lock: bool = False) -> Row[Any]:
    """A case of this station.

    Args:
        lock: nobody else changes it before the transaction ends.

    Raises:
        WireProblem: 404 ``unknown_case``, also for a case of another station.
    """
    asked = select(CASES).where(CASES.c.case_id == case_id)
    case = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    if case is None or case.division_code != division_code:
        raise unknown_case()
    return case


def unknown_case() -> WireProblem:
    """404: this system never heard of the case (from this station)."""
    return WireProblem(404, "unknown_case", "本系统没有这个办件")


def _check_wanted(connection: Connection, case: Row[Any], highest: Row[Any]) -> None:
    """Revision n+1 is taken only when n was rejected or never committed, or a correction was asked for."""
    committed_rounds = connection.execute(
        select(func.count()).select_from(RECEIPTS).where(RECEIPTS.c.case_id == case.case_id)
    ).scalar_one()
    if committed_rounds <= case.round:
        return
    raise _conflict(
        "revision_not_wanted", "已提交的办件未要求补正，不能再次提交", highest.payload_sha256, highest.revision
    )


def _claim_action_id(connection: Connection, action_id: str, case_id: str, revision: int, digest: str) -> bool:
    """Bind an action id to its content for ever. Gives False when it is bound to this very content already."""
    row = {"action_id": action_id, "case_id": case_id, "revision": revision, "payload_sha256": digest}
    if insert_once(connection, ACTION_IDS, row):
        return True
    held = connection.execute(select(ACTION_IDS).where(ACTION_IDS.c.action_id == action_id)).one()
    if (held.case_id, held.revision, held.payload_sha256) != (case_id, revision, digest):
        raise _conflict("action_id_used", "操作编号已用于其他内容", held.payload_sha256, held.revision)
    return False


def _no_longer_taken(connection: Connection, held: Row[Any]) -> WireProblem:
    newer = connection.execute(
        select(REVISIONS)
        .where(REVISIONS.c.case_id == held.case_id, REVISIONS.c.revision > held.revision)
        .order_by(REVISIONS.c.revision.desc())
        .limit(1)
    ).one_or_none()
    if newer is not None:
        return _conflict("superseded", "已有更新的版本", newer.payload_sha256, newer.revision)
    return WireProblem(422, "rejected", f"受理系统退回：{held.reason}")


def _registered(payload: RevisionPayload, digest: str, missing: list[str]) -> Answer:
    answer = RegisteredAnswer(
        state="registered",
        case_id=payload.case_id,
        revision=payload.revision,
        payload_sha256=digest,
        missing=missing,
    )
    return Answer(202, answer.model_dump_json().encode())


def _page_names(payload: RevisionPayload) -> list[str]:
    return list(dict.fromkeys(entry.sha256 for entry in payload.manifest))


def _missing_pages(connection: Connection, division_code: str, payload: RevisionPayload) -> list[str]:
    names = _page_names(payload)
    if not names:
        return []
    held = {
        row.sha256: row.byte_count
        for row in connection.execute(
            select(PAGES.c.sha256, PAGES.c.byte_count).where(
                PAGES.c.division_code == division_code, PAGES.c.sha256.in_(names)
            )
        )
    }
    for entry in payload.manifest:
        if held.get(entry.sha256, entry.byte_count) != entry.byte_count:
            raise WireProblem(422, "byte_count", f"第 {entry.order} 页的字节数与收到的文件不符", {"page": entry.sha256})
    return [name for name in names if name not in held]


def _receipt_bytes(connection: Connection, case_id: str, revision: int) -> bytes:
    return bytes(
        connection.execute(
            select(RECEIPTS.c.body).where(RECEIPTS.c.case_id == case_id, RECEIPTS.c.revision == revision)
        ).scalar_one()
    )


def _conflict(code: str, message: str, held_sha256: str, held_revision: int) -> WireProblem:
    return WireProblem(409, code, message, {"held_sha256": held_sha256, "held_revision": held_revision})
