"""The items' room: packages replace the catalogue whole or not at all, and the village's own choices stay."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.catalogue.test_package import KEY, PUBLIC, raw
from tests.desk.counter import APPLICANT, STATION, Window, open_window
from tests.desk.filled_in import bring_papers, filled_draft
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.starter_catalogue import contents_of
from villagedesk.catalogue.contents import Contents, canonical
from villagedesk.catalogue.load import read_items
from villagedesk.catalogue.package import MAX_BYTES, package_from, seal
from villagedesk.desk.item_views import ItemChanges, LocalChoice
from villagedesk.desk.items import Items, Starter
from villagedesk.desk.news import News
from villagedesk.desk.views import Sentence, TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.catalogue import CatalogueOrigin
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.service_item import HandlingMode, Office

AT = "2026-11-23T00:00:00Z"
FIRST = Contents((raw("A"), raw("B"), raw("C")))
SECOND = Contents((raw("B", 2, organ="乡里"), raw("A"), raw("D")))


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    window = open_window(tmp_path / "data", station=replace(STATION, catalogue_public_key=PUBLIC))
    yield window
    window.desk.close()


def whole(contents: Contents, version: int) -> bytes:
    return seal(package_from(None, None, contents, version, AT), KEY)


def delta(old: Contents, base: int, new: Contents, version: int) -> bytes:
    return seal(package_from(old, base, new, version, AT), KEY)


def codes(window: Window) -> list[str]:
    return [item.code for item in window.desk.items.all()]


def reopened(window: Window) -> Window:
    window.desk.close()
    station = replace(STATION, catalogue_public_key=PUBLIC)
    return open_window(window.folder, key=window.key, clock=window.clock, station=station)


def test_a_whole_one_and_then_what_changed(window: Window) -> None:
    items = window.desk.items
    assert (items.have(), len(items.all())) == (0, 36)
    first = items.arrived(whole(FIRST, 5))
    assert (first.version, first.added, len(first.removed)) == (5, ("事项A", "事项B", "事项C"), 36)
    second = items.arrived(delta(FIRST, 5, SECOND, 6))
    assert (second.added, second.changed, second.removed) == (("事项D",), ("事项B",), ("事项C",))
    assert codes(window) == ["B", "A", "D"]
    assert items.get("B").organ == "乡里"
    view = items.catalogue()
    assert (view.version, view.origin, view.items) == (6, CatalogueOrigin.WIRE, 3)
    old = items.bound("B", 1)
    assert old is not None
    assert old.organ == "县里"
    assert items.bound("B", 3) is None


def test_a_restart_keeps_what_the_county_sent_and_what_the_village_chose(window: Window) -> None:
    items = window.desk.items
    items.arrived(whole(FIRST, 5))
    items.choose("A", LocalChoice(mode=HandlingMode.PROXY, favourite=True, office=Office(phone="0375-5550000")))
    items.choose("C", LocalChoice(handled=False))
    items.set_office(Office(address="柳林村党群服务中心"))
    again = reopened(window)
    try:
        items = again.desk.items
        assert items.have() == 5
        items.arrived(delta(FIRST, 5, SECOND, 6))
        item = items.get("A")
        assert (item.mode, item.office.phone, item.office.address) == (
            HandlingMode.PROXY,
            "0375-5550000",
            "柳林村党群服务中心",
        )
        assert items.search("")[0].code == "A"
        assert [one.code for one in items.search("事项a")] == ["A"]
        # C was taken away by the county, and comes back as the village had it
        items.arrived(whole(Contents((raw("A"), raw("C", 2))), 7))
        assert [one.code for one in items.handled()] == ["A"]
        assert [one.code for one in items.search_all("")] == ["A", "C"]
        assert set(items.choices()) == {"A", "C"}
    finally:
        again.desk.close()


def test_a_turned_favourite_is_turned_back_and_keeps_the_rest(window: Window) -> None:
    items = window.desk.items
    code = items.all()[3].code
    items.choose(code, LocalChoice(mode=HandlingMode.PROXY))
    assert items.turn_favourite(code)
    assert replace(items.choice(code), move=None) == LocalChoice(mode=HandlingMode.PROXY, favourite=True)
    assert items.search("")[0].code == code
    assert not items.turn_favourite(code)
    assert replace(items.choice(code), move=None) == LocalChoice(mode=HandlingMode.PROXY)
    with pytest.raises(InputProblem, match=r"items\.gone"):
        items.turn_favourite("XX")


def _unsigned(data: bytes) -> bytes:
    return json.dumps({**json.loads(data), "signature": ""}).encode()


def _content(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Signed rightly, with wrong content."""
    package = package_from(None, None, SECOND, 6, AT)
    content = json.loads(json.loads(seal(package, KEY))["content"])
    change(content)
    text = json.dumps(content)
    signature = base64.b64encode(KEY.sign(text.encode())).decode()
    file = {"format": "villagedesk-catalogue", "format_version": 1, "content": text, "signature": signature}
    return json.dumps(file).encode()


