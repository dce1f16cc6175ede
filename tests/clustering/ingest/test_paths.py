"""Paths of a Scenario: from student records and catchments, stored, hashed, renamed, told."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from clustering import (
    Scenario,
    read_scenario,
    report_with_counts,
    scenario_from_bytes,
    scenario_to_bytes,
    with_crosswalk,
)
from clustering.disclosure.protected_base import protected_base
from clustering.ingest.described_base import described_base
from clustering.model.scenario import no_paths
from clustering.readers.raw_table import NamedFile
from tests.examples.toy_catchments import ALBERS, rectangle
from tests.examples.toy_district import EAST, OAK, WEST, toy_scenario, toy_schools

# Oak Middle takes E1 and E2; all of E1 go on to West, and E2's are divided.
WAYS = [("0001", OAK, WEST, 60), ("0002", OAK, WEST, 12), ("0002", OAK, EAST, 28), ("0002", OAK, "", 4)]
Ways = dict[tuple[str, str, str | None], float]


def records(ways: list[tuple[str, str, str, int]], renamed: dict[tuple[str, int], str] | None = None) -> pd.DataFrame:
    """Records of five years of one cohort; ``renamed`` gives schools another identifier in a year."""
    rows = []
    for origin, via, destination, count in ways:
        for number in range(count):
            for fall, school in enumerate([origin, via, via, via, destination], start=2018):
                if school:
                    name = (renamed or {}).get((school, fall), school)
                    rows.append((f"{origin}{destination}{number}", f"{fall}-{fall - 1999}", name, fall - 2018 + 5))
    rows += [(f"Z{number}", f"{fall}-{fall - 1999}", WEST, 12) for number in range(20) for fall in range(2018, 2023)]
    return pd.DataFrame(rows, columns=["student_id", "school_year", "school_id", "grade"])


def read(folder: Path, table: pd.DataFrame, **more: object) -> Scenario:
    table.to_csv(folder / "r.csv", index=False)
    return read_scenario(schools=[toy_schools()], students=[NamedFile(folder / "r.csv", "r.csv")], **more)  # type: ignore[arg-type]


def ways_of(paths: pd.DataFrame) -> Ways:
    keys = paths[["origin", "via", "destination"]].astype(object)
    keys = keys.where(keys.notna(), None)
    return dict(zip(keys.itertuples(index=False, name=None), paths["students"].tolist(), strict=True))


FOUND: Ways = {(origin, via, destination or None): count for origin, via, destination, count in WAYS}


def test_student_records_tell_paths(tmp_path: Path) -> None:
    scenario = read(tmp_path, records(WAYS))
    assert ways_of(scenario.paths) == FOUND
    assert report_with_counts(scenario).facts["pairs_with_known_paths"] == 2
    assert report_with_counts(scenario).facts["paths_known_from"] == "student records"


def test_the_protected_base_protects_them(tmp_path: Path) -> None:
    base = protected_base(read(tmp_path, records(WAYS)), "protected")
    # In a grade of 60 who all went to Oak they are 55 to 60; their ways are 50 or more then, and 60 at the most.
    shown = base.paths.set_index(["origin", "destination"])[["students_low", "students_high"]]
    assert shown.loc[("0001", WEST)].tolist() == [50, 60]
    for (origin, _, destination), count in FOUND.items():
        low, high = shown.loc[(origin, np.nan if destination is None else destination)]
        assert low <= count <= high
        assert count > 9 or high - low >= 4
    exact = read(tmp_path, records(WAYS))
    assert protected_base(exact, "exact").paths is exact.paths


def test_the_order_of_records_changes_no_byte(tmp_path: Path) -> None:
    table = records(WAYS)
    first = read(tmp_path, table)
    again = read(tmp_path, table.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(first.paths, again.paths)
    assert first.content_sha256 == again.content_sha256


def test_the_hash_is_of_paths_too(tmp_path: Path) -> None:
    # The same flows in every year, by other ways.
    ways = [("0001", OAK, WEST, 20), ("0001", OAK, EAST, 20), ("0002", OAK, WEST, 20), ("0002", OAK, EAST, 20)]
    crossed = [("0001", OAK, WEST, 40), ("0002", OAK, EAST, 40)]
    first, second = (read(tmp_path, records(each)) for each in (ways, crossed))
    pd.testing.assert_frame_equal(first.flows, second.flows)
    assert first.content_sha256 != second.content_sha256


def test_paths_are_stored(tmp_path: Path) -> None:
    scenario = read(tmp_path, records(WAYS))
    data = scenario_to_bytes(scenario)
    back = scenario_from_bytes(data)
    pd.testing.assert_frame_equal(back.paths, scenario.paths)
    assert scenario_to_bytes(back) == data
    without = scenario_from_bytes(scenario_to_bytes(toy_scenario()))
    pd.testing.assert_frame_equal(without.paths, no_paths())


def test_a_scenario_stored_before_there_were_paths_is_read() -> None:
    scenario = toy_scenario()
    earlier = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(scenario_to_bytes(scenario))) as now, zipfile.ZipFile(earlier, "w") as then:
        for name in now.namelist():
            if name != "paths.parquet":
                then.writestr(name, b"feeder-zones scenario 5" if name == "format.txt" else now.read(name))
    back = scenario_from_bytes(earlier.getvalue())
    assert back.content_sha256 == scenario.content_sha256
    pd.testing.assert_frame_equal(back.paths, no_paths())


def test_a_table_of_flows_tells_no_paths() -> None:
    scenario = toy_scenario()
    pd.testing.assert_frame_equal(scenario.paths, no_paths())
    assert "pairs_with_known_paths" not in report_with_counts(scenario).facts


def test_too_few_years_tell_no_paths(tmp_path: Path) -> None:
    table = records(WAYS)
    scenario = read(tmp_path, table[table["school_year"] < "2022"])
    assert len(scenario.flows) > 0
    pd.testing.assert_frame_equal(scenario.paths, no_paths())


def test_a_confirmed_crosswalk_renames_paths(tmp_path: Path) -> None:
    old = {("0001", 2018): "0901", (EAST, 2022): "0911"}
    rows = [{"old_id": "0901", "new_id": "0001", "share": "1"}, {"old_id": "0911", "new_id": EAST, "share": "1"}]
    scenario = read(tmp_path, records(WAYS, old))
    assert ("0901", OAK, WEST) in ways_of(scenario.paths)
    assert ("0002", OAK, "0911") in ways_of(scenario.paths)
    assert report_with_counts(scenario).facts["pairs_with_known_paths"] == 1
    changed = with_crosswalk(scenario, rows)
    assert ways_of(changed.paths) == FOUND
    assert report_with_counts(changed).facts["pairs_with_known_paths"] == 2
    protected = with_crosswalk(scenario, rows, protect_first=True)
    low, high = protected.paths["students_low"], protected.paths["students_high"]
    true = pd.Series({(way[0], way[2]): count for way, count in FOUND.items()})
    ends = protected.paths[["origin", "destination"]].astype(object).where(protected.paths["destination"].notna(), None)
    counts = [
        true.get((origin, to), 0) for origin, to in zip(protected.paths["origin"], ends["destination"], strict=True)
    ]
    assert ((low <= counts) & (counts <= high)).all()
    assert scenario_from_bytes(scenario_to_bytes(changed)).content_sha256 == changed.content_sha256


def test_a_crosswalk_given_with_the_records_joins_a_school_renumbered_on_the_way(tmp_path: Path) -> None:
    table = records(WAYS, {("0001", 2018): "0901", (OAK, 2019): "0907", (OAK, 2020): "0907"})
    crosswalk = pd.DataFrame(
        {"old_id": ["0901", "0907"], "new_id": ["0001", OAK], "share": ["1", "1"], "confirmed": ["yes", "yes"]}
    )
    assert ways_of(read(tmp_path, table, crosswalk=[crosswalk]).paths) == FOUND
    # Unless the user says so, 0907 is another school, out of which all were promoted after grade 7.
    assert set(read(tmp_path, table).paths["origin"]) == {"0907"}


def layer(folder: Path, name: str, **shapes: object) -> NamedFile:
    table = gpd.GeoDataFrame({"school_id": list(shapes)}, geometry=list(shapes.values()), crs=ALBERS)
    table["school_id"] = table["school_id"].str.removeprefix("s")
    table.to_crs("EPSG:4326").to_file(folder / name)
    return NamedFile(folder / name, name)


def layers(folder: Path) -> list[NamedFile]:
    """E1 lies in West's catchment, E2 half in West's and half in East's; Oak has both."""
    return [
        layer(folder, "es.geojson", s0001=rectangle(0, 0, 2, 1), s0002=rectangle(2, 0, 6, 1)),
        layer(folder, "ms.geojson", s0007=rectangle(0, 0, 6, 1)),
        layer(folder, "hs.geojson", s0010=rectangle(0, 0, 4, 1), s0011=rectangle(4, 0, 6, 1)),
    ]


