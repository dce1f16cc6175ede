"""Flows, pairs and rates that are read with a warning, or refused, each with what the message tells to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.faulty_files.odd_file import SOUND, Content, OddFile

HEAD = "origin,destination,grade,school_year,students"
ROWS = "0007,0010,8,2022-23,60 / 0007,0011,8,2022-23,40"
WEST, EAST = ("0007", "0010", 2022), ("0007", "0011", 2022)
MOVED = {WEST: 60, EAST: 40}
RATES = {"0010": 0.55, "0011": 0.8}


def odd_warnings() -> Iterator[OddFile]:
    """All of them."""
    yield from _flows()
    yield from _matrices()
    yield from _crosswalks()
    yield from _travel_times()
    yield from _students()
    yield from _rates()
    yield from _repeated_rates()
    yield from _columns_of_rates()
    yield from _federal_rates()
    yield from _state_identifiers()


def _flow(name: str, data: Content, says: str, **more: Any) -> OddFile:
    return OddFile(
        **{"role": "flows", "name": name, "data": data, "says": says, "look": "students", "right": MOVED, **more}
    )


def _flows() -> Iterator[OddFile]:
    sound = f"{HEAD} / {ROWS}"
    other = sound.replace(",8,", ",5,")
    yield _flow("grades of another year.csv", other, "does not offer", edit=sound)
    groups = "origin,destination,grade,school_year,Group,students / 0007,0010,8,2022-23,All Students,60"
    groups += " / 0007,0010,8,2022-23,Hispanic,20 / 0007,0011,8,2022-23,All Students,40"
    yield _flow("groups beside all.csv", groups, "students would count twice", is_asked=True)
    unknown = f"{sound} / 0008,0010,8,2022-23,NR"
    yield _flow(
        "unknown counts.csv",
        unknown,
        "are not known; their records are set aside",
        options=("unknown counts.csv:missing=NR",),
        later_options=("unknown counts.csv:suppressed=NR",),
    )


def _matrices() -> Iterator[OddFile]:
    pairs = {("0007", "0010"): (60, 60), ("0008", "0011"): (10, 10)}
    more: dict[str, Any] = {"look": "hidden students", "right": pairs}
    sound = "origin,0010,0011 / 0007,60,40 / 0008,90,10"
    words = "origin,0010,0011,Remarks / 0007,60,40,moved far away / 0008,90,10,new building"
    yield _flow("remarks.csv", words, "holds words, and no numbers", options=("remarks.csv:kind=matrix",), **more)
    left = "origin,0010,0011,Gone / 0007,60,40,5 / 0008,90,10,7"
    named = left.replace("Gone", "0008")
    yield _flow("left.csv", left, "counts students who left", edit=named, **more)
    years = "origin,destination,grade,school_year,students_2021_22,students_2022_23 / 0007,0010,8,2022-23,50,60"
    sound = years.replace("school_year,", "").replace("8,2022-23", "8")
    yield _flow("years twice.csv", years, "years in this column are not used", edit=sound, right={WEST: 60})


def _crosswalks() -> Iterator[OddFile]:
    old = {"flows": f"{HEAD} / {ROWS.replace('0010', '0901')}"}
    more: dict[str, Any] = {"role": "crosswalk", "beside": old, "right": {WEST: 60}}
    sound = "old_id,new_id,confirmed / 0901,0010,yes"
    unread = "old_id,new_id / 0901,0010"
    yield _flow("unconfirmed.csv", unread, "no column confirmed", edit=sound, **{**more, "right": {}})
    yield _flow(
        "new unlisted.csv",
        sound.replace("0010", "0099"),
        "new school is not in the schools files",
        edit=sound,
        **{**more, "right": {}},
    )
    longer = {**old, "schools": f"{SOUND['schools']} / 00012,Far High,38.2,-98.0,9-12,700"}
    lost = sound.replace("0901", "901")
    yield _flow(
        "zeros of old.csv", lost, "lost its leading zero", edit=sound, is_asked=True, **{**more, "beside": longer}
    )


def _travel_times() -> Iterator[OddFile]:
    more: dict[str, Any] = {"role": "travel_times", "look": "minutes", "right": {("0007", "0010"): 12.0}}
    sound = "origin,destination,minutes / 0007,0010,12"
    seconds = "origin,destination,travel_time / 0007,0010,720"
    by_hand = {"unit=minutes": "unit=seconds"}
    yield _flow(
        "which unit.csv", seconds, "unit of the travel times is not clear", is_asked=True, by_hand=by_hand, **more
    )
    twice = f"{sound} / 0007,0010,15"
    commas = 'origin,destination,minutes / 0007,0010,"1,5" / 0007,0011,"1,200"'
    unclear: dict[str, Any] = {**more, "right": {("0007", "0010"): 1.5, ("0007", "0011"): 1.2}}
    yield _flow("unclear commas.csv", commas, "perhaps thousands", is_asked=True, **unclear)
    yield _flow("two times.csv", twice, "another travel time", is_asked=True, edit=sound, **more)
    strangers = "origin,0010,0011,0099 / 0007,12,20,30"
    minutes: dict[str, Any] = {"options": ("stranger.csv:unit=minutes",), **more}
    yield _flow(
        "stranger.csv", strangers, "destinations that are not in", edit="origin,0010,0011 / 0007,12,20", **minutes
    )


def _students() -> Iterator[OddFile]:
    head = "student_id,school_year,school_id,grade"
    first = [f"77{student:06d},2022-23,0007,08" for student in range(20)]
    second = [each.replace("2022-23,0007,08", "2023-24,0010,09") for each in first]
    sound = " / ".join([head, *first, *second])
    twice = f"{sound} / {first[0].replace('08', '07')}"
    yield _flow("two grades.csv", twice, "two grades in one school year", role="students", right={WEST: 20}, edit=sound)


def _rate(name: str, data: Content, says: str, **more: Any) -> OddFile:
    return OddFile(
        **{"role": "performance", "name": name, "data": data, "says": says, "look": "rates", "right": RATES, **more}
    )


def _rates() -> Iterator[OddFile]:
    sound = "school_id,graduation_rate / 0010,55 / 0011,80"
    small = f"{sound} / 0008,<10"
    yield _rate("small or low.csv", small, "not as a small number", then={"0008": "suppressed"})
    counts = "school_id,school_year,graduation_rate,graduates,cohort / 0011,2022-23,80,80,100 / 0007,2022-23,70,"
    years = f"{counts},0 / 0010,2021-22,55,75,100"
    said = ("an earlier one is used", "cohort has no students", "differs from graduates divided")
    yield _rate("counts and years.csv", years, said, edit=f"{counts},10", then={"0011": 0.8, "0007": 0.7})
    flagged = "school_id,graduation_rate,Suppressed / 0010,55,yes / 0011,80,no"
    yield _rate("flagged.csv", flagged, "read as suppressed", edit=sound, right={"0010": "suppressed"}, then=RATES)
    below = "school_id,name,graduation_rate / 0010,West,55 / 0011,East,80"
    below += " /  / school_id,name,students / 0010,West,9 / 0011,East,4"
    yield _rate("second table.csv", below, "second table")
    listed = {"schools": SOUND["schools"].replace("enrollment", "identified").replace("900", "CSI").replace("800", "")}
    listed["schools"] = listed["schools"].replace(",500", ",").replace(",400", ",")
    yield OddFile(
        role="schools",
        name="two lists.csv",
        data=listed["schools"],
        says="differs from that in",
        look="identified",
        right={"0010": "TSI"},
        beside={"performance": "school_id,identified / 0010,TSI"},
        edit=listed["schools"].replace("CSI", "TSI"),
    )


def _repeated_rates() -> Iterator[OddFile]:
    sound = "school_id,graduation_rate,Note / 0010,55,a / 0011,80,b"
    yield _rate("equal rates.csv", f"{sound} / 0010,55,c", "count once", edit=sound)
    outcomes = "school_id,Outcome,Percent / 0010,Dropped out,12 / 0010,Still enrolled,33 / 0011,Dropped out,5"
    outcomes += " / 0010,Finished,55 / 0011,Finished,80 / 0011,Still enrolled,15"
    named = ("outcomes.csv:columns.graduation_rate=Percent",)
    by_hand = {"=ENTRY": "=Finished"}
    yield _rate("outcomes.csv", outcomes, "several records", is_asked=True, options=named, by_hand=by_hand)
    some = "school_id,Series,graduation_rate / 0010,Blue,55 / 0010,Green,70 / 0011,Blue,80 / 0011,Blue,81"
    once = "school_id,Series,graduation_rate / 0010,Blue,55 / 0011,Blue,80"
    yield _rate("some repeated.csv", some, "more than once", is_asked=True, edit=once)


def _columns_of_rates() -> Iterator[OddFile]:
    sound = "school_id,graduation_rate / 0010,55 / 0011,80"
    nothing = "school_id,Remark / 0010,55 / 0011,80"
    remark: dict[str, Any] = {"by_hand": {"=HEADING": "=Remark"}, "right": {}, "then": RATES}
    yield _rate("no rate.csv", nothing, "no column of it looks like one", **remark)
    some = "school_id,Algebra,Biology / 0010,55.1,44.2 / 0011,80.3,70.4"
    by_hand = {"=HEADING": "=Algebra"}
    yield _rate("which share.csv", some, "hold per cents or shares", by_hand=by_hand, right={})
    groups = (
        sound.replace("graduation_rate", "graduation_rate,Graduation Rate Hispanic")
        .replace("55", "55,50.5")
        .replace("80", "80,70.5")
    )
    yield _rate("groups in columns.csv", groups, "look like columns that are known")
    cohort = "school_id,identified,Cohort Size Total,Finished / 0010,CSI,100,55 / 0011,no,120,96"
    finished: dict[str, Any] = {"by_hand": {"=HEADING": "=Finished"}, "right": {}, "then": RATES}
    yield _rate("cohort alone.csv", cohort, "look like columns that are known", **finished)
    unpaired = "school_id,identified,Hispanic Graduates Count,White Cohort Count / 0010,CSI,45,100 / 0011,no,33,120"
    pair: dict[str, Any] = {
        "by_hand": {
            "graduates=HEADING": "graduates=Hispanic Graduates Count",
            "cohort=HEADING": "cohort=White Cohort Count",
        }
    }
    yield _rate("unpaired.csv", unpaired, "look like columns that are known", right={}, **pair)
    groups = "school_id,graduation_rate,subgroup / 0010,55,{0} / 0011,80,{0}"
    yield _rate(
        "no group of all.csv",
        groups.format("Hispanic"),
        "is that of all students",
        edit=groups.format("All Students"),
        right={},
        then=RATES,
    )
    wrong = "school_id,graduation_rate,cohort / 0010,55,blue / 0011,80,green"
    right = wrong.replace("cohort", "cohort,In Class").replace("blue", "blue,100").replace("green", "green,100")
    yield _rate("no cohort.csv", right, "holds no cohort", by_hand={"=HEADING": "=In Class"})
    points = "school_id,name,graduation_rate / " + " / ".join(f"{9000 + each},A,{each % 5 + 1}" for each in range(30))
    points += " / 0010,A,4 / 0011,A,5"
    yield _rate("points.csv", points, "as points or ratings do", right={})
    long = f"{sound}".replace("rate", "rate,Remark").replace("55", f"55,{'x' * 600}").replace("80", "80,")
    yield _rate("long remark.csv", long, "they are not used")


def _federal_rates() -> Iterator[OddFile]:
    others = {"schools": "school_id,grades / 200005000010,9-12 / 200005000011,9-12", "flows": ""}
    none = "NCESSCH,School,Data Description,Subgroup,Value / 200005000010,West,Chronic absenteeism,All Students,5"
    sound = "NCESSCH,ALL_RATE_1415 / 200005000010,55 / 200005000011,80"
    right = {"200005000010": 0.55}
    yield _rate("no school.csv", none, "rate of a school", is_asked=True, edit=sound, right=right, beside=others)


def _state_identifiers() -> Iterator[OddFile]:
    directory = (
        "NCESSCH,ST_SCHID,SCH_NAME,grades / 200005000010,KS-0111-0010,West,9-12 / 200005000011,KS-0222-0010,East,9-12"
    )
    others = {"schools": directory}
    right = {"200005000010": 0.55, "200005000011": 0.8}
    parts = "Area,School ID,Grad Rate / 0111,0010,55 / 0222,0010,80"
    yield _rate(
        "part of a state.csv",
        parts,
        "school's part of the state's",
        is_asked=True,
        right=right,
        beside=others,
        by_hand={"DISTRICT": "Area"},
    )
    ours = "State School ID,Grad Rate / 0111-0010,55 / 0222-0010,80 / 0333-0010,70"
    yield _rate("other year.csv", ours, "they were translated", right=right, beside=others)
