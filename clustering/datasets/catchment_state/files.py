"""A generated state with catchments as files, and a data dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clustering.datasets.catchment_state.state import CatchmentState
from clustering.datasets.names import STATE_NAME
from clustering.datasets.package import package_of_state
from clustering.model.data_package import DATA_PACKAGE, package_bytes

FILES: Mapping[str, str] = {
    "schools": "schools.csv",
    "membership": "membership.csv",
    "catchments": "catchments.geojson",
    "population": "population.csv",
    "performance": "performance.csv",
    "promotions": "promotions.csv",
    "records": "students.csv",
    "paths": "true_paths.csv",
}

_README = """\
# A generated state with catchments: {state_name}

**Generated; fictional.** No such state, town, district, school or student exists; any likeness to a real name is
chance. This call makes the files; it always gives the same bytes:

    {command}

{schools:,} schools, {catchments:,} catchments, promotions of {years}. Every identifier is text and starts with 0.

| file | what |
|---|---|
| `schools.csv` | schools with coordinates, grades, type and enrolment |
| `membership.csv` | students by school and grade, 2023-24, in the wide form of CCD |
| `catchments.geojson` | catchments of all levels; `open_enrolment` is 1 where anyone may enrol |
| `population.csv` | students who live in each block |
| `performance.csv` | four-year graduation rates, and the state's own list (`designation`) |
| `promotions.csv` | students promoted out of each school's last grade; no destination: they left |
| `students.csv` | a record for each student and year |
| `true_paths.csv` | the truth, which no agency holds: students by the path that they take |

Some choice schools have no polygon, and the polygon of others covers several ordinary catchments.

A row of `true_paths.csv` counts students of `promotions.csv` by the high school that they reach (`destination`) and the
school in between (`via`; blank: none). Those without a destination leave before ninth grade.

## schools.csv (a row for each school)
| Column | Meaning |
|---|---|
| `school_id`, `name` | school |
| `district_id`, `district_name` | its district |
| `latitude`, `longitude` | degrees, WGS 84 |
| `lowest_grade`, `highest_grade` | grades offered |
| `school_type` | kind of school |
| `magnet`, `charter` | whether it is a magnet or a charter school |
| `enrolment` | students of all grades |

## membership.csv (a row for each school)
| Column | Meaning |
|---|---|
| `SURVYEAR` | school year |
| `NCESSCH` | school |
| `MEMBER` | students of all grades |
| `KG` to `G12` | students of the grade |

## population.csv (a row for each block)
| Column | Meaning |
|---|---|
| `latitude`, `longitude` | middle of the block; degrees, WGS 84 |
| `children` | students who live there |

## performance.csv (a row for each high school)
| Column | Meaning |
|---|---|
| `school_id` | school |
| `graduation_rate` | students who graduate in four years, in per cent |
| `cohort` | students behind the rate |
| `designation` | the state's own list; blank: not on it |

## promotions.csv (a row for each way of a year)
| Column | Meaning |
|---|---|
| `school_year` | the earlier of the two years |
| `origin`, `destination` | school in that year, school a year later |
| `grade`, `next_grade` | grade in that year, grade a year later |
| `students` | students who went this way |

## students.csv (a row for each student and year)
| Column | Meaning |
|---|---|
| `student_id` | student |
| `school_year`, `school_id`, `grade` | where the student is in that year |

## true_paths.csv (a row for each way to a high school)
| Column | Meaning |
|---|---|
| `origin`, `via`, `destination` | school, school in between, high school |
| `students` | students who took this way |
"""


def write_catchment_state(state: CatchmentState, directory: str | Path) -> dict[str, Path]:
    """
    Write a state as files; the same state gives the same bytes on every system.

    Parameters
    ----------
    state
        See ``generate_catchment_state``.
    directory
        Created where it does not exist; files of the same names are replaced.

    Returns
    -------
    paths
        By what each file holds: ``schools``, ``membership`` (both are schools files to ``read_scenario``),
        ``catchments``, ``population``, ``performance``, ``promotions``, ``records``, ``paths`` (the truth), ``readme``,
        ``package`` (``datapackage.json``).
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: getattr(state, part) for part, name in FILES.items() if part != "catchments"}
    readme = _readme(state)
    contents = {name: table.to_csv(index=False, lineterminator="\n").encode() for name, table in tables.items()}
    contents[FILES["catchments"]] = state.catchments.to_json(drop_id=True).encode() + b"\n"
    contents["README.md"] = readme.encode()
    title = f"A generated, fictional state with catchments: {STATE_NAME}"
    contents[DATA_PACKAGE] = package_bytes(package_of_state(contents, tables, readme, title=title))
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {part: folder / name for part, name in {**FILES, "readme": "README.md", "package": DATA_PACKAGE}.items()}


def _readme(state: CatchmentState) -> str:
    return _README.format(
        state_name=STATE_NAME,
        command=state.command,
        schools=len(state.schools),
        catchments=len(state.catchments),
        years=", ".join(sorted(state.promotions["school_year"].unique())),
    )
