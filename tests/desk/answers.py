"""Answers to what only the clerk can tell, so that a test about something else can take a case in."""

from __future__ import annotations

from villagedesk.desk.desk import Desk
from villagedesk.desk.views import DraftView


def none_needed(desk: Desk, case_id: str) -> DraftView:
    """No paper whose condition only the clerk can tell is needed."""
    view = desk.intake.view(case_id)
    asked = [name for one in view.questions for name in one.requirement_ids]
    return desk.intake.answer(case_id, asked, needed=False) if asked else view
