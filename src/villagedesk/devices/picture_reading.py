"""Pictures somebody else put into a folder, read by the process that reads files from elsewhere (I11).

JPEG, which is what cameras write, is left as it is: its reader is the one that every photograph goes through. The
readers of HEIC, TIFF, PNG … are many and their files are of unknown make.
"""

from __future__ import annotations

from pathlib import Path

from villagedesk.devices.camera_picture import PREVIEW_SIDE, frame_of, read_photograph_file
from villagedesk.devices.file_port import FileReader, FileSource, PictureInFile
from villagedesk.devices.ports import Frame, Photograph
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.imaging.files.nameless import Nameless

_OWN = "image/jpeg"


class PictureReading:
    """Reads pictures of a folder, whole or small. One call at a time.

    Args:
        reader: reads what is no JPEG, in a process of its own.
    """

    def __init__(self, reader: FileReader) -> None:
        self._reader = reader

    def photograph(self, path: Path, picture: Photograph) -> Photograph:
        """The picture, or what the reader made of it, coded by ourselves.

        Raises:
            InputProblem: ``files.*``: it cannot be read, and why. EnvironmentProblem ``files.no_reader``.
        """
        if picture.media_type == _OWN:
            return picture
        # numpy and OpenCV are not loaded before the first window is seen
        import numpy as np  # noqa: PLC0415

        from villagedesk.imaging.files.lossless import packed  # noqa: PLC0415

        read = self._read(path, picture, None)
        pixels = np.frombuffer(read.pixels, np.uint8).reshape(read.height, read.width, 3)
        data, media_type = packed(pixels, photographed=True)
        return Photograph(data, media_type, picture.source)

    def frame(self, path: Path, picture: Photograph, number: int) -> Frame | None:
        """The picture of at most ``PREVIEW_SIDE`` pixels, or None when it cannot be read.

        Args:
            number: of the frame.
        """
        if picture.media_type == _OWN:
            return frame_of(picture, number)
        try:
            read = self._read(path, picture, PREVIEW_SIDE)
        except Problem:
            return None
        return _small(read, number)

    def close(self) -> None:
        """Let the process go; it starts anew when it is needed again."""
        self._reader.close()

    def _read(self, path: Path, picture: Photograph, longest: int | None) -> PictureInFile:
        source = FileSource(picture.source, path)
        try:
            return self._reader.picture(source, self._reader.open(source).sha256, 1, longest)
        except Nameless as problem:
            raise problem.called(picture.source) from None


def readable(path: Path) -> Photograph | None:
    """The file as it lies there, None where it is no picture, or gone."""
    try:
        return read_photograph_file(path)
    except InputProblem:
        return None


def _small(read: PictureInFile, number: int) -> Frame:
    from PIL import Image  # noqa: PLC0415 - as above

    image = Image.frombuffer("RGB", (read.width, read.height), read.pixels, "raw", "BGR", 0, 1)
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return Frame(image.width, image.height, image.tobytes(), number)
