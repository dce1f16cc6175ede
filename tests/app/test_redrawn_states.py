"""States that differ only within what is protected: every route, page and file answers in the same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering.zones.protection_choice import protect
from tests.examples.service_requests import running_service, toy_uploads, upload
from tests.examples.small_counts_district import enrolment_file, flow_file, small_counts_district
from tests.examples.toy_register import register_uploads
from tests.oracles.disclosure_attacker.hashes import guess, hashes_in
from tests.oracles.disclosure_attacker.http_answers import every_answer
from tests.oracles.disclosure_attacker.known_flows import KnownFlows, know_flows
from tests.oracles.disclosure_attacker.redraw import redraw

ON_A_LIST: dict[str, Any] = {"identification": "official:designation=CSI"}
REQUESTS = [ON_A_LIST, {**ON_A_LIST, "years": [2021], "count_exits": True, "suppressed_students": 9}]
RULES = ["graduation_rate<0.67", "official:designation=CSI"]


@pytest.fixture(scope="module")
def known() -> KnownFlows:
    state = small_counts_district()
    return know_flows(state.exact, [protect(state.scenario, "protected").flows], state.sizes)


@pytest.fixture(scope="module")
def drawn(known: KnownFlows) -> pd.DataFrame:
    """
    Another state of as many rows.

    The number of rows of a file of flows is told, as ``rows_read``: a state in which nobody left a grade, whose file
    has no row of it, can be told from others by that number. What is shown of flows stays the same in it.
    """
    cells = redraw(known, seed=4, rounds=40)
    assert (cells["students"] > 0).all()
    return cells


def answers(folder: Path, cells: pd.DataFrame) -> dict[str, bytes]:
    with running_service(folder) as client:
        uploads = [*toy_uploads(flows=flow_file(cells)), upload("schools", enrolment_file(), "enrolment.csv")]
        return every_answer(client, uploads, register_uploads(), REQUESTS, RULES)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, known: KnownFlows) -> dict[str, bytes]:
    return answers(tmp_path_factory.mktemp("told"), known.cells)


def test_states_redrawn_inside_the_protection_give_the_same_bytes(
    tmp_path: Path, told: dict[str, bytes], drawn: pd.DataFrame
) -> None:
    other = answers(tmp_path, drawn)
    assert len([name for name, answer in told.items() if answer.startswith(b"20")]) > 85
    assert sorted(told) == sorted(other)
    assert [name for name, answer in told.items() if answer != other[name]] == []


def test_no_hash_tests_a_guess_at_a_small_count(told: dict[str, bytes], known: KnownFlows) -> None:
    small = known.cells.index[known.cells["students"].between(1, 9)][0]

    def digests(counts: tuple[int, ...]) -> list[str]:
        cells = known.cells.copy()
        cells.loc[small, "students"] = counts[0]
        file = flow_file(cells).to_csv(index=False).encode()
        return [hashlib.new(name, file).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]

    hashes = hashes_in(told.values())
    assert hashes  # of the protected tables
    assert guess(hashes, digests, unknown=1) == []


def test_control_the_redrawn_state_is_another_with_the_same_sizes(known: KnownFlows, drawn: pd.DataFrame) -> None:
    sizes = [cells.groupby(["origin", "grade", "year"])["students"].sum() for cells in (known.cells, drawn)]
    pd.testing.assert_series_equal(*sizes)
    assert (drawn["students"] != known.cells["students"]).sum() >= 25
