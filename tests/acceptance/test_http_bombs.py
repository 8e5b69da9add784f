"""Answers made to break the program that reads them: each ends as one of the port's failures, in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.raw_server import Answering, http, raw
from tests.acceptance.test_http_hostile import DIGEST, PAYLOAD, RECEIPT, REGISTERED, answering, system_behind
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import AcceptanceFailure, Busy, Committed, Refused, Unanswered
from villagedesk.acceptance.wire import MAX_BODY_BYTES, UNREADABLE, ChangesAnswer

_ROOT = Path(__file__).parents[2]
_RECEIPT = json.dumps(RECEIPT)
_REGISTERED = json.dumps(REGISTERED)
_TUS = {"Tus_Resumable": "1.0.0"}
_HEALTH = {"system": "villagedesk-acceptance", "time": "2026-11-23T01:02:03Z", "wire_versions": [1]}
_CHANGE = {"sequence": 1, "case_id": "c-1", "kind": "accepted", "at": "2026-11-23T01:02:03Z", "values": {}}

Call = Callable[[HttpAcceptanceSystem], object]


def put(system: HttpAcceptanceSystem) -> object:
    return system.put_revision("c-1", 1, PAYLOAD)


def health(system: HttpAcceptanceSystem) -> object:
    return system.health()


def changes(system: HttpAcceptanceSystem) -> object:
    return system.changes("", 0.0)


def create(system: HttpAcceptanceSystem) -> object:
    return system.create_upload(DIGEST, 10, "image/jpeg")


def offset(system: HttpAcceptanceSystem) -> object:
    return system.upload_offset("/v1/pages/u-1")


def json_of(status: str, text: str | bytes) -> Answering:
    body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return http(status, body, Content_Type="application/json")


def headed(*lines: bytes, body: bytes = _RECEIPT.encode()) -> Answering:
    head = b"\r\n".join((b"HTTP/1.1 201 Created", b"Content-Type: application/json", *lines))
    return raw(head + b"\r\n\r\n" + body)


def changed(**members: object) -> Answering:
    return answering("200 OK", {"changes": [_CHANGE | members], "cursor": "1"})


def located(location: str) -> Answering:
    return http("201 Created", b"", **_TUS, Location=location)


def at_offset(text: bytes) -> Answering:
    return raw(b"HTTP/1.1 200 OK\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + text + b"\r\nContent-Length: 0\r\n\r\n")


BOMBS: dict[str, tuple[Call, Answering]] = {
    "nothing but brackets": (put, json_of("201 Created", "[" * 100_000)),
    "deep in a field nobody knows": (put, json_of("201 Created", f'{_RECEIPT[:-1]},"x":{"[" * 2000}{"]" * 2000}}}')),
    "a number of a million digits": (put, json_of("202 Accepted", _REGISTERED.replace("1,", "9" * 1_000_000 + ",", 1))),
    "no number": (put, json_of("202 Accepted", _REGISTERED.replace('"revision": 1', '"revision": NaN'))),
    "no end": (put, json_of("202 Accepted", _REGISTERED.replace('"revision": 1', '"revision": Infinity'))),
    "a name twice": (put, json_of("202 Accepted", f'{_REGISTERED[:-1]},"state":"committed"}}')),
    "half a character": (put, json_of("201 Created", _RECEIPT.replace("r-1", "\\ud800"))),
    "half a character in bytes": (put, json_of("201 Created", _RECEIPT.replace("r-1", "\ud800"))),
    "no utf-8": (put, json_of("201 Created", _RECEIPT.replace("r-1", "\xff").encode("latin-1"))),
    "utf-16": (put, json_of("201 Created", _RECEIPT.encode("utf-16"))),
    "a byte order mark": (put, json_of("201 Created", b"\xef\xbb\xbf" + _RECEIPT.encode())),
    "a list for an object": (put, json_of("201 Created", "[]")),
    "an object for a list": (put, json_of("201 Created", _RECEIPT.replace("[]", "{}"))),
    "more than it says": (put, headed(b"Content-Length: 5")),
    "less than it says": (put, headed(b"Content-Length: 99999999999999999999")),
    "two lengths": (put, headed(b"Content-Length: 5", b"Content-Length: 7")),
    "a chunk of negative size": (put, headed(b"Transfer-Encoding: chunked", body=b"-5\r\nabc")),
    "a chunk without an end of size": (put, headed(b"Transfer-Encoding: chunked", body=b"f" * 100_000)),
    "five thousand headers": (put, headed(*(b"X-%d: y" % number for number in range(5000)))),
    "a header of 200 KB": (put, headed(b"X: " + b"a" * 200_000)),
    "a status line of 200 KB": (put, raw(b"HTTP/1.1 201 " + b"a" * 200_000 + b"\r\n\r\n")),
    "a status of many digits": (put, raw(b"HTTP/1.1 " + b"2" * 5000 + b" x\r\n\r\n")),
    "continue for ever": (put, raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000)),
    "a body without an end": (put, headed(body=b" " * (MAX_BODY_BYTES + 100_000))),
    "a million wrong hashes": (put, json_of("202 Accepted", _REGISTERED.replace("[]", f"[{'1,' * 2_000_000}1]"))),
    "health of 200 KB": (health, answering("200 OK", _HEALTH | {"padding": " " * 200_000})),
    "advice of many digits": (health, answering("200 OK", _HEALTH | {"connections": 10**4000})),
    "negative advice": (health, answering("200 OK", _HEALTH | {"connections": -5})),
    "a million empty changes": (changes, json_of("200 OK", f'{{"cursor":"","changes":[{"{}," * 1_300_000}{{}}]}}')),
    "a sequence past the database's": (changes, changed(sequence=2**63)),
    "a negative sequence": (changes, changed(sequence=-1)),
    "a case id of a megabyte": (changes, changed(case_id="c" * 1_000_000)),
    "a thousand values": (changes, changed(values={str(number): "x" for number in range(1000)})),
    "values that are none": (changes, changed(values={"reason": ["a"]})),
    "a cursor of a megabyte": (changes, answering("200 OK", {"changes": [], "cursor": "c" * 1_000_000})),
    "a location elsewhere": (create, located("https://evil.example/v1/pages/u-1")),
    "a location of another scheme": (create, located("//evil.example/v1/pages/u-1")),
    "a location with a user": (create, located("http://127.0.0.1@evil.example/v1/pages/u-1")),
    "a location that is a script": (create, located("javascript:alert(1)")),
    "no location": (create, located("")),
    "the folder itself": (create, located("/v1/pages/")),
    "a location that is no address": (create, located("http://[::1")),
    "a location with a blank": (create, located("/v1/pages/a b")),
    "a location of 60 KB": (create, located("/v1/pages/" + "a" * 60_000)),
    "a negative offset": (offset, at_offset(b"-1")),
    "an offset in other digits": (offset, at_offset("٣".encode())),
    "an offset as a power": (offset, at_offset(b"1e3")),
    "an offset of many digits": (offset, at_offset(b"9" * 5000)),
    "an upload's answer of 200 KB": (create, http("201 Created", b" " * 200_000, **_TUS, Location="/v1/pages/u-1")),
}


KEPT = frozenset(
    {
        "a sequence past the database's",
        "a negative sequence",
        "a case id of a megabyte",
        "a thousand values",
        "values that are none",
    }
)
"""One change among others that is none: it is kept with its raw text, cut, and holds up no other."""


@pytest.mark.parametrize("name", sorted(KEPT))
def test_one_change_that_is_none_is_kept_and_cut(name: str) -> None:
    call, answer = BOMBS[name]
    with system_behind(answer) as system:
        answered = call(system)
    assert isinstance(answered, ChangesAnswer)
    (change,) = answered.changes
    assert (change.kind, len(change.case_id) <= 64, 0 <= change.sequence < 2**63) == (UNREADABLE, True, True)
    assert 0 < len(change.values["raw"]) <= 2000


@pytest.mark.parametrize("name", sorted(BOMBS.keys() - KEPT))
def test_no_bomb_goes_off(name: str) -> None:
    call, answer = BOMBS[name]
    with system_behind(answer) as system, pytest.raises(AcceptanceFailure) as caught:
        call(system)
    assert type(caught.value) is Unanswered
    assert len(caught.value.raw) <= 400


@pytest.mark.parametrize(
    ("cut", "read"),
    [
        (r"\ud863", "\ufffd"),
        (r"\uDF4B", "\ufffd"),
        ("\ud863", "\ufffd\ufffd\ufffd"),
        (r"\ud863\ud863\udf4b", "\ufffd\U00028f4b"),
        (r"\\ud863 \ud863", "\\ud863 \ufffd"),
    ],
)
def test_half_a_rare_character_costs_no_more_than_itself(cut: str, read: str) -> None:
    """A system in UTF-16 that cuts a text to its length makes it: a surrogate alone (RFC 8259, 8.2)."""
    change = json.dumps(_CHANGE | {"values": {"reason": "CUT"}}).replace("CUT", cut)
    with system_behind(json_of("200 OK", f'{{"changes": [{change}, {change}], "cursor": "2"}}')) as system:
        told = system.changes("", 0.0).changes
    assert [one.values["reason"] for one in told] == [read, read]
    body = f'{{"status": 422, "code": "bad", "message": "{cut}"}}'.encode("utf-8", "surrogatepass")
    refusing = http("422 Unprocessable Content", body, Content_Type="application/problem+json")
    with system_behind(refusing) as system, pytest.raises(Refused) as caught:
        put(system)
    assert caught.value.raw == f"422 bad: {read}"


@pytest.mark.parametrize("length", [b"-5", b"abc", b"9" * 50_000, b"", b"+241"])
def test_a_length_that_is_none_reads_to_the_end_or_not_at_all(length: bytes) -> None:
    with system_behind(headed(b"Content-Length: " + length)) as system:
        try:
            assert isinstance(put(system), Committed)
        except AcceptanceFailure as failure:
            assert type(failure) is Unanswered


@pytest.mark.parametrize("wait", ["-5", "²", "1e99", "9" * 5000, "Mon, 99 Foo 99999 99:99:99 GMT"])
def test_a_wait_that_is_none_is_no_wait_for_ever(wait: str) -> None:
    head = f"HTTP/1.1 503 x\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n"
    with system_behind(raw(head.encode("utf-8"))) as system, pytest.raises(Busy) as caught:
        put(system)
    assert caught.value.retry_after is None or 0 <= caught.value.retry_after < 1e9


def test_what_is_said_in_words_comes_without_controls_and_not_in_megabytes() -> None:
    said = {"reason": "\u202e补正\x07" + "长" * 100_000, "\u202ewanted": "x\0"}
    with system_behind(changed(values=said, state_code="\x1b[31m21")) as system:
        (change,) = system.changes("", 0.0).changes
    assert change.values["reason"].startswith("补正长") and len(change.values["reason"]) == 2000
    assert change.values["wanted"] == "x" and change.state_code == "[31m21"
    refusal = {"status": 422, "code": "\u202ebad", "message": "<b>\x00" + "长" * 100_000}
    answer = answering("422 Unprocessable Content", refusal, "application/problem+json")
    with system_behind(answer) as system, pytest.raises(Refused) as caught:
        put(system)
    assert caught.value.code == "bad" and caught.value.raw.startswith("422 bad: <b>长") and len(caught.value.raw) == 400


_MEASURE = """
import json, sys
from tests.acceptance.test_http_bombs import BOMBS
from tests.acceptance.test_http_hostile import system_behind
from tests.peak_memory import peak_mb
from villagedesk.acceptance.port import AcceptanceFailure
before = peak_mb()
for call, answer in (BOMBS[name] for name in sys.argv[1:]):
    with system_behind(answer) as system:
        try:
            call(system)
        except AcceptanceFailure:
            pass
sys.stdout.write(str(peak_mb() - before))
"""


def test_bombs_of_json_take_bounded_memory() -> None:
    """Noting every wrong entry took 2,400 MB; the parsed body of 4 MB itself takes a hundred times its size."""
    worst = ("a million wrong hashes", "a million empty changes", "nothing but brackets", "health of 200 KB")
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *worst], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 600, f"{done.stdout} MB"
