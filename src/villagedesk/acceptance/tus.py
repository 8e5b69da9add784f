"""Pages by tus 1.0 (https://tus.io/protocols/resumable-upload): creation, HEAD, PATCH. Speaks to any tus 1.0 server,
not to ours alone.

A PATCH streams to the page's end without a checksum unless one is asked for: a chunk with a checksum counts as a whole
or not at all (checksum extension), so each cut would lose one on every connection, and small ones cost a round trip
each. Without it the server keeps every byte that arrived. TLS guards the bits on the way, pages are named by their
SHA-256, and the receipt lists every hash; a server that finds the whole page wrong answers 460, and only then the page
goes again in chunks with checksums, where the server advertises the extension.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

from villagedesk.acceptance.http_answers import failure_of, is_about_content, problem_of
from villagedesk.acceptance.http_line import Answer, HttpLine
from villagedesk.acceptance.port import (
    AcceptanceFailure,
    LoginNeeded,
    Mangled,
    OffsetMoved,
    PageWatch,
    Refused,
    Unanswered,
    UploadGone,
)

TUS_VERSION = "1.0.0"
_DIGESTS = ("sha256", "sha1")
"""Checksums we can make, the better first; tus servers must know at least sha1."""

_LOCATION = re.compile(r"[!-~]{1,2000}")
"""It is kept in the database and sent in a request line: plain characters, and not for ever."""
_SHORT_ANSWER = 64 * 1024
"""Cap of an answer's body: tus says everything in headers, and a problem is a few sentences."""
_DIGITS = 18
"""An offset with more digits is none, and ``int`` refuses thousands of them."""


class TusPages:
    """The upload side of one tus server.

    Args:
        folder: path of the creation URL, e.g. ``/v1/pages/``.
        credentials: gives the headers that authorise a request.
    """

    def __init__(self, line: HttpLine, folder: str, credentials: Callable[[], Mapping[str, str]]) -> None:
        self._line = line
        self._folder = folder
        self._credentials = credentials
        self._digest: str | None = None

    def create(self, sha256: str, length: int, media_type: str) -> str:
        """Begin an upload; gives its location as a path on the same host.

        Raises:
            AcceptanceFailure: Unanswered also when the server names a place on another host.
        """
        answer = self._ask(
            "POST",
            self._folder,
            {
                "Upload-Length": str(length),
                "Upload-Metadata": _metadata(
                    sha256=sha256, media_type=media_type, filename=sha256, filetype=media_type
                ),
            },
        )
        if answer.status != 201:
            raise self._failure(answer, creating=True)
        here = self._line.address + self._folder
        own = urlsplit(here)
        try:
            place = urlsplit(urljoin(here, answer.headers.get("location", "")))
        except ValueError:
            raise Unanswered("sync.reason.not_ours", "upload location is no address") from None
        if (place.scheme, place.netloc) != (own.scheme, own.netloc) or place.path in ("", own.path):
            raise Unanswered("sync.reason.not_ours", "upload location elsewhere")
        if not _LOCATION.fullmatch(place.path + place.query):
            raise Unanswered("sync.reason.not_ours", "upload location is no address")
        return place.path + (f"?{place.query}" if place.query else "")

    def offset(self, location: str) -> int:
        """How many bytes the server holds.

        Raises:
            UploadGone: 404, 410.
        """
        answer = self._ask("HEAD", location, {})
        if answer.status not in (200, 204):
            raise self._failure(answer)
        return _offset(answer)

    def send(
        self, location: str, offset: int, chunk: bytes, *, watch: PageWatch | None = None, proven: bool = False
    ) -> int:
        """PATCH; gives the offset the server says it has come to.

        Args:
            proven: with a checksum where the server advertises one that we can make.

        Raises:
            Mangled: 460.
            OffsetMoved: 409, or an offset that is not the end of what was sent.
        """
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        digest = self._agreed_digest() if proven else ""
        if digest:
            headers["Upload-Checksum"] = f"{digest} {base64.b64encode(hashlib.new(digest, chunk).digest()).decode()}"
        answer = self._ask("PATCH", location, headers, chunk, watch)
        if answer.status != 204:
            raise self._failure(answer)
        reached = _offset(answer)
        if reached != offset + len(chunk):
            raise OffsetMoved("sync.reason.upload_offset", f"{reached} instead of {offset + len(chunk)}")
        return reached

    def _agreed_digest(self) -> str:
        if self._digest is None:
            answer = self._ask("OPTIONS", self._folder, {})
            if answer.status >= 500:
                raise failure_of(answer)
            extensions = {word.strip() for word in answer.headers.get("tus-extension", "").split(",")}
            offered = {word.strip() for word in answer.headers.get("tus-checksum-algorithm", "").split(",")}
            known = [name for name in _DIGESTS if "checksum" in extensions and name in offered]
            self._digest = known[0] if known else ""
        return self._digest

    def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        watch: PageWatch | None = None,
    ) -> Answer:
        common = {"Tus-Resumable": TUS_VERSION, **self._credentials()}
        return self._line.exchange(method, path, {**common, **headers}, body, body_cap=_SHORT_ANSWER, watch=watch)

    def _failure(self, answer: Answer, *, creating: bool = False) -> AcceptanceFailure:
        """What a tus answer other than success means.

        Only an answer with ``Tus-Resumable`` or of the problem type is the server's own word. An answer to HEAD has no
        body, so its headers are all there is to go by.
        """
        is_problem = answer.content_type == "application/problem+json"
        if not is_problem and "tus-resumable" not in answer.headers:
            return failure_of(answer)
        if answer.status == 460:
            return Mangled("sync.reason.upload_offset", "460")
        if answer.status == 409:
            return OffsetMoved("sync.reason.upload_offset", "409")
        if answer.status in (404, 410) and not creating:
            return UploadGone("sync.reason.upload_gone", str(answer.status))
        if not 400 <= answer.status < 500 or answer.status == 429:
            return failure_of(answer)
        problem = problem_of(answer)
        code = problem.code if problem else ""
        said = (f"{answer.status} {code}: {problem.message}" if problem else str(answer.status))[:400]
        if answer.status in (401, 403):
            return LoginNeeded("sync.reason.login", said, forbidden=answer.status == 403)
        if is_about_content(answer.status, code):
            return Refused("sync.reason.page_refused", said, code)
        # Also 423: the server still hangs on a PATCH that was cut, and says so to the HEAD after it.
        return Unanswered("sync.reason.not_taken_now", said)


def _metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in values.items())


def _offset(answer: Answer) -> int:
    text = answer.headers.get("upload-offset", "")
    if "tus-resumable" not in answer.headers or not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Unanswered("sync.reason.not_ours", f"{answer.status} without an offset")
    return int(text)
