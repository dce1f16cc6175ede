"""Crossings of polygons, counted before anything is intersected."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import MultiPolygon, Point, box

from clustering.errors import InputError
from clustering.flows.catchments.overlaps import common_parts
from clustering.validation.crossings import cross_too_often


def stripes(number: int, *, are_upright: bool) -> MultiPolygon:
    """As many bars side by side as a square has room for."""
    bars = [(2 * place, 0, 2 * place + 1, 2 * number) for place in range(number)]
    return MultiPolygon([box(*bar) if are_upright else box(bar[1], bar[0], bar[3], bar[2]) for bar in bars])


def crossed(number: int) -> np.ndarray:
    # Every long side of one crosses every long side of the other but the first, where it begins: about 4 n * n times.
    return np.array([stripes(number, are_upright=each) for each in (True, False)], dtype=object)


def are_too_many(shapes: np.ndarray, pairs: list[tuple[int, int]]) -> bool:
    first, second = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return cross_too_often(shapes, first, second)


@pytest.mark.parametrize(("number", "expected"), [(40, False), (100, True)])
def test_crossed_stripes_of_too_many_crossings_are_found(number: int, expected: bool) -> None:
    # 2 * 4 * n sides: 6,400 crossings are fewer than 10,000, and 40,000 more than 10,000 and twice the 800 sides.
    assert are_too_many(crossed(number), [(0, 1)]) is expected
    assert are_too_many(crossed(number), [(1, 0)]) is expected


def test_only_the_pairs_that_are_to_be_intersected_count() -> None:
    shapes = np.append(crossed(100), box(0, 0, 1, 1))
    assert are_too_many(shapes, [(0, 2), (1, 2)]) is False
    assert are_too_many(shapes, []) is False


def test_neighbours_of_many_sides_that_share_their_border_do_not_cross() -> None:
    round_one = Point(0, 0).buffer(1, quad_segs=3_000)
    ring = Point(0, 0).buffer(2, quad_segs=3_000).difference(round_one)
    assert are_too_many(np.array([round_one, ring]), [(0, 1)]) is False


def test_a_border_that_was_drawn_twice_is_no_matter() -> None:
    # The second drawing of 20,000 points is off to either side of the first by chance.
    angles = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    noise = np.random.default_rng(0).uniform(-1e-5, 1e-5, len(angles))
    rings = [np.stack([np.cos(angles), np.sin(angles)], axis=1) * (1 + each)[:, None] for each in (noise, -noise)]
    shapes = shapely.polygons(rings)
    assert shapely.is_valid(shapes).all()
    assert are_too_many(shapes, [(0, 1)]) is False


def test_common_parts_of_catchments_that_cross_too_often_are_refused() -> None:
    upright, lying = crossed(100)
    senders = pd.DataFrame({"school_id": ["E"], "grade": [5], "shape": [upright]})
    receivers = pd.DataFrame({"school_id": ["M"], "grade": [6], "shape": [lying]})
    with pytest.raises(InputError, match=r"too often.*draw again the catchments"):
        common_parts(senders, receivers)
    assert len(common_parts(senders.assign(shape=shapely.box(0, 0, 1, 1)), receivers)) == 1
