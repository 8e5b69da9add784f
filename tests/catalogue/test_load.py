"""Catalogue files: the shipped ones are right, and a wrong one is named with file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from villagedesk.catalogue.divisions import load_known_areas
from villagedesk.catalogue.load import BASE_FORM, load_items
from villagedesk.domain.form_rule import Agrees, MustBe, NotTwice, Relation, RowCount, Where
from villagedesk.domain.problems import Problem
from villagedesk.domain.service_item import HandlingMode, ItemType, Necessity, ServiceItem, StopKind

RESOURCES = Path(__file__).resolve().parents[2] / "resources"

GOOD = """\
code = "T-1"
version = 2
name = "测试事项"
mode = "proxy"
type = "promised"
audience = "村民"
organ = "县里"
[[materials]]
requirement_id = "a"
name = "甲"
necessity = "required"
form = "copy"
copies = 1
min_pages = 2
source = "applicant"
"""
FIRST_MATERIAL = GOOD[GOOD.index("[[") :].split("\nsource")[0]
STOP = """\
[[stops]]
kind = "publicity"
name = "公示7天"
legal_basis = "《某县村级公示办法》第三条"
days = 7
"""
BASE = """\
[[fields]]
name = "matter"
label = "事由"
kind = "text"
"""


def write(folder: Path, text: str, name: str = "item.toml") -> Path:
    (folder / "items").mkdir(exist_ok=True)
    (folder / BASE_FORM).write_text(BASE, encoding="utf-8")
    file = folder / "items" / name
    file.write_text(text, encoding="utf-8")
    return file


def load_item(file: Path) -> ServiceItem:
    (item,) = load_items(file.parent.parent)
    return item


def test_the_starter_catalogue_holds_the_medical_insurance_enrolment() -> None:
    items = {item.code: item for item in load_items(RESOURCES / "catalogue")}
    item = items["VD-YB-001"]
    assert (item.name, item.mode, item.item_type) == (
        "城乡居民基本医疗保险参保登记",
        HandlingMode.SYSTEM,
        ItemType.AT_ONCE,
    )
    assert [requirement.requirement_id for requirement in item.materials][:3] == [
        "id_card",
        "household_register",
        "application_form",
    ]
    assert item.requirement("household_register").name == "户口簿"


def test_all_of_the_starter_catalogue_is_marked_to_be_checked() -> None:
    items = load_items(RESOURCES / "catalogue")
    assert len(items) >= 3
    assert all(item.to_check and item.code.startswith("VD-") for item in items)


def test_entries_are_read_as_written(tmp_path: Path) -> None:
    item = load_item(write(tmp_path, GOOD))
    assert (item.code, item.version, item.promised_limit, item.legal_basis, item.search_words) == (
        "T-1",
        2,
        None,
        (),
        (),
    )
    assert [field.name for field in item.fields] == ["matter"]
    (requirement,) = item.materials
    assert (requirement.necessity, requirement.min_pages) == (Necessity.REQUIRED, 2)


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ('code = "T-1"\n', "", "code"),
        ('"T-1"', '"' + "x" * 65 + '"', "code"),
        ("version = 2", "version = 0", "version"),
        ("version = 2", "version = true", "version"),
        ("version = 2", 'version = "2"', "version"),
        ('"测试事项"', '" "', "name"),
        ('"proxy"', '"by_post"', "mode"),
        ("version = 2", 'version = 2\npromised_limit = { days = -1, unit = "working_days" }', "promised_limit.days"),
        ("version = 2", 'version = 2\nonline = { url = "http://x.example" }', "online.url"),
        ("version = 2", "version = 2\nto_check = 1", "to_check"),
        ("version = 2", 'version = 2\nsearch_words = ["a", ""]', "search_words"),
        ("version = 2", "version = 2\nfee = 3", "fee"),
        ("copies = 1", "copies = 0", "materials[1].copies"),
        ("copies = 1", "copies = 1\nweight = 1", "materials[1].weight"),
        ('"required"', '"conditional"', "materials[1].when"),
        ("copies = 1", 'copies = 1\nwhen = { words = "有时" }', "materials[1].when"),
        (
            "min_pages = 2",
            "min_pages = 2\nsource = 'village'\n" + FIRST_MATERIAL,
            "materials[2].requirement_id",
        ),
        (GOOD[GOOD.index("[[") :], "", "materials"),
        (GOOD[GOOD.index("[[") :], "materials = [1]\n", "materials"),
    ],
)
def test_a_wrong_entry_is_named_with_its_file(tmp_path: Path, old: str, new: str, entry: str) -> None:
    assert old in GOOD
    with pytest.raises(Problem) as caught:
        load_item(write(tmp_path, GOOD.replace(old, new)))
    assert caught.value.key == "catalogue.bad_file"
    assert caught.value.params == {"file": "item.toml", "entry": entry}


def refused_entry(tmp_path: Path, text: str) -> str:
    with pytest.raises(Problem) as caught:
        load_item(write(tmp_path, text))
    assert caught.value.key == "catalogue.bad_file"
    return str(caught.value.params["entry"])


def test_nothing_stops_a_clock_without_a_rule_that_says_so(tmp_path: Path) -> None:
    (stop,) = load_item(write(tmp_path, GOOD + STOP)).stops
    assert (stop.kind, stop.days) == (StopKind.PUBLICITY, 7)
    for basis in (
        "以县里公布的办事指南为准（待核）",
        "县里规定",
        "《最低生活保障审核确认办法》；算不算在办理天数里，以县里公布的为准",
    ):
        text = GOOD + STOP.replace("《某县村级公示办法》第三条", basis)
        assert refused_entry(tmp_path, text) == "stops[1].legal_basis"


def test_two_stops_of_a_kind_cannot_be_told_apart(tmp_path: Path) -> None:
    assert refused_entry(tmp_path, GOOD + STOP + STOP.replace("公示7天", "再公示")) == "stops[2].kind"


def test_publicity_counts_in_the_starter_catalogue_and_its_step_says_so() -> None:
    items = load_items(RESOURCES / "catalogue")
    assert not any(item.stops for item in items)
    for code in ("VD-MZ-002", "VD-MZ-003", "VD-ZR-001", "VD-NY-001"):
        (item,) = (item for item in items if item.code == code)
        assert any("公示" in step.note and "算在办理天数里" in step.note for step in item.flow), item.name


@pytest.mark.parametrize("data", [b"code = ", b'code = "\xb8\xf6"', b"\x00"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, data: bytes) -> None:
    file = write(tmp_path, "")
    file.write_bytes(data)
    with pytest.raises(Problem) as caught:
        load_items(tmp_path)
    assert (caught.value.key, caught.value.params) == ("catalogue.unreadable", {"file": "item.toml"})


def test_a_missing_or_empty_catalogue_and_a_code_given_twice_are_told(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        load_items(tmp_path)
    assert caught.value.key == "catalogue.empty"
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "second.toml")
    with pytest.raises(Problem) as caught:
        load_items(tmp_path)
    assert (caught.value.key, caught.value.params) == ("catalogue.code_twice", {"file": "second.toml", "code": "T-1"})


def test_the_area_list_holds_the_districts_of_pingdingshan() -> None:
    areas = load_known_areas(RESOURCES / "code_lists" / "divisions.toml")
    # domain.md section 10
    named = {
        "410402",
        "410403",
        "410404",
        "410411",
        "410421",
        "410422",
        "410423",
        "410425",
        "410481",
        "410482",
    }
    assert named <= areas
    assert not {"410426", "4124", "20"} & areas
    assert len([code for code in areas if len(code) == 2]) == 34  # 31 provinces, Taiwan, Hong Kong, Macao


def test_a_wrong_area_code_is_named(tmp_path: Path) -> None:
    text = 'version = 1\nsource = "x"\n[provinces]\n4 = "河"\n[prefectures]\n[counties]\n'
    file = write(tmp_path, text)
    with pytest.raises(Problem) as caught:
        load_known_areas(file)
    assert caught.value.params == {"file": "item.toml", "entry": "provinces.4"}


FORM = """\
[[fields]]
name = "total"
label = "合计"
kind = "amount"
[[fields]]
name = "sure"
label = "确认"
kind = "yes_no"
[[fields]]
name = "card"
label = "证号"
kind = "text"
pattern = "[0-9]{4}(B[0-9])?"
pattern_hint = "四位数字。"
[[fields]]
name = "tall"
label = "高"
kind = "decimal"
unit = "米"
[[fields]]
name = "day"
label = "日"
kind = "date"
not_after = "today+10m"
[[fields]]
name = "kinds"
label = "几种"
kind = "choices"
options = [{ code = "a", label = "甲" }, { code = "none", label = "没有", alone = true }]
[[fields]]
name = "bills"
label = "票据"
kind = "rows"
columns = [
    { name = "number", label = "号码", kind = "text" },
    { name = "amount", label = "金额", kind = "amount" },
    { name = "sort", label = "种类", kind = "choice", options = [{ code = "a", label = "甲" }] },
]
"""
RULES = {
    "sum": 'kind = "agrees"\nfield = "total"\nwords = "对上"\nrelation = "equal"\nto = "bills"\ncolumn = "amount"\n',
    "rows": """\
