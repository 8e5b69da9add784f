"""What the hard mix draws: every kind, table, light and accident with its share; what is held out, only where asked."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest
import zxingcpp
from stdnum import luhn
from stdnum.cn import ric

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photograph_cards import card_number
from villagedesk.demo.photograph_grounds import GROUNDS, HELD_OUT_GROUNDS
from villagedesk.demo.photograph_kinds import CARDS, DRAWERS, HELD_OUT_KINDS, SCENE_KINDS
from villagedesk.demo.photograph_light import HELD_OUT_LIGHTS, LIGHTS
from villagedesk.demo.photograph_mix import DEFECTS, Plan, plan
from villagedesk.demo.photograph_person import Person, check_digit
from villagedesk.demo.photographs import empty_scene, scene


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    """Of the seeds that are tuned on."""
    return [plan(seed) for seed in range(4000)]


@pytest.fixture(scope="module")
def held_out() -> list[Plan]:
    """Of the seeds that are not."""
    return [plan(seed, True) for seed in range(1000)]


def test_tuned_seeds_never_draw_what_is_held_out_and_the_others_do(plans: list[Plan], held_out: list[Plan]) -> None:
    assert {drawn.kind for drawn in plans} == set(SCENE_KINDS)
    assert {drawn.table for drawn in plans} == set(GROUNDS)
    assert {drawn.light for drawn in plans} == set(LIGHTS)
    assert {drawn.kind for drawn in held_out} == {*SCENE_KINDS, *HELD_OUT_KINDS}
    assert {drawn.table for drawn in held_out} == {*GROUNDS, *HELD_OUT_GROUNDS}
    assert {drawn.light for drawn in held_out} == {*LIGHTS, *HELD_OUT_LIGHTS}
    assert not (set(GROUNDS) & set(HELD_OUT_GROUNDS) or set(LIGHTS) & set(HELD_OUT_LIGHTS))
    assert not set(SCENE_KINDS) & set(HELD_OUT_KINDS)


def test_shares_are_as_written(plans: list[Plan]) -> None:
    kinds = Counter(drawn.kind for drawn in plans)
    for kind, share in SCENE_KINDS.items():
        assert kinds[kind] / len(plans) == pytest.approx(share / sum(SCENE_KINDS.values()), abs=0.02)
    papers = [drawn for drawn in plans if drawn.kind not in CARDS and drawn.kind != "receipt"]
    happened = Counter(name for drawn in papers for name in drawn.defects)
    for name, share in DEFECTS.items():
        assert happened[name] / len(papers) == pytest.approx(share * 0.8, abs=0.025), name
    turns = Counter(drawn.turn for drawn in plans)
    assert min(turns.values()) / len(plans) > 0.12
    assert set(turns) == {0, 90, 180, 270}
    slants = np.array([drawn.slant for drawn in plans])
    assert 5 < slants.std() < 8
    assert 15 < np.abs(slants).max() <= 20
    assert 0.15 < np.mean([not drawn.defects for drawn in plans]) < 0.4


def test_cards_are_not_worn_like_paper(plans: list[Plan]) -> None:
    worn = {"fold", "curl", "crumple", "dog_ear", "holes", "stains", "show_through"}
    assert not {name for drawn in plans if drawn.kind in CARDS for name in drawn.defects} & worn


def test_what_is_given_is_taken_and_the_rest_stays() -> None:
    for seed in range(20):
        drawn, given = plan(seed), plan(seed, table="white", defects=("glare",))
        assert (given.table, given.defects) == ("white", frozenset({"glare"}))
        assert (given.kind, given.light, given.turn, given.slant) == (drawn.kind, drawn.light, drawn.turn, drawn.slant)


@pytest.mark.parametrize("wrong", [{"kind": "novel"}, {"table": "lawn"}, {"light": "moon"}, {"defects": ("fire",)}])
def test_unknown_names_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        scene(1, font=FONT, megapixels=0.3, **wrong)  # type: ignore[arg-type]


def test_an_empty_table_is_refused_by_an_unknown_name_and_cluttered_when_asked() -> None:
    with pytest.raises(KeyError):
        empty_scene(1, megapixels=0.3, table="lawn")
    bare, full = (decoded(empty_scene(3, megapixels=0.5, clutter=clutter)) for clutter in (False, True))
    assert (cv2.absdiff(bare, full) > 40).mean() > 0.01


def test_nobody_on_the_papers_can_exist() -> None:
    for seed in range(300):
        person = Person(np.random.default_rng(seed), varied=True)
        assert person.number[14:17] == "000", "serials begin with 001"
        assert person.name[:2] in ("测试", "样张", "示例")
        assert check_digit(person.number[:17]) == ric.calc_check_digit(person.number) == person.number[17]
        assert person.telephone.startswith("000"), "no number begins so"
        number = card_number(np.random.default_rng(seed))
        assert luhn.is_valid(number)
        assert number.startswith("0000"), "no issuer begins so"
        assert len(number) in (16, 19)


@pytest.mark.parametrize("kind", ["id_card_front", "bank_card", "household_register"])
def test_the_numbers_to_be_read_are_in_the_truth(kind: str) -> None:
    texts = [line.text.replace(" ", "") for line in DRAWERS[kind](FONT, np.random.default_rng(3)).lines()]
    if kind == "bank_card":
        assert any(luhn.is_valid(text) for text in texts if text.isdigit() and len(text) > 12)
    else:
        assert any(len(text) == 18 and text[:17].isdigit() and check_digit(text[:17]) == text[17] for text in texts)


@pytest.mark.parametrize(
    ("kind", "symbology"), [("receipt", "qr_code"), ("medical_invoice", "qr_code"), ("bill", "code_128")]
)
def test_bar_codes_say_what_the_truth_says_and_lie_in_their_box(kind: str, symbology: str) -> None:
    found = 0
    for seed in range(6):
        sheet = DRAWERS[kind](FONT, np.random.default_rng(seed))
        read = {symbol.text: symbol.position for symbol in zxingcpp.read_barcodes(sheet.pixels())}
        assert set(read) == {code.text for code in sheet.codes()}
        for code in sheet.codes():
            assert code.symbology == symbology
            left, top, right, low = (edge * sheet.dpi / 25.4 for edge in code.box)
            for corner in (read[code.text].top_left, read[code.text].bottom_right):
                assert left - 2 <= corner.x <= right + 2
                assert top - 2 <= corner.y <= low + 2
            found += 1
    assert found > 1


def test_cards_have_the_size_of_the_standard() -> None:
    for kind in sorted(CARDS):
        sheet = DRAWERS[kind](FONT, np.random.default_rng(1))
        assert (sheet.width, sheet.height) == (85.6, 54.0)
        assert sheet.radius == pytest.approx(3.18)
