"""Odd and faulty sets of files: files that are missing, of other schools or years, or that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.examples.sound_files import csv, membership
from tests.faulty_files.odd_file import SOUND as SOUND_FILES
from tests.faulty_files.odd_file import Content, OddFile
from tests.faulty_files.odd_places import SOUND as CATCHMENTS
from tests.faulty_files.odd_sources import as_it_is, in_folder
from tests.faulty_files.odd_students import SOUND as RECORDS

SCHOOLS, FLOWS = SOUND_FILES["schools"], SOUND_FILES["flows"]
MOVED = {("0007", "0010", 2022): 60}
NOTHING = as_it_is(None)


def odd_ingest() -> Iterator[OddFile]:
    """All of them."""
    yield from _missing()
    yield from _twice()
    yield from _years()
    yield from _schools()
    yield from _catchments()


def _files(role: str, name: str, data: Content, says: str, edit: Content | None, **more: Any) -> OddFile:
    """Files that are read once the remedy was followed."""
    given = {"table": name, "look": "students", "right": MOVED, "is_asked": True, **more}
    return OddFile(role=role, name=name, data=data, says=says, edit=edit, **given)


def _missing() -> Iterator[OddFile]:
    flows = {"flows": FLOWS}
    yield _files("schools", "schools", NOTHING, "Schools are missing", SCHOOLS, beside=flows, table="files")
    yield _files("flows", "flows", NOTHING, "Flows are missing", FLOWS, table="files")
    alone = {"catchments": CATCHMENTS, "flows": NOTHING}
    middles = SCHOOLS.split(" / 0010")[0]
    more: dict[str, Any] = {"table": "files", "look": "estimated", "right": {("0007", "0010"): True}}
    high = CATCHMENTS.replace("0007,6-8", "0010,9-12").replace("0008,6-8", "0011,9-12").partition(" / ")[2]
    both = {"catchments": f"{CATCHMENTS} / {high}"}
    yield _files("schools", "schools", middles, "No flow can be estimated", SCHOOLS, beside=alone, added=both, **more)


def _twice() -> Iterator[OddFile]:
    students = {"students": RECORDS}
    both: dict[str, Any] = {"table": "files", "beside": students, "look": "", "right": {}}
    yield _files("flows", "flows", FLOWS, "both flows and student records", NOTHING, **both)
    same = in_folder({"a.csv": FLOWS, "b.csv": FLOWS})
    yield _files("flows", "b.csv", same, "the same content", in_folder({"a.csv": FLOWS}))
    strangers = RECORDS.replace(",0007,", ",X007,").replace(",0010,", ",X010,")
    yield _files("students", "r.csv", strangers, "None of the schools", RECORDS, look="", right={})


def _years() -> Iterator[OddFile]:
    gap = f"{FLOWS} / 0007,0010,8,2019-20,60"
    filled = f"{gap} / 0007,0010,8,2020-21,60 / 0007,0010,8,2021-22,60"
    yield _files("flows", "gap.csv", gap, "lack the school year", filled, table="flows", is_asked=False)
    few = "school_id,grades,G08,G09,G10 / 0007,6-8,90,, / 0010,9-12,,20,200 / 0011,9-12,,20,200"
    many = few.replace(",20,", ",200,")
    over: dict[str, Any] = {"beside": {"flows": FLOWS}, "table": "flows", "is_asked": False}
    yield _files("schools", "few.csv", few, "more students enter", many, **over)


def _schools() -> Iterator[OddFile]:
    states = "school_id,state,lat,lon / 0007,KS,{},-98.0 / 0008,KS,38.08,-98.0 / 0010,KS,38.1,-98.0"
    of_state: dict[str, Any] = {"look": "places", "right": {"0008": (-98.0, 38.08)}, "is_asked": False}
    outside, inside = states.format("8.07"), states.format("38.07")
    yield _files("schools", "outside.csv", outside, "outside the school's state", inside, **of_state)
    schools = {"a.csv": "NCESSCH,state_id,lat,lon / 200005000099,0010,38.07,-98.0"}
    others = in_folder(schools | {"m.csv": csv(membership())})
    alone = in_folder(schools)
    yield _files("schools", "m.csv", others, "none of its schools is in", alone, look="", right={})
    other = ("other.csv:has_header=yes",)
    rest: dict[str, Any] = {"options": other, "later_options": (), "table": "options"}
    yield _files("flows", "flows.csv", FLOWS, "no such file", None, **rest)


def _catchments() -> Iterator[OddFile]:
    beside = {"catchments": CATCHMENTS, "flows": FLOWS}
    without = SCHOOLS.replace("Oak Middle,38.07,-98.0,6-8", "Oak Middle,38.07,-98.0,")
    told: dict[str, Any] = {"table": "catchments", "look": "grades", "right": {"0007": "6-8"}, "is_asked": False}
    yield _files("schools", "no grades.csv", without, "have no grades", SCHOOLS, beside=beside, **told)
    anyone = (
        CATCHMENTS.replace("grades,", "grades,openenroll,")
        .replace("6-8,", "6-8,1,", 1)
        .replace("0008,6-8,", "0008,6-8,0,")
    )
    opened: dict[str, Any] = {"table": "catchments", "look": "", "right": {}, "is_asked": False}
    yield _files("catchments", "open.csv", anyone, "of open enrolment", None, **opened)
