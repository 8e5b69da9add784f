"""``/v1/pages/``: tus 1.0.0 with creation, checksum and termination, each upload scoped to its station.

A PATCH that is cut off keeps the bytes that arrived, also when it is this server that dies, unless it declared a
checksum: bytes whose checksum cannot be verified any more are dropped. A new HEAD or PATCH ends an older PATCH on the
same upload that hangs on a dead connection, so that the station never waits for it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from villagedesk.acceptance.wire import MAX_PAGE_BYTES
from villagedesk.practice.access import Station, System
from villagedesk.practice.bodies import PROBLEM
from villagedesk.practice.page_files import PartWriter
from villagedesk.practice.problems import CHECKSUM_MISMATCH, WireProblem
from villagedesk.practice.uploads import Upload

TUS_VERSION = "1.0.0"
_ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,59}")

router = APIRouter(prefix="/v1/pages", tags=["pages"])


def _needs(*names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """The request headers of an operation, for its description."""
    return {
        "parameters": [
            {"name": name, "in": "header", "required": name not in optional, "schema": {"type": "string"}}
            for name in ("Tus-Resumable", *names, *optional)
        ]
    }


def _tells(*names: str) -> dict[str, Any]:
    """A success that says all in headers, for an operation's description."""
    headers = ("Tus-Resumable", *names)
    return {"headers": {name: {"required": True, "schema": {"type": "string"}} for name in headers}}


@dataclass
class _Line:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    receiving: asyncio.Task[None] | None = None
    users: int = 0


