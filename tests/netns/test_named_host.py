"""An acceptance system known by its name: a resolver that is silent hides no cable that is out, and one that denies the
name is somebody who answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.netns.network import ROUTER, STATION, WAY_IN, Network, need_namespaces
from tests.netns.resolver import DenyingServer, with_resolver
from tests.netns.test_link_layers import marks, practice_of
from tests.sync.test_engine import RealClock
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.sync.assembly import link_probe
from villagedesk.sync.link import LinkWatch
from villagedesk.sync.link_layers import Finding

_REACTION_S = 2.0
_CONNECT_S = 1.0
_SLACK_S = 2.0
_ADDRESS = "https://shouli.example:21443"
_NOBODY = "192.168.1.99"


@pytest.fixture
def network() -> Iterator[Network]:
    need_namespaces()
    made = Network()
    yield made
    made.close()


def watch_on(network: Network, folder: Path) -> LinkWatch:
    station = practice_of(folder).station_file()
    with network.inside(STATION):
        system = HttpAcceptanceSystem(_ADDRESS, station.ca_pem, str, station.division_code)
        return LinkWatch(
            link_probe(), system, _ADDRESS, RealClock(), lambda _low, high: high, connect_seconds=_CONNECT_S
        )


def test_a_silent_resolver_hides_no_cable_that_is_out(network: Network, tmp_path: Path) -> None:
    watch = watch_on(network, tmp_path)

    def act() -> None:
        with network.inside(STATION):
            began = monotonic()
            link = watch.check()
            assert monotonic() - began < _CONNECT_S + _SLACK_S, "a look has an end, whatever the resolver does"
            assert link.ruling is not None
            assert link.ruling.finding is Finding.VPN_NAME_OR_LINE
            network.ip(WAY_IN, "link", "set", "lan", "down")
            began = monotonic()
            glanced = watch.glance()
            assert monotonic() - began < _REACTION_S
            assert glanced is not None
            assert glanced.ruling is not None
            assert glanced.ruling.finding is Finding.CABLE_OUT

    with_resolver(_NOBODY, tmp_path, act)


def test_a_resolver_that_denies_the_name_shows_that_somebody_answers(network: Network, tmp_path: Path) -> None:
    watch = watch_on(network, tmp_path)
    with network.inside(WAY_IN):
        server = DenyingServer(ROUTER)

    def act() -> None:
        with network.inside(STATION):
            watch.check()  # the router itself is found meanwhile
            link = watch.check()
            assert link.ruling is not None
            assert link.ruling.finding is Finding.VPN_NAME
            assert marks(link)["internet"] == "ok"

    try:
        with_resolver(ROUTER, tmp_path, act)
    finally:
        server.close()
