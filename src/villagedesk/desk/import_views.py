"""What a screen is shown of files before anything is taken from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.door_views import Sentence
from villagedesk.desk.views import Corners
from villagedesk.devices.file_port import FileSource
from villagedesk.domain.problems import Problem


@dataclass(frozen=True)
class Pasted:
    """A picture that was pasted or dropped without a file.

    Args:
        data: of any format a file may have.
        name: what the clerk is to read in the place of a file's name.
    """

    data: bytes
    name: str


ImportSource = Path | Pasted


@dataclass(frozen=True)
class SeenPage:
    """A page of a file, as it would be taken.

    Args:
        file: the file's name, for the clerk.
        number, of: which page of how many in that file.
        thumbnail: the page as it would be cut out, small JPEG.
        corners: where the page was found in the picture; None: all of it is the page.
        sure: False when the clerk should look at it before it is kept.
        dpi: of the page on paper at its full resolution, where the file tells it; else 0.
        source, sha256: where it comes from; the screen hands them back unread.
        taken: it became a page of a case before, of a file that arrived in the watched folder.
    """

    file: str
    number: int
    of: int
    thumbnail: bytes
    corners: Corners | None
    sure: bool
    dpi: int
    source: FileSource
    sha256: str
    taken: bool = False


@dataclass(frozen=True)
class SeenFiles:
    """What was found in some files.

    Args:
        pages: in the order of the files and of their pages.
        refused: what could not be used, and what to do.
        notes: what else the clerk should know: pictures that were left out.
        unread: files without a single page that can be used; why is among ``refused``.
    """

    pages: tuple[SeenPage, ...]
    refused: tuple[Problem, ...]
    notes: tuple[Sentence, ...]
    unread: tuple[Path, ...] = ()
