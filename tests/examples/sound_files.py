"""Sound files of every kind, small enough to know by heart: the base from which faulty ones are made."""

from __future__ import annotations

import io
import json

import pandas as pd

from tests.examples.toy_district import toy_flows

NamedBytes = tuple[str, bytes]


def csv(table: pd.DataFrame) -> bytes:
    """A table as CSV."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def with_cell(table: pd.DataFrame, place: int, column: str, value: str) -> pd.DataFrame:
    """The table with one cell changed."""
    changed = table.astype("str").copy()
    changed.loc[place, column] = value
    return changed


def performance() -> pd.DataFrame:
    """Rates of the two high schools."""
    return pd.DataFrame({"school_id": ["0010", "0011"], "graduation_rate": ["55", "80"], "list": ["CSI", "no"]})


def edfacts() -> pd.DataFrame:
    """The same in EDFacts' wide form, with identifiers of NCES."""
    return pd.DataFrame(
        {
            "NCESSCH": ["200005000010", "200005000011"],
            "ALL_COHORT_1415": ["200", "300"],
            "ALL_RATE_1415": ["50-54", "80"],
            "ECD_COHORT_1415": ["100", "20"],
            "ECD_RATE_1415": ["LT50", "GE80"],
        }
    )


def membership() -> pd.DataFrame:
    """CCD membership, long, of one school."""
    rows = [("Grade 9", "60", "Subtotal 4 - By Grade"), ("Grade 10", "50", "Subtotal 4 - By Grade")]
    rows += [("No Category Codes", "110", "Education Unit Total")]
    table = pd.DataFrame(rows, columns=["GRADE", "STUDENT_COUNT", "TOTAL_INDICATOR"])
    return table.assign(SCHOOL_YEAR="2022-2023", NCESSCH="200005000010", DMS_FLAG="Reported")


def crosswalk() -> pd.DataFrame:
    """A school that was renumbered; the flows of :func:`old_flows` know it by its old identifier."""
    return pd.DataFrame({"old_id": ["0901"], "new_id": ["0007"], "share": ["1"], "confirmed": ["yes"]})


def travel_times() -> pd.DataFrame:
    """Minutes to the high schools."""
    pairs = [("0007", "0010", "12"), ("0007", "0011", "20"), ("0008", "0010", "9.5")]
    return pd.DataFrame(pairs, columns=["origin", "destination", "minutes"])


def old_flows() -> pd.DataFrame:
    """The toy district's flows with an old identifier among the destinations."""
    flows = toy_flows()
    flows.loc[0, "destination"] = "0901"
    return flows


def catchments(level: str = "middle", **changes: object) -> bytes:
    """Two squares beside each other as GeoJSON."""
    schools = {"middle": [("0007", "6-8"), ("0008", "6-8")], "high": [("0010", "9-12"), ("0011", "9-12")]}[level]
    features = []
    for number, (school, grades) in enumerate(schools):
        west, east = -98.0 + number, -97.0 + number
        ring = [[west, 38.0], [east, 38.0], [east, 39.0], [west, 39.0], [west, 38.0]]
        properties: dict[str, object] = {"school_id": school, "grades": grades}
        geometry: object = {"type": "Polygon", "coordinates": [ring]}
        if number == 0:
            geometry = changes.get("geometry", geometry)
            properties |= {name: value for name, value in changes.items() if name != "geometry"}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def workbook(**sheets: pd.DataFrame) -> bytes:
    """An Excel workbook."""
    whole = io.BytesIO()
    with pd.ExcelWriter(whole) as writer:
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False)
    return whole.getvalue()


def lines(rows: list[list[str]], separator: str = ",") -> bytes:
    """Rows as delimited text."""
    return "".join(separator.join(row) + "\n" for row in rows).encode()


def state_list() -> pd.DataFrame:
    """A state's own list of the schools it has named; the other high school is not on it."""
    return pd.DataFrame({"school_id": ["0010", "0007"], "identified": ["CSI", "TSI"]})


def long_rates() -> pd.DataFrame:
    """EDFacts' rates in the long form, a row per group of students."""
    rows = [("200005000010", "ALL", "200", "50-54"), ("200005000010", "ECD", "100", "LT50")]
    rows += [("200005000011", "ALL", "300", "80"), ("200005000011", "ECD", "20", "GE80")]
    table = pd.DataFrame(rows, columns=["NCESSCH", "CATEGORY", "COHORT", "RATE"])
    return table.assign(SCHOOL_YEAR="2014-2015")


