"""Asking for the county's catalogue: rarely, again after a failure, and never twice for one that was refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.sync.server_line import Fault
from tests.sync.server_model import ServerModel
from tests.sync.window import STATION, SimClock
from villagedesk.acceptance.port import Busy
from villagedesk.acceptance.wire import EnrolRequest, sha256_hex
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.sync.catalogue_pull import CataloguePull


@dataclass
class Inbox:
    """Takes what comes, or raises."""

    version: int = 0
    problem: Problem | None = None
    taken: list[bytes] = field(default_factory=list)

    def have(self) -> int:
        return self.version

    def arrived(self, data: bytes) -> None:
        if self.problem is not None:
            raise self.problem
        self.taken.append(data)
        self.version += 1


def pull_of(server: ServerModel, inbox: Inbox, clock: SimClock) -> CataloguePull:
    return CataloguePull(server, inbox, clock, lambda low, high: (low + high) / 2)


def enrolled(server: ServerModel) -> ServerModel:
    """A server that knows the station."""
    wanted = EnrolRequest(
        division_code=STATION.division_code,
        one_time_code=STATION.one_time_code,
        credential_sha256=sha256_hex(b"secret"),
        installation_id="one",
    )
    server.enrol(wanted)
    return server


def asked(server: ServerModel) -> int:
    return server.calls.count("catalogue")


def test_what_is_newer_is_put_in_use_and_its_successor_asked_for_at_once() -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: b"first"}
    pull = pull_of(server, inbox, clock)
    assert pull.is_due()
    assert pull.run()
    assert pull.is_due()
    server.catalogues[2] = b"second"
    assert pull.run()
    assert not pull.run()
    assert inbox.taken == [b"first", b"second"]
    assert not pull.is_due()
    clock.advance(3500)
    assert not pull.is_due()
    clock.advance(101)
    assert pull.is_due()


@pytest.mark.parametrize("fault", [Fault.NO_CONNECTION, Fault.CUT_BEFORE, Fault.HTML, Fault.BUSY, Fault.LOGIN])
def test_after_a_failure_it_asks_sooner(fault: Fault) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.choose = lambda _call: fault
    pull = pull_of(server, inbox, clock)
    assert not pull.run()
    assert not pull.is_due()
    clock.advance(301)
    assert pull.is_due()
    assert inbox.taken == []


def test_a_refused_one_is_not_asked_for_again_until_the_county_has_another() -> None:
    server, clock = enrolled(ServerModel()), SimClock()
    inbox = Inbox(problem=InputProblem("catalogue_package.wrong_signature"))
    server.catalogues = {1: b"bad"}
    pull = pull_of(server, inbox, clock)
    assert not pull.run()
    assert not pull.is_due()
    inbox.problem = None
    assert not pull.run()
    assert inbox.taken == [], "the same bytes were refused"
    server.catalogues = {1: b"good"}
    assert pull.run()
    assert inbox.taken == [b"good"]


def test_one_that_could_not_be_stored_is_asked_for_again() -> None:
    server, clock = enrolled(ServerModel()), SimClock()
    inbox = Inbox(problem=EnvironmentProblem("store.disk_full"))
    server.catalogues = {1: b"good"}
    pull = pull_of(server, inbox, clock)
    assert not pull.run()
    clock.advance(301)
    assert pull.is_due()
    inbox.problem = None
    assert pull.run()
    assert asked(server) == 2


def test_a_busy_systems_word_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()

    def busy(_have: int, _refused: str) -> None:
        raise Busy("sync.reason.busy", "503", 1200.0)

    monkeypatch.setattr(server, "catalogue", busy)
    pull = CataloguePull(server, inbox, clock, lambda low, _high: low)
    assert not pull.run()
    clock.advance(1199)
    assert not pull.is_due()
    clock.advance(2)
    assert pull.is_due()
