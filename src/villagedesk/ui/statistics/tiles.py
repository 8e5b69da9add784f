"""Figures in large, each with the words for what it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SHAPES, Words, plain_label, wrapping_label
from villagedesk.ui.statistics.tabs import Tile
from villagedesk.ui.theme import GAP


class Tiles(QWidget):
    """A row of them."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._shown: tuple[Tile, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP * 2)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Replace all."""
        if tuple(tiles) == self._shown:
            return
        self._shown = tuple(tiles)
        clear(self._row)
        for tile in tiles:
            card = self._tile(tile)
            self._row.addWidget(card, 1)
            card.show()

    def _tile(self, tile: Tile) -> QFrame:
        card = QFrame(self)
        card.setProperty("role", "card")
        shown = plain_label(f"{SHAPES[tile.tone]} {tile.shown}" if tile.tone else tile.shown, "h2", card)
        shown.setObjectName(f"tile_{tile.name}")
        if tile.tone:
            shown.setProperty("tone", tile.tone)
        column = QVBoxLayout(card)
        column.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        column.setSpacing(2)
        column.addWidget(shown)
        column.addWidget(wrapping_label(self._words(f"statistics.tile.{tile.name}"), "quiet", card))
        column.addStretch(1)
        return card
