"""The message catalogue of this checkout, for tests."""

from __future__ import annotations

from pathlib import Path

from villagedesk.domain.messages import Messages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "messages" / "zh_CN"


def messages() -> Messages:
    """All sentences."""
    return Messages.from_folder(FOLDER)
