"""An item that changes while a draft is open: the clerk sees what changed before anything is taken in under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue.test_package import KEY, PUBLIC, raw
from tests.desk.counter import APPLICANT, STATION, Window, open_window
from tests.desk.filled_in import bring_papers
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import package_from, seal
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.problems import InputProblem

CODE = "XX-1"
_FIELDS = ({"name": "bank", "label": "开户银行", "kind": "text", "required": True},)
_PHOTO = {
    "requirement_id": "photo",
    "name": "照片",
    "necessity": "required",
    "form": "original",
    "copies": 2,
    "min_pages": 0,
    "source": "applicant",
}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Window]:
    """A window whose catalogue comes from the county, with one item in it."""
    window = open_window(tmp_path / "data", station=replace(STATION, catalogue_public_key=PUBLIC))
    publish(window, 1, raw(CODE))
    yield window
    window.desk.close()


def publish(window: Window, version: int, *items: dict[str, Any]) -> None:
    """A new catalogue comes."""
    package = package_from(None, None, Contents(items), version, "2026-11-23T00:00:00Z")
    window.desk.items.arrived(seal(package, KEY))


def changed() -> dict[str, Any]:
    first = raw(CODE)["materials"]
    return raw(CODE, 2, materials=[*first, _PHOTO], fields=[*_FIELDS, {**_FIELDS[0], "name": "way", "default": "存折"}])


def ready(window: Window) -> str:
    case_id = window.desk.intake.start(CODE).case.case_id
    bring_papers(window, window.desk.intake.type(case_id, APPLICANT, 3))
    assert window.desk.intake.view(case_id).missing == ()
    return case_id


def test_nothing_is_taken_in_under_new_rules_before_the_clerk_saw_them(county: Window) -> None:
    case_id = ready(county)
    assert county.desk.intake.view(case_id).changes is None
    publish(county, 2, changed())
    view = county.desk.intake.view(case_id)
    assert view.changes is not None
    assert view.changes.old_version == 1
    assert any(line.more_needed for line in view.changes.lines)
    # until then the draft is as it was begun, and stays so
    assert (view.item.version, view.missing, view.form_shown) == (1, (), ())
    with pytest.raises(InputProblem, match=r"intake\.item_changed"):
        county.desk.intake.take_in(case_id)
    assert county.desk.intake.view(case_id).case.status is CaseStatus.DRAFT
    view = county.desk.intake.adopt(case_id)
    assert (view.item.version, view.case.item_version, view.changes) == (2, 2, None)
    assert [(one.field, one.requirement_id) for one in view.missing] == [("form.bank", ""), ("", "photo")]
    assert (view.form_shown, view.case.form["way"]) == (("bank", "way"), "存折")
    bring_papers(county, county.desk.intake.type(case_id, {"form.bank": "农商行"}, 2))
    county.desk.intake.take_in(case_id)
    case = county.desk.cases.case(case_id).case
    assert (case.item_version, dict(case.form)) == (2, {"bank": "农商行", "way": "存折"})


def test_adopting_twice_or_without_a_change_writes_nothing(county: Window) -> None:
    case_id = ready(county)
    before = county.store.read(lambda snapshot: snapshot.events(case_id))
    assert county.desk.intake.adopt(case_id) == county.desk.intake.view(case_id)
    assert county.store.read(lambda snapshot: snapshot.events(case_id)) == before


def test_a_new_catalogue_that_leaves_the_item_as_it_is_disturbs_nobody(county: Window) -> None:
    case_id = ready(county)
    publish(county, 2, raw(CODE), raw("XX-2"))
    assert county.desk.intake.view(case_id).changes is None
    assert county.desk.intake.take_in(case_id).local_no


def test_a_draft_of_an_item_that_is_gone_can_be_read_and_given_another(county: Window) -> None:
    case_id = ready(county)
    publish(county, 2, raw("XX-2"))
    view = county.desk.intake.open(case_id)
    assert view.changes is not None
    assert view.changes.new is None
    assert view.case.applicant.name == APPLICANT["name"]
    for refused in (county.desk.intake.take_in, county.desk.intake.adopt):
        with pytest.raises(InputProblem, match=r"intake\.item_gone"):
            refused(case_id)
    assert county.desk.intake.change_item(case_id, "XX-2").missing == ()
    assert county.desk.intake.take_in(case_id).local_no


def test_the_villages_own_office_and_mode_stand_in_a_draft(county: Window) -> None:
    case_id = ready(county)
    office = replace(county.desk.items.office(), phone="0375-1234567")
    county.desk.items.set_office(office)
    assert county.desk.intake.view(case_id).item.office.phone == "0375-1234567"
