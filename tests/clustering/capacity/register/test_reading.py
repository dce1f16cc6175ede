"""Registers read: columns, words, numbers and ranges worked out by hand, from every kind of file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from clustering import NamedFile, read_register
from clustering.capacity.register.yearly_capacity import year_of_heading
from tests.examples.container_files import workbook
from tests.examples.register_files import PARTNERS, one_partner, partner_table, preference_table, register_faults


def test_a_register_by_hand() -> None:
    register = read_register(
        partner_table(), preference_table(("LP1", "02", "", "high", "exclude", "district", "No contract"))
    )
    assert register.partners.index.tolist() == ["DU1", "LP1", "SP1"]
    lead = register.partners.loc["LP1"]
    assert lead["name"] == "North Star"
    assert lead["kind"] == "organisation"
    assert (lead["latitude"], lead["longitude"], lead["position_source"]) == (38.5, -98.0, "register")
    assert (lead["reach_districts"], lead["reach_km"]) == ((), 50)
    assert lead["levels"] == ("elementary", "middle", "high")
    assert (lead["schools_now"], lead["maximum_schools"]) == (3, 8)
    assert (lead["earliest_start"], lead["contract_years"]) == (2025, 4)
    assert (lead["cost_per_school"], lead["cost_per_school_low"], lead["cost_per_school_high"]) == (750_000,) * 3
    assert lead["approval"] == "pre-qualified"
    assert lead["supporting_partners"] == ("SP1",)
    assert pd.isna(lead["growth_share"])
    assert register.partners.loc["SP1", "services"] == ("tutoring", "counselling")
    assert register.partners.loc["SP1", "accountability"] == "unknown"
    # A district's own unit serves its own district, unless the register says otherwise.
    assert register.partners.loc["DU1", "reach_districts"] == ("01",)
    assert register.preferences.to_dict("records") == [
        {
            "partner_id": "LP1",
            "district_id": "02",
            "school_id": pytest.approx(float("nan"), nan_ok=True),
            "level": "high",
            "choice": "exclude",
            "stated_by": "district",
            "reason": "No contract",
        }
    ]
    assert [(file.role, file.kind) for file in register.files] == [
        ("partners", "register of Lead Partners"),
        ("preferences", "preferences of partners, districts and the state"),
    ]
    assert register.warnings == ()


def test_types_are_those_of_the_contract() -> None:
    register = read_register(partner_table())
    types = register.partners.dtypes.astype("str").to_dict()
    assert {types[name] for name in ("name", "kind", "home_district", "approval", "evidence")} == {"str"}
    assert {types[name] for name in ("schools_now", "maximum_schools", "reach_km", "growth_share")} == {"float64"}
    assert {types[name] for name in ("earliest_start", "contract_years")} == {"Int64"}
    assert register.capacities.dtypes.astype("str").to_dict()["fall"] == "int64"


def test_only_an_identifier_is_required_and_missing_is_missing() -> None:
    partner = one_partner().partners.loc["P"]
    assert partner["name"] == "P"
    assert partner["kind"] == "organisation"
    assert partner["approval"] == "unknown"
    assert {partner[duty] for duty in ("accountability", "authority", "embedded_presence")} == {"unknown"}
    missing = ["schools_now", "maximum_schools", "latitude", "reach_km", "contract_years", "cost_per_school"]
    assert partner[missing].isna().all()


@pytest.mark.parametrize("end", ["csv", "txt", "xlsx"])
def test_every_kind_of_file_gives_the_same(end: str, tmp_path: Path) -> None:
    path = tmp_path / f"partners.{end}"
    if end == "xlsx":
        path = workbook(
            tmp_path,
            Notes=[],
            Partners=[["Our register"], [], PARTNERS.columns.tolist(), *PARTNERS.to_numpy().tolist()],
        )
    else:
        PARTNERS.to_csv(path, index=False, sep="," if end == "csv" else "|")
    register = read_register(NamedFile(path, "upload"), options=["sheet=Partners"] if end == "xlsx" else None)
    expected = read_register(partner_table())
    pd.testing.assert_frame_equal(register.partners, expected.partners)
    assert register.content_sha256 == expected.content_sha256
    assert register.files[0].name == "upload"
    assert len(register.files[0].sha256) == 64


def test_points_of_a_spatial_file_are_homes(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"partner_id": "P", "name": "North Star"},
        "geometry": {"type": "Point", "coordinates": [-98.0, 38.5]},
    }
    path = tmp_path / "partners.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    partner = read_register(path).partners.loc["P"]
    assert (partner["latitude"], partner["longitude"], partner["position_source"]) == (38.5, -98.0, "register")


def test_numbers_of_a_workbook_are_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, Sheet=[["Partner ID", "Max schools", "Schools now", "Cost per school"], ["P", 8, 2.0, 750000.5]]
    )
    partner = read_register(path).partners.loc["P"]
    assert (partner["maximum_schools"], partner["schools_now"], partner["cost_per_school"]) == (8, 2, 750_000.5)


def test_several_files_are_taken_together() -> None:
    tables = [PARTNERS.iloc[:1], PARTNERS.iloc[1:]]
    register = read_register(tables)
    assert register.content_sha256 == read_register(partner_table()).content_sha256
    assert len(register.files) == 2


def test_headings_that_agencies_use() -> None:
    register = read_register(
        pd.DataFrame(
            {
                "Vendor Number": ["7"],
                "Organization": ["Green Hill"],
                "Partner Type": ["Nonprofit"],
                "LEAID": ["0100005"],
                "Levels Served": ["High schools"],
                "Current Schools": ["2"],
                "Max. Schools": ["6"],
                "RFP Status": ["RFP pre-qualified"],
                "Start Year": ["2026"],
                "Contract Term (years)": ["5"],
                "Per-Pupil Cost": ["$1,330"],
                "Days per week": ["5"],
            }
        )
    )
    partner = register.partners.loc["7"]
    assert (partner["name"], partner["home_district"], partner["levels"]) == ("Green Hill", "0100005", ("high",))
    assert (partner["schools_now"], partner["maximum_schools"]) == (2, 6)
    assert (partner["approval"], partner["earliest_start"]) == ("pre-qualified", 2026)
    assert (partner["contract_years"], partner["cost_per_student"]) == (5, 1_330)
    assert partner["embedded_presence"] == "met"
    assert register.files[0].unused_columns == ()


def test_a_name_serves_as_identifier_when_asked() -> None:
    table = pd.DataFrame({"Organization": ["Green Hill"], "notes": ["x"]})
    (fault,) = register_faults(table)
    assert "no column for partner_id" in fault.message
    register = read_register(table, options=["columns.partner_id=Organization"])
    assert register.partners["name"].to_dict() == {"Green Hill": "Green Hill"}
    assert register.files[0].unused_columns == ("notes",)


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("kind", "Internal Lead Partner", "district unit"),
        ("kind", "Charter-management organization", "organisation"),
        ("kind", "SUPPORTING PARTNER", "supporting partner"),
        ("approval", "Yes", "pre-qualified"),
        ("approval", "not pre-qualified", "not approved"),
        ("approval", "under review", "applied"),
        ("approval", "N/A", "unknown"),
        ("authority", "in place", "met"),
        ("authority", "In negotiation", "promised"),
        ("authority", "no", "missing"),
        ("embedded_presence", "5 days", "met"),
        ("embedded_presence", "3 days a week", "missing"),
        ("embedded_presence", "5 days a week", "met"),
        ("embedded_presence", "Five days per week", "met"),
        ("embedded_presence", "5 school days / wk", "met"),
        ("embedded_presence", "daily", "met"),
        ("embedded_presence", "every day", "met"),
        ("embedded_presence", "2-5 days", "missing"),
        ("embedded_presence", "4.5 days per week", "missing"),
        ("embedded_presence", "unknown", "unknown"),
        ("levels", "K-8", ("elementary", "middle")),
        ("levels", "6-12", ("middle", "high")),
        ("levels", "Grades 9-12", ("high",)),
        ("levels", "elementary/middle", ("elementary", "middle")),
        ("levels", "high and middle", ("middle", "high")),
        ("levels", "all", ("elementary", "middle", "high")),
        ("levels", "PK", ("elementary",)),
        ("earliest_start", "2027-28", 2027),
        ("earliest_start", "Fall 2027", 2027),
        ("earliest_start", "2027-09-30", 2027),
        ("earliest_start", "10/01/2027", 2028),
        ("earliest_start", "Aug 2027", 2027),
        ("earliest_start", "September 2027", 2027),
        ("earliest_start", "Oct. 2027", 2028),
        ("earliest_start", "15 August 2027", 2027),
        ("earliest_start", "Aug 15th, 2027", 2027),
        ("earliest_start", "2027-08", 2027),
        ("earliest_start", "2027-10", 2028),
        ("earliest_start", "2011-12", 2011),  # a school year, no month
        ("earliest_start", "46250", 2026),  # 2026-08-16: 46,250 days after 1899-12-30
        ("earliest_start", "46310.0", 2027),  # 2026-10-15
        ("earliest_start", "FY2027", 2026),  # July 2026 to June 2027
        ("earliest_start", "fiscal year 27", 2026),
        ("earliest_start", "FY2026-27", 2026),
        ("contract_years", "36 months", 3),
        ("contract_years", "5 years", 5),
        ("reach_districts", "0100005; 0100002;0100005", ("0100002", "0100005")),
        ("reach_districts", "0100005, 0100002", ("0100002", "0100005")),
        ("reach_districts", "Gary, City of; Hammond", ("Gary, City of", "Hammond")),
        ("reach_districts", "Statewide", ()),
        ("reach_km", "80", 80),
        ("reach_km", "50 miles", 80.4672),
        ("growth_share", "50%", 0.5),
        ("growth_share", "0.5", 0.5),
        ("growth_ceiling", "no limit", None),
        ("cost_per_school", "$1.33 million", 1_330_000),
        ("cost_per_school", "750k", 750_000),
        ("schools_now", "0", 0),
        ("schools_now", "unknown", None),
    ],
)
def test_cells_are_read_as_people_write_them(column: str, text: str, expected: object) -> None:
    given = {"home_district": "01", "latitude": "38", "longitude": "-98"} | {column: text}
    value = one_partner(**given).partners.loc["P", column]
    assert pd.isna(value) if expected is None else value == expected


def test_a_heading_in_miles_is_turned_into_kilometres() -> None:
    partner = one_partner(radius_miles="10", latitude="38", longitude="-98").partners.loc["P"]
    assert partner["reach_km"] == 16.09344


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # The number of a range is its careful end: fewest schools, most dollars.
        ({"maximum_schools": "8-10"}, (8, 8, 10)),
        ({"maximum_schools": "8 to 10 schools"}, (8, 8, 10)),
        ({"maximum_schools": "8"}, (8, 8, 8)),
        ({"maximum_schools": "9", "maximum_schools_low": "8", "maximum_schools_high": "10"}, (9, 8, 10)),
        ({"maximum_schools_low": "8", "maximum_schools_high": "10"}, (8, 8, 10)),
        ({"maximum_schools": "", "maximum_schools_high": "10"}, (10, 10, 10)),
    ],
)
def test_ranges_of_schools(cells: dict[str, str], expected: tuple[float, ...]) -> None:
    partner = one_partner(**cells).partners.loc["P"]
    assert tuple(partner[["maximum_schools", "maximum_schools_low", "maximum_schools_high"]]) == expected


@pytest.mark.parametrize("text", ["$700,000-$850,000", "700k – 850k", "700-850k", "0.7 to 0.85 million"])
def test_ranges_of_dollars(text: str) -> None:
    partner = one_partner(cost_per_school=text).partners.loc["P"]
    assert tuple(partner[[f"cost_per_school{end}" for end in ("", "_low", "_high")]]) == (850_000, 700_000, 850_000)


def test_a_range_where_one_number_is_asked_is_its_low_end_with_a_warning() -> None:
    register = one_partner(contract_years="3-5")
    assert register.partners.loc["P", "contract_years"] == 3
    assert any("low end is taken" in warning.message for warning in register.warnings)


def test_the_maximum_by_year() -> None:
    table = pd.DataFrame(
        {
            "partner_id": ["A", "B"],
            "maximum_schools_2027": ["4", ""],
            "Max schools 2028-29": ["6-8", "5"],
            "capacity FY2030": ["9", ""],  # a fiscal year is named by its end
            "maximum_schools": ["3", "2"],
            "schools_now": ["1", "1"],
        }
    )
    register = read_register(table)
    assert register.capacities.to_numpy().tolist() == [
        ["A", 2027, 4, 4, 4],
        ["A", 2028, 6, 6, 8],
        ["A", 2029, 9, 9, 9],
        ["B", 2028, 5, 5, 5],
    ]
    assert register.partners["maximum_schools"].to_dict() == {"A": 3, "B": 2}
    assert register.files[0].columns["maximum_schools_2028"] == "Max schools 2028-29"
    assert register.warnings == ()


@pytest.mark.parametrize(
    ("heading", "fall"),
    [
        ("maximum_schools_2027", 2027),
        ("Max. schools 2027-28", 2027),
        ("Max Schools SY 2027-2028", 2027),
        ("capacity fall 2027", 2027),
        ("capacity spring 2028", 2027),
        ("capacity FY 2028", 2027),
        ("school capacity in 2027", 2027),
        ("maximum_schools_2027_29", None),
        ("maximum_schools", None),
        ("maximum_schools_27", 2027),
        ("Max schools 27-28", 2027),
        ("capacity_FY28", 2027),
        ("maximum_schools_270", None),
        ("maximum_schools_1970", None),
        ("schools_2027", None),
    ],
)
def test_years_in_headings(heading: str, fall: int | None) -> None:
    assert year_of_heading(heading) == fall


def test_years_alone_give_no_maximum_of_other_years() -> None:
    register = read_register(pd.DataFrame({"partner_id": ["A"], "maximum_schools_2027": ["4"], "schools_now": ["0"]}))
    assert register.partners["maximum_schools"].isna().all()
    assert register.capacities["fall"].tolist() == [2027]
    assert register.warnings == ()


def test_a_bare_year_is_a_spring_when_the_user_says_so() -> None:
    table = pd.DataFrame({"partner_id": ["A"], "maximum_schools_2028": ["4"], "earliest_start": ["2028"]})
    register = read_register(table, options=["year_convention=spring"])
    assert register.capacities["fall"].tolist() == [2027]
    assert register.partners.loc["A", "earliest_start"] == 2027


def test_row_order_does_not_matter() -> None:
    rows = preference_table(
        ("LP1", "02; 01", "", "", "prefer", "partner", ""),
        ("DU1", "", "0007", "", "exclude", "state", "why"),
        ("all", "03", "", "high", "exclude", "district", ""),
    )
    register = read_register(partner_table(), rows)
    again = read_register(partner_table().iloc[::-1], rows.iloc[::-1])
    pd.testing.assert_frame_equal(register.partners, again.partners)
    pd.testing.assert_frame_equal(register.preferences, again.preferences)
    assert register.content_sha256 == again.content_sha256
    assert register.preferences["partner_id"].tolist()[1:] == ["DU1", "LP1", "LP1"]
    assert register.preferences["partner_id"].isna().tolist() == [True, False, False, False]


def test_an_input_is_not_changed() -> None:
    table = partner_table()
    read_register(table)
    pd.testing.assert_frame_equal(table, partner_table())
