"""The layers between this PC and the acceptance system, and which of them is broken: a pure rule over what was seen.

From below: cable, address, router, internet, VPN, acceptance system. The first broken one rules what the clerk is told,
for what lies above it cannot be judged. No public address is ever asked: that there is internet is concluded from a
default route whose router answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from villagedesk.acceptance.pinned_route import HARDWARE, InterfaceKind, Refusal, RoutePin, Way


class Reach(Enum):
    """What became of a TCP connection."""

    CONNECTED = "connected"
    REFUSED = "refused"
    SILENT = "silent"
    NAME_UNKNOWN = "name unknown"


class LayerName(StrEnum):
    """From below."""

    CABLE = "cable"
    ADDRESS = "address"
    ROUTER = "router"
    INTERNET = "internet"
    VPN = "vpn"
    SYSTEM = "system"


class Mark(StrEnum):
    """NEEDLESS: the road out does not go through this layer, or went through although it looks broken."""

    OK = "ok"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    NEEDLESS = "needless"


class Neighbour(Enum):
    """Whether the router answers when the PC asks on the cable who has its address (ARP, IPv6 neighbour discovery)."""

    ANSWERS = "answers"
    SILENT = "silent"
    UNSEEN = "unseen"


class Finding(StrEnum):
    """What is said of a layer: the sentences are ``link.means.<finding>``; of a broken one also ``link.do.<finding>``
    and, for the bottom line, ``link.short.<finding>``."""

    LOCAL = "local"
    PASSED = "passed"
    BEHIND = "behind"
    CABLE_IN = "cable_in"
    WIRELESS_ON = "wireless_on"
    CABLE_OUT = "cable_out"
    CARD_OFF = "card_off"
    WIRELESS_OFF = "wireless_off"
    CABLE_NONE = "cable_none"
    CABLE_UNSEEN = "cable_unseen"
    ADDRESS_GIVEN = "address_given"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_SELF = "address_self"
    ROUTER_ANSWERS = "router_answers"
    ROUTER_SILENT = "router_silent"
    ROUTER_NONE = "router_none"
    ROUTER_NEEDLESS = "router_needless"
    ROUTER_UNSEEN = "router_unseen"
    INTERNET_CONCLUDED = "internet_concluded"
    INTERNET_NEEDLESS = "internet_needless"
    INTERNET_UNSEEN = "internet_unseen"
    VPN_UP = "vpn_up"
    VPN_NONE = "vpn_none"
    VPN_DOWN = "vpn_down"
    VPN_SILENT = "vpn_silent"
    VPN_NAME = "vpn_name"
    VPN_ROUTE_ONLY = "vpn_route_only"
    VPN_OTHER_WAY = "vpn_other_way"
    SYSTEM_ANSWERS = "system_answers"
    SYSTEM_NOT_ASKED = "system_not_asked"
    SYSTEM_ELSEWHERE = "system_elsewhere"
    SYSTEM_CLOSED = "system_closed"
    SYSTEM_SILENT = "system_silent"
    SYSTEM_CERTIFICATE = "system_certificate"
    SYSTEM_NOT_OURS = "system_not_ours"
    SYSTEM_HANGING = "system_hanging"
    SYSTEM_ERROR = "system_error"
    SYSTEM_BUSY = "system_busy"


@dataclass(frozen=True)
class Layer:
    """One layer as last looked at; ``params`` fill its sentences (names and addresses of this PC's network)."""

    name: LayerName
    mark: Mark
    finding: Finding
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Interface:
    """A network interface.

    Args:
        up: switched on.
        carrier: its other end is there.
        addresses: with their prefix lengths.
    """

    name: str
    kind: InterfaceKind
    up: bool
    carrier: bool
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sight:
    """What can be seen from this PC without asking anybody but its router.

    Args:
        interfaces: None where the system does not show them.
        default: the default route, None when there is none.
        router: of the default route.
        way: to the acceptance system, None when there is none; the default one for a name that is not known.
        places: the acceptance system's numeric addresses, none when its name is not known now.
    """

    interfaces: tuple[Interface, ...] | None = None
    default: Way | None = None
    router: Neighbour = Neighbour.UNSEEN
    way: Way | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contact:
    """What became of asking the acceptance system.

    Args:
        reach: None when it was not asked.
        reason: message key of why no good answer came, "" when one came.
        refusal: the connection that was refused, where that was the reason.
    """

    reach: Reach | None = None
    reason: str = ""
    refusal: Refusal | None = None


_REASONS: Mapping[str, Finding] = {
    "": Finding.SYSTEM_ANSWERS,
    "sync.reason.certificate": Finding.SYSTEM_CERTIFICATE,
    "sync.reason.not_ours": Finding.SYSTEM_NOT_OURS,
    "sync.reason.too_large": Finding.SYSTEM_NOT_OURS,
    "sync.reason.server_error": Finding.SYSTEM_ERROR,
    "sync.reason.busy": Finding.SYSTEM_BUSY,
}
_ARRIVED = frozenset({Reach.CONNECTED, Reach.REFUSED})


def layers_of(sight: Sight, contact: Contact, pin: RoutePin | None) -> tuple[Layer, ...]:
    """All layers from below.

    Args:
        pin: the way pinned at the first contact, None before it.
    """
    lower = _below(sight, contact, pin)
    if contact.reach in _ARRIVED and contact.refusal is None:
        lower = [Layer(one.name, Mark.NEEDLESS, Finding.PASSED) if one.mark is Mark.BROKEN else one for one in lower]
    return (*lower, _system(sight, contact, any(one.mark is Mark.BROKEN for one in lower)))


def ruling(layers: tuple[Layer, ...]) -> Layer | None:
    """The layer that the clerk is told of, None when none is broken. That the host answers elsewhere comes before a VPN
    that is down: it is what the clerk must not take lightly."""
    broken = [layer for layer in layers if layer.mark is Mark.BROKEN]
    elsewhere = [layer for layer in broken if layer.finding is Finding.SYSTEM_ELSEWHERE]
    return next(iter([*elsewhere, *broken]), None)


def cannot_be_asked(layers: tuple[Layer, ...]) -> bool:
    """Whether no packet could leave, so that asking would only take time."""
    first = ruling(layers)
    return first is not None and (
        first.name in (LayerName.CABLE, LayerName.ADDRESS) or first.finding is Finding.ROUTER_NONE
    )


def is_worth_asking(sight: Sight) -> bool:
    """Whether a way leads to the acceptance system through something that carries. What is concluded from cards can be
    wrong about a PC with a modem, a bridge, a card of a kind nobody foresaw: it is told, but the way is tried."""
    if sight.way is None:
        return False
    return any(one.name == sight.way.interface and one.carrier for one in sight.interfaces or ())


def _below(sight: Sight, contact: Contact, pin: RoutePin | None) -> list[Layer]:
    if sight.way is not None and sight.way.kind is InterfaceKind.LOOPBACK:
        return [Layer(name, Mark.NEEDLESS, Finding.LOCAL) for name in LayerName if name is not LayerName.SYSTEM]
    layers: list[Layer] = []
    for rule in (_cable, _address, _router, _internet):
        layers.append(rule(sight, layers))
    broken = any(layer.mark is Mark.BROKEN for layer in layers)
    layers.append(_vpn(sight, contact, pin, broken=broken))
    return layers


def _cable(sight: Sight, below: list[Layer]) -> Layer:
    del below
    cards = [one for one in sight.interfaces or () if one.kind in HARDWARE]
    on = [card for card in cards if card.carrier]
    if on:
        wireless = all(card.kind is InterfaceKind.WIRELESS for card in on)
        return _layer(
            LayerName.CABLE, Mark.OK, Finding.WIRELESS_ON if wireless else Finding.CABLE_IN, interface=_names(on)
        )
    leading = sight.default or (None if cards else sight.way)
    by_card = leading is None or leading.kind in HARDWARE
    if sight.interfaces is None or not by_card:
        return _layer(LayerName.CABLE, Mark.UNKNOWN, Finding.CABLE_UNSEEN)
    wired = [card for card in cards if card.kind is InterfaceKind.WIRED]
    finding = Finding.CABLE_OUT
    if not cards:
        finding = Finding.CABLE_NONE
    elif not wired:
        finding = Finding.WIRELESS_OFF
    elif not any(card.up for card in wired):
        finding = Finding.CARD_OFF
    return _layer(LayerName.CABLE, Mark.BROKEN, finding, interface=_names(wired or cards))


def _address(sight: Sight, below: list[Layer]) -> Layer:
    if below[-1].mark is Mark.BROKEN:
        return _layer(LayerName.ADDRESS, Mark.UNKNOWN, Finding.BEHIND)
    used = {way.interface for way in (sight.default, sight.way) if way is not None}
    held = [
        address
        for one in sight.interfaces or ()
        if one.carrier and one.kind is not InterfaceKind.LOOPBACK and (one.kind in HARDWARE or one.name in used)
        for address in one.addresses
    ]
    good = [address for address in held if not address.startswith(("169.254.", "fe80:"))]
    if good or (sight.interfaces is None and (sight.way or sight.default)):
        return _layer(LayerName.ADDRESS, Mark.OK, Finding.ADDRESS_GIVEN, address="、".join(good))
    own = [address for address in held if address.startswith("169.254.")]
    if own:
        return _layer(LayerName.ADDRESS, Mark.BROKEN, Finding.ADDRESS_SELF, address=own[0])
    return _layer(LayerName.ADDRESS, Mark.BROKEN, Finding.ADDRESS_MISSING)


def _router(sight: Sight, below: list[Layer]) -> Layer:
    if any(layer.mark is Mark.BROKEN for layer in below):
        return _layer(LayerName.ROUTER, Mark.UNKNOWN, Finding.BEHIND)
    if sight.default is None:
        if sight.way is not None:
            return _layer(LayerName.ROUTER, Mark.NEEDLESS, Finding.ROUTER_NEEDLESS)
        return _layer(LayerName.ROUTER, Mark.BROKEN, Finding.ROUTER_NONE)
    gateway = sight.default.gateway
    if sight.interfaces is not None and not gateway:
        return _layer(LayerName.ROUTER, Mark.NEEDLESS, Finding.ROUTER_NEEDLESS)
    mark, finding = {
        Neighbour.ANSWERS: (Mark.OK, Finding.ROUTER_ANSWERS),
        Neighbour.SILENT: (Mark.BROKEN, Finding.ROUTER_SILENT),
        Neighbour.UNSEEN: (Mark.UNKNOWN, Finding.ROUTER_UNSEEN),
    }[sight.router]
    return _layer(LayerName.ROUTER, mark, finding, gateway=gateway)


def _internet(sight: Sight, below: list[Layer]) -> Layer:
    if any(layer.mark is Mark.BROKEN for layer in below):
        return _layer(LayerName.INTERNET, Mark.UNKNOWN, Finding.BEHIND)
    if sight.default is None:
        return _layer(LayerName.INTERNET, Mark.NEEDLESS, Finding.INTERNET_NEEDLESS)
    if below[-1].mark is Mark.OK:
        return _layer(LayerName.INTERNET, Mark.OK, Finding.INTERNET_CONCLUDED)
    return _layer(LayerName.INTERNET, Mark.UNKNOWN, Finding.INTERNET_UNSEEN)


def _vpn(sight: Sight, contact: Contact, pin: RoutePin | None, *, broken: bool) -> Layer:
    way, arrived = sight.way, contact.reach in _ARRIVED
    if contact.refusal is not None:
        return _layer(LayerName.VPN, Mark.UNKNOWN, Finding.VPN_OTHER_WAY, interface=contact.refusal.way.interface)
    if way is None or (broken and not arrived):
        return _layer(LayerName.VPN, Mark.UNKNOWN, Finding.BEHIND)
    if contact.reach is Reach.NAME_UNKNOWN:
        return _layer(LayerName.VPN, Mark.BROKEN, Finding.VPN_NAME)
    tunnel = way.kind is InterfaceKind.TUNNEL
    if pin is not None and not pin.goes(way):
        lost = way.default and not tunnel and (not pin.default or pin.kind is InterfaceKind.TUNNEL)
        if lost:
            return _layer(LayerName.VPN, Mark.BROKEN, Finding.VPN_DOWN)
        return _layer(LayerName.VPN, Mark.UNKNOWN, Finding.VPN_OTHER_WAY, interface=way.interface)
    own = tunnel or not way.default
    if arrived:
        finding = Finding.VPN_UP if own else Finding.VPN_NONE
        return _layer(LayerName.VPN, Mark.OK if own else Mark.NEEDLESS, finding, interface=way.interface)
    if own or contact.reach is None:
        return _layer(LayerName.VPN, Mark.UNKNOWN, Finding.VPN_ROUTE_ONLY, interface=way.interface)
    return _layer(LayerName.VPN, Mark.BROKEN, Finding.VPN_SILENT)


def _system(sight: Sight, contact: Contact, broken: bool) -> Layer:
    del sight
    if contact.refusal is not None:
        refusal = contact.refusal
        return _layer(
            LayerName.SYSTEM,
            Mark.BROKEN,
            Finding.SYSTEM_ELSEWHERE,
            address=refusal.peer,
            interface=refusal.way.interface or "?",
        )
    if broken:
        return _layer(LayerName.SYSTEM, Mark.UNKNOWN, Finding.BEHIND)
    if contact.reach is None:
        return _layer(LayerName.SYSTEM, Mark.UNKNOWN, Finding.SYSTEM_NOT_ASKED)
    if contact.reach is not Reach.CONNECTED:
        closed = contact.reach is Reach.REFUSED
        return _layer(LayerName.SYSTEM, Mark.BROKEN, Finding.SYSTEM_CLOSED if closed else Finding.SYSTEM_SILENT)
    finding = _REASONS.get(contact.reason, Finding.SYSTEM_HANGING)
    return _layer(LayerName.SYSTEM, Mark.BROKEN if contact.reason else Mark.OK, finding)


def _layer(name: LayerName, mark: Mark, finding: Finding, **params: str) -> Layer:
    return Layer(name, mark, finding, params)


def _names(interfaces: list[Interface]) -> str:
    return "、".join(one.name for one in interfaces)
