"""What the acceptance system wants with a correction, as the clerk reads it."""

from __future__ import annotations

from villagedesk.desk.life_views import WantedView
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.told_change import wanted_of


def wanted_views(case: Case, event: CaseEvent) -> tuple[WantedView, ...]:
    """Item by item what a correction wants, papers by the names they have here."""
    names = {material.requirement_id: material.name for material in case.materials}
    return tuple(
        WantedView(
            one.requirement_id,
            names.get(one.requirement_id) or one.name or one.requirement_id,
            one.wrong,
            one.standard,
        )
        for one in wanted_of(event)
    )


def said_of(event: CaseEvent) -> str:
    """The reason in the acceptance system's own words; "" where it gave none."""
    return "；".join(text for name in ("reason", "wanted") if (text := event.detail.get(f"value.{name}", "").strip()))
