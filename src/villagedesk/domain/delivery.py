"""How a document came to whom it was for 送达 (民事诉讼法's manners of service, which delivery records name)."""

from __future__ import annotations

from enum import StrEnum

SELF = "self"
"""Stands for a relation: the applicant took it himself."""


class Manner(StrEnum):
    """Words ``delivery.manner.<value>``."""

    DIRECT = "direct"
    """直接送达: into the receiver's hands."""
    LEFT = "left"
    """留置送达: left at the receiver's home, who would not take it, with a witness."""
    POST = "post"
    ENTRUSTED = "entrusted"
    """委托送达: by somebody else whom the organ asked."""
    ELECTRONIC = "electronic"
