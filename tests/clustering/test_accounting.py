"""No student is lost or made: the flows hold what the files hold, in whatever form they come."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering import Scenario, read_scenario
from tests.clustering.toy_district import toy_flows, toy_schools

IDS = [f"{number:04d}" for number in range(1, 12)]
ROW = st.tuples(
    st.sampled_from([*IDS, "9999"]),
    st.sampled_from([*IDS, "", "8888"]),
    st.integers(-1, 12),
    st.sampled_from([0, 1]),
    st.sampled_from(["2021-22", "2022-23"]),
    st.integers(0, 400),
)


@settings(max_examples=30)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_the_flows_hold_every_student_of_the_file(rows: list[tuple[str, str, int, int, str, int]]) -> None:
    table = pd.DataFrame(rows, columns=["origin", "destination", "grade", "step", "school_year", "students"])
    table["next_grade"] = table["grade"] + table["step"]
    listed = {"origin": "0001", "destination": "0007", "grade": 5, "next_grade": 6, "school_year": "2022-23"}
    table = pd.concat([table.drop(columns="step"), pd.DataFrame([{**listed, "students": 1}])], ignore_index=True)
    scenario = read_scenario(schools=toy_schools(), flows=table.astype("str"))
    assert scenario.flows["students"].sum() == table["students"].sum()
    (file,) = [file for file in scenario.report.files if file.role == "flows"]
    assert (file.rows_read, file.rows_used, file.rows_set_aside) == (len(table), len(table), 0)
    assert sum(scenario.report.flow_rows.values()) == len(scenario.flows)
    keys = ["origin", "destination", "grade", "next_grade", "school_year"]
    assert len(scenario.flows) == len(table.drop_duplicates(keys))
    plain = table.astype("str").groupby(keys)["students"].apply(lambda cells: sum(map(int, cells)))
    for row in scenario.flows.to_dict("records"):
        year = f"{row['year']}-{(row['year'] + 1) % 100:02d}"
        destination = "" if pd.isna(row["destination"]) else row["destination"]
        key = (row["origin"], destination, str(row["grade"]), str(row["next_grade"]), year)
        assert row["students"] == plain[key]


def test_suppressed_cells_keep_their_interval() -> None:
    flows = toy_flows()
    flows.loc[[0, 1], "students"] = ["*", "<10"]
    table = read_scenario(schools=toy_schools(), flows=flows).flows
    exact = pd.to_numeric(flows["students"], errors="coerce").sum()
    assert table["students"].sum() == exact
    assert (table["students_low"].sum(), table["students_high"].sum()) == (exact + 2, exact + 18)


def _text(sign: str, encoding: str) -> bytes:
    return toy_flows().to_csv(index=False, sep=sign).encode(encoding)


def _book() -> bytes:
    whole = io.BytesIO()
    with pd.ExcelWriter(whole) as writer:
        pd.DataFrame([["Promotions of a district"]]).to_excel(writer, sheet_name="flows", index=False, header=False)
        toy_flows().to_excel(writer, sheet_name="flows", index=False, startrow=2)
    return whole.getvalue()


def _matrix() -> bytes:
    flows = toy_flows()
    keys = ["origin", "grade", "next_grade", "school_year"]
    table = flows.pivot_table(index=keys, columns="destination", values="students", aggfunc="first")
    return table.reset_index().to_csv(index=False).encode()


FORMS = {
    **{f"text with {sign!r}": _text(sign, "utf-8") for sign in ",\t|^;"},
    **{f"text in {encoding}": _text(",", encoding) for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252")},
    "bare carriage returns": _text(",", "utf-8").replace(b"\n", b"\r"),
    "Parquet": toy_flows().to_parquet(),
    "a workbook with a title": _book(),
    "a matrix": _matrix(),
}


@pytest.fixture(scope="module")
def expected() -> Scenario:
    return read_scenario(schools=toy_schools(), flows=toy_flows())


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_a_file_changes_nothing(form: str, expected: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "flows"
    path.write_bytes(FORMS[form])
    scenario = read_scenario(schools=toy_schools(), flows=path)
    assert scenario.content_sha256 == expected.content_sha256
    pd.testing.assert_frame_equal(scenario.flows, expected.flows)
