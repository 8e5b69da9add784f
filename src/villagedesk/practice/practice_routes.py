"""``/practice/``: moving cases along, faults, revocation. Answers on loopback only, and not to other sites' pages."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from starlette.concurrency import run_in_threadpool

from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES
from villagedesk.practice.access import PracticeSystem, System
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.bodies import read_body
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind
from villagedesk.practice.lookups import MOST_CASES, case_list
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.web_page import overview, page_of

_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_VIEWABLE = frozenset({"image/jpeg", "image/png", "application/pdf"})


def _loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


async def at_this_machine(request: Request) -> None:
    """Refuse callers from elsewhere, names that only resolve to here, and forms of other sites."""
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if (
        request.client is None
        or not _loopback(request.client.host)
        or not _loopback(urlsplit(own).hostname)
        or origin not in (None, own)
    ):
        raise WireProblem(403, "loopback_only", "只能在本机操作练习系统")


router = APIRouter(prefix="/practice", include_in_schema=False, dependencies=[Depends(at_this_machine)])


class _Invitation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    division_code: Annotated[str, Field(pattern=r"^[1-9][0-9]{11}$")]
    name: Annotated[str, Field(min_length=1, max_length=400)]


class _Texts(RootModel[dict[str, str]]):
    """A flat JSON object of texts."""


Setting = TypeVar("Setting", bound=BaseModel)


def _setting(model: type[Setting], body: bytes) -> Setting:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in entry["loc"]) for entry in error.errors()} - {""})
        raise WireProblem(422, "invalid_setting", f"设置不正确：{'、'.join(fields)}") from None


@router.get("/")
async def page(system: System) -> HTMLResponse:
    """The web page: stations, cases, pages, switches."""
    html = await run_in_threadpool(
        overview, system.storage, system.faults.report(), system.autopilot.setting, system.catalogues.all()
    )
    return HTMLResponse(html, headers=_PAGE_HEADERS)


@router.get("/pages/{division_code}/{sha256}")
async def stored_page(division_code: str, sha256: str, system: System) -> Response:
    """A page as it was sent in."""
    media_type = await run_in_threadpool(page_of, system.storage, division_code, sha256)
    content = await run_in_threadpool(system.files.path(sha256).read_bytes)
    shown = media_type in _VIEWABLE
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline" if shown else "attachment"}
    return Response(content, media_type=media_type if shown else "application/octet-stream", headers=headers)


@router.get("/cases/{division_code}")
async def cases_of(division_code: str, system: System, after: str = "") -> JSONResponse:
    """A station's cases as the station itself would be told, for scripts that move them along."""
    answer = await run_in_threadpool(case_list, system.storage, division_code, after, MOST_CASES)
    return JSONResponse(answer.model_dump(mode="json"))


@router.post("/cases/{case_id}/{move}")
async def move_case(case_id: str, move: str, request: Request, system: System) -> Response:
    """accept, refuse, ask_correction, in_process, conclude, reject; texts of the move as JSON or form fields."""
    given = await _texts(request)
    state = await run_in_threadpool(system.moves.move, case_id, move, given)
    return _done(request, {"case_id": case_id, "state": state})


@router.get("/faults")
async def get_faults(system: System) -> JSONResponse:
    """The setting and how often each fault struck."""
    return JSONResponse(system.faults.report().model_dump(mode="json"))


@router.put("/faults")
async def put_faults(request: Request, system: System) -> JSONResponse:
    """Replace all faults by a :class:`FaultSetting`."""
    system.faults.set(_setting(FaultSetting, await read_body(request)))
    return await get_faults(system)


@router.post("/faults")
async def post_fault(request: Request, system: System) -> Response:
    """One fault from the web page's form; an empty kind switches all off."""
    given = await _texts(request)
    try:
        faults: tuple[Fault, ...] = ()
        if given.get("kind"):
            fault = Fault(
                kind=FaultKind(given["kind"]),
                routes=(RouteKind(given["route"]),) if given.get("route") else (),
                count=int(given["count"]) if given.get("count") else None,
            )
            faults = (*system.faults.report().faults, fault)
    except (ValueError, ValidationError):
        raise WireProblem(422, "invalid_setting", "故障设置不正确") from None
    system.faults.set(FaultSetting(seed=system.faults.report().seed, faults=faults))
    return _done(request, system.faults.report().model_dump(mode="json"))


@router.get("/load")
async def get_load(system: System) -> JSONResponse:
    """What is under way, and how much was turned away since the start."""
    return JSONResponse(system.load.report())


@router.put("/autopilot")
async def put_autopilot(request: Request, system: System) -> JSONResponse:
    """Replace the autopilot's setting."""
    setting = _setting(AutopilotSetting, await read_body(request))
    _set_autopilot(system, setting)
    return JSONResponse(setting.model_dump(mode="json"))


@router.post("/autopilot")
async def post_autopilot(request: Request, system: System) -> Response:
    """The web page's form; an empty delay switches it off."""
    seconds = (await _texts(request)).get("accept_after_seconds") or None
    try:
        setting = AutopilotSetting.model_validate({"accept_after_seconds": seconds})
    except ValidationError:
        raise WireProblem(422, "invalid_setting", "设置不正确") from None
    _set_autopilot(system, setting)
    return _done(request, setting.model_dump(mode="json"))


@router.post("/catalogue")
async def post_catalogue(request: Request, system: System) -> JSONResponse:
    """Hand out a catalogue package from now on; the body is the signed file."""
    taken = await run_in_threadpool(system.catalogues.put, await read_body(request, MAX_CATALOGUE_BYTES))
    return JSONResponse({"version": taken.version, "base": taken.base}, status_code=201)


@router.post("/stations")
async def invite(request: Request, system: System) -> JSONResponse:
    """A fresh one-time code for a station, new or known; it is told this once."""
    wanted = _setting(_Invitation, await read_body(request))
    code = secrets.token_urlsafe(12)
    await run_in_threadpool(system.stations.invite, wanted.division_code, wanted.name, code)
    return JSONResponse({"division_code": wanted.division_code, "one_time_code": code}, status_code=201)


@router.post("/stations/{division_code}/revoke")
async def revoke(division_code: str, request: Request, system: System) -> Response:
    """Take a station's credential back."""
    await run_in_threadpool(system.stations.revoke, division_code)
    return _done(request, {"division_code": division_code})


def _set_autopilot(system: PracticeSystem, setting: AutopilotSetting) -> None:
    system.autopilot.setting = setting
    system.arrivals.ring()


async def _texts(request: Request) -> dict[str, str]:
    """Texts of a small JSON object or of a form."""
    body = await read_body(request)
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    return _setting(_Texts, body).root if body else {}


def _done(request: Request, content: Mapping[str, object]) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/practice/", status_code=303)
    return JSONResponse(dict(content))
