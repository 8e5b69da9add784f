"""Every message key that papers and printers name is in the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from villagedesk.domain.messages import Messages

ROOT = Path(__file__).parents[2]
KEY = re.compile(r'"((?:papers|printer)\.[a-z_]+)"')


def test_code_and_catalogue_agree() -> None:
    files = [
        *(ROOT / "src" / "villagedesk" / "papers").glob("*.py"),
        *(ROOT / "src" / "villagedesk" / "devices").glob("*.py"),
    ]
    named = {key for file in files for key in KEY.findall(file.read_text(encoding="utf-8"))}
    catalogue = Messages.from_folder(ROOT / "resources" / "messages" / "zh_CN")
    known = {key for key in catalogue.keys() if key.split(".")[0] in ("papers", "printer")}  # noqa: SIM118 - no mapping
    assert len(named) >= 10
    assert named <= known
