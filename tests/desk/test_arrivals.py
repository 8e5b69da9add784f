"""Pictures that arrive in a folder: offered while they are new, and remembered when they are done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.desk.counter import Window, open_window, papers
from tests.imaging.scans import pdf_of, scan
from villagedesk.desk.arrivals import Watched, watched_of
from villagedesk.desk.import_views import SeenPage
from villagedesk.devices import picture_folder
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import silent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "phone").mkdir()
    put(tmp_path / "phone", "old.jpg", 0)
    return tmp_path / "phone"


def put(folder: Path, name: str, paper: int, when: int = 10**18) -> None:
    (folder / name).write_bytes(papers()[paper])
    os.utime(folder / name, ns=(when + paper, when + paper))


def offered(window: Window) -> list[str]:
    """After two looks, as a file must look the same twice."""
    window.desk.arrivals.view()
    return [file.name for file in window.desk.arrivals.view().files]


def test_only_what_comes_after_the_folder_was_set_is_offered_and_done_is_done_also_after_a_restart(
    tmp_path: Path, folder: Path
) -> None:
    window = open_window(tmp_path / "data")
    assert window.desk.arrivals.view().folder == ""
    assert window.desk.equipment.watch_folder(f' "{folder}" ') == str(folder)
    assert offered(window) == []
    put(folder, "a.jpg", 0)
    put(folder, "b.jpg", 1)
    assert offered(window) == ["a.jpg", "b.jpg"]
    window.desk.arrivals.done_with([folder / "a.jpg", folder / "never seen.jpg"])
    assert offered(window) == ["b.jpg"]
    window = window.reopened()
    assert offered(window) == ["b.jpg"]
    put(folder, "a.jpg", 1, 2 * 10**18)
    assert offered(window) == ["b.jpg", "a.jpg"], "another picture under a name that was done"
    (folder / "b.jpg").unlink()
    window.desk.arrivals.done_with([folder / "a.jpg"])
    kept = window.store.read(lambda snapshot: watched_of(snapshot.setting("watched_folder")))
    assert sorted(kept.done or {}) == ["a.jpg", "old.jpg"]
    window.desk.close()


def test_a_stick_that_is_pulled_out_is_told_and_nothing_is_forgotten(tmp_path: Path, folder: Path) -> None:
    window = open_window(tmp_path / "data")
    window.desk.equipment.watch_folder(str(folder))
    put(folder, "a.jpg", 0)
    assert offered(window) == ["a.jpg"]
    folder.rename(tmp_path / "away")
    view = window.desk.arrivals.view()
    assert view.trouble is not None
    assert (view.trouble.key, view.trouble.tone, view.files) == ("devices.watched_folder_gone", "warn", ())
    assert window.desk.equipment.view().folder_state.key == "devices.watched_folder_gone"
    window.desk.arrivals.done_with([folder / "a.jpg"])
    (tmp_path / "away").rename(folder)
    put(folder, "b.jpg", 1)
    # the failed look forgot what it had seen of the files, not what was done with them
    assert set(offered(window)) <= {"a.jpg", "b.jpg"}
    assert window.desk.equipment.view().folder_state.key == "equipment.folder_watched"
    window.desk.close()


def test_a_stick_pulled_out_while_its_picture_was_being_looked_at_keeps_what_was_done(
    tmp_path: Path, folder: Path
) -> None:
    window = open_window(tmp_path / "data")
    window.desk.equipment.watch_folder(str(folder))
    put(folder, "a.jpg", 0)
    assert offered(window) == ["a.jpg"]
    folder.rename(tmp_path / "away")
    window.desk.arrivals.done_with([folder / "a.jpg"])
    (tmp_path / "away").rename(folder)
    assert offered(window) == []
    window.desk.close()


def test_a_folder_that_is_none_is_refused_and_none_is_none(tmp_path: Path, folder: Path) -> None:
    window = open_window(tmp_path / "data")
    for wrong in (str(folder / "old.jpg"), str(tmp_path / "nowhere"), "somewhere"):
        with pytest.raises(InputProblem, match=r"equipment\.no_folder"):
            window.desk.equipment.watch_folder(wrong)
    window.desk.equipment.watch_folder(str(folder))
    assert window.desk.equipment.watch_folder("") == ""
    put(folder, "a.jpg", 0)
    assert offered(window) == []
    window.desk.close()


def test_what_was_taken_of_a_file_is_known_until_all_of_it_is(tmp_path: Path, folder: Path) -> None:
    window = open_window(tmp_path / "data")
    window.desk.equipment.watch_folder(str(folder))
    file = folder / "all.pdf"
    file.write_bytes(pdf_of([scan(number) for number in range(3)]))
    assert offered(window) == ["all.pdf"]
    first, second, _ = looked_into(window, file)
    window.desk.arrivals.took([second])
    window = window.reopened()
    assert offered(window) == ["all.pdf"]
    assert [page.taken for page in looked_into(window, file)] == [False, True, False]
    window.desk.arrivals.took([first])
    assert offered(window) == ["all.pdf"]
    file.write_bytes(pdf_of([scan(number) for number in range(4)]))
    assert offered(window) == ["all.pdf"]
    assert not any(page.taken for page in looked_into(window, file)), "another file under that name"
    window.desk.arrivals.took(looked_into(window, file)[:3])
    assert offered(window) == ["all.pdf"]
    window.desk.arrivals.took(looked_into(window, file)[3:])
    assert offered(window) == []
    window.desk.close()


def test_a_file_that_stays_half_written_is_told_and_can_be_put_aside(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_folder, "_STUCK_S", 0.0)
    window = open_window(tmp_path / "data")
    window.desk.equipment.watch_folder(str(folder))
    (folder / "half.jpg").write_bytes(papers()[0][:1000])
    assert offered(window) == []
    assert window.desk.arrivals.view().unfinished == (folder / "half.jpg",)
    window.desk.arrivals.done_with([folder / "half.jpg"])
    assert window.desk.arrivals.view().unfinished == ()
    put(folder, "half.jpg", 0)
    assert offered(window) == ["half.jpg"]
    window.desk.close()


def looked_into(window: Window, file: Path) -> tuple[SeenPage, ...]:
    return window.desk.arrivals.marked(window.desk.importing.look([file], silent)).pages


def test_a_spoilt_setting_is_no_folder() -> None:
    for text in ("", "{", "[]", '{"folder": "/x", "done": {"a": 1}}', '{"folder": "/x", "done": 3}'):
        assert watched_of(text) == Watched() or watched_of(text) == Watched("", {})
    kept = Watched("/x", {"a.jpg": (1, 2)}, {"b.pdf": ((3, 4), (1, 2))})
    assert watched_of(kept.to_text()) == kept
