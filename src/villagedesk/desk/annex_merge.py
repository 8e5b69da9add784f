"""The annex forms of many villages joined into one sheet, at the township or the county (domain.md section 9).

Nothing is dropped silently: each file that gave nothing is named with its reason, each row with what is wrong in it,
and the clerk says which rows stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.annex_output import AnnexOutput
from villagedesk.desk.annex_views import Collected, RefusedFile
from villagedesk.desk.views import Sentence
from villagedesk.domain.annex import AnnexRow, SentRow, merged, with_doubles
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Cancelled, Progress, share, silent
from villagedesk.domain.roles import Right
from villagedesk.reports.annex_workbook import read_annex

MOST_FILES = 2_000
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_OTHER_TABLES = frozenset({".xls", ".et", ".ett", ".csv", ".ods", ".numbers"})
_NOBODYS = ("~$", ".")
"""How the names of files begin that a spreadsheet program puts beside one it has open, and of hidden ones."""
_SYSTEMS = frozenset({"desktop.ini", "thumbs.db"})
_DEEPEST = 2


class AnnexMerge:
    """Calls block and may come from several threads."""

    def __init__(self, acting: Acting, output: AnnexOutput) -> None:
        self._acting = acting
        self._output = output

    def collect(self, paths: Sequence[Path], progress: Progress = silent) -> Collected:
        """Read files, in their order, and all files of folders and of two folders deep in them, by name.

        Raises:
            InputProblem: ``annex.nothing_chosen``; ``annex.no_files`` where a folder is empty;
                ``annex.too_many_files`` (``most``); ``register.no_folder``.
            Cancelled: out of ``progress``.
        """
        self._acting.need(Right.WORK)
        files, refused = _files_of(paths)
        rows: list[SentRow] = []
        unread: list[RefusedFile] = []
        read = samples = notes = 0
        for number, file in enumerate(files):
            progress(number, len(files))
            ending = file.path.suffix.lower()
            if ending not in _WORKBOOKS:
                why = "sheet.old_or_locked" if ending in _OTHER_TABLES else "annex.not_a_table"
                refused.append(RefusedFile(file.name, Sentence(why)))
                continue
            told = share(progress, number / len(files), (number + 1) / len(files))
            try:
                found = read_annex(file.path, told, file.name)
            except Cancelled:
                raise
            except InputProblem as problem:
                refused.append(RefusedFile(file.name, Sentence(problem.key, problem.params)))
                continue
            samples += found.samples
            notes += found.notes
            if found.unread:
                unread.append(RefusedFile(file.name, Sentence("annex.unread", {"heads": "、".join(found.unread)})))
            if found.rows:
                read += 1
                rows += found.rows
            else:
                refused.append(RefusedFile(file.name, Sentence("annex.no_rows")))
        return Collected(read, with_doubles(rows), tuple(refused), samples, notes, tuple(unread))

    def print(
        self, county: str, rows: Sequence[SentRow], left_out: Collection[int] = (), *, by_township: bool = False
    ) -> bool:
        """The one sheet on paper; logged.

        Args:
            rows: as collected.
            left_out: places of those that do not come along.
            by_township: rows of a township stand together.

        Returns:
            Whether it came out; False when the printer took it and keeps it.

        Raises:
            InputProblem: ``annex.none_left``.
            EnvironmentProblem: as :func:`villagedesk.desk.straight_printing.print_straight`.
        """
        self._acting.need(Right.WORK)
        return self._output.print(county, _kept(rows, left_out, by_township=by_township))

    def save_pdf(
        self,
        county: str,
        rows: Sequence[SentRow],
        folder: Path,
        left_out: Collection[int] = (),
        *,
        by_township: bool = False,
    ) -> Path:
        """What would be printed. Raises as :meth:`print`; ``register.no_folder``, EnvironmentProblem ``store.*``."""
        self._acting.need(Right.WORK)
        return self._output.save_pdf(county, _kept(rows, left_out, by_township=by_township), folder)

    def save_workbook(
        self,
        county: str,
        rows: Sequence[SentRow],
        folder: Path,
        left_out: Collection[int] = (),
        *,
        by_township: bool = False,
    ) -> Path:
        """As a workbook, which the county joins with those of other townships. Raises as :meth:`save_pdf`."""
        self._acting.need(Right.WORK)
        return self._output.save_workbook(county, _kept(rows, left_out, by_township=by_township), folder)


def _kept(rows: Sequence[SentRow], left_out: Collection[int], *, by_township: bool) -> list[AnnexRow]:
    kept = merged(rows, left_out, by_township=by_township)
    if not kept:
        raise InputProblem("annex.none_left")
    return kept


@dataclass(frozen=True)
class _Found:
    """A file, and what it is called: by its folder, too, where it lies in one of those that were chosen."""

    path: Path
    name: str


def _files_of(paths: Sequence[Path]) -> tuple[list[_Found], list[RefusedFile]]:
    """All files, and folders that cannot be read. A county sorts what comes by township, so two folders deep."""
    files: list[_Found] = []
    refused: list[RefusedFile] = []
    for path in paths:
        if not path.is_dir():
            files.append(_Found(path, path.name))
            continue
        inside, closed = _inside(path, "", _DEEPEST)
        if closed == [path.name] and not inside:
            raise InputProblem("register.no_folder")
        refused += [RefusedFile(name, Sentence("annex.folder_unread")) for name in closed]
        if not inside and not closed:
            raise InputProblem("annex.no_files")
        files += inside
    if not files and not refused:
        raise InputProblem("annex.nothing_chosen")
    if len(files) > MOST_FILES:
        raise InputProblem("annex.too_many_files", most=MOST_FILES)
    return list(dict.fromkeys(files)), refused


def _inside(folder: Path, name: str, deep: int) -> tuple[list[_Found], list[str]]:
    """The files in a folder and in those beneath it, by name, and the folders that cannot be read."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return [], [name or folder.name]
    files: list[_Found] = []
    closed: list[str] = []
    for one in entries:
        called = f"{name}/{one.name}" if name else one.name
        if one.name.startswith(_NOBODYS) or one.name.lower() in _SYSTEMS:
            continue
        if not one.is_dir():
            files.append(_Found(one, called))
        elif deep:
            more, shut = _inside(one, called, deep - 1)
            files += more
            closed += shut
        else:
            closed.append(called)
    return files, closed
