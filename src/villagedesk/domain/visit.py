"""A home visit 上门代办: papers are taken at the home of somebody who cannot come, for a draft that waits here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Visit:
    """One visit. It is over when its draft is taken in, and gone when that is thrown away.

    Args:
        visit_no: a :class:`villagedesk.domain.paper_no.PaperNo` of a visit, as text; on the slip as a barcode.
        case_id: of the draft.
        planned_on: ISO date, "" where no day is set.
        note: what the clerk wants to remember: who is at home, the way there.
    """

    visit_no: str
    case_id: str
    planned_on: str
    note: str
    made_at: datetime
    clerk: str
