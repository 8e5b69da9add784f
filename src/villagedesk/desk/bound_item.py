"""The item a case is about: a draft is put under one, and what was taken in stays under the version of then."""

from __future__ import annotations

from dataclasses import replace

from villagedesk.desk.forms import defaults_of
from villagedesk.desk.items import Items
from villagedesk.desk.typed_values import of_kind
from villagedesk.domain.case import Applicant, Case, RunningCases
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


def bound_to(case: Case, item: ServiceItem) -> Case:
    """The draft under that item; fields it did not have before begin with what the item puts there."""
    return replace(
        case,
        item_code=item.code,
        item_version=item.version,
        item_name=item.name,
        mode=item.mode,
        applicant=fitting(case.applicant, item),
        form={**defaults_of(item), **case.form},
    )


def fitting(applicant: Applicant, item: ServiceItem) -> Applicant:
    """The applicant as the one kind of person the item is for; where it is for both, as the clerk chose."""
    return applicant if len(item.applicants) > 1 else of_kind(applicant, item.applicants[0])
