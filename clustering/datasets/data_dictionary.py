"""The data dictionary of a generated state: the names of its files, and what their columns mean."""

from __future__ import annotations

from clustering.datasets.lead_partners import MAXIMUM_LATER
from clustering.datasets.names import STATE_CODE, STATE_LETTERS, STATE_NAME
from clustering.datasets.state import SampleState

DIRECTORY_FILE = "ccd_sch_029_2324_w_1a_sample.csv"
GEOCODES_FILE = "EDGE_GEOCODE_PUBLICSCH_2324_sample.TXT"
PROMOTIONS_FILE = "promotions.csv"
GRADUATION_FILE = "acgr_2223_sample.csv"
IDENTIFIED_FILE = "identified_schools.csv"
SCHOOLS_FILE = "schools.csv"
ACCOUNTABILITY_FILE = "accountability_sample.csv"
PARTNERS_FILE = "lead_partners.csv"
PREFERENCES_FILE = "partner_preferences.csv"
CHARACTERISTICS_FILE = "ccd_sch_129_2324_w_1a_sample.csv"
INDICATORS_FILE = "indicators_sample.csv"
READINESS_FILE = "readiness_sample.csv"
CONDITIONS_FILE = "conditions_sample.csv"

_README = """\
# A generated state: {state_name}

**Generated; fictional.** No such state, town, district, school or pupil exists; any likeness to a real name is chance.
The schools have locations in the conterminous United States only so that an outline map shows land below them. No state
has the code {state_code} or the letters {state_letters}. No real ZIP code starts as these do, and the telephone number
and web addresses are reserved for fiction.

This command makes the files; it always gives the same bytes:

    {command}

{schools:,} schools, promotions of {years}.

Every identifier is text: `NCESSCH` is `LEAID` (7 digits) and 5 more digits, and starts with 0. A spreadsheet that reads
it as a number loses the zero.

## {directory_file} ({schools:,} rows)
The shape of the NCES Common Core of Data (CCD) school directory, school year 2023-24: all {directory_columns} columns,
in order. Like the published file it has neither coordinates nor enrolment. Columns that are filled here:

| Column | Meaning |
|---|---|
| `SCHOOL_YEAR` | `2023-2024` |
| `FIPST`, `STATENAME`, `ST` | state: code, name, letters |
| `NCESSCH`, `LEAID`, `SCHID` | school (12 digits), district (7), school in the district; `SCHID` alone is not unique |
| `ST_SCHID`, `ST_LEAID` | the state's own identifiers |
| `SCH_NAME`, `LEA_NAME` | school, district; a charter school is a district of its own |
| `STATE_AGENCY_NO` | the state's agency: `01` |
| `MSTREET1` to `MZIP4`, `LSTREET1` to `LZIP4`, `PHONE`, `WEBSITE` | invented addresses |
| `SY_STATUS`, `SY_STATUS_TEXT` | `Open`, `New` (since the fall of 2023), `Closed` (before it; grades as last offered) |
| `UPDATED_STATUS`, `UPDATED_STATUS_TEXT` | status at the end of the year: the same |
| `SCH_TYPE`, `SCH_TYPE_TEXT` | `Regular School` or `Alternative School` |
| `CHARTER_TEXT` | `Yes`, `No` |
| `RECON_STATUS`, `OUT_OF_STATE_FLAG`, `NOGRADES` | reconstituted, outside the state, without grades: `No` |
| `UNION`, `EFFECTIVE_DATE`, `CHARTAUTH1` to `CHARTAUTHN2` | not filled here |
| `G_PK_OFFERED` to `G_AE_OFFERED` | `Yes`, `No`: grades offered; no school offers grade 13, ungraded or adult classes |
| `GSLO`, `GSHI` | lowest and highest grade: `PK`, `KG`, `01` to `12` |
| `LEVEL` | `Elementary`, `Middle`, `Secondary`, `High` |
| `IGOFFERED` | whether the grades were adjusted: `As reported` |

## {geocodes_file} ({schools:,} rows)
The shape of the NCES EDGE geocodes, delimited by `|`. Unlike the file of 2024-25 it has a header row.

| Column | Meaning |
|---|---|
| `NCESSCH`, `LEAID`, `NAME` | school, district, name |
| `LAT`, `LON` | degrees, WGS 84; schools on one campus share them |
| `OPSTFIPS`, `STFIP` | code of the state |
| `STREET`, `CITY`, `STATE`, `ZIP` | invented addresses |
| `SCHOOLYEAR` | `2023-2024` |
| `LOCALE` | 12 city, 21 suburb, 32 town, 42 country |
| `CNTY`, `NMCNTY`, `CBSA`, `NMCBSA`, `CBSATYPE` | invented county and metro area; `N` and `0` outside metro areas |
| `CSA`, `NMCSA`, `CD`, `SLDL`, `SLDU` | fillers |

## {promotions_file} ({promotions:,} rows)
Students of a school and grade in one school year, by where they were in the next fall.

| Column | Meaning |
|---|---|
| `school_year` | `2023-24`: students of this school year, followed to the fall of the next |
| `origin_ncessch` | their school |
| `destination_ncessch` | their school a year later; blank: they left the state's public schools |
| `grade`, `next_grade` | `02` to `11`; a year later: the same if repeated, blank if they left |
| `students` | number; **-1 is suppressed, 1 to 9 students**: a quarter of the districts suppress, the others do not |

Promotions out of pre-kindergarten to first grade are left out to keep the file small; children seldom change schools
then. Grade 12 is left out because nobody is promoted from it. {detail}

## {graduation_file} ({graduation:,} rows)
The shape of EDFacts' four-year adjusted cohort graduation rates, 2022-23, without the groups of pupils.

| Column | Meaning |
|---|---|
| `STNAM`, `FIPST`, `LEAID`, `LEANM`, `NCESSCH`, `SCHNAM` | state, district, school |
| `ALL_COHORT_2223` | students in the cohort; `.` for schools without one (ninth-grade schools) |
| `ALL_RATE_2223` | per cent; a band for up to 200 students (`80-84`, `GE90`, `LT50`), `PS` (suppressed) for up to 5 |
| `DATE_CUR` | date of the file |

## {identified_file} ({identified:,} rows)
The state's official list. It mostly agrees with the rates: a few low schools are not on it, and a few are on it because
of another year's rate.

| Column | Meaning |
|---|---|
| `NCESSCH`, `SCH_NAME` | school |
| `DESIGNATION` | `CSI-GR` low graduation rate, `CSI-LP` lowest-performing, `TSI` and `ATSI` a group of pupils |

## {characteristics_file} ({schools:,} rows)
The shape of the CCD school characteristics, 2023-24. Columns that differ from those of the directory:

| Column | Meaning |
|---|---|
| `TITLEI_STATUS`, `TITLEI_STATUS_TEXT` | schoolwide, targeted, eligible without program or not, by hardship |
| `MAGNET_TEXT` | `Yes` for choice schools of a district |
| `SHARED_TIME`, `NSLP_STATUS`, `NSLP_STATUS_TEXT`, `VIRTUAL`, `VIRTUAL_TEXT` | the same for all: no school is virtual |

## {accountability_file} ({accountability:,} rows)
A state's own accountability file, with an index for three years and graduates for two. Rules for the lowest twentieth,
for pooled rates and for groups of pupils need these. The rates of the third year are in {graduation_file}.

| Column | Meaning |
|---|---|
| `NCESSCH` | school |
| `school_year` | `2020-21` to `2022-23` |
| `student_group` | `all`, `ECD` economically disadvantaged, `CWD` children with disabilities, `LEP` English learners |
| `cohort` | number of students of the row; `<10` below ten |
| `graduates` | of `cohort`, in four years, up to 2021-22; only `all`, in schools ending in grade 12; `*` below ten |
| `index` | points, 1 to 99, higher is better; `*` below ten students |

## {schools_file} ({schools:,} rows)
Directory, geocodes, rates and list in one, as an analyst would prepare it. With {promotions_file} that is all you need.

| Column | Meaning |
|---|---|
| `school_id`, `name`, `district_id`, `district_name` | school, district |
| `latitude`, `longitude` | degrees, WGS 84 |
| `lowest_grade`, `highest_grade`, `status` | as in the directory |
| `graduation_rate`, `designation` | as published; blank for schools that are not in those files |
| `enrolment` | students of 2023-24; blank where unknown |
| `proficiency_mathematics`, `proficiency_reading` | per cent of those tested who are proficient; blank where unknown |

## {partners_file} ({partners:,} rows)
The state's register of Lead Partners, with districts' own units and supporting partners. One is nearly full, one grows,
one gives ranges, one lacks a duty, one is not approved, one excludes districts; in a larger state these come in turn.

| Column | Meaning |
|---|---|
| `partner_id`, `name`, `kind` | partner; `organisation`, `district unit` or `supporting partner` |
| `home_district`, `latitude`, `longitude` | where it is at home |
| `reach_districts`, `reach_km`, `levels` | what it serves; blank is everything, and for a unit its own district |
| `schools_now`, `maximum_schools`, `{later}` | schools that it runs; at most; at most from that fall on |
| `earliest_start` | first school year |
| `growth_share`, `growth_ceiling` | more schools for each school run two years; most schools ever |
| `contract_years` | length of its contract |
| `cost_per_school`, `cost_per_student` | dollars a year; blank is unknown |
| `approval` | `pre-qualified`, `applied` or `not approved` by the state |
| `accountability`, `authority`, `comprehensive_services`, `embedded_presence` | duties: `met`, `promised`, `missing` |
| `supporting_partners`, `services` | who supports it; what a supporting partner does |
| `evidence`, `evidence_source` | results, and where they can be read |

## {preferences_file} ({preferences:,} rows)
What partners, districts and the state prefer and exclude.

| Column | Meaning |
|---|---|
| `partner_id` | the partner |
| `district_id`, `school_id`, `level` | where; one of the three |
| `choice`, `stated_by`, `reason` | `prefer` or `exclude`; `partner`, `district` or `state`; why |
"""
_README_OF_CONDITIONS = """\

## {indicators_file} ({indicators:,} rows)
Indicators of every school for five years, made up in keeping with the rates above. A quarter of the districts write `*`
for a count of 1 to 9, and for one of which 1 to 9 are missing. Blank: there is nothing to count.

| Column | Meaning |
|---|---|
| `school_id`, `school_year` | school; `2019-20` to `2023-24` |
| `enrolled` | students |
| `chronically_absent`, `suspended` | of them absent a tenth of their days, suspended at least once |
| `attendance_rate` | per cent of the days enrolled |
| `ninth_graders`, `on_track` | students in grade 9; of them with the credits to graduate in time |
| `tested_mathematics`, `tested_reading` | students with a test |
| `proficient_mathematics`, `proficient_reading` | of them those who are proficient |
| `growth` | points, 1 to 99, higher is better |
| `cohort`, `graduates` | four-year cohort, and of it those who graduated; of 2022-23 as in {graduation_file} |
| `teachers`, `teachers_retained` | teachers, and of them those who are there a year later |

## {readiness_file} ({readiness:,} rows)
Two rounds of assessments of schools in trouble, by two raters, and of their districts.

| Column | Meaning |
|---|---|
| `subject_kind`, `subject_id` | `school` or `district`, and its identifier |
| `date`, `rater` | day, who assessed |
| `learn-1` to `act-3` | of schools, the nine elements of the readiness triangle, 1 to 4; blank: not assessed |
| `statement-01` to `statement-12` | of districts, the statements of their self-assessment, 1 to 4 |
"""

