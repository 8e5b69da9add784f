"""The open window that most tests of the desk begin with, and pages that are made once of each photograph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.counter import Window, open_window
from tests.imaged_once import once
from villagedesk.desk import proposals
from villagedesk.imaging.page import make_page


@pytest.fixture(autouse=True, scope="package")
def pages_made_once() -> Iterator[None]:
    """How pages are made is tried elsewhere, and takes most of the time of a desk's tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(proposals, "make_page", once(make_page))
        yield


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A new window without a printer."""
    opened = open_window(tmp_path / "data")
    yield opened
    opened.desk.close()
