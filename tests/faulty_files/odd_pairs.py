"""Odd and faulty files of pairs: crosswalks from earlier to present identifiers, and travel times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.faulty_files.odd_file import Content, OddFile

WEST = ("0007", "0010", 2022)
HEAD = "origin,destination,grade,school_year,students"
ROWS = "0007,0010,8,2022-23,60 / 0007,0011,8,2022-23,40"


def odd_pairs() -> Iterator[OddFile]:
    """All of them."""
    yield from _crosswalks()
    yield from _travel_times()


def _odd(name: str, data: Content, right: Mapping[Any, Any], says: str = "", **more: Any) -> OddFile:
    """A file that is read as it is."""
    return OddFile(**{"name": name, "data": data, "right": right, "says": says, "look": "students", **more})


def _asked(name: str, data: Content, right: Mapping[Any, Any], says: str, **more: Any) -> OddFile:
    """A file that is read once a remedy was followed."""
    return _odd(name, data, right, says, is_asked=True, **more)


def _crosswalks() -> Iterator[OddFile]:
    old = {"flows": f"{HEAD} / {ROWS.replace('0010', '0901')}"}
    odd = {"role": "crosswalk", "beside": old}
    for number, head in enumerate(
        (
            "old_id,new_id,confirmed",
            "old_ncessch,new_ncessch,confirmed",
            "former_id,current_id,confirmed",
            "Previous ID,New ID,Confirmed",
        )
    ):
        yield _odd(f"crosswalk {number}.csv", f"{head} / 0901,0010,yes", {WEST: 60}, **odd)
    for number, yes in enumerate(("Yes", "TRUE", "1", "y", "Y")):
        yield _odd(f"yes {number}.csv", f"old_id,new_id,confirmed / 0901,0010,{yes}", {WEST: 60}, **odd)
    sound = "old_id,new_id,confirmed / 0901,0010,yes"
    yield _asked("perhaps.csv", sound.replace("yes", "perhaps"), {WEST: 60}, "neither yes nor no", edit=sound, **odd)
    lost = "old_id,new_id,confirmed / 901,0010,yes"
    yield _asked("old zeros.csv", lost, {WEST: 60}, "", **odd)
    halves = "old_id,new_id,share,confirmed / 0901,0010,0.5,yes / 0901,0011,0.5,yes"
    yield _odd("halves.csv", halves, {WEST: 30}, **odd)
    per_cent = halves.replace("0.5", "50%")
    yield _odd("halves in per cent.csv", per_cent, {WEST: 30}, **odd)
    yield _asked("too little.csv", halves.replace("0.5", "0.3"), {WEST: 30}, "add up to", edit=halves, **odd)
    unknown = "was,new_id,confirmed / 0901,0010,yes"
    yield _asked(
        "unknown old.csv",
        unknown,
        {WEST: 60},
        "no column for old_id",
        by_hand={"=HEADING": "=was", "=NUMBER": "=1"},
        **odd,
    )


def _travel_times() -> Iterator[OddFile]:
    odd = {"role": "travel_times", "look": "minutes"}
    right = {("0007", "0010"): 12.0}
    head = "origin,destination"
    for number, (heading, time) in enumerate(
        (
            ("minutes", "12"),
            ("travel_time_min", "12"),
            ("duration_minutes", "12.0"),
            ("seconds", "720"),
            ("travel_time_s", "720"),
            ("hours", "0.2"),
        )
    ):
        yield _odd(f"times {number}.csv", f"{head},{heading} / 0007,0010,{time} / 0007,0011,{time}", right, **odd)
    yield _odd(
        "times, seconds named.csv",
        f"{head},travel_time / 0007,0010,720",
        right,
        options=("times, seconds named.csv:unit=seconds",),
        **odd,
    )
    yield _odd("times, matrix.csv", "origin,0010,0011 / 0007,12,15 / 0008,9,11", right, **odd)
    yield _odd(
        "times, comma.csv",
        f"{head};minutes / 0007;0010;12,0".replace(",d", ";d"),
        right,
        options=("times, comma.csv:decimal=comma",),
        **odd,
    )
    yield _asked("times, lost zeros.csv", f"{head},minutes / 7,10,12", right, "lost its leading zero", **odd)
    yield _asked(
        "times, too long.csv",
        f"{head},minutes / 0007,0010,3000 / 0007,0011,12",
        {("0007", "0010"): 50.0},
        "over 24 hours",
        **odd,
    )
    yield _asked(
        "times, negative.csv",
        f"{head},minutes / 0007,0010,-1",
        right,
        "below 0",
        edit=f"{head},minutes / 0007,0010,12",
        **odd,
    )
    yield _odd("times, unknown.csv", f"{head},minutes / 0007,0010,12 / 0007,0011,n/a", right, **odd)
    yield _asked(
        "times, unknown heading.csv",
        f"{head},how long / 0007,0010,12",
        right,
        "no column for travel_time",
        by_hand={"=HEADING": "=how long", "=NUMBER": "=1"},
        **odd,
    )
