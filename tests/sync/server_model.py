"""The acceptance system as a model in memory: its port.

What it holds and decides is in ``server_book``, what can happen to a call in ``server_line``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

from tests.sync.server_book import AT, ServerBook, Upload, receipt_of
from tests.sync.server_documents import ServerDocuments
from tests.sync.server_line import Fault
from villagedesk.acceptance.port import (
    CATALOGUE_PIECE,
    ActionTaken,
    CatalogueBegun,
    CataloguePiece,
    Committed,
    Conflicting,
    LoginNeeded,
    PageWatch,
    Refused,
    Registered,
)
from villagedesk.acceptance.wire import (
    ActionAnswer,
    CaseAnswer,
    CaseListAnswer,
    ChangesAnswer,
    EnrolRequest,
    Health,
    ReplaceRequest,
    RevisionPayload,
    sha256_hex,
)


class ServerModel(ServerBook, ServerDocuments):
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
        ServerBook.__init__(self, choose, one_time_code=one_time_code, partial=partial, arrives=arrives)
        ServerDocuments.__init__(self)
        self.catalogues: dict[int, bytes] = {}
        self.catalogue_pieces: list[tuple[str, int]] = []
        """What was given: of which package, from which byte on."""

    def counts(self, credential_sha256: str) -> bool:
        """Whether a call with the credential of that hash is heard."""
        return credential_sha256 == self.standing

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
            return Committed(digest, pages, receipt_of("receipt-of-nothing", record, digest, pages).model_dump_json())

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

    def cases(self, after: str = "") -> Iterator[CaseListAnswer]:
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


def action_key(payload: bytes) -> str:
    """The action id a payload carries."""
    return str(json.loads(payload)["action_id"])
