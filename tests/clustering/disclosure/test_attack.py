"""
An attacker with all outputs of a state and the public size of every grade: what is left of each count of 1 to 9.

The attacker (``tests/oracles/disclosure_attacker``) shares no code with the protection. That it succeeds where it
should is tested in ``test_attacker.py``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clustering import InputError, Scenario, identify_by_rules, identify_schools, json_bytes, with_protection
from clustering.disclosure.protected_base import protected_base
from tests.examples.attacked_states import STATES, AttackedState, washington, with_flows, with_some_suppressed
from tests.examples.rated_schools import rated_schools
from tests.examples.toy_district import toy_scenario, toy_schools
from tests.oracles.disclosure_attacker.attack import LEAST_POSSIBLE, Attack, attack_counts, values_of_size_alone
from tests.oracles.disclosure_attacker.claims import Judged, Reader, judge
from tests.oracles.disclosure_attacker.known_flows import KnownFlows, know_flows
from tests.oracles.disclosure_attacker.library_answers import ask_again_and_again
from tests.oracles.disclosure_attacker.lists import counts_in_lists
from tests.oracles.disclosure_attacker.rates import every_group, every_pair, searching_rules, values_left
from tests.oracles.disclosure_attacker.redraw import redraw

WASHINGTON = Path(__file__).parents[4] / "shared" / "data" / "dc_2011"
OFFICIAL = {"identification": "official:esea_class=Priority"}
NAMES = (*STATES, "some suppressed at upload", "washington")
ANSWER = ["certainty", "low", "high", "text", "students", "excluded_because", "cut_low", "cut_high", "reason"]


@cache
def state_of(name: str) -> AttackedState:
    if name == "washington":
        if not WASHINGTON.is_dir():
            pytest.skip(f"the real data is not on this machine (looked for {WASHINGTON})")
        return washington(WASHINGTON)
    return with_some_suppressed() if name == "some suppressed at upload" else STATES[name]()


@cache
def known_of(name: str) -> KnownFlows:
    """The whole protected base and the public sizes."""
    state = state_of(name)
    return know_flows(state.exact, [protected_base(registered(name), "protected").flows], state.sizes)


@cache
def registered(name: str) -> Scenario:
    """The state as a service keeps it: it is chosen once how its base is made."""
    return with_protection(state_of(name).scenario, "standard")


def given_away(attack: Attack, state: AttackedState) -> pd.DataFrame:
    """Counts that keep fewer values than five, and fewer than the public sizes alone leave them."""
    counts = attack.counts.set_index(["what", "key"])
    alone = values_of_size_alone(state.exact, state.sizes).reindex(counts.index).fillna(np.inf)
    return counts[counts["values"] < np.minimum(LEAST_POSSIBLE, alone)]


@cache
def attack_on(name: str) -> Attack:
    return attack_counts(known_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_agrees_with_the_protected_base(name: str) -> None:
    attack = attack_on(name)
    assert attack.is_sound
    assert len(attack.counts) > 500


@pytest.mark.parametrize("name", NAMES)
def test_every_count_of_1_to_9_keeps_five_values_though_sizes_are_public(name: str) -> None:
    attack = attack_on(name)
    assert given_away(attack, state_of(name)).empty, attack.summary()


@cache
def judged_of(name: str, times: int) -> tuple[Judged, int]:
    """What a sequence of proposals claims."""
    state, known = state_of(name), known_of(name)
    reader = Reader(known.cells, state.final_grades)
    settings = OFFICIAL if name == "washington" else {}
    claims = [
        claim
        for answer in ask_again_and_again(registered(name), settings, times=times)
        for claim in reader.claims(*answer)
    ]
    return judge(known.system, claims, known.cells["students"].to_numpy(dtype="float64")), len(claims)


SEQUENCES = [("generated", 20), ("a quarter of the students", 6), ("washington", 3)]


@pytest.mark.parametrize(("name", "times"), SEQUENCES)
def test_the_truth_lies_within_every_printed_interval(name: str, times: int) -> None:
    wrong, number = judged_of(name, times)[0].wrong["ends of links"]
    assert number > 100
    assert wrong == 0


@pytest.mark.parametrize(("name", "times"), SEQUENCES)
def test_a_sequence_of_proposals_gives_no_more_away(name: str, times: int) -> None:
    judged, number = judged_of(name, times)
    assert number > 1000
    attack = attack_counts(replace(known_of(name), system=judged.system))
    assert attack.is_sound
    assert given_away(attack, state_of(name)).empty, (judged.true_families, attack.summary())


def test_a_state_redrawn_inside_the_protection_gives_the_same_proposals() -> None:
    state, known = state_of("generated"), known_of("generated")
    cells = redraw(known, seed=5)
    assert (cells["students"] != known.cells["students"]).mean() > 0.3
    drawn = with_flows(state.scenario, cells[cells["students"] > 0], state.sizes)
    first = registered("generated")
    answers = [
        [
            (json_bytes(document), links)
            for document, links in ask_again_and_again(scenario, {"check_suppressed": True}, times=3)
        ]
        for scenario in (first, replace(drawn.scenario, protections=first.protections))
    ]
    assert answers[0] == answers[1]


def answers_of(candidates: pd.DataFrame, rules: list[object]) -> list[tuple[int, ...]]:
    """What is answered of a school with each of these numbers; a school may have a group, too."""
    ids = [f"{number:02d}" for number in range(1, len(candidates) + 1)]
    parts = [("all", "graduates", "cohort")]
    parts += [("ECD", "group_graduates", "group")] if "group" in candidates else []
    rows = [
        pd.DataFrame({"school_id": ids, "subgroup": group, "graduates": candidates[some], "cohort": candidates[every]})
        for group, some, every in parts
    ]
    table = pd.concat(rows).astype("str").assign(school_year="2021-22")
    scenario = rated_schools({str(name): table[name].tolist() for name in table})
    answers = [found.decisions.loc[ids, ANSWER] for found in identify_by_rules(scenario, rules)]
    codes = [
        pd.factorize(pd.MultiIndex.from_frame(each.astype(object).where(each.notna(), "-")))[0] for each in answers
    ]
    return [tuple(row) for row in np.column_stack(codes).tolist()]


def test_rates_leave_five_values_to_every_number_of_graduates_and_of_others() -> None:
    # Even where the size of every cohort of ten students and more is known.
    pairs = every_pair(range(1, 41))
    left = values_left(pairs, answers_of(pairs, searching_rules(["all"], [1, 9, 10, *range(11, 42, 3)], [0.3, 0.6])))
    assert left["graduates"].notna().sum() > 300
    assert left.min().min() >= LEAST_POSSIBLE


def test_all_students_less_a_group_keep_five_values() -> None:
    candidates = every_group(24, range(1, 25))
    questions = searching_rules(["all", ["ECD"]], [1, 6, 11, 16, 21], [0.3, 0.6])
    left = values_left(candidates, answers_of(candidates, questions))
    assert left["graduates outside the group"].notna().sum() > 1000
    assert left.min().min() >= LEAST_POSSIBLE, left.min().to_dict()


MARKS = ("*", "<5", "PS", "n<10", "suppressed", "7 to 9", "-")


@pytest.mark.parametrize("mark", MARKS)
def test_a_column_of_counts_with_a_mark_among_them_is_no_list(mark: str) -> None:
    schools = toy_schools().assign(homeless=[mark, "7", "3", "7", *[mark] * 7])
    scenario = toy_scenario(schools)

    def ask(column: str, entry: str) -> list[str]:
        try:
            found = identify_schools(scenario, f"official:{column}={entry}").decisions
        except InputError:
            return []
        return found.index[found["certainty"] == "certain"].tolist()

    listed = scenario.report.facts["official_list_columns"]
    assert ask("designation", "CSI") == ["0010", "0011"]
    assert counts_in_lists({**listed, "homeless": ["3", "7"]}, ask) == {}
