"""Which method makes the protected base: on districts small enough to count their Zones by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from clustering import DisclosurePolicy, InputError, Scenario, choose_protection, propose_zones, with_protection
from clustering.disclosure.policy import Method
from clustering.disclosure.protected_base import protected_base
from clustering.zones.method_trial import MethodTrial, best_by_method, rank
from clustering.zones.protection_choice import protect
from tests.examples.toy_district import EAST, ELM, OAK, WEST, toy_flows, toy_scenario

YEARS = ("2020-21", "2021-22", "2022-23")


@cache
def district(*rows: tuple[str, str, int, int], years: tuple[str, ...] = YEARS) -> Scenario:
    """The toy district with the same students of (origin, destination, grade) in every year."""
    table = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students"])
    table = table.assign(next_grade=table["grade"] + 1)
    flows = pd.concat([table.assign(school_year=year) for year in years]).astype("str")[list(toy_flows().columns)]
    return toy_scenario(flows=flows)


# Of Oak, 1 in 10 goes to West: too few for its Zone. In single years that is 5 of 10, in three years together 5 of 32.
FEW_FROM_OAK = (("0003", ELM, 5, 60), (ELM, WEST, 8, 90), (ELM, EAST, 8, 10), (OAK, WEST, 8, 1), (OAK, EAST, 8, 9))
# No school sends students to West, the one anchor. Of each year 6 are suppressed, of two years 12 are not.
NO_ZONE = ((OAK, EAST, 8, 6),)


def test_the_method_that_keeps_the_zones_is_chosen_and_no_other_is_tried_after_it() -> None:
    chosen = choose_protection(district(*FEW_FROM_OAK))
    assert chosen.protection.method == "pooled years"
    assert chosen.audit.zones == {"single years": (0, 1), "pooled years": (1, 1)}
    assert chosen.trial is chosen.trials[1]
    exact = propose_zones(district(*FEW_FROM_OAK), {"disclosure": "exact"})
    assert [member.school_id for member in exact.zones[0].members] == [WEST, ELM, "0003"]
    alone = DisclosurePolicy(methods=("single years",))
    joined = propose_zones(with_protection(district(*FEW_FROM_OAK), alone))
    assert OAK in [member.school_id for member in joined.zones[0].members]


@pytest.mark.parametrize("methods", [("single years", "coarser grades"), ("coarser grades", "single years")])
def test_of_methods_that_keep_as_much_the_first_in_the_policy_is_chosen(methods: tuple[Method, ...]) -> None:
    chosen = choose_protection(toy_scenario(), DisclosurePolicy(methods=methods))
    assert [trial.method for trial in chosen.trials] == [methods[0]]
    assert chosen.protection.method == methods[0]


def test_without_a_zone_the_method_that_suppresses_the_smallest_share_is_chosen() -> None:
    chosen = choose_protection(district(*NO_ZONE, years=YEARS[:2]))
    assert [(trial.method, trial.zones, rank(trial)) for trial in chosen.trials] == [
        ("single years", 0, (0, -1.0)),
        ("pooled years", 0, (0, 0.0)),
        ("coarser grades", 0, (0, 0.0)),
    ]
    assert chosen.protection.method == "pooled years"


def test_a_draw_of_noise_counts_with_the_best_and_of_equal_ones_with_the_first() -> None:
    kept = [("single years", 3), ("cell-key noise", 2), ("cell-key noise", 4), ("cell-key noise", 4)]
    trials = [
        MethodTrial(method=method, zones=5, same_zones=same, retention_off=number / 10, flows=None)
        for number, (method, same) in enumerate(kept)
    ]
    assert best_by_method(trials) == (trials[0], trials[2])
    assert not trials[2].keeps_all
    assert replace(trials[2], zones=4).keeps_all


def test_noise_needs_a_key() -> None:
    noise = DisclosurePolicy(methods=("cell-key noise",))
    with pytest.raises(InputError, match="needs a secret key"):
        choose_protection(toy_scenario(), noise)
    both = DisclosurePolicy(methods=("cell-key noise", "pooled years"))
    assert choose_protection(toy_scenario(), both).protection.method == "pooled years"
    key = b"0123456789abcdef"
    drawn = choose_protection(toy_scenario(), noise, key=key).protection
    assert drawn.method == "cell-key noise"
    assert drawn.key not in (None, key)


def test_the_choice_is_made_once_and_its_base_is_that_of_the_protection() -> None:
    scenario = replace(district(*FEW_FROM_OAK))
    base = protect(scenario, "protected")
    assert protect(scenario, "protected").flows is base.flows
    assert scenario.protections == {}
    chosen = choose_protection(scenario).protection
    assert base.protections == {"protected": chosen}
    made = protected_base(replace(scenario, protections={"protected": chosen}), "protected")
    for name in ("flows", "rates", "performance", "residents", "paths"):
        pd.testing.assert_frame_equal(getattr(base, name), getattr(made, name))
    assert (base.pooled_years, base.likely_students) == (made.pooled_years, made.likely_students)
    assert base.pooled_years == (2020, 2021, 2022)


def test_a_policy_of_ones_own_makes_the_base_and_leaves_no_public_one() -> None:
    released = replace(toy_scenario(), protections={"public": None})
    own = with_protection(released, "delaware")
    assert set(own.protections) == {"protected"}
    proposal = propose_zones(own)
    # Delaware shows no count below 15: the two flows of 10 are suppressed, and 1 to 14 is read in the middle.
    assert any(
        "2 of 14 feeding cells are suppressed (1 to 14 students) and count as 7.5" in each for each in proposal.notes
    )
    protection = proposal.provenance["protection"]
    assert (protection["policy"], protection["pooled_years"]) == ("delaware", [])
    assert protection["guarantee"].startswith("each count of 1 to 14 students keeps at least 5 possible values")
    assert propose_zones(own, {"disclosure": "exact"}).provenance["protection"] is None
