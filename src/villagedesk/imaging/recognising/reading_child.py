"""The process that reads pages: ``python -m villagedesk.imaging.recognising.reading_child``.

The models and their library take some hundred megabytes and may crash, hang or be killed for want of memory: here that
costs this process and no other. What is said over its standard input and output stands in
:mod:`villagedesk.imaging.recognising.reading_process`, which is the other end. It writes nothing anywhere else.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from villagedesk.imaging.recognising.page_text import PageText, written

if TYPE_CHECKING:
    from villagedesk.imaging.recognising.text_engine import TextEngine

MOST_MEMORY = 1536 * 1024**2
"""Bytes of data, where the system can hold it to that; a whole page takes about 400 MB."""
_LONGEST_PAGE_S = 120
"""It ends by itself when a page takes longer: nobody is left to end it."""
_LARGEST_PAGE = 64 * 1024**2
"""Bytes of an encoded page."""
_LOW_PRIORITY = 10
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000


def main() -> int:
    """Read the pages that are handed over until there are no more."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        _hold_back()
        with open(0, "rb", closefd=False) as asked, os.fdopen(os.dup(1), "wb") as said:
            # whatever a library prints goes nowhere
            os.dup2(nowhere.fileno(), 1)
            _serve(asked, said, nowhere)
    return 0


def _serve(asked: BinaryIO, said: BinaryIO, nowhere: Any) -> None:
    engine: TextEngine | None = None
    while line := asked.readline(1024):
        length = int(json.loads(line)["bytes"])
        if not 0 < length <= _LARGEST_PAGE:
            raise ValueError("no page")
        page = asked.read(length)
        if len(page) != length:
            return
        faulthandler.dump_traceback_later(_LONGEST_PAGE_S, exit=True, file=nowhere)
        try:
            if engine is None:
                engine = _engine()
            answer: dict[str, Any] = written(_read(engine, page))
        except MemoryError:
            answer = {"error": "memory"}
        except Exception as error:  # many kinds, of five libraries; what they say may hold what was read
            answer = {"error": "memory" if "alloc" in str(error).lower() else "failed"}
        finally:
            faulthandler.cancel_dump_traceback_later()
        body = json.dumps(answer).encode()
        said.write(json.dumps({"bytes": len(body)}).encode() + b"\n" + body)
        said.flush()
        if "error" in answer:
            return  # what is left in memory after that is not to be trusted; the next page starts anew


def _engine() -> TextEngine:
    # only once a page is there: the import alone takes most of a second and 100 MB
    from villagedesk.imaging.recognising.text_engine import TextEngine  # noqa: PLC0415

    return TextEngine()


def _read(engine: TextEngine, data: bytes) -> PageText:
    from villagedesk.imaging.files.decode import decode  # noqa: PLC0415
    from villagedesk.imaging.recognising.codes import codes_on  # noqa: PLC0415 - as above

    pixels = decode(data)
    codes = codes_on(pixels)
    lines, turns = engine.read(pixels)
    return PageText(pixels.shape[1], pixels.shape[0], turns, lines, codes)


def _hold_back() -> None:
    """Low priority, little memory, and an end when the program is gone, however it went."""
    os.environ["OMP_NUM_THREADS"] = "1"
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - has no windll elsewhere

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_LOW_PRIORITY)
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not there on Windows

        # a crash leaves no picture of somebody's card on the disk
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
        parent = os.getppid()
        threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()


def _end_with(parent: int) -> None:
    """A page that takes long is not read to its end for nobody."""
    gone = threading.Event()
    while not gone.wait(1.0):
        if os.getppid() != parent:
            os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
