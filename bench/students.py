"""
Time and peak memory of student enrolment records to promotions, beside DuckDB and Polars on the same file.

Run ``python -m bench.students [--records 10000000] [--readers feeder_zones duckdb polars] [--rounds 3]``. Each reader
runs in a fresh process. The alternatives do the bare equivalent only: read the file, one row per distinct student,
year, school and grade, join every student to the next year, count. Ends with one line of JSON that holds every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from bench.turns import peak_mb

YEARS = (2021, 2022, 2023)
COLUMNS = ("student_id", "school_year", "school_id", "grade", "entry_date", "exit_date", "exit_code", "primary_flag")
GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
EXIT_CODES = ("", "END", "TRN")
ROWS_AT_ONCE = 1_000_000
STUDENTS_PER_RECORD = 0.38

Result = TypeVar("Result")

OURS = "feeder_zones"
READERS = (OURS, "duckdb", "polars")
ROUNDS = 3


def write_student_records(path: Path, records: int, *, seed: int = 1) -> None:
    """
    Write a generated extract of three school years, in no order.

    Parameters
    ----------
    path
        The CSV file to write.
    records
        Rows without the header. About 6% of the student-years have a second stint at another school, 1% stand twice.
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


def measure_students(
    folder: Path, records: int, *, readers: Sequence[str] = READERS, rounds: int = ROUNDS
) -> dict[str, float | int | str]:
    """
    Run each reader on one generated file, in fresh processes, in turns.

    Parameters
    ----------
    folder
        Where the file is written.
    records
        Rows of the file.
    readers
        Some of ``READERS``.
    rounds
        Turns of each.

    Returns
    -------
    figures
        For each reader ``_s`` and ``_cpu_s`` (the best of its rounds), ``_peak_mb`` (the highest), ``_cells``,
        ``_students`` (who are found a year later). If ours and another are among them: ``fastest_alternative``, and our
        seconds over its, by the clock (``ratio_to_fastest``) and of the processors (``cpu_ratio_to_fastest``).
    """
    path = folder / "student_records.csv"
    in_fresh_process(write_student_records, path, records)
    os.sync()  # or the first reader would wait for the disk
    figures: dict[str, float | int | str] = {"records": records, "file_mb": round(path.stat().st_size / 1e6)}
    runs = [{name: in_fresh_process(run_reader, name, path) for name in readers} for _ in range(rounds)]
    for name in readers:
        for figure in ("s", "cpu_s"):
            figures[f"{name}_{figure}"] = min(run[name][figure] for run in runs)
        figures[f"{name}_peak_mb"] = max(run[name]["peak_mb"] for run in runs)
        figures |= {f"{name}_{figure}": runs[0][name][figure] for figure in ("cells", "students")}
    alternatives = [name for name in readers if name != OURS]
    if OURS in readers and alternatives:
        fastest = min(alternatives, key=lambda name: float(figures[f"{name}_s"]))
        figures["fastest_alternative"] = fastest
        for ratio, figure in (("ratio_to_fastest", "s"), ("cpu_ratio_to_fastest", "cpu_s")):
            figures[ratio] = round(float(figures[f"{OURS}_{figure}"]) / float(figures[f"{fastest}_{figure}"]), 2)
    return figures


def in_fresh_process(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a new interpreter, so that memory and caches are its own."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as processes:
        return processes.submit(function, *arguments).result()


def run_reader(name: str, path: Path) -> dict[str, float | int]:
    """
    Time one reader.

    Parameters
    ----------
    name
        One of ``READERS``: a module of ``bench.student_readers``, imported before the clock starts.
    path
        The file.

    Returns
    -------
    figures
        ``s``, ``cpu_s`` (of all threads), ``peak_mb`` (of this process alone, as the kernel says), ``cells``,
        ``students``.
    """
    reader = import_module(f"bench.student_readers.{name}")
    start, start_cpu = time.perf_counter(), time.process_time()
    cells, students = reader.count_promotions(path)
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    return {
        "s": round(seconds, 2),
        "cpu_s": round(cpu, 2),
        "peak_mb": peak_mb(),
        "cells": int(cells),
        "students": int(students),
    }


def main() -> None:
    """Run all readers and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000_000)
    options.add_argument("--readers", nargs="+", choices=READERS, default=READERS)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    parameters = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure_students(
            Path(folder), parameters.records, readers=parameters.readers, rounds=parameters.rounds
        )
    print(f"{'reader':<16}{'seconds':>10}{'CPU s':>10}{'peak MB':>10}{'cells':>12}{'students':>12}")
    for name in parameters.readers:
        values = [figures[f"{name}_{figure}"] for figure in ("s", "cpu_s", "peak_mb", "cells", "students")]
        print(f"{name:<16}{values[0]:>10}{values[1]:>10}{values[2]:>10}{values[3]:>12}{values[4]:>12}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
