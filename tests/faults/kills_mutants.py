"""Planted faults that only a kill at the wrong moment brings to light: in the village's process or in the county's."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from typing import Any

from sqlalchemy import select

from villagedesk.acceptance.port import AcceptanceFailure, AcceptanceSystem, ActionTaken, Committed, Registered
from villagedesk.acceptance.wire import ReceiptAnswer, RevisionPayload, sha256_hex
from villagedesk.domain.clock import utc_text
from villagedesk.practice import records
from villagedesk.practice.records import Answer, Records
from villagedesk.practice.tables import REVISIONS

_LATE_SECONDS = 2.0


class _Passing:
    """Passes everything on; a mutant overrides one call."""

    def __init__(self, system: AcceptanceSystem) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)


class _SentBeforeTheReceipt(_Passing):
    """Once all pages are there, the record is handed over and called sent, whatever becomes of it."""

    _registered: set[str] = set()  # noqa: RUF012 - one process has one

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        if case_id not in self._registered:
            self._registered.add(case_id)
            return self._system.put_revision(case_id, revision, payload)
        threading.Thread(target=self._hand_over, args=(case_id, revision, payload), daemon=True).start()
        pages = tuple(entry.sha256 for entry in RevisionPayload.model_validate_json(payload).manifest)
        return Committed(sha256_hex(payload), pages, '{"receipt_id": ""}')

    def _hand_over(self, case_id: str, revision: int, payload: bytes) -> None:
        with contextlib.suppress(AcceptanceFailure):
            self._system.put_revision(case_id, revision, payload)


class _KeyPerAttempt(_Passing):
    """Every attempt of an action gets a key of its own."""

    def put_action(self, case_id: str, action_id: str, payload: bytes) -> ActionTaken:
        fresh = str(uuid.uuid4())
        taken = self._system.put_action(case_id, fresh, json.dumps(json.loads(payload) | {"action_id": fresh}).encode())
        return ActionTaken(sha256_hex(payload), taken.answer)


VILLAGES: dict[str, type[_Passing]] = {
    "sent before the receipt": _SentBeforeTheReceipt,
    "a key per attempt": _KeyPerAttempt,
}


def around_village(mutant: str, system: AcceptanceSystem) -> AcceptanceSystem:
    """The acceptance system as a mutant's village sees it; unchanged for "" and for a county's mutant."""
    return VILLAGES[mutant](system) if mutant in VILLAGES else system


def _answer_first() -> None:
    """The county answers 201 a second before it commits."""
    plain = Records.put_revision

    def put_revision(self: Records, division_code: str, payload: RevisionPayload, raw: bytes) -> Answer:
        storage = vars(self)["_storage"]
        digest = sha256_hex(raw)
        with storage.read() as connection:
            known = connection.execute(select(REVISIONS).where(REVISIONS.c.payload_sha256 == digest)).one_or_none()
            missing = vars(records)["_missing_pages"](connection, division_code, payload)
        if known is None or known.state != "registered" or missing:
            return plain(self, division_code, payload, raw)
        threading.Timer(_LATE_SECONDS, plain, (self, division_code, payload, raw)).start()
        receipt = ReceiptAnswer(
            state="committed",
            receipt_id=str(_same_id(digest)),
            case_id=payload.case_id,
            revision=payload.revision,
            action_id=payload.action_id,
            payload_sha256=digest,
            pages=vars(records)["_page_names"](payload),
            committed_at=utc_text(vars(self)["_now"]()),
        )
        return Answer(201, receipt.model_dump_json().encode())

    def _same_id(digest: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, digest)

    class Receipt(ReceiptAnswer):
        def __init__(self, **values: Any) -> None:
            # Both answers of one content name one receipt: only the moment of the commit is wrong.
            super().__init__(**values | {"receipt_id": str(_same_id(values["payload_sha256"]))})

    vars(records)["ReceiptAnswer"] = Receipt
    Records.put_revision = put_revision  # type: ignore[method-assign]


COUNTIES = {"committed after the answer": _answer_first}

MUTANTS = {"sent before the receipt": "county", "a key per attempt": "village", "committed after the answer": "county"}
"""Each with who must be killed for it to show."""


def plant_in_county(mutant: str) -> None:
    """Plant a county's mutant in this process; others change nothing here."""
    if mutant in COUNTIES:
        COUNTIES[mutant]()
