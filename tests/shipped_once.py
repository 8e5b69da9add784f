"""What the program ships and never changes, the starter catalogue and the sentences, is read once in a process.

A desk is opened in every other test, and two thirds of that went into parsing the same eighty files of TOML, and most
of the rest into how the names of the same items are spoken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest

from villagedesk.app import composition
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.starter_catalogue import starter
from villagedesk.catalogue import phrases
from villagedesk.domain.messages import Messages
from villagedesk.domain.names_pinyin import syllables

T = TypeVar("T")


def read_shipped_once(patched: pytest.MonkeyPatch) -> None:
    """From now on desks are furnished with what was read before. Other folders are read each time: a test may change
    its copy."""
    resources = resources_folder()
    patched.setattr(composition, "starter", _once(starter, resources))
    sentences = SimpleNamespace(from_folder=_once(Messages.from_folder, messages_folder(resources)))
    patched.setattr(composition, "Messages", sentences)
    patched.setattr(phrases, "syllables", cache(syllables))


def _once(read: Callable[[Path], T], shipped: Path) -> Callable[[Path], T]:
    kept = cache(lambda: read(shipped))
    return lambda folder: kept() if folder == shipped else read(folder)
