"""Home visits: planned as drafts, their papers printed beforehand; photographs matched by the slip's barcode."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp

from tests.desk.counter import ID_NUMBER, PROXY_ITEM, Window, open_window, papers
from tests.papers.samples import codes, images, page_texts, squeezed
from villagedesk.desk import visit_pictures
from villagedesk.desk.visits import VisitWish
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.document import DocumentOrigin
from villagedesk.domain.paper_no import is_visit_no
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.progress import silent
from villagedesk.domain.repositories import Transaction

WISH = VisitWish(PROXY_ITEM, "赵二妞", "样张村三组", "13900001111", ID_NUMBER, "2026-11-25", "下午在家")


def slip_picture(window: Window, visit_no: str, file: Path) -> Path:
    """The slip as a telephone sees it."""
    pdf = window.desk.visits.save_papers([visit_no], file.parent).read_bytes()
    images(pdf, 200, grey=False)[1].convert("RGB").save(file)
    return file


def authorization_picture(window: Window, case_id: str, file: Path) -> Path:
    """The signed authorization as a telephone sees it."""
    pdf = window.desk.printing.preview(case_id, PaperKind.PROXY_AUTHORIZATION)
    images(pdf, 200, grey=False)[0].convert("RGB").save(file)
    return file


def paper_picture(number: int, file: Path) -> Path:
    """Some paper, each of another content."""
    file.write_bytes(papers(3)[number])
    return file


def test_a_visit_is_a_draft_that_waits_with_a_number_of_its_own(window: Window) -> None:
    visit = window.desk.visits.plan(WISH)
    other = window.desk.visits.plan(VisitWish(PROXY_ITEM, "王大爷", "样张村一组"))
    assert is_visit_no(visit.visit_no) and visit.visit_no != other.visit_no
    first, second = window.desk.visits.view()
    assert (first.visit, second.visit) == (visit, other), "those without a day come last"
    assert (first.name, first.address, first.phone) == ("赵二妞", "样张村三组", "13900001111")
    assert (first.sentence.key, second.sentence.key) == ("visit.standing.planned", "visit.standing.no_day")
    case = window.desk.cases.case(visit.case_id).case
    assert case.status is CaseStatus.DRAFT and case.applicant.document_number == ID_NUMBER
    window.desk.visits.change(other.visit_no, "2026-11-23", "换个日子")
    assert [one.sentence.key for one in window.desk.visits.view()] == ["visit.standing.today", "visit.standing.planned"]
    window.clock.forward(3 * 86_400)
    assert {one.sentence.key for one in window.desk.visits.view()} == {"visit.standing.late"}
    window.desk.intake.discard(other.case_id)
    assert [one.visit for one in window.desk.visits.view()] == [visit]
    with pytest.raises(InputProblem, match=r"visit\.gone"):
        window.desk.visits.change(other.visit_no, "", "")

    def taken_in(transaction: Transaction) -> None:
        draft = transaction.case(visit.case_id)
        number = transaction.take_local_no(window.clock.now().date())
        transaction.put_case(replace(draft, status=CaseStatus.RECEIVED, local_no=number, revision=1))

    window.store.write(taken_in).result()
    assert not window.desk.visits.view(), "its papers are here"
    assert window.store.read(lambda snapshot: snapshot.visit_of_case(visit.case_id)) == visit


@pytest.mark.parametrize(
    ("wish", "key", "field"),
    [
        (VisitWish(PROXY_ITEM, " ", "样张村"), "visit.name_empty", "name"),
        (VisitWish(PROXY_ITEM, "赵二妞", ""), "visit.address_empty", "address"),
        (VisitWish(PROXY_ITEM, "赵二妞", "样张村", on="改天"), "day.unknown", "on"),
        (VisitWish(PROXY_ITEM, "赵二妞", "样张村", on="2026-11-01"), "visit.day_past", "on"),
        (VisitWish(PROXY_ITEM, "赵二妞", "样张村", note="字" * 101), "visit.note_long", "note"),
    ],
)
def test_what_is_wrong_is_told_and_no_draft_is_begun(window: Window, wish: VisitWish, key: str, field: str) -> None:
    with pytest.raises(InputProblem) as told:
        window.desk.visits.plan(wish)
    assert (told.value.key, told.value.field) == (key, field)
    assert not window.desk.cases.find("")


def test_the_list_the_slips_and_the_authorizations_come_out_together(tmp_path: Path) -> None:
    printer = SimulatedPrinter("窗口打印机")
    window = open_window(tmp_path / "data", printer)
    visits = [window.desk.visits.plan(WISH), window.desk.visits.plan(VisitWish(PROXY_ITEM, "王大爷", "样张村一组"))]
    assert window.desk.visits.print_papers([one.visit_no for one in visits])
    pdf = printer.printed[0].pdf
    texts = [squeezed(text) for text in page_texts(pdf)]
    assert "上门代办清单" in texts[0] and "赵二妞" in texts[0] and "样张村一组" in texts[0] and "下午在家" in texts[0]
    assert "上门收件单" in texts[1] and "居民身份证" in texts[1] and "授权委托书" in texts[3]
    sheets = images(pdf, 300)
    for number, visit in enumerate(visits, start=1):
        assert codes(sheets[number], zxingcpp.BarcodeFormat.Code128) == [visit.visit_no]
        assert codes(sheets[number + 2], zxingcpp.BarcodeFormat.Code128) == [f"W{visit.visit_no[1:]}"]
    assert window.audit_log.entries(1)[0].kind == "visits_printed"
    for wrong, key in (((), "visit.none"), (["V261123-A-0001-0"], "visit.gone"), (["x"] * 31, "visit.too_many")):
        with pytest.raises(InputProblem) as told:
            window.desk.visits.print_papers(wrong)
        assert told.value.key == key
    window.desk.close()


def test_pictures_go_to_the_visit_whose_slip_is_in_them_and_others_are_laid_aside(
    window: Window, tmp_path: Path
) -> None:
    phone = tmp_path / "DCIM" / "Camera"
    phone.mkdir(parents=True)
    first = window.desk.visits.plan(WISH)
    second = window.desk.visits.plan(VisitWish(PROXY_ITEM, "王大爷", "样张村一组"))
    out = tmp_path / "out"
    out.mkdir()
    paper_picture(0, phone / "IMG_1.jpg")
    slip_picture(window, first.visit_no, out / "a.png").rename(phone / "IMG_2.png")
    paper_picture(1, phone / "IMG_3.jpg")
    slip_picture(window, second.visit_no, out / "b.png").rename(phone / "IMG_10.png")
    paper_picture(2, phone / "IMG_11.jpg")
    (phone / "notes.txt").write_text("no picture")
    pictures = window.desk.visit_pictures
    files = pictures.folder(tmp_path / "DCIM")
    found = pictures.look(files, silent).pictures
    assert [one.page.file for one in found] == ["IMG_1.jpg", "IMG_2.png", "IMG_3.jpg", "IMG_10.png", "IMG_11.jpg"]
    assert [one.visit_no for one in found] == ["", first.visit_no, "", second.visit_no, ""]
    assert [one.proposed for one in found] == ["", "", first.visit_no, "", second.visit_no]
    chosen = {one: one.visit_no or one.proposed for one in found if one.visit_no or one.proposed}
    taken = pictures.take(chosen, silent)
    assert taken.counts == {first.visit_no: 2, second.visit_no: 2} and not taken.refused
    assert [len(window.desk.intake.view(one.case_id).waiting) for one in (first, second)] == [2, 2]
    assert [one.waiting for one in window.desk.visits.view()] == [2, 2]
    again = pictures.look(files, silent).pictures
    assert [one.taken for one in again] == [False, True, True, True, True], "none comes twice unseen"
    reopened = window.reopened()
    assert len(reopened.desk.intake.view(first.case_id).waiting) == 2, "what was brought in is on disk"
    reopened.desk.close()


def test_a_telephone_full_of_pictures_gives_the_newest_and_each_once(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_pictures, "MOST_FILES", 3)
    folder = tmp_path / "DCIM"
    folder.mkdir()
    for number, name in enumerate(("a.jpg", "z.jpg", "b.jpg", "b(1).jpg")):
        file = paper_picture(min(number, 2), folder / name)
        os.utime(file, (1_000_000 + number, 1_000_000 + number))
    pictures = window.desk.visit_pictures
    found = pictures.look(pictures.folder(folder), silent)
    assert ([one.page.file for one in found.pictures], found.older) == (["b(1).jpg", "z.jpg"], 1)


def test_what_is_no_picture_or_of_no_open_visit_is_told(window: Window, tmp_path: Path) -> None:
    pictures = window.desk.visit_pictures
    with pytest.raises(InputProblem, match=r"visit\.no_folder"):
        pictures.folder(tmp_path / "nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputProblem, match=r"visit\.no_pictures"):
        pictures.folder(empty)
    visit = window.desk.visits.plan(WISH)
    slip = slip_picture(window, visit.visit_no, tmp_path / "slip.png")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8 not a picture")
    seen = pictures.look([slip, broken], silent)
    assert len(seen.pictures) == 1 and len(seen.refused) == 1
    window.desk.intake.discard(visit.case_id)
    with pytest.raises(InputProblem, match=r"visit\.gone"):
        pictures.take({seen.pictures[0]: visit.visit_no}, silent)


def test_the_authorization_signed_at_home_is_kept_as_that_and_known_after_the_intake_too(
    window: Window, tmp_path: Path
) -> None:
    visit, other = window.desk.visits.plan(WISH), window.desk.visits.plan(VisitWish(PROXY_ITEM, "王大爷", "样张村一组"))
    signed = authorization_picture(window, visit.case_id, tmp_path / "IMG_1.png")
    page = paper_picture(0, tmp_path / "IMG_2.jpg")
    pictures = window.desk.visit_pictures
    found = pictures.look([signed, page], silent).pictures
    assert [(one.visit_no, one.proposed, one.signed) for one in found] == [
        (visit.visit_no, "", True),
        ("", visit.visit_no, False),
    ]
    taken = pictures.take({found[0]: visit.visit_no, found[1]: visit.visit_no}, silent)
    assert (taken.counts, taken.signed) == ({visit.visit_no: 2}, 1)
    assert len(window.desk.intake.view(visit.case_id).waiting) == 1
    (kept,) = window.store.read(lambda snapshot: snapshot.documents(visit.case_id))
    assert kept.origin is DocumentOrigin.AUTHORIZATION and window.vault.verify(kept.page_id, kept.sha256)
    # where the clerk says that it is another's, it is a picture as any other
    again = pictures.take({found[0]: other.visit_no}, silent)
    assert (again.counts, again.signed) == ({other.visit_no: 1}, 0)
    assert not window.store.read(lambda snapshot: snapshot.documents(other.case_id))

    for code in (visit.visit_no, f"W{visit.visit_no[1:]}"):
        assert window.desk.cases.by_number(code) == visit.case_id

    def taken_in(transaction: Transaction) -> None:
        draft = transaction.case(visit.case_id)
        number = transaction.take_local_no(window.clock.now().date())
        transaction.put_case(replace(draft, status=CaseStatus.RECEIVED, local_no=number, revision=1))

    window.store.write(taken_in).result()
    (paper,) = window.desk.signed_papers.from_file(signed)
    assert paper.target is not None
    assert (paper.target.case_id, paper.target.kind) == (visit.case_id, DocumentOrigin.AUTHORIZATION)


def test_a_draft_thrown_away_takes_its_signed_authorization_along(window: Window, tmp_path: Path) -> None:
    visit = window.desk.visits.plan(WISH)
    signed = authorization_picture(window, visit.case_id, tmp_path / "IMG_1.png")
    (picture,) = window.desk.visit_pictures.look([signed], silent).pictures
    window.desk.visit_pictures.take({picture: visit.visit_no}, silent)
    (kept,) = window.store.read(lambda snapshot: snapshot.documents(visit.case_id))
    window.desk.intake.discard(visit.case_id)
    assert not window.store.read(lambda snapshot: snapshot.documents_of_pages([kept.page_id]))
    assert not window.vault.verify(kept.page_id, kept.sha256)
