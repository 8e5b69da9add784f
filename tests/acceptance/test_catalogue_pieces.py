"""A catalogue package by ranges: what may be joined to what came before, and what is begun anew or not believed."""

from __future__ import annotations

import pytest

from tests.acceptance.raw_server import Answering, http, raw_server
from tests.acceptance.test_http_hostile import adapter, problem
from villagedesk.acceptance.port import AcceptanceFailure, CatalogueBegun, CataloguePiece, Refused, Unanswered
from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES

JSON = "application/json"
BEGUN = CatalogueBegun("v1", 4, 10)
LARGE = b"x" * (64 * 1024 + 1)


def part(span: str, body: bytes, etag: str = '"v1"', content_type: str = JSON) -> Answering:
    return http("206 Partial Content", body, Content_Type=content_type, Content_Range=f"bytes {span}", ETag=etag)


def ask(
    *answers: Answering, begun: CatalogueBegun | None = BEGUN, length: int = 4
) -> tuple[CataloguePiece | None, list[bytes]]:
    with raw_server(*answers) as (address, requests):
        system = adapter(address)
        try:
            return system.catalogue(3, "", begun, length), requests
        finally:
            system.close()


def test_a_piece_is_asked_for_by_range_and_the_next_under_the_name_of_the_first() -> None:
    piece, requests = ask(part("0-3/10", b"0123"), begun=None)
    assert piece == CataloguePiece(CatalogueBegun("v1", 4, 10), b"0123")
    assert b"Range: bytes=0-3\r\n" in requests[0]
    assert b"If-Range" not in requests[0]
    piece, requests = ask(part("4-7/10", b"4567"), begun=piece.begun)
    assert piece == CataloguePiece(CatalogueBegun("v1", 8, 10), b"4567")
    assert b"Range: bytes=4-7\r\n" in requests[0]
    assert b'If-Range: "v1"\r\n' in requests[0]
    assert b"Accept-Encoding: identity\r\n" in requests[0], "packed pieces cannot be joined"


def test_a_system_without_ranges_gives_the_whole() -> None:
    piece, _requests = ask(http("200 OK", LARGE, Content_Type=JSON), begun=None)
    assert piece == CataloguePiece(CatalogueBegun("", len(LARGE), len(LARGE)), LARGE)


@pytest.mark.parametrize("etag", ['W/"v1"', "v1", "", '"v\t1"'])
def test_what_has_no_strong_name_is_asked_for_as_a_whole(etag: str) -> None:
    whole = http("200 OK", b"0123456789", Content_Type=JSON)
    piece, requests = ask(part("0-3/10", b"0123", etag), whole, begun=None)
    assert piece is not None
    assert piece.data == b"0123456789"
    assert [b"Range: " in request for request in requests] == [True, False]


def test_one_that_came_whole_needs_no_name() -> None:
    piece, requests = ask(part("0-2/3", b"abc", ""), begun=None)
    assert piece == CataloguePiece(CatalogueBegun("", 3, 3), b"abc")
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        part("4-7/10", b"4567", '"v2"'),
        part("4-7/10", b"4567", 'W/"v1"'),
        part("4-7/11", b"4567"),
        http("200 OK", LARGE, Content_Type=JSON, ETag='"v2"'),
        problem("416 Range Not Satisfiable", "range"),
    ],
)
def test_another_package_is_never_joined_to_what_came(answer: Answering) -> None:
    with pytest.raises(Refused) as caught:
        ask(answer)
    assert caught.value.code == "changed"


def test_another_small_one_that_comes_whole_is_taken_as_the_whole() -> None:
    piece, _requests = ask(http("200 OK", b"{}", Content_Type=JSON, ETag='"v2"'))
    assert piece is not None
    assert piece.begun.here == piece.begun.whole == len(piece.data) == 2


@pytest.mark.parametrize(
    "answer",
    [
        part("4-7/10", b"456"),
        part("4-8/10", b"45678"),
        part("3-6/10", b"3456"),
        part("4-7/7", b"4567"),
        part("4-7/*", b"4567"),
        part("4-7/10", b"4567", content_type="multipart/byteranges"),
        http("206 Partial Content", b"4567", Content_Type=JSON, ETag='"v1"'),
    ],
)
def test_a_part_that_is_not_the_one_asked_for_is_not_believed(answer: Answering) -> None:
    with pytest.raises(Unanswered):
        ask(answer)


def test_one_over_the_cap_is_not_even_begun() -> None:
    with pytest.raises(AcceptanceFailure) as caught:
        ask(part(f"0-3/{MAX_CATALOGUE_BYTES + 1}", b"0123"), begun=None)
    assert caught.value.reason == "sync.reason.too_large"