def test_catchments_tell_paths(tmp_path: Path) -> None:
    scenario = read_scenario(schools=[toy_schools()], catchments=layers(tmp_path))
    # 300 students in six grades.
    expected = {("0001", OAK, WEST): 50, ("0002", OAK, WEST): 25, ("0002", OAK, EAST): 25}
    assert ways_of(scenario.paths) == {way: pytest.approx(count, rel=1e-3) for way, count in expected.items()}
    assert report_with_counts(scenario).facts["pairs_with_known_paths"] == 2
    assert report_with_counts(scenario).facts["paths_known_from"] == "catchments"
    pd.testing.assert_frame_equal(protected_base(scenario, "protected").paths, scenario.paths)
    backwards = read_scenario(schools=[toy_schools()[::-1]], catchments=layers(tmp_path)[::-1])
    assert backwards.content_sha256 == scenario.content_sha256


def test_catchments_tell_the_paths_of_counted_students(tmp_path: Path) -> None:
    counts = [("0001", OAK, 5, 40), ("0002", OAK, 5, 40), (OAK, WEST, 8, 60), (OAK, EAST, 8, 20)]
    scenario = read_scenario(schools=[toy_schools()], flows=[flow_table(counts)], catchments=layers(tmp_path))
    # All of E1 lives in West's catchment and half of E2: the ground agrees with the counts.
    expected = {("0001", OAK, WEST): 40, ("0001", OAK, EAST): 0, ("0002", OAK, WEST): 20, ("0002", OAK, EAST): 20}
    assert ways_of(described_base(scenario, "exact").paths) == {
        way: pytest.approx(count, abs=1) for way, count in expected.items()
    }
    # Protected counts are the middles of classes: half a class off at the most.
    assert ways_of(described_base(scenario, "protected").paths) == {
        way: pytest.approx(count, abs=2.5) for way, count in expected.items()
    }
    assert report_with_counts(scenario).facts["paths_known_from"] == "catchments"
    assert scenario_from_bytes(scenario_to_bytes(scenario)).content_sha256 == scenario.content_sha256


