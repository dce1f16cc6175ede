"""The audit: it passes what match_zones finds and rejects each kind of broken match."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from clustering.capacity.matching import match_zones as module
from clustering.capacity.matching.audit import audit_match
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.match_zones import match_zones
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.register.register import Register
from clustering.errors import SolverError
from tests.examples.capacity_tables import needs_of, register_of

SCHOOLS = {
    "1a": {"students": 500.0},
    "1b": {"students": 400.0, "level": "middle"},
    "2a": {"students": 300.0, "district_id": "D2"},
    "2b": {"students": 200.0},
}
NEEDS = needs_of(
    SCHOOLS,
    {"zone-1": ["1a", "1b"], "zone-2": ["2a", "2b"]},
    smaller={"zone-1~1": ("zone-1", ["1a"])},
    parts={"zone-2/a": ("zone-2", ["2a"]), "zone-2/b": ("zone-2", ["2b"])},
    about={zone: {"latitude": 41.0, "longitude": -75.0} for zone in ("zone-1", "zone-2")},
)
PARTNERS: dict[str, dict[str, Any]] = {"P": {"latitude": 40.0, "longitude": -75.0}, "Q": {}}
REGISTER = register_of(PARTNERS)
PARAMETERS = MatchParameters(allow_smaller=True, allow_parts=True)


def found(parameters: MatchParameters = PARAMETERS, register: Register = REGISTER) -> Match:
    return match_zones(NEEDS, register, parameters)


def with_rows(match: Match, **changes: Any) -> Match:
    """The match with the first row changed."""
    rows = match.matches.copy()
    for name, value in changes.items():
        rows.loc[0, name] = value
    return replace(match, matches=rows)


def violations(match: Match, register: Register = REGISTER, **settings: Any) -> str:
    parameters = PARAMETERS.with_changes(**settings)
    return "\n".join(audit_match(match, NEEDS, register, parameters))


def changed(**about: Any) -> Register:
    """The register with other facts of both partners."""
    return register_of({name: {**known, **about} for name, known in PARTNERS.items()})


def test_what_is_found_passes() -> None:
    assert violations(found()) == ""
    assert found().matches[["zone_id", "partner_id"]].to_numpy().tolist() == [["zone-1", "P"], ["zone-2", "P"]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"partner_id": "X"}, "There is no partner X."),
        ({"variant_id": "zone-9"}, "There is no variant zone-9."),
        ({"zone_id": "zone-2"}, "Variant zone-1 is not one of zone-2."),
        ({"school_count": 1}, "school_count is 1 and must be 2"),
        ({"need": 950.0}, "need is 950.0 and must be 900.0"),
        ({"cost_dollars": 1.0}, "cost_dollars is 1.0 and must be 1500000.0"),
        ({"preference": 1}, "preference is 1 and must be 0"),
        ({"authority": "promised"}, "authority is promised and must be met"),
        ({"students": 1.0}, "students is 1.0 and must be 900.0"),
    ],
)
def test_rows_with_wrong_ids_or_numbers_are_rejected(changes: dict[str, Any], message: str) -> None:
    assert message in violations(with_rows(found(), **changes))


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"kind": "supporting partner"}, "a supporting partner runs no Zones"),
        ({"approval": "not approved"}, "the approval not approved is not accepted"),
        ({"authority": "missing"}, "the duty authority is not not missing"),
        ({"levels": ("high",)}, "does not serve middle schools"),
        ({"reach_districts": ("D1",)}, "does not work in district D2"),
        ({"reach_km": 100.0}, "the anchor is 111.2 km away, and the partner reaches 100 km"),
        ({"earliest_start": 2026}, "can start in 2026, later than 2025"),
        ({"maximum_schools": 3.0}, "P is to run 4 more schools, and can take on 3"),
        ({"schools_now": float("nan")}, "P is to run 4 more schools, and can take on 0"),
    ],
)
def test_what_a_partner_may_not_run_is_rejected(about: dict[str, Any], message: str) -> None:
    assert message in violations(found(), changed(**about))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"budget_dollars": 2e6}, "The matches cost 3,000,000 dollars, and budget_dollars is 2,000,000."),
        ({"maximum_zones_per_partner": 1}, "P is to run 2 Zones, and maximum_zones_per_partner is 1."),
        ({"force_match": "zone-1=Q"}, "The lock force_match zone-1=Q is not kept."),
        ({"forbid_match": "zone-1=P"}, "The lock forbid_match zone-1=P is not kept."),
        ({"force_unserved": "zone-1"}, "The lock force_unserved zone-1 is not kept."),
        ({"need": "students_below"}, "the Zone has no known need, and no lock wants it served"),
    ],
)
def test_limits_and_locks_that_are_not_kept_are_rejected(settings: dict[str, Any], message: str) -> None:
    assert message in violations(found(), **settings)


def test_an_exclusion_and_a_lock_to_serve_are_checked() -> None:
    excludes = [{"partner_id": "P", "level": "middle", "choice": "exclude", "stated_by": "state"}]
    assert "the pair is excluded" in violations(found(), register_of(PARTNERS, statements=excludes))
    unserved = found(PARAMETERS.with_changes(force_unserved=("zone-1",)))
    assert violations(unserved, force_served="zone-1") == "The lock force_served zone-1 is not kept."


def test_variants_that_are_not_asked_for_are_rejected() -> None:
    register = register_of({"P": {"maximum_schools": 1.0}})
    match = found(register=register)
    assert match.matches["variant_id"].tolist() == ["zone-1~1"]
    assert violations(match, register) == ""
    assert "the request allows no variant of the kind smaller" in violations(match, register, allow_smaller=False)
    part = found(PARAMETERS.with_changes(force_served=("zone-2",)), register)
    assert part.matches["variant"].tolist() == ["part"]
    assert "the request allows no variant of the kind part" in violations(part, register, allow_parts=False)


def test_a_zone_with_two_partners_and_a_school_in_two_matches_are_rejected() -> None:
    match = found()
    twice = match.matches.iloc[[0, 0, 1]].reset_index(drop=True)
    twice.loc[1, "partner_id"] = "Q"
    assert "zone-1 is served more than once." in violations(replace(match, matches=twice))
    assert "School 1a is in 2 matches." in violations(replace(match, matches=twice))
    part = match.matches.iloc[[1]].assign(variant_id="zone-2/a", variant="part", school_count=1)
    whole_and_part = pd.concat([match.matches, part], ignore_index=True)
    assert "zone-2 is served more than once." in violations(replace(match, matches=whole_and_part))
    same = replace(match, matches=pd.concat([part, part], ignore_index=True))
    assert "zone-2/a has several partners." in violations(same)


@pytest.mark.parametrize(
    ("name", "value"),
    [("need_served", 1.0), ("cost_dollars", 1.0), ("zones_served", 1), ("schools_served", 1), ("preferences_met", 1)],
)
def test_totals_that_do_not_add_up_are_rejected(name: str, value: float) -> None:
    match = found()
    wrong = replace(match, solution=replace(match.solution, **{name: value}))
    assert f"{name} is {value}" in violations(wrong)


def test_everybody_is_named_once_and_the_bound_is_one() -> None:
    match = found()
    assert "need_served (1400.0) is above its bound (5.0)." in violations(
        replace(match, solution=replace(match.solution, bound=5.0))
    )
    assert "The partner Q must be either in a match" in violations(replace(match, unused=()))
    fewer = replace(match, matches=match.matches[:1])
    assert "The Zone zone-2 must be either in a match" in violations(fewer)
    assert "The capacity of P: schools_used is 4 and must be 2" in violations(fewer)


def test_a_broken_match_is_never_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    good = found()
    monkeypatch.setattr(module, "assemble_match", lambda _: with_rows(good, partner_id="Q"))
    with pytest.raises(SolverError, match="did not pass the audit"):
        found(PARAMETERS.with_changes(forbid_match=("zone-1=Q",)))


def in_capacity(**changes: Any) -> Match:
    match, table = found(), found().capacity.copy()
    for name, value in changes.items():
        table.loc["P", name] = value
    return replace(match, capacity=table)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Q"),
        ("schools_now", 1.0),
        ("maximum_schools", 4.0),
        ("schools_free", 4.0),
        ("schools_used", 3),
        ("schools_left", 0.0),
        ("zone_count", 1),
        ("need", 900.0),
        ("cost_dollars", 1.0),
    ],
)
def test_a_table_of_capacity_with_a_wrong_number_is_rejected(name: str, value: object) -> None:
    assert f"The capacity of P: {name} is {value} and must be" in violations(in_capacity(**{name: value}))


def test_a_table_of_capacity_has_every_partner_once() -> None:
    match = found()
    for table in (match.capacity.iloc[1:], pd.concat([match.capacity, match.capacity.iloc[:1]])):
        assert "does not have one row for each partner" in violations(replace(match, capacity=table))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"zone_name": "Z"}, "zone_name is Z and must be Zone zone-1"),
        ({"partner_name": "Z"}, "partner_name is Z and must be Partner P"),
        ({"distance_km": 1.0}, "distance_km is 1.0 and must be 111.19"),
        ({"is_locked": True}, "is_locked is True and must be False"),
    ],
)
def test_rows_with_another_name_or_distance_are_rejected(changes: dict[str, Any], message: str) -> None:
    assert message in violations(with_rows(found(), **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"need_in_all": 1.0}, "need_in_all is 1.0, and the matches add up to 1400.0"),
        ({"zones_in_all": 3}, "zones_in_all is 3"),
        ({"gap": 0.5}, "The status is optimal, the gap 0.5"),
        ({"status": "time limit"}, "The status is time limit, the gap 0.0"),
        ({"bound": 1500.0}, "by the bound it is 0.0666"),
    ],
)
def test_a_solution_that_contradicts_itself_is_rejected(changes: dict[str, Any], message: str) -> None:
    match = found()
    assert message in violations(replace(match, solution=replace(match.solution, **changes)))


def test_an_answer_to_another_year_or_on_exact_counts_is_rejected() -> None:
    assert "fall is 2030, and the request has 2025." in violations(replace(found(), fall=2030))
    assert "disclosure is protected, and the request has exact." in violations(replace(found(), disclosure="protected"))


def test_limits_that_bind_elsewhere_are_rejected() -> None:
    limited = PARAMETERS.with_changes(budget_dollars=3e6)
    match = match_zones(NEEDS, REGISTER, limited)
    assert match.limits["kind"].tolist() == ["budget"]
    for name, value in (("used", 1.0), ("limit", 4e6)):
        broken = replace(match, limits=match.limits.assign(**{name: value}))
        assert f"{name} is {value} and must be 3000000.0" in violations(broken, budget_dollars=3e6)


def test_those_left_over_have_their_own_numbers() -> None:
    match = found(PARAMETERS.with_changes(force_unserved=("zone-1",)))
    (zone,), (partner,) = match.unserved, match.unused
    wrong_zone = replace(match, unserved=(replace(zone, school_count=9, need=1.0),))
    assert "school_count is 9 and must be 2" in violations(wrong_zone, force_unserved="zone-1")
    assert "need is 1.0 and must be 900.0" in violations(wrong_zone, force_unserved="zone-1")
    wrong_partner = replace(match, unused=(replace(partner, schools_free=2.0),))
    assert "schools_free is 2.0 and must be 10.0" in violations(wrong_partner, force_unserved="zone-1")
