"""The open window that most tests of the desk begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.counter import Window, open_window


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A new window without a printer."""
    opened = open_window(tmp_path / "data")
    yield opened
    opened.desk.close()
