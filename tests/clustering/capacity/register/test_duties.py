"""The four duties: the register's word, contract lengths, and what supporting partners can meet."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import describe_duties, read_register
from clustering.capacity.register.duties import duty_states
from tests.examples.register_files import one_partner, partner_table

DUTIES = ["accountability", "authority", "comprehensive_services", "embedded_presence"]


def described(**columns: list[str]) -> pd.DataFrame:
    return describe_duties(read_register(partner_table(**columns))).set_index(["partner_id", "duty"])


def test_a_row_per_lead_partner_and_duty_by_hand() -> None:
    duties = described()
    assert duties.index.tolist() == [(partner, duty) for partner in ("DU1", "LP1") for duty in DUTIES]
    assert duties["state"].tolist() == ["met", "met", "promised", "unknown", "met", "met", "met", "met"]
    assert duties["by"].tolist() == [("DU1",)] * 3 + [()] + [("LP1",), ("LP1",), ("SP1",), ("LP1",)]
    services = duties.loc[("LP1", "comprehensive_services")]
    assert services["stated"] == "missing"
    assert services["sentence"] == (
        "Comprehensive services of North Star: met by its supporting partner Tutors (SP1), not by itself."
    )
    assert "its contract lasts 4 years" in duties.loc[("LP1", "accountability"), "sentence"]
    assert duties["sentence"].str.endswith(".").all()


@pytest.mark.parametrize(
    ("years", "stated", "expected"),
    [
        ("2", "met", "promised"),
        ("3", "met", "met"),
        ("5", "met", "met"),
        ("6", "met", "promised"),
        ("", "met", "met"),  # the register's word stands where it gives no length
        ("2", "missing", "missing"),
        ("4", "", "unknown"),  # a length is no contract
        ("9", "promised", "promised"),
    ],
)
def test_a_contract_of_another_length_is_a_promise_at_most(years: str, stated: str, expected: str) -> None:
    register = one_partner(contract_years=years, accountability=stated)
    assert duty_states(register).loc["P", "accountability"] == expected
    row = describe_duties(register).iloc[0]
    assert row["by"] == (("P",) if expected in ("met", "promised") else ())


@pytest.mark.parametrize(
    ("own", "supporting", "expected", "by"),
    [
        ("missing", "met", "met", "SP1"),
        ("unknown", "met", "met", "SP1"),
        ("promised", "met", "met", "SP1"),
        ("met", "met", "met", "LP1"),
        ("met", "promised", "met", "LP1"),
        ("missing", "promised", "promised", "SP1"),
        ("promised", "promised", "promised", "LP1"),
        ("unknown", "promised", "promised", "SP1"),
        ("missing", "missing", "missing", ""),
        ("unknown", "missing", "unknown", ""),
        ("missing", "unknown", "missing", ""),
    ],
)
def test_a_supporting_partner_only_adds(own: str, supporting: str, expected: str, by: str) -> None:
    row = described(comprehensive_services=[own, supporting, ""]).loc[("LP1", "comprehensive_services")]
    assert (row["state"], row["by"]) == (expected, (by,) if by else ())


@pytest.mark.parametrize("duty", ["accountability", "authority", "embedded_presence"])
def test_no_other_duty_can_be_met_by_a_supporting_partner(duty: str) -> None:
    row = described(**{duty: ["missing", "met", ""]}).loc[("LP1", duty)]
    assert (row["state"], row["by"]) == ("missing", ())


def test_a_supporting_partner_that_the_state_did_not_approve_or_that_is_not_named_meets_nothing() -> None:
    rejected = described(approval=["yes", "rejected", "yes"]).loc[("LP1", "comprehensive_services")]
    assert rejected["state"] == "missing"
    unnamed = described(supporting_partners=["", "", ""]).loc[("LP1", "comprehensive_services")]
    assert unnamed["state"] == "missing"


def test_several_supporting_partners_are_all_named() -> None:
    table = pd.concat(
        [
            partner_table(supporting_partners=["SP1;SP0", "", ""]),
            partner_table().iloc[[1]].assign(partner_id="SP0", name="Health"),
        ]
    )
    duties = describe_duties(read_register(table)).set_index(["partner_id", "duty"])
    row = duties.loc[("LP1", "comprehensive_services")]
    assert row["by"] == ("SP0", "SP1")
    assert "Health (SP0), Tutors (SP1)" in row["sentence"]


def test_states_of_supporting_partners_are_as_the_register_says() -> None:
    states = duty_states(read_register(partner_table()))
    assert states.loc["SP1"].tolist() == ["unknown", "unknown", "met", "unknown"]
    assert states.index.tolist() == ["DU1", "LP1", "SP1"]
    only = read_register(partner_table().iloc[[1]])
    assert duty_states(only).loc["SP1", "comprehensive_services"] == "met"
    assert describe_duties(only).empty
