"""The role of a file, told by its headings alone."""

from __future__ import annotations

import pytest

from clustering.readers.recognition.file_kinds import MATRICES, PLAIN_KINDS
from clustering.readers.recognition.roles import guess_role_of_headings, role_of_kind

ROLES = {
    "school_id,name,latitude,longitude,grades": "schools",
    "School Code,School Name,Low Grade,High Grade,Total Enrollment": "schools",
    "ncessch,name,lat,lon,graduation_rate": "schools",
    "school_id,name": "schools",
    "origin,destination,grade,year,students": "flows",
    "from_school,to_school,count": "flows",
    "from_school,to_school,count,type": "flows",
    "Sending School ID,Receiving School ID,Number of Pupils": "flows",
    "school_id,graduation_rate": "performance",
    "school_id,school_name,grad_rate_2021-22,grad_rate_2022-23": "performance",
    "school_id,subgroup,cohort,graduates": "performance",
    "ncessch,csi_designation": "performance",
    "school_name,graduation_rate": "performance",
    "School ID,grad_rate_22,grad_rate_23": "performance",
    "School ID,Membership,Group,Grad Pct": "performance",
    "report_school_year,aggregation_code,membership_desc,subgroup_name,grad_pct": "performance",
    "from_id,to_id,minutes": "travel_times",
    "origin,destination,travel_time": "travel_times",
    "old_id,new_id": "crosswalk",
    "from_id,to_id,share,kind": "crosswalk",
    "lat,lon,population": "population",
    "school_name,district_name,school_id,confirmed": "name_matches",
    "school_id,zone": "plan",
    "ncessch,zone_name,anchor": "plan",
    "school_id,zone,enrollment": "zone_needs",
    "partner_id,name,maximum_schools,reach_km": "partners",
    "partner_id,district_id,choice,reason": "preferences",
    "date,indicator,value,school_id": "assessments",
    "subject_kind,subject_id,date,rater,act-1": "assessments",
    "indicator_set,indicator,title,least,greatest": "indicator_sets",
    "school_id,school_year,indicator,value": "progress",
    "school_id,school_year,attendance_rate,suspended": "progress",
    "item_id,area,title,required": "checklist",
    "zone,condition,state,holder,agreed_on": "conditions",
}


@pytest.mark.parametrize(("headings", "role"), ROLES.items())
@pytest.mark.parametrize("written", [str, str.upper, lambda text: ",".join(reversed(text.split(",")))])
def test_the_headings_tell_the_role_in_any_order_and_case(headings, role, written) -> None:  # type: ignore[no-untyped-def]
    assert guess_role_of_headings(written(headings).split(",")).roles == (role,)


@pytest.mark.parametrize(
    ("headings", "roles"),
    [
        ("origin,0100001,0100002,0100003", {"flows", "travel_times"}),
        ("school_id,name,csi_designation", {"schools", "performance"}),
        ("school_id,year,growth,cohort,graduates,attendance_rate,suspended", {"performance", "progress"}),
        ("id,lat,lon,population", {"schools", "population"}),
    ],
)
def test_where_two_roles_fit_both_are_named(headings: str, roles: set[str]) -> None:
    assert set(guess_role_of_headings(headings.split(",")).roles) == roles


@pytest.mark.parametrize("headings", ["a,b,c", "column 1,column 2", "school_id", "date,amount,vendor"])
def test_headings_that_tell_nothing_have_no_role(headings: str) -> None:
    assert guess_role_of_headings(headings.split(",")).roles == ()


def test_a_matrix_with_a_grade_or_with_students_who_left_is_one_of_flows() -> None:
    for more in ("grade", "Out of District", "Left"):
        assert guess_role_of_headings(["origin", more, "0100001", "0100002"]).roles == ("flows",)


def test_points_are_places_of_schools() -> None:
    assert guess_role_of_headings(["ncessch", "remark"], has_points=True).roles == ("schools",)


def test_the_option_kind_says_the_role() -> None:
    assert {role: role_of_kind(kind) for role, kind in PLAIN_KINDS.items()} == {role: role for role in PLAIN_KINDS}
    assert [role_of_kind(kind) for kind in MATRICES.values()] == list(MATRICES)
    assert role_of_kind("CCD directory") == "schools"
    assert role_of_kind("calpads") == "students"
    assert role_of_kind("Texas: directory AskTED") == "schools"
    assert role_of_kind(None) is None
