"""The catalogue in the database: which one is in use, its items version by version.

A case names the version it was taken in under by a number, and what is kept under a number never changes (triggers of
the database hold that). The county counts its own versions, from 1 on, and they are kept under just these numbers. The
starter's items come with the program, which counts nothing: each content of theirs gets a number of a range of its own
(:data:`villagedesk.domain.catalogue.STARTER_NUMBERS`), so it never stands where the county's will. Before there was
that range the starter's were kept from 1 on as well; a version of the county's that meets one of those is kept under
its number beyond :data:`villagedesk.domain.catalogue.RENUMBERED`. Files and packages say only the county's or the
file's own version, so what is hashed and compared with the county's is the same on every PC; the number travels to the
acceptance system with the case as it is, and comes back with it when a lost case is read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.contents import Contents, Raw, canonical, synonyms_of
from villagedesk.domain.catalogue import RENUMBERED, STARTER_NUMBERS, Catalogue, CatalogueOrigin
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import ServiceItem

STARTER_VERSION = 0


@dataclass(frozen=True)
class InUse:
    """The catalogue in use.

    Args:
        numbers: under which number each item is kept, by code.
    """

    catalogue: Catalogue
    contents: Contents
    numbers: Mapping[str, int]

    @cached_property
    def items(self) -> Mapping[str, ServiceItem]:
        """The items by code; their ``version`` is the number they are kept under."""
        return {item.code: replace(item, version=self.numbers[item.code]) for item in self.contents.service_items}


def kept(snapshot: Snapshot) -> InUse | None:
    """What is in use, None before the first start. Raises Problem ``catalogue.*`` when it cannot be read."""
    catalogue = snapshot.catalogue()
    if catalogue is None:
        return None
    content = json.loads(catalogue.content)
    items: list[Raw] = []
    numbers: dict[str, int] = {}
    for code, number in content["items"]:
        text = snapshot.item_version(code, number)
        if text is not None:  # kept in the same transaction as the catalogue that names it
            items.append(json.loads(text))
            numbers[code] = number
    groups = synonyms_of(CheckedTable("synonyms", content), content["synonyms"])
    return InUse(catalogue, Contents(tuple(items), groups, tuple(content["calendars"])), numbers)


def keep(
    transaction: Transaction,
    contents: Contents,
    version: int,
    made_at: datetime,
    origin: CatalogueOrigin,
    now: datetime,
) -> InUse:
    """From now on these are in use.

    Raises:
        InputProblem: ``catalogue_package.version_used`` (``name``, ``code``) when the county used an item's version
            before, for something else.
    """
    starter = origin is CatalogueOrigin.BUILT_IN
    numbers: dict[str, int] = {}
    for raw in contents.items:
        code, text = str(raw["code"]), canonical(raw)
        number = _starter_number(transaction, raw, text) if starter else _county_number(transaction, raw, text)
        transaction.keep_item_version(code, number, text)
        numbers[code] = number
    catalogue = Catalogue(version, made_at, origin, contents.sha256, _content(contents, numbers), now)
    transaction.add_catalogue(catalogue)
    return InUse(catalogue, contents, numbers)


def _starter_number(snapshot: Snapshot, raw: Raw, text: str) -> int:
    number = STARTER_NUMBERS + _version(raw)
    while snapshot.item_version(str(raw["code"]), number) not in (None, text):
        number += 1
    return number


def _county_number(snapshot: Snapshot, raw: Raw, text: str) -> int:
    code, version = str(raw["code"]), _version(raw)
    for number in (version, RENUMBERED + version):
        if snapshot.item_version(code, number) in (None, text):
            return number
        if _was_the_countys(snapshot.catalogues(), code, number):
            break
    raise InputProblem("catalogue_package.version_used", name=str(raw.get("name", "")), code=code)


def _was_the_countys(catalogues: Iterable[Catalogue], code: str, number: int) -> bool:
    return any(
        [code, number] in json.loads(one.content)["items"]
        for one in catalogues
        if one.origin is not CatalogueOrigin.BUILT_IN
    )


def _version(raw: Raw) -> int:
    version = raw["version"]
    assert isinstance(version, int)
    return version


def _content(contents: Contents, numbers: Mapping[str, int]) -> str:
    whole: Mapping[str, object] = {
        "items": [(code, number) for code, number in numbers.items()],
        "synonyms": contents.synonyms,
        "calendars": contents.calendars,
    }
    return canonical(whole)
