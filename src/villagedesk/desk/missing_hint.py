"""材料缺项提示: all that a draft or a case still lacks, told to the villager at once (domain: section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.drafts import corrects
from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.items import Items
from villagedesk.desk.to_bring import promised_until, to_bring
from villagedesk.desk.typed_values import APPLICANT_FIELDS, PARTY_FIELDS
from villagedesk.desk.views import DraftView, Missing, Sentence
from villagedesk.domain.case import Case, CaseStatus, MaterialState
from villagedesk.domain.clock import Clock
from villagedesk.domain.form_check import FORM
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store
from villagedesk.domain.service_item import Office
from villagedesk.domain.station import StationFile
from villagedesk.papers import missing_materials
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.item_words import form_words
from villagedesk.papers.missing_materials import MissingPaper

_PAPERS_STEP = 3


class MissingHint:
    """Draws the hint. Calls block and may come from several threads.

    Args:
        draft: gives a draft with its checklist.
        text: gives the text of a message key.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        draft: Callable[[str], DraftView],
        text: Callable[..., str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._draft = draft
        self._text = text

    def draw(self, case_id: str) -> tuple[bytes, int]:
        """The hint, and of how many things it tells.

        Raises:
            InputProblem: ``intake.gone``, ``handouts.nothing_missing``.
        """
        try:
            case, corrected = self._store.read(
                lambda snapshot: (snapshot.case(case_id), corrects(snapshot, snapshot.case(case_id)))
            )
        except KeyError:
            raise InputProblem("intake.gone") from None
        papers: tuple[MissingPaper, ...] = ()
        others: tuple[str, ...] = ()
        if corrected or case.status is CaseStatus.DRAFT:
            view = self._draft(case_id)
            papers = tuple(self._paper(line) for line in view.checklist if _is_open(line))
            promised = tuple(self._paper(line) for line in view.checklist if _is_promised(line))
            asked = (self._to_fill_in(view, one) for one in view.missing if one.step < _PAPERS_STEP)
            others = tuple(dict.fromkeys(asked))  # a field, and each row of a table, is named once
            office = view.item.office
        else:
            promised = tuple(self._promised(case))
            item = bound_item(self._items, case)
            office = item.office if item is not None else Office()
        if not (papers or promised or others):
            raise InputProblem("handouts.nothing_missing")
        content = missing_materials.MissingContent(
            station_name=self._station.name,
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            papers=papers,
            promised=promised,
            others=others,
            printed_at=self._clock.now(),
            clerk_name=self._acting.clerk,
            contact="，".join(one for one in (office.phone, office.hours) if one),
            practice=self._station.practice,
        )
        return missing_materials.render(content, self._fonts), len(papers) + len(promised) + len(others)

    def _to_fill_in(self, view: DraftView, one: Missing) -> str:
        """What the villager has to say at the window; the sentence beside the field is the clerk's."""
        if one.field.startswith(FORM):
            name = one.field.removeprefix(FORM).partition(".")[0]
            labels = {field.name: field.label for field in view.item.fields}
            label = labels.get(name, "")
        else:
            label = self._label(one.field)
        return self._text("handouts.fill_in", label=label) if label else self._said(one.sentence)

    def _label(self, place: str) -> str:
        """Of a person's field; "" for what is none."""
        role, _, name = place.rpartition(".")
        if name not in APPLICANT_FIELDS | PARTY_FIELDS:
            return ""
        label = self._text(f"handouts.field.{name}")
        return self._text(f"handouts.field_of.{role}", label=label) if role else label

    def _paper(self, line: ChecklistLine) -> MissingPaper:
        sentences = (promised_until(line.promised_until),) if _is_promised(line) else to_bring(line)
        return MissingPaper(
            line.requirement.name,
            form_words(line.requirement),
            (*(self._said(one) for one in sentences), *line.requirement.points),
        )

    def _promised(self, case: Case) -> Iterator[MissingPaper]:
        item = bound_item(self._items, case)
        for material in case.materials:
            if material.state is not MaterialState.PROMISED:
                continue
            known = {one.requirement_id: one for one in item.materials} if item is not None else {}
            requirement = known.get(material.requirement_id)
            until = self._said(promised_until(material.promised_until))
            form = form_words(requirement) if requirement is not None else ""
            yield MissingPaper(material.name, form, (until, *(requirement.points if requirement is not None else ())))

    def _said(self, sentence: Sentence) -> str:
        params = {
            name: self._said(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()
        }
        return self._text(sentence.key, **params)


def _is_open(line: ChecklistLine) -> bool:
    """Wanted and not there; also what is wanted only if something holds that nobody has answered yet: the villager is
    told everything at once."""
    return line.needed is None or (line.needed and not line.done)


def _is_promised(line: ChecklistLine) -> bool:
    return line.state is MaterialState.PROMISED and line.done
