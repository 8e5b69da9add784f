"""Photographs of a home visit, off a telephone by cable or from a folder: matched by the barcode in the picture, of the
visit's slip or of the authorization signed there, or laid aside for the clerk.

Only what the barcode itself says is certain. That a picture without one belongs to the visit photographed before it is
proposed, never done by itself; a picture nobody assigns stays where it is, in the folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.import_views import SeenPage
from villagedesk.desk.importing import MOST_FILES, Importing
from villagedesk.desk.intake import Intake
from villagedesk.desk.loose_pages import LoosePages
from villagedesk.desk.scanning import Scanning
from villagedesk.desk.signed_papers import SignedPapers
from villagedesk.domain.document import DocumentOrigin
from villagedesk.domain.paper_no import PaperMark, PaperNo, is_paper_no, parse_paper_no
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Progress
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right

_TAKEN = "visits.taken"
"""Setting: hashes of the last pictures that were brought in, so that none comes twice."""
_REMEMBERED = 2_000
PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp", ".bmp", ".tif", ".tiff", ".pdf"})


@dataclass(frozen=True)
class VisitPicture:
    """One picture that was found.

    Args:
        visit_no: of the slip or authorization that is in the picture, "" where none is.
        proposed: of the one photographed last before it, "" where none was; for the clerk to say yes to.
        taken: it was brought in before.
        signed: it is the visit's authorization, which is kept as that and is no material of the application.
    """

    page: SeenPage
    visit_no: str
    proposed: str
    taken: bool
    signed: bool = False

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return _name(self.page)


@dataclass(frozen=True)
class FoundPictures:
    """What was found in a folder.

    Args:
        refused: what could not be read, and why.
        older: how many pictures lie there besides, older than these, and were not looked at.
    """

    pictures: tuple[VisitPicture, ...]
    refused: tuple[Problem, ...]
    older: int = 0


@dataclass(frozen=True)
class TakenPictures:
    """What was brought in.

    Args:
        counts: how many pictures, by the number of their visit.
        signed: how many of them are authorizations.
    """

    counts: Mapping[str, int]
    signed: int
    refused: tuple[Problem, ...]


class VisitPictures:
    """Calls block and may come from several threads."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        importing: Importing,
        scanning: Scanning,
        signed: SignedPapers,
        acting: Acting,
    ) -> None:
        self._store = store
        self._signed = signed
        self._intake = intake
        self._importing = importing
        self._scanning = scanning
        self._loose: LoosePages = scanning.loose
        self._acting = acting

    def folder(self, folder: Path) -> tuple[Path, ...]:
        """The pictures in a folder and in the folders right beneath it, as people count; a telephone's lie one deeper.

        Raises:
            InputProblem: ``visit.no_folder`` when it cannot be read, ``visit.no_pictures`` when there are none.
        """
        self._acting.need(Right.WORK)
        try:
            files = list(folder.iterdir())
            for inner in [one for one in files if one.is_dir() and not one.name.startswith(".")]:
                files += list(inner.iterdir())
            found = [one for one in files if one.suffix.lower() in PICTURE_ENDINGS and one.is_file()]
        except OSError as error:
            raise InputProblem("visit.no_folder") from error
        if not found:
            raise InputProblem("visit.no_pictures")
        return tuple(sorted(found))

    def look(self, files: Sequence[Path], progress: Progress) -> FoundPictures:
        """Look at pictures and read what bar codes are on them: of more than can be looked at, as a telephone holds
        them, at the newest; of the same picture twice, at one. Nothing is taken.

        Raises:
            InputProblem: ``files.too_many_pages_at_once``.
            EnvironmentProblem: ``files.no_reader``.
            Cancelled: out of ``progress``.
        """
        self._acting.need(Right.WORK)
        newest = sorted(files, key=_made, reverse=True)[:MOST_FILES]
        seen = self._importing.look(newest, lambda done, total: progress(done, 2 * total))
        taken = frozenset(self._store.read(_taken))
        open_visits = self._store.read(lambda snapshot: {visit.visit_no for visit in snapshot.visits()})
        pictures: list[VisitPicture] = []
        refused = list(seen.refused)
        last = ""
        pages = {_name(page): page for page in reversed(seen.pages)}
        for number, page in enumerate(page for page in seen.pages if pages[_name(page)] is page):
            progress(len(seen.pages) + number, 2 * len(seen.pages))
            try:
                codes = self._loose.codes_in(page)
            except InputProblem as problem:
                refused.append(problem)
                continue
            own = next((number for number in map(_paper, codes) if number is not None), None)
            whose = str(PaperNo(PaperMark.VISIT, own.local_no)) if own is not None else ""
            last = whose or last
            known = whose if whose in open_visits else ""
            proposed = "" if own else (last if last in open_visits else "")
            signed = bool(known) and own is not None and own.mark is PaperMark.AUTHORIZATION
            pictures.append(VisitPicture(page, known, proposed, _name(page) in taken, signed))
        return FoundPictures(tuple(pictures), tuple(refused), len(files) - len(newest))

    def take(self, chosen: Mapping[VisitPicture, str], progress: Progress) -> TakenPictures:
        """Bring pictures in: each waits in its visit's draft, on disk, to be looked at with its paper; an authorization
        is kept with the draft as that.

        Args:
            chosen: by picture, the number of its visit; where the clerk names another than the picture does, it is a
                page like others.

        Raises:
            InputProblem: ``visit.gone``.
            EnvironmentProblem: ``files.no_reader``, ``desk.disk_stopped``, ``store.*``. What was brought in before
                stays and is not taken twice.
            Cancelled: out of ``progress``, likewise.
        """
        self._acting.need(Right.WORK)
        cases = self._store.read(lambda snapshot: {one.visit_no: one.case_id for one in snapshot.visits()})
        if not {*chosen.values()} <= cases.keys():
            raise InputProblem("visit.gone")
        counts: dict[str, int] = {}
        signed = 0
        refused: list[Problem] = []
        for number, (picture, visit_no) in enumerate(chosen.items()):
            progress(number, len(chosen))
            case_id = cases[visit_no]
            try:
                if picture.signed and picture.visit_no == visit_no:
                    self._signed.keep_picture(case_id, picture.page, DocumentOrigin.AUTHORIZATION)
                    signed += 1
                else:
                    self._scanning.import_page(case_id, self._first_lacking(case_id), picture.page)
            except InputProblem as problem:  # of that picture alone: it changed since, or was deleted
                refused.append(problem)
                continue
            self._remember(picture.name)
            counts[visit_no] = counts.get(visit_no, 0) + 1
        return TakenPictures(counts, signed, tuple(refused))

    def _first_lacking(self, case_id: str) -> str:
        """The paper a picture waits for until the clerk says which it is: the first that has no page yet."""
        lines = self._intake.view(case_id).checklist
        lacking = [line for line in lines if line.needed is not False and not line.pages]
        return (lacking or list(lines))[0].requirement.requirement_id

    def _remember(self, name: str) -> None:
        def work(transaction: Transaction) -> None:
            kept = [*_taken(transaction), name][-_REMEMBERED:]
            transaction.put_setting(_TAKEN, json.dumps(kept))

        self._store.write(work).result()


def _made(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0  # it is told of when it is read


def _paper(code: str) -> PaperNo | None:
    """The number of a slip, or of what may be an authorization of a visit; None of anything else."""
    number = parse_paper_no(code) if is_paper_no(code) else None
    return number if number is not None and number.mark in (PaperMark.VISIT, PaperMark.AUTHORIZATION) else None


def _name(page: SeenPage) -> str:
    return f"{page.sha256} {page.number}"


def _taken(snapshot: Snapshot) -> list[str]:
    kept: list[str] = json.loads(snapshot.setting(_TAKEN) or "[]")
    return kept
