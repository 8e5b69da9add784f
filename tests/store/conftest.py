"""A fresh store per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.fixtures import OpenedStore, open_store


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenedStore]:
    """A new installation, closed after the test."""
    opened = open_store(tmp_path)
    yield opened
    opened.store.close()
