"""What is said of estimates: whom they leave out and why, and how far off they are."""

from __future__ import annotations

import pandas as pd

from clustering import propose_zones, read_scenario
from clustering.flows.comparison import compare_flows
from clustering.ingest.estimate_notes import describe_official_chain
from tests.examples.toy_district import toy_schools


def unknown_of(schools: pd.DataFrame) -> str:
    details = read_scenario(schools=schools, estimate=True).report.basis.details
    (sentence,) = [each for each in details if "is unknown, not nowhere" in each]
    return sentence


def test_each_school_of_unknown_promotions_has_its_own_reason() -> None:
    schools = toy_schools()
    schools.loc[0, "grades"] = ""  # E1
    schools.loc[1, ["lat", "lon"]] = ""  # E2
    schools.loc[2, "grades"] = "PK"  # E3
    schools.loc[3, "grades"] = "K-6"  # E4: nobody takes in students at grade 7
    assert unknown_of(schools) == (
        "Where the students of 4 of the 11 schools go on is unknown, not nowhere: the files give no grades (1 school:"
        " E1 (0001)); the school ends before kindergarten (1 school: E3 (0003)); the files give no coordinates"
        " (1 school: E2 (0002)); no school that students enter at the next grade is near (1 school: E4 (0004))."
    )


def test_an_estimate_states_its_measured_error_in_every_proposal() -> None:
    scenario = read_scenario(schools=toy_schools(), estimate=True)
    notes = " ".join(propose_zones(scenario, {}).notes)
    assert "sends 40% of the promoted students of Washington, DC, to another school" in notes
    assert notes.count("gravity model") == 1  # said once


def test_districts_are_only_spoken_of_where_the_files_name_them() -> None:
    of_districts = " ".join(read_scenario(schools=toy_schools(), estimate=True).report.basis.details)
    assert "it has one for 9 of 9 final grades" in of_districts
    without = read_scenario(schools=toy_schools().drop(columns="district_id"), estimate=True)
    told = " ".join(without.report.basis.details)
    assert "whatever district: the files name none" in told
    assert "own district" not in told


def test_the_comparison_with_an_official_chain_says_of_whom_it_says_nothing() -> None:
    flows = pd.DataFrame(
        [("A", "H", 30.0), ("A", "G", 10.0), ("A", None, 40.0)], columns=["origin", "destination", "students"]
    ).assign(students_low=lambda table: table["students"], students_high=lambda table: table["students"])
    chain = flows[:1].assign(students=1.0)
    levels = pd.Series({"A": "middle"})
    # Of 40 whose school is told, 10 go to G, which the chain does not have; 40 of 80 are not told.
    sentence = describe_official_chain(compare_flows(flows, chain, levels), flows)
    assert sentence == (
        "Of the students whose school the estimate tells, it sends 25.0% to another school than the district's own"
        " feeder chain does, and it names the chain's main destination for 100.0% of 1 schools. The other 50% of the"
        " promoted students are taken to go to a school that is not known: of them this comparison says nothing."
    )
    told = flows[flows["destination"].notna()]
    assert "not known" not in describe_official_chain(compare_flows(told, chain, levels), told)
