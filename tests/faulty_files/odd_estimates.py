"""Catchments and feeder tables whose flows are estimated with a warning, each with what the warning tells to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.faulty_files.odd_file import SOUND, OddFile

HEAD = "school_id,grades,the_geom"
_WEST, _EAST = ("-98 38, {0} 38, {0} 39, -98 39, -98 38", "-97 38, {0} 38, {0} 39, -97 39, -97 38")
# What is estimated from several files is said of the role.
ROLE = "catchments"


def odd_estimates() -> Iterator[OddFile]:
    """All of them."""
    yield from _polygons()
    yield from _layers()
    yield from _estimates()
    yield from _population()
    yield from _feeder_tables()


def _row(school: str, grades: str, corners: str = _WEST, east: str = "-97") -> str:
    return f' / {school},{grades},"POLYGON (({corners.format(east)}))"'


MIDDLE = _row("0007", "6-8") + _row("0008", "6-8", _EAST, "-96")
HIGH = _row("0010", "9-12") + _row("0011", "9-12", _EAST, "-96")


def _warned(name: str, data: str, says: str | tuple[str, ...], **more: Any) -> OddFile:
    """Catchments that are read, with a warning."""
    right = {("0007", "0008"): True}
    return OddFile(
        **{"role": ROLE, "name": name, "data": data, "says": says, "look": "touching", "right": right, **more}
    )


def _polygons() -> Iterator[OddFile]:
    """All in one file, since it takes long to read catchments."""
    edges = [f"-98 {south}, -97 {south}, -97 {south + 1}, -98 {south + 1}, -98 {south}" for south in range(38, 43)]
    crossed = edges[0].replace("-97 39, -98 39", "-98 39, -97 39")
    rows = (  # grades, lowest, highest and level, the polygon; then the same as it is mended
        ("6-8,,,middle", f"POLYGON (({crossed}))", "6-8,,,middle"),
        ("6-8,,,middle", f"MULTIPOLYGON ((({edges[1]})), ((-90 38, -89 38, -89 39, -90 38)))", "6-8,,,middle"),
        (",8,6,middle", f"POLYGON (({edges[2]}))", ",6,8,middle"),
        ("6-8,,,Blue", f"POLYGON (({edges[3]}))", "6-8,,,middle"),
        ("sixth,,,middle", f"POLYGON (({edges[4]}))", "6,,,middle"),
    )
    faulty = sound = "school_id,grades,lowest_grade,highest_grade,level,the_geom"
    for number, (cells, polygon, mended) in enumerate(rows):
        faulty += f' / {20 + number:04d},{cells},"{polygon}"'
        sound += f' / {20 + number:04d},{mended},"POLYGON (({edges[number]}))"'
    said = (
        "has been repaired",
        "has islands",
        "lowest grade is above",
        "Words that are no level",
        "grades cannot be read",
    )
    listed = SOUND["schools"] + "".join(f" / {each:04d},A,,,6-8,10" for each in range(20, 25))
    right = {("0021", "0022"): True}
    yield _warned("polygons.csv", faulty, said, edit=sound, right=right, beside={"schools": listed})


def _layers() -> Iterator[OddFile]:
    sound = HEAD + MIDDLE
    both = sound.replace("school_id", "MS_ID,HS_ID").replace("0007", "0007,0010").replace("0008", "0008,0011")
    yield _warned("two layers.csv", both, "repeat equally", is_asked=True, right={})
    level = sound.replace("grades", "grades,level")
    by_hand = {"level=elementary": "level=middle"}
    contradiction = level.replace("6-8", "6-8,high")
    yield _warned("other level.csv", contradiction, "level contradicts the grades", by_hand=by_hand)


def _estimates() -> Iterator[OddFile]:
    """Of these there are no recorded flows."""
    sound = HEAD + MIDDLE + HIGH
    more: dict[str, Any] = {"look": "sent", "right": {("0007", "0010"): True}}
    half = HEAD + MIDDLE + _row("0010", "9-12") + _row("0011", "9-12") + _row("0011", "9-12", _EAST, "-96.6")
    said = ("less than half of their catchment", "where catchments of the next grade overlap")
    yield _warned(ROLE, half, said, edit=sound, beside={"flows": ""}, **more)
    opened = sound.replace("grades,", "grades,openenroll,").replace("6-8,", "6-8,0,").replace("9-12,", "9-12,0,")
    opened = opened.replace("0008,6-8,0", "0008,6-8,1")
    kinds = "school_id,grades,school_type / 0007,6-8,1 / 0008,6-8,1 / 0010,9-12,1 / 0011,9-12,4"
    said = ("open enrolment were left out", "no neighbourhood school")
    without = {"flows": "", "schools": kinds}
    yield _warned(ROLE, opened, said, beside=without, added={"flows": SOUND["flows"]}, **more)
    points = "latitude,longitude,population / 38.5,-97.5,10"
    without = {"flows": "", "schools": SOUND["schools"].replace("6-8,500", "6-8,"), "population": points}
    added = {"schools": SOUND["schools"], "population": f"{points} / 38.5,-96.5,10"}
    said = ("taken to be the median", "none of the population lives")
    yield _warned(ROLE, sound, said, beside=without, added=added, **more)
    grades = kinds.replace("school_type", "name")
    yield _warned(
        ROLE,
        sound,
        "No enrolment is known",
        beside={"flows": "", "schools": grades},
        added={"schools": SOUND["schools"]},
        **more,
    )


def _population() -> Iterator[OddFile]:
    points = "latitude,longitude{} / 38.5,-97.5{} / 38.6,-96.5{}"
    more: dict[str, Any] = {"role": "population", "beside": {"catchments": HEAD + MIDDLE}, "look": "", "right": {}}
    counted = points.format(",population", ",10", ",20")
    bare = points.format("", "", "") + " / north,-96.5"
    said = ("every point counts as one", "is not a number from -90")
    yield _warned("points alone.csv", bare, said, edit=counted, **more)


def _feeder_tables() -> Iterator[OddFile]:
    rows = "origin,destination,share / 0007,0010,100 / 0008,0011,100"
    more: dict[str, Any] = {"role": "flows", "look": "sent", "right": {("0007", "0010"): True}}
    ungraded = {"schools": SOUND["schools"].replace("6-8,400", ",400")}
    said = ("is not in the schools files", "not a share of students", "of the feeder table cannot be used")
    stranger = f"{rows} / 0007,0099,0 / 0008,0010,some"
    mended: dict[str, Any] = {"edit": f"{rows} / 0008,0010,0", "added": {"schools": SOUND["schools"]}}
    yield _warned("flows", stranger, said, beside=ungraded, **mended, **more)
