"""The JSON half of the contract: ``/v1/stations``, ``health``, ``cases``, ``changes``, ``catalogue``."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from villagedesk.acceptance.wire import (
    ActionAnswer,
    ActionPayload,
    CaseAnswer,
    CaseListAnswer,
    ChangesAnswer,
    ConflictAnswer,
    EnrolAnswer,
    EnrolRequest,
    Health,
    ReceiptAnswer,
    RegisteredAnswer,
    ReplaceRequest,
    RevisionPayload,
)
from villagedesk.domain.clock import utc_text
from villagedesk.practice.access import Station, System, json_answer
from villagedesk.practice.bodies import PROBLEM, WIRE_VERSIONS, check_names, check_wire_version, parse, read_body
from villagedesk.practice.changes import changes_after
from villagedesk.practice.lookups import MOST_CASES, case_answer, case_list
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.ranges import span_of

LONGEST_WAIT_SECONDS = 60.0
_CONFLICT: dict[str, Any] = {"model": ConflictAnswer, "description": "other content is held under that key"}

router = APIRouter()


def _takes(model: type) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.post(
    "/v1/stations/enrol",
    tags=["stations"],
    summary="Make a station's own credential known",
    response_model=EnrolAnswer,
    responses={403: PROBLEM, 409: PROBLEM, 422: PROBLEM},
    openapi_extra=_takes(EnrolRequest),
)
async def enrol(request: Request, system: System) -> Response:
    """Idempotent on one-time code and credential."""
    wanted = parse(EnrolRequest, await read_body(request))
    return json_answer(await run_in_threadpool(system.stations.enrol, wanted, system.now()))


@router.post(
    "/v1/stations/replace",
    tags=["stations"],
    summary="Put a new credential in the place of the calling one",
    response_model=EnrolAnswer,
    responses={401: PROBLEM, 409: PROBLEM, 422: PROBLEM},
    openapi_extra=_takes(ReplaceRequest),
)
async def replace(request: Request, system: System) -> Response:
    """For a database restored from a backup. Revokes the calling credential; idempotent on the new one."""
    wanted = parse(ReplaceRequest, await read_body(request))
    calling = request.headers.get("authorization", "")
    return json_answer(await run_in_threadpool(system.stations.replace, calling, wanted, system.now()))


@router.get("/v1/health", tags=["stations"], summary="The system's own word that it is there", response_model=Health)
async def health(system: System) -> Response:
    """Needs no credential."""
    return json_answer(
        Health(
            system="villagedesk-acceptance",
            time=utc_text(system.now()),
            wire_versions=WIRE_VERSIONS,
            catalogue_version=await run_in_threadpool(system.catalogues.newest_version),
            connections=system.load.advised_connections(),
        )
    )


@router.put(
    "/v1/cases/{case_id}/revisions/{revision}",
    tags=["cases"],
    summary="Register or commit a revision",
    status_code=201,
    response_model=ReceiptAnswer,
    responses={
        202: {"model": RegisteredAnswer, "description": "registered; these pages are missing"},
        401: PROBLEM,
        409: _CONFLICT,
        413: PROBLEM,
        422: PROBLEM,
    },
    openapi_extra=_takes(RevisionPayload),
)
async def put_revision(case_id: str, revision: int, request: Request, system: System, station: Station) -> Response:
    """The same content is answered the same for ever; its name is the SHA-256 of the uncompressed body."""
    raw = await read_body(request)
    payload = parse(RevisionPayload, raw)
    check_wire_version(payload.wire_version)
    check_names(case_id, payload.action_id)
    _check_same(case_id, payload.case_id, "id")
    _check_same(revision, payload.revision, "revision")
    _check_same(station, payload.station, "station")
    places = [(entry.requirement_id, entry.order) for entry in payload.manifest]
    if len(set(places)) != len(places):
        raise WireProblem(422, "manifest", "材料清单中有重复的页次")
    if any("\0" in text for text in (payload.item_code, payload.item_name, payload.local_no)):
        raise WireProblem(422, "invalid_payload", "内容含有不允许的字符")
    answer = await run_in_threadpool(system.records.put_revision, station, payload, raw)
    system.arrivals.ring()
    return json_answer(answer.body, answer.status)


@router.put(
    "/v1/cases/{case_id}/actions/{action_id}",
    tags=["cases"],
    summary="Withdrawal, delivery, evaluation",
    status_code=201,
    response_model=ActionAnswer,
    responses={
        200: {"model": ActionAnswer, "description": "repeated; the same answer"},
        401: PROBLEM,
        404: PROBLEM,
        409: _CONFLICT,
        422: PROBLEM,
    },
    openapi_extra=_takes(ActionPayload),
)
async def put_action(case_id: str, action_id: str, request: Request, system: System, station: Station) -> Response:
    """Takes effect once for each action id."""
    raw = await read_body(request)
    payload = parse(ActionPayload, raw)
    check_wire_version(payload.wire_version)
    check_names(action_id, case_id)
    _check_same(action_id, payload.action_id, "id")
    _check_same(station, payload.station, "station")
    if "\0" in payload.operation:
        raise WireProblem(422, "invalid_payload", "内容含有不允许的字符")
    answer = await run_in_threadpool(system.records.put_action, station, case_id, payload, raw)
    return json_answer(answer.body, answer.status)


@router.get(
    "/v1/cases/{case_id}",
    tags=["cases"],
    summary="What is held of a case",
    response_model=CaseAnswer,
    responses={401: PROBLEM, 404: PROBLEM},
)
async def get_case(case_id: str, system: System, station: Station) -> Response:
    """404 with code ``unknown_case`` when it was never heard of."""
    check_names(case_id)
    return json_answer(await run_in_threadpool(case_answer, system.storage, station, case_id))


@router.get(
    "/v1/cases",
    tags=["cases"],
    summary="Everything held of a station",
    response_model=CaseListAnswer,
    responses={401: PROBLEM, 403: PROBLEM, 422: PROBLEM},
)
async def get_cases(
    system: System,
    caller: Station,
    station: Annotated[str, Query(max_length=12)] = "",
    after: Annotated[str, Query(max_length=400, description="`next` of the piece before; empty for the first")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_CASES, description="cases at most; there may be fewer")] = MOST_CASES,
) -> Response:
    """To reconcile; a station sees its own cases only. In pieces: `next` is empty in the last."""
    if station not in ("", caller):
        raise WireProblem(403, "other_station", "只能查询本站点的办件")
    if after:
        check_names(after)
    return json_answer(await run_in_threadpool(case_list, system.storage, caller, after, limit))


@router.get(
    "/v1/changes",
    tags=["cases"],
    summary="What happened after a cursor (long poll)",
    response_model=ChangesAnswer,
    responses={401: PROBLEM, 422: PROBLEM},
)
async def get_changes(
    system: System,
    station: Station,
    after: str = "",
    wait: Annotated[float, Query(ge=0, le=3600, description="seconds, at most 60 are waited")] = 0.0,
) -> Response:
    """Answers at once when there is something, else when something comes or the time is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + min(wait, LONGEST_WAIT_SECONDS)
    while True:
        ring = system.bell.next_ring(station)
        answer = await run_in_threadpool(changes_after, system.storage, station, after)
        left = end - loop.time()
        if answer.changes or left <= 0 or system.bell.closed:
            return json_answer(answer)
        await system.bell.wait(ring, left)


