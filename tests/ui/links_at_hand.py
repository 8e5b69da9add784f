"""Links as the watch would have seen them, for screens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from villagedesk.acceptance.pinned_route import InterfaceKind, Refusal, RoutePin, Way, Why
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.link_layers import Contact, Interface, Neighbour, Outside, Reach, Sight, layers_of
from villagedesk.sync.status import StationWait

HOST = "10.41.4.21"
STRANGER = "10.41.9.77"
CARD = Interface("enp3s0", InterfaceKind.WIRED, True, True, ("192.168.1.35/24",))
TUNNEL = Interface("ppp0", InterfaceKind.TUNNEL, True, True, ("10.200.3.9/32",))
ROUTER = Way("enp3s0", InterfaceKind.WIRED, True, "192.168.1.1")
VPN = Way("ppp0", InterfaceKind.TUNNEL, False)
PIN = RoutePin("https://127.0.0.1:9", "i", "10.41.4.0/24", "", InterfaceKind.TUNNEL, False)


def link_state(sight: Sight, contact: Contact, kind: LinkKind, raw: str = "", skew: float | None = None) -> LinkState:
    """A link seen so, with what the watch makes of it."""
    return LinkState(
        kind,
        contact.reason,
        skew,
        layers=layers_of(sight, contact, PIN),
        sight=sight,
        refusal=contact.refusal,
        pin=PIN,
        raw=raw,
        versions="" if skew is None else "villagedesk-acceptance v1, 12",
        next_look=None if kind is LinkKind.ONLINE else datetime.now(UTC) + timedelta(seconds=9),
    )


def all_well() -> LinkState:
    """Everything answers over the VPN."""
    sight = Sight((CARD, TUNNEL), ROUTER, Neighbour.ANSWERS, VPN, (HOST,))
    return link_state(sight, Contact(Reach.CONNECTED), LinkKind.ONLINE, skew=2.0)


def cable_out() -> LinkState:
    """The cable is out of its socket."""
    sight = Sight((Interface("enp3s0", InterfaceKind.WIRED, True, False),), None, Neighbour.UNSEEN, None, (HOST,))
    return link_state(sight, Contact(), LinkKind.NO_NETWORK)


def asked_to_wait() -> StationWait:
    """The acceptance system sent everything away for half an hour."""
    return StationWait(datetime.now(UTC) + timedelta(minutes=30), "sync.reason.busy")


def not_registered() -> StationWait:
    """The station's enrolment has failed for days."""
    now = datetime.now(UTC)
    raw = '422 {"code":"no_such_station","message":"没有这个站点"}'
    return StationWait(now + timedelta(minutes=12), "sync.reason.refused", raw, now - timedelta(days=3))


def vpn_down(outside: Outside = Outside.ANSWERS) -> LinkState:
    """The VPN's route is gone, and somebody at the provider's answers, or not."""
    sight = Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, (HOST,), outside, "100.64.0.1")
    kind = LinkKind.NO_NETWORK if outside is Outside.UNREACHABLE else LinkKind.INTERNET_ONLY
    return link_state(sight, Contact(Reach.SILENT, "sync.reason.no_connection"), kind)


def clock_wrong() -> LinkState:
    """The PC's battery is empty."""
    sight = Sight((CARD, TUNNEL), ROUTER, Neighbour.ANSWERS, VPN, (HOST,))
    contact = Contact(Reach.CONNECTED, "sync.reason.certificate_early", clock="2009-01-01 08:04")
    raw = "SSLCertVerificationError: certificate verify failed: certificate is not yet valid"
    return link_state(sight, contact, LinkKind.NO_ANSWER, raw)


def elsewhere(why: Why = Why.OTHER_WAY) -> LinkState:
    """The host's name leads to somebody else."""
    refusal = Refusal(why, STRANGER, ROUTER)
    sight = Sight((CARD,), ROUTER, Neighbour.ANSWERS, ROUTER, (STRANGER,))
    contact = Contact(Reach.CONNECTED, "sync.reason.elsewhere", refusal)
    return link_state(sight, contact, LinkKind.NO_ANSWER, f"Elsewhere: {refusal}")