GOOD = whole(SECOND, 6)
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "catalogue_package.not_a_package"),
    "cut": (GOOD[:-40], "catalogue_package.not_a_package"),
    "too large": (b" " * (MAX_BYTES + 1), "catalogue_package.too_large"),
    "unsigned": (_unsigned(GOOD), "catalogue_package.unsigned"),
    "another's key": (
        seal(package_from(None, None, SECOND, 6, AT), Ed25519PrivateKey.generate()),
        "catalogue_package.wrong_signature",
    ),
    "one letter changed": (GOOD.replace("乡里".encode(), "县里".encode()), "catalogue_package.wrong_signature"),
    "the same": (whole(FIRST, 5), "catalogue_package.same"),
    "as old, with other content": (whole(SECOND, 5), "catalogue_package.other_content"),
    "a version no column holds": (whole(SECOND, 2**70), "catalogue_package.version_too_large"),
    "an item's version no column holds": (
        whole(Contents((raw("A", 2**63),)), 6),
        "catalogue_package.version_too_large",
    ),
    "half a character": (
        _content(lambda content: content["items"][0].update(name="甲\ud800")),
        "catalogue_package.broken_text",
    ),
    "older": (whole(FIRST, 4), "catalogue_package.older"),
    "for another base": (delta(FIRST, 4, SECOND, 6), "catalogue_package.wrong_base"),
    "the same version, other words": (
        whole(Contents((raw("A", organ="乡里"),)), 6),
        "catalogue_package.version_unchanged",
    ),
    "one bad item of many": (
        whole(Contents((raw("A"), raw("B", 2, materials=[{"name": "没有编号"}]), raw("E"))), 6),
        "catalogue.bad_file",
    ),
    "a code twice": (whole(Contents((raw("E"), raw("E"))), 6), "catalogue_package.incomplete"),
    "an item missing": (_content(lambda content: content["items"].pop()), "catalogue_package.incomplete"),
    "no moment": (_content(lambda content: content.update(made_at="soon")), "catalogue_package.bad_content"),
    "none at all": (whole(Contents(()), 6), "catalogue.empty"),
}


@pytest.mark.parametrize(("data", "key"), BAD.values(), ids=BAD.keys())
def test_a_bad_package_says_why_and_changes_nothing(window: Window, tmp_path: Path, data: bytes, key: str) -> None:
    items = window.desk.items
    items.arrived(whole(FIRST, 5))
    before = (items.catalogue(), items.all(), window.store.read(lambda snapshot: snapshot.catalogue()))
    file = tmp_path / "目录.vdcat"
    file.write_bytes(data)
    with pytest.raises(InputProblem) as raised:
        items.install_file(file)
    assert raised.value.key == key
    with pytest.raises(InputProblem):
        items.arrived(data)
    refused = items.catalogue().refused
    assert refused is not None
    why = refused.params["why"]
    assert isinstance(why, Sentence)
    assert why.key == key
    after = (items.catalogue(), items.all(), window.store.read(lambda snapshot: snapshot.catalogue()))
    assert (replace(after[0], refused=None), *after[1:]) == before
    for code, version in (("B", 2), ("E", 1)):
        assert items.bound(code, version) is None
    items.arrived(GOOD)
    assert items.catalogue().refused is None
    assert codes(window) == ["B", "A", "D"]


