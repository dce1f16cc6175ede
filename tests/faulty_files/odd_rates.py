"""Odd and faulty files of rates: how values are written, and years in headings and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.faulty_files.odd_file import Content, OddFile

RIGHT = {"0010": 0.55, "0011": 0.8}


def odd_rates() -> Iterator[OddFile]:
    """All of them."""
    yield from _values()
    yield from _units_and_marks()
    yield from _years()
    yield from _counts()


def _odd(name: str, data: Content, right: Mapping[Any, Any] = RIGHT, says: str = "", **more: Any) -> OddFile:
    """A file of rates that is read as it is."""
    return OddFile(role="performance", name=name, data=data, right=right, says=says, **{"look": "rates", **more})


def _asked(name: str, data: Content, right: Mapping[Any, Any], says: str, **more: Any) -> OddFile:
    """A file of rates that is read once a remedy was followed."""
    return _odd(name, data, right, says, is_asked=True, **more)


_HIDDEN = ("PS", "S", "*", "**", "***", "~", "DS", "TFS", "N<10", "n<10", "fewer than 10", "-1", "Suppressed")
_UNKNOWN = (".", "NULL", "null")


def _values() -> Iterator[OddFile]:
    """One rate of each kind, beside a plain one that shows the unit."""
    for text, other, low, high in (
        (".61", ".8", 0.61, 0.61),
        ("0.61", ".80", 0.61, 0.61),
        ("61", "80", 0.61, 0.61),
        ("61%", "80%", 0.61, 0.61),
        ("61.0 %", "80 %", 0.61, 0.61),
        ("61 percent", "80 percent", 0.61, 0.61),
        ("GE95", "80", 0.95, 1.0),
        ("95% or more", "80%", 0.95, 1.0),
        ("95 or above", "80", 0.95, 1.0),
        (">=95", "80", 0.95, 1.0),
        ("≥95%", "80%", 0.95, 1.0),
        ("LE5", "80", 0.0, 0.05),
        ("5% or less", "80%", 0.0, 0.05),
        ("<=5", "80", 0.0, 0.05),
        ("60-69", "80", 0.6, 0.69),
        ("60 to 69", "80", 0.6, 0.69),
        ("60–69", "80", 0.6, 0.69),
        ("60% - 69%", "80%", 0.6, 0.69),
        ("351 of 506", "80", 351 / 506, 351 / 506),
    ):
        right = {"0010": (round(low, 4), round(high, 4)), "0011": (0.8, 0.8)}
        yield _odd(f"value {text}.csv", f"school_id,graduation_rate / 0010,{text} / 0011,{other}", right, look="bands")
    yield _marks("hidden.csv", _HIDDEN, "suppressed")
    yield _marks("unknown.csv", _UNKNOWN, "missing")
    yield _marks("not applicable.csv", ("n/a",), "not applicable")


def _marks(name: str, texts: Sequence[str], status: str) -> OddFile:
    """A file of as many schools as there are marks."""
    schools = [str(2000 + number) for number in range(len(texts))]
    rows = " / ".join(f"{school},{text}" for school, text in zip(schools, texts, strict=True))
    listed = {"schools": " / ".join(["school_id,grades", *(f"{school},9-12" for school in schools), "0011,9-12"])}
    right = {**dict.fromkeys(schools, status), "0011": 0.8}
    return _odd(name, f"school_id,graduation_rate / 0011,80 / {rows}", right, beside=listed)


def _units_and_marks() -> Iterator[OddFile]:
    head = "school_id,graduation_rate"
    yield _odd(
        "decimal comma.csv", 'school_id,graduation_rate / 0010,"55,0" / 0011,"80,5"', {"0010": 0.55, "0011": 0.805}
    )
    yield _odd("semicolons.csv", "school_id;graduation_rate / 0010;55,5 / 0011;80,5", {"0010": 0.555, "0011": 0.805})
    lone = f"{head} / 0010,0.7 / 0011,66.5 / 0012,91.2 / 0013,90.1"
    yield _odd("under one per cent.csv", lone, {"0010": 0.007, "0011": 0.665}, "read as per cent")
    yield _asked("both units.csv", f"{head} / 0010,0.55 / 0011,80", {"0010": 0.0055, "0011": 0.8}, "both shares")
    yield _asked("ones.csv", f"{head} / 0010,1 / 0011,0", {"0010": 0.01}, "one percent")
    many = "".join(f" / {number:04d},{60 + number}" for number in range(12, 19))
    for mark in ("NC", "MSK", "66.7*", "#N/A", "see note"):
        right = {"0010": "missing", "0011": 0.8}
        yield _odd(f"mark {mark}.csv", f"{head} / 0010,{mark} / 0011,80{many}", right, "cannot be read")
        if mark in ("NC", "MSK"):
            hidden = (f"mark {mark} named.csv:suppressed={mark}",)
            yield _odd(
                f"mark {mark} named.csv",
                f"{head} / 0010,{mark} / 0011,80",
                right | {"0010": "suppressed"},
                options=hidden,
            )
    unread = f"{head} / 0010,NC / 0011,NC"
    yield _asked("all marks.csv", unread, {"0010": "suppressed"}, "cannot be read")


def _years() -> Iterator[OddFile]:
    """A column for each year: the newest decides, and all are kept."""
    by_year = {("0010", 2021): 0.7, ("0010", 2022): 0.55, ("0011", 2021): 0.7, ("0011", 2022): 0.8}
    table = "School ID,{},{} / 0010,70,55 / 0011,70,80"
    for number, headings in enumerate(
        (
            ("Grad Rate 2021-22", "Grad Rate 2022-23"),
            ("2021-22 Graduation Rate", "2022-23 Graduation Rate"),
            ("grad_rate_2122", "grad_rate_2223"),
            ("Graduation Rate - Class of 2022", "Graduation Rate - Class of 2023"),
            ("SY2021-22 Grad Rate", "SY2022-23 Grad Rate"),
            ("FY22 Grad Rate", "FY23 Grad Rate"),
            ("Graduation Rate (2021-22)", "Graduation Rate (2022-23)"),
            ("Graduation Rate 2021-2022", "Graduation Rate 2022-2023"),
            ("Graduation Rate SY 2021-22", "Graduation Rate SY 2022-23"),
            ("graduation_rate_2021_22", "graduation_rate_2022_23"),
        )
    ):
        yield _odd(f"years {number}.csv", table.format(*headings), by_year, look="rates by year")
        if number % 2:
            continue
        turned = "School ID,{},{} / 0010,55,70 / 0011,80,70".format(*reversed(headings))
        yield _odd(f"years turned {number}.csv", turned, RIGHT)
    of_one = {key: rate for key, rate in by_year.items() if key[1] == max(year for _, year in by_year)}
    for number, heading in enumerate(("Grad Rate 2022-23", "FY23 Grad Rate", "Graduation Rate - Class of 2023")):
        one = f"School ID,{heading} / 0010,55 / 0011,80"
        yield _odd(f"one year {number}.csv", one, of_one, look="rates by year")
    for number, headings in enumerate(
        (
            ("Grad Rate 2022", "Grad Rate 2023"),
            ("2022 Grad Rate", "2023 Grad Rate"),
            ("Graduation Rate (2022)", "Graduation Rate (2023)"),
            ("grad_rate_22", "grad_rate_23"),
            ("SY22 Grad Rate", "SY23 Grad Rate"),
        )
    ):
        yield _odd(f"years of graduation {number}.csv", table.format(*headings), by_year, look="rates by year")
    rows = "School ID,Year,Grad Rate / 0010,{0},70 / 0010,{1},55 / 0011,{1},80"
    for number, years in enumerate(
        (
            ("2021-22", "2022-23"),
            ("SY2021-22", "SY2022-23"),
            ("2021-2022", "2022-2023"),
            ("FY22", "FY23"),
            ("Class of 2022", "Class of 2023"),
            ("20212022", "20222023"),
            ("Spring 2022", "Spring 2023"),
            ("21-22", "22-23"),
        )
    ):
        yield _odd(
            f"year word {number}.csv",
            rows.format(*years),
            {("0010", 2021): 0.7, ("0010", 2022): 0.55},
            look="rates by year",
        )
    yield _asked(
        "bare rows.csv",
        rows.format("2022", "2023"),
        {("0010", 2022): 0.7, ("0010", 2023): 0.55},
        "may be the school year",
        look="rates by year",
    )
    alone = "School ID,2021-22,2022-23 / 0010,70,55 / 0011,70,80"
    yield _asked("years alone.csv", alone, by_year, "", look="rates by year")


def _counts() -> Iterator[OddFile]:
    yield _odd(
        "empty cohort.csv",
        "school_id,graduates,cohort,graduation_rate / 0010,0,0,0 / 0011,80,100,80",
        {"0010": "missing", "0011": 0.8},
    )
    yield _odd("counts.csv", "school_id,graduates,cohort / 0010,55,100 / 0011,80,100")
    yield _odd(
        "hidden graduates.csv",
        "school_id,graduates,cohort / 0010,*,100 / 0011,80,100",
        {"0010": "suppressed", "0011": 0.8},
    )
    more = "school_id,graduates,cohort / 0010,110,100 / 0011,80,100"
    yield _asked("more graduates.csv", more, RIGHT, "", edit="school_id,graduates,cohort / 0010,55,100 / 0011,80,100")
