"""Identifiers joined from several columns, as the user says, and as the message for repeated ones proposes."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from clustering import FileOptions, InputError, Scenario, read_scenario
from clustering.readers.read_table import read_table
from clustering.readers.reshape.joined_identifiers import join_identifiers

IDS = ["01611190106401", "02611190106401"]
CODES = {"CountyCode": ["01", "02"], "DistrictCode": ["61119", "61119"], "SchoolCode": ["0106401", "0106401"]}
RATES = pd.DataFrame({**CODES, "graduation_rate": ["61", "91"]})


def joined(columns: dict[str, list[str]], option: str) -> tuple[list[str], list[str]]:
    """The identifiers joined, and the headings that are warned of."""
    options = FileOptions(columns={"school_id": option})
    table = join_identifiers(read_table(pd.DataFrame(columns), options=options))
    return table.column(option).series().tolist(), [str(problem.column) for problem in table.problems]


@pytest.mark.parametrize(
    ("parts", "ids", "warned"),
    [
        (CODES, IDS, []),
        ({"A": ["01", ""], "B": ["7", "8"]}, ["017", ""], []),
        ({"A": ["1", "19"], "B": ["007", "8"]}, ["01007", "19008"], ["A", "B"]),  # zeros lost in part
        ({"A": ["AB", "C"], "B": ["7", "8"]}, ["AB7", "C8"], []),
    ],
)
def test_the_parts_stand_one_after_another(parts: dict[str, list[str]], ids: list[str], warned: list[str]) -> None:
    assert joined(parts, "+".join(parts)) == (ids, warned)
    assert joined(parts, " + ".join(parts))[0] == ids


def test_a_heading_with_a_plus_of_its_own_is_taken_as_it_is() -> None:
    table = read_table(pd.DataFrame({"A+B": ["1"]}), options=FileOptions(columns={"school_id": "A+B"}))
    assert join_identifiers(table) is table


def read(folder: Path, rates: pd.DataFrame, option: str = "") -> Scenario:
    rates.to_csv(folder / "rates.csv", index=False)
    pd.DataFrame({"school_id": IDS}).to_csv(folder / "schools.csv", index=False)
    files = {"schools": folder / "schools.csv", "performance": folder / "rates.csv"}
    return read_scenario(**files, require_flows=False, options=[f"rates.csv:{option}"] if option else ())


@pytest.mark.parametrize(
    "rates",
    [
        RATES,
        pd.concat([RATES.assign(year="2021-22"), RATES.assign(year="2022-23")]),
        RATES.rename(columns={"CountyCode": "cnty_cd", "DistrictCode": "lea_no"}),
        RATES.assign(district="Alder", county="Birch"),
    ],
)
def test_the_message_for_repeated_identifiers_names_an_option_that_works(tmp_path: Path, rates: pd.DataFrame) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, rates)
    option = re.search(r"columns\.school_id=[\w+]+", caught.value.problems[0].remedy or "")
    assert option is not None
    assert read(tmp_path, rates, option.group()).performance["graduation_rate_low"].to_dict() == {
        IDS[0]: 0.61,
        IDS[1]: 0.91,
    }


def test_schools_of_one_number_in_several_districts() -> None:
    schools = pd.DataFrame({"district_code": ["10", "20"], "school_code": ["1", "1"], "grades": ["9-12", "6-8"]})
    with pytest.raises(InputError) as caught:
        read_scenario(schools=schools, require_flows=False)
    assert "set schools:columns.school_id=district_code+school_code." in str(caught.value.problems[0].remedy)


def test_rows_that_repeat_wholly_do_not_hide_which_columns_tell_schools_apart() -> None:
    rates, schools = pd.concat([RATES, RATES]), pd.DataFrame({"school_id": ["0106401"]})
    with pytest.raises(InputError) as caught:
        read_scenario(schools=schools, performance=rates, require_flows=False)
    joined = "columns.school_id=CountyCode+DistrictCode+SchoolCode"
    assert {problem.remedy for problem in caught.value.problems} == {
        f"If they are different schools, set performance:{joined}."
    }


@pytest.mark.parametrize("heading", ["LSS Number", "CoDist Code", "AUN", "Parish Code"])
def test_what_states_call_their_districts_is_named_as_a_part(tmp_path: Path, heading: str) -> None:
    (tmp_path / "schools.csv").write_text(f"{heading},school_code,grades\n01,0405,9-12\n30,0405,9-12\n")
    with pytest.raises(InputError) as caught:
        read_scenario(schools=tmp_path / "schools.csv", require_flows=False)
    assert f"columns.school_id={heading}+school_code." in str(caught.value.problems[0].remedy)
