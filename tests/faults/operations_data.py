"""Operations on the data as a whole: an older schema is brought up to date."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.faults.place import Place, password
from tests.store.fixtures import CHEAP, CLERK, PASSWORD
from villagedesk.store import keys

_OLD_SCHEMA = Path(__file__).parents[1] / "store" / "old_schemas" / "0001"


def old_schema(place: Place) -> None:
    """A data folder of the first schema, closed in order, with every case it has confirmed."""
    shutil.copytree(_OLD_SCHEMA / "data", place.data)
    keys.change_password(place.data, CLERK, PASSWORD, password(0), CHEAP)
    rows = json.loads((_OLD_SCHEMA / "facts.json").read_text(encoding="utf-8"))["closed"]
    pages: dict[str, list[list[str]]] = {}
    for page in rows["pages"]:
        pages.setdefault(page["case_id"], []).append([page["page_id"], page["sha256"]])
    for case in rows["cases"]:
        case_id = case["case_id"]
        place.acknowledge(case=case_id, number=case["local_no"], pages=pages.get(case_id, []), older=True)
    place.acknowledge(copy_before_upgrade=True)
