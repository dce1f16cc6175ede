"""The attacker succeeds where counts are shown in faulty ways, and says no more than all possible counts do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from tests.examples.attacked_states import AttackedState, generated, thinned
from tests.oracles.disclosure_attacker import faulty_ways
from tests.oracles.disclosure_attacker.attack import Attack, attack_counts
from tests.oracles.disclosure_attacker.claims import Claim, Form, Reader, judge
from tests.oracles.disclosure_attacker.count_system import CountSystem, sums_by
from tests.oracles.disclosure_attacker.hashes import guess, hashes_in
from tests.oracles.disclosure_attacker.known_flows import CELL, KnownFlows, keys_of, know_flows
from tests.oracles.disclosure_attacker.library_answers import ask_again_and_again
from tests.oracles.disclosure_attacker.lists import counts_in_lists
from tests.oracles.disclosure_attacker.rates import every_group, every_pair, values_left
from tests.oracles.disclosure_attacker.redraw import redraw
from tests.oracles.disclosure_attacker.tightest import tightest

SEEDS = range(12)
POOLED = ["origin", "destination", "kind", "grade", "next_grade"]


def random_system(seed: int) -> CountSystem:
    """Six counts up to 5, and four sums of some of them, all of which a drawn truth agrees with."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 6, 6)
    sums = rng.integers(0, 2, (4, 6)).astype("float64")
    totals = sums @ truth
    return CountSystem(
        np.maximum(truth - rng.integers(0, 4, 6), 0).astype("float64"),
        np.minimum(truth + rng.integers(0, 4, 6), 5).astype("float64"),
        csr_array(sums),
        totals - rng.integers(0, 2, 4),
        totals + rng.integers(0, 2, 4),
    )


def possible_counts(system: CountSystem) -> np.ndarray:
    """All counts that agree with everything, one by one."""
    ranges = [range(int(low), int(high) + 1) for low, high in zip(system.least, system.most, strict=True)]
    return np.array([counts for counts in product(*ranges) if system.holds(np.array(counts))])


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_are_those_of_all_possible_counts(seed: int) -> None:
    system = random_system(seed)
    possible = possible_counts(system)
    found = tightest(system, np.arange(6))
    # Linear programs may leave a whole number that no counts reach; in a table, as flows are one, they leave none.
    assert (found.least <= possible.min(axis=0)).all()
    assert (found.most >= possible.max(axis=0)).all()
    reached = (found.least == possible.min(axis=0)) & (found.most == possible.max(axis=0))
    assert reached.mean() >= 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_in_a_table_are_exact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 5, (2, 3))
    cells = sums_by(np.repeat([0, 1], 3), 2), sums_by(np.tile([0, 1, 2], 2), 3)
    system = CountSystem(np.ones(6), np.full(6, 4.0), cells[0], truth.sum(axis=1), truth.sum(axis=1)).joined(
        cells[1], truth.sum(axis=0) - 1.0, truth.sum(axis=0).astype("float64")
    )
    possible = possible_counts(system)
    found = tightest(system, np.arange(6))
    assert found.least.tolist() == possible.min(axis=0).tolist()
    assert found.most.tolist() == possible.max(axis=0).tolist()


def sound_table(state: AttackedState, by: Sequence[str] = CELL) -> pd.DataFrame:
    """Flows in classes, summed over what ``by`` leaves out: wide enough that little can be told."""
    exact = state.exact
    sums = exact.groupby(list(by), dropna=False, observed=True)["students"].sum().reset_index()
    open_columns = {name: pd.array([pd.NA] * len(sums), dtype="Int64") for name in CELL if name not in by}
    return faulty_ways.in_classes(sums.assign(**open_columns))


def moved_counts(attack: Attack, enough: int = 5) -> int:
    """Cells of promotions that keep fewer values."""
    counts = attack.counts[attack.counts["what"] == "feeding"]
    return int((counts["values"] < enough).sum())


