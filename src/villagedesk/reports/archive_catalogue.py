"""The list of the files in a case's folder 卷内文件目录, for a person's eyes; what a program reads is the metadata.

Plain text: it opens everywhere, and will in fifty years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from villagedesk.domain.case import Case, Material, MaterialState
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.milestones import milestones
from villagedesk.domain.station import StationFile
from villagedesk.papers.item_words import FORM_WORDS
from villagedesk.reports.archive_case import ArchivedCase, ArchivedFile, FileState, Part, Text

_END = "\r\n"
_MARK = "\ufeff"
"""Before the text, so that Windows' editor of any year takes it for UTF-8."""


def catalogue(archived: ArchivedCase, files: Sequence[ArchivedFile], station: StationFile, text: Text) -> str:
    """The list as text, with a mark in front and Windows' line ends."""
    lines = [*_head(archived, station, text), "", *_parts(archived.case, files, text)]
    return _MARK + _END.join(lines) + _END


def _head(archived: ArchivedCase, station: StationFile, text: Text) -> Iterator[str]:
    case = archived.case
    reached = milestones(archived.events)
    ended = "" if reached.concluded is None else _day(reached.concluded.happened)
    if reached.conclusion:
        ended += text(f"conclusion.{reached.conclusion}")
    yield text("archive.catalogue.title")
    yield text("archive.catalogue.station", name=station.name, code=station.division_code)
    yield text("archive.catalogue.numbers", local_no=case.local_no or "", acceptance_no=case.acceptance_no or "—")
    yield text("archive.catalogue.matter", item=case.item_name, applicant=case.applicant.name)
    for party in case.parties:
        yield text("archive.catalogue.party", role=text(f"ui.case.party.{party.role}"), name=party.name)
    yield text(
        "archive.catalogue.times",
        received=_day(case.received_at),
        ended=ended or "—",
        state=text(f"life.state.{case.status}"),
    )


def _parts(case: Case, files: Sequence[ArchivedFile], text: Text) -> Iterator[str]:
    number = 0
    for part in Part:
        own = [one for one in files if one.part is part]
        here = sum(one.state is FileState.HERE for one in own)
        yield text("archive.catalogue.part", title=text(f"archive.part.{part}"), count=len(own), here=here)
        for one in own:
            number += 1
            said = one.name if one.state is FileState.HERE else text(f"archive.state.{one.state}")
            yield text(
                "archive.catalogue.line",
                number=number,
                title=one.title,
                day=_day(one.at),
                file=said,
                sha256=one.sha256,
            )
        if part is Part.MATERIALS:
            yield from (_material(material, own, text) for material in case.materials)
        yield ""


def _material(material: Material, pages: Sequence[ArchivedFile], text: Text) -> str:
    count = sum(one.more.get("requirement_id") == material.requirement_id for one in pages)
    promised = material.state is MaterialState.PROMISED
    state = text(f"ui.case.paper.{material.state}", **({"until": material.promised_until} if promised else {}))
    returned = text("ui.case.paper.returned") if material.returned else ""
    said = "，".join(one for one in (state, text(f"ui.case.trust.{material.trust.lower()}"), returned) if one)
    form = FORM_WORDS.get(material.form, material.form)
    return text(
        "archive.catalogue.material", name=material.name, form=form, copies=material.copies, pages=count, state=said
    )


def _day(moment: datetime | None) -> str:
    return "—" if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"
