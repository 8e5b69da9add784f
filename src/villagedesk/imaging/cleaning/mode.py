"""How a page is kept: as writing in colour, as writing without colour, or as the picture it is."""

from __future__ import annotations

from enum import StrEnum


class PageMode(StrEnum):
    """What a page is kept as."""

    COLOUR = "colour"
    """Writing with something coloured: paper white, seals, fingerprints and coloured ink kept."""
    GREY = "grey"
    """Writing without colour."""
    PHOTO = "photo"
    """A card or picture: natural, its ground not whitened."""
