"""The command line. Standard library only at import: the window's first paint must not wait for anything else."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from villagedesk import __version__
from villagedesk.app.resources import resources_folder
from villagedesk.app.run_options import (
    LIST_CAMERAS,
    READ_FILES,
    READ_PAGES,
    READ_PDF,
    RunOptions,
    check_camera,
    check_printer,
    check_reader,
    check_scanner,
)
from villagedesk.domain.audit import AuditHead

EXIT_NOT_FOR_PRACTICE = 3
"""``--with-practice`` was told to use a data folder that is set up for real work."""
_ACCEPTED_AFTER_S = 20.0
"""How soon the practice system accepts a case by itself when it runs beside the program."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code. Without a command: ``run``.

    Args:
        argv: the arguments without the program's name; None takes the process's own.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["demo"]:
        # the demo has options of its own; imported only when it is asked for, like every command below
        from villagedesk.demo.driver import main as demo  # noqa: PLC0415

        return demo(arguments[1:], resources_folder())
    if arguments == [READ_PDF]:
        # a child of the program's own, for nobody to type: the packaged program has no other Python
        from villagedesk.devices.pdf_pages_child import main as read_pdf  # noqa: PLC0415

        return read_pdf()
    if arguments == [READ_PAGES]:
        from villagedesk.imaging.recognising.reading_child import main as read_pages  # noqa: PLC0415

        return read_pages()
    if arguments == [READ_FILES]:
        from villagedesk.devices.file_pages_child import main as read_files  # noqa: PLC0415 - as above

        return read_files()
    if arguments == [LIST_CAMERAS]:
        from villagedesk.app.device_findings import print_cameras  # noqa: PLC0415

        return print_cameras()
    chosen = _parser().parse_args(
        arguments if arguments and not _is_option_of_run(arguments[0]) else ["run", *arguments]
    )
    if chosen.command == "practice":
        return _practice(chosen)
    if chosen.command == "recovery-key":
        from villagedesk.app.recovery_command import make_recovery_key  # noqa: PLC0415

        return make_recovery_key(chosen.file, ask_passphrase=chosen.passphrase_prompt)
    if chosen.command == "catalogue-key":
        from villagedesk.app.catalogue_command import make_catalogue_key  # noqa: PLC0415

        return make_catalogue_key(chosen.file)
    if chosen.command == "catalogue-package":
        from villagedesk.app.catalogue_command import make_catalogue_package  # noqa: PLC0415

        return make_catalogue_package(chosen.items, chosen.key, chosen.version, chosen.base, chosen.to)
    if chosen.command == "verify-archive":
        from villagedesk.app.archive_command import verify_archive  # noqa: PLC0415

        return verify_archive(chosen.file, _asked_passphrase)
    if chosen.command == "self-test":
        from villagedesk.app.self_test import self_test  # noqa: PLC0415

        return self_test()
    if chosen.command == "doctor":
        from villagedesk.app.device_findings import look_at_devices  # noqa: PLC0415
        from villagedesk.app.doctor import Inside, doctor  # noqa: PLC0415

        password = _password_from_stdin if chosen.password_stdin else _asked_password
        inside = Inside(chosen.clerk, password, tuple(chosen.head))
        return doctor(_data_folder(chosen), inside, partial(look_at_devices, scanners=chosen.scanners))
    if chosen.command == "support-bundle":
        from villagedesk.app.support_bundle import support_bundle  # noqa: PLC0415

        return support_bundle(_data_folder(chosen), chosen.to)
    return _run(chosen)


