"""The autopilot: accepts committed cases by itself after a delay."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from villagedesk.practice.changes import Bell
from villagedesk.practice.moves import Moves

_LOG = logging.getLogger(__name__)
_LOOK_AGAIN_SECONDS = 0.5


class AutopilotSetting(BaseModel):
    """What happens by itself.

    Args:
        accept_after_seconds: a committed case is accepted so much later; None: never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    accept_after_seconds: Annotated[float, Field(ge=0, le=86400)] | None = None


class Autopilot:
    """Looks at the database, not at events: a restart forgets nothing.

    Args:
        moves: how cases move.
        bell: rung when a case comes in or the setting changes.
        setting: at the start.
    """

    def __init__(self, moves: Moves, bell: Bell, setting: AutopilotSetting) -> None:
        self._moves = moves
        self._bell = bell
        self.setting = setting

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            ring = self._bell.next_ring()
            delay = self.setting.accept_after_seconds
            if delay is not None:
                try:
                    await run_in_threadpool(self._moves.accept_waiting, timedelta(seconds=delay))
                except SQLAlchemyError:
                    _LOG.exception("the autopilot could not accept cases; it tries again")
            await self._bell_or_pause(ring)

    async def _bell_or_pause(self, ring: asyncio.Event) -> None:
        if self._bell.closed:
            await asyncio.Event().wait()  # the server stops and will cancel this
        await self._bell.wait(ring, 60.0 if self.setting.accept_after_seconds is None else _LOOK_AGAIN_SECONDS)
