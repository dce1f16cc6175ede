"""Faulty files of all kinds that a message tells to edit, each with the edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.faulty_files.odd_file import Content, OddFile

HEAD = "origin,destination,grade,school_year,students"
ROWS = "0007,0010,8,2022-23,60 / 0007,0011,8,2022-23,40"
WEST, EAST = ("0007", "0010", 2022), ("0007", "0011", 2022)
RATES = {"0010": 0.55, "0011": 0.8}


def odd_edits() -> Iterator[OddFile]:
    """All of them."""
    yield from _crosswalks()
    yield from _matches_of_names()
    yield from _pairs()
    yield from _rates()
    yield from _own_rates()
    yield from _schools()
    yield from _places()
    yield from _texts()


def _edited(role: str, name: str, data: Content, edit: Content, says: str, **more: Any) -> OddFile:
    """A file that is read once it has been edited as the message tells."""
    return OddFile(role=role, name=name, data=data, edit=edit, says=says, **{"is_asked": True, **more})


def _crosswalks() -> Iterator[OddFile]:
    beside = {"flows": f"{HEAD} / {ROWS.replace('0010', '0901')}"}

    def edited(name: str, rows: str, edit: str, says: str, right: Mapping[Any, Any] | None = None) -> OddFile:
        head = "old_id,new_id,kind,first_year,last_year,share,confirmed / "
        found = {WEST: 60} if right is None else right
        name = f"{name}.csv"
        more: dict[str, Any] = {"look": "students", "right": found, "beside": beside}
        return _edited("crosswalk", name, head + rows, head + edit, says, **more)

    sound = "0901,0010,,,,1,yes"
    renumbered = "0901,0010,renumbered,,,1,yes"
    yield edited("kind", "0901,0010,swallowed,,,1,yes", renumbered, "not a kind of change")
    yield edited("closed", "0901,0010,closed,,,1,yes", renumbered, "without a successor")
    yield edited("no new school", "0901,,merged,,,1,yes", "0901,0010,merged,,,1,yes", "new school is missing")
    yield edited("no year", "0901,0010,,,2022-24,1,yes", "0901,0010,,,2023-24,1,yes", "not a school year")
    order = "0901,0010,,2023-24,2021-22,1,yes", "0901,0010,,2021-22,2023-24,1,yes"
    yield edited("backwards", *order, "first year is after the last")
    overlap = "0901,0010,,2020-21,{},1,yes / 0901,0011,,2022-23,,1,yes"
    yield edited("overlap", overlap.format(""), overlap.format("2021-22"), "years that overlap", {EAST: 100})
    twice = "0901,0010,,,,0.5,yes / 0901,0010,,,,0.5,yes"
    yield edited("twice", twice, sound, "appear more than once")
    yield edited(
        "circle",
        f"{sound} / 0010,0901,,,2020-21,1,yes / 0902,0903,,,,1,yes / 0903,0902,,,,1,yes",
        f"{sound} / 0010,0901,,,2020-21,1,yes",
        "lead back",
    )
    yield edited("nowhere", f"{sound} / 0999,0998,,,,1,yes", sound, "Neither the old nor the new")
    listed = f"{sound} / 0008,0010,,,{{}},1,yes"
    yield edited("still listed", listed.format(""), listed.format("2020-21"), "is still in the schools files")


def _matches_of_names() -> Iterator[OddFile]:
    head = "school_name,school_id,confirmed / West High,0010,yes / East High,"
    beside = {"performance": "School Name,Grad Rate / West High,55 / East High,80"}
    more: dict[str, Any] = {"look": "rates", "right": RATES, "beside": beside}
    sound = f"{head}0011,yes"
    for name, rows, says in (
        ("unlisted match", "0099,yes", "is not in the schools files"),
        ("two matches", "0011,yes / East High,0010,yes", "confirmed for two schools"),
    ):
        yield _edited("name_matches", f"{name}.csv", head + rows, sound, says, **more)


def _pairs() -> Iterator[OddFile]:
    feeds = "origin,destination,share / 0007,0010,60 / 0007,{},40"
    yield _edited("flows", "pair twice.csv", feeds.format("0010"), feeds.format("0011"), "stand together several times")
    people = "from_school,to_school,who / 0007,0010,a / 0007,0010,b / 0008,0010,c / 0008,0010,d"
    counted = "from_school,to_school,students / 0007,0010,2 / 0008,0010,2"
    yield _edited("flows", "a row a student.csv", people, counted, "each row may be a student")
    times = "origin,destination,minutes / {},{},12"
    minutes: dict[str, Any] = {"look": "minutes", "right": {("0007", "0010"): 12.0}}
    strangers = times.format("X7", "X8")
    yield _edited("travel_times", "strangers.csv", strangers, times.format("0007", "0010"), "is between two", **minutes)
    two = f"{HEAD} / X7,X10,8,2022-23,60"
    yield _edited("flows", "other schools.csv", two, f"{HEAD} / {ROWS}", "in the schools files")
    matrix = "origin,0010,0011 / {},60,40"
    yield _edited(
        "flows", "a matrix of strangers.csv", "origin,X10,X11 / X7,60,40", matrix.format("0007"), "in the schools"
    )
    blank = "origin,destination,grade,school_year,students / 0007,0010,8,2022-23,"
    yield _edited(
        "flows",
        "no count.csv",
        blank,
        blank + "*",
        "not a number of students",
        look="hidden students",
        right={("0007", "0010"): (1, 9)},
    )


def _rates() -> Iterator[OddFile]:
    sound = "school_id,name,graduation_rate / 0010,West,55 / 0011,East,80"

    def edited(name: str, data: str, says: str, edit: str = sound, **more: Any) -> OddFile:
        return _edited("performance", f"{name}.csv", data, edit, says, **{"look": "rates", "right": RATES, **more})

    yield edited(
        "totals alone", "school_id,name,graduation_rate / ,State Total,80", "No row of the file is of a school"
    )
    yield edited(
        "more graduates",
        "school_id,graduates,cohort / 0010,110,100 / 0011,80,100",
        "more",
        "school_id,graduates,cohort / 0010,55,100 / 0011,80,100",
    )
    twice = "school_id,graduation_rate / 0010,55 / 0010,60 / 0011,80"
    yield edited("rate twice", twice, "more than once")
    date = "school_id,graduation_rate / 0010,14-Oct / 0011,15-Oct"
    bands = "school_id,graduation_rate / 0010,10-14 / 0011,10-15"
    yield edited("all dates", date, "cannot be read", bands, look="bands", right={"0010": (0.1, 0.14)})


def _own_rates() -> Iterator[OddFile]:
    """Tables that the library has given out, changed by hand."""
    head = "school_id,graduation_rate_low,graduation_rate_high,graduation_rate_status,graduation_rate_text / "
    rows = "0010,0.55,0.55,exact,55 / 0011,0.8,0.8,exact,80"
    more: dict[str, Any] = {"look": "rates", "right": RATES}
    for name, part, instead, says in (
        ("status", "0.55,exact", "0.55,precise", "no such status"),
        ("share", "0.55,0.55", "0.55,55", "This is no share"),
    ):
        yield _edited("performance", f"own {name}.csv", head + rows.replace(part, instead), head + rows, says, **more)
    head = "school_id,year,measure,subgroup,grade,low,high,exact,status,text,cohort_students,cohort_at_most / "
    rows = (
        "0010,2022,graduation_4year,all,all,0.55,0.55,0.55,exact,55,,"
        " / 0011,2022,graduation_4year,all,all,0.8,0.8,0.8,exact,80,,"
    )
    for name, part, instead, says in (
        ("status of rates", "0.55,exact", "0.55,precise", "no such status"),
        ("number of rates", "0.55,0.55,0.55", "0.55,0.55,half", "not a number"),
        ("year of rates", "0010,2022", "0010,soon", "not a school year"),
    ):
        yield _edited("performance", f"own {name}.csv", head + rows.replace(part, instead), head + rows, says, **more)


def _schools() -> Iterator[OddFile]:
    head = "school_id,name,grades,lat,lon"
    rows = "0007,Oak Middle,6-8,38.07,-98.0 / 0010,West High,9-12,38.1,-98.0 / 0011,East High,9-12,38.11,-98.0"
    sound = f"{head} / {rows}"
    place = {"0007": (-98.0, 38.07)}

    def edited(name: str, data: str, says: str, edit: str = sound, **more: Any) -> OddFile:
        return _edited("schools", f"{name}.csv", data, edit, says, **{"look": "places", "right": place, **more})

    yield edited("exchanged row", sound.replace("38.07,-98.0", "-98.0,38.07"), "exchanged in this row")
    metres = "school_id,x,y / 0007,{},150000"
    of_state = {"options": ("metres.csv:crs=EPSG:26778",), "right": {}}
    yield edited("metres", metres.format("far"), "is not a number", metres.format("500000"), **of_state)
    yield edited(
        "no identifiers", "school_id,lat,lon / ,38.07,-98.0 / ,38.1,-98.0", "No record has a school identifier"
    )


def _places() -> Iterator[OddFile]:
    west = "POLYGON ((-98 38, -97 38, -97 39, -98 39, -98 38))"
    sound = f'school_id,grades,openenroll,the_geom / 0007,6-8,0,"{west}"'

    def edited(name: str, data: str, says: str, edit: str = sound) -> OddFile:
        return _edited("catchments", f"{name}.csv", data, edit, says)

    yield edited("open perhaps", sound.replace(",0,", ",perhaps,"), "neither yes nor no")
    yield edited("beyond the globe", sound.replace("-97 39", "997 39"), "outside -180 to 180")
    yield edited("a line", sound.replace("-97 38, -97 39, -98 39", "-97 38, -97 38, -97 38"), "encloses no area")
    yield edited("no area", sound.replace(west, ""), "no geometry")
    people = "latitude,longitude,population / {},-97.5,10"
    middles = {"catchments": sound + " / " + sound.split(" / ")[1].replace("0007,6-8", "0010,9-12")}
    more: dict[str, Any] = {"beside": middles}
    yield _edited(
        "population", "nowhere.csv", people.format(""), people.format("38.5"), "No record of the file is used", **more
    )


def _texts() -> Iterator[OddFile]:
    sound = "school_id,grades,lat,lon / 0007,6-8,38.07,-98.0 / 0010,9-12,38.1,-98.0"
    more: dict[str, Any] = {"look": "grades", "right": {"0007": "6-8"}}
    wide = "ID    NAME            GRADES / 0007  Oak Middle      6-8 / 0010  West High       9-12"
    saved = "ID,NAME,GRADES / 0007,Oak Middle,6-8 / 0010,West High,9-12"
    yield _edited(
        "schools", "fixed width.txt", wide.encode().replace(b" / ", b"\n") + b"\n", saved, "fixed width", **more
    )
    page = "<html><body><table><tr><td>school_id</td></tr></table></body></html>"
    yield _edited("schools", "page.xls", page, sound, "web page", **more)
