"""Odd and faulty files of catchments and of population."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.examples.sound_files import catchments
from tests.faulty_files.odd_file import Content, OddFile

TOUCHING = {("0007", "0008"): True}


def odd_places() -> Iterator[OddFile]:
    """All of them."""
    sound = catchments()
    yield _odd("polygons.geojson", sound)
    text = sound.decode()
    for number, level in enumerate(("middle", "Middle School", "2", "MS")):
        yield _odd(f"level {number}.geojson", text.replace('"grades": "6-8"', f'"level": "{level}"').encode())
    unknown = text.replace('"grades": "6-8"', '"grades": "6-8", "level": "Unknown"').encode()
    yield _odd("unknown level.geojson", unknown)
    plain = text.replace(', "grades": "6-8"', "").encode()
    yield _odd("level named.geojson", plain, options=("level named.geojson:level=middle",))
    yield _odd("grades named.geojson", plain, options=("grades named.geojson:level=6-8",))
    yield _asked("no such level.geojson", text.replace('"grades": "6-8"', '"level": "Blue"').encode(), "")
    yield _asked(
        "lost zeros.geojson", text.replace('"0007"', "7").replace('"0008"', "8").encode(), "lost its leading zero"
    )
    yield _asked(
        "other schools.geojson",
        text.replace("0007", "X7").replace("0008", "X8").encode(),
        "is in the schools files",
        edit=sound,
    )
    line = {"type": "LineString", "coordinates": [[-98.0, 38.0], [-97.0, 38.0]]}
    yield _asked("line.geojson", catchments(geometry=line), "not a polygon", edit=sound)
    yield _asked("no geometry.geojson", catchments(geometry=None), "no geometry", edit=sound)
    yield _asked("not closed.geojson", sound[:-20], "cannot be read", edit=sound)
    yield _odd("unassigned.geojson", _with_unassigned(text))
    yield _asked(
        "unknown id.geojson",
        text.replace("school_id", "zone").encode(),
        "no column for school_id",
        by_hand={"=HEADING": "=zone", "=NUMBER": "=1"},
    )
    feet = text.replace("-98.0", "1000000.0").replace("-97.0", "1100000.0").replace("-96.0", "1200000.0")
    feet = feet.replace("38.0", "200000.0").replace("39.0", "300000.0")
    yield _asked("in feet.geojson", feet.encode(), "outside -180 to 180", by_hand={"EPSG:NUMBER": "EPSG:2263"})
    wide = (
        '"POLYGON ((-98 38, -97 38, -97 39, -98 39, -98 38))"',
        '"POLYGON ((-97 38, -96 38, -96 39, -97 39, -97 38))"',
    )
    yield _odd("text of polygons.csv", f"school_id,grades,the_geom / 0007,6-8,{wide[0]} / 0008,6-8,{wide[1]}")
    yield _asked(
        "points.csv",
        "school_id,grades,lat,lon / 0007,6-8,38,-98",
        "no geometry",
        edit=f"school_id,grades,the_geom / 0007,6-8,{wide[0]} / 0008,6-8,{wide[1]}",
    )
    yield from _population()


def _population() -> Iterator[OddFile]:
    beside = {"catchments": catchments("high")}
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
        )


def _with_unassigned(text: str) -> bytes:
    table = json.loads(text)
    ring = [[-96.0, 38.0], [-95.0, 38.0], [-95.0, 39.0], [-96.0, 39.0], [-96.0, 38.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    other = {"type": "Feature", "properties": {"school_id": "Unassigned", "grades": "6-8"}, "geometry": geometry}
    return json.dumps({**table, "features": [*table["features"], other]}).encode()


def _odd(name: str, data: Content, says: str = "", **more: Any) -> OddFile:
    """A file that is read as it is."""
    right: Mapping[Any, Any] = TOUCHING
    return OddFile(
        **{"role": "catchments", "name": name, "data": data, "says": says, "look": "touching", "right": right, **more}
    )


def _asked(name: str, data: Content, says: str, **more: Any) -> OddFile:
    """A file that is read once a remedy was followed."""
    return _odd(name, data, says, is_asked=True, **more)
