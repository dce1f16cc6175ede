"""Known paths of students, with shares and ends worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clustering.model.columns import PATH_COLUMNS
from clustering.zones.known_paths import KnownPaths, find_known_paths
from clustering.zones.link_ends import LinkEnds

INDEX = pd.Index(["a", "b", "c", "h", "x"], dtype="str", name="school_id")
# Rows of the links: a to b is 0, a to h 1, b to c 2, b to h 3, c to h 4.
LINKS = LinkEnds(
    origin=INDEX.get_indexer(list("aabbc")), destination=INDEX.get_indexer(list("bhchh")), school_count=len(INDEX)
)
A_TO_B, A_TO_H, B_TO_C, B_TO_H, C_TO_H = range(5)


def known(*rows: tuple[str, str, str | None, float, float, float]) -> KnownPaths | None:
    table = pd.DataFrame([(*row, "catchments") for row in rows], columns=list(PATH_COLUMNS))
    return find_known_paths(table.astype({"origin": "str", "via": "str", "destination": "str"}), LINKS, INDEX)


def share(paths: KnownPaths | None, first: int, second: int, end: str = "") -> float:
    assert paths is not None
    return float(paths.shares_of(np.array([first]), np.array([second]), end)[0])


def test_a_share_is_that_of_all_who_were_followed() -> None:
    # Of 100 followed from a through b 60 went on to h and 10 to c; 20 to a school that no file lists, and 10 nowhere.
    paths = known(
        ("a", "b", "c", 10, 10, 10),
        ("a", "b", "h", 60, 60, 60),
        ("a", "b", "9999", 20, 20, 20),
        ("a", "b", None, 10, 10, 10),
    )
    assert share(paths, A_TO_B, B_TO_H) == pytest.approx(0.6)
    assert share(paths, A_TO_B, B_TO_C) == pytest.approx(0.1)
    assert paths is not None
    assert paths.basis.tolist() == ["catchments", "", "", "", ""]
    assert paths.is_known.tolist() == [True, False, False, False, False]


def test_a_pair_that_is_not_there_has_no_share() -> None:
    paths = known(("a", "b", "c", 30, 30, 30))
    assert share(paths, A_TO_B, B_TO_C) == 1
    # All went to c: nobody to h. Of b's own students on their way to c nothing is known.
    assert share(paths, A_TO_B, B_TO_H) == 0
    assert share(paths, B_TO_C, C_TO_H) == 0


def test_ends_set_one_cell_against_all_others() -> None:
    # 10 to c, 1 to 9 to h, 1 to 9 nowhere. Of h at least 1 / (1 + 10 + 9), at most 9 / (9 + 10 + 1); of c 10 / 28 to 10
    # / 12.
    paths = known(("a", "b", "c", 10, 10, 10), ("a", "b", "h", 5, 1, 9), ("a", "b", None, 5, 1, 9))
    assert [share(paths, A_TO_B, B_TO_H, end) for end in ("_low", "", "_high")] == pytest.approx(
        [1 / 20, 1 / 4, 9 / 20]
    )
    assert [share(paths, A_TO_B, B_TO_C, end) for end in ("_low", "", "_high")] == pytest.approx(
        [10 / 28, 0.5, 10 / 12]
    )


def test_paths_over_no_link_are_left_out() -> None:
    # Nobody was promoted from a into c or from x into b in the years of the request, nor from c into x.
    paths = known(
        ("a", "c", "h", 10, 10, 10),
        ("x", "b", "h", 10, 10, 10),
        ("b", "c", "h", 30, 30, 30),
        ("b", "c", "x", 10, 10, 10),
    )
    assert paths is not None
    assert paths.is_known.tolist() == [False, False, True, False, False]
    assert share(paths, B_TO_C, C_TO_H) == 0.75


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [("b", "c", "h", 30.0, 30.0, 30.0), ("a", "b", "h", 60.0, 60.0, 60.0), ("a", "b", "c", 20.0, 20.0, 20.0)]
    first, second = known(*rows), known(*reversed(rows))
    assert first is not None
    assert second is not None
    assert first.keys.tolist() == second.keys.tolist() == sorted(first.keys.tolist())
    assert first.shares.tolist() == second.shares.tolist()


def test_without_paths_nothing_is_known() -> None:
    assert known() is None
