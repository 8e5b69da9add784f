"""Asking for the county's catalogue: rarely, again after a failure, and never twice for one that was refused."""

from __future__ import annotations

import itertools
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.sync.server_line import Fault
from tests.sync.server_model import ServerModel
from tests.sync.test_engine import RealClock, Running
from tests.sync.window import STATION, SimClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import AcceptanceSystem, Busy, CatalogueBegun, CataloguePiece
from villagedesk.acceptance.wire import EnrolRequest, sha256_hex
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.practice.catalogue_files import CatalogueFiles
from villagedesk.practice.faults import Fault as PracticeFault
from villagedesk.practice.faults import FaultKind, FaultSetting, RouteKind
from villagedesk.practice.server import PracticeServer
from villagedesk.sync.catalogue_part import CataloguePart
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


def pull_of(
    server: AcceptanceSystem, inbox: Inbox, clock: SimClock, part: CataloguePart | None = None, piece_bytes: int = 1000
) -> CataloguePull:
    return CataloguePull(server, inbox, clock, lambda low, high: (low + high) / 2, part=part, piece_bytes=piece_bytes)


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
    assert inbox.taken == [b"good"]
    assert len(server.catalogue_pieces) == 1, "it was here already"


def test_a_busy_systems_word_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()

    def busy(*_asked: object) -> None:
        raise Busy("sync.reason.busy", "503", 1200.0)

    monkeypatch.setattr(server, "catalogue", busy)
    pull = CataloguePull(server, inbox, clock, lambda low, _high: low)
    assert not pull.run()
    clock.advance(1199)
    assert not pull.is_due()
    clock.advance(2)
    assert pull.is_due()


PACKAGE = random.Random(3).randbytes(95)
OTHER = random.Random(4).randbytes(95)


def let_pass(clock: SimClock, pull: CataloguePull, runs: int = 60) -> None:
    """Time goes on, and it runs whenever it is due."""
    for _ in range(runs):
        pull.run()
        while not pull.is_due():
            clock.advance(60)


def test_a_package_in_pieces_goes_on_after_each_cut_where_it_was(tmp_path: Path) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: PACKAGE}
    dice = random.Random(5)
    server.choose = lambda _call: dice.choice([Fault.NONE, Fault.NO_CONNECTION, Fault.CUT_BEFORE, Fault.HTML])
    let_pass(clock, pull_of(server, inbox, clock, CataloguePart(tmp_path / "x"), 10))
    assert inbox.taken == [PACKAGE]
    assert [start for _name, start in server.catalogue_pieces] == list(range(0, 95, 10)), "each byte came once"
    assert not (tmp_path / "x").exists()


def test_a_restart_of_the_program_goes_on_where_it_was(tmp_path: Path) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: PACKAGE}
    for _ in range(10):
        assert inbox.taken == []
        pull = pull_of(server, inbox, clock, CataloguePart(tmp_path / "x"), 10)
        assert pull.is_due()
        pull.run()
    assert inbox.taken == [PACKAGE]
    assert [start for _name, start in server.catalogue_pieces] == list(range(0, 95, 10))
    assert not (tmp_path / "x").exists()


def test_pieces_come_one_after_the_other_and_not_every_hour() -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: PACKAGE}
    pull = pull_of(server, inbox, clock, piece_bytes=10)
    for _ in range(10):
        assert pull.is_due()
        pull.run()
    assert inbox.taken == [PACKAGE]
    assert clock.steady == 0


def test_a_package_that_takes_the_place_of_one_under_way_is_begun_anew(tmp_path: Path) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: PACKAGE}
    pull = pull_of(server, inbox, clock, CataloguePart(tmp_path / "x"), 10)
    for _ in range(4):
        pull.run()
    server.catalogues = {2: OTHER}
    assert not pull.run()
    assert not (tmp_path / "x").exists()
    clock.advance(6)
    inbox.version = 1
    let_pass(clock, pull, 11)
    assert inbox.taken == [OTHER]


def test_one_that_is_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: PACKAGE}
    pull = pull_of(server, inbox, clock, CataloguePart(tmp_path / "x"), 10)
    pull.run()
    assert (tmp_path / "x").exists()
    inbox.version = 1  # by a file that the county's technician brought
    assert not pull.run()
    assert not (tmp_path / "x").exists()
    assert not pull.is_due()


