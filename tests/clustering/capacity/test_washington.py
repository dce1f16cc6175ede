"""Washington, DC, with a register of public facts only; checked with the standard library and by trying every plan."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from clustering import (
    Proposal,
    Register,
    Scenario,
    ZoneNeeds,
    describe_duties,
    match_zones,
    measure_one_more,
    measure_zone_needs,
    plan_years,
    render_year_plan,
    state_picture,
    years_to_reach_all,
)
from clustering.model.plain_text import school_year_text
from tests.examples.dc_register import dc_register, read_dc

# What KIPP DC can take on beside the ten schools of winter 2012: it had 12 schools in 2013, 13 in 2014, 16 in 2016.
ROOM = {2013: 2, 2014: 3, 2015: 3, 2016: 6, 2017: 6}
DUNBAR, CARDOZO = "zone-467", "zone-454"


@dataclass(frozen=True, kw_only=True)
class City:
    """What was read, and the needs of the Zones."""

    scenario: Scenario
    proposal: Proposal
    register: Register
    needs: ZoneNeeds
    enrolment: dict[str, int]


@pytest.fixture(scope="module")
def city(shared_data: Path) -> City:
    folder = shared_data / "dc_2011"
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}")
    scenario, proposal = read_dc(folder)
    with (folder / "schools.csv").open(encoding="utf-8", newline="") as file:
        enrolment = {row["school_code"]: int(row["enrollment"]) for row in csv.DictReader(file) if row["enrollment"]}
    return City(
        scenario=scenario,
        proposal=proposal,
        register=dc_register(scenario),
        needs=measure_zone_needs(scenario, proposal),
        enrolment=enrolment,
    )


def students_of(city: City) -> dict[str, int]:
    """Students of each Zone, added up from the file."""
    return {
        zone.zone_id: sum(city.enrolment[member.school_id] for member in zone.members) for zone in city.proposal.zones
    }


def sizes_of(city: City) -> dict[str, int]:
    return {zone.zone_id: len(zone.members) for zone in city.proposal.zones}


def test_every_row_has_a_source_and_what_is_unknown_stays_so(city: City) -> None:
    partners = city.register.partners
    assert partners["evidence_source"].notna().all()
    assert partners[["cost_per_school", "cost_per_student", "reach_km", "contract_years"]].isna().all(axis=None)
    assert set(partners["approval"]) == {"unknown"}
    assert set(describe_duties(city.register)["state"]) == {"unknown"}
    assert partners.index[partners["maximum_schools"].notna() & partners["schools_now"].notna()].tolist() == ["kipp-dc"]


def test_the_schools_files_name_the_same_ten_schools_of_kipp(city: City) -> None:
    assert city.scenario.schools["name"].str.contains("KIPP").sum() == city.register.partners.loc["kipp-dc"].schools_now


def test_two_operators_were_at_work_in_one_feeder_pattern(city: City) -> None:
    of_anacostia = next(zone for zone in city.proposal.zones if zone.zone_id == "zone-450")
    assert {"450", "319"} <= {member.school_id for member in of_anacostia.members}
    wished = city.register.preferences
    assert set(wished.loc[wished["school_id"].isin(["450", "319"]), "partner_id"]) == {
        "friendship",
        "scholar-academies",
    }


def test_needs_are_the_enrolment_of_the_file(city: City) -> None:
    assert city.needs.variants["students"].to_dict() == students_of(city)
    assert city.needs.variants["students_below"].isna().all(), "no rates of proficiency were read"


def test_nobody_can_be_matched_in_2013_and_one_school_more_would_do(city: City) -> None:
    match = match_zones(city.needs, city.register)
    assert (match.fall, len(match.matches)) == (2013, 0)
    assert min(sizes_of(city).values()) == ROOM[2013] + 1
    unused = {partner.partner_id: partner.kind for partner in match.unused}
    assert unused.pop("kipp-dc") == "no Zone"
    assert unused.pop("city-year") == "supporting partner"
    assert set(unused.values()) == {"capacity unknown"}
    assert any("4 partners cannot be matched" in note for note in match.notes)
    more = measure_one_more(city.needs, city.register, kinds=["school"]).set_index("partner_id")
    assert more.loc["kipp-dc", "zones_gained"] == (DUNBAR,)
    assert more.loc["kipp-dc", "need_gained"] == students_of(city)[DUNBAR]


def best_by_trying_all(city: City) -> tuple[int, list[dict[str, int]]]:
    """Every start of every Zone that is small enough, under the room of each fall."""
    students, sizes = students_of(city), sizes_of(city)
    zones = [zone for zone, size in sizes.items() if size <= max(ROOM.values())]
    found: dict[int, list[dict[str, int]]] = {}
    for falls in product([None, 2014, 2015, 2016, 2017], repeat=len(zones)):
        starts = {zone: fall for zone, fall in zip(zones, falls, strict=True) if fall is not None}
        used = {fall: sum(sizes[zone] for zone, start in starts.items() if start <= fall) for fall in ROOM}
        if all(used[fall] <= ROOM[fall] for fall in ROOM):
            value = sum(students[zone] * (2018 - start) for zone, start in starts.items())
            found.setdefault(value, []).append(starts)
    return max(found), found[max(found)]


def test_the_plan_is_the_best_of_all_plans(city: City) -> None:
    plan = plan_years(city.needs, city.register)
    best, starts = best_by_trying_all(city)
    assert (plan.solution.status, plan.solution.need) == ("optimal", best)
    assert [plan.starts.set_index("zone_id")["start_fall"].to_dict()] == starts == [{DUNBAR: 2014, CARDOZO: 2016}]
    assert set(plan.starts["partner_id"]) == {"kipp-dc"}
    # Three schools for four years and three for two, at 750,000 dollars a school and year.
    assert plan.starts["cost_dollars"].sum() == 750_000 * (3 * 4 + 3 * 2)
    assert set(plan.never_started["kind"]) == {"size"}
    assert not any("city-year" in note for note in plan.notes), "a supporting partner is not left out: it runs no Zones"


def test_the_picture_says_so(city: City) -> None:
    plan, reach = plan_years(city.needs, city.register), years_to_reach_all(city.needs, city.register)
    picture = state_picture(city.needs, plan, city.register, years_to_reach_all=reach)
    students, served = students_of(city), students_of(city)[DUNBAR] + students_of(city)[CARDOZO]
    last = school_year_text(int(plan.starts["start_fall"].max()))
    assert picture.headlines[0] == (
        f"In the 5 school years from 2013-14, 2 of 6 Zones start, the last in {last}:"
        f" 6 of {sum(sizes_of(city).values())} schools and {served:,} of {sum(students.values()):,} students."
    )
    assert "KIPP DC runs all of the schools served. If it fails, all of the work stops." in picture.headlines
    assert (reach.years, reach.fall, reach.zones_reachable) == (4, 2016, 2)
    assert picture.headlines[-1].startswith(
        "A plan made to start every Zone as soon as possible could reach all 2 Zones that a partner can run by"
        " 2016-17, in 4 years"
    )
    files = render_year_plan(plan, city.needs, city.register, years_to_reach_all=reach)
    picture_page, zone_map = (files[f"{name}-exact-not-for-release.html"].decode() for name in ("picture", "map"))
    assert f"{served:,}" in picture_page
    assert all(name in zone_map for name in ["Dunbar High School Zone", "Anacostia High School Zone"])
