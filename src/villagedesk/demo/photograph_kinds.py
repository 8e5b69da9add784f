"""Which papers a hard photograph may show, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_booklets import any_passbook, any_register_page
from villagedesk.demo.photograph_cards import bank_card, id_card_back, id_card_front
from villagedesk.demo.photograph_letters import any_card_sheet, any_form, any_handwriting, any_notice
from villagedesk.demo.photograph_sheet import Sheet
from villagedesk.demo.photograph_slips import any_bill, any_certificate, any_invoice, any_prescription, any_receipt

Draw = Callable[[Path, np.random.Generator], Sheet]

SCENE_KINDS: Mapping[str, float] = {
    "application_form": 0.17,
    "notice_with_seal": 0.1,
    "handwritten_note": 0.1,
    "id_card_front": 0.11,
    "id_card_back": 0.07,
    "id_card_sheet": 0.08,
    "household_register": 0.12,
    "bank_card": 0.05,
    "passbook": 0.04,
    "receipt": 0.05,
    "medical_invoice": 0.07,
    "certificate": 0.04,
}
"""Papers that may be looked at, and how often each comes."""
HELD_OUT_KINDS: Mapping[str, float] = {"prescription": 0.5, "bill": 0.5}
"""Papers that are only ever measured on."""
CARDS = frozenset({"id_card_front", "id_card_back", "bank_card"})
"""Those of plastic: stiff, shiny, 85.6 × 54.0 mm."""

DRAWERS: Mapping[str, Draw] = {
    "application_form": any_form,
    "notice_with_seal": any_notice,
    "handwritten_note": any_handwriting,
    "id_card_front": id_card_front,
    "id_card_back": id_card_back,
    "id_card_sheet": any_card_sheet,
    "household_register": any_register_page,
    "bank_card": bank_card,
    "passbook": any_passbook,
    "receipt": any_receipt,
    "medical_invoice": any_invoice,
    "certificate": any_certificate,
    "prescription": any_prescription,
    "bill": any_bill,
}