kind = "row_count"
field = "bills"
words = "份额"
where = { column = "sort", values = ["a"] }
least_percent = 80
""",
    "twice": 'kind = "not_twice"\nfield = "bills"\nwords = "一遍"\ncolumns = ["number"]\n',
    "sure": 'kind = "must_be"\nfield = "sure"\nwords = "先确认"\nvalues = ["yes"]\nwarn = true\n',
}


def with_rule(name: str, old: str = "", new: str = "") -> str:
    assert old in RULES[name]
    return GOOD + FORM + "[[rules]]\n" + (RULES[name].replace(old, new) if old else RULES[name])


def test_a_form_with_rules_is_read_as_written(tmp_path: Path) -> None:
    rules = [load_item(write(tmp_path, with_rule(name))).rules[0] for name in RULES]
    assert rules == [
        Agrees(field="total", words="对上", relation=Relation.EQUAL, to="bills", column="amount"),
        RowCount(field="bills", words="份额", where=Where("sort", ("a",)), least_percent=80),
        NotTwice(field="bills", words="一遍", columns=("number",)),
        MustBe(field="sure", words="先确认", values=("yes",), warn=True),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "entry"),
    [
        ("sum", '"agrees"', '"adds_up"', "kind"),
        ("sum", '"total"', '"sum"', "field"),
        ("sum", '"total"', '"card"', "field"),
        ("sum", '"bills"', '"card"', "to"),
        ("sum", '"amount"', '"number"', "column"),
        ("sum", '"equal"', '"like"', "relation"),
        ("sum", 'words = "对上"\n', "", "words"),
        ("sum", 'to = "bills"', 'to = "bills"\nleast = 1', "least"),
        ("sum", 'to = "bills"', 'to = "bills"\nwhen = { words = "有时", fact = "x", values = ["y"] }', "when.fact"),
        ("rows", 'column = "sort"', 'column = "number"', "where.column"),
        ("rows", '["a"]', '["b"]', "where.values"),
        ("rows", "80", "101", "least_percent"),
        ("rows", "least_percent = 80\n", "", "least"),
        ("twice", '["number"]', '["note"]', "columns"),
        ("twice", '"bills"', '"total"', "columns"),
        ("sure", '["yes"]', '["maybe"]', "values"),
        ("sure", '"sure"', '"total"', "field"),
    ],
)
def test_a_rule_that_does_not_fit_the_form_is_named(tmp_path: Path, name: str, old: str, new: str, entry: str) -> None:
    assert refused_entry(tmp_path, with_rule(name, old, new)) == f"rules[1].{entry}"


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ('pattern = "[0-9]{4}(B[0-9])?"', 'pattern = "["', "fields[3].pattern"),
        # matching this could take longer than anybody waits
        ('pattern = "[0-9]{4}(B[0-9])?"', 'pattern = "(a+)+b"', "fields[3].pattern"),
        ('pattern_hint = "四位数字。"', "", "fields[3].pattern_hint"),
        ('unit = "米"', "", "fields[4].unit"),
        ('"today+10m"', '"today+10w"', "fields[5].not_after"),
        ('kind = "choices"', 'kind = "choice"', "fields[6].options"),
    ],
)
def test_a_field_that_cannot_be_checked_is_named(tmp_path: Path, old: str, new: str, entry: str) -> None:
    assert old in FORM
    assert refused_entry(tmp_path, GOOD + FORM.replace(old, new)) == entry


@pytest.mark.parametrize(
    ("code", "requirement_id"),
    [
        # domain: section 10 asks for none of these; the county may, and the clerk says so
        ("VD-YB-001", "application_form"),
        ("VD-YB-004", "application_form"),
        ("VD-YL-004", "application_form"),
        ("VD-WJ-001", "application_form"),
        ("VD-WJ-003", "application_form"),
        ("VD-SC-001", "application_form"),
        # the village makes these itself, after the papers were taken
        ("VD-ZR-001", "meeting_record"),
        ("VD-ZJ-001", "village_review"),
    ],
)
def test_a_paper_the_villager_need_not_bring_holds_up_nothing(code: str, requirement_id: str) -> None:
    (item,) = (item for item in load_items(RESOURCES / "catalogue") if item.code == code)
    requirement = item.requirement(requirement_id)
    assert requirement.necessity is Necessity.CONDITIONAL
    assert requirement.when is not None
    assert requirement.when.holds({}) is None


def test_identity_cards_are_asked_for_in_one_way() -> None:
    for item in load_items(RESOURCES / "catalogue"):
        for one in item.materials:
            if "身份证" in one.name and "身份证明" not in one.name:
                assert any("正反两面" in point for point in one.points), (item.name, one.name)
            if one.requirement_id == "authorisation":
                assert one.min_pages == 2, item.name


def test_a_national_service_has_its_own_address() -> None:
    urls = {item.code: item.online.url for item in load_items(RESOURCES / "catalogue")}
    assert urls.pop("VD-YB-003") == "https://fuwu.nhsa.gov.cn"
    assert {urls.pop("VD-YL-003"), urls.pop("VD-SB-001")} == {"https://si.12333.gov.cn"}
    assert set(urls.values()) == {"https://www.hnzwfw.gov.cn"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("VD-SB-001", "card_matter"),
        ("VD-JY-001", "register_kind"),
        ("VD-YL-005", "change_items"),
        ("VD-NY-001", "subsidy_matter"),
        ("VD-NY-002", "land_matter"),
        ("VD-JY-003", "work_range"),
        ("VD-CL-001", "card_matter"),
        ("VD-MZ-005", "household_kind"),
        ("VD-MZ-006", "child_kind"),
        ("VD-SF-001", "aid_matter"),
    ],
)
def test_an_item_of_several_matters_asks_which(code: str, name: str) -> None:
    (item,) = (item for item in load_items(RESOURCES / "catalogue") if item.code == code)
    assert item.field(name).required
    assert item.field(name).when is None
