"""The first window says nothing but what ``door.toml`` holds: no other file of the catalogue is read for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, Village
from tests.ui.pages.entry import FirstRunPage, SignInPage
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.domain.messages import DOOR_FILE, Messages
from villagedesk.domain.roles import Role


@pytest.fixture
def door_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue's folder in which ``door.toml`` lies alone; windows are opened with it."""
    folder = tmp_path / "messages"
    folder.mkdir()
    shutil.copy(messages_folder(resources_folder()) / DOOR_FILE, folder)
    catalogue = Messages.door_first(folder)
    monkeypatch.setattr("tests.ui.conftest.messages", lambda: catalogue)
    return folder


def _lay_the_others_beside(folder: Path) -> None:
    shutil.copytree(messages_folder(resources_folder()), folder, dirs_exist_ok=True)


@pytest.mark.parametrize("waiting", [0, 3])
def test_sign_in(
    qtbot: QtBot,
    open_window: OpenWindow,
    village: Village,
    door_alone: Path,
    monkeypatch: pytest.MonkeyPatch,
    waiting: int,
) -> None:
    monkeypatch.setattr(village.premises, "waiting", lambda: waiting)
    page = SignInPage(qtbot, open_window(village))
    assert (str(waiting) in page.text("waiting_count")) == bool(waiting)
    _lay_the_others_beside(door_alone)  # what is said while the window is put away is read then


def test_first_run(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path, door_alone: Path) -> None:
    page = FirstRunPage(qtbot, open_window(Village(tmp_path)))
    page.until(lambda: page.focused() == "station_file")
    _lay_the_others_beside(door_alone)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_named(
    qtbot: QtBot,
    open_window: OpenWindow,
    village: Village,
    door_alone: Path,
    monkeypatch: pytest.MonkeyPatch,
    role: Role,
) -> None:
    monkeypatch.setattr(village.premises, "clerks_with_roles", lambda: ((CLERK, role),))
    page = SignInPage(qtbot, open_window(village))
    assert CLERK in page.clerks()[0]
    _lay_the_others_beside(door_alone)
