"""Is it working? The verdicts of each Zone counted by hand, and said in one sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from clustering import ZoneEntry, evaluate_progress, progress_document, progress_summary_table, propose_zones
from tests.examples.progress_rows import Cell, counts, scenario_of
from tests.examples.toy_district import MOVES, toy_scenario

SCENARIO = scenario_of(dict.fromkeys("ABCD", "9-12"))
EXACT = {"disclosure": "exact"}
# Of 1000 students each: suspensions fall, chronic absence rises, graduation stays as it is, and growth is missing at
# the entry. The entry is that of 2020; month 18 is of 2022, and month 36 of 2023.
CELLS: list[Cell] = [
    *(("A", 2020 + number, "suspensions", 300 - 10 * number, 1000) for number in range(4)),
    *(("A", 2020 + number, "chronic_absence", 200 + 10 * number, 1000) for number in range(4)),
    *(("A", 2020 + number, "graduation", 600, 1000) for number in range(4)),
    ("A", 2023, "on_track", 600, 1000),
]
STAYED = pd.DataFrame({"zone_id": ["Z"], "years": [3], "persistence": [0.62]})


def summary_of(cells: list[Cell] = CELLS, **request: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {"entry_fall": 2021, "scenario": SCENARIO, "parameters": EXACT, "persistence": STAYED}
    progress = evaluate_progress(counts(*cells), {"Z": ["A"]}, **{**settings, **request})
    (row,) = progress_document(progress)["summary"]
    return dict(row)


def counts_of(row: dict[str, Any], months: int) -> tuple[int, ...]:
    names = ("met", "not_met", "not_yet_due", "unknown", "too_close_to_call")
    return tuple(row[f"{name}_{months}"] for name in names)


def test_verdicts_are_counted_at_18_and_at_36_months() -> None:
    row = summary_of()
    # Leading: suspensions better, chronic absence worse, on track without an entry value. Graduation is lagging.
    assert (row["year_18"], *counts_of(row, 18)) == (2022, 1, 1, 0, 1, 0)
    assert (row["year_36"], *counts_of(row, 36)) == (2023, 1, 2, 0, 1, 0)
    assert row["sentence"] == (
        "At 36 months (2023-24) it met 1 of 4 benchmarks and missed 2. 1 is unknown. 62% of the students were still in"
        " the Zone after 3 years."
    )


def test_what_comes_later_is_not_yet_due() -> None:
    row = summary_of(entry_fall=2022)
    assert (row["year_36"], *counts_of(row, 36)) == (2024, 0, 0, 4, 0, 0)
    assert row["sentence"].startswith(
        "At 18 months (2023-24) it met 1 of 3 benchmarks and missed 1. 1 is unknown. Those at 36 months are not yet"
        " due. 62%"
    )
    assert summary_of(entry_fall=2024)["sentence"] == (
        "Not yet due: month 18 is looked up in 2025-26, and the data of its schools go up to 2023-24."
    )


def test_a_zone_that_has_not_started_has_no_verdicts() -> None:
    for entry in (None, ZoneEntry(fall=None, basis="it is proposed, without a contract")):
        row = summary_of(entry_fall=entry)
        assert row["entry_fall"] is None
        assert counts_of(row, 18) == counts_of(row, 36) == (0, 0, 0, 0, 0)
        assert row["sentence"].startswith("Not started, so there are entry values only: ")
    progress = evaluate_progress(counts(*CELLS), {"Z": ["A"]}, entry_fall=None, scenario=SCENARIO, parameters=EXACT)
    assert progress.benchmarks.empty
    assert progress.zone_values[["change", "difference", "entry_value"]].isna().all(axis=None)
    assert progress.zone_values["value"].notna().all()
    assert progress.comparison_schools.matches.empty


def test_one_zone_may_have_started_and_another_not() -> None:
    progress = evaluate_progress(
        counts(*CELLS, ("B", 2023, "suspensions", 100, 1000)),
        {"Z": ["A"], "Y": ["B"]},
        entry_fall={"Z": 2021, "Y": None},
        scenario=SCENARIO,
        parameters=EXACT,
    )
    assert progress.summary["zone_id"].tolist() == ["Y", "Z"]
    assert set(progress.benchmarks["zone_id"]) == {"Z"}


@pytest.mark.parametrize(
    ("persistence", "end"),
    [
        (None, " How many students stayed is not known: no evidence."),
        (
            STAYED.assign(persistence=0.48),
            " Only 48% of the students were still in the Zone after 3 years: weak evidence.",
        ),
    ],
)
def test_persistence_stands_in_the_sentence(persistence: pd.DataFrame | None, end: str) -> None:
    assert summary_of(persistence=persistence)["sentence"].endswith(end)


def test_what_is_too_close_to_call_is_neither_met_nor_missed() -> None:
    # 25.4 and 25.1 per cent are both shown as 25 to 26: better, worse or the same. On track, 24.4 and 26.6 are shown as
    # 24 to 25 and 26 to 27, so it rose for certain; and absence, 25.1 and 24.9, as 25 to 26 and 24 to 25: it fell, or
    # is nearly the same.
    cells: list[Cell] = [
        *(("A", 2020, "suspensions", 254, 1000), ("A", 2022, "suspensions", 251, 1000)),
        *(("A", 2020, "on_track", 244, 1000), ("A", 2022, "on_track", 266, 1000)),
        *(("A", 2020, "chronic_absence", 251, 1000), ("A", 2022, "chronic_absence", 249, 1000)),
    ]
    row = summary_of(cells, parameters=None)
    assert counts_of(row, 18) == (1, 0, 0, 0, 2)
    assert (row["leaning_met_18"], row["leaning_not_met_18"]) == (1, 1)
    assert row["sentence"].startswith(
        "At 18 months (2022-23) it met 1 of 3 benchmarks and missed none. 2 are too close to call: 1 leans"
        " towards met, 1 towards not met. Those at 36 months are not yet due."
    )
    none = summary_of(cells[:2], parameters=None)
    assert none["sentence"].startswith("At 18 months (2022-23) it met none of 1 benchmark and missed none. 1 is too")


def test_a_change_of_zero_as_shown_meets_nothing() -> None:
    cells: list[Cell] = [("A", 2020, "suspensions", 3_000, 10_000), ("A", 2022, "suspensions", 2_996, 10_000)]
    progress = evaluate_progress(
        counts(*cells), {"Z": ["A"]}, entry_fall=2021, scenario=SCENARIO, parameters=EXACT, persistence=STAYED
    )
    row = progress.benchmarks[progress.benchmarks["months"] == 18].iloc[0]
    assert (row["change"], row["direction"], row["verdict"]) == (-0.0004, "no change", "not met")
    assert "by 2022-23 it did not change." in row["sentence"]
    assert "it did not change" in progress.zone_values.iloc[-1]["sentence"]


def test_what_is_unknown_is_said_to_be() -> None:
    row = summary_of([("A", 2023, "suspensions", 100, 1000)])
    assert row["sentence"] == (
        "Whether it works is unknown: it began in 2021-22, so values of 2020-21 are needed, and the data of its schools"
        " begin in 2023-24."
    )
    none = summary_of([("B", 2023, "suspensions", 100, 1000)])
    assert none["sentence"] == "The files have no indicator of its schools."


def test_the_names_of_a_proposal_stand_beside_its_zones() -> None:
    scenario = toy_scenario()
    proposal = propose_zones(scenario, MOVES)
    progress = evaluate_progress(
        counts(("0010", 2020, "graduation", 110, 200)), proposal, entry_fall=2021, scenario=scenario
    )
    names = {zone.zone_id: zone.name for zone in proposal.zones}
    table = progress_summary_table(progress)
    assert table.set_index("zone_id")["zone_name"].to_dict() == names
    assert set(table["disclosure"]) == {"protected"}
    assert set(progress.zone_values["zone_name"]) == {names["zone-0010"]}
