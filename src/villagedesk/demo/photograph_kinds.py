"""Which papers a hard photograph may show, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_cards import bank_card, id_card_back, id_card_front
from villagedesk.demo.photograph_papers import PAPERS
from villagedesk.demo.photograph_sheet import Sheet

SCENE_KINDS: Mapping[str, float] = {
    "application_form": 0.18,
    "notice_with_seal": 0.1,
    "handwritten_note": 0.1,
    "id_card_front": 0.12,
    "id_card_back": 0.08,
    "id_card_sheet": 0.1,
    "household_register": 0.12,
    "bank_card": 0.06,
    "medical_invoice": 0.08,
}
"""Papers that may be looked at, and how often each comes."""
HELD_OUT_KINDS: Mapping[str, float] = {}
"""Papers that are only ever measured on."""
CARDS = frozenset({"id_card_front", "id_card_back", "bank_card"})
"""Those of plastic."""

DRAWERS: Mapping[str, Callable[[Path, np.random.Generator], Sheet]] = {
    **PAPERS,
    "id_card_front": id_card_front,
    "id_card_back": id_card_back,
    "bank_card": bank_card,
}
