"""Send and receive shares and totals, worked out by hand."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import InputError, build_feeder_graph
from clustering.disclosure.protected_base import protected_base
from clustering.zones.feeder_graph import Suppressed, build_feeder_tables
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_flows, toy_scenario

ENDS: tuple[Suppressed, ...] = ("low", "high")


def test_shares_of_the_toy_district() -> None:
    graph = build_feeder_graph(toy_scenario())
    assert graph.edges[OAK, WEST]["students"] == 60
    assert graph.edges[OAK, WEST]["send_share"] == pytest.approx(60 / 100)
    assert graph.edges[OAK, WEST]["receive_share"] == pytest.approx(60 / 170)
    assert graph.edges[PINE, EAST]["send_share"] == pytest.approx(100 / 120)
    assert graph.edges["0004", PINE]["receive_share"] == pytest.approx(20 / 110)
    assert graph.nodes[WEST]["entering_students"] == 170
    assert graph.nodes[ELM]["promoted_students"] == 100
    assert nx.is_directed_acyclic_graph(graph)
    assert len(graph) == 11
    assert graph.number_of_edges() == 14


def with_rows(*rows: dict[str, str]) -> pd.DataFrame:
    return pd.concat([toy_flows(), pd.DataFrame(rows)], ignore_index=True)


def row(
    origin: str, destination: str, grade: int, next_grade: int, students: str, year: str = "2022-23"
) -> dict[str, str]:
    return {
        "origin": origin,
        "destination": destination,
        "grade": str(grade),
        "next_grade": str(next_grade),
        "students": students,
        "school_year": year,
    }


def test_years_are_averaged_or_chosen() -> None:
    scenario = toy_scenario(flows=with_rows(row(OAK, WEST, 8, 9, "100", "2023-24")))
    graph = build_feeder_graph(scenario)
    # (60 + 100) / 2 to West and (40 + 0) / 2 to East.
    assert graph.edges[OAK, WEST]["students"] == 80
    assert graph.edges[OAK, WEST]["send_share"] == pytest.approx(0.8)
    assert graph.graph["years"] == (2022, 2023)
    alone = build_feeder_graph(scenario, years=[2023])
    assert alone.edges[OAK, WEST]["students"] == 100
    assert alone.number_of_edges() == 1


def test_a_year_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="2019.*no such school year.*2022"):
        build_feeder_graph(toy_scenario(), years=[2019])


def test_exits_count_only_when_asked_and_only_from_final_grades() -> None:
    flows = with_rows(row(OAK, "", 8, 9, "20"), row(OAK, "", 7, 8, "500"))
    without = build_feeder_graph(toy_scenario(flows=flows))
    assert without.edges[OAK, WEST]["send_share"] == pytest.approx(60 / 100)
    assert without.nodes[OAK]["exit_students"] == 20
    with_exits = build_feeder_graph(toy_scenario(flows=flows), count_exits=True)
    assert with_exits.edges[OAK, WEST]["send_share"] == pytest.approx(60 / 120)


def test_unlisted_schools_stand_in_the_denominators() -> None:
    flows = with_rows(
        row(OAK, "9999", 8, 9, "100"),
        row("9998", WEST, 8, 9, "30"),
        # 9997 has students in grade 10, so those who leave it after grade 9 have moved before its end.
        row("9997", WEST, 9, 10, "70"),
        row("9997", "9997", 10, 11, "50"),
    )
    graph = build_feeder_graph(toy_scenario(flows=flows))
    assert graph.edges[OAK, WEST]["send_share"] == pytest.approx(60 / 200)
    assert graph.nodes[OAK]["unlisted_students"] == 100
    assert graph.edges[OAK, WEST]["receive_share"] == pytest.approx(60 / 200)


@pytest.mark.parametrize(("suppressed", "students"), [(5.0, 5.0), (3.0, 3.0), ("low", 1.0), ("high", 9.0)])
def test_suppressed_cells_are_taken_as_stated(suppressed: float | str, students: float) -> None:
    flows = toy_flows()
    flows.loc[8, "students"] = "*"
    edge = build_feeder_graph(toy_scenario(flows=flows), suppressed=suppressed).edges[OAK, WEST]  # type: ignore[arg-type]
    assert edge["students"] == students
    assert edge["send_share"] == pytest.approx(students / (students + 40))
    assert (edge["students_low"], edge["students_high"]) == (1, 9)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=14, max_size=14))
def test_send_and_receive_shares_sum_to_one(students: list[int]) -> None:
    flows = toy_flows().assign(students=[str(count) for count in students])
    tables = build_feeder_tables(toy_scenario(flows=flows))
    for own, share in (("origin", "send_share"), ("destination", "receive_share")):
        sums = tables.links.groupby(own)[share].sum()
        assert sums.to_numpy() == pytest.approx(1.0)
    assert tables.totals["promoted_students"].sum() == pytest.approx(sum(students))
    assert tables.totals["entering_students"].sum() == pytest.approx(sum(students))


@pytest.mark.parametrize(("end", "students"), [("low", 55), ("high", 69)])
def test_intervals_are_read_at_their_ends_and_totals_with_them(end: Suppressed, students: float) -> None:
    base = protected_base(toy_scenario(), "protected")
    tables = build_feeder_tables(base, suppressed=end)
    links = tables.links.set_index(["origin", "destination"])
    assert links.loc[("0001", OAK), "students"] == students
    assert (links[f"students_{end}"] == links["students"]).all()
    assert (links["students_low"] == build_feeder_tables(base).links["students_low"].to_numpy()).all()
    sent, entering = (links["students"].groupby(name).sum() for name in ("origin", "destination"))
    assert (tables.totals.loc[sent.index, "promoted_students"] == sent).all()
    assert (tables.totals.loc[entering.index, "entering_students"] == entering).all()
    # Oak sends 55 to 69 to West and 40 to 44 to East: 55 of 95, or 69 of 113.
    assert links.loc[(OAK, WEST), "send_share"] == pytest.approx({"low": 55 / 95, "high": 69 / 113}[end])


def test_exact_counts_are_read_as_they_are_at_both_ends() -> None:
    printed = build_feeder_tables(toy_scenario()).links
    for tables in (build_feeder_tables(toy_scenario(), suppressed=end) for end in ENDS):
        pd.testing.assert_frame_equal(tables.links, printed)
