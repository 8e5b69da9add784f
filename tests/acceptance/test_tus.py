"""The tus client before servers that are not ours: no checksums or SHA-1 only, absolute locations, wrong words."""

from __future__ import annotations

import base64
import hashlib
import re
import socket

import pytest

from tests.acceptance.raw_server import Answering, http, raw_server
from tests.acceptance.test_http_hostile import adapter, problem
from villagedesk.acceptance.port import LoginNeeded, Mangled, OffsetMoved, Refused, Unanswered, UploadGone

CHUNK = b"page bytes"


def tus(status: str, **headers: str) -> Answering:
    return http(status, b"", Tus_Resumable="1.0.0", **headers)


@pytest.mark.parametrize(
    ("offered", "digest"),
    [
        ({"Tus_Extension": "creation,checksum", "Tus_Checksum_Algorithm": "md5,sha1,sha256"}, "sha256"),
        ({"Tus_Extension": "checksum", "Tus_Checksum_Algorithm": "sha1,md5"}, "sha1"),
        ({"Tus_Extension": "creation"}, None),
        ({}, None),
    ],
)
def test_the_checksum_the_server_offers_is_used(offered: dict[str, str], digest: str | None) -> None:
    with raw_server(tus("204 No Content", **offered), tus("204 No Content", Upload_Offset="10")) as (address, requests):
        system = adapter(address)
        assert system.send_chunk("/files/1", 0, CHUNK, proven=True) == 10
        system.close()
    sent = requests[1].decode()
    if digest is None:
        assert "Upload-Checksum" not in sent
    else:
        expected = base64.b64encode(hashlib.new(digest, CHUNK).digest()).decode()
        assert f"Upload-Checksum: {digest} {expected}" in sent


def test_locations_may_be_absolute_or_relative() -> None:
    def absolute(connection: socket.socket, request: bytes) -> None:
        host = re.search(rb"Host: (\S+)", request)
        assert host is not None
        tus("201 Created", Location=f"http://{host[1].decode()}/files/7")(connection, request)

    with raw_server(absolute, tus("201 Created", Location="abc?part=1")) as (address, _requests):
        system = adapter(address)
        assert system.create_upload("ab" * 32, 10, "image/jpeg") == "/files/7"
        assert system.create_upload("ab" * 32, 10, "image/jpeg") == "/v1/pages/abc?part=1"
        system.close()


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/v1/pages/1", "https://elsewhere.example/1", "http://[", ""])
def test_a_location_elsewhere_is_refused(location: str) -> None:
    with raw_server(tus("201 Created", Location=location)) as (address, _requests):
        system = adapter(address)
        with pytest.raises(Unanswered):
            system.create_upload("ab" * 32, 10, "image/jpeg")
        system.close()


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (tus("404 Not Found"), UploadGone),
        (tus("410 Gone"), UploadGone),
        (tus("409 Conflict"), OffsetMoved),
        (tus("460 Checksum Mismatch"), Mangled),
        (tus("413 Too Large"), Refused),
        (tus("415 Unsupported Media Type"), Refused),
        (tus("401 Unauthorized"), LoginNeeded),
        (tus("423 Locked"), Unanswered),
        (tus("405 Method Not Allowed"), Unanswered),
        (tus("408 Request Timeout"), Unanswered),
        (tus("412 Precondition Failed"), Unanswered),
        (tus("425 Too Early"), Unanswered),
        (problem("400 Bad Request", "body_cut"), Unanswered),
        (problem("400 Bad Request", "upload_metadata"), Refused),
        (tus("204 No Content", Upload_Offset="7"), OffsetMoved),
        (tus("204 No Content"), Unanswered),
        (tus("204 No Content", Upload_Offset="9" * 5000), Unanswered),
        (tus("500 Internal Server Error"), Unanswered),
        (http("404 Not Found"), Unanswered),
        (http("204 No Content", Upload_Offset="10"), Unanswered),
        (http("403 Forbidden", b"<html>", Content_Type="text/html"), Unanswered),
    ],
)
def test_what_a_patch_is_answered(answer: Answering, failure: type[Exception]) -> None:
    with raw_server(answer) as (address, _requests):
        system = adapter(address)
        with pytest.raises(failure) as caught:
            system.send_chunk("/files/1", 0, CHUNK)
        assert type(caught.value) is failure
        system.close()


@pytest.mark.parametrize(
    "answer", [tus("404 Not Found"), tus("405 Not Allowed"), problem("404 Not Found", "not_found")]
)
def test_a_place_for_uploads_that_is_not_there_says_nothing_about_the_page(answer: Answering) -> None:
    with raw_server(answer) as (address, _requests):
        system = adapter(address)
        with pytest.raises(Unanswered) as caught:
            system.create_upload("ab" * 32, 10, "image/jpeg")
        system.close()
    assert caught.value.reason == "sync.reason.not_taken_now"


def test_an_upload_that_is_locked_after_a_cut_is_asked_again() -> None:
    """The server still hangs on the PATCH that was cut: 423 to the HEAD, and the offset to the next one."""
    with raw_server(tus("423 Locked"), tus("200 OK", Upload_Offset="5", Upload_Length="10")) as (address, _requests):
        system = adapter(address)
        with pytest.raises(Unanswered):
            system.upload_offset("/v1/pages/1")
        assert system.upload_offset("/v1/pages/1") == 5
        system.close()


def test_a_head_answer_has_no_body_and_is_believed_by_its_headers() -> None:
    gone = http("404 Not Found", Content_Type="application/problem+json")
    with raw_server(gone, tus("200 OK", Upload_Offset="5", Upload_Length="10")) as (address, _requests):
        system = adapter(address)
        with pytest.raises(UploadGone):
            system.upload_offset("/v1/pages/1")
        assert system.upload_offset("/v1/pages/1") == 5
        system.close()