def test_an_items_version_used_before_for_something_else_is_refused_by_name(window: Window) -> None:
    items = window.desk.items
    items.arrived(whole(FIRST, 5))
    items.arrived(whole(Contents((raw("B"),)), 6))
    with pytest.raises(InputProblem) as raised:
        items.arrived(whole(Contents((raw("A", organ="乡里"), raw("B"))), 7))
    assert (raised.value.key, raised.value.params["name"]) == ("catalogue_package.version_used", "事项A")
    assert codes(window) == ["B"]
    items.arrived(whole(FIRST, 7))  # with the content it had
    assert codes(window) == ["A", "B", "C"]


def with_starter(window: Window, contents: Contents) -> Items:
    """The items after the program came anew with other files."""
    starter = Starter(contents, window.clock.now())
    words = Messages.from_folder(messages_folder(resources_folder())).text
    return Items(window.store, starter, window.clock, window.desk.acting, words, News(), PUBLIC)


def changed(contents: Contents, code: str, **entries: Any) -> Contents:
    return replace(contents, items=tuple({**one, **entries} if one["code"] == code else one for one in contents.items))


def test_the_starters_own_numbering_stands_nowhere_in_the_countys_way(window: Window) -> None:
    """A starter file changes with the program, unnumbered; the county counts as it likes, on every PC the same."""
    code = "VD-MZ-008"
    starter = contents_of(resources_folder() / "catalogue")
    case_id = filled_draft(window, code)
    window.desk.intake.take_in(case_id)
    case, bound = window.desk.cases.case(case_id).case, window.desk.items.get(code)
    items = with_starter(window, changed(starter, code, organ="新机关"))
    assert items.get(code).organ == "新机关"
    changes = items.changes(case)
    assert changes is not None
    assert changes.old.key == "items.version.starter"
    for version in (1, 2, 3):
        items.arrived(whole(changed(starter, code, version=version, organ=f"县里{version}"), version))
        assert (items.get(code).organ, items.get(code).version) == (f"县里{version}", version)
    assert items.of_case(case) == bound
    assert bound.organ not in ("新机关", "县里1")


def test_a_starter_kept_under_the_countys_numbers_by_an_older_program_gives_way(window: Window) -> None:
    old = raw("A", organ="程序自带")
    window.store.write(lambda transaction: transaction.keep_item_version("A", 1, canonical(old))).result()
    items = window.desk.items
    items.arrived(whole(FIRST, 5))
    assert items.get("A").organ == "县里"
    assert items.bound("A", 1).organ == "程序自带"  # type: ignore[union-attr]
    number = items.get("A").version
    assert items.bound("A", number) == items.get("A")
    assert ItemChanges(number, None, ()).old == Sentence("items.version.county", {"version": 1})
    items.arrived(delta(FIRST, 5, SECOND, 6))
    assert codes(window) == ["B", "A", "D"]
    again = reopened(window)
    try:
        assert again.desk.items.get("A").version == number
    finally:
        again.desk.close()


def test_what_came_over_the_wire_is_told_until_it_was_looked_at(window: Window) -> None:
    items = window.desk.items
    assert items.catalogue().arrived is None
    first = items.arrived(whole(FIRST, 5))
    assert items.catalogue().arrived == first
    assert [todo.kind for todo in window.desk.cases.today().todos] == [TodoKind.CATALOGUE]
    items.arrived(delta(FIRST, 5, SECOND, 6))
    again = reopened(window)
    try:
        items = again.desk.items
        arrived = items.catalogue().arrived
        assert arrived is not None
        assert (arrived.version, arrived.added, arrived.changed) == (6, ("事项A", "事项B", "事项D"), ("事项B",))
        assert "事项C" in arrived.removed
        items.looked_at()
        assert items.catalogue().arrived is None
        assert again.desk.cases.today().todos == ()
    finally:
        again.desk.close()


