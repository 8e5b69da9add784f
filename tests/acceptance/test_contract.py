"""What every acceptance system behind the port must do; on the model, and on the adapter before a practice server."""

from __future__ import annotations

import json
import os
import uuid

import pytest

from tests.sync.server_model import ServerModel
from villagedesk.acceptance.port import (
    AcceptanceSystem,
    CatalogueBegun,
    Committed,
    Conflicting,
    OffsetMoved,
    Refused,
    Registered,
    UploadGone,
)
from villagedesk.acceptance.wire import (
    ActionPayload,
    ApplicantRecord,
    ManifestEntry,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.practice.catalogue_files import CatalogueFiles


def revision(case_id: str, *pages: bytes, number: int = 1, note: str = "") -> RevisionPayload:
    return RevisionPayload(
        wire_version=1,
        action_id=str(uuid.uuid4()),
        station="410421103207",
        clerk="李练习",
        case_id=case_id,
        revision=number,
        local_no="261123-A-0001-X",
        item_code="test-item",
        item_version=1,
        item_name="城乡居民基本医疗保险参保登记",
        received_at="2026-11-23T01:02:03.000004Z",
        applicant=ApplicantRecord(kind="natural", name="张不存", document_kind="resident_id", document_number="x"),
        materials=[],
        form={"note": note},
        manifest=[
            ManifestEntry(
                requirement_id="id", order=order, sha256=sha256_hex(page), byte_count=len(page), media_type="image/jpeg"
            )
            for order, page in enumerate(pages, 1)
        ],
    )


def upload(system: AcceptanceSystem, page: bytes) -> None:
    location = system.create_upload(sha256_hex(page), len(page), "image/jpeg")
    assert system.send_chunk(location, 0, page) == len(page)


@pytest.fixture
def case_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def page() -> bytes:
    return os.urandom(3000)


def test_it_says_that_it_is_there(system: AcceptanceSystem) -> None:
    assert 1 in system.health().wire_versions


def test_a_revision_is_registered_until_its_pages_are_there(
    system: AcceptanceSystem, case_id: str, page: bytes
) -> None:
    payload = revision(case_id, page).to_bytes()
    first = system.put_revision(case_id, 1, payload)
    assert first == Registered(sha256_hex(payload), (sha256_hex(page),))
    upload(system, page)
    second = system.put_revision(case_id, 1, payload)
    assert isinstance(second, Committed)
    assert second.payload_sha256 == sha256_hex(payload)
    assert second.pages == (sha256_hex(page),)


def test_the_same_content_has_the_same_answer_for_ever(system: AcceptanceSystem, case_id: str) -> None:
    payload = revision(case_id).to_bytes()
    answers = [system.put_revision(case_id, 1, payload) for _ in range(3)]
    assert isinstance(answers[0], Committed)
    assert answers[0] == answers[1] == answers[2]


def test_other_content_under_the_same_key_is_a_conflict(system: AcceptanceSystem, case_id: str) -> None:
    payload = revision(case_id).to_bytes()
    system.put_revision(case_id, 1, payload)
    with pytest.raises(Conflicting) as caught:
        system.put_revision(case_id, 1, revision(case_id, note="other").to_bytes())
    assert caught.value.held_sha256 == sha256_hex(payload)


def test_it_tells_what_it_holds(system: AcceptanceSystem, case_id: str, page: bytes) -> None:
    assert system.case(case_id) is None
    payload = revision(case_id, page)
    system.put_revision(case_id, 1, payload.to_bytes())
    registered = system.case(case_id)
    assert registered is not None
    state = registered.revisions[0]
    assert (state.revision, state.state, state.missing) == (1, "registered", [sha256_hex(page)])
    assert (state.payload_sha256, state.receipt) == (sha256_hex(payload.to_bytes()), None)
    upload(system, page)
    committed = system.put_revision(case_id, 1, payload.to_bytes())
    held = system.case(case_id)
    assert held is not None
    assert held.committed_revision == 1
    assert held.revisions[0].missing == []
    receipt = held.revisions[0].receipt
    assert receipt is not None
    assert isinstance(committed, Committed)
    assert receipt.model_dump() == json.loads(committed.receipt)
    assert case_id in {case.case_id for piece in system.cases() for case in piece.cases}


def test_its_list_of_cases_is_whole_and_names_none_twice(
    system: AcceptanceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("villagedesk.acceptance.http._CASES_A_PIECE", 2)
    names = {str(uuid.uuid4()) for _ in range(5)}
    for name in names:
        system.put_revision(name, 1, revision(name).to_bytes())
    pieces = list(system.cases())
    listed = [case.case_id for piece in pieces for case in piece.cases]
    assert len(pieces) >= 3
    assert all(0 < len(piece.cases) <= 2 for piece in pieces)
    assert names <= set(listed)
    assert len(listed) == len(set(listed))


def test_a_page_goes_in_pieces_and_is_resumed(system: AcceptanceSystem, page: bytes) -> None:
    location = system.create_upload(sha256_hex(page), len(page), "image/jpeg")
    assert system.upload_offset(location) == 0
    assert system.send_chunk(location, 0, page[:1000]) == 1000
    assert system.upload_offset(location) == 1000
    with pytest.raises(OffsetMoved):
        system.send_chunk(location, 500, page[500:])
    assert system.upload_offset(location) == 1000
    assert system.send_chunk(location, 1000, page[1000:]) == len(page)


def test_a_page_with_another_content_is_not_taken(system: AcceptanceSystem, case_id: str, page: bytes) -> None:
    payload = revision(case_id, page).to_bytes()
    location = system.create_upload(sha256_hex(page), len(page), "image/jpeg")
    with pytest.raises((UploadGone, OffsetMoved)):
        system.send_chunk(location, 0, bytes(len(page)))
    assert isinstance(system.put_revision(case_id, 1, payload), Registered)


def test_an_upload_nobody_began_is_gone(system: AcceptanceSystem) -> None:
    with pytest.raises(UploadGone):
        system.upload_offset("/v1/pages/nobody-began-this")
    with pytest.raises(UploadGone):
        system.send_chunk("/v1/pages/nobody-began-this", 0, b"x")


def test_an_action_is_taken_once(system: AcceptanceSystem, case_id: str) -> None:
    system.put_revision(case_id, 1, revision(case_id).to_bytes())
    action_id = str(uuid.uuid4())
    payload = ActionPayload(
        wire_version=1,
        action_id=action_id,
        station="410421103207",
        clerk="李练习",
        operation="evaluate",
        at="2026-11-23T01:02:03.000004Z",
        values={"level": "5"},
    )
    first = system.put_action(case_id, action_id, payload.to_bytes())
    assert first.payload_sha256 == sha256_hex(payload.to_bytes())
    assert system.put_action(case_id, action_id, payload.to_bytes()) == first
    held = system.case(case_id)
    assert held is not None
    assert held.actions.count(action_id) == 1
    other = payload.model_copy(update={"values": {"level": "1"}})
    with pytest.raises(Conflicting):
        system.put_action(case_id, action_id, other.to_bytes())


def test_changes_go_on_from_a_cursor(system: AcceptanceSystem) -> None:
    everything = system.changes("", 0.0)
    assert system.changes(everything.cursor, 0.0).cursor == everything.cursor


def test_where_there_is_no_newer_catalogue_none_is_given(system: AcceptanceSystem) -> None:
    assert system.catalogue(10**6) is None
    assert system.catalogue(10**6, "0" * 64) is None


def hand_out(system: AcceptanceSystem, request: pytest.FixtureRequest, version: int, note: str) -> bytes:
    """From now on, as the county does it; gives the package."""
    content = json.dumps({"version": version, "base": None, "note": note * 50})
    data = json.dumps({"content": content, "signature": "x"}).encode()
    if isinstance(system, ServerModel):
        system.catalogues[version] = data
    else:
        CatalogueFiles(request.getfixturevalue("practice").practice.folder).put(data)
    return data


def test_a_catalogue_comes_in_pieces_that_are_of_one_package(
    system: AcceptanceSystem, request: pytest.FixtureRequest
) -> None:
    data = hand_out(system, request, 5, "first")
    came, begun = b"", None
    while begun is None or begun.here < begun.whole:
        piece = system.catalogue(4, "", begun, 100)
        assert piece is not None
        assert len(piece.data) <= 100
        came, begun = came + piece.data, piece.begun
        assert begun == CatalogueBegun(sha256_hex(data), len(came), len(data))
    assert came == data
    assert system.catalogue(4, sha256_hex(data)) is None
    hand_out(system, request, 6, "too large to come at once" * 60)
    with pytest.raises(Refused) as caught:
        system.catalogue(4, "", CatalogueBegun(sha256_hex(data), 100, len(data)), 100)
    assert caught.value.code == "changed"