@pytest.mark.parametrize("small", [1, 4, 9])
def test_paths_from_catchments_say_nothing_of_a_small_count(tmp_path: Path, small: int) -> None:
    paths = []
    for count in (5, small):
        counts = [("0001", OAK, 5, count), ("0002", OAK, 5, 42), (OAK, WEST, 8, 36), (OAK, EAST, 8, count)]
        read_so = read_scenario(schools=[toy_schools()], flows=[flow_table(counts)], catchments=layers(tmp_path))
        paths.append(described_base(replace(read_so, grade_enrolment=ENROLLED), "protected").paths)
        assert len(paths[-1])
    pd.testing.assert_frame_equal(*paths)


# The sizes of all grades that students leave or enter.
ENROLLED = pd.DataFrame(
    [("0001", 2020, 5, 60), ("0002", 2020, 5, 70), (OAK, 2020, 8, 90)]
    + [(school, 2021, grade, 150) for school, grade in ((OAK, 6), (WEST, 9), (EAST, 9))],
    columns=["school_id", "year", "grade", "students"],
).astype({"school_id": "str", "year": "Int64", "grade": "Int64", "students": "float64"})


def test_followed_students_win_over_catchments_pair_by_pair(tmp_path: Path) -> None:
    # E2 has records of its students' last step only: a transfer of the year after nobody can follow further.
    table = records(WAYS)
    late = [(f"late{number}", f"{fall}-{fall - 1999}", school, grade) for number in range(20)
            for fall, school, grade in ((2021, "0003", 5), (2022, OAK, 6))]  # fmt: skip
    more = pd.concat([table, pd.DataFrame(late, columns=table.columns)])
    scenario = read(tmp_path, more, catchments=layers(tmp_path))
    assert set(scenario.paths["basis"]) == {"student records"}
    for disclosure in ("protected", "exact"):
        base = described_base(scenario, disclosure).paths
        assert base.groupby(["origin", "via"])["basis"].nunique().tolist() == [1, 1, 1]
        bases = base.drop_duplicates("origin").set_index("origin")["basis"].to_dict()
        assert bases == {"0001": "student records", "0002": "student records", "0003": "catchments"}
    assert report_with_counts(scenario).facts["paths_known_from"] == "student records and catchments"
    assert report_with_counts(scenario).facts["pairs_with_known_paths"] == 3


def flow_table(counts: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    rows = [(origin, to, grade, grade + 1, "2020-21", students) for origin, to, grade, students in counts]
    return pd.DataFrame(rows, columns=["origin", "destination", "grade", "next_grade", "school_year", "students"])
