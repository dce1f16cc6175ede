"""How far arrival can be off: against every reading of the suppressed cells of small random Zones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from clustering.model.columns import PATH_COLUMNS
from clustering.zones.arrival_ends import Cells, extreme_retention, extreme_share
from clustering.zones.feeder_graph import FeederTables, tables_of_sums
from clustering.zones.feeder_sums import FlowSums
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest
from clustering.zones.zone_flows import flows_of_zones
from tests.oracles.plain_arrival import arriving_students

SCHOOLS = ("e0", "e1", "h", "m0", "m1", "x")
SUPPRESSED = (1.0, 9.0)
MOST_SUPPRESSED = 8
Link = tuple[str, str]
Path = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Students on links and on paths, each between two ends."""

    links: dict[Link, tuple[float, float]]
    paths: dict[Path, tuple[float, float]]

    def readings(self) -> Iterator[tuple[dict[Link, float], dict[Path, float]]]:
        """Every suppressed cell at either end."""
        for values in itertools.product(*(sorted({*ends}) for ends in (*self.links.values(), *self.paths.values()))):
            yield (
                dict(zip(self.links, values, strict=False)),
                dict(zip(self.paths, values[len(self.links) :], strict=True)),
            )


def draw(seed: int) -> Drawn:
    """Two middle and two elementary schools around the high school h, with x outside."""
    chance = random.Random(seed)
    left = MOST_SUPPRESSED

    def cell() -> tuple[float, float]:
        nonlocal left
        if left and chance.random() < 0.4:
            left -= 1
            return SUPPRESSED
        students = float(chance.choice([10, 20, 60]))
        return students, students

    links = {
        (origin, destination): cell()
        for origin, receivers in (("m0", "hx"), ("m1", "hx"), ("e0", ("m0", "m1", "h")), ("e1", ("m0", "m1", "x")))
        for destination in receivers
        if chance.random() < 0.7
    }
    paths = {
        (origin, via, destination): cell()
        for origin, via in links
        if via.startswith("m") and chance.random() < 0.3
        for destination in "hx"
    }
    return Drawn(links=dict(sorted(links.items())), paths=paths)


def tables_of(drawn: Drawn) -> FeederTables:
    ends = pd.DataFrame(
        [(*link, *cell) for link, cell in drawn.links.items()],
        columns=["origin", "destination", "students_low", "students_high"],
    ).astype({"origin": "str", "destination": "str"})
    totals = pd.DataFrame(index=pd.Index(SCHOOLS, dtype="str", name="school_id"))
    ends = ends.assign(students_read_low=ends["students_low"], students_read_high=ends["students_high"])
    for end in ("low", "high", "read_low", "read_high"):
        students = ends[f"students_{end}"]
        totals[f"promoted_students_{end}"] = students.groupby(ends["origin"]).sum().reindex(SCHOOLS, fill_value=0.0)
        totals[f"entering_students_{end}"] = students.groupby(ends["destination"]).sum().reindex(SCHOOLS, fill_value=0)
        totals[f"exit_students_{end}"] = 0.0
    rows = [
        (*path, 5.0 if cell == SUPPRESSED else cell[0], *cell, "student records") for path, cell in drawn.paths.items()
    ]
    text = dict.fromkeys(("origin", "via", "destination", "basis"), "str")
    paths = pd.DataFrame(rows, columns=list(PATH_COLUMNS)).astype(text) if rows else None
    sums = FlowSums(links=ends, totals=totals, years=(2022,), paths=paths)
    return tables_of_sums(sums, count_exits=False, suppressed=5.0)


def retention_ends(drawn: Drawn, feeders: tuple[str, ...], *, only_moves: bool = False) -> list[float]:
    tables = tables_of(drawn)
    flows = flows_of_zones(tables, {"h": feeders}, ZoneRequest(parameters=ProposalParameters(), schools=pd.DataFrame()))
    rest = tuple(
        np.array([tables.totals.loc[list(feeders), f"promoted_students_{end}"].sum()])
        - flows.sum_by_zone(flows.inside["zone"], flows.inside[f"students_{end}"].to_numpy())
        for end in ("low", "high")
    )
    assert len(rest) == 2
    return [
        float(
            extreme_retention(flows, (rest[0], rest[1]), greatest=greatest, only_moves=only_moves, count_exits=False)[0]
        )
        for greatest in (False, True)
    ]


def retention(flows: Mapping[Link, float], paths: Mapping[Path, float], feeders: tuple[str, ...]) -> float:
    promoted = {school: sum(students for (a, _), students in flows.items() if a == school) for school in SCHOOLS}
    followed: dict[Link, dict[str, float]] = {}
    for (origin, via, destination), students in paths.items():
        followed.setdefault((origin, via), {})[destination] = students
    shares = {
        link: {each: students / sum(onward.values()) for each, students in onward.items()}
        for link, onward in followed.items()
    }
    arriving = arriving_students(flows, promoted, {"h", *feeders}, {"h"}, shares)
    return sum(arriving[school] for school in feeders) / sum(promoted[school] for school in feeders)


def feeders_of(drawn: Drawn, levels: str) -> tuple[str, ...]:
    return tuple(sorted({origin for origin, _ in drawn.links if origin[0] in levels}))


