"""Which published kind of file it is, by its headings or, without headings, by the shape of its records."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clustering.model.columns import SCHOOL_COLUMNS
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.published_layouts import layouts_by_name
from clustering.readers.text.layout import HeaderlessLayout
from clustering.readers.text.year_words import find_year

EDGE_HEADINGS = (
    *("NCESSCH", "LEAID", "NAME", "OPSTFIPS", "STREET", "CITY", "STATE", "ZIP", "STFIP", "CNTY", "NMCNTY", "LOCALE"),
    *("LAT", "LON", "CBSA", "NMCBSA", "CBSATYPE", "CSA", "NMCSA", "CD", "SLDL", "SLDU", "SCHOOLYEAR"),
)
HEADERLESS_LAYOUTS = (
    HeaderlessLayout(
        kind="EDGE geocodes", delimiter="|", first_cell=re.compile(r"\d{12}", re.ASCII), headings=EDGE_HEADINGS
    ),
)


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """
    A published kind of file.

    Parameters
    ----------
    role
        Role in which it is read.
    needs
        Headings that it has, as ``headings.heading_key`` writes them, without an appended school year.
    source
        Who publishes it, and what it is.
    unread
        Columns that nothing is read from, mostly addresses; they are not parsed.
    described
        Columns that describe a school and are never an official list, though they have few entries.
    """

    role: str
    needs: frozenset[str]
    source: str
    unread: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()


def _kind(role: str, needs: str, source: str, unread: str = "", described: str = "") -> FileKind:
    return FileKind(
        role=role,
        needs=frozenset(needs.split()),
        source=source,
        unread=frozenset(unread.split()),
        described=frozenset(described.split()),
    )


_CCD_UNREAD = """
    state_agency_no union st_leaid schid mstreet1 mstreet2 mstreet3 mcity mstate mzip mzip4 lstreet1 lstreet2 lstreet3
    lcity lzip lzip4 phone website effective_date chartauth1 chartauthn1 chartauth2 chartauthn2 fipst statename
    updated_status recon_status out_of_state_flag nogrades igoffered
"""
_CCD_DESCRIBED = """
    school_year st sch_name lea_name leaid st_schid ncessch lstate sy_status sy_status_text updated_status_text sch_type
    sch_type_text charter_text gslo gshi level
"""
_CHARACTERISTICS_UNREAD = "fipst statename state_agency_no union st_leaid schid"
_CHARACTERISTICS_DESCRIBED = """
    school_year st sch_name leaid st_schid ncessch shared_time titlei_status titlei_status_text magnet_text nslp_status
    nslp_status_text virtual virtual_text
"""
_EDGE_DESCRIBED = "ncessch leaid name state locale lat lon schoolyear"
_EDGE_UNREAD = """
    opstfips street city zip stfip cnty nmcnty cbsa nmcbsa cbsatype csa nmcsa cd sldl sldu
