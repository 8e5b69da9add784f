"""Every key the store raises has its sentence, and no sentence is left over."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from villagedesk.domain.messages import Messages

_ROOT = Path(__file__).parents[2]
_KEY = re.compile(r'"(store\.[a-z_]+)"')


def test_code_and_catalogue_agree() -> None:
    sources = (
        path.read_text("utf-8")
        for path in chain(
            (_ROOT / "src/villagedesk/store").rglob("*.py"), (_ROOT / "src/villagedesk/desk").rglob("*.py")
        )
    )
    used = {key for source in sources for key in _KEY.findall(source)}
    known = Messages.from_folder(_ROOT / "resources/messages/zh_CN").keys()
    assert used == {key for key in known if key.startswith("store.")}
