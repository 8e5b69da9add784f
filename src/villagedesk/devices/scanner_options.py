"""What a scanner understands, out of the list of options that ``scanimage --all-options`` prints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_A4_MM = {"-x": 210.0, "-y": 297.0}
_OPTION = re.compile(r"^ {4}(?P<name>--?[\w-]+)(?:\[=| )(?P<values>\S.*?)(?: \[(?P<now>[^\]]*)\])?\s*$", re.MULTILINE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_COLOUR = ("color", "colour")
_GREY = ("gray", "grey")


def options_of(printed: str) -> Mapping[str, str]:
    """Each option that can be set now with the values it takes, as they are printed."""
    return {
        found["name"]: found["values"]
        for found in _OPTION.finditer(printed)
        if found["now"] != "inactive" and "[inactive]" not in found["values"]
    }


def arguments_for(options: Mapping[str, str], dpi: int, *, colour: bool) -> list[str]:
    """The arguments for one page of A4 from the glass; an option that the scanner does not have is left out.

    Args:
        dpi: dots an inch that are wanted.
        colour: else grey.
    """
    arguments: list[str] = []
    glass = _named(options.get("--source", ""), ("flatbed", "normal", "platen"))
    if glass:
        arguments += ["--source", glass]
    mode = _named(options.get("--mode", ""), _COLOUR if colour else _GREY)
    if mode:
        arguments += ["--mode", mode]
    if "8" in options.get("--depth", "").split("|"):
        arguments += ["--depth", "8"]
    resolution = _number_at_least(options.get("--resolution", ""), dpi)
    if resolution:
        arguments += ["--resolution", resolution]
    for side, wanted in _A4_MM.items():
        most = [float(number) for number in _NUMBER.findall(options.get(side, "").split("mm")[0])]
        if most:
            arguments += [side, f"{min(wanted, max(most)):g}"]
    return arguments


def resolution_of(arguments: Sequence[str]) -> float:
    """The dots an inch that such arguments ask for; 0 where the scanner takes none."""
    return float(arguments[arguments.index("--resolution") + 1]) if "--resolution" in arguments else 0.0


def _named(values: str, beginnings: tuple[str, ...]) -> str:
    """The shortest of the values that begins with one of the words, as makers add to them (24bit Color[Fast])."""
    offered = values.split("|")
    for fits in (str.startswith, str.__contains__):
        found = [one for one in offered if any(fits(one.lower(), word) for word in beginnings)]
        if found:
            return min(found, key=len)
    return ""


def _number_at_least(values: str, wanted: int) -> str:
    """The value itself where a range has it, else the next finer one of a list, else the finest."""
    if not values:
        return ""
    bare = values.split("dpi")[0]
    if ".." in bare:
        least, most = (float(number) for number in _NUMBER.findall(bare)[:2])
        return f"{max(least, min(most, wanted)):g}"
    numbers = sorted(float(number) for number in _NUMBER.findall(bare))
    return f"{next((number for number in numbers if number >= wanted), numbers[-1]):g}" if numbers else ""
