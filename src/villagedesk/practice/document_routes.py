"""What stations fetch of a case: documents handed out, by ranges, and the record held as a revision."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from villagedesk.acceptance.wire import ProblemAnswer, RevisionPayload
from villagedesk.practice.access import Station, System, json_answer
from villagedesk.practice.documents import document_of
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.records import unknown_case
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import CASES, REVISIONS

_PROBLEM: dict[str, Any] = {"model": ProblemAnswer, "description": "RFC 9457 problem"}
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}")
_ONE_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")
_HIGHEST_REVISION = 9999
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
        401: _PROBLEM,
        404: _PROBLEM,
        416: _PROBLEM,
        422: _PROBLEM,
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
    _check(case_id, document_id)
    media_type, sha256, content = await run_in_threadpool(document_of, system.storage, station, case_id, document_id)
    headers = {"ETag": f'"{sha256}"', "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff"}
    asked = _ONE_RANGE.fullmatch(range_asked.strip())
    if asked is None or (if_range and if_range.strip() != headers["ETag"]):
        return Response(content, media_type=media_type, headers=headers)
    first = int(asked[1])
    last = min(int(asked[2]) if asked[2] else len(content) - 1, len(content) - 1)
    if asked[2] and int(asked[2]) < first:
        return Response(content, media_type=media_type, headers=headers)  # no range at all (RFC 9110, 14.1.1)
    if first >= len(content):
        raise WireProblem(416, "range", "没有这一段", {"length": len(content)})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], status_code=206, media_type=media_type, headers=headers)


@router.get(
    "/v1/cases/{case_id}/revisions/{revision}",
    tags=["cases"],
    summary="The record held as a revision, as it was sent",
    response_model=RevisionPayload,
    responses={401: _PROBLEM, 404: _PROBLEM, 422: _PROBLEM},
)
async def get_revision(case_id: str, revision: int, system: System, station: Station) -> Response:
    """The exact bytes; their SHA-256 is the one ``GET /v1/cases/{case_id}`` names."""
    _check(case_id)
    return json_answer(await run_in_threadpool(_held, system.storage, station, case_id, revision))


def _held(storage: Storage, division_code: str, case_id: str, revision: int) -> bytes:
    with storage.read() as connection:
        owner = connection.execute(select(CASES.c.division_code).where(CASES.c.case_id == case_id)).scalar_one_or_none()
        if owner != division_code:
            raise unknown_case()
        found = select(REVISIONS.c.payload).where(REVISIONS.c.case_id == case_id, REVISIONS.c.revision == revision)
        within = 1 <= revision <= _HIGHEST_REVISION
        payload = connection.execute(found).scalar_one_or_none() if within else None
    if payload is None:
        raise WireProblem(404, "unknown_revision", "没有这个版本")
    return bytes(payload)


def _check(*names: str) -> None:
    if not all(_IDENTIFIER.fullmatch(name) for name in names):
        raise WireProblem(422, "identifier", "编号含有不允许的字符")
