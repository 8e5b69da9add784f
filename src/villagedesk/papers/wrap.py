"""Breaking text into lines: Chinese between any two characters, Latin words whole, no line that starts with 、."""

from __future__ import annotations

from villagedesk.papers.fonts import FontSet

_NOT_FIRST = frozenset("，。、；：？！）】》〉”’」』〕…—%,.;:?!)]}·")
_NOT_LAST = frozenset("（【《〈“‘「『〔([{")


def wrap(fonts: FontSet, text: str, size_pt: float, width_mm: float) -> list[str]:
    """The lines of a text, as shown on paper; together they hold every character of it.

    Args:
        text: any text; line feeds end a line.
        width_mm: how wide a line may be. One character wider than that stands on a line of its own.
    """
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        lines += _wrap_paragraph(fonts, paragraph, size_pt, width_mm)
    return lines


def _wrap_paragraph(fonts: FontSet, paragraph: str, size_pt: float, width_mm: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for unit in _units(fonts.pieces(paragraph)):
        width = fonts.width_mm(unit, size_pt)
        if used + width <= width_mm:
            line, used = line + unit, used + width
            continue
        if width <= width_mm:
            lines.append(line)
            line, used = unit, width
            continue
        for character in unit:  # a unit longer than a line is broken where the line ends
            width = fonts.width_mm(character, size_pt)
            if line and used + width > width_mm:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + width
    lines.append(line)
    return lines


def _units(pieces: list[str]) -> list[str]:
    """Pieces joined to what must stay on one line."""
    units: list[str] = []
    joined = False  # whether the next piece belongs to the last unit
    for piece in pieces:
        if units and (joined or piece in _NOT_FIRST or (_in_word(piece) and _in_word(units[-1][-1]))):
            units[-1] += piece
        else:
            units.append(piece)
        joined = piece in _NOT_LAST
    return units


def _in_word(piece: str) -> bool:
    return len(piece) == 1 and ("!" <= piece <= "~" or "À" <= piece <= "ɏ")
