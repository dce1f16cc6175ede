"""Which schools are within reach of a Zone once those with too low an arrival are left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clustering.zones.candidates import Candidates, generate_candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import ZoneRequest

# Low sends 10 of 100 students to High; Good and Next send all theirs on. Elementary reaches High in two steps by way
# of Low, and in three by way of Next and Good.
FLOWS = [
    ("elementary", "low", 50.0),
    ("elementary", "next", 50.0),
    ("good", "high", 80.0),
    ("low", "high", 10.0),
    ("low", "other", 90.0),
    ("next", "good", 60.0),
]


def candidates(**settings: object) -> Candidates:
    names = ["elementary", "good", "high", "low", "next", "other"]
    index = pd.Index(names, dtype="str", name="school_id")
    links = pd.DataFrame(FLOWS, columns=["origin", "destination", "students"])
    links = links.astype({"origin": "str", "destination": "str"})
    promoted = links.groupby("origin")["students"].sum().reindex(index).fillna(0.0)
    entering = links.groupby("destination")["students"].sum().reindex(index).fillna(0.0)
    links = links.assign(
        students_low=links["students"],
        students_high=links["students"],
        send_share=links["students"] / promoted.reindex(links["origin"]).to_numpy(),
        receive_share=links["students"] / entering.reindex(links["destination"]).to_numpy(),
    )
    totals = pd.DataFrame({"promoted_students": promoted, "exit_students": 0.0, "entering_students": entering})
    schools = pd.DataFrame(
        {
            "name": names,
            "level": "middle",
            "district": "D",
            "enrolment": 100.0,
            "longitude": np.nan,
            "latitude": np.nan,
            "is_closed": False,
            "need": 0.5,
        },
        index=index,
    )
    request = ZoneRequest(parameters=parse_parameters(settings), schools=schools)
    (found,) = generate_candidates(FeederTables(links=links, totals=totals, years=()), ["high"], request)
    return found


def test_a_school_too_few_of_whose_students_arrive_is_left_out_with_its_share() -> None:
    found = candidates()
    assert found.schools == ("elementary", "good", "next")
    assert found.low_arrival == {"low": pytest.approx(0.1)}
    assert found.excluded == ("low",)


def test_a_school_within_reach_only_through_one_left_out_is_out_of_reach() -> None:
    assert candidates(maximum_steps=2).schools == ("good", "next")
    assert candidates(maximum_steps=2, minimum_arrival_share=0.1).schools == ("elementary", "good", "low", "next")


def test_without_a_minimum_every_school_within_reach_is_a_candidate() -> None:
    assert candidates(minimum_arrival_share=0).schools == ("elementary", "good", "low", "next")


def test_a_school_forced_in_is_a_candidate_whatever_its_arrival() -> None:
    found = candidates(force_in="low")
    assert found.schools == ("elementary", "good", "low", "next")
    assert found.is_exempt.tolist() == [False, False, True, False]
