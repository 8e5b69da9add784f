"""The annex form at the desk: proposed with reasons, kept, printed, saved, and joined with those of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, Window, open_window
from tests.papers.samples import page_texts, squeezed
from tests.reports.annex_at_hand import BY_HAND, FULL, typed_form
from villagedesk.desk.annex import SETTING
from villagedesk.devices.ports import PrinterInfo
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.annex import SentRow, TroubleKind
from villagedesk.domain.annex_words import HEADS, TITLE
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.reports.annex_workbook import read_annex
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.link_finding import Finding
from villagedesk.sync.link_layers import Layer, LayerName, Mark
from villagedesk.sync.status import SyncStatus


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def printing(tmp_path: Path) -> Iterator[Window]:
    """A window with a printer."""
    window = open_window(tmp_path / "data", SimulatedPrinter("窗口打印机"))
    yield window
    window.desk.close()


def logged(window: Window) -> list[tuple[str, str]]:
    """What the log names of it, oldest first."""
    wanted = frozenset({str(Deed.ANNEX_PRINTED), str(Deed.ANNEX_SAVED)})
    return [(one.kind, one.detail["rows"]) for one in reversed(window.audit_log.entries(100, kinds=wanted))]


def test_what_the_program_sees_is_proposed_with_its_reason(printing: Window) -> None:
    view = printing.desk.annex.view()
    assert (view.county, view.row.township, view.row.village) == ("宝丰县", "", "柳林村")
    assert view.saved_on is None and view.filled_by == CLERK
    answers = {name: one.answer for name, one in view.proposed.items()}
    assert answers == {"computers": 1, "printers": 1, "cameras": 1}
    assert view.proposed["printers"].why.params == {"count": 1, "name": "窗口打印机"}


def test_a_printer_that_makes_files_is_none_and_no_printer_is_nought(tmp_path: Path) -> None:
    class Several:
        def printers(self) -> tuple[PrinterInfo, ...]:
            return (PrinterInfo("Microsoft Print to PDF", is_default=True), PrinterInfo("HP 1020"))

        def printer(self, name: str) -> None:
            return None

    window = open_window(tmp_path / "data", printers=Several())
    assert window.desk.annex.view().proposed["printers"].answer == 1
    window.desk.close()
    window = open_window(tmp_path / "other", pictures=())
    proposed = window.desk.annex.view().proposed
    assert (proposed["printers"].answer, proposed["cameras"].answer) == (0, 0)
    window.desk.close()


def test_the_link_is_proposed_only_where_it_is_proven(window: Window) -> None:
    broken = Layer(LayerName.INTERNET, Mark.BROKEN, Finding.INTERNET_DOWN)
    window.link.publish(SyncStatus(link=LinkState(LinkKind.NO_NETWORK, layers=(broken,))))
    assert not {"internet", "extranet"} & window.desk.annex.view().proposed.keys()
    layer = Layer(LayerName.INTERNET, Mark.OK, Finding.INTERNET_ANSWERS)
    window.link.publish(SyncStatus(link=LinkState(LinkKind.ONLINE, layers=(layer,))))
    proposed = window.desk.annex.view().proposed
    assert (proposed["internet"].answer, proposed["extranet"].answer) == (True, True)
    assert proposed["extranet"].why.key == "annex.why.extranet_now"
    window.link.publish(SyncStatus(link=LinkState(LinkKind.NO_ANSWER)))
    assert window.desk.annex.view().proposed["extranet"].why.key == "annex.why.extranet_before"


def test_answers_are_kept_with_their_day_and_come_back(window: Window) -> None:
    window.desk.annex.save(" 鲁山县 ", replace(FULL, cameras=None, note=" 两  句 "))
    reopened = window.reopened()
    view = reopened.desk.annex.view()
    assert (view.county, view.saved_on) == ("鲁山县", date(2026, 11, 23))
    assert view.row == replace(FULL, cameras=None, note="两 句")
    reopened.store.write(lambda transaction: transaction.put_setting(SETTING, '{"county": 1}')).result()
    assert reopened.desk.annex.view().saved_on is None
    reopened.desk.close()


def test_too_much_is_refused_beside_its_field(window: Window) -> None:
    for row, field in (
        (replace(FULL, village="村" * 31), "village"),
        (replace(FULL, staff=10_000), "staff"),
        (replace(FULL, printers=-1), "printers"),
        (replace(FULL, note="字" * 101), "note"),
    ):
        with pytest.raises(InputProblem) as refused:
            window.desk.annex.save("鲁山县", row)
        assert refused.value.field == field


def test_the_row_goes_on_paper_and_into_a_workbook_and_the_log_names_it(printing: Window, out: Path) -> None:
    annex = printing.desk.annex
    with pytest.raises(InputProblem) as refused:
        annex.print()
    assert refused.value.key == "annex.not_saved"
    annex.save("鲁山县", replace(FULL, cameras=None, wifi=None))
    with pytest.raises(InputProblem) as refused:
        annex.save_workbook(out)
    assert (refused.value.key, refused.value.field, refused.value.params["count"]) == ("annex.unanswered", "cameras", 2)
    annex.save("鲁山县", FULL)
    assert annex.print() is True
    file, pdf = annex.save_workbook(out), annex.save_pdf(out)
    assert [one.row for one in read_annex(file).rows] == [FULL]
    assert "下汤镇石桥村" in file.name and pdf.suffix == ".pdf"
    (page,) = page_texts(pdf.read_bytes())
    for words in (TITLE, "县(市、区)：鲁山县", f"填表人：{CLERK}", "2026年11月23日", "石桥村", "（盖章）", "练习"):
        assert squeezed(words) in squeezed(page)
    assert logged(printing) == [("annex_printed", "1"), ("annex_saved", "1"), ("annex_saved", "1")]


def test_nothing_is_logged_where_no_printer_takes_it(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("P", PrinterFault.OFFLINE))
    window.desk.annex.save("鲁山县", FULL)
    with pytest.raises(EnvironmentProblem):
        window.desk.annex.print()
    assert logged(window) == []
    window.desk.close()


def test_forms_of_many_are_joined_and_everything_is_accounted_for(printing: Window, tmp_path: Path, out: Path) -> None:
    folder = tmp_path / "各村"
    folder.mkdir()
    printing.desk.annex.save("鲁山县", FULL)
    printing.desk.annex.save_workbook(folder)
    typed_form(folder / "柳林村.xlsx", [BY_HAND])
    typed_form(folder / "石桥村又一份.xlsx", [(1, "下汤镇", " 石桥村", *BY_HAND[3:6], "两台", *BY_HAND[7:])])
    (folder / "旧表.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (folder / "坏的.xlsx").write_bytes(b"PK")
    (folder / "~$柳林村.xlsx").write_bytes(b"lock")
    (folder / "Thumbs.db").write_bytes(b"system")
    (folder / "王庄村.docx").write_bytes(b"PK")
    (folder / "李庄乡" / "二").mkdir(parents=True)
    typed_form(folder / "李庄乡" / "空.xlsx", [])
    (folder / "李庄乡" / "二" / "照片.jpg").write_bytes(b"JPEG")
    typed_form(folder / "空.xlsx", [])
    merge = printing.desk.annex_merge
    found = merge.collect([folder])
    assert found.files == 3 and {one.file: one.why.key for one in found.refused} == {
        "坏的.xlsx": "sheet.not_one",
        "旧表.xls": "sheet.old_or_locked",
        "空.xlsx": "annex.no_rows",
        "王庄村.docx": "annex.not_a_table",
        "李庄乡/空.xlsx": "annex.no_rows",
        "李庄乡/二/照片.jpg": "annex.not_a_table",
    }
    kinds = [[one.kind for one in row.troubles] for row in found.rows]
    assert sorted(kinds, key=len) == [[], [TroubleKind.DOUBLE], [TroubleKind.NO_NUMBER, TroubleKind.DOUBLE]]
    assert (found.samples, found.notes) == (5, 6)
    place = next(number for number, row in enumerate(found.rows) if len(row.troubles) == 2)
    file = merge.save_workbook("鲁山县", found.rows, out, {place})
    assert {one.row.village for one in read_annex(file).rows} == {"石桥村", "柳林村"}
    everything = merge.save_workbook("鲁山县", found.rows, out)
    assert len(read_annex(everything).rows) == 3 and everything != file
    assert merge.print("鲁山县", found.rows, {place}, by_township=True) is True
    assert logged(printing)[1:] == [("annex_saved", "2"), ("annex_saved", "3"), ("annex_printed", "2")]
    with pytest.raises(InputProblem) as refused:
        merge.save_pdf("鲁山县", found.rows, out, {0, 1, 2})
    assert refused.value.key == "annex.none_left"


def test_what_lies_too_deep_or_in_a_strange_column_is_named(window: Window, tmp_path: Path) -> None:
    folder = tmp_path / "各乡镇"
    deep = folder / "一" / "二" / "三"
    deep.mkdir(parents=True)
    typed_form(deep / "远.xlsx", [BY_HAND])
    heads = [head if head != "备注" else "备注说明" for head in HEADS.values()]
    typed_form(folder / "一" / "甲村.xlsx", [[*BY_HAND[:14], "等搬迁"]], heads=heads)
    typed_form(folder / "乙村.xlsx", [BY_HAND], heads=[*HEADS.values(), "备注说明"])
    found = window.desk.annex_merge.collect([folder])
    assert [(one.file, one.why.key) for one in found.refused] == [("一/二/三", "annex.folder_unread")]
    assert [(one.file, one.why.params["heads"]) for one in found.unread] == [("一/甲村.xlsx", "备注说明")]
    assert {row.file for row in found.rows} == {"一/甲村.xlsx", "乙村.xlsx"}


def test_what_cannot_be_read_at_all_is_refused_and_stopping_stops(window: Window, tmp_path: Path) -> None:
    merge = window.desk.annex_merge
    empty = tmp_path / "empty"
    empty.mkdir()
    for paths, key in (([], "annex.nothing_chosen"), ([empty], "annex.no_files")):
        with pytest.raises(InputProblem) as refused:
            merge.collect(paths)
        assert refused.value.key == key
    found = merge.collect([tmp_path / "gone.xlsx"])
    assert [one.why.key for one in found.refused] == ["sheet.unreadable"] and found.rows == ()

    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        merge.collect([typed_form(tmp_path / "a.xlsx", [BY_HAND])], stop)


def test_a_hundred_villages_make_one_paper_with_heads_on_each_sheet(printing: Window, out: Path) -> None:
    rows = [SentRow("a.xlsx", number, replace(FULL, village=f"第{number}村")) for number in range(100)]
    pages = page_texts(printing.desk.annex_merge.save_pdf("鲁山县", rows, out).read_bytes())
    assert len(pages) > 2 and all("序号" in page for page in pages)
    assert "第99村" in pages[-1] or "第99村" in pages[-2]
