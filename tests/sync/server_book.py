"""The book of the acceptance system's model: what it holds of cases, pages and stations, and what it decides by that.

What it has taken is durable truth for a judge to look at.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.sync.server_line import Fault, ServerLine
from villagedesk.acceptance.port import Committed, Conflicting, OffsetMoved, Refused, Registered, UploadGone
from villagedesk.acceptance.wire import (
    CaseAnswer,
    CaseListAnswer,
    CaseSummary,
    Change,
    DocumentRecord,
    ReceiptAnswer,
    RevisionPayload,
    RevisionState,
    sha256_hex,
)
from villagedesk.domain.local_no import EPOCHS, next_epoch

AT = "2026-11-23T01:02:03.000004Z"
CASES_A_PIECE = 2
_STANDING = {
    "accepted": "accepted",
    "refused": "refused",
    "correction_asked": "correction_asked",
    "in_process": "in_process",
    "suspended": "suspended",
    "resumed": "in_process",
    "concluded": "concluded",
    "result_ready": "concluded",
}
"""Where the server's own book has a case after each thing it tells."""
_DURABLE = ("revisions", "pages", "uploads", "actions", "changes_made", "standing_of", "wanted", "documents")
"""What a restored server has as it was; the station's standing is not among them, which has histories of its own."""


@dataclass
class Held:
    """A revision the server holds."""

    payload: bytes
    record: RevisionPayload
    state: Literal["registered", "committed", "rejected"] = "registered"
    receipt: ReceiptAnswer | None = None


@dataclass
class Upload:
    """A tus upload."""

    sha256: str
    length: int
    data: bytearray = field(default_factory=bytearray)


