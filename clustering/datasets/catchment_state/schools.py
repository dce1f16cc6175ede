"""The schools of the districts: ordinary ones with a catchment each, and schools of choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.datasets.catchment_state.blocks import BLOCK_KM, Blocks
from clustering.datasets.catchment_state.draw_catchments import DrawnCatchments
from clustering.datasets.geography import IntArray
from clustering.datasets.schools import KINDS, NUMBER

# How far the middle of one district lies from that of the next.
DISTRICT_SPACING_KM = 60.0


@dataclass(frozen=True)
class ChoiceSchool:
    """
    A school that draws students from the whole district.

    Parameters
    ----------
    kind
        Name of one of ``schools.KINDS``.
    is_charter
        Whether it is a district of its own.
    polygon
        What the file of catchments shows of it: ``none``; ``several``, the catchments of some ordinary schools
        together, as if it were one of them; ``district``, the whole district, marked as open enrolment.
    least_high_schools
        Ordinary high schools of the smallest district that has such a school.
    """

    kind: str
    is_charter: bool
    polygon: str
    least_high_schools: int


CHOICE_SCHOOLS = (
    ChoiceSchool("elementary and middle", True, "none", 3),
    ChoiceSchool("choice middle", False, "district", 3),
    ChoiceSchool("choice middle", False, "several", 2),
    ChoiceSchool("middle and high", True, "none", 3),
    ChoiceSchool("choice high", False, "none", 3),
    ChoiceSchool("choice high", False, "several", 5),
    ChoiceSchool("alternative", False, "several", 3),
    ChoiceSchool("alternative", False, "none", 5),
)


def list_ordinary_schools(blocks: Blocks, drawn: DrawnCatchments) -> pd.DataFrame:
    """
    List the schools that have a catchment of their own.

    Parameters
    ----------
    blocks, drawn
        Of one district.

    Returns
    -------
    schools
        ``kind`` (place in ``schools.KINDS``), ``level`` of its catchment (``elementary``, ``middle``, ``high``),
        ``number`` of it, ``east_km``, ``north_km`` from the middle of the district: a block near the middle of the
        children.
    """
    is_k8 = np.unique(drawn.elementary[drawn.elementary == drawn.middle])
    parts = []
    for level, kind in (("elementary", "elementary"), ("middle", "middle"), ("high", "high")):
        labels = getattr(drawn, level)
        numbers = np.unique(labels)
        if level == "middle":
            numbers = numbers[~np.isin(numbers, is_k8)]
        kinds = np.full(len(numbers), NUMBER[kind])
        if level == "elementary":
            kinds[np.isin(numbers, is_k8)] = NUMBER["elementary and middle"]
        sites = np.array([_site(blocks, labels == number) for number in numbers])
        parts.append(
            pd.DataFrame(
                {"kind": kinds, "level": level, "number": numbers, "east_km": sites[:, 0], "north_km": sites[:, 1]}
            )
        )
    return pd.concat(parts, ignore_index=True).assign(is_charter=False, polygon="own")


def list_choice_schools(high_schools: int, blocks: Blocks, rng: np.random.Generator) -> pd.DataFrame:
    """
    List the choice schools of a district, each in a block drawn by chance.

    Parameters
    ----------
    high_schools
        Ordinary high schools of the district.
    blocks
        Of the district.
    rng
        Source of chance.

    Returns
    -------
    schools
        As :func:`list_ordinary_schools`, ``number`` -1; ``level`` is that of the polygon.
    """
    chosen = [school for school in CHOICE_SCHOOLS if school.least_high_schools <= high_schools]
    sites = _from_middle(blocks, blocks.centres[rng.integers(0, len(blocks.row), len(chosen))])
    table = pd.DataFrame(
        {
            "kind": [NUMBER[school.kind] for school in chosen],
            "level": ["high" if KINDS[NUMBER[school.kind]].highest == 12 else "middle" for school in chosen],
            "number": -1,
            "east_km": sites[:, 0],
            "north_km": sites[:, 1],
            "is_charter": [school.is_charter for school in chosen],
            "polygon": [school.polygon for school in chosen],
        }
    )
    # A district without any must not change the types of the others' columns.
    return table.astype({"kind": "int64", "level": "str", "is_charter": bool, "polygon": "str"})


def _site(blocks: Blocks, inside: np.ndarray) -> np.ndarray:
    """Place of a school: the block of its catchment that is nearest to the middle of the children."""
    centres = blocks.centres[inside]
    middle = np.average(centres, axis=0, weights=blocks.children[inside])
    nearest = centres[np.argmin(np.hypot(*(centres - middle).T))]
    site: np.ndarray = _from_middle(blocks, nearest[None, :])[0]
    return site


def _from_middle(blocks: Blocks, places: np.ndarray) -> np.ndarray:
    """From units of the grid to kilometres east and north of the middle of the district."""
    from_middle: np.ndarray = (places - middle_of(blocks)) * BLOCK_KM
    return from_middle


def middle_of(blocks: Blocks) -> np.ndarray:
    """Middle of the district in units of its grid: column, row; whole numbers."""
    middle: IntArray = np.array([blocks.column.max() + blocks.column.min(), blocks.row.max() + blocks.row.min()]) // 2
    return middle
