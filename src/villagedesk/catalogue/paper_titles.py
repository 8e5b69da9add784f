"""The kinds of papers that are known by what is printed on them, read from ``resources/recognition/papers.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.domain.paper_title import PaperTitle


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
