"""The annex forms of many villages joined into one sheet, at the township or the county (domain.md section 9).

Nothing is dropped silently: each file that gave nothing is named with its reason, each row with what is wrong in it,
and the clerk says which rows stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
_OPEN_ELSEWHERE = ("~$", ".~")
"""How the names of files begin that a spreadsheet program puts beside one it has open."""


class AnnexMerge:
    """Calls block and may come from several threads."""

    def __init__(self, acting: Acting, output: AnnexOutput) -> None:
        self._acting = acting
        self._output = output

    def collect(self, paths: Sequence[Path], progress: Progress = silent) -> Collected:
        """Read files, in their order, and all tables of folders, by name.

        Raises:
            InputProblem: ``annex.nothing_chosen``; ``annex.no_files`` where a folder has no table;
                ``annex.too_many_files`` (``most``); ``register.no_folder``.
            Cancelled: out of ``progress``.
        """
        self._acting.need(Right.WORK)
        files = _files_of(paths)
        rows: list[SentRow] = []
        refused: list[RefusedFile] = []
        read = samples = notes = 0
        for number, file in enumerate(files):
            progress(number, len(files))
            if file.suffix.lower() not in _WORKBOOKS:
                refused.append(RefusedFile(file.name, Sentence("sheet.old_or_locked")))
                continue
            try:
                found = read_annex(file, share(progress, number / len(files), (number + 1) / len(files)))
            except Cancelled:
                raise
            except InputProblem as problem:
                refused.append(RefusedFile(file.name, Sentence(problem.key, problem.params)))
                continue
            samples += found.samples
            notes += found.notes
            if found.rows:
                read += 1
                rows += found.rows
            else:
                refused.append(RefusedFile(file.name, Sentence("annex.no_rows")))
        return Collected(read, with_doubles(rows), tuple(refused), samples, notes)

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


def _files_of(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
        except OSError:
            raise InputProblem("register.no_folder") from None
        if path.is_dir():
            inside = [one for one in inside if one.suffix.lower() in _WORKBOOKS | _OTHER_TABLES]
            inside = [one for one in inside if not one.name.startswith(_OPEN_ELSEWHERE)]
            if not inside:
                raise InputProblem("annex.no_files")
        files += inside
    if not files:
        raise InputProblem("annex.nothing_chosen")
    if len(files) > MOST_FILES:
        raise InputProblem("annex.too_many_files", most=MOST_FILES)
    return list(dict.fromkeys(files))
