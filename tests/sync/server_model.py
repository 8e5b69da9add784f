"""The acceptance system as a model in memory.

What it has taken is durable truth for a judge to look at; each call can be hit by a fault that the test chooses.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Literal, TypeVar

from villagedesk.acceptance.port import (
    CATALOGUE_PIECE,
    AcceptanceFailure,
    ActionTaken,
    Busy,
    CatalogueBegun,
    CataloguePiece,
    Committed,
    Conflicting,
    LoginNeeded,
    NoConnection,
    OffsetMoved,
    PageWatch,
    Refused,
    Registered,
    Unanswered,
    UploadGone,
)
from villagedesk.acceptance.wire import (
    ActionAnswer,
    CaseAnswer,
    CaseListAnswer,
    CaseSummary,
    Change,
    ChangesAnswer,
    EnrolRequest,
    Health,
    ReceiptAnswer,
    ReplaceRequest,
    RevisionPayload,
    RevisionState,
    sha256_hex,
)
from villagedesk.domain.document import Document
from villagedesk.domain.local_no import EPOCHS, next_epoch

T = TypeVar("T")
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
_DRIVEN = frozenset({"put_revision", "put_action", "case", "create_upload", "upload_offset", "send_chunk"})
"""Calls made for one row, which alone is to bear what comes of a mistake."""
_DURABLE = ("revisions", "pages", "uploads", "actions", "changes_made", "standing_of", "wanted")
"""What a restored server has as it was; the station's standing is not among them, which has histories of its own."""


class Mistake(RuntimeError):
    """Stands for a mistake in the program, which may end no more than the row it was met at."""


class Fault(StrEnum):
    """What happens to one call."""

    NONE = "none"
    NO_CONNECTION = "no_connection"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    ERROR_BEFORE = "500, nothing done"
    ERROR_AFTER = "500, yet done"
    HTML = "200 with a page of somebody else's"
    WRONG_HASH = "done, the answer names another hash"
    SHORT_RECEIPT = "201 that lists too few pages, nothing committed"
    LATE = "cut, and it arrives all the same, some calls later"
    DIED = "done, and the server dies before it answers"
    BUG = "an exception nobody foresaw, in our own program"
    BUSY = "busy"
    LOGIN = "login"


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