def test_pieces_that_make_no_such_package_are_fetched_anew_ever_more_rarely_and_refuse_nothing() -> None:
    server, inbox, clock = enrolled(ServerModel()), Inbox(), SimClock()
    server.catalogues = {1: PACKAGE}
    right = server.catalogue
    begun_at: list[float] = []
    swapped = True

    def catalogue(
        have: int, refused: str = "", begun: CatalogueBegun | None = None, length: int = 10
    ) -> CataloguePiece | None:
        piece = right(have, refused, begun, length)
        if begun is None:
            begun_at.append(clock.steady)
        if piece is None or not swapped or begun is None:
            return piece
        return CataloguePiece(piece.begun, bytes(len(piece.data)))

    server.catalogue = catalogue  # type: ignore[method-assign]
    pull = CataloguePull(server, inbox, clock, lambda _low, high: high, piece_bytes=10)
    for _ in range(10 * 12):
        while not pull.is_due():
            clock.advance(1)
        pull.run()
    assert inbox.taken == []
    waits = [after - before for before, after in itertools.pairwise(begun_at)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    swapped = False
    let_pass(clock, pull, 12)
    assert inbox.taken == [PACKAGE]


def test_the_link_that_returns_ends_the_wait_but_not_what_the_system_asked() -> None:
    server, clock = enrolled(ServerModel()), SimClock()
    server.choose = lambda _call: Fault.CUT_BEFORE
    pull = CataloguePull(server, Inbox(), clock, lambda _low, high: high)
    assert not pull.run()
    assert not pull.is_due()
    pull.link_returned()
    assert pull.is_due()
    server.choose = lambda _call: Fault.BUSY
    assert not pull.run()
    pull.link_returned()
    assert not pull.is_due()
    server.choose = lambda _call: Fault.NONE
    clock.advance(4000)
    assert not pull.run()
    pull.link_returned()
    assert not pull.is_due(), "there was nothing new"


def test_the_engine_fetches_all_pieces_without_waiting_for_changes_between_them() -> None:
    running = Running()
    server, inbox = running.server, Inbox()
    server.catalogues = {1: PACKAGE}
    pull = CataloguePull(server, inbox, RealClock(), lambda low, _high: low, piece_bytes=5)
    running.engine._catalogue = pull
    try:
        running.engine.start()
        end = time.monotonic() + 20  # one long poll between two pieces would take longer
        while not inbox.taken and time.monotonic() < end:
            running.stopping.wait(0.02)
        assert inbox.taken == [PACKAGE]
    finally:
        assert running.engine.stop()


def test_over_a_line_that_cuts_each_byte_comes_once_but_for_the_pieces_that_were_cut(tmp_path: Path) -> None:
    """The program before a real server over TLS; it is started anew after each cut."""
    size = 16 * 1024
    content = json.dumps({"version": 1, "base": None, "filler": "x" * 200_000})
    package = json.dumps({"content": content, "signature": "x"}).encode()
    practice = PracticeServer(tmp_path / "practice")
    practice.start()
    files = practice.practice
    CatalogueFiles(files.folder).put(package)
    secret = "a-credential-made-by-the-client"
    system = HttpAcceptanceSystem(practice.address, files.ca_path.read_text(), lambda: secret, files.division_code)
    asked: list[int] = []
    right = system.catalogue

    def counting(
        have: int, refused: str = "", begun: CatalogueBegun | None = None, length: int = size
    ) -> CataloguePiece | None:
        asked.append(0 if begun is None else begun.here)
        return right(have, refused, begun, length)

    system.catalogue = counting  # type: ignore[method-assign]
    cuts = [
        PracticeFault(kind=kind, routes=(RouteKind.CATALOGUE,), count=1, skip=skip)
        for skip, kind in ((0, FaultKind.CUT_ANSWER), (3, FaultKind.DROP_AFTER), (6, FaultKind.CUT_ANSWER))
    ]
    try:
        wanted = EnrolRequest(
            division_code=files.division_code,
            one_time_code=files.one_time_code,
            credential_sha256=sha256_hex(secret.encode()),
            installation_id="one",
        )
        system.enrol(wanted)
        practice.faults.set(FaultSetting(faults=tuple(cuts)))
        inbox = Inbox()
        for _ in range(40):
            if inbox.taken:
                break
            pull = pull_of(system, inbox, SimClock(), CataloguePart(tmp_path / "arriving"), size)
            while pull.is_due() and not inbox.taken:
                pull.run()
        assert inbox.taken == [package]
        assert sum(practice.faults.report().struck) == 3, "there were cuts"
        assert len(asked) == -(-len(package) // size) + 3, "a cut costs one piece"
        assert not (tmp_path / "arriving").exists()
    finally:
        system.close()
        practice.stop()
