"""The rule that tells the layers apart, and that each of its sentences is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from villagedesk.acceptance.pinned_route import InterfaceKind, Refusal, RoutePin, Way, Why
from villagedesk.domain.messages import Messages
from villagedesk.sync.link_layers import (
    Contact,
    Finding,
    Interface,
    LayerName,
    Mark,
    Neighbour,
    Reach,
    Sight,
    is_worth_asking,
    layers_of,
    ruling,
)

MESSAGES = Messages.from_folder(Path(__file__).parents[2] / "resources/messages/zh_CN")
CARD = Interface("eth0", InterfaceKind.WIRED, True, True, ("192.168.1.35/24",))
RADIO = Interface("wlan0", InterfaceKind.WIRELESS, True, True, ("192.168.1.36/24",))
ROUTER = Way("eth0", InterfaceKind.WIRED, True, "192.168.1.1")
VPN = Way("ppp0", InterfaceKind.TUNNEL, False)
LAN = Way("eth0", InterfaceKind.WIRED, False, "192.168.1.2")
BY_VPN = RoutePin("a", "i", "10.41.4.0/24", "", InterfaceKind.TUNNEL, False)
BY_ROUTER = RoutePin("a", "i", "10.41.4.0/24", "eth0", InterfaceKind.WIRED, True)
UP = Sight((CARD,), ROUTER, Neighbour.ANSWERS, VPN, ("10.41.4.21",))
SILENT = Contact(Reach.SILENT, "sync.reason.no_connection")
ANSWERS = Contact(Reach.CONNECTED)
REFUSAL = Refusal(Why.OTHER_WAY, "10.41.4.21", ROUTER)


def without(card: Interface, **changed: object) -> Interface:
    return Interface(**{**vars(card), **changed})


@pytest.mark.parametrize(
    ("sight", "contact", "pin", "name", "finding"),
    [
        (Sight((without(CARD, carrier=False),)), Contact(), None, "cable", "cable_out"),
        # the VPN's interface may outlive the cable it goes over
        (Sight((without(CARD, carrier=False),), ROUTER, way=VPN), Contact(), BY_VPN, "cable", "cable_out"),
        (Sight((without(CARD, carrier=False, up=False),)), Contact(), None, "cable", "card_off"),
        (Sight((without(RADIO, carrier=False),)), Contact(), None, "cable", "wireless_off"),
        (Sight(()), Contact(), None, "cable", "cable_none"),
        (Sight((without(CARD, addresses=()),)), Contact(), None, "address", "address_missing"),
        (Sight((without(CARD, addresses=("fe80::1/64",)),)), Contact(), None, "address", "address_missing"),
        (Sight((without(CARD, addresses=("169.254.3.4/16",)),)), Contact(), None, "address", "address_self"),
        (Sight((CARD,)), Contact(), None, "router", "router_none"),
        (Sight((CARD,), ROUTER, Neighbour.SILENT, VPN, ("10.41.4.21",)), SILENT, None, "router", "router_silent"),
        (Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, ("10.41.4.21",)), SILENT, BY_VPN, "vpn", "vpn_down"),
        (Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, ("10.41.4.21",)), SILENT, None, "vpn", "vpn_silent"),
        (Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, ("10.41.4.21",)), SILENT, BY_ROUTER, "vpn", "vpn_silent"),
        (
            Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER),
            Contact(Reach.NAME_UNKNOWN, "sync.reason.no_connection"),
            None,
            "vpn",
            "vpn_name",
        ),
        (UP, SILENT, BY_VPN, "system", "system_silent"),
        (UP, Contact(Reach.REFUSED, "sync.reason.no_connection"), BY_VPN, "system", "system_closed"),
        (UP, Contact(Reach.CONNECTED, "sync.reason.certificate"), BY_VPN, "system", "system_certificate"),
        (UP, Contact(Reach.CONNECTED, "sync.reason.not_ours"), BY_VPN, "system", "system_not_ours"),
        (UP, Contact(Reach.CONNECTED, "sync.reason.timeout"), BY_VPN, "system", "system_hanging"),
        (UP, Contact(Reach.CONNECTED, "sync.reason.server_error"), BY_VPN, "system", "system_error"),
        (UP, Contact(Reach.CONNECTED, "sync.reason.busy"), BY_VPN, "system", "system_busy"),
        # somebody answers where the VPN is down: that comes before the VPN
        (
            Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, ("10.41.4.21",)),
            Contact(Reach.CONNECTED, "sync.reason.elsewhere", REFUSAL),
            BY_VPN,
            "system",
            "system_elsewhere",
        ),
    ],
)
def test_the_first_broken_layer_rules(
    sight: Sight, contact: Contact, pin: RoutePin | None, name: str, finding: str
) -> None:
    layers = layers_of(sight, contact, pin)
    assert [layer.name for layer in layers] == list(LayerName)
    found = ruling(layers)
    assert found is not None
    assert (found.name, found.finding) == (name, finding)
    below = layers[: list(LayerName).index(found.name)]
    assert all(layer.mark is not Mark.BROKEN for layer in below)
    assert all(layer.mark is not Mark.OK for layer in layers[len(below) :]), "nothing above it can be judged"


@pytest.mark.parametrize(
    ("sight", "marks"),
    [
        (UP, "ok ok ok ok ok ok"),
        # without a router the extranet's cable is enough
        (Sight((CARD,), None, Neighbour.UNSEEN, LAN, ("10.41.4.21",)), "ok ok needless needless ok ok"),
        # the router box itself dials the VPN
        (Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, ("10.41.4.21",)), "ok ok ok ok needless ok"),
        # what looks broken and is not in the way is not told
        (Sight((CARD,), ROUTER, Neighbour.SILENT, LAN, ("10.41.4.21",)), "ok ok needless unknown ok ok"),
        # a practice system on this PC
        (
            Sight((without(CARD, carrier=False),), None, way=Way("lo", InterfaceKind.LOOPBACK, False)),
            "needless needless needless needless needless ok",
        ),
        # a system that shows no interfaces: Windows
        (
            Sight(None, Way("", InterfaceKind.UNKNOWN, True), way=Way("", InterfaceKind.UNKNOWN, False)),
            "unknown ok unknown unknown ok ok",
        ),
        # a telephone's card instead of a cable
        (
            Sight(
                (without(CARD, carrier=False), Interface("ppp9", InterfaceKind.TUNNEL, True, True, ("100.64.0.9/32",))),
                Way("ppp9", InterfaceKind.TUNNEL, True),
                way=Way("ppp9", InterfaceKind.TUNNEL, True),
            ),
            "unknown ok needless unknown ok ok",
        ),
    ],
)
def test_nothing_is_broken_while_the_acceptance_system_answers(sight: Sight, marks: str) -> None:
    layers = layers_of(sight, ANSWERS, None)
    assert " ".join(layer.mark for layer in layers) == marks
    assert ruling(layers) is None


def test_every_finding_has_its_sentences_and_what_is_broken_says_what_to_do() -> None:
    broken = {key.rpartition(".")[2] for key in MESSAGES.keys() if key.startswith("link.do.")}  # noqa: SIM118
    assert {f"link.means.{finding}" for finding in Finding} <= MESSAGES.keys()
    assert {f"link.short.{finding}" for finding in broken} <= MESSAGES.keys()
    assert broken <= set(Finding)
    for kind, names in (("layer", LayerName), ("mark", Mark), ("kind", InterfaceKind), ("why", Why)):
        assert {f"link.{kind}.{name}" for name in names} <= MESSAGES.keys()


def test_every_broken_layer_of_the_table_has_advice_with_what_it_names() -> None:
    table = test_the_first_broken_layer_rules.pytestmark[0].args[1]  # type: ignore[attr-defined]
    advised = set()
    for sight, contact, pin, _, _ in table:
        layer = ruling(layers_of(sight, contact, pin))
        assert layer is not None
        for key, more in ((f"link.do.{layer.finding}", {}), (f"link.short.{layer.finding}", {"since": "9:00"})):
            assert "{" not in MESSAGES.text(key, **layer.params, **more)
        advised.add(str(layer.finding))
    told = {key.rpartition(".")[2] for key in MESSAGES.keys() if key.startswith("link.do.")}  # noqa: SIM118
    assert told == advised, "advice for what the rule never finds, or none for what it does"


def test_somebody_who_answers_elsewhere_comes_before_a_router_that_seems_silent() -> None:
    sight = Sight((CARD,), ROUTER, Neighbour.SILENT, ROUTER, ("10.41.4.21",))
    layers = layers_of(sight, Contact(Reach.CONNECTED, "sync.reason.elsewhere", REFUSAL), BY_VPN)
    layer = ruling(layers)
    assert layer is not None
    assert layer.finding is Finding.SYSTEM_ELSEWHERE


def test_a_pc_without_a_card_but_with_a_way_is_asked() -> None:
    """A modem, a bridge, a tunnel made elsewhere: what cards show says nothing about it."""
    modem = Interface("wwan0", InterfaceKind.TUNNEL, True, True, ("10.41.4.9/30",))
    sight = Sight((modem,), way=Way("wwan0", InterfaceKind.TUNNEL, False), places=("10.41.4.21",))
    layers = layers_of(sight, Contact(), None)
    assert ruling(layers) is None
    assert is_worth_asking(sight)
    assert ruling(layers_of(sight, ANSWERS, None)) is None


def test_a_way_through_something_that_does_not_carry_is_not_worth_asking() -> None:
    dead = without(CARD, carrier=False)
    assert not is_worth_asking(Sight((dead,), ROUTER, way=ROUTER))
    assert not is_worth_asking(Sight((CARD,)))
