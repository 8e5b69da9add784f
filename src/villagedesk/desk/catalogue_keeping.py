"""The catalogue in the database: which one is in use, its items version by version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.contents import Contents, Raw, canonical, synonyms_of
from villagedesk.domain.catalogue import Catalogue, CatalogueOrigin
from villagedesk.domain.repositories import Snapshot, Transaction

STARTER_VERSION = 0


@dataclass(frozen=True)
class InUse:
    """The catalogue in use."""

    catalogue: Catalogue
    contents: Contents


def kept(snapshot: Snapshot) -> InUse | None:
    """What is in use, None before the first start. Raises Problem ``catalogue.*`` when it cannot be read."""
    catalogue = snapshot.catalogue()
    if catalogue is None:
        return None
    content = json.loads(catalogue.content)
    items: list[Raw] = []
    for code, version in content["items"]:
        text = snapshot.item_version(code, version)
        if text is not None:  # kept in the same transaction as the catalogue that names it
            items.append(json.loads(text))
    groups = synonyms_of(CheckedTable("synonyms", content), content["synonyms"])
    return InUse(catalogue, Contents(tuple(items), groups, tuple(content["calendars"])))


def keep(
    transaction: Transaction,
    contents: Contents,
    version: int,
    made_at: datetime,
    origin: CatalogueOrigin,
    now: datetime,
) -> Catalogue:
    """From now on these are in use.

    Raises:
        ValueError: when an item's version was here with other content.
    """
    for raw in contents.items:
        transaction.keep_item_version(*_key(raw), canonical(raw))
    catalogue = Catalogue(version, made_at, origin, contents.sha256, _content(contents), now)
    transaction.add_catalogue(catalogue)
    return catalogue


def with_free_versions(snapshot: Snapshot, contents: Contents) -> Contents:
    """The same with the version of each item counted up that was here with other content.

    The starter catalogue's files change with the program, and a version once used never changes its content.
    """
    return Contents(tuple(_free(snapshot, raw) for raw in contents.items), contents.synonyms, contents.calendars)


def _free(snapshot: Snapshot, raw: Raw) -> Raw:
    code, version = _key(raw)
    while True:
        candidate = {**raw, "version": version}
        here = snapshot.item_version(code, version)
        if here is None or here == canonical(candidate):
            return candidate
        version += 1


def _key(raw: Raw) -> tuple[str, int]:
    code, version = raw["code"], raw["version"]
    assert isinstance(code, str) and isinstance(version, int)
    return code, version


def _content(contents: Contents) -> str:
    keys: Sequence[tuple[str, int]] = [_key(raw) for raw in contents.items]
    whole: Mapping[str, object] = {
        "items": keys,
        "synonyms": contents.synonyms,
        "calendars": contents.calendars,
    }
    return canonical(whole)
