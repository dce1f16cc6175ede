"""
Identification by every preset, beside plain pandas that compares exact rates only.

Run ``python -m bench.identification``; ``--file`` takes a file of graduation rates in EDFacts' wide form instead of the
generated one. Both start from the same tables in memory: ours answers certain, possible, no or unknown for every school
with the numbers behind it; the other drops every rate that is a range, as a quick script does, and answers yes or no.
A second part does the same for three years of all measures. Prints a table; ends with one line of JSON that holds every
figure.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from bench.turns import Row, figures_of, in_one_piece, show, take_turns
from clustering import Criterion, Rule, Scenario, identify_by_rules, list_presets, read_rule, read_scenario

SCHOOLS = 22_167
GROUPS = ("ALL", "MAM", "MAS", "MBL", "MHI", "MTR", "MWH", "CWD", "ECD", "LEP")
MOST_S, MOST_RATIO = 2.0, 3.0


def main() -> None:
    """Measure both parts and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--file", type=Path, help="graduation rates in EDFacts' wide form")
    options.add_argument("--schools", type=int, default=SCHOOLS)
    options.add_argument("--rounds", type=int, default=9)
    parameters = options.parse_args()
    one_year = (
        read_published(parameters.file)
        if parameters.file
        else read_generated(parameters.schools, years=1, everything=False)
    )
    rows = measure("one_year", one_year, parameters.rounds, has_bars=True)
    show(f"{len(one_year.schools):,} schools, graduation rates of one year", rows)
    whole = read_generated(parameters.schools, years=3, everything=True)
    more = measure("three_years", whole, parameters.rounds, has_bars=False)
    show(f"{len(whole.schools):,} schools, {len(whole.rates):,} rates of three years", more)
    print(json.dumps({"benchmark": "identification", **figures_of([*rows, *more])}))


def measure(name: str, scenario: Scenario, rounds: int, *, has_bars: bool) -> list[Row]:
    """
    Time all presets on one scenario.

    Parameters
    ----------
    name
        Of the figures.
    scenario
        With rates.
    rounds
        Turns of each.
    has_bars
        Whether the figures have bars.

    Returns
    -------
    rows
        Ours, and that of pandas with the ratio.
    """
    rules = [read_rule(preset) for preset in list_presets().index]
    timed = take_turns(
        [
            in_one_piece("ours", lambda: identify_by_rules(scenario, rules)),
            in_one_piece("pandas", lambda: [compare_exact(scenario, rule) for rule in rules]),
        ],
        rounds,
    )
    ours, other = timed["ours"].whole_s, timed["pandas"].whole_s
    answered = sum(len(each.decisions) for each in timed["ours"].result)
    note = f"{len(rules)} presets, {answered:,} answers"
    most, most_ratio = (MOST_S, MOST_RATIO) if has_bars else (None, None)
    return [
        Row(name=f"{name}_all_presets", value=ours, note=note, most=most),
        Row(name=f"{name}_pandas_exact_rates", value=other, ratio=ours / other, most_ratio=most_ratio),
    ]


def compare_exact(scenario: Scenario, rule: Rule) -> pd.Series:
    """
    Answer a rule as a quick script does: exact rates only, yes or no.

    Parameters
    ----------
    scenario
        With rates.
    rule
        Its exclusions are left aside.

    Returns
    -------
    is_low
        Index ``school_id`` of every school.
    """
    found = pd.Series(data=False, index=scenario.schools.index)
    for criterion in rule.criteria:
        low = _lowest(scenario, criterion)
        if criterion.population != "all":
            statuses = {"title1": ["title1"], "title1_eligible_without_program": ["title1 eligible"]}
            members = scenario.schools["title1_status"].isin(statuses[criterion.population])
            low &= members.reindex(low.index)
        found |= low.reindex(found.index).fillna(value=False).astype(bool)
    return found


