"""A village and a county with a line between them, each a process of its own, for one run of a benchmark."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.line.line import COUNTY_END, VILLAGE_END, Line
from tests.line.namespaces import COUNTY
from tests.line.setting import LineSetting
from tests.line.window import Job
from villagedesk.practice.station_file import make_practice

PORT = 7443


@dataclass
class Peer:
    """A process that is asked by lines and answers by lines of JSON."""

    process: subprocess.Popen[str]

    def answer(self) -> dict[str, Any]:
        """Its next line. Raises RuntimeError when it has ended."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        if not said:
            raise RuntimeError(f"{self.process.args!r} ended")
        answer: dict[str, Any] = json.loads(said)
        return answer

    def ask(self) -> dict[str, Any]:
        """Give it a line, and take its answer."""
        self.tell()
        return self.answer()

    def tell(self) -> None:
        """Give it a line."""
        assert self.process.stdin is not None
        print(file=self.process.stdin, flush=True)


@dataclass
class Meeting:
    """The three parts, and what they said before anything counted.

    Args:
        page_bytes: of all pages that the village has to send.
        greeting: bytes a TLS connection costs the village before its first question.
    """

    line: Line
    village: Peer
    county: Peer
    page_bytes: int
    greeting: int


@contextlib.contextmanager
def meeting(setting: LineSetting, job: Job) -> Iterator[Meeting]:
    """Everything is ready, enrolled and taken in over an open line; the line is then the one asked for, and the village
    begins at :meth:`Peer.tell`.
    """
    with contextlib.ExitStack() as all_:
        place = Path(all_.enter_context(tempfile.TemporaryDirectory(prefix="villagedesk-line-")))
        line = all_.enter_context(Line())
        county_folder, folder = place / "county", place / "village"
        practice = make_practice(county_folder, PORT, host=COUNTY)
        folder.mkdir()
        shutil.copy(practice.station_file_path, folder)

        def peer(end: str, module: str, *arguments: str) -> Peer:
            command = [sys.executable, "-m", module, *arguments]
            process = line.popen(end, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            all_.callback(_end, process)
            return Peer(process)

        county = peer(COUNTY_END, "tests.line.county", str(county_folder), COUNTY, str(PORT))
        county.answer()
        village = peer(VILLAGE_END, "tests.line.window", str(folder), json.dumps(asdict(job)))
        ready = village.answer()
        greeting = line.report()["flows"][-1]["first"]
        line.set(setting)
        yield Meeting(line, village, county, ready["page_bytes"], greeting)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.kill()
    process.wait()
    with contextlib.suppress(OSError):
        process.stdin.close()
    process.stdout.close()
