"""A fresh place per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.backup.place import Place, new_place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A new installation and its empty medium, closed after the test."""
    place = new_place(tmp_path)
    yield place
    place.close()
