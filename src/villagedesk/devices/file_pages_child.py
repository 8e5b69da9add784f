"""The process that reads files from elsewhere: ``python -m villagedesk.devices.file_pages_child``.

Readers of pictures and PDF are C code; one that meets a malformed file may crash, hang or take all memory: here that
costs this process and no other (I11), and nothing of what it read is left on the disk (I8). What is said over its
standard input and output stands in :mod:`villagedesk.devices.file_process`, which is the other end.
"""

from __future__ import annotations

import faulthandler
import hashlib
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from villagedesk.devices import helper_bounds
from villagedesk.devices.file_bytes import bytes_of
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.foreign import ForeignFile, open_foreign

MOST_MEMORY = 1536 << 20
"""Bytes: 100 megapixels of colours in Pillow's hands are 400 MB, with the copies that turning and reducing make 900."""
LONGEST_LIFE_S = 150
"""From the last question on it ends by itself then, also in the middle of work, where nobody is left to end it."""


def main() -> int:
    """Answer until nothing more is asked."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        # loaded before the bounds: a module that is read for the first time may want to leave its compiled form
        import villagedesk.imaging.files.foreign_pdf  # noqa: F401, PLC0415

        helper_bounds.hold(MOST_MEMORY)
        # sizes are bounded by ours, which know how much memory which kind takes
        Image.MAX_IMAGE_PIXELS = None
        warnings.simplefilter("ignore")
        with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as said:
            child = _Child(said)
            while line := asked.readline():
                faulthandler.dump_traceback_later(LONGEST_LIFE_S, exit=True, file=nowhere)
                question = json.loads(line)
                child.answer(question, asked.read(int(question.get("bytes", 0))))
    return 0


class _Child:
    """Holds the file that was opened last."""

    def __init__(self, said: BinaryIO) -> None:
        self._said = said
        self._file: ForeignFile | None = None

    def answer(self, question: dict[str, Any], data: bytes) -> None:
        try:
            if "page" in question:
                self._picture(question["page"], question["longest"])
            else:
                self._open(question, data)
        except InputProblem as problem:
            self._say({"error": problem.key, "params": problem.params})
        except MemoryError:
            self._say({"error": "files.too_heavy", "params": {}})

    def _open(self, question: dict[str, Any], data: bytes) -> None:
        self._file = None
        if "path" in question:
            data = bytes_of(os.fsdecode(bytes.fromhex(question["path"])))
        # told apart from the rest, so that the other end knows which of the two takes so long
        self._say({"sha256": hashlib.sha256(data).hexdigest()})
        self._file = open_foreign(data)
        self._say({"pages": self._file.count, "left_out": self._file.left_out})

    def _picture(self, number: int, longest: int | None) -> None:
        assert self._file is not None
        picture = self._file.picture(number, longest)
        height, width = picture.pixels.shape[:2]
        self._say({"width": width, "height": height, "origin": picture.origin, "dpi": round(picture.dpi)})
        self._said.write(picture.pixels.data)
        self._said.flush()

    def _say(self, what: dict[str, object]) -> None:
        self._said.write(json.dumps(what).encode() + b"\n")
        self._said.flush()


if __name__ == "__main__":
    sys.exit(main())
