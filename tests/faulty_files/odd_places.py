"""Odd and faulty files of catchments and of population."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.examples.sound_files import catchments
from tests.faulty_files.odd_file import Content, OddFile

TOUCHING = {("0007", "0008"): True}


# Most catchments of the corpus are polygons in a column of text: these need no process of their own to be read.
_WEST = "POLYGON ((-98 38, -97 38, -97 39, -98 39, -98 38))"
_EAST = "POLYGON ((-97 38, -96 38, -96 39, -97 39, -97 38))"
SOUND = f'school_id,grades,the_geom / 0007,6-8,"{_WEST}" / 0008,6-8,"{_EAST}"'


def odd_places() -> Iterator[OddFile]:
    """All of them."""
    yield from _levels()
    yield from _identifiers()
    yield from _shapes()
    yield from _population()


def _levels() -> Iterator[OddFile]:
    for number, level in enumerate(("middle", "Middle School", "2", "MS")):
        yield _odd(f"level {number}.csv", SOUND.replace("grades", "level").replace("6-8", level))
    unknown = SOUND.replace("grades", "grades,level").replace("6-8", "6-8,Unknown")
    yield _odd("unknown level.csv", unknown)
    plain = SOUND.replace("grades,", "").replace("6-8,", "")
    yield _odd("level named.csv", plain, options=("level named.csv:level=middle",))
    yield _odd("grades named.csv", plain, options=("grades named.csv:level=6-8",))
    yield _asked("no such level.csv", SOUND.replace("grades", "level").replace("6-8", "Blue"), "")


def _identifiers() -> Iterator[OddFile]:
    yield _asked("zeros of catchments.csv", SOUND.replace("0007", "7").replace("0008", "8"), "lost its leading zero")
    others = SOUND.replace("0007", "X7").replace("0008", "X8")
    yield _asked("other catchments.csv", others, "is in the schools files", edit=SOUND)
    unknown = SOUND.replace("school_id", "zone")
    by_hand = {"=HEADING": "=zone", "=NUMBER": "=1"}
    yield _asked("unknown id.csv", unknown, "no column for school_id", by_hand=by_hand)
    levels = f'MIDDLE,ELEM,the_geom / 0007,0099,"{_WEST}" / 0008,0099,"{_EAST}"'
    yield _odd("levels in columns.csv", levels, "each is a catchment of every school that it names")
    shared = f'{SOUND} / "0007, 0008",6-8,"POLYGON ((-96 38, -95 38, -95 39, -96 39, -96 38))"'
    yield _odd("two schools in one cell.csv", shared, "several identifiers")
    yield _odd(
        "no school.csv", f'{SOUND} / ,6-8,"POLYGON ((-96 38, -95 38, -95 39, -96 39, -96 38))"', "names no school"
    )
    years = SOUND.replace("grades", "grades,schoolyear").replace("6-8", "6-8,2023-24")
    earlier = f'0007,6-8,2022-23,"{_WEST}" / 0008,6-8,2022-23,"{_EAST}"'
    yield _asked("two years of catchments.csv", f"{years} / {earlier}", "several years")
    more = 'Unassigned,6-8,"POLYGON ((-96 38, -95 38, -95 39, -96 39, -96 38))"'
    yield _odd("unassigned.csv", f"{SOUND} / {more}")


def _shapes() -> Iterator[OddFile]:
    sound = catchments()
    yield _odd("polygons.geojson", sound)
    yield _odd("polygons.csv", SOUND)
    yield _asked("no geometry.csv", SOUND.replace(f'"{_WEST}"', ""), "no geometry", edit=SOUND)
    yield _asked("not closed.geojson", sound[:-20], "cannot be read", edit=SOUND)
    feet = sound.decode().replace("-98.0", "1000000.0").replace("-97.0", "1100000.0").replace("-96.0", "1200000.0")
    feet = feet.replace("38.0", "200000.0").replace("39.0", "300000.0")
    by_hand = {"EPSG:NUMBER": "EPSG:2263"}
    yield _asked("in feet.geojson", feet.encode(), "outside -180 to 180", by_hand=by_hand)
    yield _odd(
        "middle and area.csv", SOUND.replace("grades,", "grades,geo_point,").replace("6-8,", '6-8,"38.5, -97.5",')
    )
    swapped = SOUND.replace("-98 38, -97 38, -97 39, -98 39, -98 38", "38 -98, 38 -97, 39 -97, 39 -98, 38 -98")
    swapped = swapped.replace("-97 38, -96 38, -96 39, -97 39, -97 38", "38 -97, 38 -96, 39 -96, 39 -97, 38 -97")
    yield _asked("latitude first.csv", swapped, "exchanged")
    yield _asked("no minus.csv", SOUND.replace("-9", "9").replace("6 8", "6-8"), "lack their minus sign")
    yield _asked("points.csv", "school_id,grades,lat,lon / 0007,6-8,38,-98", "no geometry", edit=SOUND)


def _population() -> Iterator[OddFile]:
    beside = {"catchments": SOUND.replace("0007", "0010").replace("0008", "0011").replace("6-8", "9-12")}
    odd = {"role": "population", "beside": beside, "look": "", "right": {}}
    rows = " / 38.5,-97.5,10 / 38.6,-96.5,20"
    for number, head in enumerate(
        ("latitude,longitude,population", "lat,lon,children", "Y,X,pop", "Latitude,Longitude,Residents")
    ):
        yield _odd(f"people {number}.csv", head + rows, **odd)
    for text in ("many", "-1", "inf"):
        yield _asked(
            f"people {text}.csv",
            f"latitude,longitude,population / 38.5,-97.5,{text} / 38.6,-96.5,20",
            "not a number of people",
            **odd,
            **({"edit": "latitude,longitude,population / 38.5,-97.5,0 / 38.6,-96.5,20"} if text == "-1" else {}),
        )


def _odd(name: str, data: Content, says: str = "", **more: Any) -> OddFile:
    """A file that is read as it is."""
    right: Mapping[Any, Any] = TOUCHING
    return OddFile(
        **{"role": "catchments", "name": name, "data": data, "says": says, "look": "touching", "right": right, **more}
    )


def _asked(name: str, data: Content, says: str, **more: Any) -> OddFile:
    """A file that is read once a remedy was followed."""
    return _odd(name, data, says, is_asked=True, **more)
