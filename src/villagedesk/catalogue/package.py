"""Signed packages: a catalogue from the county, whole or as what changed since a version, over the wire or on a stick.

A package is checked as a whole, and what comes of it too, before anything is replaced; a version of an item never
changes what it says. The file is JSON: the content as text, an Ed25519 signature (RFC 8032) over its UTF-8 bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.contents import MOST_ITEMS, Contents, Raw, canonical, synonyms_of
from villagedesk.domain.catalogue import STARTER_NUMBERS
from villagedesk.domain.problems import InputProblem

MAX_BYTES = 24 * 1024 * 1024
"""2,000 items with their forms take 16 MiB."""
_FORMAT = "villagedesk-catalogue"
_FORMAT_VERSION = 1
_NAME = "package"


@dataclass(frozen=True)
class Package:
    """What a package says.

    Args:
        version: of the catalogue it makes, counted up by the county.
        made_at: ISO 8601.
        base: the version it changes; None when it is whole.
        items: whole, or those that changed or are new.
        order: codes of every item of the result, in order.
        synonyms, calendars: None when they stay as they are.
        result_sha256: of the catalogue it makes (:attr:`villagedesk.catalogue.contents.Contents.sha256`).
    """

    version: int
    made_at: str
    base: int | None
    items: tuple[Raw, ...]
    order: tuple[str, ...]
    synonyms: tuple[tuple[str, ...], ...] | None
    calendars: tuple[Raw, ...] | None
    result_sha256: str


def package_from(old: Contents | None, base: int | None, new: Contents, version: int, made_at: str) -> Package:
    """The package that makes ``new``, whole or out of ``old``, which is version ``base``.

    Raises:
        InputProblem: ``catalogue_package.version_unchanged`` (``code``, ``name``) when an item changed and its version
            did not.
    """
    codes = tuple(str(raw["code"]) for raw in new.items)
    if old is None or base is None:
        return Package(version, made_at, None, new.items, codes, new.synonyms, new.calendars, new.sha256)
    before = {str(raw["code"]): raw for raw in old.items}
    changed = tuple(raw for raw in new.items if before.get(str(raw["code"])) != raw)
    _check_versions(before, changed)
    return Package(
        version,
        made_at,
        base,
        changed,
        codes,
        None if new.synonyms == old.synonyms else new.synonyms,
        None if new.calendars == old.calendars else new.calendars,
        new.sha256,
    )


def seal(package: Package, key: Ed25519PrivateKey) -> bytes:
    """The file."""
    content = canonical(
        {
            "version": package.version,
            "made_at": package.made_at,
            "base": package.base,
            "items": package.items,
            "order": package.order,
            "synonyms": package.synonyms,
            "calendars": package.calendars,
            "result_sha256": package.result_sha256,
        }
    )
    signature = base64.b64encode(key.sign(content.encode())).decode()
    file = {"format": _FORMAT, "format_version": _FORMAT_VERSION, "content": content, "signature": signature}
    return json.dumps(file, ensure_ascii=False).encode()


def open_package(data: bytes, public_key: bytes) -> Package:
    """Check signature and shape.

    Args:
        public_key: 32 bytes, the county's, from the station file; empty when that names none.

    Raises:
        InputProblem: ``catalogue_package.too_large``, ``.not_a_package``, ``.newer_format``, ``.no_key``,
            ``.unsigned``, ``.wrong_signature``, ``.broken_text``, ``.bad_content`` (``entry``), ``.version_too_large``.
    """
    if len(data) > MAX_BYTES:
        raise InputProblem("catalogue_package.too_large")
    file = _json(data)
    if not isinstance(file, dict) or file.get("format") != _FORMAT:
        raise InputProblem("catalogue_package.not_a_package")
    if file.get("format_version") != _FORMAT_VERSION:
        raise InputProblem("catalogue_package.newer_format")
    content, signature = file.get("content"), file.get("signature")
    if not isinstance(content, str):
        raise InputProblem("catalogue_package.not_a_package")
    if not public_key:
        raise InputProblem("catalogue_package.no_key")
    if not isinstance(signature, str) or not signature:
        raise InputProblem("catalogue_package.unsigned")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            base64.b64decode(signature, validate=True), content.encode()
        )
    except (InvalidSignature, binascii.Error, ValueError):
        raise InputProblem("catalogue_package.wrong_signature") from None
    said = _json(content.encode())
    if "\\u" in content:  # half a character can only come written out so, and is no text
        try:
            canonical(said).encode()
        except UnicodeEncodeError:
            raise InputProblem("catalogue_package.broken_text") from None
    return _package_of(said)


def apply(package: Package, current: Contents, version: int, *, starter: bool = False) -> Contents:
    """The catalogue a package makes, checked as a whole.

    Args:
        current: the catalogue in use, of ``version``.
        starter: that is the program's own, whose versions are none of the county's: nothing is held against them.

    Raises:
        InputProblem: ``catalogue_package.same``, ``.other_content`` (``version``), ``.older`` (``version``, ``have``),
            ``.wrong_base`` (``base``, ``have``), ``.version_unchanged`` (``code``, ``name``), ``.version_too_large``,
            ``.incomplete``.
        Problem: ``catalogue.*`` as of :class:`Contents`.
    """
    if package.version <= version:
        key = "older"
        if package.version == version:
            key = "same" if package.result_sha256 == current.sha256 else "other_content"
        raise InputProblem(f"catalogue_package.{key}", version=package.version, have=version)
    if package.base is not None and package.base != version:
        raise InputProblem("catalogue_package.wrong_base", base=package.base, have=version)
    before = {str(raw["code"]): raw for raw in current.items}
    _check_versions({} if starter else before, package.items)
    known: dict[str, Raw] = dict(before) if package.base is not None else {}
    known |= {str(raw.get("code")): raw for raw in package.items}
    if len(set(package.order)) != len(package.order) or not set(package.order) <= known.keys():
        raise InputProblem("catalogue_package.incomplete")
    result = Contents(
        tuple(known[code] for code in package.order),
        current.synonyms if package.synonyms is None else package.synonyms,
        current.calendars if package.calendars is None else package.calendars,
    )
    if result.sha256 != package.result_sha256:
        raise InputProblem("catalogue_package.incomplete")
    result.check()
    return result


def _check_versions(before: Mapping[str, Raw], items: tuple[Raw, ...]) -> None:
    for raw in items:
        if isinstance(version := raw.get("version"), int) and version >= STARTER_NUMBERS:
            raise InputProblem("catalogue_package.version_too_large")
        old = before.get(str(raw.get("code")))
        if old is None or old == raw:
            continue
        new_version, old_version = raw.get("version"), old.get("version")
        if not isinstance(new_version, int) or not isinstance(old_version, int) or new_version <= old_version:
            name = str(raw.get("name", ""))
            raise InputProblem("catalogue_package.version_unchanged", code=str(raw.get("code")), name=name)


def _package_of(raw: object) -> Package:
    if not isinstance(raw, dict):
        raise InputProblem("catalogue_package.bad_content", entry="")
    table = CheckedTable(_NAME, {name: value for name, value in raw.items() if value is not None})
    version = table.whole_number("version", at_least=1)
    if version >= STARTER_NUMBERS:
        raise InputProblem("catalogue_package.version_too_large")
    made_at = table.text("made_at", longest=40)
    base = table.optional_number("base", at_least=0)
    items = _raws(table, raw, "items", MOST_ITEMS)
    order = table.texts("order", longest=64)
    synonyms = raw.get("synonyms")
    calendars = None if raw.get("calendars") is None else _raws(table, raw, "calendars", 200)
    return Package(
        version,
        made_at,
        base,
        items,
        order,
        None if synonyms is None else synonyms_of(table, synonyms),
        calendars,
        table.text("result_sha256", longest=64),
    )


def _raws(table: CheckedTable, raw: Mapping[str, object], entry: str, most: int) -> tuple[Raw, ...]:
    value = raw.get(entry)
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise table.bad(entry)
    return tuple(value)


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise InputProblem("catalogue_package.not_a_package") from None
