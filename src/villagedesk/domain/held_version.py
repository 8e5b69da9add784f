"""What the acceptance system holds in place of a submission of ours that it met with a conflict, kept beside ours."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

HELD = "sync.held."
"""Settings of this name, by the action of ours, keep it."""


@dataclass(frozen=True)
class HeldVersion:
    """The other version.

    Args:
        revision: its number, 0 when the system names none.
        state: ``registered``, ``committed`` or ``rejected``, as the system says; "" when it does not know the case.
        payload: the record as it was sent, JSON text; "" when the system gives no copy.
    """

    revision: int
    state: str
    payload: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the acceptance system has it whole: the case goes on with it, and nothing else is waited for."""
        return self.state == "committed"

    def to_text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> HeldVersion | None:
        """Read again; None where nothing is kept."""
        if not text:
            return None
        kept = json.loads(text)
        return cls(int(kept["revision"]), str(kept["state"]), str(kept["payload"]))
