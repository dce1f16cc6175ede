"""What is written of identifications: by hand on the toy district, and with names that are hostile."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import (
    InputError,
    Scenario,
    ZonePlanner,
    compare_rules,
    cycles_document,
    cycles_table,
    decisions_table,
    follow_cycles,
    identification_document,
    identify_schools,
    json_bytes,
    list_presets,
    presets_document,
    read_rule,
    read_scenario,
    rule_comparison_document,
    rule_comparison_table,
    scenario_from_bytes,
    scenario_to_bytes,
    table_bytes,
)
from tests.examples.toy_district import EAST, WEST, toy_schools

RULE = "graduation_rate<0.67"


def rated(**rates: str) -> Scenario:
    """The toy district without flows; West graduates 55 per cent and East 80, or as said."""
    schools = toy_schools().set_index("school_id")
    for school, rate in rates.items():
        schools.loc[school.removeprefix("s"), "graduation_rate"] = rate
    return read_scenario(schools=[schools.reset_index()], require_flows=False)


def test_a_document_has_the_numbers_and_the_sentence_of_every_school() -> None:
    document = identification_document(identify_schools(rated(), RULE))
    assert document["counts"] == {"certain": 1, "possible": 0, "unknown": 0, "no": 1, "excluded": 0, "identified": 1}
    assert document["rule"]["threshold"] == 0.67
    assert document["cuts"] == []
    assert document["exclusions"] == [{"reason": "closed", "schools": 0, "certain": 0, "possible": 0}]
    west, east = document["schools"]
    assert {
        name: west[name] for name in ("school_id", "name", "certainty", "identified", "low", "high", "cut_low")
    } == {
        "school_id": WEST,
        "name": "West High",
        "certainty": "certain",
        "identified": True,
        "low": 0.55,
        "high": 0.55,
        "cut_low": 0.67,
    }
    assert west["students"] is None
    assert west["explanation"] == "Graduation rate 55.0%, below 67.0%."
    assert east["explanation"] == "Graduation rate 80.0%, not below 67.0%."
    # It is JSON as it stands: no NaN, no number of another kind.
    assert json.loads(json_bytes(document)) == document


def test_only_some_are_listed_and_all_are_counted() -> None:
    found = identify_schools(rated(), RULE)
    some = identification_document(found, only=["no"])
    assert [school["school_id"] for school in some["schools"]] == [EAST]
    assert (some["school_count"], some["counts"]["certain"]) == (1, 1)
    second = identification_document(found, start=1, limit=1)
    assert [school["school_id"] for school in second["schools"]] == [EAST]
    assert second["school_count"] == 2
    assert identification_document(found, limit=0)["schools"] == []
    assert decisions_table(found, only=["certain"])["school_id"].tolist() == [WEST]


def test_an_official_list_and_the_rates_that_differ_are_listed_whatever_else_is() -> None:
    document = identification_document(identify_schools(rated(), "official:designation=CSI"), only=["unknown"])
    assert document["schools"] == []
    # Both are on the list; only East graduates enough by its rate.
    (differs,) = document["disagreements"]
    assert (differs["school_id"], differs["certainty"], differs["computed_certainty"]) == (EAST, "certain", "no")
    assert differs["list_entry"] == "CSI"


def test_what_is_not_known_at_all_is_missing_and_never_infinite() -> None:
    found = identify_schools(rated(), RULE)
    endless = found.decisions.assign(low=-np.inf, high=np.inf, cut_low=-np.inf, cut_high=np.inf)
    document = identification_document(replace(found, decisions=endless))
    names = ("low", "high", "cut_low", "cut_high")
    assert [document["schools"][0][name] for name in names] == [None] * 4
    assert "inf" not in table_bytes(decisions_table(replace(found, decisions=endless))).decode()


def test_a_table_disarms_names_that_a_spreadsheet_would_run() -> None:
    schools = toy_schools().replace({"name": {"West High": '=HYPERLINK("http://evil","x")'}})
    found = identify_schools(read_scenario(schools=[schools], require_flows=False), RULE)
    lines = table_bytes(decisions_table(found)).decode().splitlines()
    assert lines[1].startswith("0010,\"'=HYPERLINK")
    assert lines[0].split(",")[:3] == ["school_id", "name", "certainty"]
    assert lines[0].endswith("explanation")


def test_two_rules_are_written_side_by_side() -> None:
    compared = compare_rules(rated(), RULE, "graduation_rate<0.9")
    document = rule_comparison_document(compared)
    assert document["changes"] == {"gained": 1, "lost": 0, "both": 1, "neither": 0}
    assert document["counts"] == {"certain": {"certain": 1}, "no": {"certain": 1}}
    assert [document[side]["counts"]["identified"] for side in ("first", "second")] == [1, 2]
    gained = rule_comparison_document(compared, only=["gained"])
    assert gained["school_count"] == 1
    assert gained["schools"] == [
        {
            "school_id": EAST,
            "name": "East High",
            "first": "no",
            "second": "certain",
            "change": "gained",
            "explanation_first": "Graduation rate 80.0%, not below 67.0%.",
            "explanation_second": "Graduation rate 80.0%, below 90.0%.",
        }
    ]
    assert json.loads(json_bytes(document)) == document
    assert rule_comparison_table(compared)["change"].tolist() == ["both", "gained"]
    assert rule_comparison_document(compared, start=1, limit=5)["schools"] == gained["schools"]


def test_a_school_of_which_one_rule_does_not_speak_has_no_sentence_of_it() -> None:
    # Grade 5 is offered by E1 to E6, which have no rate.
    elementary = read_rule({"threshold": 0.67, "years": "newest", "grades": [5]})
    document = rule_comparison_document(compare_rules(rated(), RULE, elementary))
    assert document["counts"]["none"]["unknown"] == 6
    first = document["schools"][0]
    assert (first["school_id"], first["first"], first["explanation_first"]) == ("0001", None, None)
    assert first["explanation_second"].startswith("Graduation rate not published")


def test_cycles_are_written_year_by_year() -> None:
    rates = pd.DataFrame(
        {
            "school_id": [WEST, EAST] * 2,
            "school_year": ["2018-19"] * 2 + ["2019-20"] * 2,
            "graduation_rate": ["55", "80", "90", "60"],
        }
    )
    plain = toy_schools().drop(columns="graduation_rate")
    scenario = read_scenario(schools=[plain], performance=[rates], require_flows=False)
    cycles = follow_cycles(scenario, read_rule({"threshold": 0.67}))
    document = cycles_document(cycles)
    assert (document["years"], document["entry_years"], document["gaps"]) == ([2018, 2019], [2018, 2019], [])
    # West enters in 2018 and is out at 90 per cent; East enters a year later.
    moves = {(row["school_id"], row["year"]): row["movement"] for row in document["schools"]}
    assert moves == {(WEST, 2018): "enters", (WEST, 2019): "leaves", (EAST, 2018): None, (EAST, 2019): "enters"}
    assert [row["enters"] for row in document["counts"]] == [1, 1]
    assert json.loads(json_bytes(document)) == document
    assert len(cycles_table(cycles)) == 4


def test_presets_are_written_in_full() -> None:
    presets = presets_document()
    assert [preset["id"] for preset in presets] == list_presets().index.tolist()
    california = next(preset for preset in presets if preset["id"] == "ca_csi_graduation")
    assert (california["rule"]["years"], california["rule"]["average"]) == (3, "pooled")
    assert california["rule"]["exit"]["threshold"] == 0.68
    assert all(preset["source"] for preset in presets)


def test_schools_and_rates_are_enough_where_no_flows_are_required() -> None:
    scenario = rated()
    assert scenario.flows.empty
    assert scenario.report.basis.method == "none"
    assert not scenario.report.basis.is_estimated
    assert scenario.report.basis.statement.startswith("There are no flows")
    assert (scenario.report.facts["flow_cells"], scenario.report.facts["school_years"]) == (0, [])
    assert scenario_from_bytes(scenario_to_bytes(scenario)).report.basis == scenario.report.basis
    with pytest.raises(InputError, match="Flows are missing"):
        read_scenario(schools=[toy_schools()])
    with pytest.raises(InputError, match="Zones need flows"):
        ZonePlanner(scenario)


def test_flows_that_are_given_are_read_though_none_are_required() -> None:
    flows = pd.DataFrame({"origin": ["0007"], "destination": [WEST], "grade": ["8"], "students": ["60"]})
    scenario = read_scenario(schools=[toy_schools()], flows=[flows], require_flows=False)
    assert scenario.report.basis.method == "recorded"
    assert len(scenario.flows) == 1
