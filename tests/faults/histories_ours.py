"""The acceptance system as the program under test calls it in a history: what is in doubt is noted on the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tests.faults.histories_scene import Scene, Untruth
from tests.sync.server_line import Mistake
from villagedesk.acceptance.port import (
    AcceptanceSystem,
    ActionTaken,
    Busy,
    Committed,
    Conflicting,
    LoginNeeded,
    NoConnection,
    Refused,
    Registered,
    Unanswered,
)
from villagedesk.acceptance.wire import CaseAnswer, EnrolRequest, ReplaceRequest, RevisionPayload
from villagedesk.domain.outbox import SendingState

_SURE = (LoginNeeded, Refused, Conflicting)
"""Failures that leave no doubt about what became of a request, and after which nothing is tried again."""


class Ours:
    """The acceptance system as the runner calls it: notes what is in doubt, and fails at poor cases."""

    def __init__(self, line: AcceptanceSystem, scene: Scene) -> None:
        self._line = line
        self._scene = scene

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def enrol(self, request: EnrolRequest) -> str:
        granted = self._line.enrol(request)
        self._scene.told.tried.clear()  # what was held until then goes at once
        return granted

    def replace(self, request: ReplaceRequest) -> str:
        granted = self._line.replace(request)
        self._scene.told.tried.clear()
        return granted

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Registered | Committed:
        action_id = RevisionPayload.model_validate_json(payload).action_id
        with self._noting(action_id, case_id):
            if case_id in self._scene.poor:
                raise Mistake
            answer = self._line.put_revision(case_id, revision, payload)
        return answer

    def put_action(self, case_id: str, action_id: str, payload: bytes) -> ActionTaken:
        with self._noting(action_id, case_id):
            return self._line.put_action(case_id, action_id, payload)

    def case(self, case_id: str) -> CaseAnswer | None:
        held = self._line.case(case_id)
        doubtful = self._scene.told.doubtful
        for action_id in [name for name, of in doubtful.items() if of == case_id]:
            del doubtful[action_id]
        return held

    @contextlib.contextmanager
    def _noting(self, action_id: str, case_id: str) -> Iterator[None]:
        told = self._scene.told
        with contextlib.suppress(KeyError):
            if self._scene.row(action_id).state is SendingState.SENDING and not told.queue_held:
                told.begun.add(action_id)
        try:
            yield
        except Busy as busy:
            self._came_to_nothing(action_id, busy.retry_after or 0.0)
            raise
        except (NoConnection, Unanswered) as failure:
            self._came_to_nothing(action_id)
            if isinstance(failure, Unanswered):
                told.doubtful[action_id] = case_id
            raise
        except (*_SURE, Untruth):
            raise
        except BaseException:
            told.doubtful[action_id] = case_id
            raise
        finally:
            told.begun.discard(action_id)

    def _came_to_nothing(self, action_id: str, seconds: float = 0.0) -> None:
        now = self._scene.clock.monotonic()
        self._scene.told.tried[action_id] = (now, now + seconds)