@router.get(
    "/v1/catalogue",
    tags=["catalogue"],
    summary="The newest catalogue package",
    responses={
        200: {"description": "a package newer than `have`", "content": {"application/json": {}}},
        206: {"description": "the range of it that was asked for", "content": {"application/json": {}}},
        204: {"description": "`have` is the newest"},
        304: {"description": "the newest is the one that `If-None-Match` names by its SHA-256"},
        401: PROBLEM,
        416: PROBLEM,
    },
)
async def get_catalogue(
    request: Request,
    system: System,
    station: Station,
    have: Annotated[int, Query(ge=0)] = 0,
    range_asked: Annotated[str, Header(alias="Range")] = "",
    if_range: Annotated[str, Header(alias="If-Range")] = "",
) -> Response:
    """The package's exact bytes, what changed since ``have`` where there is such a one, else whole.
    ``Catalogue-Version`` names its version, ``ETag`` its SHA-256. One range of bytes with a first position; any other
    ``Range`` is passed over, as RFC 9110 allows."""
    del station  # every enrolled station may read it
    refused = request.headers.get("if-none-match", "").strip().strip('"')
    span = span_of(range_asked, if_range)
    found = await run_in_threadpool(system.catalogues.newest_for, have, span, refused)
    if found is None:
        return Response(status_code=204)
    headers = {"Catalogue-Version": str(found.version), "ETag": f'"{found.sha256}"', "Accept-Ranges": "bytes"}
    if refused == found.sha256:
        return Response(status_code=304, headers=headers)
    if found.first is not None:
        last = found.first + len(found.content) - 1
        headers["Content-Range"] = f"bytes {found.first}-{last}/{found.length}"
    answer = json_answer(found.content, 200 if found.first is None else 206)
    answer.headers.update(headers)
    return answer


def _check_same(outside: object, inside: object, what: str) -> None:
    if outside != inside:
        raise WireProblem(422, f"{what}_mismatch", "内容与请求地址或站点不一致")
