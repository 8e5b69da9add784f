"""``villagedesk verify-archive``: whether an archive package is whole, for the station, the county and the archive."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.domain.messages import Messages
from villagedesk.reports.archive_check import check_package
from villagedesk.reports.archive_package import typed_passphrase


def verify_archive(file: Path, passphrase: Callable[[], str]) -> int:
    """Print a line for each thing that is wrong, then what was looked at. Gives the exit code: 0 when all is well.

    Args:
        passphrase: gives it; it never comes on the command line, which others can see.
    """
    text = Messages.from_folder(messages_folder(resources_folder())).text
    try:
        checked = check_package(file, typed_passphrase(passphrase()))
    except OSError as error:
        sys.stderr.write(f"{text('archive.check.no_file', file=file, why=os.strerror(error.errno or 0))}\n")
        return 1
    for finding in checked.findings:
        sys.stdout.write(f"{text(finding.key, **finding.params)}\n")
    if checked.findings:
        sys.stdout.write(f"{text('archive.check.bad', count=len(checked.findings))}\n")
        return 1
    if checked.not_here:
        sys.stdout.write(f"{text('archive.check.not_here', count=checked.not_here)}\n")
    sys.stdout.write(f"{text('archive.check.good', cases=checked.cases, files=checked.files)}\n")
    return 0
