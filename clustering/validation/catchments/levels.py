"""The level and the grades of every polygon of a layer: from the user, its columns, or the name of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from clustering.model.grades import format_grades
from clustering.model.level_words import SaidLevel, contradicts, is_no_level, level_in_words, parse_level
from clustering.validation.findings import Findings

LAYERS = {"ES": "elementary", "MS": "middle", "HS": "high"}
_NAMED_AT_MOST = 10


@dataclass(frozen=True, kw_only=True)
class PolygonLevels:
    """
    The level and the grades of the polygons, one each.

    Parameters
    ----------
    level
        ``elementary``, ``middle``, ``high`` or missing.
    grades_offered
        Bit mask of the grades (int64); 0 is unknown.
    """

    level: pd.Series
    grades_offered: pd.Series


def layer_of(headings: Mapping[str, str]) -> str | None:
    """``ES``, ``MS`` or ``HS`` for a layer that names schools of several levels and is about those of one."""
    match = re.fullmatch(r"(ES|MS|HS)_ID", headings.get("school_id", ""))
    return match.group(1) if match else None


def polygon_levels(findings: Findings, grades_offered: pd.Series) -> PolygonLevels:
    """
    Find the level of each polygon: as the user says it, else by the columns, else by the name of the file.

    Parameters
    ----------
    findings
        A layer. Levels that nobody knows are errors where no grades are known either. A level that was taken from the
        file's name, and one that contradicts the grades, are warned of.
    grades_offered
        Bit mask of the grades by the layer's own columns, one per polygon.

    Returns
    -------
    levels
        Where level and grades contradict each other, the grades count.
    """
    said = _said_of_all(findings, grades_offered)
    if said is None:
        level = _levels_of_cells(findings, grades_offered)
    else:
        level = pd.Series(said.level, index=grades_offered.index, dtype="str")
        grades_offered = grades_offered.where(grades_offered != 0, said.grades_offered)
    contradictions = _contradictions(level, grades_offered)
    if contradictions.any():
        _warn_of_contradictions(findings, level[contradictions], grades_offered[contradictions])
        level = level.mask(contradictions)
    return PolygonLevels(level=level, grades_offered=grades_offered)


def _contradictions(level: pd.Series, grades_offered: pd.Series) -> pd.Series:
    """Whether the level of each polygon contradicts its grades."""
    found = pd.Series(False, index=level.index)
    if level.isna().all() or not grades_offered.any():
        return found
    for mask in grades_offered.unique():
        wrong = [each for each in level.dropna().unique() if contradicts(each, int(mask))]
        if wrong:
            found |= (grades_offered == mask) & level.isin(wrong)
    return found


def _said_of_all(findings: Findings, grades_offered: pd.Series) -> SaidLevel | None:
    """What is said of the whole layer, if anything."""
    if findings.table.options.level is not None:
        return parse_level(findings.table.options.level)
    prefix = layer_of(findings.headings)
    if prefix is not None:
        return SaidLevel(level=LAYERS[prefix])
    if "level" in findings.headings:
        return None
    name = findings.table.name
    level = level_in_words(PurePath(name).stem)
    if level is None or all(contradicts(level, mask) for mask in grades_offered.unique()):
        return None
    findings.note(
        f"By its name the file holds catchments of {level} schools, and so they were taken.",
        f"If they are of another level, set {name}:level=elementary, middle or high.",
    )
    return SaidLevel(level=level)


def _levels_of_cells(findings: Findings, grades_offered: pd.Series) -> pd.Series:
    if "level" not in findings.headings:
        return pd.Series(None, index=grades_offered.index, dtype="str")
    texts = findings.column("level").astype("str")
    found = {text: None if is_no_level(text) else level_in_words(text) for text in texts.unique()}
    levels = texts.map(found).astype("str")
    is_unknown = levels.isna() & ~texts.map({text: is_no_level(text) for text in found}).astype(bool)
    has_grades = grades_offered != 0
    findings.mark(
        is_unknown & ~has_grades,
        "level",
        message="The level is not known.",
        remedy="Write elementary, middle, high or other, or the survey's codes 1, 2, 3, 4; or set level=high for all"
        " polygons of the file.",
    )
    if (is_unknown & has_grades).any():
        words = sorted({text[:60] for text in texts[is_unknown & has_grades]})[:_NAMED_AT_MOST]
        findings.note(
            f"Words that are no level were left out, since the polygons have grades: {', '.join(words)}.",
            "Nothing needs to be done. If the level should count, write elementary, middle or high.",
        )
    return levels


def _warn_of_contradictions(findings: Findings, level: pd.Series, grades_offered: pd.Series) -> None:
    pairs = sorted({f"{each} with {format_grades(mask)}" for each, mask in zip(level, grades_offered, strict=True)})
    findings.note(
        f"The level contradicts the grades of {len(level):,} polygons ({', '.join(pairs)[:300]}); the grades count.",
        "Check the level or the grades in the source, or set level=elementary, middle or high.",
    )