class ServerBook(ServerLine):
    """Holds and decides.

    Args:
        choose, partial, arrives: of the line.
    """

    def __init__(
        self,
        choose: Callable[[str], Fault],
        *,
        one_time_code: str,
        partial: Callable[[int], int],
        arrives: Callable[[], bool],
    ) -> None:
        super().__init__(choose, partial, arrives)
        self.codes = {one_time_code: ""}
        self.standing = ""
        self.heard_of: set[str] = set()
        self.epochs: dict[str, str] = {}
        self.replaced: dict[str, str] = {}
        self.knows_replace = True
        self.revisions: dict[tuple[str, int], Held] = {}
        self.committed_ever: dict[tuple[str, int], list[str]] = {}
        self.seen: dict[tuple[str, int], set[str]] = {}
        self.pages: dict[str, bytes] = {}
        self.uploads: dict[str, Upload] = {}
        self.actions: dict[str, tuple[str, bytes, str]] = {}
        self.actions_ever: set[str] = set()
        self.changes_made: list[Change] = []
        self.told_ever: list[Change] = []
        """Also what a server that was put back to an older state forgot."""
        self.refuse_content: Callable[[RevisionPayload], bool] = lambda _record: False
        self.refuse_page: Callable[[str], bool] = lambda _sha256: False
        self.on_arrival: Callable[[str, int], None] = lambda _case_id, _revision: None
        self.on_leaving: Callable[[str, str], None] = lambda _action_id, _digest: None
        """Told of each revision and action whose bytes leave the PC, before anything becomes of them."""
        self.on_page: Callable[[str], None] = lambda _sha256: None
        """Told when the upload of a page is asked for, before it is begun."""
        self.strict = False
        """Whether a revision must be wanted and an action's case be known, as the contract has it."""
        self.standing_of: dict[str, str] = {}
        self.wanted: set[str] = set()
        """Cases of which a correction was asked for, until its revision is committed."""
        self.refused_ever: set[str] = set()
        self.conflicted_ever: set[str] = set()
        self.pages_ever: set[str] = set()
        self._serial = 0

    # -- what a test does to it --

    def restart(self) -> None:
        """Uploads that are not complete are forgotten."""
        self.uploads.clear()

    def forget(self, case_id: str) -> None:
        """Restored to a state older than this case; its pages are gone with it."""
        for key in [key for key in self.revisions if key[0] == case_id]:
            for entry in self.revisions.pop(key).record.manifest:
                self.pages.pop(entry.sha256, None)
        for action_id in [action_id for action_id, taken in self.actions.items() if taken[0] == case_id]:
            del self.actions[action_id]

    def tell(
        self, case_id: str, kind: str, at: str = AT, documents: Sequence[DocumentRecord] = (), **values: str
    ) -> Change:
        """Let something happen to a case."""
        number = len(self.changes_made) + 1
        change = Change(sequence=number, case_id=case_id, kind=kind, at=at, values=values, documents=list(documents))
        self.changes_made.append(change)
        self.told_ever.append(change)
        self.standing_of[case_id] = _STANDING.get(kind, self.standing_of.get(case_id, ""))
        if kind == "correction_asked":
            self.wanted.add(case_id)
        return change

    def back_up(self) -> dict[str, Any]:
        """What :meth:`put_back` needs to bring the server to the state it has now."""
        return {name: copy.deepcopy(getattr(self, name)) for name in _DURABLE}

    def put_back(self, kept: dict[str, Any]) -> None:
        """The server is restored to an older state. What it ever did stays known to the judge."""
        vars(self).update(copy.deepcopy(kept))

    # -- what it decides --

    def _cursor(self) -> str:
        """How many changes there are, and what the last one was: a server that was restored knows such a cursor as one
        of changes it lost, also when it has told as many others since."""
        last = self.changes_made[-1:]
        if not self.strict:
            return str(len(self.changes_made))
        return f"{len(self.changes_made)}-{sha256_hex(last[0].model_dump_json().encode())[:8]}" if last else ""

    def _stands_at(self, cursor: str) -> int:
        number, _, mark = cursor.partition("-")
        count = int(number or "0")
        there = self.changes_made[count - 1 : count]
        known = bool(there) and sha256_hex(there[0].model_dump_json().encode())[:8] == mark
        return count if known or not self.strict else 0

    def _check_action(self, case_id: str, payload: bytes, digest: str) -> None:
        """Whether the contract has it taken: the case is known, and what is concluded cannot be withdrawn."""
        if not any(key[0] == case_id for key in self.revisions):
            raise Refused("sync.reason.refused", "404 unknown_case", "unknown_case")
        if json.loads(payload)["operation"] != "withdraw":
            return
        if self.standing_of.get(case_id) == "concluded":
            self.refused_ever.add(digest)
            raise Refused("sync.reason.refused", "422 rejected", "rejected")
        self.standing_of[case_id] = "withdrawn"

    def _grant(self, asked: str, installation_id: str) -> str:
        if not asked or self.epochs.setdefault(asked, installation_id) == installation_id:
            return asked
        own = [letter for letter in EPOCHS if self.epochs.get(letter) == installation_id]
        granted = own[-1] if own else next_epoch(self.epochs)
        self.epochs[granted] = installation_id
        return granted

    def _piece(self, after: str) -> CaseListAnswer:
        names = sorted({key[0] for key in self.revisions} | {action[0] for action in self.actions.values()})
        left = [name for name in names if name > after]
        answers = [answer for name in left[:CASES_A_PIECE] if (answer := self._answer(name))]
        return CaseListAnswer(cases=answers, next=left[CASES_A_PIECE - 1] if len(left) > CASES_A_PIECE else "")

    def _take(self, case_id: str, revision: int, payload: bytes, record: RevisionPayload) -> Registered | Committed:
        digest = sha256_hex(payload)
        held = self.revisions.get((case_id, revision))
        if held is not None and sha256_hex(held.payload) != digest:
            raise self._conflict("other content", digest, held)
        newer = [key for key in self.revisions if key[0] == case_id and key[1] > revision]
        if newer and (held is None or held.state == "rejected"):
            raise self._conflict("superseded", digest, self.revisions[max(newer)])
        if held is None:
            held = self._register(case_id, revision, payload, record, digest)
        if held.state == "rejected":
            self.refused_ever.add(digest)
            raise Refused("sync.reason.refused", "422 rejected", "rejected")
        names = tuple(dict.fromkeys(entry.sha256 for entry in record.manifest))
        if held.receipt is None:
            missing = tuple(name for name in names if name not in self.pages)
            if missing:
                return Registered(digest, missing)
            self._serial += 1
            held.state = "committed"
            held.receipt = receipt_of(f"receipt-{self._serial}", record, digest, names)
            self.committed_ever.setdefault((case_id, revision), []).append(digest)
            self.wanted.discard(case_id)
            if self.standing_of.get(case_id) != "withdrawn":
                self.standing_of[case_id] = "submitted"
        return Committed(digest, names, held.receipt.model_dump_json())

    def _register(self, case_id: str, revision: int, payload: bytes, record: RevisionPayload, digest: str) -> Held:
        if self.refuse_content(record):
            self.refused_ever.add(digest)
            raise Refused("sync.reason.refused", "422 rejected", "rejected")
        older = [held for key, held in self.revisions.items() if key[0] == case_id]
        if self.strict and case_id not in self.wanted and any(held.state == "committed" for held in older):
            raise self._conflict("revision_not_wanted", digest, older[-1])
        for held in older:
            # One that never got its pages can never be committed behind the newer one's back.
            if self.strict and held.state == "registered":
                held.state = "rejected"
                self.refused_ever.add(sha256_hex(held.payload))
        self.revisions[(case_id, revision)] = Held(payload, record)
        return self.revisions[(case_id, revision)]

    def _conflict(self, code: str, digest: str, held: Held) -> Conflicting:
        self.conflicted_ever.add(digest)
        return Conflicting("sync.reason.conflict", code, sha256_hex(held.payload))

    def _answer(self, case_id: str) -> CaseAnswer | None:
        states = [
            RevisionState(
                revision=revision,
                state=held.state,
                payload_sha256=sha256_hex(held.payload),
                action_id=held.record.action_id,
                missing=[entry.sha256 for entry in held.record.manifest if entry.sha256 not in self.pages],
                receipt=held.receipt,
            )
            for (name, revision), held in self.revisions.items()
            if name == case_id
        ]
        taken = [action_id for action_id, action in self.actions.items() if action[0] == case_id]
        if not states and not taken:
            return None
        highest = max((state.revision for state in states if state.state == "committed"), default=0)
        records = [held.record for (name, _), held in self.revisions.items() if name == case_id]
        summary = records and CaseSummary(
            local_no=records[-1].local_no,
            item_name=records[-1].item_name,
            applicant_name=records[-1].applicant.name,
            received_at=records[-1].received_at,
            state=states[-1].state,
        )
        return CaseAnswer(
            case_id=case_id, committed_revision=highest, revisions=states, actions=taken, summary=summary or None
        )

    def _other_pages(self, record: RevisionPayload) -> tuple[str, ...]:
        """A list of pages that is not the record's: none, or as many others."""
        names = dict.fromkeys(entry.sha256 for entry in record.manifest)
        return tuple(sha256_hex(name.encode()) for name in names) if len(self.calls) % 2 else ()

    def _boast(self, case_id: str) -> CaseAnswer | None:
        """The answer about a case that calls what is only registered committed."""
        answer = self._answer(case_id)
        return answer and answer.model_copy(
            update={"revisions": [self._boasted(case_id, one) for one in answer.revisions]}
        )

    def _boasted(self, case_id: str, state: RevisionState) -> RevisionState:
        record = self.revisions[(case_id, state.revision)].record
        if state.state != "registered" or not record.manifest:
            return state
        receipt = receipt_of("receipt-of-nothing", record, state.payload_sha256, self._other_pages(record))
        return state.model_copy(update={"state": "committed", "receipt": receipt})

    def _upload(self, location: str) -> Upload:
        if location not in self.uploads:
            raise UploadGone("sync.reason.upload_gone", "404")
        return self.uploads[location]

    def _append(self, location: str, offset: int, chunk: bytes) -> int:
        upload = self._upload(location)
        if len(upload.data) != offset:
            raise OffsetMoved("sync.reason.upload_offset", "409")
        upload.data += chunk
        if len(upload.data) == upload.length:
            if sha256_hex(bytes(upload.data)) != upload.sha256:
                del self.uploads[location]
                raise UploadGone("sync.reason.upload_gone", "410")
            self.pages[upload.sha256] = bytes(upload.data)
            self.pages_ever.add(upload.sha256)
        return len(upload.data)


def receipt_of(receipt_id: str, record: RevisionPayload, digest: str, pages: tuple[str, ...]) -> ReceiptAnswer:
    return ReceiptAnswer(
        state="committed",
        receipt_id=receipt_id,
        case_id=record.case_id,
        revision=record.revision,
        action_id=record.action_id,
        payload_sha256=digest,
        pages=list(pages),
        committed_at=AT,
    )