def test_a_file_that_is_not_there_is_named(window: Window, tmp_path: Path) -> None:
    with pytest.raises(InputProblem) as raised:
        window.desk.items.install_file(tmp_path / "没有.vdcat")
    assert (raised.value.key, raised.value.params) == ("items.no_file", {"name": "没有.vdcat"})


def test_a_station_without_the_countys_key_takes_no_package(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        with pytest.raises(InputProblem, match=r"catalogue_package\.no_key"):
            window.desk.items.arrived(whole(FIRST, 5))
    finally:
        window.desk.close()


def test_a_full_disk_in_the_middle_leaves_the_old_one_whole(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    items = window.desk.items
    items.arrived(whole(FIRST, 5))

    def full(*_: Any, **__: Any) -> None:
        raise EnvironmentProblem("store.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "add_catalogue", full, raising=False)
        patched.setattr("villagedesk.store.transaction.SqlTransaction.add_catalogue", full)
        with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
            items.arrived(whole(SECOND, 6))
    assert codes(window) == ["A", "B", "C"]
    assert items.bound("B", 2) is None
    again = reopened(window)
    try:
        assert codes(again) == ["A", "B", "C"]
        again.desk.items.arrived(whole(SECOND, 6))
        assert codes(again) == ["B", "A", "D"]
    finally:
        again.desk.close()


def test_a_new_item_comes_by_a_file_alone_and_is_taken_in(tmp_path: Path) -> None:
    """A county writes one file; nothing else of the program knows the item."""
    folder = tmp_path / "catalogue"
    (folder / "items").mkdir(parents=True)
    (folder / "base_form.toml").write_text("fields = []\n", encoding="utf-8")
    (folder / "items" / "well.toml").write_text(
        """
code = "XX-WELL-1"
version = 1
name = "机井维修申请"
mode = "proxy"
type = "promised"
audience = "用机井浇地的农户"
organ = "乡镇农业农村办公室"
search_words = ["修井"]
promised_limit = { days = 10, unit = "working_days" }

[[materials]]
requirement_id = "id_card"
name = "居民身份证"
necessity = "required"
form = "copy"
copies = 1
min_pages = 1
source = "government"

[[fields]]
name = "depth"
label = "井深"
kind = "number"
required = true
least = 1
most = 500
unit = "米"
""",
        encoding="utf-8",
    )
    window = open_window(tmp_path / "data", station=replace(STATION, catalogue_public_key=PUBLIC))
    try:
        desk = window.desk
        desk.items.arrived(whole(Contents(read_items(folder)), 1))
        (item,) = desk.items.search("xiujing")
        assert item.code == "XX-WELL-1"
        case_id = desk.intake.start(item.code).case.case_id
        view = desk.intake.type(case_id, {**APPLICANT, "form.depth": "0"}, 2)
        assert "form.depth" in {trouble.field for trouble in view.troubles}
        bring_papers(window, desk.intake.type(case_id, {**APPLICANT, "form.depth": "80"}, 3))
        taken = desk.intake.take_in(case_id)
        case = desk.cases.case(case_id).case
        assert (case.status, case.item_code, case.form["depth"]) == (CaseStatus.RECEIVED, "XX-WELL-1", "80")
        assert taken.local_no
    finally:
        window.desk.close()


def test_every_item_of_the_starter_catalogue_can_be_taken_in(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    try:
        desk = window.desk
        for item in desk.items.all():
            if item.mode is HandlingMode.GUIDED:
                noted = desk.guided.note(item.code, "样张试用")
                assert desk.cases.case(noted.case_id).case.status is CaseStatus.CONCLUDED
                continue
            case_id = filled_draft(window, item.code)
            missing = desk.intake.view(case_id).missing
            assert missing == (), (item.name, missing)
            desk.intake.take_in(case_id)
            assert desk.cases.case(case_id).case.status is CaseStatus.RECEIVED
    finally:
        window.desk.close()
