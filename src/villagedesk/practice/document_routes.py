"""What stations fetch of a case: documents handed out, by ranges, and the record held as a revision."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from starlette.concurrency import run_in_threadpool

from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.practice.access import Station, System, json_answer
from villagedesk.practice.bodies import PROBLEM, check_names
from villagedesk.practice.documents import Span, document_of
from villagedesk.practice.lookups import held_revision

_ONE_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")
_ETAG = re.compile(r'"([0-9a-f]{64})"')
_BYTES: dict[str, Any] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}

router = APIRouter()


@router.get(
    "/v1/cases/{case_id}/documents/{document_id}",
    tags=["cases"],
    summary="A document handed out for a case",
    response_class=Response,
    responses={
        200: {"description": "the whole document", "content": _BYTES},
        206: {"description": "the range that was asked for", "content": _BYTES},
        401: PROBLEM,
        404: PROBLEM,
        416: PROBLEM,
        422: PROBLEM,
    },
)
async def get_document(
    case_id: str,
    document_id: str,
    system: System,
    station: Station,
    range_asked: Annotated[str, Header(alias="Range")] = "",
    if_range: Annotated[str, Header(alias="If-Range")] = "",
) -> Response:
    """Named by its SHA-256 as ``ETag``. One range of bytes with a first position; any other ``Range`` is passed over,
    as RFC 9110 allows."""
    check_names(case_id, document_id)
    span = _span(range_asked.strip(), if_range.strip())
    found = await run_in_threadpool(document_of, system.storage, station, case_id, document_id, span)
    headers = {"ETag": f'"{found.sha256}"', "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"}
    if found.first is not None:
        last = found.first + len(found.content) - 1
        headers["Content-Range"] = f"bytes {found.first}-{last}/{found.length}"
    status = 200 if found.first is None else 206
    return Response(found.content, status_code=status, media_type=found.media_type, headers=headers)


@router.get(
    "/v1/cases/{case_id}/revisions/{revision}",
    tags=["cases"],
    summary="The record held as a revision, as it was sent",
    response_model=RevisionPayload,
    responses={401: PROBLEM, 404: PROBLEM, 422: PROBLEM},
)
async def get_revision(case_id: str, revision: int, system: System, station: Station) -> Response:
    """The exact bytes; their SHA-256 is the one ``GET /v1/cases/{case_id}`` names."""
    check_names(case_id)
    return json_answer(await run_in_threadpool(held_revision, system.storage, station, case_id, revision))


def _span(asked: str, if_range: str) -> Span | None:
    """What the headers ask for; None: the whole."""
    named = _ONE_RANGE.fullmatch(asked)
    if named is None:
        return None
    first, last = int(named[1]), int(named[2]) if named[2] else None
    if last is not None and last < first:
        return None  # no range at all (RFC 9110, 14.1.1)
    if not if_range:
        return Span(first, last)
    etag = _ETAG.fullmatch(if_range)
    # a date, or a name that is none of ours, fits no document
    return Span(first, last, etag[1]) if etag else None
