"""The model of the acceptance system as one PC meets it: each call is made with that PC's credential."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.sync.server_model import ServerModel
from villagedesk.acceptance.port import LoginNeeded
from villagedesk.acceptance.wire import CaseListAnswer, EnrolRequest, Health, ReplaceRequest, sha256_hex


class CallingStation:
    """Implements AcceptanceSystem; whoever has not the standing credential is refused, as the real one does.

    Args:
        credential: asked for at each call.
    """

    def __init__(self, server: ServerModel, credential: Callable[[], str]) -> None:
        self._server = server
        self._credential = credential
        self.taken: list[str] = []
        self.put: set[tuple[str, int]] = set()

    def health(self) -> Health:
        return self._server.health()

    def enrol(self, request: EnrolRequest) -> str:
        return self._server.enrol(request)

    def replace(self, request: ReplaceRequest) -> str:
        return self._server.replace_by(self._sha256(), request)

    def cases(self, after: str = "") -> Iterator[CaseListAnswer]:
        self._check("cases")
        return self._server.cases(after)

    def put_revision(self, case_id: str, revision: int, payload: bytes) -> Any:
        self._check("put_revision")
        self.put.add((case_id, revision))
        return self._server.put_revision(case_id, revision, payload)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            self._check(name)
            return getattr(self._server, name)(*arguments, **named)

        return call

    def _sha256(self) -> str:
        return sha256_hex(self._credential().encode())

    def _check(self, name: str) -> None:
        if not self._server.counts(self._sha256()):
            raise LoginNeeded("sync.reason.login", "401")
        self.taken.append(name)
