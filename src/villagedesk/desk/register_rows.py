"""A case as a line of the register, in words; numbers are masked unless the whole was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from villagedesk.desk.guided import Help
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Material, MaterialState
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.masking import mask_number, mask_phone
from villagedesk.domain.milestones import IMPORTED, Milestones, milestones, said_of
from villagedesk.domain.party import PartyRole
from villagedesk.domain.register_row import RegisterRow

Text = Callable[..., str]
_HANDED_IN = frozenset({MaterialState.TAKEN, MaterialState.SEEN, MaterialState.REUSED})
_GIVEN_UP = frozenset({CaseStatus.WITHDRAWN, CaseStatus.VOID, CaseStatus.RETURNED_TO_APPLICANT})
_HELP = frozenset(one.value for one in Help)
_NOTED = frozenset({"helped", IMPORTED})
"""Lines that have a sentence of the clerk's own."""
_NOTHING: Mapping[str, str] = {}
_A_NUMBER = re.compile("[0-9０-９xX]{5,}")


class RowMaker:
    """Makes lines.

    Args:
        text: gives the text of a message key.
        whole: numbers are not masked, and what people wrote in words of their own is told too.
    """

    def __init__(self, text: Text, *, whole: bool) -> None:
        self._text = text
        self._whole = whole

    def row(self, number: int, case: Case, pages: int, events: Sequence[CaseEvent]) -> RegisterRow:
        """One.

        Args:
            number: its place within the period.
            pages: how many it has.
            events: its log, oldest first.
        """
        text, applicant = self._text, case.applicant
        reached = milestones(events)
        agent = case.party(PartyRole.AGENT)
        typed = next((one.detail for one in events if one.kind == IMPORTED), _NOTHING)
        return RegisterRow(
            number=number,
            case_id=case.case_id,
            received=_day(case.received_at),
            local_no=case.local_no or "",
            applicant=applicant.name,
            document_number=applicant.document_number if self._whole else mask_number(applicant.document_number),
            phone=applicant.phone if self._whole else mask_phone(applicant.phone),
            item=case.item_name,
            mode=text(f"register.mode.{case.mode}"),
            agent="" if agent is None else agent.name,
            clerk=case.clerk,
            papers=self._papers(case.materials, pages) or self._masked(typed.get("papers", "")),
            handed_over=_at(reached.handed_over),
            acceptance_no=self._number(case),
            status=text(f"life.state.{case.status}"),
            concluded=self._concluded(reached),
            delivered=self._delivered(reached),
            note="；".join(self._notes(case, reached, events)),
        )

    def _papers(self, materials: Sequence[Material], pages: int) -> str:
        count = sum(max(1, one.copies) for one in materials if one.state in _HANDED_IN)
        return self._text("register.papers", count=count, pages=pages) if count or pages else ""

    def _number(self, case: Case) -> str:
        """Of a case the acceptance system has nothing of: the township's, told as that."""
        if case.acceptance_no or not case.official_no:
            return case.acceptance_no
        return self._text("register.township_no", number=case.official_no)

    def _concluded(self, reached: Milestones) -> str:
        parts = [_at(reached.concluded)]
        if reached.conclusion:
            parts.append(self._text(f"conclusion.{reached.conclusion}"))
        return " ".join(one for one in parts if one)

    def _delivered(self, reached: Milestones) -> str:
        receiver = self._masked(said_of(reached.delivered, "receiver"))
        return " ".join(one for one in (_at(reached.delivered), receiver) if one)

    def _masked(self, words: str) -> str:
        """What somebody wrote, with the numbers in it masked."""
        return words if self._whole else _A_NUMBER.sub(lambda found: mask_number(found.group()), words)

    def _notes(self, case: Case, reached: Milestones, events: Sequence[CaseEvent]) -> list[str]:
        text, notes = self._text, list[str]()
        promised = sum(one.state is MaterialState.PROMISED for one in case.materials)
        if promised:
            notes.append(text("register.promised", count=promised))
        if case.status in _GIVEN_UP and reached.given_up is not None:
            notes.append(_at(reached.given_up))
        for event in events:
            if event.kind == IMPORTED:
                notes.append(text("register_import.added_later"))
            if event.kind == "helped":
                given = [text(f"guided.help.{one}") for one in event.detail.get("help", "").split() if one in _HELP]
                notes.append("、".join(given))
        if self._whole:
            said = (
                said_of(reached.concluded, "words"),
                said_of(reached.given_up, "reason"),
                *(event.detail.get("note", "") for event in events if event.kind in _NOTED),
            )
            notes += [one for one in said if one]
        return notes


def _at(event: CaseEvent | None) -> str:
    return "" if event is None else _day(event.happened)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"
