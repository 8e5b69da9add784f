"""Files from elsewhere, looked at before anything is taken: their pages as small pictures, and what to do with each.

What is kept of a file meanwhile is where it lies and its hash; its pages are read anew, one by one, when they are taken
(:meth:`villagedesk.desk.scanning.Scanning.import_page`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from villagedesk.desk.acting import Acting
from villagedesk.desk.import_views import ImportSource, Pasted, SeenFiles, SeenPage
from villagedesk.desk.views import Corners, Sentence
from villagedesk.devices.file_port import FileReader, FileSource, OpenedFile, PictureInFile
from villagedesk.devices.ports import Photograph
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Cancelled, Progress
from villagedesk.domain.roles import Right
from villagedesk.domain.told_text import tamed
from villagedesk.domain.typed_text import one_line
from villagedesk.imaging.encoding.encode import thumbnail_of
from villagedesk.imaging.files.foreign import Origin
from villagedesk.imaging.files.framing import Frame, frame_of
from villagedesk.imaging.files.lossless import packed
from villagedesk.imaging.files.nameless import Nameless
from villagedesk.imaging.flattening.flatten import flatten

MOST_FILES = 100
MOST_PAGES = 200
"""At once: of all files together."""
_LOOK_SIDE = 1600
"""Pixels of the longer side by which a page is judged."""
_SMALL_SIDE = 320
_HOPELESS = 3
"""Pages of one file that could not be read, one after the other; the rest of it is not tried."""
_LONGEST_NAME = 40
_NUMBERS = re.compile(r"(\d+)")
Pixels = NDArray[np.uint8]


class Importing:
    """Looking into files. Calls block; a file that does harm does it to another process.

    Args:
        reader: reads files in a process of its own.
    """

    def __init__(self, reader: FileReader, acting: Acting) -> None:
        self._reader = reader
        self._acting = acting
        self._stopped = threading.Event()

    def look(self, sources: Sequence[ImportSource], progress: Progress) -> SeenFiles:
        """The pages of these files; files by name, as people count: 2 before 10.

        Args:
            progress: gets what was looked at and what there is to look at, as far as known.

        Raises:
            InputProblem: ``files.too_many``, ``files.too_many_pages_at_once``.
            EnvironmentProblem: ``files.no_reader``.
            Cancelled: the clerk wants it to stop.
        """
        self._acting.need(Right.WORK)
        self._stopped.clear()
        if len(sources) > MOST_FILES:
            raise InputProblem("files.too_many", most=MOST_FILES)
        files = sorted((_source_of(one) for one in sources), key=_as_people_count)
        found = _Found(len(files), progress)
        for file in files:
            before = len(found.pages)
            self._look_at(file, found)
            if len(found.pages) == before and file.path is not None:
                found.unread.append(file.path)
        return SeenFiles(tuple(found.pages), tuple(found.refused), tuple(found.notes), tuple(found.unread))

    def photograph(self, page: SeenPage) -> Photograph:
        """A page at its full resolution, as a camera would have given it; coded by ourselves.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``; ``files.changed`` when the file is not the one that was looked at.
            EnvironmentProblem: ``files.no_reader``.
            Cancelled: :meth:`stop` was called meanwhile.
        """
        self._acting.need(Right.WORK)
        try:
            picture = self._reader.picture(page.source, page.sha256, page.number)
        except InputProblem as problem:
            raise _named(problem, page.file) from None
        data, media_type = packed(_pixels_of(picture), photographed=page.corners is not None or not page.sure)
        return Photograph(data, media_type, page.file, float(picture.dpi) if page.corners is None else 0.0)

    def stop(self) -> None:
        """Break off :meth:`look`, from another thread; it raises Cancelled. Returns at once."""
        self._acting.need(Right.WORK)
        self._stopped.set()
        self._reader.stop()

    def close(self) -> None:
        """Let the reading process go."""
        self._reader.close()

    def _look_at(self, file: FileSource, found: _Found) -> None:
        self._go_on(found)
        try:
            opened = self._reader.open(file)
        except InputProblem as problem:
            found.refused.append(_named(problem, file.name))
            found.done += 1
            return
        if opened.left_out:
            found.notes.append(Sentence("files.first_only", {"name": file.name}, "warn"))
        if len(found.pages) + opened.pages > MOST_PAGES:
            raise InputProblem("files.too_many_pages_at_once", most=MOST_PAGES)
        found.total += opened.pages - 1
        hopeless = 0
        for number in range(1, opened.pages + 1):
            self._go_on(found)
            try:
                found.pages.append(self._seen(file, opened, number))
                hopeless = 0
            except InputProblem as problem:
                hopeless += 1
                found.refuse_page(problem, file.name, number, opened.pages)
            found.done += 1
            if hopeless == _HOPELESS and number < opened.pages:
                found.refused.append(InputProblem("files.rest_left", name=file.name, number=number + 1))
                found.done += opened.pages - number
                return

    def _seen(self, file: FileSource, opened: OpenedFile, number: int) -> SeenPage:
        picture = self._reader.picture(file, opened.sha256, number, _LOOK_SIDE)
        pixels = _pixels_of(picture)
        frame = frame_of(pixels, Origin(picture.origin))
        thumbnail = _thumbnail(pixels, frame)
        corners = None if frame.corners is None else _shares(frame, pixels)
        dpi = picture.dpi if corners is None else 0
        return SeenPage(file.name, number, opened.pages, thumbnail, corners, frame.sure, dpi, file, opened.sha256)

    def _go_on(self, found: _Found) -> None:
        if self._stopped.is_set():
            raise Cancelled
        found.progress(found.done, max(found.total, found.done + 1))


class _Found:
    """What was found so far."""

    def __init__(self, files: int, progress: Progress) -> None:
        self.pages: list[SeenPage] = []
        self.refused: list[Problem] = []
        self.notes: list[Sentence] = []
        self.unread: list[Path] = []
        self.done, self.total = 0, files
        self.progress = progress

    def refuse_page(self, problem: InputProblem, name: str, number: int, of: int) -> None:
        if of == 1:
            self.refused.append(_named(problem, name))
        else:
            self.refused.append(InputProblem("files.page_unreadable", name=name, number=number))


def _source_of(source: ImportSource) -> FileSource:
    if isinstance(source, Pasted):
        return FileSource(source.name, None, source.data)
    return FileSource(one_line(tamed(source.name, _LONGEST_NAME)), source)


def _as_people_count(file: FileSource) -> tuple[str, list[tuple[int, str]]]:
    if file.path is None:
        return "", []
    parts = _NUMBERS.split(file.path.name.casefold())
    return str(file.path.parent), [
        (int(part), "") if part.isdecimal() and len(part) < 19 else (-1, part) for part in parts
    ]


def _named(problem: InputProblem, name: str) -> InputProblem:
    return problem.called(name) if isinstance(problem, Nameless) else problem


def _pixels_of(picture: PictureInFile) -> Pixels:
    return np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 3)


def _thumbnail(pixels: Pixels, frame: Frame) -> bytes:
    cut = pixels if frame.corners is None else flatten(pixels, frame.corners, trim=True).pixels
    return thumbnail_of(cut, _SMALL_SIDE)


def _shares(frame: Frame, pixels: Pixels) -> Corners:
    assert frame.corners is not None
    height, width = pixels.shape[:2]
    first, second, third, fourth = ((float((x + 0.5) / width), float((y + 0.5) / height)) for x, y in frame.corners)
    return first, second, third, fourth
