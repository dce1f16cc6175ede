"""
Time and peak memory of student enrolment records to promotions, beside DuckDB and Polars on the same file.

Run ``python -m bench.students [--records 10000000]``. Each reader runs in a fresh process. The alternatives do the bare
equivalent only: read the file, one row per distinct student, year, school and grade, join every student to the next
year, count. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

YEARS = (2021, 2022, 2023)
COLUMNS = ("student_id", "school_year", "school_id", "grade", "entry_date", "exit_date", "exit_code", "primary_flag")
GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
EXIT_CODES = ("", "END", "TRN")
ROWS_AT_ONCE = 1_000_000
STUDENTS_PER_RECORD = 0.38

# The peak is asked of the kernel for this program alone: what getrusage says includes the process that started it.
_MEASURED = r"""
import json, re, sys, time
from pathlib import Path
path = Path(sys.argv[1])
{imports}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({{"s": round(seconds, 2), "peak_mb": round(peak), "cells": int(cells), "students": int(students)}}))
"""
READERS = {
    "feeder_zones": (
        "from clustering.flows.records import derive_promotions\n"
        "from clustering.io.records import read_student_records",
        "flows = derive_promotions(read_student_records([path])).flows\n"
        "moved = flows[flows['destination'].notna()]\n"
        "cells, students = len(moved), moved['students'].sum()",
    ),
    "duckdb": (
        "import duckdb",
        "types = \"{'student_id': 'BIGINT', 'school_year': 'VARCHAR', 'school_id': 'VARCHAR', 'grade': 'VARCHAR'}\"\n"
        "duckdb.sql('set enable_progress_bar = false')\n"
        "cells, students = duckdb.sql(f'''\n"
        "    create temp table kept as select distinct student_id, cast(school_year[:4] as int) as year, school_id, grade\n"
        "        from read_csv('{path}', header = true, types = {types});\n"
        "    create temp table flows as select a.school_id as origin, b.school_id as destination, a.grade,\n"
        "            b.grade as next_grade, a.year, count(*) as students\n"
        "        from kept a join kept b on a.student_id = b.student_id and b.year = a.year + 1 group by all;\n"
        "    select count(*), sum(students) from flows\n"
        "''').fetchall()[0]",
    ),
    "polars": (
        "import polars as pl",
        "kept = (\n"
        "    pl.scan_csv(path, schema_overrides={'student_id': pl.Int64, 'school_id': pl.String, 'grade': pl.String})\n"
        "    .select('student_id', pl.col('school_year').str.head(4).cast(pl.Int32).alias('year'), 'school_id', 'grade')\n"
        "    .unique()\n"
        "    .collect(engine='streaming')\n"
        "    .lazy()\n"
        ")\n"
        "after = kept.with_columns(pl.col('year') - 1).rename({'school_id': 'destination', 'grade': 'next_grade'})\n"
        "flows = (\n"
        "    kept.join(after, on=['student_id', 'year'])\n"
        "    .group_by('school_id', 'destination', 'grade', 'next_grade', 'year')\n"
        "    .agg(students=pl.len())\n"
        "    .collect(engine='streaming')\n"
        ")\n"
        "cells, students = len(flows), flows['students'].sum()",
    ),
}


def write_student_records(path: Path, records: int, *, seed: int = 1) -> None:
    """
    Write a generated extract of three school years, in no order.

    Parameters
    ----------
    path
        The CSV file to write.
    records
        Rows without the header. About 6% of the student-years have a second stint at another school, 1% are given twice.
    seed
        Seed of the generator: the same seed gives the same bytes.
    """
    generator = np.random.default_rng(seed)
    table = generate_stints(generator, records)
    order = generator.permutation(len(table["student"]))[:records]
    schools = pa.array([f"06{number:010d}" for number in range(int(table["school"].max()) + 1)])
    days = pa.array(np.arange(np.datetime64("2021-07-01"), np.datetime64("2024-07-01")).astype(str))
    texts = {
        "school_year": pa.array([f"{year}-{(year + 1) % 100}" for year in YEARS]),
        "school_id": schools,
        "grade": pa.array(GRADES),
        "entry_date": days,
        "exit_date": days,
        "exit_code": pa.array(EXIT_CODES),
        "primary_flag": pa.array(["N", "Y"]),
    }
    codes = dict(zip(COLUMNS, table.values(), strict=True))
    schema = pa.schema([("student_id", pa.int64()), *((name, pa.string()) for name in texts)])
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(",".join(COLUMNS).encode() + b"\n")
        with pyarrow.csv.CSVWriter(file, schema, write_options=options) as writer:
            for start in range(0, records, ROWS_AT_ONCE):
                rows = order[start : start + ROWS_AT_ONCE]
                columns = [pa.array(codes["student_id"][rows])]
                columns += [pc.take(values, pa.array(codes[name][rows])) for name, values in texts.items()]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def generate_stints(generator: np.random.Generator, records: int) -> dict[str, np.ndarray]:
    """
    Draw stints of students who move up through feeding schools.

    Parameters
    ----------
    generator
        Source of chance.
    records
        How many stints are wanted; somewhat more are drawn.

    Returns
    -------
    stints
        For each of ``COLUMNS`` an array: the student's number, else the place of the text in its list.
    """
    students = int(records * STUDENTS_PER_RECORD) + 20
    schools = max(40, records // 1_500)
    first_grade = generator.integers(-2, 13, students)
    home = generator.integers(0, schools, students)
    student, year = (axis.ravel() for axis in np.meshgrid(np.arange(students), np.arange(len(YEARS)), indexing="ij"))
    repeats = (generator.random(students) < 0.05)[student] & (year > 0)
    grade = first_grade[student] + year - repeats
    kept = (grade >= 0) & (grade < len(GRADES)) & (generator.random(len(grade)) > 0.02)
    student, year, grade = student[kept], year[kept], grade[kept]
    stray = generator.random(len(student)) < 0.06
    place = np.where(stray, generator.integers(0, schools, len(student)), home[student])
    school = school_of(place, grade, schools)
    opening = np.array([31, 396, 761])[year] + generator.integers(0, 20, len(student))
    closing = opening + 290
    first = {
        "student": student + 1_000_000_000,
        "year": year,
        "school": school,
        "grade": grade,
        "entry": opening,
        "exit": closing,
        "exit_code": np.ones(len(student), dtype=np.int64),
        "primary": np.ones(len(student), dtype=np.int64),
    }
    moves = np.flatnonzero(generator.random(len(student)) < 0.06)
    later = {name: values[moves] for name, values in first.items()}
    later["school"] = school_of(generator.integers(0, schools, len(moves)), grade[moves], schools)
    later["entry"] = opening[moves] + generator.integers(20, 270, len(moves))
    first["exit"][moves], first["exit_code"][moves] = later["entry"] - 1, 2
    twice = generator.integers(0, len(student), len(student) // 100)
    return {name: np.concatenate([values, later[name], values[twice]]) for name, values in first.items()}


def school_of(place: np.ndarray, grade: np.ndarray, schools: int) -> np.ndarray:
    """School that takes pupils of a place in a grade: 60% of all are elementary, 20% middle and 20% high schools."""
    elementary, middle = schools * 6 // 10, schools * 2 // 10
    nearest = place % elementary
    return np.select(
        [grade < 6, grade < 9],
        [nearest, elementary + nearest * middle // elementary],
        elementary + middle + nearest * (schools - elementary - middle) // elementary,
    )


def measure_students(folder: Path, records: int) -> dict[str, float | int | str]:
    """
    Run each reader on one generated file, in a process of its own.

    Parameters
    ----------
    folder
        Where the file is written.
    records
        Rows of the file.

    Returns
    -------
    figures
        For each reader ``_s``, ``_peak_mb``, ``_cells``, ``_students`` (students who are found a year later), and
        ``ratio_to_fastest``: our seconds over those of the faster alternative.
    """
    path = folder / "student_records.csv"
    write = f"from bench.students import *; write_student_records(Path({str(path)!r}), {records})"
    subprocess.run([sys.executable, "-c", write], check=True)
    figures: dict[str, float | int | str] = {"records": records, "file_mb": round(path.stat().st_size / 1e6)}
    for name, (imports, work) in READERS.items():
        script = _MEASURED.format(imports=imports, work=work)
        done = subprocess.run([sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True)
        figures |= {f"{name}_{figure}": value for figure, value in json.loads(done.stdout).items()}
    fastest = min(("duckdb", "polars"), key=lambda name: float(figures[f"{name}_s"]))
    figures["fastest_alternative"] = fastest
    figures["ratio_to_fastest"] = round(float(figures["feeder_zones_s"]) / float(figures[f"{fastest}_s"]), 2)
    return figures


def main() -> None:
    """Run all readers once and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure_students(Path(folder), asked.records)
    print(f"{'reader':<16}{'seconds':>10}{'peak MB':>10}{'cells':>12}{'students':>12}")
    for name in READERS:
        print(
            f"{name:<16}"
            + "".join(
                f"{figures[f'{name}_{figure}']:>{width}}"
                for figure, width in (("s", 10), ("peak_mb", 10), ("cells", 12), ("students", 12))
            )
        )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
