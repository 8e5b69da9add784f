"""Papers known by what is printed on them, and the checklist lines they may belong to: data, see
``resources/recognition/papers.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from villagedesk.catalogue.checked_table import CheckedTable
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


@dataclass(frozen=True)
class PaperKinds:
    """What the file says.

    Args:
        titles: the kinds in the file's order: the first that fits is what a page is.
        roles: whom a paper is of, by words in its requirement's name: the applicant's other people, or the beginning of
            a form's field.
    """

    titles: tuple[PaperTitle, ...]
    roles: Mapping[str, tuple[str, ...]]


def paper_kinds_of(table: CheckedTable) -> PaperKinds:
    """The kinds in a file.

    Raises:
        Problem: ``catalogue.bad_file`` (``file``, ``entry``).
    """
    titles = []
    for one in table.tables("papers"):
        title = PaperTitle(
            one.text("kind", longest=40),
            one.texts("title"),
            one.texts("every"),
            one.texts("some"),
            one.optional_number("least", at_least=1) or 1,
            one.texts("none"),
            one.texts("names"),
        )
        if not (title.title or title.every or title.some):
            raise one.bad("title")
        one.finish()
        titles.append(title)
    roles: dict[str, tuple[str, ...]] = {}
    words = table.table("roles")
    if words is not None:
        roles = {role: words.texts(role) for role in words.entries()}
        words.finish()
    table.finish()
    return PaperKinds(tuple(titles), roles)
