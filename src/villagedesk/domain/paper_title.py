"""Papers known by what is printed on them, and the checklist lines they may belong to."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.domain.service_item import MaterialRequirement


@dataclass(frozen=True)
class PaperTitle:
    """A kind of paper.

    Args:
        kind: its name in code; ``reading.paper.<kind>`` in the message catalogue.
        title: words of which one is a heading of it.
        every, some: words anywhere on it: all of ``every``, and ``least`` of ``some``.
        none: words that mean it is another paper.
        names: parts of the names of requirements it can be for.
    """

    kind: str
    title: tuple[str, ...]
    every: tuple[str, ...]
    some: tuple[str, ...]
    least: int
    none: tuple[str, ...]
    names: tuple[str, ...]

    def can_be_for(self, requirement: MaterialRequirement) -> bool:
        """Whether the paper may be what the requirement asks for."""
        return any(name in requirement.name for name in self.names)
