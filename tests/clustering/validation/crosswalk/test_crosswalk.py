"""Crosswalk files: every problem by row, and what a spreadsheet does to them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest

from clustering.errors import Problem
from clustering.flows.crosswalk import EVIDENCE_COLUMNS, apply_crosswalk, crosswalk_csv_table
from clustering.readers.recognition.aliases import CROSSWALK_ALIASES
from clustering.validation.crosswalk.crosswalk import (
    CROSSWALK_COLUMNS,
    CROSSWALK_KINDS,
    validate_crosswalk,
)
from tests.clustering.flows.crosswalk.test_apply import flows_of
from tests.clustering.flows.crosswalk.test_propose import best_of, findings_of, proposals_without_places

ROOT = Path(__file__).resolve().parents[4]
SCHOOL_IDS = pd.Index(["0001", "0002", "0003", "NA"], name="school_id")
FLOW_IDS = pd.Index(["0901", "0902", "0903"])


def judge(*tables: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    files = [findings_of(cells, "crosswalk") for cells in tables]
    crosswalk = validate_crosswalk(files, SCHOOL_IDS, flow_ids=FLOW_IDS)
    return crosswalk, [problem for findings in files for problem in findings.problems]


def rows_of(
    *rows: tuple[str, ...], columns: str = "old_id new_id share first_year last_year kind confirmed"
) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split(), dtype="str")


GOOD = rows_of(
    ("0901", "0001", "0.6", "", "2014-15", "split", "yes"),
    ("0901", "0002", "40%", "", "2014", "split", "Yes"),
    ("0902", "NA", "", "", "", "", "x"),
    ("0903", "", "", "", "", "", "no"),
)


def test_a_sound_file_is_read_without_a_problem() -> None:
    crosswalk, problems = judge(GOOD)
    assert problems == []
    assert tuple(crosswalk.columns) == CROSSWALK_COLUMNS
    assert crosswalk["old_id"].tolist() == ["0901", "0901", "0902", "0903"]
    assert crosswalk["new_id"].tolist()[:3] == ["0001", "0002", "NA"]
    assert crosswalk["new_id"].isna().tolist() == [False, False, False, True]
    assert crosswalk["share"].tolist() == [0.6, 0.4, 1.0, 1.0]
    assert crosswalk["last_year"].tolist()[:2] == [2014, 2014]
    assert crosswalk["first_year"].isna().all()
    assert crosswalk["kind"].tolist() == ["split", "split", "renumbered", "closed"]
    assert crosswalk["confirmed"].tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    "columns",
    [
        "old_ncessch new_ncessch share confirmed",
        "former_id current_id weight approved",
        "From_ID To_ID percent confirmed",
        "previous_school_id successor_id PCT confirmed",
    ],
)
def test_headings_of_other_files_are_recognised(columns: str) -> None:
    share = "100" if "perc" in columns.lower() or "pct" in columns.lower() else "1"
    old, new = ("000000000901", "000000000001") if "ncessch" in columns else ("0901", "0001")
    cells = rows_of((old, new, share, "no"), columns=columns)
    crosswalk, problems = judge(cells)
    assert problems == []
    assert crosswalk[["old_id", "new_id", "share"]].to_numpy().tolist() == [[old, new, 1.0]]


@pytest.mark.parametrize(
    ("place", "column", "value", "message"),
    [
        (0, "old_id", "", "identifier is missing"),
        (0, "old_id", "1.00005E+11", "turned the identifier into a number"),
        (0, "new_id", "x" * 65, "longer than 64"),
        (1, "share", "40", "not a share"),
        (1, "share", "-0.4", "not a share"),
        (1, "share", "some", "not a share"),
        (1, "last_year", "2014-16", "not a school year"),
        (2, "first_year", "long ago", "not a school year"),
        (2, "kind", "swallowed", "not a kind of change"),
        (2, "kind", "closed", "closed, without a successor"),
        (3, "kind", "merged", "new school is missing"),
        (3, "confirmed", "perhaps", "neither yes nor no"),
    ],
)
def test_one_bad_cell_is_named_with_its_row(place: int, column: str, value: str, message: str) -> None:
    cells = GOOD.copy()
    cells.loc[place, column] = value
    _, problems = judge(cells)
    found = [problem for problem in problems if message in problem.message]
    assert [problem.row for problem in found] == [place + 2], problems
    assert all(problem.is_error and problem.remedy.endswith(".") for problem in found)


def test_all_problems_come_at_once() -> None:
    cells = GOOD.copy()
    cells.loc[0, "share"], cells.loc[2, "kind"], cells.loc[3, "confirmed"] = "most", "swallowed", "perhaps"
    _, problems = judge(cells)
    assert {problem.row for problem in problems} >= {2, 4, 5}


@pytest.mark.parametrize(
    ("row", "message", "rows", "is_error"),
    [
        (("0902", "0001", "", "", "", "", "yes"), "add up to 2", {4, 6}, True),
        (("0001", "0002", "", "", "", "", "yes"), "still in the schools files", {6}, True),
        (("0904", "0009", "", "", "", "", "yes"), "Neither the old nor the new", {6}, True),
        (("0903", "0009", "", "", "", "", "yes"), "The new school is not in the schools files", {6}, False),
        (("0903", "1", "", "", "", "", "yes"), "lost its leading zero", {6}, True),
        (("903", "0001", "", "", "", "", "yes"), "lost its leading zero", {6}, True),
        (("0901", "0003", "", "2010", "", "", "yes"), "overlap", {2, 3, 6}, True),
    ],
)
def test_rows_that_contradict_others_or_the_schools(
    row: tuple[str, ...], message: str, rows: set[int], is_error: bool
) -> None:
    _, problems = judge(pd.concat([GOOD, rows_of(row)], ignore_index=True))
    found = [problem for problem in problems if message in problem.message]
    assert {problem.row for problem in found} == rows, problems
    assert {problem.is_error for problem in found} == {is_error}
    confirmed_no = pd.concat([GOOD, rows_of((*row[:-1], "no"))], ignore_index=True)
    if "zero" not in message:
        assert judge(confirmed_no)[1] == []


def test_rows_of_different_files_are_compared_and_each_named_in_its_own() -> None:
    _, problems = judge(GOOD, rows_of(("0902", "0001", "", "", "", "", "yes")))
    assert {problem.row for problem in problems} == {2, 4}
    assert len(problems) == 2


def test_a_listed_school_may_be_mapped_for_years_that_have_ended() -> None:
    _, problems = judge(rows_of(("0001", "0002", "", "", "2014", "", "yes")))
    assert problems == []


def test_a_chain_may_pass_through_schools_that_nobody_lists() -> None:
    chain = rows_of(("0901", "0777", "", "", "2014", "", "yes"), ("0777", "0001", "", "", "", "", "yes"))
    assert judge(chain)[1] == []


def test_a_file_that_does_not_say_what_is_confirmed_is_warned_of_and_not_applied() -> None:
    crosswalk, problems = judge(rows_of(("0901", "0001"), columns="old_id new_id"))
    assert [(problem.is_error, problem.column) for problem in problems] == [(False, "confirmed")]
    flows = flows_of(("0901", "0002", 8, 2012, 30))
    assert apply_crosswalk(flows, crosswalk)[0]["origin"].tolist() == ["0901"]


def test_no_files_make_an_empty_crosswalk() -> None:
    crosswalk = validate_crosswalk([], SCHOOL_IDS)
    assert (len(crosswalk), tuple(crosswalk.columns)) == (0, CROSSWALK_COLUMNS)
    flows = flows_of(("0901", "0002", 8, 2012, 30))
    pd.testing.assert_frame_equal(apply_crosswalk(flows, crosswalk)[0], flows)


def test_a_proposal_goes_out_to_a_spreadsheet_and_comes_back_confirmed() -> None:
    proposals = proposals_without_places("LINCOLN ES", "K-5", ("0001", "Lincoln Elementary", "K-5"))
    table = crosswalk_csv_table(proposals)
    untouched, problems = judge(table)
    assert (problems, untouched["confirmed"].any()) == ([], False)
    confirmed, problems = judge(table.assign(confirmed="yes"))
    assert [problem.message for problem in problems] == []
    expected = best_of(proposals).assign(confirmed=True)[list(CROSSWALK_COLUMNS)]
    pd.testing.assert_frame_equal(confirmed, expected)


def test_the_guide_names_every_heading_and_kind() -> None:
    guide = (ROOT / "docs" / "crosswalk.md").read_text(encoding="utf-8")
    for column, aliases in CROSSWALK_ALIASES.items():
        assert f"- **{column}**: " + ", ".join(f"`{alias}`" for alias in aliases) in guide, column
    for name in (*CROSSWALK_KINDS, *EVIDENCE_COLUMNS):
        assert f"`{name}`" in guide, name


def test_the_worked_example_of_the_guide_comes_out() -> None:
    guide = (ROOT / "docs" / "crosswalk.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```csv\n(.*?)```", guide, flags=re.DOTALL)
    cells, before, after = (pd.read_csv(io.StringIO(block), dtype="str") for block in blocks)
    findings = findings_of(cells, "crosswalk")
    listed = pd.Index(["0201", "0202", "0203", "0301"])
    crosswalk = validate_crosswalk([findings], listed, flow_ids=pd.Index(["0101", "0102"]))
    assert findings.problems == []
    rows = before.itertuples(index=False)
    flows = flows_of(*[(row.origin, row.destination, int(row.grade), int(row.year), int(row.students)) for row in rows])
    answer, _ = apply_crosswalk(flows, crosswalk)
    found = answer[list(after.columns)].round({"students": 9}).astype({"students": "int64"}).astype("str")
    pd.testing.assert_frame_equal(found, after)
