"""What stations fetch of a case: documents handed out, by ranges, and the record held as a revision."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from starlette.concurrency import run_in_threadpool

from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.practice.access import Station, System, json_answer
from villagedesk.practice.bodies import PROBLEM, check_names
from villagedesk.practice.documents import document_of
from villagedesk.practice.lookups import held_revision
from villagedesk.practice.ranges import span_of

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
    span = span_of(range_asked, if_range)
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