def _is_option_of_run(first: str) -> bool:
    return first.startswith("-") and first not in ("-h", "--help", "--version")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="villagedesk", description="Offline-first intake desk of a village window.")
    parser.add_argument("--version", action="version", version=f"villagedesk {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="the program (also without a command)")
    run.add_argument("--data", type=Path, help="data folder; by default the user's own, or its practice twin")
    run.add_argument("--camera", type=check_camera, default="qt", metavar="qt|none|simulated:FOLDER|folder:FOLDER")
    run.add_argument("--printer", type=check_printer, default="default", metavar="default|none|qt:NAME|file:FOLDER")
    run.add_argument("--reader", type=check_reader, default="auto", metavar="auto|none|simulated:FOLDER|helper:FILE")
    run.add_argument("--scanner", type=check_scanner, default="auto", metavar="auto|none|simulated:FOLDER")
    run.add_argument("--station-file", type=Path, help="offered at the first run")
    run.add_argument(
        "--with-practice", action="store_true", help="start a practice acceptance system beside it, for trying out"
    )

    practice = commands.add_parser("practice", help="the practice acceptance system, until interrupted")
    practice.add_argument("--folder", type=Path, default=Path("practice"), help="where it keeps everything")
    practice.add_argument("--port", type=int, default=0, help="0: the folder's remembered one")
    practice.add_argument("--database-url", help="SQLAlchemy URL; by default a SQLite file in the folder")
    practice.add_argument("--autopilot", type=float, metavar="SECONDS", help="accept cases by itself after so long")
    practice.add_argument("--prepare", action="store_true", help="only make keys, certificate and station file")

    commands.add_parser("demo", help="the main job, driven through the real window")
    recovery = commands.add_parser("recovery-key", help="for the county: make the key pair that opens every station")
    recovery.add_argument("file", type=Path, metavar="FILE", help="where the private half goes, PEM; never leaves you")
    recovery.add_argument("--passphrase-prompt", action="store_true", help="ask for a passphrase and encrypt the file")

    catalogue_key = commands.add_parser("catalogue-key", help="for the county: make the key that signs catalogues")
    catalogue_key.add_argument("file", type=Path, metavar="FILE", help="where the private half goes, PEM")
    package = commands.add_parser("catalogue-package", help="for the county: sign a folder of items as one package")
    package.add_argument("--items", type=Path, required=True, metavar="FOLDER", help="laid out as resources/catalogue")
    package.add_argument("--key", type=Path, required=True, metavar="FILE", help="the county's private key, PEM")
    package.add_argument("--version", type=_catalogue_version, required=True, metavar="N", help="counted up")
    package.add_argument("--base", type=Path, metavar="FILE", help="the whole package villages have: say what changed")
    package.add_argument("--to", type=Path, required=True, metavar="FILE", help="the package")

    archive = commands.add_parser("verify-archive", help="is an archive package whole; its passphrase is asked for")
    archive.add_argument("file", type=Path, metavar="FILE", help="as the program exported it")

    commands.add_parser("self-test", help="does the installed program work: one line per check")
    doctor = commands.add_parser("doctor", help="state of the data folder and of the device adapters")
    doctor.add_argument("--data", type=Path, help="data folder; by default the user's own")
    doctor.add_argument("--clerk", default="", metavar="NAME", help="whose password it will be; the first by default")
    doctor.add_argument("--scanners", action="store_true", help="look for scanners too: SANE may ask the network")
    doctor.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    doctor.add_argument(
        "--head", type=_head, action="append", default=[], metavar="SEQ:MAC", help="as printed on a monthly report"
    )
    bundle = commands.add_parser("support-bundle", help="one file for the technician, without personal data")
    bundle.add_argument("--data", type=Path, help="data folder; by default the user's own")
    bundle.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the file goes")
    return parser


def _catalogue_version(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) < 10**9):
        raise argparse.ArgumentTypeError("a whole number from 1 on is wanted")
    return int(text)


def _head(text: str) -> AuditHead:
    """``SEQ:MAC`` as the code on a monthly report says it; blanks between the groups of digits do not matter."""
    seq, _, mac = "".join(text.split()).lower().partition(":")
    if not (seq.isascii() and seq.isdecimal() and len(seq) <= 12 and re.fullmatch("[0-9a-f]{64}", mac)):
        raise argparse.ArgumentTypeError("SEQ:MAC with 64 hex digits is wanted")
    return AuditHead(int(seq), mac)


def _password_from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked_password() -> str:
    """Asked at a terminal; "" where there is none, or when nothing is typed."""
    if not sys.stdin.isatty():
        return ""
    import getpass  # noqa: PLC0415 - only where somebody can answer

    return getpass.getpass("clerk's password (empty: do not look inside): ")


