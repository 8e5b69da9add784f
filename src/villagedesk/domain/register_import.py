"""A paper register 代办台账 that was typed into a spreadsheet: its columns, its rows, what is wrong in them, and the
life of a case as a row tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from villagedesk.domain.case import ON, Applicant, CaseStatus
from villagedesk.domain.life_cycle import CaseChange, Conclusion
from villagedesk.domain.milestones import IMPORTED
from villagedesk.domain.service_item import HandlingMode

COLUMNS = (
    "received",
    "applicant",
    "document_kind",
    "document_number",
    "phone",
    "address",
    "item",
    "mode",
    "papers",
    "handed_over",
    "acceptance_no",
    "result",
    "concluded",
    "receiver",
    "delivered",
    "note",
)
"""In the order of the template; their names are ``register_import.column.<name>`` in the message catalogue."""
DATES = ("received", "handed_over", "concluded", "delivered")
"""Columns that hold days, in the order in which they come."""


@dataclass(frozen=True)
class Typed:
    """A row as it was typed.

    Args:
        line: of the sheet, as the spreadsheet program counts.
        texts: by the names of :data:`COLUMNS`.
        ruined: columns whose number the spreadsheet program has spoiled: of one that has more than fifteen digits it
            keeps fifteen, and shows 4.10411E+17.
    """

    line: int
    texts: Mapping[str, str]
    ruined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Said:
    """Something that is wrong with a row, or should be looked at.

    Args:
        column: a name of :data:`COLUMNS`.
        key, params: its sentence in the message catalogue.
        blocks: the row is not taken with it.
    """

    column: str
    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    blocks: bool = True


@dataclass(frozen=True)
class PaperEntry:
    """A row that is right: what becomes a case.

    Args:
        received: the day the papers came; ``handed_over``, ``concluded``, ``delivered`` follow it, None where they did
            not come.
        item_code, item_version, item_name: of the catalogue in use.
        papers: how many or which, in the register's own words.
    """

    line: int
    received: date
    applicant: Applicant
    item_code: str
    item_version: int
    item_name: str
    mode: HandlingMode
    papers: str = ""
    handed_over: date | None = None
    acceptance_no: str = ""
    result: Conclusion | None = None
    concluded: date | None = None
    receiver: str = ""
    delivered: date | None = None
    note: str = ""

    @property
    def who(self) -> str:
        """By what the applicant is known."""
        return known_by(self.applicant)

    @property
    def key(self) -> tuple[str, str, date]:
        """Two rows with the same are one case typed twice."""
        return self.who, self.item_code, self.received


@dataclass(frozen=True)
class Step:
    """One change in a case's life.

    Args:
        kind: of its line in the log.
        day: on which it happened.
        detail: what the line says besides, with that day.
    """

    kind: str
    before: CaseStatus | None
    after: CaseStatus
    day: date
    detail: Mapping[str, str]


def known_by(applicant: Applicant) -> str:
    """The number of his document, else his name with what tells him from others of that name."""
    return applicant.document_number or f"{applicant.name} {applicant.phone or applicant.address}".strip()


def life_of(entry: PaperEntry) -> Sequence[Step]:
    """What happened to the case, oldest first; the first step is its coming here.

    What is handled elsewhere in the acceptance system, and so has a number, is under way from the day its papers came:
    the register does not say when it was accepted. Help with an online application ends when it is given.
    """
    return tuple(_steps(entry))


def _steps(entry: PaperEntry) -> Iterator[Step]:
    at = {
        HandlingMode.GUIDED: CaseStatus.CONCLUDED,
        HandlingMode.SYSTEM: CaseStatus.ACCEPTED,
    }.get(entry.mode, CaseStatus.RECEIVED)
    yield Step(IMPORTED, None, at, entry.received, _on(entry.received))
    moves: tuple[tuple[CaseChange, CaseStatus, date | None, dict[str, str]], ...] = (
        (CaseChange.HANDED_OVER, CaseStatus.HANDED_OVER, entry.handed_over, {}),
        (CaseChange.CONCLUDED, CaseStatus.CONCLUDED, entry.concluded, {"result": str(entry.result or "")}),
        (CaseChange.DELIVERED, CaseStatus.DELIVERED, entry.delivered, {"receiver": entry.receiver}),
    )
    for change, to, day, said in moves:
        if day is not None and at is not to:
            told = {name: text for name, text in said.items() if text}
            yield Step(str(change), at, to, day, told | _on(day))
            at = to


def _on(day: date) -> dict[str, str]:
    return {ON: f"{day}"}
