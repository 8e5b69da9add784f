"""Help given with an online application 指导网办: the village's main duty, noted in one step (domain: section 1)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.views import TakenIn
from villagedesk.domain.case import Applicant, Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.names import fold_name
from villagedesk.domain.phone import check_phone
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode

_LONGEST_NOTE = 500
_TOKENS = uuid.UUID("6d0b2b6e-6f3c-5a0e-9a53-3f0a4f5f7b11")
"""Names of noted help are made under it, so that the same press of a key is the same case."""


class Help(StrEnum):
    """What was done for the villager."""

    SHOWN = "shown"
    """The steps were shown and told."""
    PRINTED = "printed"
    """The guide was given along on paper."""
    HELPED_ONLINE = "helped_online"
    """The clerk helped to fill in and send the application online."""
    PHONED = "phoned"
    """The clerk called the office that decides."""


class GuidedHelp:
    """Notes in the register. Calls block and may come from several threads."""

    def __init__(self, store: Store, clock: Clock, items: Items, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._acting = acting

    def note(
        self,
        item_code: str,
        name: str,
        phone: str = "",
        help: Sequence[str] = (Help.SHOWN,),
        note: str = "",
        *,
        token: str = "",
    ) -> TakenIn:
        """Enter the help given into the register; nothing is ever sent.

        Args:
            help: values of :class:`Help`, at least one.
            note: a sentence of the clerk's own, may be "".
            token: any text the screen made for this one entry: pressed twice, it is entered once. "" enters always.

        Raises:
            InputProblem: ``intake.item_gone``, ``domain.name.*``, ``domain.phone.*``, ``guided.no_help``,
                ``guided.note_long`` (``limit``, ``count``), ``domain.local_no.day_full``.
            EnvironmentProblem: ``store.*``; nothing was entered then.
            ValueError: for help that does not exist.
        """
        self._acting.need(Right.WORK)
        try:
            item = self._items.get(item_code)
        except KeyError:
            raise InputProblem("intake.item_gone") from None
        applicant = Applicant(name=fold_name(name).name, phone=check_phone(phone))
        given = [str(Help(one)) for one in dict.fromkeys(help)]
        if not given:
            raise InputProblem("guided.no_help", field="help")
        words = " ".join(note.split())
        if len(words) > _LONGEST_NOTE:
            raise InputProblem("guided.note_long", field="note", limit=_LONGEST_NOTE, count=len(words))
        now = self._clock.now()
        case = Case(
            case_id=str(uuid.uuid5(_TOKENS, token) if token else uuid.uuid4()),
            item_code=item.code,
            item_version=item.version,
            item_name=item.name,
            mode=HandlingMode.GUIDED,
            status=CaseStatus.CONCLUDED,
            clerk=self._acting.clerk,
            created_at=now,
            updated_at=now,
            applicant=applicant,
            step=4,
            revision=1,
            received_at=now,
        )

        def work(transaction: Transaction) -> Case:
            try:
                return transaction.case(case.case_id)
            except KeyError:
                pass
            noted = replace(case, local_no=transaction.take_local_no(now.astimezone(SHANGHAI).date()))
            transaction.put_case(noted)
            transaction.count_item_use(item.code, now)
            detail = {"local_no": noted.local_no or "", "help": " ".join(given), "note": words}
            event = CaseEvent(
                noted.case_id, now, self._acting.clerk, "helped", None, CaseStatus.CONCLUDED, detail=detail
            )
            transaction.append_event(event)
            return noted

        noted = self._store.write(work).result()
        self._items.taken_in(item.code)
        return TakenIn(noted.case_id, noted.local_no or "", noted.received_at or now, 0, sends=False)
