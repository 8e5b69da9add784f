"""What the codes on a page are: our own receipts, invoices, addresses on the net, others. Shown, never followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.recognising.page_text import Outline, PageCode


class CodeKind(StrEnum):
    """Words ``reading.code.<value>`` in the message catalogue."""

    RECEIPT = "receipt"
    """One of our own 收件流水号."""
    INVOICE = "invoice"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True)
class SaidCode:
    """A code in words.

    Args:
        text: what is shown: our number, the invoice's number, an address, or the code as it is.
        day, amount: of an invoice, ISO and yuan; "" where it does not say them.
    """

    kind: CodeKind
    text: str
    outline: Outline
    day: str = ""
    amount: str = ""


_INVOICE = re.compile(r"0?1,[0-9]{2},([0-9]{0,12}),([0-9]{8,20}),([0-9.]*),([0-9]{8}),.*")
"""The QR code of VAT and all-electronic invoices: version, kind, code, number, amount, day, check code …"""
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://.*|www\..*", re.IGNORECASE)


def said_by(code: PageCode) -> SaidCode:
    """What a code is."""
    try:
        return SaidCode(CodeKind.RECEIPT, str(parse_local_no(code.text)), code.outline)
    except InputProblem:
        pass
    invoice = _INVOICE.fullmatch(code.text)
    if invoice:
        _, number, amount, day = invoice.groups()
        return SaidCode(CodeKind.INVOICE, number, code.outline, _day(day), _amount(amount))
    return SaidCode(CodeKind.LINK if _LINK.fullmatch(code.text) else CodeKind.OTHER, code.text, code.outline)


def _day(digits: str) -> str:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return ""


def _amount(digits: str) -> str:
    try:
        return f"{Decimal(digits):.2f}"
    except InvalidOperation:
        return ""