class UploadLines:
    """One request at a time on each upload; a newer one ends the one that receives."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    @contextlib.asynccontextmanager
    async def turn(self, upload_id: str) -> AsyncIterator[_Line]:
        """End whoever receives on this upload, wait until it has put its bytes away, and take over."""
        line = self._lines.setdefault(upload_id, _Line())
        line.users += 1
        try:
            if line.receiving is not None:
                line.receiving.cancel()
            async with line.lock:
                yield line
        finally:
            line.users -= 1
            if line.users == 0:
                self._lines.pop(upload_id, None)


def _headers(**more: str) -> dict[str, str]:
    return {
        "Tus-Resumable": TUS_VERSION,
        "Cache-Control": "no-store",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != TUS_VERSION:
        raise WireProblem(412, "tus_version", "tus 版本不受支持", headers={"Tus-Version": TUS_VERSION})


@router.options("/", status_code=204, summary="tus capabilities")
@router.options("/{upload_id}", status_code=204, include_in_schema=False)
async def capabilities() -> Response:
    """Versions, extensions and limits; needs no credential."""
    return Response(
        status_code=204,
        headers=_headers(
            Tus_Version=TUS_VERSION,
            Tus_Extension="creation,checksum,termination",
            Tus_Max_Size=str(MAX_PAGE_BYTES),
            Tus_Checksum_Algorithm=",".join(_ALGORITHMS),
        ),
    )


@router.post(
    "/",
    status_code=201,
    summary="Begin an upload",
    response_class=Response,
    responses={201: _tells("Location"), 400: PROBLEM, 413: PROBLEM},
    openapi_extra=_needs("Upload-Length", "Upload-Metadata"),
)
async def create(request: Request, system: System, station: Station) -> Response:
    """Needs ``Upload-Length`` and ``Upload-Metadata`` with base64 ``sha256`` (64 hex digits) and ``media_type``."""
    _check_version(request)
    length = _length(request)
    metadata = _metadata(request.headers.get("upload-metadata", ""))
    sha256, media_type = metadata.get("sha256", ""), metadata.get("media_type", "")
    if not _SHA256.fullmatch(sha256):
        raise WireProblem(400, "upload_metadata", "缺少页面的 sha256")
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise WireProblem(400, "upload_metadata", "缺少页面的 media_type")
    upload_id = await run_in_threadpool(system.uploads.create, station, sha256, media_type, length)
    return Response(status_code=201, headers=_headers(Location=f"/v1/pages/{upload_id}"))


@router.head(
    "/{upload_id}",
    summary="How far an upload is",
    response_class=Response,
    responses={200: _tells("Upload-Offset", "Upload-Length"), 404: PROBLEM, 410: PROBLEM},
    openapi_extra=_needs(),
)
async def offset(upload_id: str, request: Request, system: System, station: Station) -> Response:
    """``Upload-Offset``: bytes that are safely stored; ``Upload-Length``: the whole."""
    _check_version(request)
    # Asked before the turn: nobody but its own station may end a running upload.
    await run_in_threadpool(system.uploads.get, station, upload_id)
    async with _lines(request).turn(upload_id):
        upload = await run_in_threadpool(system.uploads.get, station, upload_id)
    return Response(
        status_code=200,
        headers=_headers(Upload_Offset=str(upload.received), Upload_Length=str(upload.byte_count)),
    )


@router.patch(
    "/{upload_id}",
    status_code=204,
    summary="Send bytes",
    responses={
        204: _tells("Upload-Offset"),
        404: PROBLEM,
        409: PROBLEM,
        410: PROBLEM,
        413: PROBLEM,
        415: PROBLEM,
        CHECKSUM_MISMATCH: PROBLEM,
    },
    openapi_extra={
        **_needs("Upload-Offset", optional=("Upload-Checksum",)),
        "requestBody": {
            "required": True,
            "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
async def append(upload_id: str, request: Request, system: System, station: Station) -> Response:
    """Append at ``Upload-Offset``, optionally proven by ``Upload-Checksum``; the answer tells the new offset."""
    _check_version(request)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/offset+octet-stream":
        raise WireProblem(415, "content_type", "上传内容的类型不正确")
    start = _number(request.headers.get("upload-offset", ""), "upload_offset")
    algorithm, expected = _checksum(request.headers.get("upload-checksum"))
    await run_in_threadpool(system.uploads.get, station, upload_id)
    async with _lines(request).turn(upload_id) as line:
        upload = await run_in_threadpool(system.uploads.get, station, upload_id)
        if upload.received != start:
            raise WireProblem(409, "offset", "上传位置不符", headers={"Upload-Offset": str(upload.received)})
        if upload.state == "complete":
            return Response(status_code=204, headers=_headers(Upload_Offset=str(upload.received)))
        writer = await run_in_threadpool(partial(system.uploads.open_part, upload, proven=bool(algorithm)))
        try:
            digest = hashlib.new(algorithm) if algorithm else None
            line.receiving = asyncio.create_task(_receive(request, writer, upload, digest))
            if line.users > 1:  # a newer one came while this one was still looking at the row
                line.receiving.cancel()
            try:
                await asyncio.wait({line.receiving})
                whole = not line.receiving.cancelled() and line.receiving.exception() is None
                failure = None if whole or line.receiving.cancelled() else line.receiving.exception()
            finally:
                line.receiving.cancel()
                line.receiving = None
            if digest is not None and not (whole and hmac.compare_digest(digest.digest(), expected)):
                await run_in_threadpool(writer.forget)
                if whole:
                    raise WireProblem(CHECKSUM_MISMATCH, "checksum", "数据块校验不符，请重新发送")
            await run_in_threadpool(writer.sync)
        finally:
            writer.close()
        if writer.offset != start:
            await run_in_threadpool(system.uploads.acknowledge, upload, writer.offset)
        if failure is not None:
            raise failure
        if not whole:
            raise WireProblem(400, "body_cut", "上传中断，已保存收到的部分")
        return Response(status_code=204, headers=_headers(Upload_Offset=str(writer.offset)))


@router.delete(
    "/{upload_id}",
    status_code=204,
    summary="Give an upload up",
    responses={404: PROBLEM, 410: PROBLEM},
    openapi_extra=_needs(),
)
async def terminate(upload_id: str, request: Request, system: System, station: Station) -> Response:
    """Frees what was received; a page already verified stays."""
    _check_version(request)
    await run_in_threadpool(system.uploads.get, station, upload_id)
    async with _lines(request).turn(upload_id):
        upload = await run_in_threadpool(system.uploads.get, station, upload_id)
        await run_in_threadpool(system.uploads.terminate, upload)
    return Response(status_code=204, headers=_headers())


async def _receive(request: Request, writer: PartWriter, upload: Upload, digest: Any) -> None:
    try:
        async for piece in request.stream():
            if writer.offset + len(piece) > upload.byte_count:
                raise WireProblem(413, "too_many_bytes", "上传内容超过声明的长度")
            # Small writes into the page cache; what blocks, the fsync, is done elsewhere.
            writer.write(piece)
            if digest is not None:
                digest.update(piece)
    except ClientDisconnect:
        raise WireProblem(400, "body_cut", "上传中断，已保存收到的部分") from None


def _lines(request: Request) -> UploadLines:
    lines = request.app.state.upload_lines
    assert isinstance(lines, UploadLines)
    return lines


def _number(text: str, code: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise WireProblem(400, code, "缺少或不正确的数字请求头")
    return int(text)


def _length(request: Request) -> int:
    length = _number(request.headers.get("upload-length", ""), "upload_length")
    if length == 0:
        raise WireProblem(400, "upload_length", "页面不能为空")
    if length > MAX_PAGE_BYTES:
        raise WireProblem(413, "page_too_large", "页面文件过大")
    return length


def _metadata(header: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    try:
        for pair in filter(None, (part.strip() for part in header.split(","))):
            key, _, value = pair.partition(" ")
            pairs[key] = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        raise WireProblem(400, "upload_metadata", "Upload-Metadata 格式不正确") from None
    return pairs


def _checksum(header: str | None) -> tuple[str, bytes]:
    if header is None:
        return "", b""
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in _ALGORITHMS:
        raise WireProblem(400, "checksum_algorithm", "不支持的校验算法")
    try:
        return algorithm, base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise WireProblem(400, "checksum_format", "校验值格式不正确") from None
