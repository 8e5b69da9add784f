"""The practice acceptance system as a child process, moved along by script over its own admin address."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from villagedesk.demo.program import DemoFailure, program_command
from villagedesk.domain.station import StationFile

_START_SECONDS = 60.0


def prepare_practice(folder: Path) -> Path:
    """Make keys, certificate, database and station file without starting anything; gives the station file's path."""
    done = subprocess.run(program_command("practice", "--folder", str(folder), "--prepare"), capture_output=True)
    if done.returncode:
        raise DemoFailure(f"the practice system could not be prepared: {done.stderr.decode(errors='replace')[-500:]}")
    return folder / "station-file.json"


class PracticeChild:
    """A running practice system.

    Args:
        folder: made by :func:`prepare_practice`.
        station: the station file's content; its CA is the one trusted.
        log_folder: for the server's output.
    """

    def __init__(self, folder: Path, station: StationFile, log_folder: Path) -> None:
        self._address = station.address
        self._division_code = station.division_code
        self._context = ssl.create_default_context(cadata=station.ca_pem)
        self._output = (log_folder / "practice.log").open("ab")
        self._process = subprocess.Popen(
            program_command("practice", "--folder", str(folder)), stdout=self._output, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.ask("GET", "/v1/health")
                return
            except urllib.error.URLError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise DemoFailure("the practice system did not start; see practice.log") from None
                time.sleep(0.05)

    def ask(self, method: str, path: str, values: dict[str, Any] | None = None) -> Any:
        """One JSON request; raises urllib.error.URLError when it does not go through."""
        data = json.dumps(values or {}).encode() if method != "GET" else None
        request = urllib.request.Request(
            self._address + path, method=method, data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20, context=self._context) as answer:
            return json.loads(answer.read() or b"null")

    def cases(self) -> list[str]:
        """The ids of the cases it has committed."""
        held = self.ask("GET", f"/practice/cases/{self._division_code}")["cases"]
        return [case["case_id"] for case in held if case["committed_revision"] > 0]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)
        self._output.close()
