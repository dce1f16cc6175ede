"""
What protection costs, and what it keeps.

Run ``python -m bench.disclosure``. Prints how long it takes to choose and audit the protected base of a state, against
reading its files in the same run, and how many Zones of the exact counts have the same schools on the base: for a state
of 600 schools, for the same as a rural one (a quarter of every count; each student kept with a chance of one in four),
and for a large one. Ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from bench.turns import in_one_piece, take_turns
from clustering import ChosenProtection, Scenario, choose_protection, generate_state, read_scenario, write_state

SEED, ROUNDS, LARGE = 6, 3, 5_000
POLICIES = ("standard", "cell-key")
DRAWS = 4


def main() -> None:
    """Measure and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", type=int, default=LARGE)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    figures = dict(measure(given.large, given.rounds))
    for name, value in figures.items():
        print(f"{name:<60}{value:>10}")
    print(json.dumps(figures))


def measure(large: int, rounds: int) -> Iterator[tuple[str, float]]:
    """
    Time protection, and count the Zones that it keeps.

    Parameters
    ----------
    large
        Schools of the large state.
    rounds
        Turns of each contender; the medians count.

    Yields
    ------
    figure
        Name and value: seconds, their ratio to reading, Zones, and points by which retention is off at the median.
    """
    with tempfile.TemporaryDirectory() as folder:
        for schools in (600, large):
            files = Path(folder) / str(schools)
            write_state(generate_state(schools=schools, seed=SEED), files)
            scenario = read(files)
            contenders = [in_one_piece("reading", partial(read, files))]
            contenders += [in_one_piece(policy, partial(choose, scenario, policy)) for policy in POLICIES]
            timed = take_turns(contenders, rounds)
            for policy in POLICIES:
                yield f"{schools} schools, {policy}: s", round(timed[policy].whole_s, 2)
                yield (
                    f"{schools} schools, {policy}: ratio to reading",
                    round(timed[policy].whole_s / timed["reading"].whole_s, 2),
                )
                yield from kept(f"{schools} schools, {policy}", timed[policy].result)
        scenario = read(Path(folder) / "600")
        rural = {"quarter": quartered(scenario)} | {f"draw {seed}": thinned(scenario, seed) for seed in range(DRAWS)}
        for name, state in rural.items():
            for policy in POLICIES:
                yield from kept(f"rural {name}, {policy}", choose(state, policy))


def read(files: Path) -> Scenario:
    """Read the files of a generated state."""
    rates = sorted(files.glob("acgr_*.csv"))
    return read_scenario(schools=files / "schools.csv", flows=files / "promotions.csv", performance=rates)


def choose(scenario: Scenario, policy: str) -> ChosenProtection:
    """Choose a base, with a key for the policy that allows noise."""
    return choose_protection(scenario, policy, key=b"benchmark")


def kept(name: str, chosen: ChosenProtection) -> Iterator[tuple[str, float]]:
    """What the chosen base keeps of the exact Zones, and the fewest values of a small count."""
    trial = chosen.trial
    yield f"{name}: Zones kept ({trial.method})", trial.same_zones
    yield f"{name}: exact Zones", trial.zones
    yield f"{name}: retention off", trial.retention_off or 0.0
    yield f"{name}: fewest values", (trial.flows.fewest_values if trial.flows else None) or 0


def quartered(scenario: Scenario) -> Scenario:
    """The state with a quarter of every count, rounded; a suppressed count is taken as four students."""
    return _with_counts(scenario, np.round(_counts(scenario) / 4))


def thinned(scenario: Scenario, seed: int) -> Scenario:
    """The state with each student kept with a chance of one in four; a suppressed count is taken as four students."""
    return _with_counts(scenario, np.random.default_rng(seed).binomial(_counts(scenario), 0.25).astype("float64"))


def _counts(scenario: Scenario) -> np.ndarray:
    return scenario.flows["students"].fillna(4).to_numpy(dtype="int64")


def _with_counts(scenario: Scenario, students: np.ndarray) -> Scenario:
    flows = scenario.flows.assign(students=students, students_low=students, students_high=students)
    return replace(scenario, flows=flows[students > 0].reset_index(drop=True))


if __name__ == "__main__":
    main()
