"""
Programs that there were, as small tables written for tests.

What is from public sources: names of the programs and of the schools of Charlotte, the numbers of schools, students and
dollars, and who ran what (Research for Action and The Charlotte Post on Project L.I.F.T.; Memphis Daily News, 12
September 2013, on Memphis; District Administration and Houston Public Media on Houston; springfieldempowerment.org and
MassLive, October 2016, on Springfield). What no source gives is made as plain as can be and says so: promotions between
schools are round numbers, students are shared out equally among schools, and schools whose names the sources do not
list are numbered.
"""

from __future__ import annotations

import pandas as pd

from clustering import Register, Scenario, read_register, read_scenario

# Project L.I.F.T., Charlotte, 2012 to 2017: West Charlotte High and its eight feeders, about 7,000 students, 55 million
# dollars in five years. The four K-8 schools listed first send their students straight to the high school.
LIFT_SCHOOLS = (
    ("WC", "West Charlotte High", "9-12"),
    ("AP", "Ashley Park", "K-8"),
    ("BR", "Bruns", "K-8"),
    ("DH", "Druid Hills", "K-8"),
    ("TH", "Thomasboro", "K-8"),
    ("BY", "Byers", "K-8"),
    ("RA", "Ranson Middle", "6-8"),
    ("AL", "Allenbrook Elementary", "K-5"),
    ("ST", "Statesville Road Elementary", "K-5"),
)
LIFT_STUDENTS, LIFT_DOLLARS, LIFT_YEARS = 7_000, 55e6, 5
_LIFT_OTHER = ("OH", "another high school", "9-12")

# Houston, 2023: three high schools and the campuses that feed them in one zone of 28 schools.
HOUSTON_ANCHORS = ("K", "W", "N")
HOUSTON_NAMES = {"K": "Kashmere High", "W": "Wheatley High", "N": "North Forest High"}
HOUSTON_SCHOOLS = 28
# The market of 2010: no operator ran more than ten schools (FSG, The School Turnaround Field Guide).
LARGEST_OPERATOR_SCHOOLS = 10

# Springfield, Massachusetts, 2015 to 2016: nine middle schools with more than 4,400 students, then the High School of
# Commerce, which they feed.
SPRINGFIELD_MIDDLE_SCHOOLS, SPRINGFIELD_STUDENTS = 9, 4_400


