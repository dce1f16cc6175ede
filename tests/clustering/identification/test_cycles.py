"""Schools followed over the years: who enters, stays and leaves, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from clustering import Cycles, InputError, Scenario, follow_cycles, passes_exit
from tests.examples.rated_schools import rated_schools


def over_years(*schools: str, first: int = 2015, **traits: list[str]) -> Scenario:
    """Schools 01, 02, ... each with a rate per year, blanks between them; a dash is a year that no file has."""
    rows = [
        (f"{number:02d}", f"{fall}-{(fall + 1) % 100:02d}", rate)
        for number, rates in enumerate(schools, start=1)
        for fall, rate in enumerate(rates.split(), start=first)
        if rate != "-"
    ]
    names = ("school_id", "school_year", "graduation_rate")
    return rated_schools(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)), **traits)


def told(cycles: Cycles, column: str, school: str = "01") -> list[str | None]:
    """What became of a school, year by year."""
    values = cycles.schools.loc[cycles.schools["school_id"] == school, column].astype(object)
    return values.where(values.notna(), None).tolist()


BELOW_67: dict[str, Any] = {"threshold": 0.67}


def test_a_school_enters_stays_and_leaves() -> None:
    cycles = follow_cycles(over_years("70 60 65 67 66"), BELOW_67)
    assert cycles.years == cycles.entry_years == (2015, 2016, 2017, 2018, 2019)
    assert told(cycles, "certainty") == ["no", "certain", "certain", "no", "certain"]
    assert told(cycles, "status") == ["out", "in", "in", "out", "in"]
    assert told(cycles, "movement") == [None, "enters", "stays", "leaves", "enters"]
    assert told(cycles, "passes_exit") == [None, None, "no", "certain", None]
    counts = cycles.counts
    assert counts.columns.tolist() == ["enters", "stays", "leaves"]
    assert counts.to_numpy().tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


def california(scenario: Scenario, **fields: Any) -> Cycles:
    """Entry below 68% every three years, exit at 68% in any year; by the rate of one year, so that hands can follow."""
    return follow_cycles(scenario, {"preset": "ca_csi_graduation", "years": 1, "average": "latest", **fields})


def test_california_lets_schools_enter_every_third_year_and_leave_in_any() -> None:
    cycles = california(over_years("70 60 60 60 67.9 67.96 60 60"))
    assert cycles.entry_years == (2015, 2018, 2021)
    # Below 68 in 2016 and 2017, and no year of entry; 67.9 stays in, 67.96 is 68.0 and leaves; back in 2021.
    assert told(cycles, "movement") == [None, None, None, "enters", "stays", "leaves", "enters", "stays"]
    assert told(cycles, "status") == ["out", "out", "out", "in", "in", "out", "in", "in"]
    assert told(cycles, "passes_exit") == [None, None, None, None, "no", "certain", None, "no"]


def test_an_exit_may_be_checked_in_years_of_entry_only() -> None:
    cycles = california(over_years("60 70 70 70"), exit={"threshold": 0.68, "checked": "at_entry"})
    assert told(cycles, "movement") == ["enters", "stays", "stays", "leaves"]
    assert told(cycles, "passes_exit") == [None, None, None, "certain"]


def test_leaving_exactly_at_the_threshold_or_above_it() -> None:
    scenario = over_years("60 68 68.1")
    reached, passed = (
        follow_cycles(scenario, {"threshold": 0.67, "exit": {"threshold": 0.68, "comparator": sign}})
        for sign in ("ge", "gt")
    )
    assert told(reached, "status") == ["in", "out", "out"]
    assert told(passed, "status") == ["in", "in", "out"]


def test_between_entry_and_exit_a_school_keeps_the_status_it_has() -> None:
    # Entry below 60, exit at 70: 65 is neither.
    cycles = follow_cycles(
        over_years("65 55 65 65 70", "65 65 65 65 65"), {"threshold": 0.6, "exit": {"threshold": 0.7}}
    )
    assert told(cycles, "movement") == [None, "enters", "stays", "stays", "leaves"]
    assert told(cycles, "status", "02") == ["out"] * 5


BIE = {"preset": "bie_csi_graduation", "measure": "graduation_4year"}


@pytest.mark.parametrize(
    ("then", "now", "passes"),
    [
        # At 40% a gap of 60 points is left, of which 3 per cent are 1.8; above 67% is far more than that.
        ("40", "67", "no"),
        ("40", "67.1", "certain"),
        # At 66.9% a gap of 33.1 points, 3 per cent are 0.993: 67.892 is too little, 67.893 is enough.
        ("66.9", "67.892", "no"),
        ("66.9", "67.893", "certain"),
        # At exactly 67% the school is in: 0.99 points to go, and 67.99 is enough to the bit.
        ("67", "67.98", "no"),
        ("67", "67.99", "certain"),
        # Of 60-66 it takes 67.02 at the worst end of the band (66 + 1.02), and 61.2 at the best.
        ("60-66", "67.01", "possible"),
        ("60-66", "67.02", "certain"),
        ("66.9", "67-70", "possible"),
        ("66.9", "68-70", "certain"),
        ("66.9", "PS", "unknown"),
    ],
)
def test_the_bureau_of_indian_education_asks_for_a_gain_of_3_per_cent_of_the_gap(
    then: str, now: str, passes: str
) -> None:
    scenario = over_years(f"{then} {now}")
    assert passes_exit(scenario, BIE, 2016, entry_year=2015)["01"] == passes
    cycles = follow_cycles(scenario, {**BIE, "entry_every_years": 3})
    assert told(cycles, "passes_exit") == [None, passes]
    assert told(cycles, "status") == ["in", {"certain": "out", "possible": "may be in"}.get(passes, "in")]


def test_a_gain_is_since_the_year_in_which_the_school_entered_last() -> None:
    # It enters in 2015 at 40, leaves, and enters again in 2018 at 66.9: 67.5 would be enough for 40, and is not.
    cycles = follow_cycles(over_years("40 68 66 66.9 67.5 67.9"), BIE)
    assert cycles.entry_years == (2015, 2018)
    assert told(cycles, "movement") == ["enters", "leaves", None, "enters", "stays", "leaves"]


def test_a_year_of_which_only_another_test_has_rates_does_not_stop_a_gain() -> None:
    """All students have rates of 2020-21 only, an index is of both years: the first year tells nothing of the gain."""
    table = {
        "school_id": ["01", "01"],
        "school_year": ["2019-20", "2020-21"],
        "graduation_rate": ["", "70"],
        "index": ["5", "50"],
    }
    rule = {"threshold": 0.67, "exit": {"minimum_gain_of_gap": 0.03}, "also": [{"measure": "index", "threshold": 10}]}
    cycles = follow_cycles(rated_schools(table), rule)
    assert told(cycles, "certainty") == ["certain", "no"]
    assert told(cycles, "passes_exit") == [None, "unknown"]
    assert told(cycles, "status") == ["in", "in"]


def test_a_gain_needs_the_year_of_entry() -> None:
    with pytest.raises(InputError, match="Say in which year the schools entered"):
        passes_exit(over_years("40 68"), BIE, 2016)


def test_bands_may_enter_and_may_leave() -> None:
    # Entry below 67, exit at 68, both in every year.
    rule = {"threshold": 0.67, "exit": {"threshold": 0.68}}
    cycles = follow_cycles(over_years("60-69 60-69 60 60-69 70 60-69 70"), rule)
    assert told(cycles, "status") == ["may be in", "may be in", "in", "may be in", "out", "may be in", "out"]
    assert told(cycles, "movement") == [
        "may enter",
        None,
        "enters or stays",
        "may leave",
        "leaves, if it was in",
        "may enter",
        "leaves, if it was in",
    ]


def test_a_school_of_unknown_rate_stays_as_it_is() -> None:
    cycles = follow_cycles(over_years("60 PS . 60 70", "70 PS . 70 60", "PS PS 70 70 70"), BELOW_67)
    assert told(cycles, "status") == ["in", "in", "in", "in", "out"]
    assert told(cycles, "passes_exit") == [None, "unknown", "unknown", "no", "certain"]
    # Nobody knows whether it entered, until it surely passes the exit; that says of no movement.
    assert told(cycles, "status", "02") == ["out", "unknown", "unknown", "out", "in"]
    assert told(cycles, "movement", "02") == [None, None, None, None, "enters"]
    assert told(cycles, "status", "03") == ["unknown", "unknown", "out", "out", "out"]


def test_in_a_gap_nobody_enters_or_leaves() -> None:
    # No file has 2019-20.
    cycles = follow_cycles(over_years("60 60 - 60 70", "70 70 - 60 60", first=2017), BELOW_67)
    assert (cycles.years, cycles.gaps) == ((2017, 2018, 2019, 2020, 2021), (2019,))
    assert told(cycles, "status") == ["in", "in", "in", "in", "out"]
    assert told(cycles, "certainty") == ["certain", "certain", None, "certain", "no"]
    assert told(cycles, "status", "02") == ["out", "out", "out", "in", "in"]


def test_years_of_blanks_are_a_gap_as_well() -> None:
    cycles = follow_cycles(over_years("60 . 70", "60 . 60"), BELOW_67)
    assert cycles.gaps == (2016,)
    assert told(cycles, "status") == ["in", "in", "out"]


def test_a_gap_in_a_year_of_entry_is_not_made_up_for() -> None:
    cycles = california(over_years("70 70 70 - 60 60 60", first=2016))
    assert (cycles.entry_years, cycles.gaps) == ((2016, 2019, 2022), (2019,))
    assert told(cycles, "movement") == [None, None, None, None, None, None, "enters"]


def test_years_asked_for_are_those_followed() -> None:
    scenario = over_years("60 60 70 60")
    cycles = follow_cycles(scenario, BELOW_67, years=[2018, 2016, 2016])
    assert cycles.years == (2016, 2018)
    assert told(cycles, "movement") == ["enters", "stays"]
    beyond = follow_cycles(scenario, BELOW_67, years=[2018, 2030])
    assert beyond.gaps == (2030,)
    assert told(beyond, "status") == ["in", "in"]


def test_a_school_with_too_few_students_in_a_year_stays() -> None:
    table = {
        "school_id": ["01"] * 4,
        "school_year": ["2018-19", "2019-20", "2020-21", "2021-22"],
        "graduation_rate": ["60", "60", "70", "70"],
        "cohort": ["40", "20", "20", "40"],
    }
    cycles = follow_cycles(rated_schools(table), {"threshold": 0.67, "minimum_students": 30}, disclosure="exact")
    assert told(cycles, "certainty") == ["certain", "excluded", "excluded", "no"]
    assert told(cycles, "status") == ["in", "in", "in", "out"]


def test_a_school_that_the_rule_leaves_out_is_never_in() -> None:
    scenario = over_years("60 60", "60 60", school_type=["alternative", "regular"])
    cycles = follow_cycles(scenario, {"threshold": 0.67, "exclude": ["alternative"]})
    assert told(cycles, "status") == ["out", "out"]
    assert told(cycles, "status", "02") == ["in", "in"]


def test_an_official_list_does_not_say_since_when() -> None:
    rule = {"threshold": 0.67, "official": {"column": "designation", "values": ["CSI"]}}
    cycles = follow_cycles(over_years("60 70", designation=["CSI", "CSI"]), rule)
    assert cycles.rule.official is None
    assert told(cycles, "movement") == ["enters", "leaves"]


def test_the_lowest_leave_when_others_are_lower() -> None:
    cycles = follow_cycles(over_years("50 60 60", "60 50 50"), {"bottom_count": 1})
    assert told(cycles, "movement") == ["enters", "leaves", None]
    assert told(cycles, "movement", "02") == [None, "enters", "stays"]


def test_without_rates_there_is_nothing_to_follow() -> None:
    with pytest.raises(InputError, match="No school year has rates"):
        follow_cycles(rated_schools({"school_id": []}), BELOW_67)
    with pytest.raises(InputError, match="No school year has rates"):
        follow_cycles(rated_schools({"graduation_rate": ["60"]}), BELOW_67)
    with pytest.raises(InputError, match="begins in 1999"):
        passes_exit(over_years("60 70"), BELOW_67, 1999)
    with pytest.raises(InputError, match="begins in 1999"):
        passes_exit(over_years("60 70"), BIE, 2016, entry_year=1999)
