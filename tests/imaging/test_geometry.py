"""Order of corners and the paper's true shape."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.imaging.geometry import area, is_convex, ordered, true_aspect, turned

RECTANGLE = np.array([[-1.5, -1.0], [1.5, -1.0], [1.5, 1.0], [-1.5, 1.0]])


@given(st.permutations(range(4)), st.floats(-0.7, 0.7))
def test_corners_in_any_order_come_out_in_reading_order(order: list[int], turn: float) -> None:
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    quad = RECTANGLE @ rotation.T
    assert np.allclose(ordered(quad[order]), quad)


def test_area_and_convexity_tell_a_crossed_quadrilateral() -> None:
    assert area(RECTANGLE) == pytest.approx(6)
    assert is_convex(RECTANGLE)
    assert not is_convex(RECTANGLE[[0, 2, 1, 3]])


@given(st.floats(0.4, 2.5), st.floats(-0.35, 0.35), st.floats(-0.35, 0.35), st.floats(-0.6, 0.6), st.floats(0.75, 1.4))
def test_the_shape_seen_at_a_slant_is_recovered(aspect: float, rx: float, ry: float, rz: float, focal: float) -> None:
    """Independent computation: a rectangle is projected by a pinhole camera and its shape asked for."""
    corners = np.array([[-aspect, -1, 0], [aspect, -1, 0], [aspect, 1, 0], [-aspect, 1, 0]])
    x = np.array([[1, 0, 0], [0, math.cos(rx), -math.sin(rx)], [0, math.sin(rx), math.cos(rx)]])
    y = np.array([[math.cos(ry), 0, math.sin(ry)], [0, 1, 0], [-math.sin(ry), 0, math.cos(ry)]])
    z = np.array([[math.cos(rz), -math.sin(rz), 0], [math.sin(rz), math.cos(rz), 0], [0, 0, 1]])
    seen = corners @ (x @ y @ z).T + [0, 0, 6]
    pixels = seen[:, :2] / seen[:, 2:] * focal * 4000 + [2000, 1500]
    # Tilted about one axis only, the picture does not tell the focal length; an assumed one must still do.
    assert true_aspect(pixels, 4000, 3000) == pytest.approx(aspect, rel=0.05)


def test_turning_names_the_next_corner_first() -> None:
    quad = np.array([[0.0, 0], [10, 0], [10, 20], [0, 20]])
    # After a clockwise quarter turn, what was bottom left is top left.
    assert turned(quad, 1)[0].tolist() == [0, 20]
    assert np.array_equal(turned(quad, 4), quad)