def wide_membership() -> pd.DataFrame:
    """CCD membership as it was before 2016-17: a record per school, a column per grade."""
    grades = {f"G{grade:02d}": "0" for grade in range(1, 13)}
    row = {"SURVYEAR": "2014", "NCESSCH": "200005000010", "MEMBER": "110", **grades, "G09": "60", "G10": "50"}
    return pd.DataFrame([row])


def population() -> pd.DataFrame:
    """A place with people in each of the two catchments."""
    return pd.DataFrame({"latitude": ["38.5", "38.6"], "longitude": ["-97.5", "-96.5"], "population": ["10", "20"]})


def flow_matrix() -> pd.DataFrame:
    """The toy district's flows with a column per destination; blank where nobody went."""
    matrix = toy_flows().pivot_table(index="origin", columns="destination", values="students", aggfunc="first")
    return matrix.reset_index().fillna("")


STUDENTS = 30


def student_ids() -> list[str]:
    """The students of all forms; ten digits, as California's are."""
    return [f"77{number:02d}031{number:03d}" for number in range(STUDENTS)]


def students() -> pd.DataFrame:
    """Thirty students of two years who go from Oak Middle to West High."""
    first = pd.DataFrame({"student_id": student_ids(), "school_year": "2022-23", "school_id": "0007", "grade": "08"})
    return pd.concat([first, first.assign(school_year="2023-24", school_id="0010", grade="09")], ignore_index=True)


def edfi_rows() -> list[tuple[str, str, str, str]]:
    """The same by Ed-Fi's terms: student, school, day of entry, grade entered."""
    years = (("0007", "2022-08-22", "Eighth grade"), ("0010", "2023-08-21", "Ninth grade"))
    return [
        (student, school, entry, f"uri://ed-fi.org/GradeLevelDescriptor#{grade}")
        for school, entry, grade in years
        for student in student_ids()
    ]


def edfi_associations() -> list[dict[str, object]]:
    """These as Ed-Fi's API gives them."""
    return [
        {
            "studentReference": {"studentUniqueId": student},
            "schoolReference": {"schoolId": school},
            "entryDate": entry,
            "entryGradeLevelDescriptor": grade,
        }
        for student, school, entry, grade in edfi_rows()
    ]


def edfi_table() -> pd.DataFrame:
    """These as a table."""
    return pd.DataFrame(edfi_rows(), columns=["studentUniqueId", "schoolId", "entryDate", "entryGradeLevelDescriptor"])


def calpads_rows() -> list[list[str]]:
    """The same as California's SENR file, which has no header; the places of its cells are counted from 1."""
    rows = []
    for year, school, start, grade in (
        ("2022-2023", "0007", "20220815", "08"),
        ("2023-2024", "0010", "20230814", "09"),
    ):
        for student in student_ids():
            given = {1: "SENR", 2: "A", 4: "0161119", 5: school, 7: year, 8: student, 22: start, 23: "10", 24: grade}
            rows.append([given.get(place, "") for place in range(1, 36)])
    return rows


def roster(year: int) -> dict[str, pd.DataFrame]:
    """One of OneRoster's sets: users, orgs and enrollments of a school year, named by its fall."""
    place, grade = {2022: ("o1", "08"), 2023: ("o2", "09")}[year]
    people = student_ids()
    users = pd.DataFrame(
        {"sourcedId": people, "status": "", "orgSourcedIds": place, "role": "student", "grades": grade}
    )
    orgs = pd.DataFrame(
        [("o1", "", "Oak", "school", "0007", ""), ("o2", "", "West", "school", "0010", "")],
        columns=["sourcedId", "status", "name", "type", "identifier", "parentSourcedId"],
    )
    enrollments = pd.DataFrame(
        {
            "sourcedId": [f"e{number}" for number in range(STUDENTS)],
            "status": "",
            "classSourcedId": "c1",
            "schoolSourcedId": place,
            "userSourcedId": people,
            "role": "student",
            "beginDate": f"{year}-08-22",
            "endDate": f"{year + 1}-05-26",
        }
    )
    return {"users": users, "orgs": orgs, "enrollments": enrollments}


def roster_files(*left_out: str, **changed: bytes) -> list[NamedBytes]:
    """OneRoster's sets of two years; tables of the first may be left out or changed."""
    files = []
    for year in (2022, 2023):
        for kind, table in roster(year).items():
            if year == 2022 and kind in left_out:
                continue
            files.append((f"{year}/{kind}.csv", changed.get(kind, csv(table)) if year == 2022 else csv(table)))
    return files
