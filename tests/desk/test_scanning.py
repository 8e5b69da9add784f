"""Pages: from camera or file to a verified file with its row; nothing confirmed is lost, nothing else is kept."""

from __future__ import annotations

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
    assert (page.order, page.byte_count) == (1, len(proposal.image))
    again = window.reopened()
    try:
        assert again.desk.intake.view(case_id).pages == (page,)
        assert again.desk.scanning.image(page.page_id, case_id) == proposal.image
        assert max(shape(again.desk.scanning.thumbnail(page.page_id, case_id, 120))) == 120
    finally:
        again.desk.close()


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
    assert scanning.keep(proposal.proposal_id).byte_count == len(cropped.image)


def test_files_that_are_no_page_are_refused_with_words_and_lose_nothing(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    page = window.desk.scanning.keep(captured(window, case_id))
    table = tmp_path / "table.jpg"
    table.write_bytes(empty_table(7, megapixels=1.2))
    text = tmp_path / "text.jpg"
    text.write_text("不是照片", encoding="utf-8")
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(papers()[0][:2000])
    for file, key in ((table, "imaging.no_paper"), (text, "devices.file_not_image"), (torn, "imaging.truncated")):
        with pytest.raises(InputProblem) as caught:
            window.desk.scanning.import_file(case_id, "id_card", file)
        assert caught.value.key == key
    with pytest.raises(InputProblem, match=r"devices\.file_missing"):
        window.desk.scanning.import_file(case_id, "id_card", tmp_path / "none.jpg")
    assert window.desk.intake.view(case_id).pages == (page,)
    framed = window.desk.scanning.import_file(case_id, "id_card", table, whole_picture=True)
    assert np.allclose(sorted(framed.corners), ((0, 0), (0, 1), (1, 0), (1, 1)), atol=0.01)  # whichever way up


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


def test_a_camera_pulled_out_is_told_and_works_again_when_plugged_in(window: Window) -> None:
    case_id = draft(window)
    heard: list[frozenset[str]] = []
    window.desk.news.subscribe(heard.append)
    window.camera.set_fault(CameraFault.UNPLUGGED)
    with pytest.raises(EnvironmentProblem, match=r"devices\.camera_unplugged|devices\.camera_missing"):
        captured(window, case_id)
    assert not window.desk.scanning.camera().ready
    assert window.desk.scanning.preview() is None
    assert frozenset({"devices"}) in heard
    window.camera.set_fault(CameraFault.NONE)
    window.clock.forward(5)
    assert window.desk.scanning.preview() is not None
    assert window.desk.scanning.camera().ready
    assert captured(window, case_id)


def test_without_a_camera_files_are_all_there_is(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", pictures=())
    try:
        case_id = draft(window)
        with pytest.raises(EnvironmentProblem, match=r"devices\.camera_missing"):
            captured(window, case_id)
        assert window.desk.scanning.preview() is None
    finally:
        window.desk.close()


def test_a_picture_belongs_to_a_line_of_the_items_list(window: Window) -> None:
    case_id = draft(window)
    with pytest.raises(InputProblem, match=r"intake\.item_gone"):
        captured(window, case_id, "marriage_certificate")
