"""The pinned way as this PC keeps it: pinned once, by an enrolled station; for this address and this installation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sync.test_engine import RealClock
from tests.sync.test_link import FakeProbe
from tests.sync.window import STATION
from villagedesk.acceptance.pinned_route import InterfaceKind, Refusal, RoutePin, Way, Why
from villagedesk.domain.audit import STATION as STATION_LINE
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.station import StationFile
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.sync.route_pins import ROUTE_PIN, RoutePins, accept_route
from villagedesk.sync.standing import STATE, EnrolmentState

VPN = Way("ppp0", InterfaceKind.TUNNEL, default=False)
CARD = Way("eth0", InterfaceKind.WIRED, default=True)
HOST = "10.41.4.21"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EncryptedStore]:
    made = EncryptedStore.create(tmp_path, DataKey.generate(), RealClock())
    yield made
    made.close()


def enrolled(store: EncryptedStore) -> None:
    store.write(lambda transaction: transaction.put_setting(STATE, EnrolmentState.ENROLLED)).result()


def pins(store: EncryptedStore, station: StationFile = STATION) -> RoutePins:
    return RoutePins(store, station, FakeProbe())


def contact(routes: RoutePins, way: Way = VPN, peer: str = HOST, proxy: str = "") -> None:
    """A good answer from there."""
    routes.guard._last = (peer, way, proxy)
    routes.guard.answered()


def test_the_first_contact_of_an_enrolled_station_is_pinned_and_no_later_one(store: EncryptedStore) -> None:
    routes = pins(store)
    contact(routes)
    assert routes.pin() is None, "before enrolment nothing is proven"
    enrolled(store)
    contact(routes)
    contact(routes, CARD, "10.99.0.1")
    kept = routes.pin()
    assert kept is not None
    assert (kept.network, kept.kind, kept.default) == ("10.41.4.0/24", InterfaceKind.TUNNEL, False)
    assert pins(store).pin() == kept, "after a restart"
    again = pins(store)
    contact(again, CARD, "10.99.0.1")
    assert again.pin() == kept


def test_while_the_first_contact_is_written_down_nobody_else_waits_for_the_disk(store: EncryptedStore) -> None:
    enrolled(store)
    routes = pins(store)
    full, go_on = threading.Event(), threading.Event()

    def occupy(_transaction: Transaction) -> None:
        full.set()
        assert go_on.wait(30)

    occupied = store.write(occupy)
    assert full.wait(30)
    first = threading.Thread(target=contact, args=(routes,))
    first.start()
    ended = threading.Event()

    def others() -> None:
        # not before the first one is under way
        while not routes._pinning.locked():
            first.join(0.01)
        contact(routes)
        routes.refusal()
        ended.set()

    threading.Thread(target=others, daemon=True).start()
    try:
        assert ended.wait(10)
        assert first.is_alive()
    finally:
        go_on.set()
        first.join()
    occupied.result()
    assert routes.pin() is not None


@pytest.mark.parametrize("broken", ["read", "write"])
def test_an_answer_counts_although_the_disk_cannot_keep_where_it_came_from(
    store: EncryptedStore, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(store)
    routes = pins(store)

    def fail(_work: object) -> None:
        raise EnvironmentProblem("store.damaged")

    with monkeypatch.context() as damaged:
        damaged.setattr(store, broken, fail)
        contact(routes)
    assert routes.pin() is None
    contact(routes)
    assert routes.pin() is not None


def test_a_new_address_of_the_county_s_or_another_installation_pins_anew(store: EncryptedStore) -> None:
    enrolled(store)
    contact(pins(store))
    assert pins(store, replace(STATION, address="https://10.9.9.9:8443")).pin() is None
    kept = pins(store).pin()
    assert kept is not None
    of_another_pc = replace(kept, installation="another")
    store.write(lambda transaction: transaction.put_setting(ROUTE_PIN, of_another_pc.to_text())).result()
    assert pins(store).pin() is None


def test_a_way_accepted_on_purpose_counts_at_once_and_is_logged_with_the_one_before(store: EncryptedStore) -> None:
    enrolled(store)
    routes = pins(store)
    contact(routes)
    refusal = Refusal(Why.OTHER_WAY, "10.77.0.9", CARD)

    def accept(transaction: Transaction) -> None:
        accept_route(transaction, STATION, refusal, "王会计", RealClock())

    store.write(accept).result()
    assert routes.pin() == RoutePin.of(STATION.address, store.read(lambda s: s.installation_id()), "10.77.0.9", CARD)
    lines = [one for one in store.read(lambda s: s.events(STATION_LINE)) if one.kind == Deed.ROUTE_ACCEPTED]
    assert [(one.actor, one.detail["peer"]) for one in lines] == [("王会计", "10.77.0.9")]
    assert lines[0].detail["before"].startswith("10.41.4.0/24 tunnel")
    assert lines[0].detail["after"] == "10.77.0.0/24 wired eth0 default"
