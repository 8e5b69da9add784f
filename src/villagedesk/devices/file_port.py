"""What the desk asks of whatever reads files from elsewhere: photographs, scans, PDF."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class FileSource:
    """Where a file comes from.

    Args:
        name: for the clerk: its name without the folder.
        path: where it lies; None for what was pasted.
        data: what was pasted.
    """

    name: str
    path: Path | None = None
    data: bytes = b""


@dataclass(frozen=True)
class OpenedFile:
    """What a file says of itself.

    Args:
        sha256: of all its bytes, hexadecimal: by this a later reading knows whether it is still the same.
        pages: how many pages can be taken from it.
        left_out: further pictures in it that are no pages: of an animation, a burst.
    """

    sha256: str
    pages: int
    left_out: int


@dataclass(frozen=True)
class PictureInFile:
    """One page of a file.

    Args:
        pixels: height × width × 3 bytes: blue, green, red, row by row from the top.
        origin: how it came to be (:class:`villagedesk.imaging.files.foreign.Origin`).
        dpi: of the page on paper at its full resolution, where that is known; else 0.
    """

    width: int
    height: int
    pixels: bytes
    origin: str
    dpi: int = 0


class FileReader(Protocol):
    """Reads files nobody here made. Calls block, for a bounded time; they come from one thread at a time."""

    def open(self, source: FileSource) -> OpenedFile:
        """Read the file and what it says of itself.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``: it cannot be used, and why.
            EnvironmentProblem: ``files.no_reader`` when the reader itself does not start.
            Cancelled: :meth:`stop` was called meanwhile.
        """

    def picture(self, source: FileSource, sha256: str, number: int, longest: int | None = None) -> PictureInFile:
        """A page of a file that was opened before, perhaps some time ago.

        Args:
            sha256: as it was then.
            number: from 1.
            longest: about how many pixels its longer side needs; None: all.

        Raises:
            As :meth:`open`; InputProblem ``files.changed`` when it is not the same any more.
        """

    def stop(self) -> None:
        """Break off what is under way, from another thread; returns at once."""

    def close(self) -> None:
        """Let the reader go; it starts anew when it is needed again."""
