"""Every sentence that sync and the HTTP adapter name is in the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from villagedesk.domain.messages import Messages
from villagedesk.sync.link import LinkKind

ROOT = Path(__file__).parents[2]
MESSAGES = Messages.from_folder(ROOT / "resources/messages/zh_CN")


def test_reasons_named_in_the_code_are_the_reasons_in_the_catalogue() -> None:
    sources = [*(ROOT / "src/villagedesk/sync").glob("*.py"), *(ROOT / "src/villagedesk/acceptance").glob("*.py")]
    named = {
        key
        for source in sources
        for key in re.findall(r'"(sync\.reason\.[a-z_]+)"', source.read_text(encoding="utf-8"))
    }
    assert named == {key for key in MESSAGES.keys() if key.startswith("sync.reason.")}  # noqa: SIM118 - no mapping


def test_every_link_state_has_its_words() -> None:
    assert {f"sync.link.{kind}" for kind in LinkKind} <= MESSAGES.keys()
