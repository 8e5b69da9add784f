"""The acceptance system behind the default HTTP contract (design: section 4)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

import requests

from villagedesk import __version__
from villagedesk.acceptance.catalogue import fetch_catalogue
from villagedesk.acceptance.documents import fetch_piece
from villagedesk.acceptance.http_answers import failure_of, model_of, problem_of
from villagedesk.acceptance.http_line import Answer, HttpLine, Timeouts
from villagedesk.acceptance.pinned_route import RouteGuard
from villagedesk.acceptance.port import (
    CATALOGUE_PIECE,
    ActionTaken,
    CatalogueBegun,
    CataloguePiece,
    Committed,
    LoginNeeded,
    NoSuchCall,
    PageWatch,
    Registered,
    Unanswered,
)
from villagedesk.acceptance.proxy import Proxy
from villagedesk.acceptance.tus import TusPages
from villagedesk.acceptance.wire import (
    ActionAnswer,
    CaseAnswer,
    CaseListAnswer,
    ChangesAnswer,
    EnrolAnswer,
    EnrolRequest,
    Health,
    ReceiptAnswer,
    RegisteredAnswer,
    ReplaceRequest,
    sha256_hex,
)
from villagedesk.domain.document import Document

_GZIP_FROM = 1024
_NO_SUCH_CALL = (404, 405, 501)
_SHORT_ANSWER = 64 * 1024
"""Cap of answers that hold no list: a hostile one takes a hundred times its size in memory to be read as JSON."""
_CASES_A_PIECE = 200
"""A case takes about 1 KB of the list; a piece must come through a poor line within the deadline of one answer."""


class HttpAcceptanceSystem:
    """Implements :class:`villagedesk.acceptance.port.AcceptanceSystem` over HTTPS. Safe to call from several threads.

    Args:
        address: ``https://host[:port]`` from the station file.
        ca_pem: the county's CA as PEM, the only one trusted; "" trusts the system's.
        credential: gives the station's credential at each request ("" before enrolment).
        division_code: 12 digits, the station.
        plain_loopback: for tests only: allows ``http://127.0.0.1``.
        guard: asked of each new connection before anything is sent on it; None allows every way.
        proxy: gives the proxy that counts now; without it there is none, whatever the environment says.
    """

    def __init__(
        self,
        address: str,
        ca_pem: str,
        credential: Callable[[], str],
        division_code: str,
        *,
        plain_loopback: bool = False,
        timeouts: Timeouts | None = None,
        session_factory: Callable[[], requests.Session] = requests.Session,
        guard: RouteGuard | None = None,
        proxy: Callable[[], Proxy | None] = lambda: None,
    ) -> None:
        self._line = HttpLine(
            address,
            ca_pem,
            plain_loopback=plain_loopback,
            timeouts=timeouts,
            session_factory=session_factory,
            guard=guard,
            proxy=proxy,
        )
        self._credential = credential
        self._division_code = division_code
        self._pages = TusPages(self._line, "/v1/pages/", self._authorised)

    def health(self) -> Health:
        answer = self._line.exchange("GET", "/v1/health", _AGENT, body_cap=_SHORT_ANSWER)
        return model_of(self._wanted(answer, 200), Health)

    def enrol(self, request: EnrolRequest) -> str:
        return self._epoch(self._admission("enrol", _AGENT, request), request.division_code)

    def replace(self, request: ReplaceRequest) -> str:
        answer = self._admission("replace", self._authorised(), request)
        if answer.status in _NO_SUCH_CALL and problem_of(answer) is not None:
            # A system older than this call: there the county's new one-time code replaces the credential.
            raise LoginNeeded("sync.reason.station_file_needed", str(answer.status))
        return self._epoch(answer, request.division_code)

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        answer = self._wanted(self._send(f"/v1/cases/{_segment(case_id)}/revisions/{revision}", payload), 201, 202)
        if answer.status == 202:
            registered = model_of(answer, RegisteredAnswer)
            _same((registered.case_id, registered.revision), (case_id, revision))
            _same_hash(registered.payload_sha256, payload)
            return Registered(registered.payload_sha256, tuple(registered.missing))
        receipt = model_of(answer, ReceiptAnswer)
        _same((receipt.case_id, receipt.revision, receipt.action_id), (case_id, revision, _action_id(payload)))
        _same_hash(receipt.payload_sha256, payload)
        return Committed(receipt.payload_sha256, tuple(receipt.pages), answer.body.decode())

    def put_action(self, case_id: str, action_id: str, payload: bytes) -> ActionTaken:
        path = f"/v1/cases/{_segment(case_id)}/actions/{_segment(action_id)}"
        answer = self._wanted(self._send(path, payload), 200, 201)
        taken = model_of(answer, ActionAnswer)
        _same((taken.case_id, taken.action_id), (case_id, action_id))
        _same_hash(taken.payload_sha256, payload)
        return ActionTaken(taken.payload_sha256, answer.body.decode())

    def case(self, case_id: str) -> CaseAnswer | None:
        answer = self._get(f"/v1/cases/{_segment(case_id)}")
        problem = problem_of(answer)
        if answer.status == 404 and problem is not None and problem.code == "unknown_case":
            return None
        held = model_of(self._wanted(answer, 200), CaseAnswer, words=True)
        _same((held.case_id,), (case_id,))
        return held

    def cases(self, after: str = "") -> Iterator[CaseListAnswer]:
        asked: set[str] = set()
        while after not in asked:
            asked.add(after)
            path = f"/v1/cases?station={self._division_code}&after={quote(after, safe='')}&limit={_CASES_A_PIECE}"
            answer = self._get(path)
            problem = problem_of(answer) if answer.status in _NO_SUCH_CALL else None
            if problem is not None:
                # A system without such a list: it need not be asked again and again.
                raise NoSuchCall("sync.reason.refused", f"{answer.status} {problem.code}", problem.code)
            piece = model_of(self._wanted(answer, 200), CaseListAnswer, words=True)
            yield piece
            after = piece.next
            if not after:
                return
        raise Unanswered("sync.reason.not_ours", "the list of cases goes round in a circle")

    def changes(self, after: str, wait_seconds: float) -> ChangesAnswer:
        path = f"/v1/changes?after={quote(after, safe='')}&wait={wait_seconds:g}"
        return model_of(self._wanted(self._get(path, wait_seconds), 200), ChangesAnswer, words=True)

    def catalogue(
        self, have: int, refused: str = "", begun: CatalogueBegun | None = None, length: int = CATALOGUE_PIECE
    ) -> CataloguePiece | None:
        headers = {**self._authorised(), **({"If-None-Match": f'"{refused}"'} if refused else {})}
        return fetch_catalogue(self._line, f"/v1/catalogue?have={have}", headers, begun, length)

    def document(self, document: Document, start: int, length: int) -> bytes:
        path = f"/v1/cases/{_segment(document.case_id)}/documents/{_segment(document.document_id)}"
        whole, sha256 = document.byte_count, document.sha256
        return fetch_piece(self._line, path, self._authorised(), start, length, whole, sha256)

    def held_revision(self, case_id: str, revision: int) -> bytes | None:
        answer = self._get(f"/v1/cases/{_segment(case_id)}/revisions/{revision}")
        # a system older than this call, or one that keeps no copy, answers so
        if answer.status in _NO_SUCH_CALL and problem_of(answer) is not None:
            return None
        if self._wanted(answer, 200).content_type != "application/json":
            raise Unanswered("sync.reason.not_ours", f"{answer.status} {answer.content_type}"[:200])
        return answer.body

    def create_upload(self, sha256: str, length: int, media_type: str) -> str:
        return self._pages.create(sha256, length, media_type)

    def upload_offset(self, location: str) -> int:
        return self._pages.offset(location)

    def send_chunk(
        self, location: str, offset: int, chunk: bytes, *, watch: PageWatch | None = None, proven: bool = False
    ) -> int:
        return self._pages.send(location, offset, chunk, watch=watch, proven=proven)

    def abort(self) -> None:
        """Break off every call under way and refuse further ones; for a quick shut-down."""
        self._line.abort()

    def close(self) -> None:
        """Abort and close the connections."""
        self._line.close()

    def _authorised(self) -> dict[str, str]:
        return {**_AGENT, "Authorization": f"Bearer {self._division_code}.{self._credential()}"}

    def _admission(self, call: str, headers: Mapping[str, str], request: EnrolRequest | ReplaceRequest) -> Answer:
        body, packing = _packed(request.model_dump_json().encode())
        address = f"/v1/stations/{call}"
        return self._line.exchange("POST", address, {**headers, **packing}, body, body_cap=_SHORT_ANSWER)

    def _epoch(self, answer: Answer, division_code: str) -> str:
        enrolled = model_of(self._wanted(answer, 200, 201), EnrolAnswer)
        if enrolled.division_code != division_code:
            raise Unanswered("sync.reason.not_ours", "enrolment of another station")
        return enrolled.epoch

    def _get(self, path: str, wait_seconds: float = 0.0) -> Answer:
        return self._line.exchange("GET", path, self._authorised(), wait_seconds=wait_seconds)

    def _send(self, path: str, payload: bytes) -> Answer:
        body, headers = _packed(payload)
        return self._line.exchange("PUT", path, {**self._authorised(), **headers}, body)

    @staticmethod
    def _wanted(answer: Answer, *statuses: int) -> Answer:
        if answer.status not in statuses:
            raise failure_of(answer)
        return answer


_AGENT: Mapping[str, str] = {"User-Agent": f"villagedesk/{__version__}", "Accept": "application/json"}


def _packed(payload: bytes) -> tuple[bytes, dict[str, str]]:
    """The body to send, gzipped where that saves a tenth or more; the frozen bytes are what gzip undone gives."""
    headers = {"Content-Type": "application/json"}
    if len(payload) >= _GZIP_FROM:
        packed = gzip.compress(payload, mtime=0)
        if len(packed) * 10 <= len(payload) * 9:
            return packed, {**headers, "Content-Encoding": "gzip"}
    return payload, headers


def _action_id(payload: bytes) -> object:
    return json.loads(payload)["action_id"]


def _segment(text: str) -> str:
    return quote(text, safe="")


def _same(said: tuple[object, ...], asked: tuple[object, ...]) -> None:
    if said != asked:
        raise Unanswered("sync.reason.not_ours", "the answer names another case, revision or action")


def _same_hash(said: str, payload: bytes) -> None:
    if said != sha256_hex(payload):
        raise Unanswered("sync.reason.wrong_hash", said)