def with_claims(known: KnownFlows, claims: Sequence[Claim]) -> KnownFlows:
    judged = judge(known.system, claims, known.cells["students"].to_numpy(dtype="float64"))
    assert judged.true_families
    return replace(known, system=judged.system)


@pytest.fixture(scope="module")
def state() -> AttackedState:
    return generated(60)


@pytest.fixture(scope="module")
def known(state: AttackedState) -> KnownFlows:
    """A sound table without public sizes, so that what is found comes from what is shown beside it."""
    return know_flows(state.exact, [sound_table(state)], state.sizes.iloc[:0])


@pytest.fixture(scope="module")
def nothing_found(known: KnownFlows) -> int:
    attack = attack_counts(known, totals={})
    assert attack.is_sound
    assert len(attack.counts) > 1000
    return len(attack.broken())


def test_control_a_table_in_classes_alone_gives_nothing_away(nothing_found: int) -> None:
    assert nothing_found == 0


def test_totals_rounded_by_themselves_are_found_out(state: AttackedState, known: KnownFlows) -> None:
    by = ["origin", "destination", "kind"]
    totals = faulty_ways.totals_rounded_by_themselves(state.exact, by)
    keys = keys_of(known.cells, by)
    names = keys_of(totals.index.to_frame(index=False), by)
    sums = sums_by(names.get_indexer(keys), len(totals))
    system = known.system.joined(sums, totals.to_numpy() - 5, totals.to_numpy() + 4)
    attack = attack_counts(replace(known, system=system), totals={})
    assert attack.is_sound
    assert len(attack.broken()) > 100


def test_listed_scores_of_exact_proposals_are_found_out(state: AttackedState, known: KnownFlows) -> None:
    moved = known.cells[(known.cells["kind"] == "feeding") & (known.cells["year"] == 2022)]
    exact = state.exact[state.exact["year"] == 2022]
    claims = []
    for anchor, rows in moved.groupby("destination"):
        feeders = sorted(rows["origin"].unique())
        scores = faulty_ways.listed_scores(exact, str(anchor), feeders, 0.25)
        chosen = [feeders, *([each for each in feeders if each != left] for left in feeders)]
        for members, score in zip(chosen, scores, strict=True):
            out = moved[moved["origin"].isin(members)]
            kept = out["destination"].isin([*members, anchor]).to_numpy()
            form = Form(out.index.to_numpy(), np.where(kept, 1.0, -0.25))
            claims.append(Claim("scores", form, score - 5e-4, score + 5e-4))
    attack = attack_counts(with_claims(known, claims), totals={})
    assert attack.is_sound
    assert moved_counts(attack, enough=2) > 10


def test_proposals_of_exact_counts_are_found_out(state: AttackedState, known: KnownFlows) -> None:
    reader = Reader(known.cells, state.final_grades)
    answers = ask_again_and_again(state.scenario, {"disclosure": "exact"}, times=6)
    claims = [claim for answer in answers for claim in reader.claims(*answer)]
    attack = attack_counts(with_claims(known, claims), totals={})
    assert attack.is_sound
    # Links of every single year are among the answers, and most have one grade.
    assert moved_counts(attack, enough=2) > 0.9 * (attack.counts["what"] == "feeding").sum()


def test_printed_ranges_without_the_truth_are_found_out(state: AttackedState, known: KnownFlows) -> None:
    rows = {key: np.asarray(places) for key, places in known.cells.groupby(["origin", "destination"]).indices.items()}
    is_moved = known.cells["kind"].eq("feeding").to_numpy()
    years = state.exact["year"].nunique()
    claims = []
    for link in faulty_ways.link_in_tens(state.exact).itertuples():
        cells = rows[link.origin, link.destination]
        form = Form(cells[is_moved[cells]], np.full(is_moved[cells].sum(), 1 / years))
        claims.append(Claim("ends", form, link.students_low - 5e-4, link.students_high + 5e-4))
    wrong, number = judge(known.system, claims, known.cells["students"].to_numpy()).wrong["ends"]
    assert number > 100
    assert wrong > number / 4


