"""Breaking text into lines: Chinese between any two characters, Latin words whole, no line that starts with 、."""

from __future__ import annotations

from villagedesk.papers.fonts import Face, FontSet

_NOT_FIRST = frozenset("，。、；：？！）】》〉”’」』〕…—%,.;:?!)]}·")
_NOT_LAST = frozenset("（【《〈“‘「『〔([{")


def wrap(fonts: FontSet, text: str, size_pt: float, width_mm: float, face: Face = Face.SONG) -> list[str]:
    """The lines of a text; together they hold every character of it.

    Args:
        text: any text; line feeds end a line.
        width_mm: how wide a line may be. One character wider than that stands on a line of its own.
    """
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        lines += _wrap_paragraph(fonts, paragraph, size_pt, width_mm, face)
    return lines


def _wrap_paragraph(fonts: FontSet, paragraph: str, size_pt: float, width_mm: float, face: Face) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for unit in _units(paragraph):
        width = fonts.width_mm(unit, size_pt, face)
        if used + width <= width_mm:
            line, used = line + unit, used + width
            continue
        if width <= width_mm:
            lines.append(line)
            line, used = unit, width
            continue
        for character in unit:  # a unit longer than a line is broken where the line ends
            width = fonts.width_mm(character, size_pt, face)
            if line and used + width > width_mm:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + width
    lines.append(line)
    return lines


def _units(paragraph: str) -> list[str]:
    """Characters joined to what must stay on one line."""
    units: list[str] = []
    joined = False  # whether the next character belongs to the last unit
    for character in paragraph:
        if units and (joined or character in _NOT_FIRST or (_in_word(character) and _in_word(units[-1][-1]))):
            units[-1] += character
        else:
            units.append(character)
        joined = character in _NOT_LAST
    return units


def _in_word(character: str) -> bool:
    return "!" <= character <= "~" or "À" <= character <= "ɏ"
