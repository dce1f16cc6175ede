"""
Canonical column names, types and units of every table, stated once.

``schools`` (GeoDataFrame, EPSG:4326, index ``school_id``), one row per school, sorted by index:

==================  =========  =================================================================
column              type       meaning
==================  =========  =================================================================
name                str        name as published; the id where the file has none
district_id         str        missing allowed
district_name       str        missing allowed
grades_offered      int64      bit mask of grades, see ``clustering.model.grades``; 0 is unknown
level               str        ``elementary``, ``elementary-middle``, ``middle``, ``middle-high``, ``high``,
                               ``all-grades`` or ``other``
status              str        ``open``, ``closed`` or missing
enrolment_students  float64    students; missing is missing, never 0
school_type         str        ``regular``, ``special education``, ``career and technical``, ``alternative``; missing
title1_status       str        ``title1`` (runs a Title I program), ``title1 eligible`` (might run one, does not),
                               ``not title1``; missing
virtual             str        ``virtual`` (all or most instruction), ``partly virtual``, ``not virtual``; missing
opened_year         Int64      the fall of the first school year; missing where no file says it
geometry            Point      longitude, latitude [degrees]; missing allowed
==================  =========  =================================================================

``flows``, one row per origin, destination, grades and year, sorted by these:

==============  =======  ========================================================================
column          type     meaning
==============  =======  ========================================================================
origin          str      ``school_id`` attended in ``year``
destination     str      ``school_id`` attended a year later; missing: the student left (an exit), or in an estimate
                         attends a school that no file tells
grade           Int64    grade in ``year``: -2 preschool, -1 pre-kindergarten, 0 kindergarten, 1..13;
                         missing: ungraded or adult education
next_grade      Int64    grade a year later
year            Int64    the fall of ``year``: 2011 is school year 2011-12
students        float64  missing: suppressed, known only as an interval; in the protected base the middle of the
                         interval, for 10 students and more
students_low    float64  least number of students possible
students_high   float64  greatest number of students possible: the true count is never outside of the two
kind            str      one of ``FLOW_KINDS``
==============  =======  ========================================================================

``performance`` (index ``school_id``): ``graduation_rate_low``, ``graduation_rate_high`` [shares, 0 to 1],
``graduation_rate_status`` (``exact``, ``range``, ``suppressed``, ``missing``, ``not applicable``),
``graduation_rate_text`` (as published) and every further column of few distinct entries as categories of text, for
official lists.

``rates``, one row per school, year, measure, group of students and grade, sorted by these:

===============  =======  =======================================================================
column           type     meaning
===============  =======  =======================================================================
school_id        str      a listed school
year             Int64    fall of the school year; missing where the file does not say it
measure          str      one of ``MEASURES``
subgroup         str      ``all``, EDFacts' code, or the words published
grade            str      ``all``, ``03`` ..., ``HS``
cohort_students  Int64    students behind the rate; may be missing
cohort_at_most   Int64    the same, or what ``<10`` says of it: 9; may be missing. Of protected rates it is the most of
                          a class, whose least is in ``COHORT_AT_LEAST`` (Int64); ``cohort_students`` is missing then
low, high        float64  ends of what the rate can be [shares, 0 to 1], around ``exact`` in a file that rounds; of
                          ``POINT_MEASURES`` the points published, on the state's own scale, which may be of any
                          length and lie below 0
exact            float64  the rate or points as published; missing unless the status is ``exact``
status           str      ``exact``, ``range``, ``suppressed`` (ends 0 and 1; missing for points), ``missing``,
                          ``not applicable``
text             str      as published; ``351 of 506`` for a rate made of counts
===============  =======  =======================================================================

``travel_times``, one row per pair of listed schools and direction, sorted; a pair that is not there is unknown:

===========  =======  ===========================================================================
column       type     meaning
===========  =======  ===========================================================================
origin       str      ``school_id`` of the start
destination  str      ``school_id`` of the end
minutes      float64  minutes from the one to the other, 0 to 1,440; the way back may take another time
===========  =======  ===========================================================================

``contiguity``, one row per school with a catchment and other school whose catchment touches or overlaps it, sorted:

============  ====  =============================================================================
column        type  meaning
============  ====  =============================================================================
school_id     str   a listed school with a catchment
neighbour_id  str   another; each pair stands both ways. Missing: no catchment touches (an island)
============  ====  =============================================================================

``paths``, one row per way of students through two promotions, sorted, a missing destination last; empty where no file
tells ways. A pair of ``origin`` and ``via`` that is not there is unknown; every row that is there has students:
``students_high`` is above 0, and so is ``students`` unless it is missing:

=============  =======  =========================================================================
column         type     meaning
=============  =======  =========================================================================
origin         str      school that promotes out of its final grade; unlisted schools as in ``flows``
via            str      listed school they are promoted into; it sends students on, so it is no high school
destination    str      school they are promoted into next, out of via's final grade; it may be unlisted, as in
                        ``flows``, and then leads nowhere. Missing: no such promotion (they left, or left via for
                        another school before its final grade), so that the rows of one (origin, via) sum to all who
                        were followed
students       float64  students on this way, whole files pooled; missing: suppressed, known only as an interval
students_low   float64  least number of students possible
students_high  float64  greatest number of students possible
basis          str      one of ``PATH_BASES``. Catchments may tell a pair whose students were followed too; of such a
                        pair the protected base, on which everything is computed, has the followed students alone
=============  =======  =========================================================================

``residents``, one row per school of residence, school attended, grade and year, sorted, missing last; empty where no
file of flows says where residents enrol:

=============  =======  =========================================================================
column         type     meaning
=============  =======  =========================================================================
origin         str      school in whose attendance area students live; it may be unlisted, as in ``flows``
destination    str      school they attend; it may be unlisted; missing: the file names none
grade          Int64    their grade; missing where the file does not give it
year           Int64    fall of the school year; missing where the file has no years
students       float64  number of students; missing: suppressed, known only as an interval
students_low   float64  least number of students possible
students_high  float64  greatest number of students possible
=============  =======  =========================================================================

``links`` (feeder edges, one row per origin and destination):

==============  =======  ========================================================================
column          type     meaning
==============  =======  ========================================================================
origin          str      feeder
destination     str      receiving school
students        float64  promoted students per year, mean of the years used; each cell at the middle of its interval,
                         and a suppressed one as the request reads it
students_low    float64  the least that it can be: every cell at its least
students_high   float64  the greatest that it can be
send_share      float64  share of the origin's promoted students [0 to 1]
receive_share   float64  share of the destination's entering students [0 to 1]
==============  =======  ========================================================================

``schools`` of a Proposal, as it is written, has these beside the columns above:

=====================  =======  =================================================================
column                 type     meaning
=====================  =======  =================================================================
school_id              str      identifier of the school
grades                 str      grades offered, as people write them: ``PK-5``, ``9-12``
longitude, latitude    float64  position [degrees, WGS 84]; missing allowed
role                   str      ``anchor``, ``feeder`` or ``outside``
zone_id                str      Zones of the school, separated by semicolons; missing: none
reason                 str      sentences that say why it is in the Zone
feeder_pattern         str      ``straight``, ``split`` or ``scattered``; missing: it feeds no school
dominant_destinations  str      schools that most of its promoted students go to, separated by semicolons
dominant_feeders       str      schools that most of its entering students come from, separated by semicolons
zone_name              str      name of the Zone
anchor_id              str      ``school_id`` of the low-performing high school of the Zone
flow_basis             str      what the flows rest on: ``recorded``, or how they were estimated
=====================  =======  =================================================================
"""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["elementary", "elementary-middle", "middle", "middle-high", "high", "all-grades", "other"]
LEVELS: tuple[Level, ...] = get_args(Level)

