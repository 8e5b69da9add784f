"""The catalogue in use with the village's choices on it, as one state that readers hold on to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from villagedesk.catalogue.search import ItemFinder
from villagedesk.desk.catalogue_keeping import InUse
from villagedesk.desk.item_choices import KeptChoice, as_chosen, kept_choices, kept_office
from villagedesk.desk.item_views import LocalChoice
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.service_item import Office, ServiceItem


@dataclass(frozen=True)
class ItemState:
    """One consistent state; replaced as a whole, so that readers need no lock.

    Args:
        day: in Shanghai, on which ``chosen`` holds: modes change at midnight.
        chosen: by code, with the village's mode and office.
        finder: of what is handled here; ``whole_finder`` of all.
    """

    in_use: InUse
    day: date
    chosen: Mapping[str, ServiceItem]
    choices: Mapping[str, KeptChoice]
    office: Office
    finder: ItemFinder
    whole_finder: ItemFinder

    @property
    def raw(self) -> Mapping[str, ServiceItem]:
        """As the county made them."""
        return self.in_use.items

    def choice(self, code: str) -> LocalChoice:
        """What the village chose for that item."""
        return self.choices.get(code, KeptChoice()).on(self.day)

    def on(self, day: date) -> ItemState:
        """The same on another day."""
        return replace(self, day=day, chosen=_chosen(self.in_use, self.choices, self.office, day))


def state_of(store: Store, in_use: InUse, today: date, before: ItemState | None = None) -> ItemState:
    """What is had now.

    Args:
        today: the date in Shanghai.
        before: of the same catalogue, whose index is kept where it still fits.
    """

    def read(snapshot: Snapshot) -> tuple[dict[str, KeptChoice], Office, Mapping[str, int]]:
        return kept_choices(snapshot), kept_office(snapshot), snapshot.item_uses()

    choices, office, uses = store.read(read)
    chosen = _chosen(in_use, choices, office, today)
    handled = [item for code, item in chosen.items() if choices.get(code, KeptChoice()).handled]
    if before is not None and [one.code for one in before.finder.all()] == [one.code for one in handled]:
        return replace(before, day=today, chosen=chosen, choices=choices, office=office)
    finder = ItemFinder(handled, in_use.contents.synonyms, uses)
    whole = len(handled) == len(chosen)
    whole_finder = finder if whole else ItemFinder(chosen.values(), in_use.contents.synonyms, uses)
    return ItemState(in_use, today, chosen, choices, office, finder, whole_finder)


def _chosen(in_use: InUse, choices: Mapping[str, KeptChoice], office: Office, today: date) -> dict[str, ServiceItem]:
    return {
        code: as_chosen(item, choices.get(code, KeptChoice()).on(today), office) for code, item in in_use.items.items()
    }
