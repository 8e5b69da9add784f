"""Refusals of the practice system as RFC 9457 problems with a stable ``code`` and a Chinese ``message``."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_LOG = logging.getLogger(__name__)
CHECKSUM_MISMATCH = 460
"""tus 1.0.0, checksum extension: the body's checksum does not match."""


class WireProblem(Exception):
    """A request that is refused.

    Args:
        status: HTTP status.
        code: stable code for programs.
        message: what is wrong, in Chinese, for people; no personal data.
        members: extension members of the problem, e.g. ``held_sha256``.
        headers: answer headers, e.g. ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.members = dict(members or {})
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The problem as an answer."""
        title = "Checksum Mismatch" if self.status == CHECKSUM_MISMATCH else http.HTTPStatus(self.status).phrase
        body = {
            "type": "about:blank",
            "title": title,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            **self.members,
        }
        return JSONResponse(body, status_code=self.status, media_type="application/problem+json", headers=self.headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every refusal and every failure of the application answer as a problem."""

    async def refused(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, WireProblem)
        return error.response()

    async def malformed(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        names = "、".join(sorted({str(entry["loc"][-1]) for entry in error.errors() if entry["loc"]}))
        return WireProblem(422, "invalid_parameter", f"请求参数不合要求：{names}").response()

    async def unrouted(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        known = {404: ("not_found", "没有这个地址"), 405: ("method_not_allowed", "此地址不支持这种请求")}
        code, message = known.get(error.status_code, ("http_error", "请求无法处理"))
        return WireProblem(error.status_code, code, message, headers=error.headers).response()

    async def failed(request: Request, error: Exception) -> JSONResponse:
        _LOG.error("%s failed", request.scope["route"].path if "route" in request.scope else "request", exc_info=error)
        return WireProblem(500, "internal_error", "系统内部错误，请稍后重试").response()

    app.add_exception_handler(WireProblem, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, unrouted)
    app.add_exception_handler(Exception, failed)
