"""The barcode of a local number as screens draw it; the paper carries the same."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.papers.barcode import QUIET_MODULES, code128


@dataclass(frozen=True)
class Bars:
    """A Code 128 symbol with its quiet zones.

    Args:
        dark: start and width of each dark bar, in modules.
        modules: width of the whole, in modules.
    """

    dark: tuple[tuple[int, int], ...]
    modules: int


def bars_of(local_no: str) -> Bars:
    """The bars of a number. Raises InputProblem ``papers.barcode_text``."""
    symbol = code128(local_no)
    dark = tuple((QUIET_MODULES + start, width) for start, width in symbol.bars)
    return Bars(dark, symbol.modules + 2 * QUIET_MODULES)
