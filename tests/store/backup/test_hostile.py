"""A medium somebody made to do harm: a clear sentence, little memory, nothing outside it touched."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tracemalloc
from pathlib import Path

import pytest

from tests.store.backup.place import Place
from tests.store.fixtures import CLERK, PASSWORD, FixedClock
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.domain.restoring import BackupFound
from villagedesk.store.backup.install import is_empty_of_data
from villagedesk.store.backup.layout import LABEL_FILE, MANIFEST
from villagedesk.store.backup.look import look
from villagedesk.store.backup.restore import Wish, restore

_GIGABYTE = 1 << 30
_FILES = ("label.json", "epochs.json", "manifest", "slots-a", "slots-b", "database")


@pytest.fixture
def backed_up(place: Place) -> Place:
    """One backup on the medium."""
    place.take_in(2)
    place.back_up()
    return place


def _file(place: Place, name: str) -> Path:
    folder = place.on_medium.path
    return folder / name if name.endswith("json") else look(place.medium)[0].folder / name


@pytest.mark.parametrize("name", _FILES)
def test_any_file_made_into_anything(backed_up: Place, tmp_path: Path, name: str) -> None:
    saved = tmp_path / "saved"
    shutil.copytree(backed_up.medium, saved)
    for kind in ("gigabyte", "deep", "types", "link", "folder", "pipe"):
        shutil.rmtree(backed_up.medium)
        shutil.copytree(saved, backed_up.medium)
        generation = look(backed_up.medium)[0].folder
        _spoil(_file(backed_up, name), kind)
        new = tmp_path / kind
        tracemalloc.start()
        try:
            with contextlib.suppress(Problem):
                assert all(len(each.station_name) <= 60 for each in look(backed_up.medium))
            try:
                restore(Wish(generation, new, CLERK, None), PASSWORD, backed_up.opened.clock)
                assert name in ("label.json", "epochs.json", "slots-a", "slots-b"), kind
            except Problem:
                assert is_empty_of_data(new), kind
            try:
                backed_up.back_up()
            except EnvironmentProblem as problem:
                assert problem.key.startswith("backup.medium_"), kind
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 32 << 20, kind


def _spoil(file: Path, kind: str) -> None:
    file.unlink()
    if kind == "gigabyte":
        with file.open("wb") as sparse:
            sparse.truncate(_GIGABYTE)
    elif kind == "deep":
        file.write_bytes(b"[" * 60_000)
    elif kind == "types":
        file.write_bytes(b'{"letters": {"A": 1}, "format": "villagedesk-backup", "station": ["x"], "body": 3}')
    elif kind == "link":
        file.symlink_to("/etc/passwd")
    elif kind == "folder":
        file.mkdir()
    else:
        os.mkfifo(file)


def test_names_that_lead_elsewhere_are_no_names(backed_up: Place, tmp_path: Path) -> None:
    root = backed_up.on_medium.path
    for name in ("..", "...", "20261123", "20261123T010000Z..", "con", "a" * 200):
        (root / "generations" / name).mkdir(exist_ok=True)
        (root / "pages" / name).mkdir(exist_ok=True)
    (tmp_path / "elsewhere").mkdir()
    (root / "generations" / "20200101T000000Z").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert len(look(backed_up.medium)) == 1
    backed_up.back_up()
    assert (tmp_path / "elsewhere").exists()
    outside = BackupFound(tmp_path / "elsewhere", "", "", backed_up.opened.clock.now(), ())
    with pytest.raises(EnvironmentProblem):
        restore(Wish(outside.folder, tmp_path / "new", CLERK, None), PASSWORD, backed_up.opened.clock)


def test_a_name_made_to_mislead_is_not_shown(backed_up: Place) -> None:
    label = backed_up.on_medium.path / LABEL_FILE
    for name in ("x" * 61, "a\u202eb", "a\nb", "", 5):
        label.write_text(json.dumps({"format": "villagedesk-backup", "station": name}), encoding="utf-8")
        assert look(backed_up.medium)[0].station_name == ""


def test_a_manifest_of_another_generation_is_not_this_ones(backed_up: Place, tmp_path: Path) -> None:
    backed_up.take_in(1)
    backed_up.back_up()
    newest, before = look(backed_up.medium)
    for name in ("database", "manifest"):
        (newest.folder / name).write_bytes((before.folder / name).read_bytes())
    with pytest.raises(EnvironmentProblem, match=r"restoring\.damaged"):
        backed_up.restore(tmp_path / "new")


def test_slots_that_ask_for_a_thousand_gigabytes_are_refused(backed_up: Place, tmp_path: Path) -> None:
    import hashlib

    for name in ("slots-a", "slots-b"):
        file = look(backed_up.medium)[0].folder / name
        outer = json.loads(file.read_bytes())
        body = json.loads(outer["body"])
        body["clerks"][0]["memory_kib"] = 1 << 30
        text = json.dumps(body, ensure_ascii=False)
        outer.update(body=text, sha256=hashlib.sha256(text.encode()).hexdigest())
        file.write_text(json.dumps(outer, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match=r"restoring\.damaged|store\.slots_lost"):
        backed_up.restore(tmp_path / "new")


def test_too_many_folders_are_not_read(backed_up: Place) -> None:
    for number in range(600):
        (backed_up.on_medium.generations / f"junk{number}").mkdir()
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_strange"):
        look(backed_up.medium)


def test_a_folder_without_backups_has_none(tmp_path: Path) -> None:
    assert look(tmp_path) == ()
    assert MANIFEST not in {path.name for path in tmp_path.iterdir()}
    with pytest.raises(EnvironmentProblem):
        restore(Wish(tmp_path / "x" / "y" / "z", tmp_path / "new", CLERK, None), PASSWORD, FixedClock())
