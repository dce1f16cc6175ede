"""Faulty registers: every fault at once, each with file, row, column, value and what to do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import read_register
from tests.examples.container_files import workbook
from tests.examples.register_files import PARTNERS, one_partner, partner_table, preference_table, register_faults


def test_every_fault_at_once_with_its_place(tmp_path: Path) -> None:
    table = partner_table(
        kind=["syndicate", "supporting partner", "district unit"],
        maximum_schools=["many", "", "5"],
        latitude=["380", "", ""],
        approval=["maybe", "pre-qualified", "applied"],
        supporting_partners=["SP9", "SP1", ""],
    )
    path = tmp_path / "partners.csv"
    table.to_csv(path, index=False)
    rows = preference_table(("LP8", "01", "", "", "maybe", "king", ""), ("LP1", "", "", "", "prefer", "state", ""))
    faults = register_faults(path, rows)
    assert {(fault.table, fault.row, fault.column, fault.value) for fault in faults} == {
        ("partners.csv", 2, "kind", "syndicate"),
        ("partners.csv", 2, "maximum_schools", "many"),
        ("partners.csv", 2, "latitude", "380"),
        ("partners.csv", 2, "approval", "maybe"),
        ("partners.csv", 2, "supporting_partners", "SP9"),
        ("partners.csv", 3, "supporting_partners", "SP1"),
        ("preferences", 2, "partner_id", "LP8"),
        ("preferences", 2, "choice", "maybe"),
        ("preferences", 2, "stated_by", "king"),
        ("preferences", 3, "district_id", ""),
    }


def test_unknown_words_come_with_the_list_of_those_that_can_be_given() -> None:
    (fault,) = register_faults(partner_table(approval=["maybe", "yes", "no"]))
    assert "pre-qualified, applied, not approved, unknown" in fault.remedy
    assert "rfp approved" in fault.remedy


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("maximum_schools", "-5", "not a number of schools"),
        ("maximum_schools", "8.5", "not whole"),
        ("maximum_schools", "10-8", "backwards"),
        ("maximum_schools", "1e3", "not a number"),
        ("maximum_schools", "999999999", "not within 0 to 100,000"),
        ("maximum_schools", "unlimited", "not a number"),
        ("maximum_schools", "2026-08-10 00:00:00", "into a date"),
        ("maximum_schools", "10-Aug", "into a date"),
        ("maximum_schools", "2", "below the schools that the partner runs now"),
        ("maximum_schools", "\u0668", "not a number"),  # a digit, but not one of ours
        ("growth_ceiling", "7", "below the maximum of today"),
        ("growth_share", "-0.5", "not a number"),
        ("growth_share", "50", "not within 0 to 5"),
        ("contract_years", "0", "not within 1 to 30"),
        ("contract_years", "4.5", "not whole"),
        ("cost_per_school", "750.000.000", "not a number of dollars"),
        ("cost_per_school", "1,2,3", "not a number of dollars"),
        ("cost_per_school", "inf", "not a number of dollars"),
        ("cost_per_school", "nan", "not a number of dollars"),
        ("reach_km", "far", "not a distance"),
        ("reach_km", "40000", "not within"),
        ("latitude", "91", "outside -90 to 90"),
        ("longitude", "-181", "outside -180 to 180"),
        ("latitude", "north", "not a number"),
        ("latitude", "", "Only one of latitude and longitude"),
        ("levels", "college", "cannot be read"),
        ("earliest_start", "soon", "neither a school year nor a date"),
        ("earliest_start", "Aug 26", "neither a school year nor a date"),
        ("earliest_start", "Mayhem 2027", "neither a school year nor a date"),
        ("earliest_start", "FY1999", "neither a school year nor a date"),
        ("earliest_start", "12345", "neither a school year nor a date"),
        ("embedded_presence", "5 days a month", "not known in this column"),
        ("cost_per_school", "0", "0 is taken for a mistake"),
        ("cost_per_school", "$0.00", "0 is taken for a mistake"),
        ("cost_per_student", "0-1,330", "0 is taken for a mistake"),
        ("cost_per_school", "-750000", "not a number of dollars"),
        ("earliest_start", "1999", "neither a school year nor a date"),
        ("earliest_start", "2027-13-45", "neither a school year nor a date"),
        ("earliest_start", "2027-29", "neither a school year nor a date"),
        ("embedded_presence", "often", "not known"),
        ("reach_districts", "1.00005E+11", "turned into a number"),
        ("reach_districts", "x" * 65, "too long"),
        ("supporting_partners", "LP1", "its own supporting partner"),
        ("supporting_partners", "SP7", "no partner with this identifier"),
        ("home_district", "7.0001E+05", "turned into a number"),
        ("evidence", "x" * 501, "longer than 500 characters"),
        ("partner_id", "1.5E+11", "turned the identifier into a number"),
        ("partner_id", "a;b", "one of the signs"),
        ("partner_id", "a=b", "one of the signs"),
        ("partner_id", "DU1", "more than once"),
        ("partner_id", "", "no identifier"),
        ("partner_id", "a\u202eb", "control characters"),
    ],
)
def test_one_fault_is_one_error_in_its_place(column: str, text: str, words: str) -> None:
    table = partner_table(growth_ceiling=["", "", ""], growth_share=["", "", ""], reach_districts=["", "", ""])
    table.loc[0, column] = text
    faults = register_faults(table)
    assert {fault.column for fault in faults} == {"latitude" if words.startswith("Only one") else column}
    assert all(words in fault.message for fault in faults), faults
    assert min(fault.row or 0 for fault in faults) == 2


def test_identifiers_that_lost_their_zeros() -> None:
    table = partner_table(partner_id=["007", "008", "DU1"], supporting_partners=["8", "", ""])
    (fault,) = register_faults(table)
    assert "lost its leading zeros" in fault.message
    assert (fault.row, fault.column, fault.value) == (2, "supporting_partners", "8")
    rows = preference_table(("7", "01", "", "", "prefer", "state", ""))
    (fault,) = register_faults(partner_table(partner_id=["007", "SP1", "DU1"]), rows)
    assert (fault.column, fault.value) == ("partner_id", "7")
    assert "lost its leading zeros" in fault.message
    alike = register_faults(partner_table(partner_id=["007", "SP1", "7"]))
    assert {"differs from another only by leading zeros" in fault.message for fault in alike} == {True}
    assert len(alike) == 2


def test_a_federal_identifier_of_a_district_that_lost_its_zero() -> None:
    table = partner_table().rename(columns={"home_district": "LEAID"}).assign(LEAID=["100005", "", "0100005"])
    (fault,) = register_faults(table)
    assert (fault.row, fault.column, fault.value) == (2, "LEAID", "100005")
    assert "7 digits" in fault.message


def test_a_unit_without_a_district_would_reach_everything() -> None:
    (fault,) = register_faults(partner_table(home_district=["01", "", ""]))
    assert (fault.row, fault.column) == (4, "home_district")
    assert "to which district this unit belongs" in fault.message


def test_a_file_that_is_something_else_is_refused() -> None:
    (fault,) = register_faults(pd.DataFrame({"color": ["red"], "size": ["4"]}))
    assert "no column for partner_id" in fault.message
    (fault,) = register_faults(Path("no such file.csv"))
    assert "cannot be opened" in fault.message
    faults = register_faults([])
    assert "no partner" in faults[0].message


def test_files_in_each_others_place_are_recognised() -> None:
    preferences = preference_table(("LP1", "01", "", "", "prefer", "district", ""))
    faults = register_faults(preferences, PARTNERS)
    assert [(each.message, each.remedy) for each in faults] == [
        (
            "This looks like a table of preferences, and it was given as a register of partners.",
            "Give it as preferences.",
        ),
        ("This looks like a register of partners, and it was given as a table of preferences.", "Give it as partners."),
    ]
    (fault,) = register_faults(preferences)
    assert "looks like a table of preferences" in fault.message
    assert read_register(PARTNERS, preferences).preferences["choice"].tolist() == ["prefer"]


def test_faults_of_other_files_come_beside_a_file_that_cannot_be_read() -> None:
    faults = register_faults(partner_table(kind=["x", "", "unit"]), Path("no such file.csv"))
    assert {fault.table for fault in faults} == {"partners", "no such file.csv"}


def test_partners_of_a_file_that_cannot_be_read_are_not_missed() -> None:
    rows = preference_table(("DU1", "01", "", "", "prefer", "state", ""))
    (fault,) = register_faults([PARTNERS.iloc[:1], Path("no such file.csv")], rows)
    assert fault.table == "no such file.csv"


def test_an_option_for_a_file_that_is_not_there_is_refused() -> None:
    (fault,) = register_faults(partner_table(), options=["other.csv:delimiter=tab"])
    assert "no such file" in fault.message


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"maximum_schools": ["", "", "5"]}, "it cannot be matched"),
        ({"schools_now": ["", "", "0"]}, "it cannot be matched"),
        ({"evidence_source": ["", "", ""]}, "no source"),
        ({"contract_years": ["2", "", "5"]}, "not of 3 to 5 years"),
        ({"contract_years": ["10", "", "5"]}, "not of 3 to 5 years"),
        ({"name": ["Same", "Other", "same"]}, "the same name"),
        ({"cost_per_school": ["750", "", ""]}, "outside the usual 50,000 to 2,000,000 dollars a school and year"),
        ({"cost_per_school": ["$75", "", ""]}, "School Improvement Grants of 2010 (NCEE 2011-4019, section 4)"),
        ({"cost_per_school": ["none", "", ""]}, "outside the usual 50,000"),
        ({"cost_per_school": ["$3 million", "", ""]}, "outside the usual 50,000"),
        ({"cost_per_student": ["13", "", ""]}, "outside the usual 100 to 10,000 dollars a student and year"),
        ({"earliest_start": ["FY2027", "", ""]}, "FY2027 is the fall of 2026"),
        ({"earliest_start": ["46250", "", ""]}, "a number of days"),
        ({"Capacity": ["9", "", ""]}, "looks like maximum_schools, which was read from the column maximum_schools"),
        ({"latitude": ["0", "", ""], "longitude": ["0", "", ""]}, "taken for missing"),
        ({"latitude": ["", "", ""], "longitude": ["", "", ""]}, "no distance from its home"),
        ({"supporting_partners": ["SP1; DU1", "", ""]}, "Lead Partner of its own"),
        ({"maximum_schools_2030": ["2", "", "5"]}, "below the schools that the partner runs now"),
    ],
)
def test_what_is_doubtful_is_a_warning_and_the_register_is_read(columns: dict[str, list[str]], words: str) -> None:
    warnings = read_register(partner_table(**columns)).warnings
    assert any(words in warning.message for warning in warnings), warnings
    assert all(warning.remedy and not warning.is_error for warning in warnings)


def test_a_row_without_any_partner_is_set_aside_with_a_warning() -> None:
    table = pd.concat([PARTNERS, pd.DataFrame({"evidence": ["Note: as of May"]})]).fillna("")
    register = read_register(table)
    assert len(register.partners) == 3
    assert register.files[0].set_aside_reasons == {"The partner has no identifier.": 1}
    assert any("names no partner" in warning.message for warning in register.warnings)


def test_a_sum_below_the_table_is_no_partner() -> None:
    table = pd.concat([PARTNERS, pd.DataFrame({"partner_id": ["Total"], "maximum_schools": ["13"]})]).fillna("")
    register = read_register(table)
    assert len(register.partners) == 3
    assert register.files[0].set_aside_reasons == {"A sum of the other rows.": 1}


def test_lists_that_make_millions_of_preferences_are_refused() -> None:
    many = ";".join(f"{number:x}" for number in range(150))
    rows = preference_table(*[("LP1", many, many, "", "exclude", "state", "")] * 5)
    (fault,) = register_faults(partner_table(), rows)
    assert "make 112,500 preferences" in fault.message
    few = preference_table(*[("LP1", many, "", "", "exclude", "state", "")] * 5)
    assert len(read_register(partner_table(), few).preferences) == 150


def test_a_school_identifier_of_eleven_digits_under_a_federal_heading() -> None:
    rows = preference_table(("LP1", "", "10000500001", "", "exclude", "state", "")).rename(
        columns={"school_id": "NCESSCH"}
    )
    (fault,) = register_faults(partner_table(), rows)
    assert (fault.row, fault.column) == (2, "NCESSCH")
    assert "12 digits" in fault.message


def test_two_columns_of_one_year() -> None:
    table = partner_table(maximum_schools_2027=["9", "", ""], capacity_2027_28=["9", "", ""])
    (fault,) = register_faults(table)
    assert "Two columns are the maximum of the fall of 2027" in fault.message


def test_who_prefers_and_excludes_the_same_contradicts_itself() -> None:
    prefer, exclude = ("LP1", "01", "", "", "prefer", "state", ""), ("LP1", "01", "", "", "exclude", "state", "")
    faults = register_faults(partner_table(), preference_table(prefer, exclude))
    assert [(fault.row, fault.column) for fault in faults] == [(2, "choice"), (3, "choice")]
    lists = preference_table(
        ("LP1", "01;02", "", "", "prefer", "state", ""), ("LP1", "02;03", "", "", "exclude", "state", "")
    )
    assert [fault.row for fault in register_faults(partner_table(), lists)] == [2, 3]
    # Two parties may disagree: an exclusion of either counts.
    other = ("LP1", "01", "", "", "exclude", "district", "")
    assert len(read_register(partner_table(), preference_table(prefer, other)).preferences) == 2


def test_preferences_are_parted_into_rows_and_none_counts_twice() -> None:
    rows = preference_table(
        ("LP1", "01;02", "", "K-8", "prefer", "", ""), ("LP1", "01", "", "middle", "prefer", "state", "")
    )
    register = read_register(partner_table(), rows)
    assert register.preferences[["district_id", "level"]].to_numpy().tolist() == [
        ["01", "elementary"],
        ["01", "middle"],
        ["02", "elementary"],
        ["02", "middle"],
    ]
    assert any("taken for the state's" in warning.message for warning in register.warnings)


def test_a_preference_of_a_supporting_partner_changes_nothing_and_is_warned_of() -> None:
    register = read_register(partner_table(), preference_table(("SP1", "01", "", "", "exclude", "state", "")))
    assert any("runs no Zones" in warning.message for warning in register.warnings)


def test_ranges_that_a_workbook_turned_into_dates_are_refused(tmp_path: Path) -> None:
    date = pd.Timestamp("2026-08-10").to_pydatetime()
    (fault,) = register_faults(workbook(tmp_path, Sheet=[["partner_id", "maximum_schools"], ["P", date]]))
    assert "into a date" in fault.message


def test_a_table_that_is_too_long_for_a_register_is_not_looked_into() -> None:
    table = pd.DataFrame({"partner_id": [str(number) for number in range(10_001)], "kind": "x"})
    (fault,) = register_faults(table)
    assert "10,001 rows, more than 10,000" in fault.message
    (fault,) = register_faults(partner_table(), preference_table(*[("LP1", "1", "", "", "prefer", "", "")] * 100_001))
    assert "100,001 rows" in fault.message


def test_an_empty_table_is_refused() -> None:
    faults = register_faults(pd.DataFrame({"partner_id": []}))
    assert faults


def test_a_lead_partner_with_all_it_needs_is_not_warned_of() -> None:
    register = one_partner(maximum_schools="5", schools_now="0", contract_years="3", evidence="a", evidence_source="b")
    assert register.warnings == ()
