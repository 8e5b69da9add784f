"""The link as the doctor sees it: what this PC shows of cable, address, router and way; the acceptance system is not
asked."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from villagedesk.acceptance.pinned_route import Way
from villagedesk.app.deep_checks import Finding
from villagedesk.app.premises import DataFolder
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.problems import Problem
from villagedesk.sync.assembly import link_probe
from villagedesk.sync.link_layers import Contact, layers_of


def look_at_link(folder: Path) -> list[Finding]:
    """Two lines of an installed station, none of one that is not set up. Nothing of it is counted as wrong: a village
    without link is not a broken program."""
    premises = DataFolder(folder, SystemClock())
    if not folder.is_dir() or not premises.is_set_up():
        return []
    try:
        host = urlsplit(premises.station().address).hostname or ""
    except Problem:
        return []
    sight = link_probe().look(host)
    layers = ", ".join(f"{layer.name} {layer.mark}" for layer in layers_of(sight, Contact(), None)[:-1])
    cards = "; ".join(
        f"{one.name} {one.kind} {'up' if one.carrier else 'down'} {' '.join(one.addresses)}".rstrip()
        for one in sight.interfaces or ()
    )
    return [
        Finding(f"link: {layers}; the acceptance system was not asked", None),
        Finding(f"network: {cards or 'not shown'}; default {_way(sight.default)}; to {host} {_way(sight.way)}", None),
    ]


def _way(way: Way | None) -> str:
    if way is None:
        return "none"
    gateway = f" through {way.gateway}" if way.gateway else ""
    return f"by {way.interface or '?'} ({way.kind}{', default route' if way.default else ''}){gateway}"
