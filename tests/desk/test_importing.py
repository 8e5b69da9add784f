"""Looking into files and taking their pages: order, what is told, what is kept meanwhile, stopping."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from tests.desk.counter import SYSTEM_ITEM, Window, papers
from tests.faults.importers_hostile import locked
from tests.imaging.scans import pdf_of, scan, scan_bytes
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.import_views import Pasted
from villagedesk.desk.importing import MOST_FILES, MOST_PAGES
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import Cancelled, silent

_SMALL = (827, 1170)


def draft(window: Window) -> str:
    return window.desk.intake.start(SYSTEM_ITEM).case.case_id


def test_pages_come_by_file_name_as_people_count_and_in_each_file_in_order(window: Window, tmp_path: Path) -> None:
    for name in ("10.png", "9.png", "a 2.png"):
        scan(1, _SMALL).save(tmp_path / name)
    (tmp_path / "9a.pdf").write_bytes(pdf_of([scan(number, _SMALL) for number in range(3)], 100))
    told: list[tuple[int, int]] = []
    files = [tmp_path / name for name in ("a 2.png", "10.png", "9a.pdf", "9.png")]
    seen = window.desk.importing.look(files, lambda done, total: told.append((done, total)))
    assert [(page.file, page.number, page.of) for page in seen.pages] == [
        ("9.png", 1, 1), ("9a.pdf", 1, 3), ("9a.pdf", 2, 3), ("9a.pdf", 3, 3), ("10.png", 1, 1), ("a 2.png", 1, 1),
    ]  # fmt: skip
    assert all(page.sure and page.corners is None and page.thumbnail[:2] == b"\xff\xd8" for page in seen.pages)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (5, 6)


def test_a_page_is_taken_as_it_was_seen_and_nothing_but_it_is_in_a_file(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    (tmp_path / "扫描.pdf").write_bytes(pdf_of([scan(4)]))
    (tmp_path / "照片.jpg").write_bytes(papers()[0])
    seen = window.desk.importing.look([tmp_path / "扫描.pdf", tmp_path / "照片.jpg"], silent)
    assert list(window.vault.stored()) == []
    scanned, taken = (window.desk.scanning.import_page(case_id, "id_card", page) for page in seen.pages)
    assert scanned.sure and scanned.uploaded and not scanned.warnings
    assert np.allclose(sorted(scanned.corners), ((0, 0), (0, 1), (1, 0), (1, 1)), atol=0.001)  # whichever way up
    assert taken.sure and seen.pages[1].corners is not None
    assert np.allclose(taken.corners, seen.pages[1].corners, atol=0.02)
    kept = [window.desk.scanning.keep(proposal.proposal_id) for proposal in (scanned, taken)]
    assert [page.order for page in kept] == [1, 2]
    assert (sorted((kept[0].width, kept[0].height)), kept[0].dpi) == ([1654, 2339], 200)


def test_a_small_paper_scanned_finely_is_not_called_coarse_and_a_coarse_one_is(window: Window) -> None:
    """A picture does not tell a paper's size; a PDF does. An A6 page, at 300 dpi and at 150."""
    case_id = draft(window)
    for size, dpi, coarse in (((1240, 1748), 300, False), ((620, 874), 150, True)):
        file = Pasted(pdf_of([scan(1, size)], dpi), "x")
        (page,) = window.desk.importing.look([file], silent).pages
        keys = [warning.key for warning in window.desk.scanning.import_page(case_id, "id_card", page).warnings]
        assert ("imaging.warning.low_resolution" in keys) is coarse


def test_what_was_not_sure_stays_so_and_says_why(window: Window, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (700, 900, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "table.png")
    (page,) = window.desk.importing.look([tmp_path / "table.png"], silent).pages
    assert not page.sure
    case_id = draft(window)
    proposal = window.desk.scanning.import_page(case_id, "id_card", page)
    assert not proposal.sure
    assert proposal.warnings[0].key == "imaging.warning.whole"
    put_by = window.desk.scanning.reopen(proposal.proposal_id, case_id)
    assert (put_by.sure, put_by.warnings) == (False, proposal.warnings)
    turned = window.desk.scanning.turn(proposal.proposal_id, 1)
    assert (turned.sure, turned.warnings) == (False, proposal.warnings), "that says nothing of the edges"
    again = window.reopened()
    try:
        asked = again.desk.scanning.reopen(proposal.proposal_id, case_id)
        assert (asked.sure, asked.warnings, asked.image) == (False, turned.warnings, turned.image)
        cut = again.desk.scanning.crop(proposal.proposal_id, ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)))
        assert cut.sure and "imaging.warning.whole" not in {warning.key for warning in cut.warnings}
    finally:
        again.desk.close()
    last = window.reopened()
    try:
        assert last.desk.scanning.reopen(proposal.proposal_id, case_id).sure
    finally:
        last.desk.close()


