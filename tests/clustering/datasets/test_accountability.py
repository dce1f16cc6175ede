"""Title I status, school types and the accountability file of the generated state."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clustering import read_scenario
from clustering.datasets import SampleState, toy_district

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


def test_title1_status_follows_hardship_and_is_read_with_the_school_type() -> None:
    files = [SAMPLE / name for name in ("ccd_sch_029_2324_w_1a_sample.csv", "ccd_sch_129_2324_w_1a_sample.csv")]
    published = pd.read_csv(files[1], dtype="str", keep_default_na=False).set_index("NCESSCH")
    schools = read_scenario(schools=files, flows=[SAMPLE / "promotions.csv"]).schools
    expected = published["TITLEI_STATUS"].map(
        {
            "SWELIGSWPROG": "title1",
            "TGELGBTGPROG": "title1",
            "TGELGBNOPROG": "title1 eligible",
            "NOTTITLE1ELIG": "not title1",
        }
    )
    assert schools["title1_status"].equals(expected.reindex(schools.index))
    assert expected.value_counts().min() > 20
    directory = pd.read_csv(files[0], dtype="str", keep_default_na=False).set_index("NCESSCH")
    kinds = directory["SCH_TYPE"].map({"1": "regular", "4": "alternative"})
    assert schools["school_type"].equals(kinds.reindex(schools.index))
    new = directory.index[directory["SY_STATUS"] == "3"]
    assert schools["opened_year"].dropna().to_dict() == dict.fromkeys(new, 2023)
    assert len(new) > 0
    # The schools of the toy are all poor enough.
    assert set(toy_district().characteristics["TITLEI_STATUS"]) == {"SWELIGSWPROG"}


def test_the_accountability_file_hides_small_groups_and_counts_two_years_of_graduates(state: SampleState) -> None:
    rows = state.accountability
    assert not rows.duplicated(["NCESSCH", "school_year", "student_group"]).any()
    small = rows["cohort"] == "<10"
    assert small.any()
    assert (rows.loc[small, "index"] == "*").all()
    assert rows.loc[small, "graduates"].isin(["", "*"]).all()
    shown = rows[~small].astype({"cohort": "int64", "index": "float64"})
    assert (shown["cohort"] >= 10).all()
    assert shown["index"].between(1, 99).all()
    counted = shown[shown["graduates"] != ""]
    assert set(counted["student_group"]) == {"all"}
    assert set(counted["school_year"]) == {"2020-21", "2021-22"}
    assert (counted["graduates"].astype("int64") <= counted["cohort"]).all()
    # A group is a part of the school.
    whole = shown[shown["student_group"] == "all"].set_index(["NCESSCH", "school_year"])["cohort"]
    parts = shown[shown["student_group"] != "all"].set_index(["NCESSCH", "school_year"])["cohort"]
    assert (parts <= whole.reindex(parts.index)).all()


def test_rates_lists_and_traits_of_the_sample_are_read_without_a_warning() -> None:
    names = ["ccd_sch_029_2324_w_1a_sample.csv", "ccd_sch_129_2324_w_1a_sample.csv"]
    scenario = read_scenario(
        schools=[*(SAMPLE / name for name in names), SAMPLE / "EDGE_GEOCODE_PUBLICSCH_2324_sample.TXT"],
        flows=SAMPLE / "promotions.csv",
        performance=[SAMPLE / "acgr_2223_sample.csv", SAMPLE / "accountability_sample.csv"],
    )
    assert not scenario.report.warnings
    years = scenario.rates.groupby("measure")["year"].unique().map(sorted)
    assert years["graduation_4year"] == years["index"] == [2020, 2021, 2022]
