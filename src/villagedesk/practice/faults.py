"""Faults on request: which request is hit, and by what. How a fault is played is in ``fault_player``."""

from __future__ import annotations

import random
import re
import threading
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FaultKind(StrEnum):
    """What goes wrong with a request."""

    DROP_BEFORE = "drop_before"  # connection torn before anything is read
    DROP_MIDWAY = "drop_midway"  # torn after `after_bytes` of the body; what came is kept
    DROP_AFTER = "drop_after"  # done and stored, then torn without an answer
    CUT_ANSWER = "cut_answer"  # done and stored, torn in the middle of the answer
    ERROR_BEFORE = "error_before"  # 500, nothing stored
    ERROR_AFTER = "error_after"  # stored, yet 500
    SLOW = "slow"  # `seconds` later than usual
    WRONG_HASH = "wrong_hash"  # every payload_sha256 in the answer is another one
    HTML_PAGE = "html_page"  # 200 with somebody else's page: a captive portal; nothing stored
    PROXY_PAGE = "proxy_page"  # 502 with a proxy's page; nothing stored
    TRUNCATED_JSON = "truncated_json"  # done; a whole HTTP answer with half the JSON
    BUSY_429 = "busy_429"  # Retry-After: `retry_after`; nothing stored
    BUSY_503 = "busy_503"


class RouteKind(StrEnum):
    """Which request."""

    ENROL = "enrol"
    REPLACE = "replace"
    HEALTH = "health"
    REVISION = "revision"
    ACTION = "action"
    CASE = "case"
    CASES = "cases"
    CHANGES = "changes"
    CATALOGUE = "catalogue"
    DOCUMENT = "document"
    HELD_REVISION = "held_revision"
    PAGE_CREATE = "page_create"
    PAGE_OFFSET = "page_offset"
    PAGE_CHUNK = "page_chunk"
    PAGE_DELETE = "page_delete"


_ROUTES: tuple[tuple[str, re.Pattern[str], RouteKind], ...] = tuple(
    (method, re.compile(path), kind)
    for method, path, kind in (
        ("POST", r"/v1/stations/enrol", RouteKind.ENROL),
        ("POST", r"/v1/stations/replace", RouteKind.REPLACE),
        ("GET", r"/v1/health", RouteKind.HEALTH),
        ("PUT", r"/v1/cases/[^/]+/revisions/[^/]+", RouteKind.REVISION),
        ("PUT", r"/v1/cases/[^/]+/actions/[^/]+", RouteKind.ACTION),
        ("GET", r"/v1/cases/[^/]+/revisions/[^/]+", RouteKind.HELD_REVISION),
        ("GET", r"/v1/cases/[^/]+/documents/[^/]+", RouteKind.DOCUMENT),
        ("GET", r"/v1/cases/[^/]+", RouteKind.CASE),
        ("GET", r"/v1/cases", RouteKind.CASES),
        ("GET", r"/v1/changes", RouteKind.CHANGES),
        ("GET", r"/v1/catalogue", RouteKind.CATALOGUE),
        ("POST", r"/v1/pages/", RouteKind.PAGE_CREATE),
        ("HEAD", r"/v1/pages/[^/]+", RouteKind.PAGE_OFFSET),
        ("PATCH", r"/v1/pages/[^/]+", RouteKind.PAGE_CHUNK),
        ("DELETE", r"/v1/pages/[^/]+", RouteKind.PAGE_DELETE),
    )
)


def route_kind(method: str, path: str) -> RouteKind | None:
    """The kind of a request; None for what never fails on request (OPTIONS, the practice pages)."""
    for known, pattern, kind in _ROUTES:
        if method == known and pattern.fullmatch(path):
            return kind
    return None


class Fault(BaseModel):
    """One fault that is switched on.

    Args:
        routes: kinds it hits; empty: all.
        count: how often at the most; None: without end.
        skip: so many matching requests pass first.
        probability: of each matching request after those.
        seconds: delay of ``slow``.
        retry_after: seconds told by ``busy_429`` and ``busy_503``.
        after_bytes: of the body, for ``drop_midway``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    routes: tuple[RouteKind, ...] = ()
    count: Annotated[int, Field(ge=1)] | None = None
    skip: Annotated[int, Field(ge=0)] = 0
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0
    retry_after: Annotated[int, Field(ge=0, le=86400)] = 1
    after_bytes: Annotated[int, Field(ge=0)] = 0


class FaultSetting(BaseModel):
    """All faults, and the seed of their probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    faults: tuple[Fault, ...] = ()


class FaultReport(BaseModel):
    """The setting, and how often each fault of it struck."""

    seed: int
    faults: tuple[Fault, ...]
    struck: tuple[int, ...]


class FaultPlan:
    """Decides for each request; safe to use from several threads.

    Args:
        setting: what is switched on at the start.
    """

    def __init__(self, setting: FaultSetting | None = None) -> None:
        self._lock = threading.Lock()
        self.set(setting or FaultSetting())

    def set(self, setting: FaultSetting) -> None:
        """Replace all faults; counters begin anew."""
        with self._lock:
            self._setting = setting
            self._random = random.Random(setting.seed)
            self._seen = [0] * len(setting.faults)
            self._struck = [0] * len(setting.faults)

    def report(self) -> FaultReport:
        """What is switched on and what it did."""
        with self._lock:
            return FaultReport(seed=self._setting.seed, faults=self._setting.faults, struck=tuple(self._struck))

    def strike(self, kind: RouteKind | None) -> Fault | None:
        """The first fault that hits a request of this kind."""
        if kind is None:
            return None
        with self._lock:
            for index, fault in enumerate(self._setting.faults):
                if fault.routes and kind not in fault.routes:
                    continue
                if fault.count is not None and self._struck[index] >= fault.count:
                    continue
                self._seen[index] += 1
                if self._seen[index] > fault.skip and self._random.random() < fault.probability:
                    self._struck[index] += 1
                    return fault
        return None
