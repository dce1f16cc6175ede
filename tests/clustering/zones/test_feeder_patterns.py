"""Straight and split feeders and dominant schools, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import build_feeder_tables, describe_feeders
from tests.examples.toy_district import EAST, ELM, OAK, WEST, toy_flows, toy_scenario


def test_patterns_and_dominant_schools() -> None:
    patterns = describe_feeders(build_feeder_tables(toy_scenario()).links)
    assert patterns.loc["0001", "pattern"] == "straight"
    assert patterns.loc[OAK, "pattern"] == "split"  # 60% and 40%
    assert patterns.loc[ELM, "pattern"] == "split"  # 90% and just 10%
    assert patterns.loc[OAK, "effective_destinations"] == pytest.approx(1 / (0.6**2 + 0.4**2))
    assert patterns.loc[OAK, "dominant_destinations"] == (WEST,)
    assert patterns.loc[WEST, "dominant_feeders"] == (ELM,)
    assert patterns.loc[OAK, "dominant_feeders"] == ("0001",)
    assert pd.isna(patterns.loc[WEST, "pattern"])


def test_ties_name_every_dominant_school() -> None:
    flows = toy_flows()
    flows.loc[9, "students"] = "60"
    patterns = describe_feeders(build_feeder_tables(toy_scenario(flows=flows)).links)
    assert patterns.loc[OAK, "dominant_destinations"] == (WEST, EAST)
