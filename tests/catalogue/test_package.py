"""Packages: whole or as a delta, signed, checked as a whole before anything is replaced."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import MAX_BYTES, Package, apply, open_package, package_from, seal
from villagedesk.domain.problems import Problem

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
AT = "2026-11-23T00:00:00Z"


def raw(code: str, version: int = 1, **entries: Any) -> dict[str, Any]:
    """An item's raw table."""
    material = {
        "requirement_id": "id_card",
        "name": "居民身份证",
        "necessity": "required",
        "form": "copy",
        "copies": 1,
        "min_pages": 1,
        "source": "government",
    }
    item = {
        "code": code,
        "version": version,
        "name": f"事项{code}",
        "mode": "system",
        "type": "promised",
        "audience": "村民",
        "organ": "县里",
        "materials": [material],
    }
    return {**item, **entries}


OLD = Contents((raw("A"), raw("B"), raw("C")), (("新农合", "医保"),))
NEW = Contents((raw("C"), raw("A", 2, name="改了名"), raw("D")), (("新农合", "医保", "合作医疗"),))


def through_a_file(package: Package) -> Package:
    return open_package(seal(package, KEY), PUBLIC)


def key_of(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as problem:
        work()
    return problem.value.key


@pytest.mark.parametrize("base", [None, 6])
def test_a_whole_one_and_a_delta_make_the_same_catalogue(base: int | None) -> None:
    package = package_from(OLD if base is not None else None, base, NEW, 7, AT)
    assert len(package.items) == (3 if base is None else 2)
    made = apply(through_a_file(package), OLD, 6)
    assert made.sha256 == NEW.sha256
    assert [item.code for item in made.service_items] == ["C", "A", "D"]
    assert made.synonyms == NEW.synonyms


def test_a_delta_for_another_version_an_older_and_the_same_one_are_refused() -> None:
    delta = through_a_file(package_from(OLD, 6, NEW, 7, AT))
    assert key_of(lambda: apply(delta, OLD, 5)) == "catalogue_package.wrong_base"
    assert key_of(lambda: apply(delta, NEW, 7)) == "catalogue_package.same"
    assert key_of(lambda: apply(delta, OLD, 7)) == "catalogue_package.other_content"
    assert key_of(lambda: apply(delta, OLD, 8)) == "catalogue_package.older"


def test_an_item_never_changes_without_its_version() -> None:
    sly = Contents((raw("A", 1, name="改了名"),))
    assert key_of(lambda: package_from(OLD, 6, sly, 7, AT)) == "catalogue_package.version_unchanged"
    whole = through_a_file(package_from(None, None, sly, 7, AT))
    assert key_of(lambda: apply(whole, OLD, 6)) == "catalogue_package.version_unchanged"
    older = through_a_file(package_from(None, None, Contents((raw("A", 1),)), 7, AT))
    assert key_of(lambda: apply(older, Contents((raw("A", 2),)), 6)) == "catalogue_package.version_unchanged"


def test_what_comes_of_it_is_checked_as_a_whole() -> None:
    bad = through_a_file(package_from(None, None, Contents((raw("A"), raw("B", 2, mode="by_post"))), 7, AT))
    with pytest.raises(Problem) as problem:
        apply(bad, OLD, 6)
    assert (problem.value.key, problem.value.params["file"]) == ("catalogue.bad_file", "B")
    # a delta made from another catalogue of the same number gives another whole
    other = Contents((raw("A"), raw("B"), raw("C", name="别的")))
    delta = through_a_file(package_from(OLD, 6, NEW, 7, AT))
    assert key_of(lambda: apply(delta, other, 6)) == "catalogue_package.incomplete"


def test_unsigned_wrongly_signed_and_changed_ones_are_refused() -> None:
    data = seal(package_from(None, None, NEW, 7, AT), KEY)
    file = json.loads(data)
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def changed(**entries: object) -> bytes:
        return json.dumps({**file, **entries}).encode()

    assert key_of(lambda: open_package(data, stranger)) == "catalogue_package.wrong_signature"
    assert key_of(lambda: open_package(data, b"")) == "catalogue_package.no_key"
    assert key_of(lambda: open_package(changed(signature=""), PUBLIC)) == "catalogue_package.unsigned"
    assert key_of(lambda: open_package(changed(signature=None), PUBLIC)) == "catalogue_package.unsigned"
    wrong = base64.b64encode(bytes(64)).decode()
    for signature in (wrong, "A", "\u7b7e"):
        assert key_of(lambda s=signature: open_package(changed(signature=s), PUBLIC)) == (  # type: ignore[misc]
            "catalogue_package.wrong_signature"
        )
    content = file["content"].replace("改了名", "改了民")
    assert key_of(lambda: open_package(changed(content=content), PUBLIC)) == "catalogue_package.wrong_signature"
    assert key_of(lambda: open_package(changed(format_version=2), PUBLIC)) == "catalogue_package.newer_format"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"format": "villagedesk-catalogue"}'])
def test_what_is_no_package_is_told(data: bytes) -> None:
    assert key_of(lambda: open_package(data, PUBLIC)).startswith("catalogue_package.n")


def test_a_huge_file_is_refused_unread() -> None:
    assert key_of(lambda: open_package(b" " * (MAX_BYTES + 1), PUBLIC)) == "catalogue_package.too_large"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["version", "made_at", "base", "items", "order", "synonyms", "calendars", "result_sha256"]),
)
def test_signed_nonsense_is_refused_as_a_problem_or_makes_a_right_catalogue(value: object, entry: str) -> None:
    content = {
        "version": 7,
        "made_at": AT,
        "base": None,
        "items": [raw("A")],
        "order": ["A"],
        "synonyms": [],
        "calendars": [],
        "result_sha256": Contents((raw("A"),)).sha256,
        entry: value,
    }
    text = json.dumps(content)
    signature = base64.b64encode(KEY.sign(text.encode())).decode()
    file = {"format": "villagedesk-catalogue", "format_version": 1, "content": text, "signature": signature}
    with contextlib.suppress(Problem):
        assert apply(open_package(json.dumps(file).encode(), PUBLIC), OLD, 6).service_items
