"""One line of the register 代办台账, as it is shown, printed and written into a workbook."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class RegisterRow:
    """All of it in words; what is not known or not so far is "".

    Args:
        number: 序号 within the period, from 1.
        case_id: whose line it is; never shown.
        document_number, phone: masked unless the whole was asked for.
        mode: 办理方式.
        agent: 代办人, who acts for the applicant; clerk: 经办人, who took the papers in.
        papers: how many papers and pages.
        handed_over: 移交 to the township, its day.
        concluded: 办结, day and how.
        delivered: 领取, day and who.
        note: 备注.
    """

    number: int
    case_id: str
    received: str
    local_no: str
    applicant: str
    document_number: str
    phone: str
    item: str
    mode: str
    agent: str
    clerk: str
    papers: str
    handed_over: str
    acceptance_no: str
    status: str
    concluded: str
    delivered: str
    note: str


COLUMNS = tuple(field.name for field in fields(RegisterRow) if field.name != "case_id")
"""In the order an inspector reads them; their names are ``register.column.<name>`` in the message catalogue."""
