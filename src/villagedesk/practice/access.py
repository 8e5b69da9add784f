"""What the routes share: the parts of the system, the caller's station, answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from villagedesk.acceptance.wire import WireModel
from villagedesk.practice.autopilot import Autopilot, AutopilotSetting
from villagedesk.practice.catalogue_files import CatalogueFiles
from villagedesk.practice.changes import Bell
from villagedesk.practice.faults import FaultPlan
from villagedesk.practice.load import Load
from villagedesk.practice.moves import Moves
from villagedesk.practice.page_files import PageFiles
from villagedesk.practice.records import Records
from villagedesk.practice.stations import Stations
from villagedesk.practice.storage import Storage
from villagedesk.practice.uploads import Uploads


@dataclass
class PracticeSystem:
    """Everything the practice acceptance system consists of.

    Args:
        storage: its database.
        folder: its page files, and the catalogue packages in ``catalogue/``.
        now: its clock, aware, UTC.
        faults: what goes wrong on request.
        autopilot_setting: what happens by itself at the start.
        address: its https URL without a trailing slash, told to applicants who look their case up.
        bell: rung for a station when there is a change to tell it.
        arrivals: rung when a case came in, which is no change: of thousands who wait for changes none is woken.
        load: how much is under way.
    """

    storage: Storage
    folder: Path
    now: Callable[[], datetime]
    faults: FaultPlan
    autopilot_setting: InitVar[AutopilotSetting]
    address: str = ""
    bell: Bell = field(default_factory=Bell)
    arrivals: Bell = field(default_factory=Bell)
    load: Load = field(default_factory=Load)

    def __post_init__(self, autopilot_setting: AutopilotSetting) -> None:
        self.files = PageFiles(self.folder)
        self.catalogues = CatalogueFiles(self.folder)
        self.stations = Stations(self.storage)
        self.records = Records(self.storage, self.now)
        self.uploads = Uploads(self.storage, self.files, self.now)
        self.moves = Moves(self.storage, self.now, self.bell, self.address)
        self.autopilot = Autopilot(self.moves, self.arrivals, autopilot_setting)


def practice_system(request: Request) -> PracticeSystem:
    """The system behind the application."""
    system = request.app.state.system
    assert isinstance(system, PracticeSystem)
    return system


System = Annotated[PracticeSystem, Depends(practice_system)]


async def calling_station(request: Request, system: System) -> str:
    """The division code of the enrolled station that calls; 401 otherwise."""
    return await run_in_threadpool(system.stations.authenticate, request.headers.get("authorization", ""))


Station = Annotated[str, Depends(calling_station)]


def json_answer(body: bytes | WireModel, status: int = 200) -> Response:
    """An answer of exactly these bytes."""
    content = body if isinstance(body, bytes) else body.model_dump_json().encode()
    return Response(content, status_code=status, media_type="application/json")
