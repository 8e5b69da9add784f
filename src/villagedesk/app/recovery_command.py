"""``villagedesk recovery-key``: the county makes the pair of keys that lets it back into a station it set up."""

from __future__ import annotations

import base64
import getpass
import sys
from pathlib import Path

from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import Problem
from villagedesk.store.recovery_key import make


def make_recovery_key(file: Path, *, ask_passphrase: bool) -> int:
    """Write the private half as PEM; print the public half as station files carry it. Gives the exit code.

    Args:
        file: made; a file that is there is never written over.
        ask_passphrase: ask twice on the terminal, and encrypt the file.
    """
    passphrase = ""
    if ask_passphrase:
        passphrase = getpass.getpass("passphrase: ")
        if not passphrase or getpass.getpass("again: ") != passphrase:
            sys.stderr.write("the passphrases differ, or are empty: nothing was made\n")
            return 1
    try:
        public = make(file, passphrase)
    except Problem as problem:
        sys.stderr.write(f"{Messages.from_folder(messages_folder(resources_folder())).of(problem)}\n")
        return 1
    sys.stdout.write(f"recovery_public_key: {base64.b64encode(public).decode('ascii')}\n")
    return 0
