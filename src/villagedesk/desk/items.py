"""The items of this village: the catalogue in use with the village's own choices."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.catalogue.search import ItemFinder
from villagedesk.domain.service_item import ServiceItem


class Items:
    """What can be applied for here. Calls may come from several threads."""

    def __init__(self, finder: ItemFinder) -> None:
        self._finder = finder

    def get(self, code: str) -> ServiceItem:
        """The catalogue's newest version of that item. Raises KeyError."""
        return self._finder.get(code)

    def all(self) -> tuple[ServiceItem, ...]:
        """The whole catalogue, in its order."""
        return self._finder.all()

    def search(self, typed: str, limit: int = 50) -> Sequence[ServiceItem]:
        """The items that hold every word typed, best first; all when nothing is typed."""
        return self._finder.search(typed, limit)

    def prepare(self) -> None:
        """Build the pinyin index, once."""
        self._finder.prepare()
