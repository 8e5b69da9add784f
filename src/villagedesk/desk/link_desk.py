"""The link layer by layer, for the clerk to read to the technician; and taking another way on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from villagedesk.acceptance.pinned_route import Refusal, RoutePin, Way, Why
from villagedesk.desk.acting import Acting
from villagedesk.desk.link_words import LinkSeen, LinkWords
from villagedesk.desk.station_renewal import StationKeeper
from villagedesk.desk.station_wait import parts_of
from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.sync.link import LinkKind
from villagedesk.sync.link_layers import Layer, Mark
from villagedesk.sync.route_pins import accept_route

_TONES = {Mark.OK: "good", Mark.BROKEN: "bad", Mark.UNKNOWN: "calm", Mark.NEEDLESS: "calm"}

Part = str | Sentence
"""What a line's value is made of: as it stands, or in words."""


@dataclass(frozen=True)
class LayerView:
    """A layer's line.

    Args:
        mark: ``"ok"``, ``"broken"``, ``"unknown"`` or ``"needless"``; ``word`` says it.
        since: hours and minutes in China when this began.
        rules: the clerk's sentence is about it.
    """

    name: Sentence
    mark: str
    word: Sentence
    means: Sentence
    since: str
    rules: bool


@dataclass(frozen=True)
class TechnicalLine:
    """One line for the technician: a label's key, and what stands behind it."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class LinkView:
    """What the link page shows.

    Args:
        advice: how it is, what that means and what to do.
        refusal: the connection that was refused and that who is signed in may take from now on; None otherwise.
    """

    advice: Sentence
    layers: tuple[LayerView, ...]
    lines: tuple[TechnicalLine, ...]
    refusal: Refusal | None = None


class LinkDesk:
    """Shows the link and has it looked at. Calls block and may come from several threads.

    Args:
        kick: tells the sync engine to look now.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        link: LinkWords,
        keeper: StationKeeper,
        kick: Callable[[], None],
        acting: Acting,
    ) -> None:
        self._store = store
        self._clock = clock
        self._link = link
        self._keeper = keeper
        self._kick = kick
        self._acting = acting

    def view(self) -> LinkView:
        """As last looked at. Raises EnvironmentProblem ``entry.station_lost``."""
        seen, station = self._link.seen(), self._keeper.station()
        state = seen.state
        ruling = state.ruling
        link = Sentence(state.message_key, {} if ruling is None else ruling.params, self._link.link().tone)
        wait = self._link.station_wait()
        waits = () if wait is None else parts_of(wait, self._clock.now())
        layers = tuple(_layer(layer, seen, rules=layer == ruling) for layer in state.layers)
        may = self._acting.may(Right.SAFEGUARD) and state.refusal is not None
        by_us = state.refusal is not None and state.refusal.why is not Why.NOT_LISTED
        refusal = state.refusal if may and by_us else None
        return LinkView(self._link.waits() or link, layers, tuple(_lines(seen, station, waits)), refusal)

    def check_now(self) -> None:
        """Look now, and send what waits if there is a link. It decides nothing, so everybody may."""
        self._kick()

    def accept_route(self, refusal: Refusal) -> None:
        """Take the place and way that were refused for the right ones from now on; logged with the ones before.

        Args:
            refusal: as the page showed it.

        Raises:
            InputProblem: ``link.desk.nothing_refused`` when it is another one by now, ``link.desk.not_by_us`` when the
                county's station file does not list the address.
            EnvironmentProblem: ``entry.station_lost``, ``store.*``.
        """
        self._acting.need(Right.SAFEGUARD)
        if self._link.seen().state.refusal != refusal:
            raise InputProblem("link.desk.nothing_refused")
        if refusal.why is Why.NOT_LISTED:
            raise InputProblem("link.desk.not_by_us")
        station, clerk = self._keeper.station(), self._acting.clerk
        self._store.write(lambda transaction: accept_route(transaction, station, refusal, clerk, self._clock)).result()
        self._kick()


