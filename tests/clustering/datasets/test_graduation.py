"""Graduation rates and the official list of the generated state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import KDTree

from clustering.datasets import SampleState, generate_state
from clustering.datasets.geography import to_sphere_km
from clustering.datasets.graduation import publish_rates
from clustering.readers.published.rates import parse_rates

REAL = Path(__file__).parents[4] / "shared" / "data" / "us_schools"


def test_rates_are_published_as_edfacts_does() -> None:
    cohorts = np.array([5, 6, 15, 16, 16, 30, 31, 60, 60, 61, 200, 200, 201, 201, 400, 400])
    per_cents = np.array([80, 49, 50, 20, 21, 79, 10, 66, 90, 94, 95, 67, 1, 67, 98, 99])
    expected = ["PS", "LT50", "GE50", "LE20", "21-39", "60-79", "LE10", "60-69", "GE90", "90-94", "GE95", "65-69"]
    expected += ["LE1", "67", "98", "GE99"]
    assert publish_rates(cohorts, per_cents).tolist() == expected


def test_bands_equal_those_of_the_real_file() -> None:
    path = REAL / "edfacts_2015.csv"
    if not path.exists():
        pytest.skip(f"the real data is not at {path}")
    real = pd.read_csv(path, usecols=["ALL_COHORT_1415", "ALL_RATE_1415"], dtype="str", encoding="latin-1")
    real = real[real["ALL_COHORT_1415"].str.fullmatch(r"\d+") & real["ALL_RATE_1415"].ne(".")]
    texts = real["ALL_RATE_1415"].reset_index(drop=True)
    rates, _ = parse_rates(texts)
    # Any rate within the band will do: the upper end of LT50 is open.
    inside = np.floor(100 * rates["high"].where(texts != "LT50", 0.49) + 1e-9).astype("int64")
    ours = publish_rates(real["ALL_COHORT_1415"].astype("int64").to_numpy(), inside.to_numpy())
    assert len(texts) > 20_000
    # The states blurred a few rates further than the size of the cohort asks.
    assert (ours == texts).mean() > 0.99


def test_one_in_eleven_regular_high_schools_is_low_and_they_lie_together() -> None:
    state = generate_state(schools=5000, seed=1)
    schools = state.directory.merge(state.geocodes[["NCESSCH", "LAT", "LON", "CBSA"]], on="NCESSCH")
    rates = state.graduation_rates.merge(schools, on="NCESSCH")
    regular = rates[
        (rates["SCH_TYPE"] == "1") & (rates["GSHI"] == "12") & ~rates["SCH_NAME"].str.contains("Charter|Magnet")
    ]
    low = _is_low(regular["ALL_RATE_2223"])
    alternative = rates[rates["SCH_TYPE"] == "4"]
    assert 0.06 < low.mean() < 0.11
    assert _is_low(alternative["ALL_RATE_2223"]).mean() > 0.6
    cities = regular[regular["CBSA"] != "N"]
    points = to_sphere_km(cities["LAT"].to_numpy(), cities["LON"].to_numpy())
    _, nearest = KDTree(points).query(points, k=2)
    is_low = low[cities.index].to_numpy()
    assert is_low[nearest[:, 1]][is_low].mean() > 3 * is_low.mean()


def _is_low(texts: pd.Series) -> pd.Series:
    rates, _ = parse_rates(texts)
    return (rates["high"] < 0.67) & rates["status"].isin(["exact", "range"])


def test_the_official_list_agrees_with_the_rates_mostly_but_not_wholly(state: SampleState) -> None:
    state = generate_state(schools=5000, seed=1)
    listed = state.identified_schools.set_index("NCESSCH")["DESIGNATION"]
    assert set(listed) == {"CSI-GR", "CSI-LP", "TSI", "ATSI"}
    rates = state.graduation_rates.set_index("NCESSCH")["ALL_RATE_2223"]
    low = set(rates.index[_is_low(rates)])
    named = set(listed.index[listed == "CSI-GR"])
    assert 0.8 < len(low & named) / len(low) < 1
    assert 0 < len(named - low) < 0.5 * len(named)
    assert named <= set(rates.index)