def narrowed(state: AttackedState, bases: Sequence[pd.DataFrame], sizes: pd.DataFrame) -> int:
    """Single cells of 1 to 9 students that are known to be fewer or more than that."""
    attack = attack_counts(know_flows(state.exact, bases, sizes), enough=9, totals={})
    assert attack.is_sound
    return len(attack.broken(9))


def test_a_second_cut_of_the_same_students_is_found_out(state: AttackedState) -> None:
    no_sizes = state.sizes.iloc[:0]
    single, pooled = sound_table(state), sound_table(state, POOLED)
    assert narrowed(state, [single], no_sizes) == 0
    assert narrowed(state, [single, pooled], no_sizes) > 100


def test_a_corrected_upload_of_the_same_students_is_found_out() -> None:
    # Three students of every large count were counted twice, as everybody is told: the class of some counts changes.
    state = thinned(60)
    students = state.exact["students"]
    twice = 3.0 * (students > 15)
    first, second = (faulty_ways.in_classes(state.exact.assign(students=each)) for each in (students, students - twice))
    second = second.assign(students_low=second["students_low"] + twice, students_high=second["students_high"] + twice)
    before = narrowed(state, [first], state.sizes)
    assert narrowed(state, [first, second], state.sizes) > before + 20


def test_a_plain_hash_of_a_file_is_found_out() -> None:
    def file(counts: tuple[int, ...]) -> pd.DataFrame:
        return pd.DataFrame({"origin": ["a", "b", "c", "d"], "students": [*counts, 42]})

    outputs = [b'{"sha256": "' + faulty_ways.plain_hash(file((3, 7, 1))).encode() + b'"}']
    hits = guess(hashes_in(outputs), lambda counts: [faulty_ways.plain_hash(file(counts))], unknown=3)
    assert hits == [(3, 7, 1)]


def test_a_column_of_counts_taken_for_a_list_is_found_out() -> None:
    schools = pd.DataFrame({"homeless": ["*", "7", "3", "7"], "phase": ["I", "II", "I", "I"]}, index=list("abcd"))

    def ask(column: str, entry: str) -> list[str]:
        return schools.index[schools[column] == entry].tolist()

    found = counts_in_lists(faulty_ways.entries_of_columns(schools), ask)
    assert found == {("homeless", "b"): 7, ("homeless", "c"): 3, ("homeless", "d"): 7}


def test_a_cohort_in_tens_with_its_own_range_is_found_out() -> None:
    pairs = every_pair(range(10, 41))
    answers = [
        faulty_ways.rate_beside_cohort_in_tens(row.graduates, row.cohort, range(10, 42)) for row in pairs.itertuples()
    ]
    # The size of every cohort is found, and with the exact rate of two large sides every count.
    by_answer = pairs.groupby(list(map(str, answers)))["cohort"].nunique()
    assert (by_answer == 1).all()


def test_all_students_less_a_group_are_found_out() -> None:
    groups = every_group(24, range(10, 25))
    answers = [
        (
            faulty_ways.rate_beside_cohort_in_tens(row.graduates, row.cohort, [10, 15, 20]),
            faulty_ways.rate_beside_cohort_in_tens(row.group_graduates, row.group, range(10, 25)),
        )
        for row in groups.itertuples()
    ]
    left = values_left(groups, answers)
    assert (left["graduates outside the group"] < 5).sum() > 100


def test_a_redrawn_state_has_the_same_sizes_and_the_same_table(state: AttackedState) -> None:
    known = know_flows(state.exact, [sound_table(state)], state.sizes)
    drawn = redraw(known, seed=1)
    assert known.system.holds(drawn["students"].to_numpy())
    other = faulty_ways.in_classes(drawn)[["students_low", "students_high"]]
    pd.testing.assert_frame_equal(other, faulty_ways.in_classes(known.cells)[["students_low", "students_high"]])
    sizes = [cells.groupby(["origin", "grade", "year"])["students"].sum() for cells in (known.cells, drawn)]
    pd.testing.assert_series_equal(*sizes)
    assert (drawn["students"] != known.cells["students"]).mean() > 0.5
