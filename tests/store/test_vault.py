"""The page vault: whole or not there, verified at every reading, and nothing readable from outside."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from tests.store.damage import unreadable
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.vault import ORPHANS_FOLDER, PageVault

KEY = bytes(range(32))
PAGE = b"\xff\xd8\xff\xe0 a photograph of a paper " * 40


@pytest.fixture
def vault(tmp_path: Path) -> PageVault:
    return PageVault(tmp_path / "vault", KEY)


def only_file(vault: PageVault) -> Path:
    (name,) = vault.stored()
    return vault.folder / name


def test_a_page_comes_back_and_its_hash_is_the_plain_sha256(vault: PageVault) -> None:
    sha256 = vault.put("p1", PAGE)
    assert sha256 == hashlib.sha256(PAGE).hexdigest()
    assert vault.get("p1", sha256) == PAGE and vault.verify("p1", sha256)
    assert PageVault(vault.folder, KEY).get("p1", sha256) == PAGE
    assert vault.put("p1", PAGE) == sha256 and len(list(vault.stored())) == 1


def test_equal_pages_of_two_ids_are_two_files_that_look_different(vault: PageVault) -> None:
    sha256 = vault.put("p1", PAGE)
    vault.put("p2", PAGE)
    one, two = (vault.folder / name for name in vault.stored())
    assert sha256 not in one.name and one.read_bytes()[20:] != two.read_bytes()[20:]
    assert b"photograph" not in one.read_bytes() and b"\xff\xd8\xff\xe0" not in one.read_bytes()


@pytest.mark.parametrize("at", [0, 6, 7, 18, 19, 100, -1])
def test_any_changed_byte_is_found(vault: PageVault, at: int) -> None:
    sha256 = vault.put("p1", PAGE)
    file = only_file(vault)
    raw = bytearray(file.read_bytes())
    raw[at] ^= 1
    file.write_bytes(raw)
    with pytest.raises(EnvironmentProblem) as problem:
        vault.get("p1", sha256)
    assert problem.value.key == "store.page_damaged" and not vault.verify("p1", sha256)


@pytest.mark.parametrize("length", [0, 5, 7, 19, 30])
def test_a_cut_file_is_found(vault: PageVault, length: int) -> None:
    sha256 = vault.put("p1", PAGE)
    file = only_file(vault)
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(EnvironmentProblem) as problem:
        vault.get("p1", sha256)
    assert problem.value.key == "store.page_damaged"


def test_a_file_that_cannot_be_read_now_is_not_called_damaged(vault: PageVault) -> None:
    sha256 = vault.put("p1", PAGE)
    with unreadable(only_file(vault)):
        with pytest.raises(EnvironmentProblem) as problem:
            vault.get("p1", sha256)
        assert problem.value.key == "store.page_unreadable" and not vault.verify("p1", sha256)
    assert vault.get("p1", sha256) == PAGE


def test_one_pages_file_under_anothers_name_is_not_taken_for_it(vault: PageVault) -> None:
    sha256 = vault.put("p1", PAGE)
    raw = only_file(vault).read_bytes()
    (vault.folder / vault.name_of("p2", sha256)).write_bytes(raw)
    with pytest.raises(EnvironmentProblem) as problem:
        vault.get("p2", sha256)
    assert problem.value.key == "store.page_damaged"


def test_a_missing_page_and_another_vaults_key_are_told(vault: PageVault) -> None:
    sha256 = vault.put("p1", PAGE)
    for other, page_id in ((vault, "p9"), (PageVault(vault.folder, bytes(32)), "p1")):
        with pytest.raises(EnvironmentProblem) as problem:
            other.get(page_id, sha256)
        assert problem.value.key == "store.page_missing"


def test_a_removed_page_is_gone_and_removing_it_again_is_no_error(vault: PageVault) -> None:
    sha256 = vault.put("p1", PAGE)
    vault.remove("p1", sha256)
    vault.remove("p1", sha256)
    assert list(vault.stored()) == [] and not vault.verify("p1", sha256)


def test_orphans_are_set_aside_not_deleted_and_torn_leftovers_removed(vault: PageVault) -> None:
    named, orphan = vault.put("p1", PAGE), vault.put("p2", PAGE)
    raw = (vault.folder / vault.name_of("p2", orphan)).read_bytes()
    (vault.folder / "torn.1234.part").write_bytes(b"half a page")
    later = PageVault(vault.folder, KEY)
    fresh = later.put("p3", PAGE)
    assert later.set_aside_orphans(frozenset({later.name_of("p1", named)})) == 1
    assert later.verify("p1", named) and later.verify("p3", fresh) and not later.verify("p2", orphan)
    assert (vault.folder / ORPHANS_FOLDER / vault.name_of("p2", orphan)).read_bytes() == raw
    assert not (vault.folder / "torn.1234.part").exists()


@pytest.mark.parametrize(
    ("code", "key"),
    [(errno.ENOSPC, "store.disk_full"), (errno.EDQUOT, "store.disk_full"), (errno.EIO, "store.write_failed")],
)
def test_a_refused_write_is_told_and_leaves_nothing(
    vault: PageVault, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentProblem) as problem:
        vault.put("p1", PAGE)
    assert problem.value.key == key and list(vault.folder.iterdir()) == []
