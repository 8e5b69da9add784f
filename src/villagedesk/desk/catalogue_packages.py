"""A package of the county's as it comes: checked as a whole, and what it changed, told until somebody looked at it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from villagedesk.catalogue.compare import differences
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import apply, open_package
from villagedesk.desk.catalogue_keeping import STARTER_VERSION, InUse
from villagedesk.desk.item_views import Installed
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import ServiceItem

_NOT_LOOKED_AT = "catalogue.not_looked_at"


@dataclass(frozen=True)
class CheckedPackage:
    """The catalogue a package makes."""

    version: int
    contents: Contents
    made_at: datetime


def checked(data: bytes, public_key: bytes, in_use: InUse) -> CheckedPackage:
    """Check all of it.

    Raises:
        InputProblem: ``catalogue_package.*``, ``catalogue.*``.
    """
    version = in_use.catalogue.version
    try:
        package = open_package(data, public_key)
        contents = apply(package, in_use.contents, version, starter=version == STARTER_VERSION)
        made_at = datetime.fromisoformat(package.made_at)
    except InputProblem:
        raise
    except Problem as problem:
        raise InputProblem(problem.key, field="", **problem.params) from None
    except ValueError:
        raise InputProblem("catalogue_package.bad_content", entry="made_at") from None
    return CheckedPackage(package.version, contents, made_at)


def what_changed(version: int, old: Mapping[str, ServiceItem], new: Mapping[str, ServiceItem]) -> Installed:
    """Names of the items that came, changed and went."""
    return Installed(
        version,
        tuple(item.name for code, item in new.items() if code not in old),
        tuple(item.name for code, item in new.items() if code in old and differences(old[code], item)),
        tuple(item.name for code, item in old.items() if code not in new),
    )


def tell_later(transaction: Transaction, installed: Installed) -> None:
    """What came unasked is shown until somebody looked at it, together with what nobody looked at before."""
    before = not_looked_at(transaction) or Installed(installed.version, (), (), ())
    removed = set(installed.removed)
    told = Installed(
        installed.version,
        _both((name for name in before.added if name not in removed), installed.added),
        _both((name for name in before.changed if name not in removed), installed.changed),
        _both((name for name in before.removed if name not in installed.added), installed.removed),
    )
    transaction.put_setting(_NOT_LOOKED_AT, json.dumps(asdict(told), ensure_ascii=False))


def not_looked_at(snapshot: Snapshot) -> Installed | None:
    """What came and nobody looked at yet."""
    text = snapshot.setting(_NOT_LOOKED_AT)
    if not text:
        return None
    told = json.loads(text)
    lists = (tuple(told[kind]) for kind in ("added", "changed", "removed"))
    return Installed(int(told["version"]), *lists)


def looked_at(transaction: Transaction) -> None:
    """Somebody did."""
    transaction.put_setting(_NOT_LOOKED_AT, "")


def _both(before: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *now)))
