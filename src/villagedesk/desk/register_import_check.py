"""A row of a paper register against the rules: everything that is wrong with it at once, each by its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from villagedesk.desk.number_checks import LONGEST_NUMBER, plain_number
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Applicant
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.identity import CheckedDocument, DocumentKind, check_document
from villagedesk.domain.life_cycle import Conclusion
from villagedesk.domain.local_no import is_local_no
from villagedesk.domain.names import fold_name
from villagedesk.domain.organisation_names import fold_organisation_name
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.phone import check_phone
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.register_import import DATES, PaperEntry, Said, Typed
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.domain.typed_text import fold_code, fold_digits, one_line

_OLDEST = date(2000, 1, 1)
"""Local numbers begin with two digits of the year."""
_LONGEST = {"address": 200, "papers": 60, "receiver": 60, "note": 200}
_TIME = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$")
_SERIAL = re.compile(r"[3-6][0-9]{4}(?:\.[0-9]+)?")
"""How spreadsheet programs count days, from 1982 to 2091."""
_LIKE_RESIDENT = re.compile("[0-9]{13,19}|[0-9]{17}[A-Z]")
_LIKE_HMT = re.compile("[HM][A-Z]?[0-9]+")
_LIKE_PERMANENT = re.compile("[A-Z]{3}[0-9]{12}")
_LIKE_USCC = 18
_NEAREST = 3
_NUMBER_NEEDED = frozenset({HandlingMode.SYSTEM, HandlingMode.PROXY})


@dataclass(frozen=True)
class Words:
    """What can be typed in the columns of choices, by what it means."""

    modes: Mapping[str, HandlingMode]
    kinds: Mapping[str, DocumentKind]
    results: Mapping[str, Conclusion]


class RowCheck:
    """Checks rows; the same one may be asked from several threads.

    Args:
        today: the date in Shanghai.
        areas: known prefixes of area codes; unknown ones warn only.
        items: all there are.
        near: finds items by words (``Items.search``).
        words: what can be typed, by what it means: names of modes, kinds of documents, conclusions.
    """

    def __init__(
        self,
        today: date,
        areas: Set[str],
        items: Sequence[ServiceItem],
        near: Callable[[str, int], Sequence[ServiceItem]],
        words: Words,
    ) -> None:
        self.today = today
        self.areas = areas
        self._by_code = {fold_code(one.code): one for one in items}
        self._by_name = {_plain(one.name): one for one in items}
        self._near = near
        self.words = words

    def look(self, typed: Typed) -> tuple[PaperEntry | None, list[Said]]:
        """What becomes of a row, None where something blocks, and all that is said of it."""
        return _Row(self, typed).look()

    def item(self, text: str) -> ServiceItem | None:
        """By its code or its whole name."""
        return self._by_code.get(fold_code(text)) or self._by_name.get(_plain(text))

    def nearest(self, text: str) -> list[str]:
        """Names of items that are probably meant."""
        return [one.name for one in self._near(text, _NEAREST)]


class _Row:
    def __init__(self, check: RowCheck, typed: Typed) -> None:
        self._check = check
        self._typed = typed
        self._said: list[Said] = []

    def look(self) -> tuple[PaperEntry | None, list[Said]]:
        days = self._days()
        mode, item = self._mode(), self._item()
        applicant = self._applicant(mode)
        number = self._acceptance_no(mode)
        result = self._result()
        self._agree(mode, days, result)
        texts = {name: self._text(name) for name in ("papers", "receiver", "note")}
        received = days["received"]
        blocked = any(one.blocks for one in self._said)
        if blocked or received is None or mode is None or item is None:
            return None, self._said
        entry = PaperEntry(
            line=self._typed.line,
            received=received,
            applicant=applicant,
            item_code=item.code,
            item_version=item.version,
            item_name=item.name,
            mode=mode,
            papers=texts["papers"],
            handed_over=days["handed_over"],
            acceptance_no=number,
            result=result,
            concluded=days["concluded"],
            receiver=texts["receiver"],
            delivered=days["delivered"],
            note=texts["note"],
        )
        return entry, self._said

    def _raw(self, column: str) -> str:
        return one_line(self._typed.texts.get(column, ""))

    def _wrong(self, column: str, name: str, **params: object) -> None:
        self._said.append(Said(column, f"register_import.said.{name}", params))

    def _look_at(self, column: str, name: str, **params: object) -> None:
        self._said.append(Said(column, f"register_import.said.{name}", params, blocks=False))

    def _passed_on(self, column: str, problem: Problem, *, blocks: bool = True) -> None:
        self._said.append(Said(column, problem.key, problem.params, blocks))

    def _days(self) -> dict[str, date | None]:
        """The days, of which none comes before one that is named earlier."""
        days: dict[str, date | None] = {name: self._day(name) for name in DATES}
        if not self._raw("received"):
            self._wrong("received", "empty")
        last: tuple[str, date] | None = None
        for name, day in days.items():
            if day is None:
                continue
            if last is not None and day < last[1]:
                self._said.append(
                    Said(
                        name,
                        "register_import.said.order",
                        {
                            "day": f"{day}",
                            "other": f"{last[1]}",
                            "column": Sentence(f"register_import.column.{last[0]}"),
                        },
                    )
                )
            else:
                last = (name, day)
        return days

    def _day(self, column: str) -> date | None:
        text = _TIME.sub("", self._raw(column))
        if not text:
            return None
        if _SERIAL.fullmatch(fold_digits(text)):
            self._wrong(column, "serial", typed=text)
            return None
        try:
            day = read_date(text)
        except NoDate:
            self._wrong(column, "date", typed=text)
            return None
        if day > self._check.today:
            self._wrong(column, "future", day=f"{day}")
            return None
        if day < _OLDEST:
            self._wrong(column, "too_old", day=f"{day}")
            return None
        return day

    def _mode(self) -> HandlingMode | None:
        typed = self._raw("mode")
        if not typed:
            self._wrong("mode", "empty")
            return None
        modes = self._check.words.modes
        mode = next((one for word, one in modes.items() if _plain(word) == _plain(typed)), None)
        if mode is None:
            self._wrong("mode", "mode_unknown", typed=typed, names=_listed(modes))
        return mode

    def _item(self) -> ServiceItem | None:
        typed = self._raw("item")
        if not typed:
            self._wrong("item", "empty")
            return None
        item = self._check.item(typed)
        if item is None:
            names = self._check.nearest(typed)
            if names:
                self._wrong("item", "item_near", typed=typed, names=_listed(names))
            else:
                self._wrong("item", "item_unknown", typed=typed)
        return item

    def _applicant(self, mode: HandlingMode | None) -> Applicant:
        document = self._document(mode)
        legal = document is not None and document.kind is DocumentKind.USCC
        name = self._name(legal=legal)
        phone, address = self._phone(), self._text("address")
        kind = ApplicantKind.LEGAL if legal else ApplicantKind.NATURAL
        if document is None:
            return Applicant(name=name, phone=phone, address=address, kind=kind)
        return Applicant(
            name=name,
            document_kind=str(document.kind),
            document_number=document.number,
            phone=phone,
            address=address,
            kind=kind,
            birth_date="" if document.birth_date is None else f"{document.birth_date}",
            sex="" if document.sex is None else str(document.sex),
        )

    def _name(self, *, legal: bool) -> str:
        typed = self._raw("applicant")
        if not typed:
            self._wrong("applicant", "empty")
            return ""
        try:
            return fold_organisation_name(typed) if legal else fold_name(typed).name
        except InputProblem as problem:
            self._passed_on("applicant", problem)
            return ""

    def _phone(self) -> str:
        typed = self._raw("phone")
        if "phone" in self._typed.ruined:
            self._wrong("phone", "ruined", typed=typed)
            return ""
        if not typed:
            self._look_at("phone", "no_phone")
        try:
            return check_phone(typed)
        except InputProblem as problem:
            self._passed_on("phone", problem)
            return ""

    def _document(self, mode: HandlingMode | None) -> CheckedDocument | None:
        typed = self._raw("document_number")
        if "document_number" in self._typed.ruined:
            self._wrong("document_number", "ruined", typed=typed)
            return None
        kind = self._kind(typed)
        if not fold_code(typed):
            if mode is None or mode in _NUMBER_NEEDED:
                self._wrong("document_number", "no_number")
            else:
                self._look_at("document_number", "no_number")
            return None
        if kind is None:
            return None
        try:
            found = check_document(kind, typed, self._check.today, self._check.areas)
        except InputProblem as problem:
            self._passed_on("document_number", problem)
            return None
        if found.question is not None:
            self._wrong("document_number", "which_century")
            return None
        for warning in found.warnings:
            self._passed_on("document_number", warning, blocks=False)
        return found

    def _kind(self, number: str) -> DocumentKind | None:
        """As typed, else as the number looks."""
        typed, kinds = self._raw("document_kind"), self._check.words.kinds
        if typed:
            kind = next((one for word, one in kinds.items() if _plain(word) == _plain(typed)), None)
            if kind is None:
                self._wrong("document_kind", "kind_unknown", typed=typed)
            return kind
        code = fold_code(number)
        if not code:
            return None
        if _LIKE_RESIDENT.fullmatch(code):
            return DocumentKind.RESIDENT_ID
        if _LIKE_PERMANENT.fullmatch(code):
            return DocumentKind.PERMANENT_RESIDENCE
        if len(code) == _LIKE_USCC:
            return DocumentKind.USCC
        if _LIKE_HMT.fullmatch(code):
            return DocumentKind.HMT_PASS
        self._wrong("document_kind", "empty")
        return None

    def _acceptance_no(self, mode: HandlingMode | None) -> str:
        typed = self._raw("acceptance_no")
        if "acceptance_no" in self._typed.ruined:
            self._wrong("acceptance_no", "ruined", typed=typed)
            return ""
        number = plain_number(typed)
        if not number and mode is HandlingMode.SYSTEM:
            self._wrong("acceptance_no", "system_no_number")
        if len(number) > LONGEST_NUMBER:
            self._wrong("acceptance_no", "too_long", most=LONGEST_NUMBER)
        if number and is_local_no(number):
            self._wrong("acceptance_no", "number_ours", typed=number)
        return number

    def _result(self) -> Conclusion | None:
        typed, results = self._raw("result"), self._check.words.results
        if not typed:
            return None
        result = next((one for word, one in results.items() if _plain(word) == _plain(typed)), None)
        if result is None:
            self._wrong("result", "result_unknown", typed=typed, names=_listed(results))
        return result

    def _agree(self, mode: HandlingMode | None, days: Mapping[str, date | None], result: Conclusion | None) -> None:
        """What belongs together is there together."""
        written = {name: bool(self._raw(name)) for name in (*DATES, "result", "receiver")}
        if written["handed_over"] and mode not in (None, HandlingMode.PROXY):
            self._wrong("handed_over", "handed_not_proxy")
        if mode is HandlingMode.GUIDED and (written["result"] or written["concluded"]):
            self._wrong("result" if written["result"] else "concluded", "guided_no_end")
        elif written["result"] and not written["concluded"]:
            self._wrong("concluded", "result_no_day")
        if days["concluded"] is not None and result is None and not written["result"]:
            self._look_at("result", "no_result")
        if written["delivered"] and mode is HandlingMode.GUIDED:
            self._wrong("delivered", "delivered_guided")
        elif written["delivered"] and not written["concluded"]:
            self._wrong("concluded", "delivered_not_concluded")
        if written["receiver"] and not written["delivered"]:
            self._wrong("delivered", "receiver_no_day")
        if days["delivered"] is not None and not written["receiver"]:
            self._look_at("receiver", "no_receiver")

    def _text(self, column: str) -> str:
        text = self._raw(column)
        if len(text) > _LONGEST[column]:
            self._wrong(column, "too_long", most=_LONGEST[column])
        return text


def _plain(words: str) -> str:
    return re.sub(r"\s", "", fold_digits(words)).casefold()


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    return " / ".join(names)
