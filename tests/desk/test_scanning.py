"""Pages: from camera or file to a verified file with its row; nothing confirmed is lost, nothing else is kept."""

from __future__ import annotations

import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.desk.counter import SYSTEM_ITEM, Window, open_window, papers, taken_in
from villagedesk.demo.photographs import empty_table
from villagedesk.devices.camera_simulated import CameraFault
from villagedesk.domain.case import MaterialState, Trust
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.transaction import SqlTransaction
from villagedesk.store.vault import PageVault


def draft(window: Window) -> str:
    return window.desk.intake.start(SYSTEM_ITEM).case.case_id


def captured(window: Window, case_id: str, requirement_id: str = "id_card") -> str:
    return window.desk.scanning.capture(case_id, requirement_id).proposal_id


def orders(window: Window, case_id: str) -> list[tuple[str, int]]:
    return [(page.page_id, page.order) for page in window.desk.intake.view(case_id).pages]


def shape(jpeg: bytes) -> tuple[int, int]:
    """Height and width, by another decoder than the program's way in."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.shape[0], picture.shape[1]


def test_a_kept_page_is_saved_verified_and_there_after_a_restart(window: Window) -> None:
    case_id = draft(window)
    proposal = window.desk.scanning.capture(case_id, "id_card")
    assert proposal.sure
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in proposal.corners)
    page = window.desk.scanning.keep(proposal.proposal_id)
    kept = window.vault.get(page.page_id, page.sha256)
    assert (page.order, page.byte_count, page.media_type) == (1, len(kept), "application/pdf")
    assert kept.startswith(b"%PDF-")
    again = window.reopened()
    try:
        assert again.desk.intake.view(case_id).pages == (page,)
        assert again.desk.scanning.image(page.page_id, case_id) == proposal.image, "what was agreed to is what is kept"
        assert shape(proposal.image) == (page.height, page.width)
        assert max(shape(again.desk.scanning.thumbnail(page.page_id, case_id, 120))) == 120
    finally:
        again.desk.close()


def test_a_page_kept_as_jpeg_by_an_earlier_version_is_shown_as_it_was(window: Window) -> None:
    case_id = draft(window)
    page = window.desk.scanning.keep(captured(window, case_id))
    old = cv2.imencode(".jpg", np.full((900, 600, 3), 200, np.uint8))[1].tobytes()
    page_id = str(uuid.uuid4())
    sha256 = window.vault.put(page_id, old)
    before = replace(page, page_id=page_id, order=2, sha256=sha256, byte_count=len(old), media_type="image/jpeg")
    window.store.write(lambda transaction: transaction.add_page(before)).result()
    assert window.desk.scanning.image(page_id, case_id) == old
    assert shape(window.desk.scanning.thumbnail(page_id, case_id, 90)) == (90, 60)


def test_a_damaged_page_is_told_and_the_others_are_shown(window: Window) -> None:
    case_id = draft(window)
    page = window.desk.scanning.keep(captured(window, case_id))
    broken = window.vault.get(page.page_id, page.sha256)[:200]
    page_id = str(uuid.uuid4())
    sha256 = window.vault.put(page_id, broken)
    torn = replace(page, page_id=page_id, order=2, sha256=sha256, byte_count=len(broken))
    window.store.write(lambda transaction: transaction.add_page(torn)).result()
    for show in (window.desk.scanning.image, partial(window.desk.scanning.thumbnail, longest_side=90)):
        with pytest.raises(InputProblem, match=r"imaging\.truncated"):
            show(page_id, case_id)
        assert shape(show(page.page_id, case_id))


def test_cut_off_between_vault_and_row_leaves_no_row(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = draft(window)
    proposal_id = captured(window, case_id)

    class PulledPlug(BaseException):
        pass

    def plug(*_: Any) -> None:
        raise PulledPlug

    with monkeypatch.context() as patch:
        patch.setattr(SqlTransaction, "add_page", plug)
        with pytest.raises(PulledPlug):
            window.desk.scanning.keep(proposal_id)
    assert len(list(window.vault.stored())) == 2  # the page without a row, and its photograph
    assert window.desk.intake.view(case_id).pages == ()


def test_a_full_disk_while_keeping_loses_nothing(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = draft(window)
    proposal_id = captured(window, case_id)

    def full(*_: Any) -> None:
        raise EnvironmentProblem("store.disk_full")

    for owner, method in ((PageVault, "put"), (SqlTransaction, "add_page")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, method, full)
            with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
                window.desk.scanning.keep(proposal_id)
        assert len(list(window.vault.stored())) == 1  # the photograph
    page = window.desk.scanning.keep(proposal_id)
    assert window.desk.intake.view(case_id).pages == (page,)


def test_a_removed_page_comes_back_where_it_was_and_is_gone_after_the_session(window: Window) -> None:
    case_id = draft(window)
    scanning = window.desk.scanning
    first, second, third = (scanning.keep(captured(window, case_id)).page_id for _ in range(3))
    scanning.remove(second, case_id)
    assert orders(window, case_id) == [(first, 1), (third, 2)]
    scanning.undo_remove(second, case_id)
    assert orders(window, case_id) == [(first, 1), (second, 2), (third, 3)]
    scanning.remove(second, case_id)
    again = window.reopened()
    try:
        assert len(list(again.vault.stored())) == 4  # two pages with their photographs
        with pytest.raises(InputProblem, match=r"scanning\.page_gone"):
            again.desk.scanning.undo_remove(second, case_id)
        assert all(again.vault.verify(page.page_id, page.sha256) for page in again.desk.intake.view(case_id).pages)
    finally:
        again.desk.close()


def test_pages_of_a_case_taken_in_cannot_be_removed(window: Window) -> None:
    case_id = taken_in(window)
    page = window.desk.cases.case(case_id).pages[0]
    with pytest.raises(InputProblem, match=r"intake\.not_a_draft"):
        window.desk.scanning.remove(page.page_id, case_id)
    assert window.vault.verify(page.page_id, page.sha256)


def test_turning_turns_the_page_and_back_again(window: Window) -> None:
    case_id = draft(window)
    scanning = window.desk.scanning
    proposal = scanning.capture(case_id, "id_card")
    turned = scanning.turn(proposal.proposal_id, 1)
    assert shape(turned.image) == shape(proposal.image)[::-1]
    assert turned.corners == proposal.corners[-1:] + proposal.corners[:-1]
    assert scanning.turn(proposal.proposal_id, -1).image == proposal.image


def test_the_clerks_corners_are_taken(window: Window) -> None:
    case_id = draft(window)
    scanning = window.desk.scanning
    proposal = scanning.capture(case_id, "id_card")
    half = tuple(((x + 0.5) / 2, (y + 0.5) / 2) for x, y in proposal.corners)
    cropped = scanning.crop(proposal.proposal_id, (half[0], half[1], half[2], half[3]))
    assert np.allclose(cropped.corners, half, atol=1e-6)
    assert cropped.sure
    with pytest.raises(InputProblem, match=r"imaging\.bad_corners"):
        scanning.crop(proposal.proposal_id, (half[0], half[0], half[0], half[0]))
    page = scanning.keep(proposal.proposal_id)
    assert (page.height, page.width) == shape(cropped.image)


def test_files_that_are_no_page_are_refused_with_words_and_lose_nothing(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    page = window.desk.scanning.keep(captured(window, case_id))
    table = tmp_path / "table.jpg"
    table.write_bytes(empty_table(7, megapixels=1.2))
    text = tmp_path / "text.jpg"
    text.write_text("不是照片", encoding="utf-8")
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(papers()[0][:2000])
    for file, key in ((text, "files.kind_other"), (torn, "files.damaged"), (tmp_path / "none.jpg", "files.missing")):
        with pytest.raises(InputProblem) as caught:
            window.desk.scanning.import_file(case_id, "id_card", file)
        assert (caught.value.key, caught.value.params["name"]) == (key, file.name)
    assert window.desk.intake.view(case_id).pages == (page,)
    for whole in (False, True):
        framed = window.desk.scanning.import_file(case_id, "id_card", table, whole_picture=whole)
        assert np.allclose(sorted(framed.corners), ((0, 0), (0, 1), (1, 0), (1, 1)), atol=0.01)  # whichever way up
        assert framed.sure is whole, "a picture without a paper is taken only when the clerk says so"


def test_an_imported_photograph_becomes_a_page(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    file = tmp_path / "照片.jpg"
    file.write_bytes(papers()[1])
    proposal = window.desk.scanning.import_file(case_id, "household_register", file)
    assert window.desk.scanning.keep(proposal.proposal_id).requirement_id == "household_register"


def test_what_comes_out_of_a_file_counts_as_uploaded_until_the_clerk_says_more(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    file = tmp_path / "one.jpg"
    file.write_bytes(papers()[1])

    def trust() -> Trust:
        lines = window.desk.intake.view(case_id).checklist
        return next(line.trust for line in lines if line.requirement.requirement_id == "household_register")

    captured(window, case_id)
    assert all(line.trust is Trust.CHECKED for line in window.desk.intake.view(case_id).checklist)
    for expected in (Trust.UPLOADED, Trust.CHECKED):
        proposal = window.desk.scanning.import_file(case_id, "household_register", file)
        window.desk.scanning.keep(window.desk.scanning.turn(proposal.proposal_id, 1).proposal_id)
        assert trust() is expected
        window.desk.intake.set_material(case_id, "household_register", MaterialState.TAKEN, trust=Trust.CHECKED)


def test_taking_a_page_of_a_file_back_takes_back_that_it_counts_as_uploaded(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    file = tmp_path / "one.jpg"
    file.write_bytes(papers()[1])

    def imported() -> None:
        window.desk.scanning.keep(window.desk.scanning.import_file(case_id, "id_card", file).proposal_id)

    def trusts() -> list[Trust]:
        return [one.trust for one in window.desk.intake.view(case_id).case.materials]

    imported()
    imported()
    window.desk.pages.undo(case_id)
    assert trusts() == [Trust.UPLOADED], "the first page is one, too"
    window.desk.pages.undo(case_id)
    window.desk.scanning.keep(captured(window, case_id))
    assert trusts() == []
    window.desk.intake.set_material(case_id, "id_card", MaterialState.NOT_NEEDED)
    window.desk.pages.undo(case_id)
    imported()
    assert trusts() == [Trust.UPLOADED]
    window.desk.pages.undo(case_id)
    (before,) = window.desk.intake.view(case_id).case.materials
    assert before.state is MaterialState.NOT_NEEDED


def test_what_the_clerk_noted_since_stays_when_a_page_of_a_file_is_taken_back(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    file = tmp_path / "one.jpg"
    file.write_bytes(papers()[1])
    window.desk.scanning.keep(window.desk.scanning.import_file(case_id, "id_card", file).proposal_id)
    window.desk.intake.set_material(case_id, "id_card", MaterialState.TAKEN, trust=Trust.ISSUED, copies=3)
    noted = window.desk.intake.view(case_id).case.materials
    window.desk.pages.undo(case_id)
    view = window.desk.intake.view(case_id)
    assert (view.pages, view.case.materials) == ((), noted)


def test_a_camera_pulled_out_is_told_and_works_again_when_plugged_in(window: Window) -> None:
    case_id = draft(window)
    heard: list[frozenset[str]] = []
    window.desk.news.subscribe(heard.append)
    window.camera.set_fault(CameraFault.UNPLUGGED)
    with pytest.raises(EnvironmentProblem, match=r"devices\.camera_unplugged|devices\.camera_missing"):
        captured(window, case_id)
    assert not window.desk.scanning.camera().ready
    assert window.desk.live.look() is None
    assert frozenset({"devices"}) in heard
    window.camera.set_fault(CameraFault.NONE)
    window.clock.forward(5)
    assert window.desk.live.look() is not None
    assert window.desk.scanning.camera().ready
    assert captured(window, case_id)


def test_without_a_camera_files_are_all_there_is(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", pictures=())
    try:
        case_id = draft(window)
        with pytest.raises(EnvironmentProblem, match=r"devices\.camera_missing"):
            captured(window, case_id)
        assert window.desk.live.look() is None
    finally:
        window.desk.close()


def test_a_picture_belongs_to_a_line_of_the_items_list(window: Window) -> None:
    case_id = draft(window)
    with pytest.raises(InputProblem, match=r"intake\.item_gone"):
        captured(window, case_id, "marriage_certificate")