@pytest.mark.parametrize("block", range(4))
def test_no_reading_of_the_cells_lies_beyond_the_ends(block: int) -> None:
    chance, tried, apart = random.Random(block), 0, 0
    for seed in range(block * 25, block * 25 + 25):
        drawn = draw(seed)
        feeders = feeders_of(drawn, "em")
        low, high = retention_ends(drawn, feeders)
        for flows, paths in drawn.readings():
            assert low - 1e-9 <= retention(flows, paths, feeders) <= high + 1e-9, seed
            tried += 1
        # Nor between the ends of the cells.
        for _ in range(20):
            flows = {link: chance.uniform(*cell) for link, cell in drawn.links.items()}
            paths = {path: chance.uniform(*cell) for path, cell in drawn.paths.items()}
            assert low - 1e-9 <= retention(flows, paths, feeders) <= high + 1e-9, seed
        apart += high - low > 1e-6
    assert tried > 200
    assert apart > 10


def test_without_chains_the_ends_are_reached() -> None:
    apart = 0
    for seed in range(40):
        drawn = draw(seed)
        if feeders := feeders_of(drawn, "m"):
            found = [retention(flows, {}, feeders) for flows, _ in drawn.readings()]
            assert retention_ends(drawn, feeders) == pytest.approx([min(found), max(found)], abs=1e-12), seed
            apart += max(found) - min(found) > 1e-6
    assert apart > 12


def test_in_moves_the_ends_are_reached() -> None:
    def share_inside(flows: dict[Link, float], feeders: tuple[str, ...]) -> float:
        inside = sum(n for (a, b), n in flows.items() if a in feeders and b in {"h", *feeders})
        return inside / sum(n for (a, _), n in flows.items() if a in feeders)

    for seed in range(30):
        drawn = draw(seed)
        feeders = feeders_of(drawn, "em")
        found = [share_inside(flows, feeders) for flows, _ in drawn.readings()]
        ends = retention_ends(drawn, feeders, only_moves=True)
        assert ends == pytest.approx([min(found), max(found)], abs=1e-12), seed


def test_one_school_behind_another_reaches_the_ends_by_hand() -> None:
    # Of m0's students 1 to 9 go to h and 1 to 9 elsewhere: one to nine in ten arrive. e0 sends it 60, and x nobody.
    drawn = Drawn(links={("e0", "m0"): (60, 60), ("m0", "h"): SUPPRESSED, ("m0", "x"): SUPPRESSED}, paths={})
    low, high = (1 + 60 * 0.1) / 70, (9 + 60 * 0.9) / 70
    assert retention_ends(drawn, ("e0", "m0")) == pytest.approx([low, high])


@pytest.mark.parametrize("greatest", [False, True])
def test_the_extreme_share_of_a_group_is_that_of_all_its_corners(greatest: bool) -> None:
    chance = np.random.default_rng(3)
    for _ in range(100):
        count = int(chance.integers(1, 7))
        low = chance.integers(0, 5, count).astype(float)
        high, share = low + chance.integers(0, 9, count), chance.choice([0.0, 0.2, 0.5, 1.0], count)
        rest = np.sort(chance.integers(1, 20, 2).astype(float))
        cells = Cells(
            group=np.zeros(count, dtype=np.intp), low=low, high=high, share=share, rest_low=rest[:1], rest_high=rest[1:]
        )
        corners = [
            float((students * share).sum() / (students.sum() + left))
            for students in map(np.array, itertools.product(*zip(low, high, strict=True)))
            for left in rest
        ]
        expected = max(corners) if greatest else min(corners)
        assert extreme_share(cells, greatest=greatest).tolist() == pytest.approx([expected])


def test_groups_whose_share_rounding_moves_come_to_rest() -> None:
    # In each group the last bit of the share goes up and down for ever, in the second when not in the first.
    shares = [[0.9, 0.9, 0.5, 1.0], [0.1, 0.1, 0.15, 0.05]]
    lows, highs = [[11, 5, 5, 9], [4, 1, 4, 9]], [[14, 14, 5, 20], [5, 6, 9, 19]]
    cells = Cells(
        group=np.repeat([0, 1], 4),
        low=np.ravel(lows).astype(float),
        high=np.ravel(highs).astype(float),
        share=np.ravel(shares),
        rest_low=np.zeros(2),
        rest_high=np.zeros(2),
    )
    corners = [list(itertools.product(*zip(low, high, strict=True))) for low, high in zip(lows, highs, strict=True)]
    expected = [
        max(np.dot(corner, share) / sum(corner) for corner in each) for each, share in zip(corners, shares, strict=True)
    ]
    assert extreme_share(cells, greatest=True).tolist() == pytest.approx(expected, rel=1e-12)


def test_a_group_that_may_be_empty_has_no_extreme_share() -> None:
    nobody = Cells(
        group=np.array([], dtype=np.intp),
        low=np.array([]),
        high=np.array([]),
        share=np.array([]),
        rest_low=np.zeros(1),
        rest_high=np.zeros(1),
    )
    assert np.isnan(extreme_share(nobody, greatest=True)).all()
    assert np.isnan(extreme_share(nobody, greatest=False)).all()
