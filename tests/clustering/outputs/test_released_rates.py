"""Rates in a release by a stricter policy than that of staff: nothing of it follows from groups below its minimum."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest

from clustering import (
    Scenario,
    identify_schools,
    make_release,
    parse_policy,
    propose_zones,
    read_scenario,
    render_release,
)
from clustering.disclosure.protection import Protection
from clustering.outputs.files import render_proposal
from tests.examples.toy_district import EAST, WEST, toy_flows, toy_schools

RULE: dict[str, Any] = {"threshold": 0.67, "subgroup": "groups", "minimum_students": 10}
REQUEST = {"identification": "official:designation=CSI", "need_measure": "graduation"}
# Graduates of West, 25 students, and of 120 of East, 60 of them girls. In the second state staff see other bands: 30 to
# 67 per cent of West become less, 80 to 82 of East become 82 to 84. The public see none of West, and 78 to 84 of East.
STATES = {"one": (12, 96, 44), "other": (5, 99, 46)}


@cache
def state(name: str) -> Scenario:
    """The toy district with counted rates, and bases for staff and for the public."""
    west, east, girls = STATES[name]
    rows = [
        (WEST, "all", west, 25),
        (WEST, "F", 3, 11),
        (EAST, "all", east, 120),
        (EAST, "F", girls, 60),
        (EAST, "ECD", 20, 28),
    ]
    rates = pd.DataFrame(rows, columns=["school_id", "subgroup", "graduates", "cohort"])
    schools = toy_schools().drop(columns="graduation_rate")
    scenario = read_scenario(
        schools=[schools], flows=[toy_flows()], performance=[rates.astype("str").assign(school_year="2021-22")]
    )
    audiences = {"protected": "standard", "public": "minimum-30"}
    return replace(
        scenario,
        protections={
            audience: Protection(policy=parse_policy(policy), method="single years")
            for audience, policy in audiences.items()
        },
    )


def answers(name: str, disclosure: Any) -> dict[str, bytes]:
    found = identify_schools(state(name), RULE, disclosure=disclosure)
    identified = f"{found.decisions.to_json()} {found.explanations.tolist()} {found.provenance}".encode()
    proposal = propose_zones(state(name), {**REQUEST, "disclosure": disclosure})
    return {"identified": identified, **render_proposal(proposal)}


def released(name: str) -> dict[str, bytes]:
    release = make_release(state(name), [REQUEST], policy="minimum-30", title="Zones", on=date(2026, 5, 3))
    return render_release(release)


def test_states_that_differ_below_the_minimum_of_the_public_give_it_the_same_bytes() -> None:
    assert answers("one", "protected")["identified"] != answers("other", "protected")["identified"]
    assert answers("one", "public") == answers("other", "public")
    assert released("one") == released("other")


@pytest.mark.parametrize("name", STATES)
def test_no_rate_and_no_size_below_thirty_is_in_any_answer_for_the_public(name: str) -> None:
    rules = [{**RULE, "subgroup": group} for group in ("all", ["F"], ["ECD"])]
    found = [identify_schools(state(name), rule, disclosure="public").decisions for rule in rules]
    table = pd.concat(found)
    ends = table[["students_at_least", "students_at_most"]]
    assert set(ends.melt()["value"].dropna().astype(int)) <= {1, 39, 40, 99, 100, 299}
    assert table["low"].count() > 0
    assert pd.concat([each[each.index == WEST] for each in found])["low"].fillna(0).eq(0).all()
    texts = {**answers(name, "public"), **released(name)}
    for file, content in texts.items():
        words = content.decode()
        assert not re.search(r"\b(10 to 19|20 to 39|cohort of (1|2)\d)\b", words), file
        assert "30.0% to under 67.0%" not in words, file  # that of West for staff
