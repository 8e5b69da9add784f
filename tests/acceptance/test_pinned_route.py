"""Decision 16 as a rule: where data may go, by which way, and what is asked before a byte is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.acceptance.raw_server import http, raw_server
from tests.netns.stranger import Stranger
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.pinned_route import InterfaceKind, Refusal, RouteGuard, RoutePin, Way, Why, refusal_of
from villagedesk.acceptance.port import NoConnection, Unanswered

VPN = Way("ppp0", InterfaceKind.TUNNEL, default=False)
CARD = Way("enp3s0", InterfaceKind.WIRED, default=True, gateway="192.168.1.1")
SYSTEM = "https://shouli.example:8443"


def pin(peer: str, way: Way) -> RoutePin:
    return RoutePin.of(SYSTEM, "installation", peer, way)


@pytest.mark.parametrize(
    ("pinned", "way", "peer", "now", "why"),
    [
        ("10.41.4.21", VPN, "10.41.4.21", VPN, None),
        # dialled again under another number, or by another kind of VPN program: a tunnel of its own route is the way
        ("10.41.4.21", VPN, "10.41.4.21", Way("ppp7", InterfaceKind.TUNNEL, False), None),
        ("10.41.4.21", VPN, "10.41.4.21", Way("tun0", InterfaceKind.TUNNEL, False), None),
        # the VPN is down, and somebody on the internet side has the address
        ("10.41.4.21", VPN, "10.41.4.21", CARD, Why.OTHER_WAY),
        # another router gave another gateway; the same card by the default route is the same way
        ("10.41.4.21", CARD, "10.41.4.21", Way("enp3s0", InterfaceKind.WIRED, True, "192.168.31.1"), None),
        # a telephone's hot spot instead of the cable, another card
        ("10.41.4.21", CARD, "10.41.4.21", Way("wlp2s0", InterfaceKind.WIRELESS, True), Why.OTHER_WAY),
        ("10.41.4.21", CARD, "10.41.4.21", Way("enp4s0", InterfaceKind.WIRED, True), Why.OTHER_WAY),
        # the name was resolved anew: within the server room, elsewhere, in the open internet
        ("10.41.4.21", VPN, "10.41.4.99", VPN, None),
        ("10.41.4.21", VPN, "10.41.9.21", VPN, Why.OTHER_ADDRESS),
        ("10.41.4.21", VPN, "8.8.8.8", VPN, Why.PUBLIC),
        # the extranet's own addresses are public by the letter: pinned exactly
        ("59.207.1.5", VPN, "59.207.1.5", VPN, None),
        ("59.207.1.5", VPN, "59.207.1.6", VPN, Why.OTHER_ADDRESS),
        ("127.0.0.1", Way("lo", InterfaceKind.LOOPBACK, False), "127.0.0.1", CARD, Why.OTHER_WAY),
        ("fd00:1::5", VPN, "fd00:1::9", VPN, None),
        ("fd00:1::5", VPN, "fd00:2::5", VPN, Why.OTHER_ADDRESS),
        ("10.41.4.21", VPN, "::ffff:10.41.4.21", VPN, None),
    ],
)
def test_what_is_pinned_counts(pinned: str, way: Way, peer: str, now: Way, why: Why | None) -> None:
    found = refusal_of((), pin(pinned, way), peer, now)
    assert found == (None if why is None else Refusal(why, peer, now))


def test_the_county_s_list_decides_the_address_and_the_pin_the_way() -> None:
    listed = ("10.41.0.0/16", "10.50.1.7/32")
    kept = pin("10.41.4.21", VPN)
    assert refusal_of(listed, None, "10.50.1.7", CARD) is None
    assert refusal_of(listed, kept, "10.41.200.1", VPN) is None
    for known in (None, kept):
        assert refusal_of(listed, known, "10.42.0.1", VPN) == Refusal(Why.NOT_LISTED, "10.42.0.1", VPN)
    assert refusal_of(listed, kept, "10.41.200.1", CARD) == Refusal(Why.OTHER_WAY, "10.41.200.1", CARD)


def test_before_the_first_contact_nothing_is_refused() -> None:
    assert refusal_of((), None, "8.8.8.8", CARD) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"kind": "cable"}', '{"network": "10.0.0.0/33"}'])
def test_what_was_kept_and_cannot_be_read_pins_nothing(text: str) -> None:
    assert RoutePin.from_text(text) is None


def test_a_pin_is_kept_whole() -> None:
    kept = pin("10.41.4.21", CARD)
    assert RoutePin.from_text(kept.to_text()) == kept
    assert (kept.network, kept.interface) == ("10.41.4.0/24", "enp3s0")
    assert pin("10.41.4.21", VPN).interface == ""


class Ears:
    """What the guard told."""

    def __init__(self, way: Way | OSError, kept: RoutePin | None) -> None:
        self.contacts: list[tuple[str, Way, str]] = []
        self.refusals: list[Refusal] = []
        self._way = way
        self.guard = RouteGuard(
            (),
            lambda _proxy: kept,
            self._way_to,
            contact=lambda *seen: self.contacts.append(seen),
            refused=self.refusals.append,
        )

    def _way_to(self, peer: str, own: str) -> Way:
        assert (peer, own) == ("127.0.0.1", "127.0.0.1")
        if isinstance(self._way, OSError):
            raise self._way
        return self._way


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    listening = Stranger(socket.create_server(("127.0.0.1", 0)))
    yield listening
    listening.close()


def system(address: str, ears: Ears) -> HttpAcceptanceSystem:
    return HttpAcceptanceSystem(address, "", lambda: "credential", "4", plain_loopback=True, guard=ears.guard)


LOOPBACK = Way("lo", InterfaceKind.LOOPBACK, default=False)


@pytest.mark.parametrize("way", [CARD, OSError("not seen")])
def test_a_refused_connection_is_closed_before_a_byte_and_surely_sent_nothing(
    stranger: Stranger, way: Way | OSError
) -> None:
    ears = Ears(way, pin("127.0.0.1", LOOPBACK))
    with pytest.raises(NoConnection) as refused:
        system(stranger.address, ears).health()
    assert refused.value.reason == "sync.reason.elsewhere"
    stranger.wait_until_left(1)
    assert stranger.received == b""
    assert ears.contacts == []
    if isinstance(way, Way):
        assert ears.refusals == [Refusal(Why.OTHER_WAY, "127.0.0.1", CARD)]
        assert "127.0.0.1 over enp3s0" in refused.value.raw


def test_a_contact_is_told_after_a_good_answer_only() -> None:
    ears = Ears(LOOPBACK, pin("127.0.0.1", LOOPBACK))
    health = b'{"system": "villagedesk-acceptance", "time": "2026-11-23T01:02:03Z", "wire_versions": [1]}'
    with raw_server(http("502 Bad Gateway"), http("200 OK", health, Content_Type="application/json")) as (address, _):
        asked = system(address, ears)
        with pytest.raises(Unanswered):
            asked.health()
        assert ears.contacts == []
        asked.health()
    assert ears.contacts == [("127.0.0.1", LOOPBACK, "")]