def test_each_refusal_names_its_file_and_the_rest_is_there(window: Window, tmp_path: Path) -> None:
    messages = Messages.from_folder(messages_folder(resources_folder()))
    (tmp_path / "合同.docx").write_bytes(b"PK\x03\x04 [Content_Types].xml word/")
    (tmp_path / "密码.pdf").write_bytes(locked())
    (tmp_path / "好.png").write_bytes(scan_bytes(1))
    (tmp_path / "发票.ofd").write_bytes(b"PK\x03\x04 OFD.xml")
    (tmp_path / "夹").mkdir()
    seen = window.desk.importing.look([*tmp_path.glob("*.*"), tmp_path / "夹", tmp_path / "没有.jpg"], silent)
    assert [page.file for page in seen.pages] == ["好.png"]
    said = {str(problem.params["name"]): messages.of(problem) for problem in seen.refused}
    advice = {
        "合同.docx": "另存为 PDF",
        "密码.pdf": "密码",
        "发票.ofd": "OFD 阅读器",
        "夹": "文件夹",
        "没有.jpg": "找不到",
    }
    for name, words in advice.items():
        assert words in said[name] and name in said[name]


def test_names_that_would_turn_a_sentence_round_or_break_its_line_are_shown_plain(
    window: Window, tmp_path: Path
) -> None:
    file = tmp_path / "身份证\u202egpj.\nexe"
    file.write_bytes(b"MZ")
    (problem,) = window.desk.importing.look([file], silent).refused
    assert not {"\u202e", "\n"} & {*str(problem.params["name"])}
    (problem,) = window.desk.importing.look([tmp_path / ("长" * 80)], silent).refused
    assert len(str(problem.params["name"])) <= 40


def test_pictures_that_are_left_out_are_told(window: Window) -> None:
    file = io.BytesIO()
    scan(1, _SMALL).save(file, "GIF", save_all=True, append_images=[scan(2, _SMALL)])
    seen = window.desk.importing.look([Pasted(file.getvalue(), "粘贴的图片")], silent)
    assert [(note.key, note.params["name"]) for note in seen.notes] == [("files.first_only", "粘贴的图片")]
    assert len(seen.pages) == 1


def test_too_many_at_once_is_told_before_anything_is_read(window: Window, tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match=r"files\.too_many$"):
        window.desk.importing.look([tmp_path / "x"] * (MOST_FILES + 1), silent)
    assert MOST_PAGES >= 100


def test_a_file_that_changed_after_it_was_seen_is_not_taken_for_it(window: Window, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(scan_bytes(1))
    (page,) = window.desk.importing.look([file], silent).pages
    file.write_bytes(scan_bytes(2))
    window.desk.importing.look([Pasted(scan_bytes(3), "x")], silent)
    with pytest.raises(InputProblem) as caught:
        window.desk.scanning.import_page(draft(window), "id_card", page)
    assert (caught.value.key, caught.value.params["name"]) == ("files.changed", "a.png")


def test_a_file_whose_pages_are_all_bad_is_given_up_soon(window: Window) -> None:
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(20):
            document.add_blank_page(page_size=(3, 9000))
        document.save(out)
    seen = window.desk.importing.look([Pasted(out.getvalue(), "x")], silent)
    assert [problem.key for problem in seen.refused] == ["files.page_unreadable"] * 3 + ["files.rest_left"]
    assert seen.refused[-1].params["number"] == 4


def test_stopped_between_pages_it_says_so_and_works_again(window: Window, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of([scan(number, _SMALL) for number in range(4)], 100))
    ended: list[type[Exception]] = []

    def stop(done: int, _total: int) -> None:
        if done == 2:
            thread = threading.Thread(target=window.desk.importing.stop)
            thread.start()
            thread.join()

    try:
        window.desk.importing.look([tmp_path / "a.pdf"], stop)
    except Cancelled as cancelled:
        ended.append(type(cancelled))
    assert ended == [Cancelled]
    assert len(window.desk.importing.look([tmp_path / "a.pdf"], silent).pages) == 4
