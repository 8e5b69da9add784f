"""What can be applied for: service items 事项 and the materials they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HandlingMode(StrEnum):
    """How a village handles an item (domain: 系统受理, 人工代办, 指导网办, 直办)."""

    SYSTEM = "system"
    PROXY = "proxy"
    GUIDED = "guided"
    ON_THE_SPOT = "on_the_spot"


class Necessity(StrEnum):
    """Whether a material must be there."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"


class MaterialForm(StrEnum):
    """The paper itself or a copy of it."""

    ORIGINAL = "original"
    COPY = "copy"


@dataclass(frozen=True)
class MaterialRequirement:
    """One line of an item's checklist 材料清单项.

    Args:
        requirement_id: stable within the item, e.g. ``"id_card"``.
        name: as the clerk reads it, e.g. 居民身份证.
        necessity: required, or required under ``condition``.
        form: original or copy.
        copies: how many are handed in.
        min_pages: photographed sides at the least.
        note: points to check, in plain Chinese; may be empty.
        condition: when it is needed, for conditional ones.
    """

    requirement_id: str
    name: str
    necessity: Necessity
    form: MaterialForm
    copies: int
    min_pages: int
    note: str = ""
    condition: str = ""


@dataclass(frozen=True)
class ServiceItem:
    """One version of a service item; a case stays bound to the version it was taken in under.

    Args:
        code: text up to 64 characters, never invented; the starter catalogue's own codes begin ``VD-``.
        version: counted up by the county.
        to_check: marked 待核 until the county's own list replaces it.
        promised_days: working days promised, 0 for 即办, None when not set.
        search_words: what people call it, besides its name.
    """

    code: str
    version: int
    name: str
    mode: HandlingMode
    audience: str
    organ: str
    legal_basis: str
    promised_days: int | None
    materials: tuple[MaterialRequirement, ...]
    search_words: tuple[str, ...] = ()
    to_check: bool = True

    def requirement(self, requirement_id: str) -> MaterialRequirement:
        """The checklist line with that id. Raises KeyError."""
        for requirement in self.materials:
            if requirement.requirement_id == requirement_id:
                return requirement
        raise KeyError(requirement_id)
