"""What came of a package outlives the program: whole pieces of it, whatever a crash did to the last one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from villagedesk.acceptance.port import CatalogueBegun, CataloguePiece
from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.catalogue_part import CataloguePart

PIECES = (b"the first", b"and the second", b"!")
WHOLE = 100


def piece(number: int, name: str = "v1") -> CataloguePiece:
    here = sum(map(len, PIECES[: number + 1]))
    return CataloguePiece(CatalogueBegun(name, here, WHOLE), PIECES[number])


def kept(path: Path, count: int = 3) -> CataloguePart:
    part = CataloguePart(path)
    for number in range(count):
        part.keep(piece(number))
    return part


def test_another_run_goes_on_where_it_was(tmp_path: Path) -> None:
    kept(tmp_path / "x", 2)
    again = CataloguePart(tmp_path / "x")
    assert again.begun == piece(1).begun
    again.keep(piece(2))
    last = CataloguePart(tmp_path / "x")
    assert last.begun == piece(2).begun
    assert last.data == b"".join(PIECES)


def test_wherever_the_file_ends_its_whole_pieces_count_and_the_next_follows_on_them(tmp_path: Path) -> None:
    path = tmp_path / "x"
    kept(path)
    content = path.read_bytes()
    seen = set()
    for end in range(len(content) + 1):
        for tail in (b"", b"\0" * 40):
            path.write_bytes(content[:end] + tail)
            part = CataloguePart(path)
            here = 0 if part.begun is None else part.begun.here
            wanted = b"".join(PIECES)
            assert (part.data if part.begun else b"") == wanted[:here]
            seen.add(here)
            number = {0: 0, 9: 1, 23: 2}.get(here)
            if number is not None:
                part.keep(piece(number))
                assert CataloguePart(path).begun == piece(number).begun
    assert seen == {0, 9, 23, 24}


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({"name": "", "whole": WHOLE}).encode(),
        json.dumps({"name": 7, "whole": WHOLE}).encode(),
        json.dumps({"name": "村", "whole": WHOLE}).encode(),
        json.dumps({"name": "v1\n", "whole": WHOLE}).encode(),
        json.dumps({"name": "v1", "whole": "100"}).encode(),
        json.dumps({"name": "v1", "whole": 5}).encode(),
        json.dumps({"name": "v1", "whole": MAX_CATALOGUE_BYTES + 1}).encode(),
    ],
)
def test_a_file_that_says_something_else_is_worth_nothing_and_goes(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "x"
    kept(path)
    path.write_bytes(head + b"\n" + path.read_bytes().partition(b"\n")[2])
    part = CataloguePart(path)
    assert part.begun is None
    assert part.data == b""
    assert not path.exists()


def test_a_piece_from_the_first_byte_on_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    kept(tmp_path / "x").keep(piece(0, "v2"))
    again = CataloguePart(tmp_path / "x")
    assert again.begun == piece(0, "v2").begun
    assert again.data == PIECES[0]


def test_what_does_not_follow_on_is_not_kept(tmp_path: Path) -> None:
    part = kept(tmp_path / "x", 1)
    with pytest.raises(ValueError, match="follow"):
        part.keep(piece(2))
    assert part.data == PIECES[0]


def test_what_was_dropped_is_gone(tmp_path: Path) -> None:
    kept(tmp_path / "x").drop()
    assert not (tmp_path / "x").exists()
    assert CataloguePart(tmp_path / "x").begun is None


def test_where_nothing_can_be_written_it_did_not_come(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem):
        kept(tmp_path / "missing" / "x", 1)
    (tmp_path / "folder").mkdir()
    part = kept(tmp_path / "folder" / "x", 1)
    shutil.rmtree(tmp_path / "folder")
    with pytest.raises(EnvironmentProblem):
        part.keep(piece(1))
    assert part.begun == piece(0).begun


def test_a_full_disk_is_told_as_one(tmp_path: Path) -> None:
    part = kept(tmp_path / "x", 1)
    (tmp_path / "x").unlink()
    (tmp_path / "x").symlink_to("/dev/full")
    with pytest.raises(EnvironmentProblem) as caught:
        part.keep(piece(1))
    assert caught.value.key == "store.disk_full"
    assert part.begun == piece(0).begun


def test_a_file_that_somebody_removed_is_written_again(tmp_path: Path) -> None:
    part = kept(tmp_path / "x", 2)
    (tmp_path / "x").unlink()
    part.keep(piece(2))
    again = CataloguePart(tmp_path / "x")
    assert again.begun == piece(2).begun
    assert again.data == b"".join(PIECES)


def test_without_a_file_it_is_kept_for_this_run() -> None:
    part = CataloguePart()
    part.keep(piece(0))
    part.keep(piece(1))
    assert part.data == PIECES[0] + PIECES[1]