class ServerModel:
    """Implements AcceptanceSystem.

    Args:
        choose: gives the fault for a call, by the port method's name.
        partial: how many bytes of a cut chunk arrive, of its length.
        arrives: whether a late request arrives now.
    """

    def __init__(
        self,
        choose: Callable[[str], Fault] = lambda _call: Fault.NONE,
        *,
        one_time_code: str = "once",
        partial: Callable[[int], int] = lambda _length: 0,
        arrives: Callable[[], bool] = lambda: True,
    ) -> None:
        self.choose = choose
        self.partial = partial
        self.arrives = arrives
        self._late: list[Callable[[], object]] = []
        self.codes = {one_time_code: ""}
        self.standing = ""
        self.heard_of: set[str] = set()
        self.epochs: dict[str, str] = {}
        self.replaced: dict[str, str] = {}
        self.knows_replace = True
        self.enrolled: set[str] = set()
        self.revoked = False
        self.revisions: dict[tuple[str, int], Held] = {}
        self.committed_ever: dict[tuple[str, int], list[str]] = {}
        self.seen: dict[tuple[str, int], set[str]] = {}
        self.pages: dict[str, bytes] = {}
        self.uploads: dict[str, Upload] = {}
        self.actions: dict[str, tuple[str, bytes, str]] = {}
        self.actions_ever: set[str] = set()
        self.changes_made: list[Change] = []
        self.calls: list[str] = []
        self.refuse_content: Callable[[RevisionPayload], bool] = lambda _record: False
        self.refuse_page: Callable[[str], bool] = lambda _sha256: False
        self.on_arrival: Callable[[str, int], None] = lambda _case_id, _revision: None
        self.on_leaving: Callable[[str, str], None] = lambda _action_id, _digest: None
        """Told of each revision and action whose bytes leave the PC, before anything becomes of them."""
        self.on_done: Callable[[], None] = lambda: None
        """Told between a deed and its answer."""
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

        self.catalogues: dict[int, bytes] = {}
        self.catalogue_pieces: list[tuple[str, int]] = []
        """What was given: of which package, from which byte on."""

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

    def tell(self, case_id: str, kind: str, at: str = AT, **values: str) -> Change:
        """Let something happen to a case."""
        change = Change(sequence=len(self.changes_made) + 1, case_id=case_id, kind=kind, at=at, values=values)
        self.changes_made.append(change)
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

    def counts(self, credential_sha256: str) -> bool:
        """Whether a call with the credential of that hash is heard."""
        return credential_sha256 == self.standing

    # -- the port --

    def health(self) -> Health:
        return self._call("health", lambda: Health(system="villagedesk-acceptance", time=AT, wire_versions=[1]))

    def enrol(self, request: EnrolRequest) -> str:
        def act() -> str:
            if request.one_time_code not in self.codes:
                raise Refused("sync.reason.refused", "wrong code", "wrong_code")
            used_by = self.codes[request.one_time_code]
            if used_by and used_by != request.credential_sha256:
                raise LoginNeeded("sync.reason.login", "403 code_used")
            epoch = self._grant(request.epoch, request.installation_id)
            if not used_by:
                self.codes[request.one_time_code] = request.credential_sha256
                self.standing = request.credential_sha256
                self.heard_of.add(request.credential_sha256)
                self.enrolled.add(request.credential_sha256)
            self.revoked = False
            return epoch

        return self._call("enrol", act, needs_login=False)

    def replace(self, request: ReplaceRequest) -> str:
        return self.replace_by(self.standing, request)

    def replace_by(self, caller: str, request: ReplaceRequest) -> str:
        """The call, made with the credential of that hash."""

        def act() -> str:
            if not self.knows_replace:
                raise LoginNeeded("sync.reason.station_file_needed", "404")
            repeated = self.replaced.get(caller) == request.credential_sha256
            if not repeated and caller != self.standing:
                raise LoginNeeded("sync.reason.login", "401")
            epoch = self._grant(request.epoch, request.installation_id)
            if not repeated:
                self.replaced[caller] = request.credential_sha256
                self.standing = request.credential_sha256
                self.heard_of.add(request.credential_sha256)
            self.revoked = False
            return epoch

        return self._call("replace", act, needs_login=False)

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        digest = sha256_hex(payload)
        record = RevisionPayload.model_validate_json(payload)

        def act() -> Registered | Committed:
            if (case_id, revision) not in self.revisions:
                self.on_arrival(case_id, revision)
            return self._take(case_id, revision, payload, record)

        def distort(fault: Fault, answer: Registered | Committed) -> Registered | Committed:
            wrong = sha256_hex(b"something else")
            if fault is Fault.WRONG_HASH and isinstance(answer, Committed):
                return Committed(wrong, answer.pages, answer.receipt)
            return Registered(wrong, ()) if fault is Fault.WRONG_HASH else answer

        def lie() -> Committed:
            pages = self._other_pages(record)
            return Committed(digest, pages, _receipt("receipt-of-nothing", record, digest, pages).model_dump_json())

        def left() -> None:
            self.seen.setdefault((case_id, revision), set()).add(digest)
            self.on_leaving(record.action_id, digest)

        return self._call("put_revision", act, distort=distort, lie=lie if record.manifest else None, left=left)

    def put_action(self, case_id: str, action_id: str, payload: bytes) -> ActionTaken:
        digest = sha256_hex(payload)

        def act() -> ActionTaken:
            held = self.actions.get(action_id)
            if held is not None and held[1] != payload:
                raise Conflicting("sync.reason.conflict", "other content", sha256_hex(held[1]))
            if held is None and self.strict:
                self._check_action(case_id, payload, digest)
            if held is None:
                answer = ActionAnswer(action_id=action_id, case_id=case_id, payload_sha256=digest, taken_at=AT)
                held = self.actions[action_id] = (case_id, payload, answer.model_dump_json())
                self.actions_ever.add(action_id)
            return ActionTaken(digest, held[2])

        def distort(_fault: Fault, answer: ActionTaken) -> ActionTaken:
            return ActionTaken(sha256_hex(b"something else"), answer.answer)

        return self._call("put_action", act, distort=distort, left=lambda: self.on_leaving(action_id, digest))

    def case(self, case_id: str) -> CaseAnswer | None:
        return self._call("case", lambda: self._answer(case_id), lie=lambda: self._boast(case_id))

    def cases(self) -> Iterator[CaseListAnswer]:
        after = ""
        while True:
            piece = self._call("cases", partial(self._piece, after))
            yield piece
            after = piece.next
            if not after:
                return

    def changes(self, after: str, wait_seconds: float) -> ChangesAnswer:
        def act() -> ChangesAnswer:
            begin = self._stands_at(after)
            # At least once: the last change before the cursor may come again.
            return ChangesAnswer(changes=self.changes_made[max(0, begin - 1) :], cursor=self._cursor())

        return self._call("changes", act)

    def catalogue(
        self, have: int, refused: str = "", begun: CatalogueBegun | None = None, length: int = CATALOGUE_PIECE
    ) -> CataloguePiece | None:
        def act() -> CataloguePiece | None:
            newest = max(self.catalogues, default=0)
            data = self.catalogues.get(newest, b"")
            name = sha256_hex(data)
            if newest <= have or name == refused:
                return None
            if begun is not None and begun.name != name:
                raise Refused("results.reason.changed", "200", "changed")
            start = 0 if begun is None else begun.here
            piece = data[start : start + length]
            self.catalogue_pieces.append((name, start))
            return CataloguePiece(CatalogueBegun(name, start + len(piece), len(data)), piece)

        return self._call("catalogue", act)

    def document(self, document: Document, start: int, length: int) -> bytes:
        raise Refused("sync.reason.refused", "404 unknown_document", "unknown_document")

    def held_revision(self, case_id: str, revision: int) -> bytes | None:
        held = self.revisions.get((case_id, revision))
        return None if held is None else held.payload

    def create_upload(self, sha256: str, length: int, media_type: str) -> str:
        self.on_page(sha256)

        def act() -> str:
            if self.refuse_page(sha256):
                raise Refused("sync.reason.page_refused", "415", "media_type")
            self._serial += 1
            location = f"/v1/pages/{self._serial}"
            self.uploads[location] = Upload(sha256, length)
            return location

        return self._call("create_upload", act)

    def upload_offset(self, location: str) -> int:
        return self._call("upload_offset", lambda: len(self._upload(location).data))

    def send_chunk(
        self, location: str, offset: int, chunk: bytes, *, watch: PageWatch | None = None, proven: bool = False
    ) -> int:
        def act() -> int:
            return self._append(location, offset, chunk)

        def cut() -> None:
            self._append(location, offset, chunk[: self.partial(len(chunk))])

        return self._call("send_chunk", act, cut=cut)

    # -- inside --

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

    def _call(
        self,
        name: str,
        act: Callable[[], T],
        *,
        needs_login: bool = True,
        distort: Callable[[Fault, T], T] | None = None,
        lie: Callable[[], T] | None = None,
        cut: Callable[[], None] | None = None,
        left: Callable[[], None] | None = None,
    ) -> T:
        self.calls.append(name)
        self._deliver()
        fault = self.choose(name)
        if fault is Fault.NO_CONNECTION:
            raise NoConnection("sync.reason.no_connection")
        if left is not None:
            left()
        if fault is Fault.LATE:
            self._late.append(act)
            raise Unanswered("sync.reason.cut")
        if fault is Fault.CUT_BEFORE:
            if cut is not None:
                cut()
            raise Unanswered("sync.reason.cut")
        if fault is Fault.ERROR_BEFORE:
            raise Unanswered("sync.reason.server_error", "500")
        if fault is Fault.HTML:
            raise Unanswered("sync.reason.not_ours", "200 text/html")
        if fault is Fault.BUG and name in _DRIVEN:
            raise Mistake
        if fault is Fault.BUSY:
            raise Busy("sync.reason.busy", "503", 7.0)
        if needs_login and name != "health" and (fault is Fault.LOGIN or self.revoked or not self.enrolled):
            self.revoked = True
            raise LoginNeeded("sync.reason.login", "401")
        if fault is Fault.SHORT_RECEIPT and lie is not None:
            return lie()
        answer = act()
        self.on_done()
        if fault is Fault.DIED:
            self.restart()
        if fault in (Fault.CUT_AFTER, Fault.DIED):
            raise Unanswered("sync.reason.cut")
        if fault is Fault.ERROR_AFTER:
            raise Unanswered("sync.reason.server_error", "500")
        if fault is Fault.WRONG_HASH and distort is not None:
            return distort(fault, answer)
        return answer

    def arrive_all(self) -> None:
        """What is on its way late arrives now."""
        self._deliver(surely=True)

    def _deliver(self, *, surely: bool = False) -> None:
        if self._late and (surely or self.arrives()):
            late, self._late = self._late, []
            for act in late:
                with contextlib.suppress(AcceptanceFailure):
                    act()

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
            held.receipt = _receipt(f"receipt-{self._serial}", record, digest, names)
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
        receipt = _receipt("receipt-of-nothing", record, state.payload_sha256, self._other_pages(record))
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


def _receipt(receipt_id: str, record: RevisionPayload, digest: str, pages: tuple[str, ...]) -> ReceiptAnswer:
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


def action_key(payload: bytes) -> str:
    """The action id a payload carries."""
    return str(json.loads(payload)["action_id"])
