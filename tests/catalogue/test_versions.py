"""A version of a starter item never says two things: content that changes takes a higher version."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

from villagedesk.app.resources import resources_folder
from villagedesk.catalogue.load import read_items

NOTED = Path(__file__).with_name("shipped_items.toml")


def test_what_an_item_says_under_a_version_never_changes() -> None:
    noted = tomllib.loads(NOTED.read_text("utf-8"))
    lines = []
    for table in read_items(resources_folder() / "catalogue"):
        said = json.dumps({**table, "version": 0}, ensure_ascii=False, sort_keys=True)
        version, digest = table["version"], hashlib.sha256(said.encode()).hexdigest()[:16]
        code = str(table["code"])
        if noted.pop(code, None) != {"version": version, "says": digest}:
            lines.append(f'{code} = {{ version = {version}, says = "{digest}" }}')
    told = f"raise the version of what changed, then note in {NOTED.name}:"
    assert not lines, "\n".join((told, *lines))
    assert not noted, f"no longer shipped: {sorted(noted)}"
