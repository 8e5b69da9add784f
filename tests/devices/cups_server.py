"""A print server of the tests' own: CUPS as Debian ships it, its files, socket and device in one folder.

Its device is a small backend that puts what it is sent into a folder, as a printer puts it on paper, unless it was
broken before. It tells that with its next job, as real ones do.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.devices.cups_descriptions import Description
from tests.needs import need_program, not_run

_CUPS = Path("/usr/lib/cups")
_START_S = 30.0
_DEVICE = """#!/bin/sh
# argv: job user title copies options [file]; the queue's name stands in the address of the device
[ $# -eq 0 ] && exit 0
queue="${{DEVICE_URI#paper:/}}"
trouble="{place}/trouble/$queue"
[ -e "$trouble/dead" ] && exit 1
if [ -p "$trouble/mended" ]; then
    reasons=$(cat "$trouble/reasons")
    for reason in $reasons; do echo "STATE: +$reason" >&2; done
    read -r _ < "$trouble/mended"
    for reason in $reasons; do echo "STATE: -$reason" >&2; done
fi
cat "${{6:--}}" > "{place}/out/$queue/.$1"
mv "{place}/out/$queue/.$1" "{place}/out/$queue/$1"
"""
_CONFIGURATION = """
LogLevel debug
MaxLogSize 0
Listen {place}/socket
Browsing No
WebInterface No
DefaultAuthType Basic
JobRetryInterval 1
JobRetryLimit 1000
<Location />
  Order allow,deny
  Allow all
</Location>
"""
_FILES = """
ServerRoot {place}/etc
ServerBin {place}/programs
DataDir /usr/share/cups
DocumentRoot {place}/etc
RequestRoot {place}/spool
TempDir {place}/spool/tmp
CacheDir {place}/cache
StateDir {place}/state
AccessLog {place}/log/access
ErrorLog {place}/log/error
PageLog {place}/log/page
"""


def _policy() -> str:
    """Who may do what, as Debian's own file has it: what is allowed there is allowed here."""
    lines = Path("/etc/cups/cupsd.conf").read_text(encoding="utf-8").splitlines()
    first = lines.index("<Policy default>")
    return "\n".join(lines[first : lines.index("</Policy>", first) + 1]) + "\n"


class CupsServer:
    """A server and its printers.

    Args:
        place: its folder, which the users of CUPS can look into.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._pipes: dict[str, int] = {}
        for name in ("etc/ppd", "spool/tmp", "cache", "state", "log", "out", "trouble", "programs/backend"):
            (place / name).mkdir(parents=True)
        (place / "spool/tmp").chmod(0o1777)
        for name in ("filter", "daemon", "notifier", "monitor", "driver", "cgi-bin", "backend/socket"):
            (place / "programs" / name).symlink_to(_CUPS / name)
        device = place / "programs/backend/paper"
        device.write_text(_DEVICE.format(place=place))
        device.chmod(0o755)
        (place / "etc/cupsd.conf").write_text(_CONFIGURATION.format(place=place) + _policy())
        (place / "etc/cups-files.conf").write_text(_FILES.format(place=place))

    @property
    def address(self) -> str:
        """What ``CUPS_SERVER`` must be for a program that is to use it."""
        return str(self._place / "socket")

    @property
    def log(self) -> str:
        """The end of what the server wrote down."""
        return (self._place / "log/error").read_text(encoding="utf-8", errors="replace")[-5000:]

    def start(self) -> None:
        """Start it, and wait until it answers; it ends with this process, however that ends."""
        files = ("-c", str(self._place / "etc/cupsd.conf"), "-s", str(self._place / "etc/cups-files.conf"))
        with (self._place / "log/said").open("wb") as said:
            command = ["setpriv", "--pdeathsig", "TERM", "cupsd", "-f", *files]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        end = time.monotonic() + _START_S
        while "is running" not in self._run("lpstat", "-r").stdout:
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"cupsd did not start: {(self._place / 'log/said').read_text()}")

    def stop(self) -> None:
        """Stop it, for sure; its queues and waiting jobs stay."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        """Stop it, and let all go."""
        self.stop()
        for pipe in self._pipes.values():
            os.close(pipe)

    def signal(self, which: int) -> None:
        """Send the server a signal."""
        assert self._process is not None
        self._process.send_signal(which)

    def admin(self, *command: str) -> str:
        """Run one of CUPS's own commands against it: what it says."""
        done = self._run(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add(self, queue: str, description: Description, policy: str = "retry-job", device: str = "") -> None:
        """A new queue, ready for jobs.

        Args:
            policy: what CUPS does when the device fails (``printer-error-policy``).
            device: its address; "" for the one whose jobs come out at :meth:`came_out`.
        """
        (self._place / "out" / queue).mkdir()
        (self._place / "out" / queue).chmod(0o777)
        (self._place / "trouble" / queue).mkdir()
        file = self._place / f"{queue}.ppd"
        file.write_text(description.text(), encoding="latin-1")
        address = device or f"paper:/{queue}"
        policy = f"printer-error-policy={policy}"
        self.admin("lpadmin", "-p", queue, "-v", address, "-P", str(file), "-o", policy, "-E")

    def remove(self, queue: str) -> None:
        """Take a queue away, so that another may have its name."""
        self.admin("lpadmin", "-x", queue)
        for name in ("out", "trouble"):
            shutil.rmtree(self._place / name / queue)

    def came_out(self, queue: str) -> list[bytes]:
        """What came out of a queue's device, a job an entry, in order."""
        files = [file for file in (self._place / "out" / queue).iterdir() if file.name.isdecimal()]
        return [file.read_bytes() for file in sorted(files, key=lambda file: int(file.name))]

    def break_device(self, queue: str, *reasons: str) -> None:
        """It reports ``reasons`` with its next job, and stands still until it is mended."""
        trouble = self._place / "trouble" / queue
        (trouble / "reasons").write_text("\n".join(reasons))
        os.mkfifo(trouble / "mended")
        (trouble / "mended").chmod(0o666)
        self._pipes[queue] = os.open(trouble / "mended", os.O_RDWR)

    def mend_device(self, queue: str) -> None:
        """It goes on where it stood still."""
        (self._place / "trouble" / queue / "mended").unlink()
        os.write(self._pipes[queue], b"\n")

    def kill_device(self, queue: str) -> None:
        """It fails with every job from now on."""
        (self._place / "trouble" / queue / "dead").touch()

    def raise_device(self, queue: str) -> None:
        """One that was dead works again."""
        (self._place / "trouble" / queue / "dead").unlink()

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CUPS_SERVER": self.address, "LC_ALL": "C"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@contextlib.contextmanager
def cups_server() -> Iterator[CupsServer]:
    """A server for as long as the block lasts, its folder where the users of CUPS can come."""
    for program in ("cupsd", "lpadmin", "gs"):
        need_program(program)
    if not (_CUPS / "filter/pdftopdf").exists():
        not_run("cups-filters is not installed")
    with tempfile.TemporaryDirectory(prefix="villagedesk-cups-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        server = CupsServer(Path(name))
        try:
            server.start()
            yield server
        finally:
            server.close()
