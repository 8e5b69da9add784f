"""What the township says of a case that was carried there, on paper or by telephone: noted, with who said it and how.

It moves the case as the acceptance system's word would, and stays apart from it: a kind of its own in the log, a number
of its own on the case. What the acceptance system says later of the same case stands above it (design: decision 15).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.number_checks import LONGEST_NUMBER, plain_number
from villagedesk.desk.told_by_hand import NEEDS_WORDS, NOTED, SAID_AS, stop_said
from villagedesk.desk.typed_day import first_day_of, some_moment_of, typed_day
from villagedesk.domain.case import ON, Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.clock_stops import STOP_DETAIL
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.life_cycle import TOWNSHIP_TOLD, CaseChange, Conclusion, after
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.told_change import Wanted, wanted_text
from villagedesk.domain.typed_text import one_line

_LONGEST = 100
_LONGEST_WORDS = 500
LAST_TELLER = "township.teller"
"""Setting: who told something last; offered the next time."""


class Medium(StrEnum):
    """How it was told; words ``township.medium.<value>``."""

    PHONE = "phone"
    PAPER = "paper"
    IN_PERSON = "in_person"
    MESSAGE = "message"


@dataclass(frozen=True)
class TownshipSaid:
    """What the clerk heard or read.

    Args:
        told_by: who said it: a name, an office.
        number: the township's number of the case, as typed; "" where none was said. It stays the one it was then.
        on: the day it happened there, as typed; "" for today.
        words: what is wanted, the reason, or whatever is to be said; must be there where something has to be told.
        result: how it ended, a :class:`Conclusion`, of :attr:`CaseChange.CONCLUDED`.
        stop: for what, as :func:`stop_said` takes it, of :attr:`CaseChange.SUSPENDED`.
        wanted: requirement_ids of the papers that are wanted, of :attr:`CaseChange.CORRECTION_ASKED`; may be none.
        limit: the last day that was named, as typed: until when the township decides, of an acceptance, or until when
            the papers are wanted, of a correction; may be "".
        notice_no, organ: of the notice the township issued with it, whose paper can be printed here then (domain:
            section 5).
    """

    told_by: str
    medium: Medium
    number: str = ""
    on: str = ""
    words: str = ""
    result: str = ""
    stop: str = ""
    wanted: Sequence[str] = ()
    limit: str = ""
    notice_no: str = ""
    organ: str = ""


def tellable(case: Case) -> tuple[CaseChange, ...]:
    """What the township may have said of a proxy case; nothing of any other."""
    if case.mode is not HandlingMode.PROXY:
        return ()
    stands = CaseStatus.SUBMITTED if case.status is CaseStatus.HANDED_OVER else case.status
    return NOTED.get(stands, ())


class Township:
    """Calls block and may come from several threads."""

    def __init__(self, store: Store, clock: Clock, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting

    def last_teller(self) -> str:
        """Who told something last, "" before."""
        self._acting.need(Right.SEE_PERSONS)
        return self._store.read(lambda snapshot: snapshot.setting(LAST_TELLER))

    def note(self, case_id: str, change: CaseChange, said: TownshipSaid) -> None:
        """Note it; logged as told by whom, by the clerk.

        Raises:
            InputProblem: ``domain.life_cycle.not_possible`` when it cannot be so now; with the field ``told_by``:
                ``township.teller_empty``, ``township.teller_long`` (``limit``); with ``number``:
                ``township.number_long`` (``limit``), ``township.number_given`` (``name``, ``local_no``) when a case of
                another person has it; with ``words``: ``life.reason_empty``, ``life.words_long`` (``limit``); with
                ``result``: ``life.result_unknown``; with ``stop``: ``life.stop_unknown``; with ``on``: ``day.unknown``,
                ``day.future``, ``day.before``; with ``limit``: ``township.limit_unknown``; with ``notice_no``:
                ``township.notice_long`` (``limit``), ``township.no_organ`` when it has a number and no organ;
                ``intake.gone``.
        """
        self._acting.need(Right.WORK)
        detail = _checked(change, said)

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            case = case_here(transaction, case_id)
            if change not in tellable(case):
                raise InputProblem("domain.life_cycle.not_possible")
            number = plain_number(said.number)
            self._refuse_taken(transaction, case, number)
            day = typed_day(said.on, first_day_of(case), now.astimezone(SHANGHAI).date())
            limit = _limit(said.limit, day)
            told = {**detail, "at": day.isoformat(), "number": number}
            if day != now.astimezone(SHANGHAI).date():
                told[ON] = day.isoformat()
            if limit is not None:
                told["value.deadline" if change is CaseChange.CORRECTION_ASKED else "value.limit_date"] = f"{limit}"
            if change is CaseChange.CORRECTION_ASKED:
                told["wanted"] = wanted_text(_wanted(case, said))
            moved = _moved(case, change, told, day, now)
            transaction.put_case(moved)
            transaction.put_setting(LAST_TELLER, detail["told_by"])
            # a conclusion that is noted again sets the one before right, and is looked for by its state
            tells = moved.status is not case.status or change is CaseChange.CONCLUDED
            before, to = (case.status, moved.status) if tells else (None, None)
            kept = {name: text for name, text in told.items() if text}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, TOWNSHIP_TOLD, before, to, kept))

        self._store.write(work).result()

    @staticmethod
    def _refuse_taken(transaction: Transaction, case: Case, number: str) -> None:
        other = transaction.case_by_number(number) if number else None
        if other is None or other.case_id == case.case_id or number == case.township_no:
            return
        if other.township_no == number or other.acceptance_no == number:
            params = {"name": other.applicant.name, "local_no": other.local_no or ""}
            raise InputProblem("township.number_given", field="number", **params)


def _checked(change: CaseChange, said: TownshipSaid) -> dict[str, str]:
    """What can be checked without the case, in the shape of what comes over the wire, so that clocks, notices and the
    time line read it alike."""
    teller, words, notice_no, organ = (one_line(one) for one in (said.told_by, said.words, said.notice_no, said.organ))
    if not teller:
        raise InputProblem("township.teller_empty", field="told_by")
    if len(teller) > _LONGEST:
        raise InputProblem("township.teller_long", field="told_by", limit=_LONGEST)
    if len(plain_number(said.number)) > LONGEST_NUMBER:
        raise InputProblem("township.number_long", field="number", limit=LONGEST_NUMBER)
    stop = stop_said(change, said.stop)
    if change in NEEDS_WORDS and not words:
        raise InputProblem("life.reason_empty", field="words")
    if len(words) > _LONGEST_WORDS:
        raise InputProblem("life.words_long", field="words", limit=_LONGEST_WORDS)
    if change is CaseChange.CONCLUDED and said.result not in {*Conclusion}:
        raise InputProblem("life.result_unknown", field="result")
    if max(len(notice_no), len(organ)) > _LONGEST:
        raise InputProblem("township.notice_long", field="notice_no", limit=_LONGEST)
    if notice_no and not organ:
        raise InputProblem("township.no_organ", field="organ")
    return {
        "change": str(change),
        "applied": "yes",
        "told_by": teller,
        "medium": str(said.medium),
        SAID_AS.get(change, "value.reason"): words,
        "result": said.result if change is CaseChange.CONCLUDED else "",
        STOP_DETAIL: stop,
        "value.notice_no": notice_no,
        "value.organ": organ,
    }


def _wanted(case: Case, said: TownshipSaid) -> list[Wanted]:
    names = {one.requirement_id: one.name for one in case.materials}
    words = one_line(said.words)
    return [Wanted(one, names.get(one, ""), words, "") for one in said.wanted]


def _moved(case: Case, change: CaseChange, told: Mapping[str, str], day: date, now: datetime) -> Case:
    """The case with what it keeps itself of what was said."""
    moved = replace(
        case,
        status=after(case.status, change),
        updated_at=now,
        township_no=told["number"] or case.township_no,
    )
    if change is CaseChange.ACCEPTED:
        organ = told["value.organ"] or case.accepting_organ
        limit = told.get("value.limit_date", "")
        return replace(moved, accepted_at=some_moment_of(day, now), limit_date=limit, accepting_organ=organ)
    return replace(moved, accepted_at=None) if change is CaseChange.REFUSED else moved


def _limit(typed: str, day: date) -> date | None:
    if not typed.strip():
        return None
    try:
        limit = read_date(typed)
    except NoDate:
        raise InputProblem("township.limit_unknown", field="limit") from None
    if limit < day:
        raise InputProblem("township.limit_unknown", field="limit")
    return limit