FLOW_KINDS = (
    "feeding",  # promoted out of the origin's final grade into another listed school
    "continuation",  # promoted inside one school
    "lateral",  # promoted into another school although the origin offers the next grade: mobility
    "retained",  # same or lower grade a year later, in whatever school
    "exit",  # no destination school
    "unlisted origin",  # the origin is not in the schools table
    "unlisted destination",  # promoted out of a final grade into a school that is not in the schools table
    "against grade order",  # the destination ends no later than the origin: cannot lead up to a high school
    "ungraded",  # a grade is missing: neither promotion nor retention can be told
    "unknown destination",  # promoted out of a final grade into a school that no file tells; in estimates only
)

PATH_BASES = ("student records", "catchments")

# Published rates and points that are read.
Measure = Literal[
    "graduation_3year",
    "graduation_4year",
    "graduation_5year",
    "graduation_6year",
    "proficiency_mathematics",
    "proficiency_reading",
    "index",
    "growth",
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
POINT_MEASURES = ("index", "growth")  # points on a state's own scale: no shares, and never compared with them

# Short enough to be the same on every machine, long enough to lose nothing that counts.
SHARE_DIGITS = 6
STUDENT_DIGITS = 3

SCHOOL_COLUMNS = (
    "name",
    "district_id",
    "district_name",
    "grades_offered",
    "level",
    "status",
    "enrolment_students",
    "school_type",
    "title1_status",
    "virtual",
    "opened_year",
    "geometry",
)

FLOW_COLUMNS = (
    "origin",
    "destination",
    "grade",
    "next_grade",
    "year",
    "students",
    "students_low",
    "students_high",
    "kind",
)

# Where residents enrol: ``origin`` is the school in whose attendance area students live.
RESIDENT_COLUMNS = ("origin", "destination", "grade", "year", "students", "students_low", "students_high")

TRAVEL_TIME_COLUMNS = ("origin", "destination", "minutes")

CONTIGUITY_COLUMNS = ("school_id", "neighbour_id")

# Of protected rates only, whose sizes of cohorts are classes.
COHORT_AT_LEAST = "cohort_at_least"

# What an estimate sends from school to school, beside counted flows that it is compared with.
ESTIMATE_COLUMNS = ("method", "origin", "destination", "students")

# How the ground of those who enter a school lies in the catchments of the schools after it: ``part`` in that of the
# destination, ``rest`` in none [0 to 1]; ``is_near``: the destination is a neighbourhood school.
CATCHMENT_WAY_COLUMNS = ("origin", "grade", "via", "final_grade", "destination", "part", "rest", "is_near")


PATH_COLUMNS = ("origin", "via", "destination", "students", "students_low", "students_high", "basis")

LINK_COLUMNS = (
    "origin",
    "destination",
    "students",
    "students_low",
    "students_high",
    "send_share",
    "receive_share",
)

GEOGRAPHIC_CRS = "EPSG:4326"
EARTH_RADIUS_KM = 6371.0088  # mean radius, International Union of Geodesy and Geophysics
