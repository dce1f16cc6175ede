"""The presets on EDFacts' graduation rates of 2014-15, counted again by a reader of this file's own."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from clustering import Identification, Scenario, identify_by_rules, identify_schools, list_presets, read_scenario

ANSWERS = ("certain", "possible", "no", "unknown")


@pytest.fixture(scope="module")
def published(shared_data: Path) -> pd.DataFrame:
    path = shared_data / "us_schools" / "edfacts_2015.csv"
    if not path.is_file():
        pytest.skip(f"EDFacts' graduation rates of 2014-15 are not on this machine (looked for {path})")
    return pd.read_csv(path, dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def national(published: pd.DataFrame) -> Scenario:
    """Every school of the file as a high school: the file says no grades."""
    ids = published["NCESSCH"]
    schools = pd.DataFrame({"NCESSCH": ids, "name": published["SCHNAM"], "grades": "9-12", "lat": "", "lon": ""})
    row = {"origin": ids.iloc[0], "destination": ids.iloc[1], "grade": "8", "students": "20", "school_year": "2014-15"}
    return read_scenario(schools=[schools], flows=[pd.DataFrame([row])], performance=[published])


@pytest.fixture(scope="module")
def identified(national: Scenario) -> dict[str, Identification]:
    names = list(list_presets().index)
    return dict(zip(names, identify_by_rules(national, names), strict=True))


def answer_of(text: str, threshold: int) -> str:
    """Whether a published per cent is below the threshold, read without the library; 67 is 66.5 to 67.5."""
    if text in ("PS", ".", ""):
        return "unknown"
    if numbers := re.fullmatch(r"(\d+)-(\d+)", text):
        low, high = map(int, numbers.groups())
        return "certain" if high < threshold else "possible" if low < threshold else "no"
    sign, number = text[:2], int(re.sub(r"\D", "", text))
    if sign == "LT":
        return "certain" if number <= threshold else "possible"
    if sign == "LE":
        return "certain" if number < threshold else "possible"
    if sign == "GE":
        return "possible" if number < threshold else "no"
    return "certain" if number < threshold else "possible" if number == threshold else "no"


def counts_of(answers: pd.Series) -> dict[str, int]:
    return {name: int((answers == name).sum()) for name in ANSWERS}


def test_the_federal_rule_of_graduation(published: pd.DataFrame, identified: dict[str, Identification]) -> None:
    expected = published.set_index("NCESSCH")["ALL_RATE_1415"].map(lambda text: answer_of(text, 67)).sort_index()
    found = identified["essa_csi_graduation"]
    # One in eight of these answers is undetermined, and a reader who takes middles of bands would never know.
    assert counts_of(expected) == {"certain": 3150, "possible": 1660, "no": 16092, "unknown": 1265}
    pd.testing.assert_series_equal(found.decisions["certainty"], expected, check_names=False, check_dtype=False)
    assert found.counts == {**counts_of(expected), "excluded": 0, "identified": 3150}


def test_the_published_numbers_themselves_leave_24_schools_less_undecided(
    published: pd.DataFrame, national: Scenario
) -> None:
    rates = published.set_index("NCESSCH")["ALL_RATE_1415"]
    rule = {"preset": "essa_csi_graduation", "compared_rate": "published"}
    found = identify_schools(national, rule).decisions["certainty"]
    assert (rates == "67").sum() == 24
    assert (found[rates.index[rates == "67"]] == "no").all()
    assert int((found == "possible").sum()) == 1660 - 24


def test_minnesota_asks_for_any_group(published: pd.DataFrame, identified: dict[str, Identification]) -> None:
    rates = published.set_index("NCESSCH").filter(regex="_RATE_1415$").sort_index()
    answers = rates.map(lambda text: answer_of(text, 67))
    # A group without a rate is no group of the school; all students without one are a school without a rate.
    answers = answers.mask((rates == ".") | (rates == ""))
    answers["ALL_RATE_1415"] = answers["ALL_RATE_1415"].fillna("unknown")
    order = ["no", "unknown", "possible", "certain"]
    expected = answers.apply(lambda column: column.map(order.index, na_action="ignore")).max(axis=1)
    expected = expected.map(lambda place: order[int(place)])
    assert counts_of(expected) == {"certain": 6142, "possible": 12593, "no": 106, "unknown": 3326}
    found = identified["mn_csi_graduation"].decisions["certainty"]
    pd.testing.assert_series_equal(found, expected, check_names=False, check_dtype=False)


def test_rules_of_other_measures_know_nothing_and_say_so(identified: dict[str, Identification]) -> None:
    """The file has four-year graduation rates of one year only, and no Title I status."""
    for name in identified.keys() - {"essa_csi_graduation", "mn_csi_graduation"}:
        found = identified[name]
        assert set(found.decisions["certainty"]) <= {"unknown", "no"}, name
        assert not found.decisions["identified"].any(), name
        assert any(note.startswith("The files have no ") for note in found.notes) or name == "ca_csi_graduation", name
    # Three years are asked for and one is there; one year at or above 60% is no rate below 60% in every year.
    assert identified["ca_csi_graduation"].counts["unknown"] == 22167
    assert "too few years have a rate" in identified["ca_csi_graduation"].explanations.iloc[0]


WORDS = {
    r"^(\d+)-(\d+)$": r"\1% to \2%",
    r"^LT(\d+)$": r"under \1%",
    r"^LE(\d+)$": r"\1% or less",
    r"^GE(\d+)$": r"\1% or more",
    r"^PS$": "suppressed",
    r"^\.?$": "not published",
}


def test_every_sentence_says_in_words_what_was_published(published: pd.DataFrame, national: Scenario) -> None:
    sentences = identify_schools(national, "essa_csi_graduation", disclosure="exact").explanations
    words = published.set_index("NCESSCH")["ALL_RATE_1415"].sort_index().replace(WORDS, regex=True)
    words = words.map(lambda text: f"published as {text}%, which stands for" if text.isdigit() else text)
    for text, sentence in zip(words.iloc[::500], sentences.iloc[::500], strict=True):
        is_whole = text != "not published" and not text.startswith("published as")
        assert sentence.startswith(f"Graduation rate {text} (2014-15" if is_whole else f"Graduation rate {text}"), (
            sentence
        )
