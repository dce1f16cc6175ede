"""The generated register: reproducible, read without errors, and with the cases that a planner meets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import describe_duties, read_register, read_scenario
from clustering.capacity.register.documents import describe_missing
from clustering.datasets import SampleState, generate_state

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


def test_the_sample_has_the_cases_that_a_planner_meets() -> None:
    scenario = read_scenario(schools=SAMPLE / "schools.csv", flows=SAMPLE / "promotions.csv")
    register = read_register(SAMPLE / "lead_partners.csv", SAMPLE / "partner_preferences.csv", scenario=scenario)
    partners = register.partners
    assert partners["kind"].value_counts().to_dict() == {
        "organisation": 6,
        "supporting partner": 3,
        "district unit": 2,
    }
    free = partners["maximum_schools"] - partners["schools_now"]
    assert (free <= 4).sum() == 1, "one is nearly full"
    assert (partners["growth_share"] > 0).sum() == 1, "one grows"
    assert (partners["maximum_schools_low"] < partners["maximum_schools_high"]).sum() == 1, "one gives a range"
    assert len(register.capacities) == 1, "one says what it can run later"
    missing = describe_missing(register)
    assert [each for each in missing if len(each) == 1 and "duty" in each[0]] == [
        ("Its duty of embedded presence is missing.",)
    ]
    assert sum(each == ("The state has not approved it.",) for each in missing) == 1
    duties = describe_duties(register)
    assert (duties["by"].map(lambda by: any(each.startswith("SP") for each in by))).sum() == 1
    assert set(register.preferences["stated_by"]) == {"partner", "district", "state"}
    assert set(register.preferences["choice"]) == {"prefer", "exclude"}
    said = {warning.message for warning in register.warnings}
    assert said == {
        "The evidence of results has no source.",
        "The register has no coordinates of this partner; the middle of its home district's schools is taken.",
    }


@settings(deadline=None, max_examples=6)
@given(size=st.integers(11, 1000), seed=st.integers(0, 2**40))
def test_a_register_of_any_size_is_sound(size: int, seed: int) -> None:
    state = generate_state(schools=size, seed=seed, years=1, inside_school_rows=False)
    register = read_register(state.lead_partners, state.partner_preferences)
    districts = set(state.directory["LEAID"])
    assert set(register.partners["home_district"].dropna()) <= districts
    assert {each for reach in register.partners["reach_districts"] for each in reach} <= districts
    assert set(register.preferences["school_id"].dropna()) <= set(state.directory["NCESSCH"])
    lead = register.partners[register.partners["kind"] != "supporting partner"]
    assert (lead["maximum_schools"] > lead["schools_now"]).all()
    assert register.partners["name"].is_unique


def test_the_same_call_gives_the_same_register(state: SampleState) -> None:
    again = generate_state()
    pd.testing.assert_frame_equal(again.lead_partners, state.lead_partners)
    pd.testing.assert_frame_equal(again.partner_preferences, state.partner_preferences)
    other = generate_state(seed=2)
    assert not other.lead_partners["name"].equals(state.lead_partners["name"])


@pytest.mark.parametrize(("schools", "lead", "supporting"), [(11, 3, 1), (600, 8, 3), (2_400, 19, 6)])
def test_partners_grow_more_slowly_than_states(schools: int, lead: int, supporting: int) -> None:
    kinds = generate_state(schools=schools, years=1, inside_school_rows=False).lead_partners["kind"]
    assert ((kinds != "supporting partner").sum(), (kinds == "supporting partner").sum()) == (lead, supporting)