def _asked_passphrase() -> str:
    """Asked at a terminal; else the first line of standard input."""
    if not sys.stdin.isatty():
        return _password_from_stdin()
    import getpass  # noqa: PLC0415 - only where somebody can answer

    return getpass.getpass("passphrase: ")


def _data_folder(chosen: argparse.Namespace) -> Path:
    if chosen.data is not None:
        return Path(chosen.data).resolve()
    from villagedesk.app.paths import default_data_folder  # noqa: PLC0415

    return default_data_folder()


def _run(chosen: argparse.Namespace) -> int:
    if chosen.with_practice:
        return _run_with_practice(chosen)
    from villagedesk.app.gui import run  # noqa: PLC0415

    return run(_options(chosen, _data_folder(chosen), chosen.station_file))


def _options(
    chosen: argparse.Namespace, folder: Path, station_file: Path | None, *, practice_only: bool = False
) -> RunOptions:
    devices = (chosen.camera, chosen.printer, chosen.reader, chosen.scanner)
    return RunOptions(folder, *devices, station_file=station_file, practice_only=practice_only)


def _run_with_practice(chosen: argparse.Namespace) -> int:
    """The program with a practice acceptance system in its own process, so that both end together."""
    from villagedesk.app.paths import practice_data_folder  # noqa: PLC0415

    folder = _data_folder(chosen) if chosen.data is not None else practice_data_folder(_data_folder(chosen))
    if _is_set_up_for_work(folder):
        print(
            f"{folder} is set up for real work; --with-practice needs a folder of its own, named with --data",
            file=sys.stderr,
        )
        return EXIT_NOT_FOR_PRACTICE
    from villagedesk.app.gui import run  # noqa: PLC0415
    from villagedesk.practice.autopilot import AutopilotSetting  # noqa: PLC0415
    from villagedesk.practice.server import PracticeServer  # noqa: PLC0415

    server = PracticeServer(
        folder.with_name(f"{folder.name}-practice"),
        autopilot=AutopilotSetting(accept_after_seconds=_ACCEPTED_AFTER_S),
    )
    try:
        server.start()
    except OSError as error:
        return _cannot_listen(error)
    try:
        station_file = chosen.station_file or server.practice.station_file_path
        return run(_options(chosen, folder, station_file, practice_only=True))
    finally:
        server.stop()


def _is_set_up_for_work(folder: Path) -> bool:
    """Whether the folder was set up for a station that is not one to practise on, or for one nobody can tell of."""
    from villagedesk.app.premises import DataFolder  # noqa: PLC0415
    from villagedesk.app.system_clock import SystemClock  # noqa: PLC0415
    from villagedesk.domain.problems import EnvironmentProblem  # noqa: PLC0415

    premises = DataFolder(folder, SystemClock())
    try:
        return premises.is_set_up() and not premises.station().practice
    except EnvironmentProblem:
        return True


def _practice(chosen: argparse.Namespace) -> int:
    station_file = _prepared(chosen.folder, chosen.port)
    print(f"station file: {station_file}", flush=True)
    if chosen.prepare:
        return 0
    from villagedesk.practice.autopilot import AutopilotSetting  # noqa: PLC0415
    from villagedesk.practice.server import PracticeServer  # noqa: PLC0415

    setting = AutopilotSetting(accept_after_seconds=chosen.autopilot)
    server = PracticeServer(chosen.folder, port=chosen.port, database_url=chosen.database_url, autopilot=setting)
    try:
        server.run(lambda address: print(f"practice acceptance system: {address}", flush=True))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        return _cannot_listen(error)
    return 0


def _cannot_listen(error: OSError) -> int:
    reason = os.strerror(error.errno or 0)
    print(f"the practice system cannot listen: {reason}; is it running already?", file=sys.stderr)
    return 1


def _prepared(folder: Path, port: int = 0) -> Path:
    """Make the practice system's keys, certificate and station file once; gives the station file's path."""
    from villagedesk.practice.station_file import make_practice  # noqa: PLC0415

    return make_practice(folder, port).station_file_path
