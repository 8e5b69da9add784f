"""What is chosen about printing: which printer for which paper, what receipts are printed on, how many of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from villagedesk.domain.printing import PaperKind, PaperSize
from villagedesk.domain.repositories import Snapshot

SETTING = "printing"
MOST_COPIES = 5


@dataclass(frozen=True)
class PrintChoices:
    """Args:
    receipt: what receipts are printed on.
    printers: by what they are loaded with; a size without a printer is printed on that of A4.
    copies: of each paper at one press; 0: it belongs to no step's set, and is printed only when it is asked for.
    """

    receipt: PaperSize = PaperSize.A4
    printers: Mapping[PaperSize, str] = field(default_factory=dict)
    copies: Mapping[PaperKind, int] = field(default_factory=dict)

    def printer_for(self, size: PaperSize) -> str:
        """The printer's name; "" where none was chosen. A roll is never taken for a sheet."""
        chosen = self.printers.get(size, "")
        return chosen if chosen or size is PaperSize.ROLL_80 else self.printers.get(PaperSize.A4, "")

    def copies_of(self, kind: PaperKind) -> int:
        """How many are printed at once, at least one."""
        return max(1, self.copies.get(kind, 1))

    def to_text(self) -> str:
        """For the settings table."""
        return json.dumps(
            {"receipt": self.receipt, "printers": dict(self.printers), "copies": dict(self.copies)},
            ensure_ascii=False,
            sort_keys=True,
        )


def choices_from(text: str) -> PrintChoices:
    """What was kept; what cannot be understood, of a later version say, is as if it had not been chosen."""
    try:
        kept = json.loads(text or "{}")
        printers = {PaperSize(size): str(name) for size, name in kept.get("printers", {}).items() if size in _SIZES}
        copies = {
            PaperKind(kind): min(max(int(count), 0), MOST_COPIES)
            for kind, count in kept.get("copies", {}).items()
            if kind in _KINDS
        }
        receipt = str(kept.get("receipt", ""))
    except (ValueError, TypeError, AttributeError):
        return PrintChoices()
    return PrintChoices(PaperSize(receipt) if receipt in _SIZES else PaperSize.A4, printers, copies)


def choices_of(snapshot: Snapshot) -> PrintChoices:
    """As they stand now."""
    return choices_from(snapshot.setting(SETTING))


_SIZES = frozenset(size.value for size in PaperSize)
_KINDS = frozenset(kind.value for kind in PaperKind)
