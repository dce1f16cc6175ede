"""
Time and memory that following students over two promotions adds to reading their records.

Run ``python -m bench.student_paths [--records 10000000]``. A generated extract of six school years is read and counted
in a fresh process, then its students are followed; pandas follows the same students by ``merge_asof`` in another. Ends
with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from bench.students import in_fresh_process, school_of
from bench.turns import Row, figures_of, peak_mb, show
from clustering.flows.records.paths import follow_paths
from clustering.flows.records.promotions import derive_promotions
from clustering.flows.records.trajectories import Trajectories
from clustering.model.grades import grade_mask
from clustering.readers.student_records import read_student_records

FIRST_YEAR, YEARS = 2017, 6
FINAL_GRADES = (5, 8, 12)


def write_records(path: Path, records: int, *, seed: int = 1) -> None:
    """
    Write records of students who go from an elementary through a middle into a high school.

    Parameters
    ----------
    path
        The CSV file to write.
    records
        About how many rows; in each year 5% of the students repeat a grade, 6% are in a school elsewhere, 4% are away.
    seed
        Seed of the generator.
    """
    generator = np.random.default_rng(seed)
    students, schools = records // 4, school_count(records)
    year, student = (axis.ravel() for axis in np.meshgrid(np.arange(YEARS), np.arange(students), indexing="ij"))
    behind = (generator.random((YEARS, students)) < 0.05).cumsum(axis=0).ravel()
    grade = generator.integers(-3, 13, students)[student] + year - behind
    home = generator.integers(0, schools, students)[student]
    place = np.where(generator.random(len(student)) < 0.06, generator.integers(0, schools, len(student)), home)
    kept = np.flatnonzero((grade >= 0) & (grade <= FINAL_GRADES[-1]) & (generator.random(len(student)) > 0.04))
    columns = {
        "student_id": student[kept] + 1_000_000_000,
        "school_year": np.array([f"{fall}-{fall + 1}" for fall in range(FIRST_YEAR, FIRST_YEAR + YEARS)])[year[kept]],
        "school_id": pa.array(school_ids(schools)).take(pa.array(school_of(place, grade, schools)[kept])),
        "grade": grade[kept],
    }
    pyarrow.csv.write_csv(pa.table(columns), path)


def school_count(records: int) -> int:
    """Schools of a file."""
    return max(40, records // 1_500)


def school_ids(count: int) -> list[str]:
    """Identifiers: elementary schools first, then middle and high schools."""
    return [f"06{number:010d}" for number in range(count)]


def grades_offered(count: int) -> pd.Series:
    """Grades of each school: K-5, 6-8 or 9-12."""
    elementary, middle = count * 6 // 10, count * 2 // 10
    masks = np.repeat(
        [grade_mask(0, 5), grade_mask(6, 8), grade_mask(9, 12)], [elementary, middle, count - elementary - middle]
    )
    return pd.Series(masks, index=pd.Index(school_ids(count), dtype="str", name="school_id"))


def measure(path: Path, records: int, *, with_pandas: bool) -> dict[str, float]:
    """Read, count and follow in this process: seconds and peak memory before and after."""
    start = time.perf_counter()
    trajectories = derive_promotions(read_student_records([path])).trajectories
    read_s, read_mb = time.perf_counter() - start, peak_mb()
    masks = grades_offered(school_count(records))
    start = time.perf_counter()
    students = follow_with_pandas(trajectories, masks) if with_pandas else follow_with_library(trajectories, masks)
    follow_s = time.perf_counter() - start
    return {
        "rows": len(trajectories.school),
        "read_s": read_s,
        "read_mb": read_mb,
        "follow_s": follow_s,
        "both_mb": peak_mb(),
        "students": students,
    }


def follow_with_library(trajectories: Trajectories, masks: pd.Series) -> float:
    """Students on all paths."""
    return float(follow_paths(trajectories, masks)["students"].sum())


def follow_with_pandas(trajectories: Trajectories, masks: pd.Series) -> float:
    """The same by shifting and ``merge_asof``, for schools whose grades are all known; without counting by school."""
    chain = np.concatenate([[0], np.cumsum(~trajectories.is_followed[:-1])])
    rows = pd.DataFrame({"chain": chain, "school": trajectories.school, "grade": trajectories.grade.astype("int64")})
    rows["year"] = trajectories.year
    final = pd.Series(masks.reindex(trajectories.school_ids).to_numpy()).map(
        {int(mask): grade for mask, grade in zip(sorted(masks.unique()), FINAL_GRADES, strict=True)}
    )
    rows["final"] = rows["school"].map(final)
    following = rows.groupby("chain")[["school", "grade"]].shift(-1)
    moves = following["school"].notna() & (following["school"] != rows["school"]) & (following["grade"] > rows["grade"])
    leaves = rows[moves & (rows["grade"] >= rows["final"])]
    entered = rows.loc[leaves.index + 1].assign(begin=lambda table: table["year"])
    last_year = int(rows["year"].max())
    is_whole = entered["year"] + (entered["final"] - entered["grade"]) + 1 <= last_year
    rises = entered["final"].to_numpy() > leaves["final"].to_numpy()
    entered = entered[is_whole & rises & (entered["final"] < FINAL_GRADES[-1])].sort_values("year")
    exits = leaves.sort_values("year")[["chain", "year", "school"]]
    found = pd.merge_asof(entered, exits, on="year", by="chain", direction="forward", suffixes=("", "_left"))
    ends = rows.groupby("chain").last().loc[found["chain"]]
    still_there = (ends["year"].to_numpy() == last_year) & (ends["school"].to_numpy() == found["school"].to_numpy())
    return float((found["school_left"].notna() | ~still_there).sum())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000_000)
    records = options.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.csv"
        in_fresh_process(write_records, path, records)
        ours = in_fresh_process(measure_library, path, records)
        theirs = in_fresh_process(measure_pandas, path, records)
    if ours["students"] != theirs["students"]:
        message = f"pandas follows {theirs['students']:,.0f} students, we follow {ours['students']:,.0f}"
        raise RuntimeError(message)
    rows = [
        Row(name="read_and_count", value=ours["read_s"], note=f"{ours['rows']:,} students' years"),
        Row(name="read_and_count_peak", value=ours["read_mb"], unit="MB"),
        Row(name="follow", value=ours["follow_s"], ratio=ours["follow_s"] / ours["read_s"], note="to reading"),
        Row(name="follow_peak", value=ours["both_mb"], unit="MB", ratio=ours["both_mb"] / ours["read_mb"]),
        Row(name="pandas_follow", value=theirs["follow_s"], ratio=ours["follow_s"] / theirs["follow_s"]),
        Row(name="pandas_follow_peak", value=theirs["both_mb"], unit="MB", ratio=ours["both_mb"] / theirs["both_mb"]),
    ]
    show(f"Following {ours['students']:,.0f} students", rows)
    print(json.dumps({"records": records, **figures_of(rows)}))


def measure_library(path: Path, records: int) -> dict[str, float]:
    """Measure the library; a function of the module, so that another process can run it."""
    return measure(path, records, with_pandas=False)


def measure_pandas(path: Path, records: int) -> dict[str, float]:
    """Measure pandas."""
    return measure(path, records, with_pandas=True)


if __name__ == "__main__":
    main()