"""


# The first kind whose headings are all in the file counts.
FILE_KINDS: Mapping[str, FileKind] = {
    "CCD membership, long": _kind(
        "membership", "ncessch grade student_count total_indicator", "NCES CCD ccd_sch_052 since 2016-17"
    ),
    "CCD membership, wide": _kind("membership", "ncessch member g01 g08", "NCES CCD before 2016-17"),
    "CCD directory": _kind(
        *("schools", "ncessch sch_name sy_status g_1_offered", "NCES CCD ccd_sch_029", _CCD_UNREAD, _CCD_DESCRIBED)
    ),
    "CCD characteristics": _kind(
        *("schools", "ncessch sch_name titlei_status", "NCES CCD ccd_sch_129"),
        *(_CHARACTERISTICS_UNREAD, _CHARACTERISTICS_DESCRIBED),
    ),
    "EDGE geocodes": _kind(
        *("schools", "ncessch lat lon locale", "NCES EDGE public school locations", _EDGE_UNREAD, _EDGE_DESCRIBED)
    ),
    "SABS catchments": _kind("catchments", "ncessch schnam openenroll", "NCES School Attendance Boundary Survey"),
    "Philadelphia catchments": _kind(
        "catchments", "es_id ms_id hs_id gr_id_k", "School District of Philadelphia, with its feeder chain"
    ),
    "EDFacts graduation rates": _kind("performance", "ncessch all_cohort all_rate", "US Department of Education"),
    "EDFacts graduation rates, long": _kind(
        "performance", "ncessch category cohort rate", "US Department of Education, a row per group"
    ),
    "EDFacts assessments": _kind("performance", "ncessch all_mth00pctprof", "US Department of Education"),
    "ED Data Express": _kind("performance", "nces_sch_id data_group value", "US Department of Education, long form"),
    "Education Data Portal directory": _kind(
        "schools", "ncessch ncessch_num school_name lowest_grade_offered", "Urban Institute, schools/ccd/directory"
    ),
    "Education Data Portal enrolment": _kind(
        "membership", "ncessch year grade race sex enrollment", "Urban Institute, schools/ccd/enrollment"
    ),
    "Education Data Portal graduation rates": _kind(
        "performance", "ncessch year grad_rate_low grad_rate_high", "Urban Institute, schools/edfacts/grad-rates"
    ),
    "Education Data Portal assessments": _kind(
        "performance", "ncessch year math_test_pct_prof_low", "Urban Institute, schools/edfacts/assessments"
    ),
    "Ed-Fi StudentSchoolAssociation": _kind("students", "studentuniqueid schoolid entrydate", "Ed-Fi"),
    "OneRoster enrollments": _kind("students", "classsourcedid schoolsourcedid usersourcedid", "1EdTech OneRoster"),
    "OneRoster users": _kind("students", "sourcedid orgsourcedids role", "1EdTech OneRoster"),
    "OneRoster orgs": _kind("students", "sourcedid parentsourcedid type", "1EdTech OneRoster"),
    "student records": _kind("students", "student_id school_year school_id", "a state's longitudinal data system"),
    "crosswalk": _kind("crosswalk", "old_id new_id share", "Feeder Zones"),
    "Feeder Zones rates": _kind(
        "performance", "school_id measure subgroup low high exact status", "Feeder Zones, scenario.rates"
    ),
    "Feeder Zones schools": _kind(
        *("schools", "school_id grades_offered level enrolment_students", "Feeder Zones, scenario.schools"),
        described=" ".join(SCHOOL_COLUMNS),
    ),
    "Feeder Zones schools of a proposal": _kind(
        *("schools", "school_id grades level zone_id feeder_pattern", "Feeder Zones, schools.csv and schools.geojson"),
        described=f"{' '.join(SCHOOL_COLUMNS)} grades role zone_id reason dominant_destinations feeder_pattern"
        " dominant_feeders",
    ),
    "r5py travel times": _kind("travel_times", "from_id to_id travel_time", "r5py, a row per pair, in minutes"),
}
PLAIN_KINDS = {
    "schools": "table of schools",
    "flows": "flows, a row per origin and destination",
    "feeder_table": "feeder table",
    "performance": "table of performance",
    "membership": "table of grade enrolment",
    "students": "student records",
    "catchments": "catchments",
    "population": "population points",
    "crosswalk": "crosswalk",
    "name_matches": "matches of names",
    "plan": "plan of Zones",
    "travel_times": "travel times, a row per origin and destination",
    "zone_needs": "Zones and what their schools need",
    "partners": "register of Lead Partners",
    "preferences": "preferences of partners, districts and the state",
    "assessments": "assessments of readiness",
    "indicator_sets": "sets of indicators",
    "progress": "indicators of progress",
    "checklist": "checklist of conditions",
    "conditions": "conditions of Zones",
}
MATRICES = {"flows": "flows, a column per destination", "travel_times": "travel times, a column per destination"}
MATRIX_VALUES = {"flows": "students", "travel_times": "travel_time"}  # canonical name of the cells
TOTALS = frozenset({"total", "totals", "grand_total", "sum", "all", "all_schools"})
# Columns of a matrix that are no school: of students who left, and of students who go to a school that is not listed.
LEFT = frozenset(
    """
    left exit exits exited withdrew withdrawn dropped_out dropout dropouts no_longer_enrolled not_enrolled gone
    left_the_state left_state moved moved_away left_district left_the_district no_destination did_not_return
    not_returning
    """.split()
)
ELSEWHERE = frozenset(
    """
    out_of_district out_of_state out_of_county other_district other_districts other_state outside outside_district other
    others other_school other_schools charter charters charter_school charter_schools private private_school
    private_schools nonpublic non_public parochial homeschool homeschooled virtual online alternative other_charter
    other_private elsewhere another_district transfer transfers transferred unknown
    """.split()
)
NAMED_KINDS = ("matrix", *FILE_KINDS, *PLAIN_KINDS.values(), *MATRICES.values())


def is_named_kind(kind: str) -> bool:
    """Whether the option ``kind`` may say this: a kind named here, or a layout of the register."""
    return kind in NAMED_KINDS or kind in layouts_by_name()


def recognise_kind(headings: Sequence[str], role: str, columns: Collection[str] = ()) -> str:
    """
    Recognise the kind of a file.

    Parameters
    ----------
    headings
        Of the file.
    role
        What it is used as.
    columns
        Canonical columns whose headings the user names.

    Returns
    -------
    kind
        A key of ``FILE_KINDS``, or the kind of a plain table of this role; one of ``MATRICES`` for flows and travel
        times whose further headings are all identifiers of schools, or words for students who left or went elsewhere.
    """
    keys = {heading_key(heading) for heading in headings}
    keys |= {re.sub(r"_?\d{4}$", "", key) for key in keys} | {
        re.sub(r"^(member|g\d\d)\d\d$", r"\1", key) for key in keys
    }
    if role in MATRICES and {"destination", MATRIX_VALUES[role]}.isdisjoint(columns) and _is_matrix(headings, role):
        return MATRICES[role]
    if role == "flows":
        return PLAIN_KINDS["flows"]
    for name, kind in FILE_KINDS.items():
        if kind.needs <= keys:
            return name
    return PLAIN_KINDS.get(role, "table")


def may_be_of_kind(text: bytes, kind: str) -> bool:
    """Whether the start of a file has all words of the headings that tell a kind; a cheap look before the header."""
    lower = text.lower()
    return all(word.encode() in lower for need in FILE_KINDS[kind].needs for word in need.split("_"))


def unread_headings(kind: str, headings: Sequence[str]) -> frozenset[str]:
    """Headings of a published kind of file that nothing is read from."""
    unread = FILE_KINDS[kind].unread if kind in FILE_KINDS else frozenset()
    return frozenset(heading for heading in headings if re.sub(r"\d{4}$", "", heading_key(heading)) in unread)


def is_described(kind: str, heading: str) -> bool:
    """Whether a published kind of file describes schools in the column with this heading."""
    if kind not in FILE_KINDS:
        return False
    key = heading_key(heading)
    known = FILE_KINDS[kind].described | FILE_KINDS[kind].unread
    return key in known or re.sub(r"_?\d{2}(\d{2})?$", "", key) in known


def is_portal_kind(kind: str) -> bool:
    """Whether the kind is a table of the Education Data Portal."""
    return kind.startswith("Education Data Portal")


def _is_matrix(headings: Sequence[str], role: str) -> bool:
    """Whether a file has a column of origins (perhaps grade and year), and otherwise columns that each are a school."""
    aliases = ALIASES[role]
    keys = [heading_key(heading) for heading in headings]
    if not {*aliases[MATRIX_VALUES[role]], *aliases["destination"]}.isdisjoint(keys):
        return False
    named = {alias for names in aliases.values() for alias in names}
    others = [
        heading
        for heading, key in zip(headings[1:], keys[1:], strict=True)
        if key not in named | TOTALS | LEFT | ELSEWHERE
    ]
    are_years = all(find_year(heading) is not None for heading in others)
    return len(others) >= 2 and not are_years and all(re.fullmatch(r"[\w-]*\d[\w-]*", each) for each in others)
