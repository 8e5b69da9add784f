"""Numbers on papers that come back signed: a letter that says which paper it is, before a 收件流水号.

The letter is what tells a photographed authorization from the delivery record of the same case. A batch and a home
visit take a number of their own from the count of the day, so that no two papers ever carry the same; papers printed
for a visit, before its case has a number, carry the visit's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.local_no import is_local_no, parse_local_no
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.typed_text import fold_code


class PaperMark(StrEnum):
    """What the letter stands for."""

    BATCH = "Y"
    """HandoverList 材料移交清单, of no single case."""
    AUTHORIZATION = "W"
    DELIVERY = "S"
    VISIT = "V"
    """The slip of a home visit, which is photographed along with the papers."""


@dataclass(frozen=True)
class PaperNo:
    """Args:
    local_no: the case's, or the batch's or visit's own, with its hyphens.
    """

    mark: PaperMark
    local_no: str

    def __str__(self) -> str:
        return f"{self.mark}{self.local_no}"


def parse_paper_no(text: str) -> PaperNo:
    """Read a number as typed or scanned.

    Raises:
        InputProblem: ``domain.paper_no.mark`` when it does not begin with a letter of :class:`PaperMark`;
            ``domain.local_no.*`` for what follows.
    """
    code = fold_code(text)
    if code[:1] not in set(PaperMark):
        raise InputProblem("domain.paper_no.mark", field="local_no")
    return PaperNo(PaperMark(code[0]), str(parse_local_no(code[1:])))


def is_paper_no(text: str) -> bool:
    """Whether it is one, as :func:`parse_paper_no` reads it."""
    code = fold_code(text)
    return code[:1] in set(PaperMark) and is_local_no(code[1:])


def is_own_no(text: str) -> bool:
    """Whether this program printed it: the number of a case, or of a paper."""
    return is_local_no(text) or is_paper_no(text)


def is_batch_no(text: str) -> bool:
    """Whether it is the number of a batch."""
    return is_paper_no(text) and parse_paper_no(text).mark is PaperMark.BATCH


def is_visit_no(text: str) -> bool:
    """Whether it is the number of a home visit."""
    return is_paper_no(text) and parse_paper_no(text).mark is PaperMark.VISIT


def case_no(text: str) -> str:
    """The number a paper of one case carries behind its letter, the case's or its visit's; anything else as it is."""
    return parse_paper_no(text).local_no if is_paper_no(text) and not is_batch_no(text) else text
