"""Columns that compete for a field, and columns that were not used although they look like known ones."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import read_register
from tests.examples.register_files import partner_table, preference_table


@pytest.mark.parametrize(
    ("headings", "partner_id", "name"),
    [
        (("Partner", "Partner ID"), "B", "A"),
        (("Partner ID", "Partner"), "A", "B"),
        (("Lead Partner", "Provider ID"), "B", "A"),
        (("Partner", "Organization"), "A", "B"),  # without an identifier's column the partner is called by its name
        (("Partner", "Phone"), "A", "A"),
    ],
)
def test_of_two_headings_the_one_of_an_identifier_is_it(headings: tuple[str, str], partner_id: str, name: str) -> None:
    register = read_register(pd.DataFrame([["A", "B"]], columns=list(headings)))
    assert register.partners["name"].to_dict() == {partner_id: name}


def test_columns_that_look_like_known_ones_are_warned_of() -> None:
    table = pd.DataFrame(
        {
            "Partner ID": ["A"],
            "Organization": ["Green Hill"],
            "Partner": ["Green Hill"],  # a name, and there is one
            "Max Schools": ["6"],
            "Capacity": ["7"],  # competes with the one before
            "When could it begin?": ["2027"],
            "Radius served": ["50"],
            "Embeded presence": ["met"],  # a letter is missing
            "Contact name": ["Ada"],  # the register has a name
            "Phone": ["1"],
            "State": ["KS"],
        }
    )
    register = read_register(table)
    warned = {each.column: each for each in register.warnings if "looks like" in each.message}
    looks = {heading: each.message.split("looks like ")[1].split(",")[0] for heading, each in warned.items()}
    assert looks == {
        "Partner": "name",
        "Capacity": "maximum_schools",
        "When could it begin?": "earliest_start",
        "Radius served": "reach_km",
        "Embeded presence": "embedded_presence",
    }
    assert warned["Capacity"].message.endswith("which was read from the column Max Schools.")
    assert warned["Radius served"].message.endswith("which the file does not have otherwise.")
    assert "columns.reach_km=Radius served" in warned["Radius served"].remedy
    again = read_register(
        table, options=["columns.reach_km=Radius served", "columns.earliest_start=When could it begin?"]
    )
    assert again.partners.loc["A", ["reach_km", "earliest_start"]].tolist() == [50, 2027]
    assert "Radius served" not in {each.column for each in again.warnings if "looks like" in each.message}


def test_unused_columns_of_preferences_are_warned_of() -> None:
    rows = preference_table(("LP1", "01", "", "", "prefer", "state", ""))
    warnings = read_register(partner_table(), rows.assign(**{"Which schools?": "", "Colour": ""})).warnings
    assert [each.column for each in warnings if "looks like" in each.message] == []
    renamed = rows.drop(columns="school_id").assign(**{"Which schools?": "", "Colour": ""})
    warnings = read_register(partner_table(), renamed).warnings
    assert [each.column for each in warnings if "looks like" in each.message] == ["Which schools?"]


def test_a_file_of_very_many_columns_is_read_in_time() -> None:
    table = pd.DataFrame(
        [["A", *["x"] * 3_000]], columns=["partner_id", *(f"column {n} of many" for n in range(3_000))]
    )
    assert read_register(table).warnings[-1].column == "schools_now"
