"""Bodies in and out: gzip or identity, capped after unzipping, checked against the wire models; names in addresses."""

from __future__ import annotations

import re
import zlib
from typing import Any, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from villagedesk.acceptance.wire import MAX_BODY_BYTES, WIRE_VERSION, ProblemAnswer, WireModel
from villagedesk.practice.problems import WireProblem

Model = TypeVar("Model", bound=WireModel)
WIRE_VERSIONS = [version for version in (WIRE_VERSION - 1, WIRE_VERSION) if version >= 1]
"""This version and the one before it."""
PROBLEM: dict[str, Any] = {"model": ProblemAnswer, "description": "RFC 9457 problem"}
"""How the routes describe a refusal."""
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}")


async def read_body(request: Request, cap: int = MAX_BODY_BYTES) -> bytes:
    """The whole body with its gzip undone.

    Raises:
        WireProblem: 413 ``body_too_large`` (before or after unzipping), 415 ``content_encoding``, 400 ``bad_gzip``.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise WireProblem(415, "content_encoding", "只接受 gzip 或未压缩的内容", headers={"Accept-Encoding": "gzip"})
    raw = bytearray()
    try:
        async for piece in request.stream():
            raw += piece
            if len(raw) > cap:
                raise _too_large()
    except ClientDisconnect:
        raise WireProblem(400, "body_cut", "请求内容不完整") from None
    return _unzipped(bytes(raw), cap) if encoding == "gzip" else bytes(raw)


def parse(model: type[Model], body: bytes) -> Model:
    """A body as a wire model.

    Raises:
        WireProblem: 422 ``invalid_payload``, naming the fields but not their values.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        entries = error.errors(include_url=False, include_input=False, include_context=False)
        fields = sorted({".".join(str(part) for part in entry["loc"]) for entry in entries} - {""})
        message = f"内容不合要求：{'、'.join(fields[:20])}" if fields else "内容不是有效的 JSON"
        raise WireProblem(422, "invalid_payload", message, {"fields": fields[:20]}) from None


def check_names(*names: str) -> None:
    """Refuse (422 ``identifier``) an id that is no name of ours."""
    if not all(_IDENTIFIER.fullmatch(name) for name in names):
        raise WireProblem(422, "identifier", "编号含有不允许的字符")


def check_wire_version(version: int) -> None:
    """Refuse a payload of a version this server does not speak."""
    if version not in WIRE_VERSIONS:
        raise WireProblem(422, "wire_version", "接口版本不受支持", {"wire_versions": WIRE_VERSIONS})


def _unzipped(raw: bytes, cap: int) -> bytes:
    unzip = zlib.decompressobj(wbits=31)
    try:
        body = unzip.decompress(raw, cap + 1)
    except zlib.error:
        raise WireProblem(400, "bad_gzip", "压缩内容已损坏") from None
    if len(body) > cap:
        raise _too_large()
    if not unzip.eof or unzip.unused_data:
        raise WireProblem(400, "bad_gzip", "压缩内容已损坏")
    return body


def _too_large() -> WireProblem:
    return WireProblem(413, "body_too_large", "内容过大")
