"""Pages that belong to no draft: of a photograph or a file, with what the bar codes on them say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.import_views import SeenPage
from villagedesk.desk.importing import Importing
from villagedesk.desk.live_table import LiveTable
from villagedesk.desk.proposals import WHOLE, Proposals
from villagedesk.desk.table_camera import TableCamera
from villagedesk.devices.ports import Photograph
from villagedesk.domain.capture import Framing
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Progress
from villagedesk.imaging.page import FlattenedPage, decode
from villagedesk.imaging.recognising.codes import codes_on

_NO_PAPER = "imaging.no_paper"


@dataclass(frozen=True)
class LoosePage:
    """Args:
    image: JPEG, for the screen.
    codes: what the bar codes on it say.
    """

    page: FlattenedPage
    image: bytes
    codes: tuple[str, ...]


class LoosePages:
    """Makes them; asks for no right itself. Calls block and may come from several threads."""

    def __init__(self, table: TableCamera, live: LiveTable, importing: Importing, proposals: Proposals) -> None:
        self._table = table
        self._live = live
        self._importing = importing
        self._proposals = proposals

    def photograph(self, shot: Callable[[], None]) -> LoosePage:
        """What lies under the camera; all of the picture where no paper is found in it.

        Args:
            shot: called, in this thread, when the paper may be moved.

        Raises:
            InputProblem: ``scanning.no_camera``, ``imaging.*``.
            EnvironmentProblem: ``devices.camera_*``.
        """
        try:
            taken = self._table.capture()
            self._live.taken()
            shot()
            return self._made(taken, Framing())
        except Exception as problem:
            self._live.failed(retry=isinstance(problem, Problem) and problem.key.startswith("devices."))
            raise

    def from_file(self, file: Path, most: int, progress: Progress) -> tuple[LoosePage, ...]:
        """The pages of a file.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``; ``files.too_many_pages_at_once`` (``most``).
            EnvironmentProblem: ``files.no_reader``.
            Cancelled: out of ``progress``.
        """
        seen = self._importing.look([file], progress)
        if not seen.pages:
            raise seen.refused[0]
        if len(seen.pages) > most:
            raise InputProblem("files.too_many_pages_at_once", most=most)
        return tuple(self.page(one) for one in seen.pages)

    def page(self, seen: SeenPage) -> LoosePage:
        """A page of a file that was looked at before.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``.
            EnvironmentProblem: ``files.no_reader``.
        """
        taken = self._importing.photograph(seen)
        return self._made(taken, Framing(WHOLE, dpi=taken.dpi) if seen.corners is None else Framing())

    def codes_in(self, page: SeenPage) -> tuple[str, ...]:
        """What the bar codes in a file's picture say, which was looked at before.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``.
            EnvironmentProblem: ``files.no_reader``.
        """
        taken = self._importing.photograph(page)

        def read() -> tuple[str, ...]:
            return tuple(code.text for code in codes_on(decode(taken.data, taken.media_type)))

        return self._proposals.on_imaging(read)

    def _made(self, taken: Photograph, framing: Framing) -> LoosePage:
        try:
            page = self._proposals.page_of(taken, framing)
        except InputProblem as problem:
            if problem.key != _NO_PAPER:
                raise
            page = self._proposals.page_of(taken, Framing(WHOLE))
        image = self._proposals.picture(page.data)

        def read() -> tuple[str, ...]:
            # the number is sharper in the photograph, and surely upright on the page
            for data, media_type in ((image, "image/jpeg"), (taken.data, taken.media_type)):
                codes = codes_on(decode(data, media_type))
                if codes:
                    return tuple(code.text for code in codes)
            return ()

        return LoosePage(page, image, self._proposals.on_imaging(read))