def _lowest(scenario: Scenario, criterion: Criterion) -> pd.Series:
    rates = scenario.rates
    rows = rates[rates["measure"].isin(criterion.measures) & (rates["grade"] == "all") & (rates["status"] == "exact")]
    if criterion.subgroups == ("all",):
        rows = rows[rows["subgroup"] == "all"]
    elif criterion.subgroups == ("groups",):
        rows = rows[rows["subgroup"] != "all"]
    if rows.empty:
        return pd.Series(dtype=bool)
    rows = rows[rows["year"] > rows["year"].max() - (criterion.years or 1)]
    keys = ["school_id", "subgroup"]
    if criterion.average == "pooled":
        graduates = (rows["exact"] * rows["cohort_students"]).groupby([rows[key] for key in keys]).sum()
        value = graduates / rows.groupby(keys)["cohort_students"].sum()
    elif criterion.average == "every":
        value = rows.groupby(keys)["exact"].max()
    else:
        value = rows.groupby(keys)["exact"].mean()
    if criterion.threshold is not None:
        low = value <= criterion.threshold if criterion.or_equal else value < criterion.threshold
    else:
        low = value.rank(method="min") <= np.ceil(len(value) * (criterion.bottom_share or 0))
    is_low: pd.Series = low.groupby(level="school_id").any()
    return is_low


def read_published(path: Path) -> Scenario:
    """Read a file of EDFacts, its schools taken to offer grades 9 to 12."""
    ids = pd.read_csv(path, dtype="str", usecols=["NCESSCH", "SCHNAM"]).drop_duplicates("NCESSCH")
    schools = ids.set_axis(["school_id", "name"], axis="columns").assign(grades="9-12")
    return _rated(schools, path)


def read_generated(schools: int, *, years: int, everything: bool) -> Scenario:
    """
    Generate schools with rates, about a third exact and the others in bands, as EDFacts publishes them.

    Parameters
    ----------
    schools
        How many.
    years
        School years.
    everything
        Rates of all measures; otherwise graduation in four years.

    Returns
    -------
    scenario
        From the long form of published rates; every third school runs a Title I program.
    """
    random = np.random.default_rng(1)
    ids = [f"{number:012d}" for number in range(1, schools + 1)]
    measures: dict[str, tuple[str, ...]] = {"graduation_4year": GROUPS}
    if everything:
        of_all = ("graduation_3year", "graduation_5year", "proficiency_mathematics", "proficiency_reading")
        measures |= {**dict.fromkeys(of_all, ("ALL",)), "index": GROUPS}
    parts = []
    for year in range(2014, 2014 - years, -1):
        for measure, groups in measures.items():
            for group in groups:
                percent = np.clip(random.normal(80, 15, schools), 0, 99).round().astype(int)
                parts.append(_long(ids, year, measure, group, _published(percent, random, measure)))
    rates = pd.concat(parts, ignore_index=True).assign(cohort_students="200")
    table = pd.DataFrame({"school_id": ids, "grades": "9-12", "title1": np.arange(schools) % 3 == 0})
    return _rated(table.assign(title1=table["title1"].map({True: "Yes", False: "No"})), rates)


def _long(ids: list[str], year: int, measure: str, group: str, texts: np.ndarray) -> pd.DataFrame:
    columns = {"school_id": ids, "school_year": f"{year}-{(year + 1) % 100}", "measure": measure, "subgroup": group}
    return pd.DataFrame(columns | {"rate": texts})


def _published(percent: np.ndarray, random: np.random.Generator, measure: str) -> np.ndarray:
    """Texts of rates: exact, five or ten points wide, at least 50, or suppressed; an index is exact."""
    texts = np.char.mod("%d", percent).astype(object)
    if measure == "index":
        return texts
    kind = random.random(len(percent))
    for width, first, last in ((5, 0.31, 0.7), (10, 0.7, 0.85)):
        low = percent // width * width
        band = np.char.add(np.char.add(np.char.mod("%d", low), "-"), np.char.mod("%d", low + width - 1))
        texts = np.where((kind >= first) & (kind < last), band, texts)
    texts = np.where((kind >= 0.85) & (kind < 0.94), np.where(percent < 50, "LT50", "GE50"), texts)
    return np.where(kind >= 0.94, "PS", texts)


def _rated(schools: pd.DataFrame, rates: pd.DataFrame | Path) -> Scenario:
    first, second = schools["school_id"].iloc[:2]
    flows = pd.DataFrame({"origin": [first], "destination": [second], "students": ["20"], "grade": ["8"]})
    return read_scenario(schools=schools, flows=flows, performance=rates)


if __name__ == "__main__":
    main()
