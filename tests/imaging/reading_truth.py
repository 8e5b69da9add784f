"""Generated cards and registers as the reader gets them, and what stands on them."""

from __future__ import annotations

import re

from tests.imaging.measure import FONT
from villagedesk.demo.photograph_scene import scene
from villagedesk.demo.photograph_truth import Generated
from villagedesk.imaging.fields.values import FOR_EVER, ReadField
from villagedesk.imaging.recognising.page_to_read import page_to_read

KINDS = ("id_card_front", "id_card_back", "household_register", "bank_card")
_PERSON = re.compile("[0-9]{17}[0-9X]")
_SEXES = {"男": "male", "女": "female"}


def photographed(seed: int, kind: str, *, defects: tuple[str, ...] | None = None) -> Generated:
    """A photograph of such a paper, hard or, with ``defects`` empty, easy.

    Args:
        defects: as of :func:`villagedesk.demo.photograph_scene.scene`.
    """
    return scene(seed, font=FONT, kind=kind, defects=defects)


def flat(made: Generated) -> bytes:
    """The paper cut out at its true corners: how rightly it is found is another figure's matter."""
    return page_to_read(made.jpeg, [(float(x), float(y)) for x, y in made.corners], trim=False)


def truth_of(made: Generated) -> dict[ReadField, str]:
    """What should be read; nothing for pages of a register that name nobody."""
    lines = [line.text for line in made.lines]
    if made.kind == "id_card_front":
        name, sex, group, year, month, day, *rest = lines[lines.index("公民身份号码") + 1 :]
        number = next(line for line in rest if _PERSON.fullmatch(line))
        return {
            ReadField.NAME: name,
            ReadField.SEX: _SEXES[sex],
            ReadField.ETHNIC_GROUP: group,
            ReadField.BIRTH_DATE: f"{int(year):04}-{int(month):02}-{int(day):02}",
            ReadField.ADDRESS: "".join(rest[: rest.index(number)]),
            ReadField.NUMBER: number,
        }
    if made.kind == "id_card_back":
        since, until = lines[lines.index("有效期限") + 1].split("-")
        return {
            ReadField.ISSUER: lines[lines.index("签发机关") + 1],
            ReadField.VALID_FROM: since.replace(".", "-"),
            ReadField.VALID_UNTIL: FOR_EVER if until == "长期" else until.replace(".", "-"),
        }
    if made.kind == "bank_card":
        number = next("".join(line.split()) for line in lines if re.fullmatch("[0-9 ]{16,30}", line))
        return {ReadField.BANK_ACCOUNT: number, ReadField.BANK_NAME: lines[0]}
    bare = ["".join(line.split()) for line in lines]
    numbers = [line for line in bare if _PERSON.fullmatch(line)]
    if "姓名" not in bare or not numbers:
        return {}
    return {
        ReadField.NAME: bare[bare.index("姓名") + 1],
        ReadField.SEX: _SEXES[next(line for line in bare if line in _SEXES)],
        ReadField.NUMBER: numbers[0],
    }
