#!/usr/bin/env python3
"""Set-up and checks for people who build villagedesk. Standard library only.

python3 dev.py demo     the main job on real input, driven through the real window
python3 dev.py test     ruff, mypy, import-linter, pytest (--all: the long tests too)
python3 dev.py run      the program against a practice acceptance system
python3 dev.py shots    a picture of every paper and every screen into shots/
python3 dev.py bench NAME… [--json FILE] [--seeds A-B] [--quick]
python3 dev.py faults NAME… [--json FILE] [--seeds A-B] [--quick]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# One list of system packages, Debian 12's names. The first group is what the program itself needs.
PROGRAM_PACKAGES = [
    *("libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0", "libpulse0", "libxrandr2"),
    *("libcups2", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0"),
    *("fonts-lxgw-wenkai", "fonts-hanazono", "fonts-babelstone-han"),
]
CHECK_PACKAGES = [
    "strace",
    "iproute2",
    "p7zip-full",
    "fuse3",
    "iproute2",
    "poppler-utils",
    "postgresql",
    "sane-utils",
    "xvfb",
    "xauth",
    "binutils",
    "gcc",
    "libc6-dev",
    "cups",
]
# Only where there is no such program yet: other people's Node brings its own npm, which Debian's would push out.
CHECK_PROGRAMS = {"node": "nodejs", "npm": "npm"}

SCRATCH_BYTES = 4 * 2**30
"""Ten times what the tests leave lying about."""
MEMORY = Path("/dev/shm")
SCRATCH_PREFIX = "villagedesk-tests-"
"""Then the number of the process that made it."""


def say(text: str) -> None:
    print(f"dev.py: {text}", flush=True)


def on_debian_as_root() -> bool:
    return shutil.which("apt-get") is not None and os.name == "posix" and os.geteuid() == 0


def missing_packages(names: list[str]) -> list[str]:
    """Which of Debian's packages are not installed; none on systems that do not know dpkg."""
    if shutil.which("dpkg-query") is None:
        return []
    query = ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n"]
    listing = subprocess.run(query, capture_output=True, text=True).stdout.splitlines()
    installed = {line.split()[0] for line in listing if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def set_up_system(names: list[str], *, allow_missing: bool) -> None:
    """Install system packages where that is possible; otherwise name them, and stop unless that is allowed."""
    if sys.platform == "linux" and shutil.which("dpkg-query") is None:
        say(f"not a Debian: these packages, or what they are called here, must be there: {' '.join(names)}")
        return
    missing = missing_packages(names)
    if not missing:
        return
    if on_debian_as_root():
        say(f"installing Debian packages: {' '.join(missing)}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
            check=True, env=quiet, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return
    print(f"NOT RUN: whatever needs {' '.join(missing)} (as root: apt-get install {' '.join(missing)})", flush=True)
    if not allow_missing:
        raise SystemExit("dev.py: install them, or say --allow-missing")


def set_up_python() -> None:
    """Make .venv from the lock (hashes checked); nothing to do when it was made from this very lock."""
    stamp = VENV / "made-from-lock"
    wanted = hashlib.sha256((ROOT / "requirements.lock").read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("making .venv and installing the locked dependencies (a few minutes the first time)")
    try:
        import ensurepip  # noqa: F401, PLC0415  (Debian's python3 comes without it)
    except ImportError:
        set_up_system(["python3-venv"], allow_missing=False)
    venv.create(VENV, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    stamp.write_text(wanted)


def own_environment(**more: str) -> dict[str, str]:
    """This one's, with compiled sources kept: the hundreds of processes the tests start would compile all of them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONUTF8": "1", **more}


def display_environment() -> dict[str, str]:
    """A real window where there is a display, off-screen otherwise."""
    environment = own_environment()
    if sys.platform == "linux" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def run(*command: str, environment: dict[str, str] | None = None) -> int:
    """Run it to its end; where this is to end itself, by SIGTERM or Ctrl+C, its servers are put away first.

    Raises:
        SystemExit: it was to end, and nothing more is to begin.
    """
    child: subprocess.Popen[bytes] | None = None
    told_to_end = False

    def end(*_: object) -> None:
        nonlocal told_to_end
        told_to_end = True
        if child is not None:
            child.terminate()

    before = signal.signal(signal.SIGTERM, end)
    try:
        child = subprocess.Popen([str(PYTHON), *command], cwd=ROOT, env=environment or display_environment())
        if told_to_end:
            child.terminate()
        code = child.wait()
    except KeyboardInterrupt:
        if child is not None:
            child.wait()  # it was told by the same keys
        raise SystemExit(128 + signal.SIGINT) from None
    finally:
        signal.signal(signal.SIGTERM, before)
    if told_to_end:
        raise SystemExit(128 + signal.SIGTERM)
    return code


def remove_left_over() -> None:
    """What runs left in memory that were killed: their process is gone, and nobody else would ever free it."""
    for folder in MEMORY.glob(f"{SCRATCH_PREFIX}*"):
        owner = folder.name.removeprefix(SCRATCH_PREFIX).partition("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def scratch_in_memory() -> Iterator[dict[str, str]]:
    """What the tests' environment needs for their files to lie in memory, where there is plenty: thousands of stores
    are made, and half of the time would be waiting for a disk to flush them. What a disk does when the power is cut or
    it is full is tried on disks of the tests' own."""
    if MEMORY.is_dir():
        remove_left_over()
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > SCRATCH_BYTES
    if not roomy or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        yield {}
        return
    own = f"{SCRATCH_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=own, dir=MEMORY, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o1777)  # as /tmp: PostgreSQL and CUPS work in it as users of their own
        yield {"TMPDIR": folder}


def check(*, everything: bool, allow_missing: bool, extra: list[str]) -> int:
    """All checks, each named with its time; the exit code is non-zero when any failed."""
    with scratch_in_memory() as scratch:
        environment = own_environment(QT_QPA_PLATFORM="offscreen", **scratch)
        return run_checks(environment, everything=everything, allow_missing=allow_missing, extra=extra)


def run_checks(environment: dict[str, str], *, everything: bool, allow_missing: bool, extra: list[str]) -> int:
    if allow_missing:
        environment["VILLAGEDESK_ALLOW_MISSING"] = "1"
    steps = {
        "ruff": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy"],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        "pytest": ["-m", "pytest", "-n", "2", *([] if everything else ["-m", "not slow"]), *extra],
    }
    failed = []
    for name, command in steps.items():
        began = time.monotonic()
        code = run(*command, environment=environment)
        say(f"{name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
        if code:
            failed.append(name)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def shots() -> int:
    """Every paper, and every screen at two sizes and two scalings, into shots/."""
    code = run("-m", "tests.papers.shots", str(ROOT / "shots" / "papers"), environment=own_environment())
    if code:
        return code
    for scale in ("1", "1.5"):
        for size in ("1366x768", "1920x1080"):
            folder = ROOT / "shots" / f"{size}-{scale}"
            environment = own_environment(QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=scale)
            code = run("-m", "tests.ui.shots", str(folder), size, environment=environment)
            if code:
                return code
    say(f"look at {ROOT / 'shots'}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["demo", "test", "run", "shots", "bench", "faults"])
    parser.add_argument("--all", action="store_true", help="test: the long tests too")
    parser.add_argument("--allow-missing", action="store_true", help="go on without system packages, and say so")
    arguments, extra = parser.parse_known_args()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise SystemExit(f"dev.py: Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}")
    checks = arguments.what in ("test", "bench", "faults")
    lacking = [package for program, package in CHECK_PROGRAMS.items() if shutil.which(program) is None]
    packages = PROGRAM_PACKAGES + (CHECK_PACKAGES + lacking if checks else [])
    set_up_system(packages, allow_missing=arguments.allow_missing or not checks)
    set_up_python()
    if arguments.what == "test":
        return check(everything=arguments.all, allow_missing=arguments.allow_missing, extra=extra)
    if arguments.what == "shots":
        return shots()
    if arguments.what in ("bench", "faults"):
        folder = "benchmarks" if arguments.what == "bench" else "faults"
        return run("-m", f"tests.{folder}", *extra)
    command = {"demo": ["demo"], "run": ["run", "--with-practice"]}[arguments.what]
    return run("-m", "villagedesk", *command, *extra)


if __name__ == "__main__":
    sys.exit(main())
