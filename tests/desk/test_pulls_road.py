"""What comes back from a real practice server over TLS: results, corrections item by item, another version."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.desk.test_sending_road import Road
from villagedesk.acceptance.wire import ManifestEntry, RevisionPayload, sha256_hex
from villagedesk.desk.life_views import ConflictView
from villagedesk.desk.views import Sentence, TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.held_version import HELD
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.printing import PaperKind, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind
from villagedesk.sync.enrolment import stored_credential

_NOT_YET = FaultSetting(faults=(Fault(kind=FaultKind.BUSY_503, routes=(RouteKind.REVISION,), retry_after=1),))


@pytest.fixture(scope="module")
def one_road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """Opened, and closed in order. One for all: each test takes in cases of its own and looks at no others."""
    road = Road(tmp_path_factory.mktemp("road"))
    yield road
    road.close()


@pytest.fixture
def road(one_road: Road) -> Iterator[Road]:
    """Without a fault before and after."""
    yield one_road
    one_road.server.faults.set(FaultSetting())


def submitted(road: Road) -> str:
    case_id = road.taken_in()
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.SUBMITTED)
    return case_id


def kinds(road: Road, case_id: str) -> list[str]:
    return [event.kind for event in road.desk.cases.case(case_id).events]


def test_a_result_comes_is_told_today_printed_saved_and_logged(road: Road, tmp_path: Path) -> None:
    case_id = submitted(road)
    for move in ("accept", "conclude"):
        road.official(case_id, move)
    road.until(lambda: any(view.printable for view in road.desk.cases.case(case_id).documents))
    (view,) = road.desk.cases.case(case_id).documents
    assert (view.standing.key, view.prints, view.can_fetch) == ("results.here", 0, False)
    told = [todo.sentence.params.get("clock") for todo in road.desk.cases.today().todos if todo.case_id == case_id]
    assert "results.todo.came" in [getattr(one, "key", "") for one in told]

    job = road.desk.results.print(view.document)
    assert (job.kind, job.state, job.reprint) == (PaperKind.RESULT, PrintJobState.WAITING, 0)
    data = road.desk.printing.pdf(job.job_id)
    assert sha256_hex(data) == view.document.sha256
    assert road.desk.results.print(view.document).job_id == job.job_id, "it still waits for the printer"
    road.desk.printing.came_out(job.job_id)
    assert road.desk.results.print(view.document).reprint == 1

    folder = tmp_path / "stick"
    folder.mkdir()
    files = [road.desk.results.save(view.document, folder) for _ in range(2)]
    number = road.desk.cases.case(case_id).case.local_no
    assert [file.name for file in files] == [f"jieguo-{number}.pdf", f"jieguo-{number}(2).pdf"]
    assert all(file.read_bytes() == data for file in files)
    assert sorted(folder.iterdir()) == sorted(files), "no half file is left"
    assert kinds(road, case_id)[-5:] == [
        "print_asked",
        "printed",
        "print_asked",
        "document_saved",
        "document_saved",
    ]
    with pytest.raises(InputProblem, match=r"results\.no_folder"):
        road.desk.results.save(view.document, folder / "none")


@pytest.mark.parametrize("harm", ["lost", "damaged"])
def test_a_result_that_is_lost_here_comes_again_by_itself(road: Road, tmp_path: Path, harm: str) -> None:
    case_id = submitted(road)
    for move in ("accept", "conclude"):
        road.official(case_id, move)
    road.until(lambda: any(view.printable for view in road.desk.cases.case(case_id).documents))
    here = road.desk.cases.case(case_id).documents[0].document
    file = road.vault.folder / road.vault.name_of(here.page_id, here.sha256)
    file.unlink() if harm == "lost" else file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(EnvironmentProblem, match=r"results\.lost"):
        road.desk.results.save(here, tmp_path)
    assert list(tmp_path.glob("jieguo-*")) == []
    road.until(lambda: any(view.printable for view in road.desk.cases.case(case_id).documents))
    (view,) = road.desk.cases.case(case_id).documents
    assert (view.document.page_id, view.standing.key) == (here.page_id, "results.here")
    assert sha256_hex(road.desk.results.save(here, tmp_path).read_bytes()) == here.sha256
    assert kinds(road, case_id)[-3:] == ["document_lost", "document_came", "document_saved"]


def test_a_correction_asks_item_by_item_and_codes_nobody_knows_are_shown(road: Road) -> None:
    case_id = submitted(road)
    items = "id_card|身份证|反光|重拍\nZZ-99|计生证明|没有盖章|\n|||\n|承诺书||本人签字"
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(road.server.practice.ca_path)
        address = f"{road.server.address}/practice/cases/{case_id}/ask_correction"
        given = {"items": items, "deadline": "2026-12-04", "reason": "材料有误", "wanted": "见清单"}
        assert session.post(address, json=given).status_code == 200
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.RETURNED)
    snag = road.desk.cases.case(case_id).snag
    assert snag is not None
    ours = next(m.name for m in road.desk.cases.case(case_id).case.materials if m.requirement_id == "id_card")
    assert [(one.requirement_id, one.name, one.wrong, one.standard) for one in snag.wanted] == [
        ("id_card", ours, "反光", "重拍"),
        ("ZZ-99", "计生证明", "没有盖章", ""),
        ("", "承诺书", "", "本人签字"),
    ]
    assert snag.deadline == "2026-12-04"
    correction = road.desk.intake.correct(case_id).correction
    assert correction is not None
    assert correction.snag is not None
    assert correction.snag.wanted == snag.wanted


def meet_another_version(road: Road, told: str, *, commit: bool = False) -> str:
    """A case whose revision 1 the server got from elsewhere, with another phone and without a page."""
    road.server.faults.set(_NOT_YET)
    case_id = road.taken_in()
    got_instead(road, case_id, told, lambda pages: [] if commit else pages[1:], 201 if commit else 202)
    return case_id


def meet_another_correction(road: Road, *, commit: bool) -> str:
    """A case whose correction the server got from elsewhere; not committed, one of its pages never came."""
    case_id = submitted(road)
    road.official(case_id, "ask_correction")
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.RETURNED)
    road.server.faults.set(_NOT_YET)
    road.desk.sending.mend(case_id)

    def theirs(pages: list[ManifestEntry]) -> list[ManifestEntry]:
        return pages if commit else [pages[0].model_copy(update={"sha256": "e" * 64}), *pages[1:]]

    told = "conflict.committed" if commit else "conflict.registered"
    got_instead(road, case_id, told, theirs, 201 if commit else 202)
    return case_id


def got_instead(
    road: Road,
    case_id: str,
    told: str,
    theirs_of: Callable[[list[ManifestEntry]], list[ManifestEntry]],
    status: int,
) -> None:
    """The server, which is busy, gets the newest revision from elsewhere first.

    Args:
        told: what the clerk reads then.
        theirs_of: the pages in place of ours.
        status: of the answer to it.
    """
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.WAITING)
    road.server.faults.set(FaultSetting())
    row = road.desk.cases.case(case_id).outbox[-1]
    ours = RevisionPayload.model_validate_json(row.payload)
    theirs = ours.model_copy(
        update={
            "action_id": str(uuid.uuid4()),
            "applicant": ours.applicant.model_copy(update={"phone": "13911112222"}),
            "manifest": theirs_of(list(ours.manifest)),
        }
    )
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(road.server.practice.ca_path)
        code = road.server.practice.division_code
        session.headers["Authorization"] = f"Bearer {code}.{stored_credential(road.store)}"
        address = f"{road.server.address}/v1/cases/{case_id}/revisions/{row.revision}"
        answer = session.put(address, data=theirs.to_bytes())
    assert answer.status_code == status, answer.text
    road.desk.sending.send_now()
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.CONFLICT)
    road.until(lambda: conflict(road, case_id).standing.key == told)


def conflict(road: Road, case_id: str) -> ConflictView:
    view = road.desk.cases.case(case_id).conflict
    assert view is not None
    return view


def test_two_versions_stand_side_by_side_and_ours_goes_as_the_next_revision(road: Road) -> None:
    case_id = meet_another_version(road, "conflict.registered")
    case = road.desk.cases.case(case_id).case
    view = conflict(road, case_id)
    assert (view.submitted, view.next_revision) == (True, 2)
    phone = next(one for one in view.differences if one.field == "applicant.phone")
    assert (phone.ours.params["text"], phone.theirs.params["text"]) == (case.applicant.phone, "13911112222")
    pages = [one for one in view.differences if one.field.startswith("material.")]
    assert [(one.ours.params["count"], one.theirs.params["count"]) for one in pages] == [(1, 0)]
    assert len(view.differences) == 2
    assert case.applicant.phone != "13911112222", "the clerk wins what was typed"

    road.desk.conflicts.use_ours(case_id)
    road.until(lambda: road.states(case_id)[-1][1] is SendingState.SENT)
    assert road.states(case_id) == [(1, SendingState.SUPERSEDED), (2, SendingState.SENT)]
    events = road.desk.cases.case(case_id).events
    settled = next(event for event in events if event.kind == "conflict_settled")
    assert settled.detail["choice"] == "ours"
    assert settled.detail["fields"].split()[0] == "applicant.phone"
    first = road.desk.cases.case(case_id).outbox[0]
    assert "13911112222" in road.store.read(lambda snapshot: snapshot.setting(f"{HELD}{first.action_id}"))
    assert case.applicant.phone.encode() in first.payload
    with pytest.raises(InputProblem, match=r"conflict\.none"):
        road.desk.conflicts.use_ours(case_id)


def test_theirs_stands_when_the_clerk_says_so_with_a_reason(road: Road) -> None:
    case_id = meet_another_version(road, "conflict.committed", commit=True)
    with pytest.raises(InputProblem, match="reason_empty"):
        road.desk.conflicts.use_theirs(case_id, " ")
    road.desk.conflicts.use_theirs(case_id, "乡镇已经改过")
    assert road.states(case_id) == [(1, SendingState.CANCELLED)]
    view = road.desk.cases.case(case_id)
    assert view.conflict is None
    assert view.snag is not None
    assert view.snag.reason.key == "conflict.theirs_stand"
    settled = next(event for event in view.events if event.kind == "conflict_settled")
    assert (settled.detail["choice"], settled.detail["reason"]) == ("theirs", "乡镇已经改过")
    road.official(case_id, "accept")
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.ACCEPTED)


def if_theirs(road: Road, case_id: str) -> str:
    """What choosing theirs is said to mean."""
    said = conflict(road, case_id).if_theirs
    assert isinstance(said, Sentence)
    return said.key


def corrections_to_do(road: Road, case_id: str) -> list[TodoKind]:
    todos = road.desk.cases.today().todos
    return [todo.kind for todo in todos if todo.case_id == case_id and todo.kind is TodoKind.CORRECTION]


def test_theirs_that_the_county_never_took_leaves_the_correction_to_do(road: Road) -> None:
    case_id = meet_another_correction(road, commit=False)
    assert if_theirs(road, case_id) == "conflict.if_theirs.still_asked"
    road.desk.conflicts.use_theirs(case_id, "以那一份为准")
    view = road.desk.cases.case(case_id)
    assert (view.case.status, road.states(case_id)[-1]) == (CaseStatus.RETURNED, (2, SendingState.CANCELLED))
    assert (view.events[-1].kind, view.events[-1].to_status) == ("status", CaseStatus.RETURNED)
    assert corrections_to_do(road, case_id), "the county still waits"
    assert view.snag is not None and view.snag.can_send_again
    road.desk.sending.mend(case_id)
    road.until(lambda: road.states(case_id)[-1] == (3, SendingState.SENT))


def test_theirs_that_the_county_took_leaves_nothing_to_correct(road: Road) -> None:
    case_id = meet_another_correction(road, commit=True)
    assert if_theirs(road, case_id) == "conflict.if_theirs.taken"
    road.desk.conflicts.use_theirs(case_id, "旧电脑上已经补过")
    assert road.desk.cases.case(case_id).case.status is CaseStatus.RECEIVED
    assert not corrections_to_do(road, case_id)
    road.official(case_id, "accept")
    road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.ACCEPTED)


def test_theirs_of_a_case_that_never_arrived_is_said_to_be_perhaps_nowhere(road: Road) -> None:
    case_id = meet_another_version(road, "conflict.registered")
    assert if_theirs(road, case_id) == "conflict.if_theirs.not_seen"
    road.desk.conflicts.use_theirs(case_id, "不办了")
    assert road.desk.cases.case(case_id).case.status is CaseStatus.RECEIVED


def test_a_system_that_gives_no_copy_is_told_honestly(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("villagedesk.acceptance.http.HttpAcceptanceSystem.held_revision", lambda *_: None)
    view = conflict(road, meet_another_version(road, "conflict.no_copy"))
    assert (view.standing.params["revision"], view.differences) == (1, ())
