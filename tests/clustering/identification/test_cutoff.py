"""The lowest 5 per cent: of what, with ties, and against every world that published ranges leave open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, prod
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from clustering import identify_schools
from tests.examples.ranked_schools import LOWEST, answers, points_of
from tests.examples.rated_schools import with_index

LOWEST_POINT, HIGHEST_POINT = -1, 4  # beyond the points of every school whose index is published
MINIMUM = 30


@dataclass(frozen=True)
class Ranked:
    """A school to rank: its points as an interval, suppressed or missing; its Title I status; its students."""

    points: tuple[int, int] | str | None
    status: str | None
    students: int | None

    def values(self) -> Sequence[int]:
        low, high = (LOWEST_POINT, HIGHEST_POINT) if isinstance(self.points, str) else self.points or (0, 0)
        return range(low, high + 1)


@dataclass(frozen=True)
class Test:
    """A rule of the lowest, or a threshold, as its fields."""

    __test__ = False
    share: str | None
    count: int | None
    ties: str
    minimum: int | None

    def fields(self) -> dict[str, Any]:
        given = {
            "bottom_share": None if self.share is None else float(self.share),
            "bottom_count": self.count,
            "minimum_students": self.minimum,
        }
        return {
            **{name: value for name, value in given.items() if value is not None},
            "population": "title1",
            "measure": "index",
            "ties": self.ties,
        }

    def lowest(self, ranked: int) -> int:
        return max(ceil(Fraction(self.share or "0") * ranked), self.count or 0)


intervals = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda ends: (min(ends), max(ends)))
schools = st.builds(
    Ranked,
    points=st.one_of(*[intervals] * 8, st.just("suppressed"), st.none()),
    status=st.sampled_from([*["title1"] * 6, "not title1", None]),
    students=st.sampled_from([*[40] * 6, 20, None]),
)
rules_of_the_lowest = st.builds(
    Test,
    share=st.sampled_from(["0.05", "0.2", "0.34", "0.5", "1.0"]),
    count=st.sampled_from([None, None, 1, 2, 7]),
    ties=st.sampled_from(["include", "exclude"]),
    minimum=st.sampled_from([None, MINIMUM]),
)


def worlds(ranked: Sequence[Ranked], test: Test) -> Iterator[tuple[tuple[bool, int | None], ...]]:
    """All that can be: whether each school is a Title I school, and its points if it takes a place."""
    choices = []
    for school in ranked:
        is_in = {"title1": [True], "not title1": [False]}.get(school.status or "", [True, False])
        is_small = test.minimum is not None and (school.students or MINIMUM) < test.minimum
        placed: list[int | None] = [] if school.points is None or is_small else [*school.values()]
        if not placed or (test.minimum is not None and school.students is None):
            placed = [*placed, None]
        choices.append([*product(is_in, placed)])
    assume(prod(map(len, choices)) <= 20_000)
    return product(*choices)


def is_among_lowest(place: int, world: Sequence[tuple[bool, int | None]], test: Test) -> bool:
    own = world[place][1]
    assert own is not None
    others = [points for number, (is_in, points) in enumerate(world) if is_in and number != place]
    before = [
        points
        for points in others
        if points is not None and (points < own if test.ties == "include" else points <= own)
    ]
    return len(before) < test.lowest(len(others) + 1)


def answer_by_worlds(place: int, ranked: Sequence[Ranked], test: Test) -> str:
    school = ranked[place]
    asks_size = test.minimum is not None
    if school.status == "not title1" or school.points is None:
        return "no" if school.status == "not title1" else "unknown"
    if asks_size and school.students == 20:
        return "excluded"
    found = {
        is_among_lowest(place, world, test)
        for world in worlds(ranked, test)
        if world[place][0] and world[place][1] is not None
    }
    if isinstance(school.points, str):
        return "unknown"
    if found == {False}:
        return "no"
    if school.status is None or (asks_size and school.students is None):
        return "unknown"
    return "certain" if found == {True} else "possible"


@settings(max_examples=25)
@example(
    # The first may be too small to take a place, and then the second is the lowest.
    ranked=[Ranked((1, 1), "title1", None), Ranked((2, 2), "title1", 40)],
    test=Test("0.05", None, "include", MINIMUM),
)
@given(
    ranked=st.lists(schools, min_size=1, max_size=3) | st.lists(schools, min_size=4, max_size=6),
    test=rules_of_the_lowest,
)
def test_the_lowest_are_those_of_every_world(ranked: list[Ranked], test: Test) -> None:
    expected = [answer_by_worlds(place, ranked, test) for place in range(len(ranked))]
    scenario = with_index(
        [each.points for each in ranked], [each.status for each in ranked], [each.students for each in ranked]
    )
    found = identify_schools(scenario, test.fields(), disclosure="exact")
    assert found.decisions["certainty"].tolist() == expected


@settings(max_examples=20)
@given(points=st.lists(st.integers(0, 3), min_size=1, max_size=8), test=rules_of_the_lowest)
def test_exact_points_leave_nothing_possible(points: list[int], test: Test) -> None:
    scenario = with_index([(each, each) for each in points], ["title1"] * len(points), [40] * len(points))
    found = identify_schools(scenario, test.fields())
    assert set(found.decisions["certainty"]) <= {"certain", "no"}
    certain = found.counts["certain"]
    lowest = test.lowest(len(points))
    assert certain >= min(lowest, len(points)) if test.ties == "include" else certain <= lowest
    (cutoff,) = found.cutoffs
    last = sorted(points)[min(lowest, len(points)) - 1]
    assert (cutoff.ranked_schools, cutoff.lowest_schools, cutoff.low, cutoff.high) == (len(points), lowest, last, last)


@settings(max_examples=20)
@given(
    ranked=st.lists(schools, min_size=2, max_size=6),
    test=rules_of_the_lowest,
    place=st.integers(0, 5),
    wider=st.tuples(st.integers(0, 2), st.integers(0, 2)),
)
def test_a_wider_range_is_never_surer(ranked: list[Ranked], test: Test, place: int, wider: tuple[int, int]) -> None:
    """Of the school itself and of all others: what was possible stays so, what was sure may become possible."""
    school = ranked[place % len(ranked)]
    assume(isinstance(school.points, tuple))
    low, high = min(school.values()), max(school.values())
    widened = [
        Ranked((low - wider[0], high + wider[1]), each.status, each.students) if each is school else each
        for each in ranked
    ]
    before, after = (
        identify_schools(
            with_index(
                [each.points for each in some], [each.status for each in some], [each.students for each in some]
            ),
            test.fields(),
        ).decisions["certainty"]
        for some in (ranked, widened)
    )
    allowed = {"certain": {"certain", "possible"}, "no": {"no", "possible", "unknown"}}
    for one, two in zip(before, after, strict=True):
        assert two in allowed.get(one, {one})


def test_five_per_cent_is_of_title1_schools_only_and_rounded_up() -> None:
    # 21 Title I schools: 1.05 is 2 schools. The two lowest of all 30 are no Title I schools.
    points = [*("1", "2"), *(str(number) for number in range(10, 38))]
    title1 = [*["no"] * 2, *["yes"] * 21, *["no"] * 7]
    scenario = points_of(*points, title1=title1)
    found = identify_schools(scenario, LOWEST)
    assert found.decisions.index[found.decisions["identified"]].tolist() == ["03", "04"]
    (cutoff,) = found.cutoffs
    assert cutoff is not None
    assert (cutoff.ranked_schools, cutoff.lowest_schools, cutoff.low, cutoff.high) == (21, 2, 11.0, 11.0)
    assert found.explanations["03"] == "Index 10.0 (2021-22), among the lowest 2 of 21 Title I schools (up to 11.0)."
    assert (
        found.explanations["05"] == "Index 12.0 (2021-22), not among the lowest 2 of 21 Title I schools (up to 11.0)."
    )
    assert found.explanations["01"] == "Index 1.0 (2021-22), and the rule is for Title I schools only."


@pytest.mark.parametrize(("schools_ranked", "lowest"), [(2, 1), (19, 1), (20, 1), (21, 2), (40, 2), (41, 3), (60, 3)])
def test_a_share_is_rounded_up(schools_ranked: int, lowest: int) -> None:
    scenario = points_of(*map(str, range(7, 7 + schools_ranked)), title1=["yes"] * schools_ranked)
    assert identify_schools(scenario, LOWEST).counts["certain"] == lowest


def test_of_a_share_and_a_count_the_more_counts() -> None:
    scenario = points_of(*map(str, range(7, 47)), title1=["yes"] * 40)
    assert identify_schools(scenario, {**LOWEST, "bottom_count": 5}).counts["certain"] == 5
    assert identify_schools(scenario, {**LOWEST, "bottom_share": 0.2, "bottom_count": 5}).counts["certain"] == 8
    more = identify_schools(scenario, {**LOWEST, "bottom_count": 1000})
    assert more.counts["certain"] == 40
    assert "among the lowest 40 of 40 Title I schools" in more.explanations["01"]


def test_ties_at_the_cut_all_belong_or_none() -> None:
    # The lowest two of 1, 2, 2, 3.
    scenario = points_of("1", "2", "2", "3", title1=["yes"] * 4)
    rule = {**LOWEST, "bottom_share": 0.5}
    assert answers(scenario, rule) == "cccn"
    assert answers(scenario, {**rule, "ties": "exclude"}) == "cnnn"


def test_ties_at_the_cut_do_not_matter_where_all_fit() -> None:
    scenario = points_of("1", "2", "2", "3", title1=["yes"] * 4)
    for ties in ("include", "exclude"):
        assert answers(scenario, {**LOWEST, "bottom_share": 0.75, "ties": ties}) == "cccn"


def test_schools_without_a_rate_count_in_the_share_and_take_no_place() -> None:
    # Of 40 Title I schools 20 have an index: 5 per cent of 40 are two schools, of those with an index.
    points = [*map(str, range(7, 27)), *[""] * 20]
    found = identify_schools(points_of(*points, title1=["yes"] * 40), LOWEST)
    assert (found.counts["certain"], found.counts["unknown"]) == (2, 20)


def test_a_suppressed_rate_may_take_a_place() -> None:
    # The lowest two of *, 1, 2, 3, 4: the suppressed one may be lowest, or not.
    scenario = points_of("*", "1", "2", "3", "4", title1=["yes"] * 5)
    assert answers(scenario, {**LOWEST, "bottom_share": 0.4}) == "ucpnn"
