"""A disk that is full at the moment of taking a case in: told, nothing lost, and it works when there is room again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.test_whole_road import entry_of
from tests.desk.answers import none_needed
from tests.desk.counter import APPLICANT, STATION, SYSTEM_ITEM, papers
from tests.needs import small_disk_of
from tests.store.test_writing import fill
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.run_options import RunOptions
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem

PASSWORD = "老槐树下1962"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 160 MB of its own: pages are taken only where 100 MB are free."""
    with small_disk_of(160, tmp_path) as disk:
        yield disk


def test_a_full_disk_leaves_the_draft_as_it_was_and_taking_in_works_when_there_is_room(
    small_disk: Path, tmp_path: Path
) -> None:
    table = tmp_path / "table"
    table.mkdir()
    (table / "1.jpg").write_bytes(papers()[0])
    entry = entry_of(RunOptions(small_disk / "data", f"simulated:{table}", "none"))
    entry.set_up(STATION, "王会计", PASSWORD)
    desk = entry.sign_in("王会计", PASSWORD)
    case_id = desk.intake.start(SYSTEM_ITEM).case.case_id
    view = desk.intake.type(case_id, APPLICANT, 2)
    for requirement in [line.requirement for line in view.checklist if line.needed]:
        desk.scanning.keep(desk.scanning.capture(case_id, requirement.requirement_id).proposal_id)
    none_needed(desk, case_id)
    requirement_id = desk.items.get(SYSTEM_ITEM).materials[0].requirement_id
    nearly = small_disk / "nearly"
    nearly.write_bytes(bytes(shutil.disk_usage(small_disk).free - 60 * 1024 * 1024))
    with pytest.raises(EnvironmentProblem, match=r"desk\.disk_stopped"):
        desk.scanning.capture(case_id, requirement_id)
    desk.intake.type(case_id, APPLICANT | {"address": "样张村二组"}, 2)  # what is typed is saved all the same
    nearly.unlink()
    desk.scanning.drop(desk.scanning.capture(case_id, requirement_id).proposal_id)
    desk = entry.sign_in("王会计", PASSWORD)  # begins with an empty write-ahead log: what is saved now needs room
    try:
        before = desk.intake.open(case_id)
        filler = small_disk / "filler"
        fill(filler)
        for _ in range(2):
            with pytest.raises(EnvironmentProblem) as told:
                desk.intake.take_in(case_id)
            assert told.value.key == "store.disk_full"
        said = Messages.from_folder(messages_folder(resources_folder())).of(told.value)
        assert said.startswith("磁盘已满，没有保存成功。已输入的内容还在")
        after = desk.intake.open(case_id)
        assert (after.case, after.pages) == (before.case, before.pages)
        assert before.case.status is CaseStatus.DRAFT
        filler.unlink()
        taken = desk.intake.take_in(case_id)
        entry.close()
        again = entry.sign_in("王会计", PASSWORD)
        kept = again.cases.case(case_id)
        assert (kept.case.local_no, kept.case.status) == (taken.local_no, CaseStatus.RECEIVED)
        assert (kept.case.applicant.name, kept.case.applicant.address) == (APPLICANT["name"], "样张村二组")
        assert len(kept.pages) == taken.page_count
        assert all(again.scanning.image(page.page_id, case_id) for page in kept.pages)
    finally:
        entry.close()
