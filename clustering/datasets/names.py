"""Invented names. Any likeness to a real town, district or school is chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.schools import KINDS, NUMBER

STATE_NAME, STATE_LETTERS = "MERROWBY", "XM"
# No state has this code; it keeps a leading zero in every identifier, which is what readers must not lose.
STATE_CODE = "07"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOWN_HEADS = _words(
    "Alder Bram Brindle Cald Carrow Corva Dorrow Dun Elspin Embra Fenn Fallow Garrow Gimble Hallen Harrin Hollen "
    "Inver Jarrow Kestle Kirran Larro Linden Lorrin Marra Mellow Morrow Nether Norrin Ocken Orrin Parro Pellen "
    "Quarrin Quill Rennow Rusk Sallow Serrin Tamber Thorrow Tolland Ulver Varrow Vesper Wendel Yarrow Zellen"
)
TOWN_TAILS = _words(
    "mere wick stead holt combe thorpe march fell dale ford bridge haven mouth gate barrow croft garth hurst "
    "keld leigh moor ness pool rigg shaw stow toft vale water well worth brook"
)
TOWN_PREFIXES = ("", *(f"{word} " for word in _words("North South East West New Old Upper Lower Great Little Fort")))
SCHOOL_HEADS = _words(
    "Amber Aspen Birch Bluebell Bramble Briar Cedar Clover Copper Coral Crane Dogwood Elder Elm Falcon Fern "
    "Finch Fox Hazel Heron Holly Ivy Juniper Kestrel Lark Laurel Linnet Lupine Maple Marten Meadow Myrtle Oak "
    "Otter Pine Plover Poplar Quail Robin Rowan Sage Sparrow Spruce Swallow Sycamore Thistle Willow Wren"
)
SCHOOL_TAILS = _words(
    "Acres Bend Bluff Bottom Canyon Common Corner Creek Crest Crossing Field Flats Gap Glade Glen Green Grove "
    "Heights Hill Hollow Island Knoll Lake Landing Lane Ledge Lodge Meadows Mill Mound Park Pass Place Point "
    "Pond Prairie Ranch Ridge Rise River Rock Run Shore Slope Spring Trail Valley View"
)
STREET_KINDS = ("Street", "Avenue", "Road", "Drive", "Lane", "Way")
DISTRICT_TITLES = {
    "city": "City Schools",
    "suburb": "Unified School District",
    "town": "Town Schools",
    "rural": "Rural Schools",
}


def name_towns(count: int, rng: np.random.Generator) -> pd.Series:
    """Distinct names for up to 18,432 towns; those without a prefix are used up first."""
    combinations = len(TOWN_HEADS) * len(TOWN_TAILS)
    number = np.arange(count)
    stem = rng.permutation(combinations)[number % combinations]
    prefixes, heads, tails = (pd.Series(words) for words in (TOWN_PREFIXES, TOWN_HEADS, TOWN_TAILS))
    head = heads.take(stem // len(TOWN_TAILS)).reset_index(drop=True)
    tail = tails.take(stem % len(TOWN_TAILS)).reset_index(drop=True)
    return prefixes.take(number // combinations).reset_index(drop=True) + head + tail


def name_schools(schools: pd.DataFrame, towns: pd.Series, rng: np.random.Generator) -> pd.Series:
    """
    Name every school.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``.
    towns
        Name of the town of each settlement.
    rng
        Source of chance.

    Returns
    -------
    names
        Distinct within a settlement. The only high school of a town carries the town's name.
    """
    stems = _stems(schools, rng)
    kinds = schools["kind"].to_numpy()
    upper = np.isin(kinds, [NUMBER[name] for name in ("high", "senior high", "middle and high", "ninth grade")])
    alike = schools.groupby(["settlement", "kind"])["kind"].transform("size").to_numpy()
    stems = stems.mask(
        pd.Series(upper & (alike == 1)), towns.take(schools["settlement"].to_numpy()).reset_index(drop=True)
    )
    titles = pd.Series([kind.title for kind in KINDS]).take(kinds).reset_index(drop=True)
    charter = titles.str.replace("Choice", "Charter").where(
        schools["is_charter"], titles.str.replace("Choice", "Magnet")
    )
    return stems + " " + charter


def name_streets(count: int, rng: np.random.Generator) -> pd.Series:
    """Street addresses such as ``412 Otter Ridge Road``."""
    heads, tails, kinds = (pd.Series(words) for words in (SCHOOL_HEADS, SCHOOL_TAILS, STREET_KINDS))
    chosen = [part.take(rng.integers(0, len(part), count)).reset_index(drop=True) for part in (heads, tails, kinds)]
    numbers = pd.Series(rng.integers(1, 90, count) * 10 + 2).astype("str")
    return numbers + " " + chosen[0] + " " + chosen[1] + " " + chosen[2]


def _stems(schools: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Two words for each school; no pair returns before all 2,304 have been used."""
    combinations = len(SCHOOL_HEADS) * len(SCHOOL_TAILS)
    stem = rng.permutation(combinations)[np.arange(len(schools)) % combinations]
    heads, tails = pd.Series(SCHOOL_HEADS), pd.Series(SCHOOL_TAILS)
    head = heads.take(stem // len(SCHOOL_TAILS)).reset_index(drop=True)
    return head + " " + tails.take(stem % len(SCHOOL_TAILS)).reset_index(drop=True)