def _layer(layer: Layer, seen: LinkSeen, *, rules: bool) -> LayerView:
    return LayerView(
        Sentence(f"link.layer.{layer.name}"),
        layer.mark,
        Sentence(f"link.mark.{layer.mark}", {}, _TONES[layer.mark]),
        Sentence(f"link.means.{layer.finding}", layer.params),
        _time(seen.layers_since.get(layer.name)),
        rules,
    )


def _lines(seen: LinkSeen, station: StationFile, waits: tuple[Part, ...]) -> Iterator[TechnicalLine]:
    state, sight = seen.state, seen.state.sight
    none, unknown = Sentence("link.value.none"), Sentence("link.value.unknown")
    yield TechnicalLine("link.line.host", (station.address,))
    if state.proxy:
        yield TechnicalLine("link.line.proxy", (state.proxy,))
    yield TechnicalLine("link.line.places", sight.places or (unknown,))
    yield TechnicalLine("link.line.way", (none,) if sight.way is None else _way(sight.way))
    yield TechnicalLine("link.line.pin", (none,) if state.pin is None else _pin(state.pin))
    if station.networks:
        yield TechnicalLine("link.line.networks", station.networks)
    for one in sight.interfaces or ():
        word = Sentence("link.value.up" if one.carrier else "link.value.down")
        parts: tuple[Part, ...] = (one.name, Sentence(f"link.kind.{one.kind}"), word, *one.addresses)
        yield TechnicalLine("link.line.interfaces", parts)
    yield TechnicalLine("link.line.default", (none,) if sight.default is None else _way(sight.default))
    if state.refusal is not None:
        refusal = state.refusal
        parts = (refusal.peer, *_way(refusal.way), Sentence(f"link.why.{refusal.why}"))
        yield TechnicalLine("link.line.refused", parts)
    yield TechnicalLine("link.line.answer", _answer(seen))
    if waits:
        yield TechnicalLine("link.line.waits", waits)
    yield TechnicalLine("link.line.clock", (_clock(state.clock_skew) or unknown,))
    yield TechnicalLine("link.line.versions", (state.versions or unknown,))
    yield TechnicalLine("link.line.last_success", (_time(seen.last_success, seconds=True) or none,))
    yield TechnicalLine("link.line.since", (_time(seen.since, seconds=True) or unknown,))
    answers = Sentence("link.value.answers_now") if state.kind is LinkKind.ONLINE else unknown
    yield TechnicalLine("link.line.next_look", (_time(state.next_look, seconds=True) or answers,))


def _answer(seen: LinkSeen) -> tuple[Part, ...]:
    state = seen.state
    said = (Sentence(state.reason),) if state.reason else ()
    raw = (state.raw,) if state.raw else ()
    return (*said, *raw) or (Sentence(f"link.value.{'answers_now' if state.kind is LinkKind.ONLINE else 'none'}"),)


def _way(way: Way) -> tuple[Part, ...]:
    route = Sentence("link.value.default" if way.default else "link.value.own")
    return tuple(part for part in (way.interface, Sentence(f"link.kind.{way.kind}"), route, way.gateway) if part)


def _pin(pin: RoutePin) -> tuple[Part, ...]:
    route = Sentence("link.value.default" if pin.default else "link.value.own")
    return tuple(part for part in (pin.network, pin.interface, Sentence(f"link.kind.{pin.kind}"), route) if part)


def _clock(skew: float | None) -> Sentence | None:
    if skew is None:
        return None
    if abs(skew) < 1:
        return Sentence("link.value.clock_equal")
    key = "link.value.clock_ahead" if skew > 0 else "link.value.clock_behind"
    return Sentence(key, {"seconds": round(abs(skew))})


def _time(moment: datetime | None, *, seconds: bool = False) -> str:
    if moment is None:
        return ""
    return f"{moment.astimezone(SHANGHAI):{'%m-%d %H:%M:%S' if seconds else '%H:%M'}}"
