"""Puts the practice acceptance system together as one ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from villagedesk.acceptance.wire import ProblemAnswer
from villagedesk.practice import case_routes, document_routes, page_routes, practice_routes
from villagedesk.practice.access import PracticeSystem
from villagedesk.practice.bodies import PROBLEM
from villagedesk.practice.fault_player import FaultPlayer
from villagedesk.practice.load_shedder import LoadShedder
from villagedesk.practice.problems import install_problem_handlers

TITLE = "villagedesk acceptance system, wire version 1"
_GZIP_FROM_BYTES = 1024


class _TusLayer:
    """What tus 1.0.0 asks of every answer and request of ``/v1/pages/``.

    ``Tus-Resumable`` is in refusals too; ``X-HTTP-Method-Override`` stands for the method where a proxy on the way lets
    PATCH, HEAD and DELETE not pass.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/pages/"):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST":
            for name, value in scope["headers"]:
                if name == b"x-http-method-override" and value.upper() in (b"PATCH", b"DELETE", b"HEAD"):
                    scope = {**scope, "method": value.decode().upper()}

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [pair for pair in message.get("headers", []) if pair[0].lower() != b"tus-resumable"]
                message = {**message, "headers": [*others, (b"tus-resumable", page_routes.TUS_VERSION.encode())]}
            await send(message)

        await self._app(scope, receive, send_marked)


def make_application(system: PracticeSystem) -> FastAPI:
    """The contract and the practice pages, without faults.

    Args:
        system: what the routes work on; closed when the application shuts down.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        system.bell.open()
        system.arrivals.open()
        await run_in_threadpool(system.uploads.finish_interrupted)
        autopilot = asyncio.create_task(system.autopilot.run())
        try:
            yield
        finally:
            autopilot.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await autopilot
            system.storage.close()

    problem: dict[int | str, dict[str, Any]] = {
        422: PROBLEM,
        503: {"model": ProblemAnswer, "description": "too much is under way; Retry-After says when to come back"},
    }
    app = FastAPI(
        title=TITLE,
        version="1.0.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=problem,
    )
    app.state.system = system
    app.state.upload_lines = page_routes.UploadLines()
    install_problem_handlers(app)

    app.include_router(case_routes.router)
    app.include_router(document_routes.router)
    app.include_router(page_routes.router)
    app.include_router(practice_routes.router)
    return app


def with_faults(app: FastAPI, system: PracticeSystem) -> ASGIApp:
    """The application as a server runs it: the faults, then tus's own layer, then who is turned away, then gzip.

    The faults are outermost: a captive portal and a proxy know nothing of tus.
    """
    return FaultPlayer(
        _TusLayer(LoadShedder(GZipMiddleware(app, minimum_size=_GZIP_FROM_BYTES), system.load)), system.faults
    )