_README_OF_ZONE_CONDITIONS = """\

## {conditions_file} ({zone_conditions:,} rows)
What Zones around the high schools with the lowest rates were allowed and promised, by the items of the checklist
`delaware_partnership_zone`. The first Zone has all that is required, some of it for two years; of each further Zone
less is settled.

| Column | Meaning |
|---|---|
| `anchor_id` | the anchor of the Zone |
| `condition`, `title`, `area` | item of the checklist; title and area of a condition of one's own |
| `state` | `asked`, `negotiating`, `agreed` or `in force` |
| `holder`, `document` | who holds the authority; what proves it |
| `asked_on`, `agreed_on`, `in_force_from`, `until` | days; blank if not yet |
| `note` | whatever else there is to know |
| `partner`, `partner_id`, `contract_starts_on`, `contract_ends_on` | the contract, in one row of its Zone |
"""


def write_dictionary(state: SampleState) -> str:
    """
    Describe the files of a state and their columns.

    Parameters
    ----------
    state
        See ``generate_state``.

    Returns
    -------
    text
        Markdown, the ``README.md`` beside the files.
    """
    years = sorted(state.promotions["school_year"].unique())
    final_only = "Only rows out of each school's last grade are shown." if not _has_inside_rows(state) else ""
    text = _README + (_README_OF_CONDITIONS if len(state.indicators) else "")
    text += _README_OF_ZONE_CONDITIONS if len(state.conditions) else ""
    text = text.format(
        state_name=STATE_NAME,
        state_code=STATE_CODE,
        state_letters=STATE_LETTERS,
        command=state.command,
        schools=len(state.directory),
        years=", ".join(years),
        directory_file=DIRECTORY_FILE,
        directory_columns=len(state.directory.columns),
        geocodes_file=GEOCODES_FILE,
        promotions_file=PROMOTIONS_FILE,
        promotions=len(state.promotions),
        detail=final_only,
        graduation_file=GRADUATION_FILE,
        graduation=len(state.graduation_rates),
        identified_file=IDENTIFIED_FILE,
        identified=len(state.identified_schools),
        accountability_file=ACCOUNTABILITY_FILE,
        accountability=len(state.accountability),
        schools_file=SCHOOLS_FILE,
        characteristics_file=CHARACTERISTICS_FILE,
        partners_file=PARTNERS_FILE,
        partners=len(state.lead_partners),
        later=MAXIMUM_LATER,
        preferences_file=PREFERENCES_FILE,
        preferences=len(state.partner_preferences),
        indicators_file=INDICATORS_FILE,
        indicators=len(state.indicators),
        readiness_file=READINESS_FILE,
        readiness=len(state.readiness),
        conditions_file=CONDITIONS_FILE,
        zone_conditions=len(state.conditions),
    )
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _has_inside_rows(state: SampleState) -> bool:
    """Whether any pupil is promoted inside one school."""
    rows = state.promotions
    stays = rows["origin_ncessch"] == rows["destination_ncessch"]
    return bool((stays & (rows["grade"] != rows["next_grade"])).any())
