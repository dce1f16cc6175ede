"""The toy district with many small counts over two years, as files to upload."""

from __future__ import annotations

import pandas as pd

from clustering import Scenario, read_scenario
from tests.examples.attacked_states import AttackedState, with_flows
from tests.examples.toy_district import FLOWS, toy_schools

# Small counts beside the large ones, into the same schools and others, and leavers.
_MIDDLE, _HIGH = ("0007", "0008", "0009"), ("0010", "0011")
_SMALL = [
    *(
        (f"000{school}", middle, 5, 2 + (3 * school + place) % 8)
        for school in range(1, 7)
        for place, middle in enumerate(_MIDDLE)
    ),
    *((middle, high, 8, 3 + place) for place, middle in enumerate(_MIDDLE) for high in _HIGH),
]
_LEFT = [
    *((f"000{school}", 5, 3 + school % 5) for school in range(1, 7)),
    *((middle, 8, int(middle)) for middle in _MIDDLE),
]


def flow_rows() -> pd.DataFrame:
    """Every count of two years; those who left have no destination."""
    large = {(origin, destination): students for origin, destination, _, students in FLOWS}
    rows: list[tuple[object, ...]] = []
    for year, more in ((2021, 0), (2022, 1)):
        for origin, destination, grade, students in FLOWS:
            rows.append((origin, destination, grade, grade + 1, students + 3 * more, year))
        for origin, destination, grade, students in _SMALL:
            if (origin, destination) not in large:
                rows.append((origin, destination, grade, grade + 1, 1 + (students + more) % 9, year))
        rows += [(origin, None, grade, None, 1 + (students + 4 * more) % 9, year) for origin, grade, students in _LEFT]
        rows += [(origin, origin, grade, grade, 2 + more, year) for origin, grade, _ in _LEFT]
    return pd.DataFrame(rows, columns=["origin", "destination", "grade", "next_grade", "students", "year"])


def flow_file(rows: pd.DataFrame) -> pd.DataFrame:
    """As it is uploaded, in the order of its keys."""
    shown = rows[rows["students"] > 0].sort_values(["year", "origin", "grade", "destination"], ignore_index=True)
    years = shown["year"].astype(int).map(lambda fall: f"{fall}-{(fall + 1) % 100}")
    texts = {name: shown[name].astype("Int64").astype("str") for name in ("grade", "next_grade", "students")}
    left = shown["destination"].isna()
    table = shown[["origin", "destination"]].assign(**texts, school_year=years)
    return table.assign(next_grade=table["next_grade"].mask(left, ""), destination=table["destination"].fillna(""))


def enrolment_file() -> pd.DataFrame:
    """The public size of every grade, as it is uploaded: states that look the same have the same."""
    sizes = small_counts_district().scenario.grade_enrolment
    years = sizes["year"].astype(int).map(lambda fall: f"{fall}-{(fall + 1) % 100}")
    whole = sizes[["grade", "students"]].astype("Int64").astype("str")
    return whole.assign(school_id=sizes["school_id"], school_year=years)


def read_district(file: pd.DataFrame) -> Scenario:
    """The district with these flows."""
    return read_scenario(schools=[toy_schools()], flows=[file])


def small_counts_district() -> AttackedState:
    """The district, and the public size of every grade."""
    scenario = read_district(flow_file(flow_rows()))
    return with_flows(scenario, scenario.flows)
