"""The item a case is about, in the version its papers were taken in under."""

from __future__ import annotations

from villagedesk.desk.items import Items
from villagedesk.domain.case import Case, RunningCases
from villagedesk.domain.service_item import ServiceItem


def bound_item(items: Items, case: Case | RunningCases) -> ServiceItem | None:
    """The version the case is bound to; the newest where that one was never kept, None where the item is gone."""
    bound = items.of_case(case)
    if bound is not None:
        return bound
    try:
        return items.get(case.item_code)
    except KeyError:
        return None
