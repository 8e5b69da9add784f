"""The practice system hands out the county's signed packages: what changed where it can, else the whole."""

from __future__ import annotations

import hashlib
import json

import pytest
import requests

from tests.practice.village import Village
from villagedesk.acceptance.wire import MAX_CATALOGUE_BYTES
from villagedesk.domain.station import StationFile
from villagedesk.practice.server import PracticeServer


def package(version: int, base: int | None = None, note: str = "") -> bytes:
    """A file as the county would sign it; the practice system does not look at the signature."""
    content = json.dumps({"version": version, "base": base, "note": note})
    return json.dumps({"content": content, "signature": "x"}).encode()


def post(village: Village, data: bytes) -> int:
    return village.call("POST", "/practice/catalogue", data).status_code


def test_a_station_gets_what_changed_since_its_own_version_else_the_whole(
    server: PracticeServer, village: Village
) -> None:
    for data in (package(1), package(2, 1), package(2), package(3, 2)):
        assert post(village, data) == 201
    assert village.call("GET", "/v1/catalogue?have=1").content == package(2, 1)
    assert village.call("GET", "/v1/catalogue?have=2").content == package(3, 2)
    assert village.call("GET", "/v1/catalogue?have=0").content == package(2), "version 3 is there for version 2 only"
    assert village.call("GET", "/v1/catalogue?have=3").status_code == 204
    assert village.call("GET", "/v1/health").json()["catalogue_version"] == 3
    page = village.call("GET", "/practice/").text
    assert "第 3 版（在第 2 版上更新）" in page
    assert "第 2 版（完整）" in page


def test_one_that_was_refused_is_not_sent_again(server: PracticeServer, village: Village) -> None:
    post(village, package(5))
    refused = {"If-None-Match": f'"{hashlib.sha256(package(5)).hexdigest()}"'}
    answer = village.call("GET", "/v1/catalogue?have=0", headers=refused)
    assert (answer.status_code, answer.content) == (304, b"")
    post(village, package(5, note="mended"))
    assert village.call("GET", "/v1/catalogue?have=0", headers=refused).content == package(5, note="mended")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        json.dumps({"content": "{}"}).encode(),
        json.dumps({"content": json.dumps({"version": True, "base": None})}).encode(),
        json.dumps({"content": json.dumps({"version": "../../x", "base": None})}).encode(),
        json.dumps({"content": json.dumps({"version": 3, "base": -1})}).encode(),
        b"[" * 100_000,
    ],
)
def test_what_is_no_package_is_refused(server: PracticeServer, village: Village, data: bytes) -> None:
    assert post(village, data) == 422
    assert not (server.practice.folder / "catalogue").exists()


def test_one_too_large_is_refused(village: Village) -> None:
    assert post(village, b" " * (MAX_CATALOGUE_BYTES + 1)) == 413


def test_the_station_file_names_the_key_that_signs_and_the_key_stays(server: PracticeServer) -> None:
    station = StationFile.from_bytes(server.practice.station_file_path.read_bytes())
    assert len(station.catalogue_public_key) == 32
    assert server.practice.catalogue_private_key_path.stat().st_mode & 0o077 == 0
    again = PracticeServer(server.practice.folder)
    assert StationFile.from_bytes(again.practice.station_file_path.read_bytes()) == station


def test_a_package_goes_out_by_ranges_of_the_very_package_that_is_meant(village: Village) -> None:
    data = package(7, note="x" * 500)
    post(village, data)
    etag = f'"{hashlib.sha256(data).hexdigest()}"'

    def ask(**headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return village.call("GET", "/v1/catalogue?have=0", headers={"Accept-Encoding": "identity", **named})

    part = ask(Range="bytes=100-199", If_Range=etag)
    assert (part.status_code, part.content) == (206, data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert part.headers["ETag"] == etag
    last = ask(Range=f"bytes={len(data) - 5}-{len(data) + 500}")
    assert (last.status_code, last.content) == (206, data[-5:])
    assert last.headers["Content-Range"] == f"bytes {len(data) - 5}-{len(data) - 1}/{len(data)}"
    for other in (f"W/{etag}", f'"{"0" * 64}"', "Mon, 23 Nov 2026 01:00:00 GMT"):
        whole = ask(Range="bytes=100-199", If_Range=other)
        assert (whole.status_code, whole.content) == (200, data)
        assert whole.headers["Accept-Ranges"] == "bytes"
    assert ask(Range=f"bytes={len(data)}-").status_code == 416
    assert ask(Range="bytes=5-2").content == data
    assert ask(Range="bytes=100-199", If_None_Match=etag).status_code == 304

    mended = package(7, note="y" * 500)
    post(village, mended)
    assert ask(Range="bytes=100-199", If_Range=etag).content == mended, "of the same name and length, another one"