def _schools(rows: list[tuple[str, str, str]], enrolment: int, rates: dict[str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["school_id", "name", "grades"])
    rate = [rates.get(school, "") for school in table["school_id"]]
    return table.assign(enrollment=str(enrolment), graduation_rate=rate, district_id="D")


def _flows(rows: list[tuple[str, str, int, int]], year: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students"])
    return table.assign(next_grade=table["grade"] + 1, school_year=year).astype("str")


def charlotte() -> Scenario:
    """Every school keeps 90 of 100 promoted students in the feeder pattern; West Charlotte graduates 54%."""
    flows = []
    for school, _, grades in LIFT_SCHOOLS[1:]:
        grade = int(grades.split("-")[1])
        flows += [(school, "RA" if grade == 5 else "WC", grade, 90)]
        flows += [(school, "OH", 8, 10)] if grade == 8 else []
    rates = {"WC": "54", "OH": "85"}
    schools = _schools([*LIFT_SCHOOLS, _LIFT_OTHER], round(LIFT_STUDENTS / len(LIFT_SCHOOLS)), rates)
    return read_scenario(schools=[schools], flows=[_flows(flows, "2010-11")])


def lift() -> Register:
    """One partner for the nine schools, at what the program cost a school and year; it had to be founded first."""
    return _register(
        partner_id=["LIFT"],
        name=["Project L.I.F.T."],
        kind=["organisation"],
        schools_now=["0"],
        maximum_schools=[str(len(LIFT_SCHOOLS))],
        earliest_start=["2012-13"],
        contract_years=[str(LIFT_YEARS)],
        cost_per_school=[str(round(LIFT_DOLLARS / LIFT_YEARS / len(LIFT_SCHOOLS)))],
    )


def memphis() -> Scenario:
    """One feeder pattern of a high school, two middle and three elementary schools, all on the state's list."""
    schools = [
        ("H", "High", "9-12"),
        ("M1", "Middle 1", "6-8"),
        ("M2", "Middle 2", "6-8"),
        *((f"E{number}", f"Elementary {number}", "K-5") for number in (1, 2, 3)),
    ]
    flows = [("E1", "M1", 5, 60), ("E2", "M1", 5, 60), ("E3", "M2", 5, 60), ("M1", "H", 8, 110), ("M2", "H", 8, 60)]
    return read_scenario(
        schools=[_schools(schools, 400, {"H": "52"})],
        flows=[_flows(flows, "2012-13")],
    )


def memphis_operators(*, size: str = "6") -> Register:
    """The state's Achievement School District and the district's own iZone, each able to run the whole pattern."""
    return _register(
        partner_id=["ASD", "iZone"],
        name=["Achievement School District", "Innovation Zone"],
        kind=["organisation", "district unit"],
        home_district=["", "D"],
        schools_now=["0", "0"],
        maximum_schools=[size, size],
    )


def houston() -> Scenario:
    """
    Three high schools with 25 feeders: three middle schools to each, and 16 elementary schools.

    Kashmere has six elementary schools, the others five; a middle school keeps 80 of 100 for its own high school and
    sends 20 to the next one.
    """
    schools, flows = [(anchor, HOUSTON_NAMES[anchor], "9-12") for anchor in HOUSTON_ANCHORS], []
    for number, anchor in enumerate(HOUSTON_ANCHORS):
        following = HOUSTON_ANCHORS[(number + 1) % len(HOUSTON_ANCHORS)]
        for middle in range(1, 4):
            schools.append((f"{anchor}M{middle}", f"{HOUSTON_NAMES[anchor]} middle {middle}", "6-8"))
            flows += [(f"{anchor}M{middle}", anchor, 8, 80), (f"{anchor}M{middle}", following, 8, 20)]
        for elementary in range(1, 7 if anchor == "K" else 6):
            schools.append((f"{anchor}E{elementary}", f"{HOUSTON_NAMES[anchor]} elementary {elementary}", "K-5"))
            flows.append((f"{anchor}E{elementary}", f"{anchor}M{1 + elementary % 3}", 5, 50))
    rates = dict.fromkeys(HOUSTON_ANCHORS, "60")
    return read_scenario(schools=[_schools(schools, 500, rates)], flows=[_flows(flows, "2022-23")])


def houston_partners() -> Register:
    """The district's own unit, which ran all 28 schools, and three operators of the largest size of 2010."""
    return _register(
        partner_id=["NES", "op-1", "op-2", "op-3"],
        name=["New Education System", "Operator 1", "Operator 2", "Operator 3"],
        kind=["district unit", *["organisation"] * 3],
        home_district=["D", "", "", ""],
        schools_now=["0"] * 4,
        maximum_schools=[str(HOUSTON_SCHOOLS), *[str(LARGEST_OPERATOR_SCHOOLS)] * 3],
    )


def springfield(*, with_commerce: bool) -> pd.DataFrame:
    """The zone as a table: nine middle schools and, from 2016, the High School of Commerce."""
    rows = [
        {
            "school_id": f"S{number}",
            "zone": "Empowerment Zone",
            "name": f"Middle school {number}",
            "grades": "6-8",
            "students": str(SPRINGFIELD_STUDENTS // SPRINGFIELD_MIDDLE_SCHOOLS),
        }
        for number in range(1, SPRINGFIELD_MIDDLE_SCHOOLS + 1)
    ]
    if with_commerce:
        rows.append(
            {
                "school_id": "HSC",
                "zone": "Empowerment Zone",
                "name": "High School of Commerce",
                "grades": "9-12",
                "students": "",
            }
        )
    return pd.DataFrame(rows)


def springfield_board(levels: str) -> Register:
    """The board of seven that ran the zone: for middle schools at first, then for the high school too."""
    return _register(
        partner_id=["SEZP"],
        name=["Springfield Empowerment Zone Partnership"],
        kind=["organisation"],
        levels=[levels],
        schools_now=["0"],
        maximum_schools=["10"],
    )


def _register(**columns: list[str]) -> Register:
    return read_register(pd.DataFrame(columns))
