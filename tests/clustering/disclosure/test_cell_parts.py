"""Years and grades that are added up, against an attacker who knows the size of every grade in every year."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from clustering.disclosure.cell_parts import CellParts, Slack
from clustering.disclosure.policy import Method, parse_policy
from clustering.disclosure.protected_flows import ProtectedFlows, protect_flows
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes
from tests.oracles.disclosure_attacker.attack import LEAST_POSSIBLE, Attack, attack_counts
from tests.oracles.disclosure_attacker.known_flows import know_flows

YEARS = (2020, 2021, 2022)
FLOW = {"origin": "str", "destination": "str", "grade": "Int64", "next_grade": "Int64", "year": "Int64"}
SIZE = {"school_id": "str", "grade": "Int64", "year": "Int64", "students": "float64"}
Row = tuple[str, str | None, int, int | None, int, int, str]


def flows_of(rows: list[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*FLOW, "students", "kind"]).astype(FLOW)
    students = table["students"].astype("float64")
    return table.assign(students=students, students_low=students, students_high=students)


def sizes_of(rows: list[tuple[str, int, int, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(SIZE)).astype(SIZE)


def protect(flows: pd.DataFrame, sizes: pd.DataFrame, method: Method) -> ProtectedFlows:
    return protect_flows(flows, public_sizes(flows, sizes), Protection(policy=parse_policy("standard"), method=method))


def attack(flows: pd.DataFrame, sizes: pd.DataFrame, left: pd.DataFrame, base: pd.DataFrame) -> Attack:
    """Attack a base: ``left`` has the sizes of grades whose flows are whole, ``sizes`` those that flows enter."""
    # Of a grade that nobody left, that is known too, where leavers are shown at all.
    whole = left.rename(columns={"school_id": "origin"}).drop(columns="students")
    stayed = whole.merge(flows[flows["kind"] == "exit"], how="left", on=["origin", "grade", "year"])
    stayed = stayed[stayed["kind"].isna()].assign(kind="exit", students=0.0)
    exact = pd.concat([flows, stayed[flows.columns].astype(flows.dtypes.to_dict())], ignore_index=True)
    tells_leavers = bool((base["kind"] == "exit").any())
    known = pd.concat([sizes.assign(is_whole=False), left.assign(is_whole=tells_leavers)]).astype({"is_whole": bool})
    return attack_counts(know_flows(exact.drop(columns=["students_low", "students_high"]), [base], known))


def test_a_grade_that_is_there_in_one_year_keeps_its_counts() -> None:
    # 40 students of 2021 left; those of 2022 went on, 56 of them: to A, to D, and one to B. Of 96 in both years the sum
    # leaves slack enough to tell of A and D how many: 25 and 30. But of 2021 nobody can have gone on, since A, B and D
    # had no grade 9 a year later. So 56 - 25 - 30 would be left for B.
    flows = flows_of(
        [
            ("O", None, 8, None, 2021, 40, "exit"),
            ("O", "A", 8, 9, 2022, 25, "feeding"),
            ("O", "D", 8, 9, 2022, 30, "feeding"),
            ("O", "B", 8, 9, 2022, 1, "feeding"),
        ]
    )
    arrived = sizes_of([(school, 9, year, size) for school in "ABD" for year, size in ((2022, 0), (2023, 90))])
    left = sizes_of([("O", 8, 2021, 40), ("O", 8, 2022, 56)])
    found = attack(flows, arrived, left, protect(flows, arrived, "pooled years").flows)
    assert found.is_sound
    assert found.counts["values"].min() >= LEAST_POSSIBLE

    published = flows.assign(year=pd.array([pd.NA] * 4, dtype="Int64"))
    published.loc[3, ["students_low", "students_high"]] = [1.0, 9.0]
    published.loc[0, ["students_low", "students_high"]] = [0.0, 41.0]
    control = attack(flows, arrived, left, published).counts.set_index("students")
    assert control.loc[1, "values"].tolist() == [1] * len(control.loc[[1]])


def random_tables(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Flows of two schools, some of whose grades are missing in some years; sizes of arrivals, and of those grades."""
    generator = np.random.default_rng(seed)
    rows: list[Row] = []
    left = []
    for year in YEARS:
        for school, grade in (("O", 7), ("O", 8), ("P", 7), ("P", 8)):
            if generator.random() < 0.3:
                continue
            counts = generator.choice([0, 0, 1, 2, 3, 5, 8, 9, 12, 17, 25, 40, 60], size=3).tolist()
            gone = int(generator.choice([0, 0, 1, 2, 3, 6, 15, 40]))
            moved = [(end, count) for end, count in zip("ABC", counts, strict=True) if count]
            rows += [(school, end, grade, grade + 1, year, count, "feeding") for end, count in moved]
            rows += [(school, None, grade, None, year, gone, "exit")] if gone else []
            left.append((school, grade, year, float(sum(counts) + gone)))
    flows = flows_of(rows)
    arrivals = flows[flows["kind"] == "feeding"].groupby(["destination", "next_grade", "year"])["students"].sum()
    arrived = [
        (school, grade, year + 1, arrivals.get((school, grade, year), 0.0) + generator.choice([0, 0, 1, 3, 10, 60]))
        for school in "ABC"
        for grade in (8, 9)
        for year in YEARS
    ]
    return flows, sizes_of(arrived), sizes_of(left)


@cache
def attacked(seed: int, method: Method) -> tuple[Attack, Attack]:
    """What the attacker learns from a base, and what from its cells and all sizes alone."""
    flows, arrived, left = random_tables(seed)
    base = protect(flows, pd.concat([arrived, left]), method).flows
    alone = base.assign(students_low=0.0, students_high=500.0)
    return attack(flows, arrived, left, base), attack(flows, arrived, left, alone)


@pytest.mark.parametrize("method", ["single years", "pooled years", "coarser grades"])
@pytest.mark.parametrize("seed", [*range(10), 30])
def test_small_counts_keep_five_values_by_every_method(seed: int, method: Method) -> None:
    found, alone = (each.counts.set_index(["what", "key"])["values"] for each in attacked(seed, method))
    assert len(found) > 0
    assert (found >= np.minimum(LEAST_POSSIBLE, alone.reindex(found.index).fillna(np.inf))).all()


def slack_of(row_size: list[float], needed: float = 2) -> Slack:
    """One cell with a part in each of two years."""
    parts = CellParts(
        cell=np.zeros(2, dtype="int64"),
        row=np.array([0, 1]),
        column=np.array([-1, -1]),
        year=np.array([2021, 2022]),
        row_size=np.array(row_size),
        column_size=np.zeros(0),
    )
    return Slack(parts, 1, needed)


def test_a_cell_rises_by_what_is_left_in_all_its_years() -> None:
    # 10 and 6, and in the first, the larger one, 2 are kept: 8 + 6 can be taken, however often.
    slack = slack_of([10, 6])
    assert slack.can_rise(0, 14)
    assert not slack.can_rise(0, 15)
    taken = slack.rise(0, 14)
    assert taken is not None
    assert slack.taken().tolist() == [8, 6]
    assert slack.most_rise().tolist() == [2]
    assert slack.rise(0, 1) is None
    slack.undo(taken)
    assert slack.can_rise(0, 14)


def test_a_sum_can_be_shown_if_its_students_could_be_in_another_year() -> None:
    assert slack_of([20, 6]).can_shift(0)
    # One student at most was in the second year, so that a sum tells the first one but for one.
    assert not slack_of([20, 1]).can_shift(0)
