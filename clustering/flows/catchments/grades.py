"""Which of a school's catchments serves which grade, and which grades a school sends on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.model.grades import LAST_FEEDING_GRADE, LAST_GRADE, PRESCHOOL

_GRADES = range(PRESCHOOL, LAST_GRADE + 1)
# Where a school has catchments in layers of several levels (a K-8 school has one among the elementary schools and a
# wider one among the middle schools), each layer tells of its own grades. Middle schools begin at 4, 5 or 6.
_GRADES_OF_LAYER = {"elementary": range(PRESCHOOL, 6), "middle": range(4, 9), "high": range(9, LAST_GRADE + 1)}


def catchments_by_grade(catchments: pd.DataFrame, grades_offered: pd.Series) -> pd.DataFrame:
    """
    Find the grades that each polygon serves.

    Parameters
    ----------
    catchments
        ``school_id``, ``grades_offered``, ``level``, as ``validate_catchments`` returns them.
    grades_offered
        Bit mask of every listed school, index ``school_id``; where a school is not listed or its mask is 0, the grades
        of its catchments count.

    Returns
    -------
    served
        ``school_id``, ``grade`` (int64), ``polygon`` (label in ``catchments``), sorted. Of several polygons of a school
        that claim a grade, those whose level suits it count, if any does.
    """
    schools = catchments["school_id"].astype("str")
    claimed = _grade_table(catchments["grades_offered"])
    listed = _grade_table(schools.map(grades_offered).fillna(0))
    offered = listed.where(listed.any(axis="columns"), claimed.groupby(schools).transform("any"))
    claimed = claimed.where(claimed.any(axis="columns"), offered) & offered
    suited = claimed & _suited(catchments["level"])
    unsuited = ~suited.groupby(schools).transform("any")
    served = (suited | (claimed & unsuited)).melt(var_name="grade", value_name="serves", ignore_index=False)
    served = served[served["serves"]]
    table = pd.DataFrame(
        {
            "school_id": schools.loc[served.index].to_numpy(),
            "grade": served["grade"].to_numpy(dtype="int64"),
            "polygon": served.index.to_numpy(),
        }
    )
    return table.sort_values(["school_id", "grade", "polygon"], ignore_index=True)


def final_grades(grades_offered: pd.Series, served: pd.DataFrame) -> pd.DataFrame:
    """
    Find the grades after which students leave: the school offers the grade, and not the next one.

    Parameters
    ----------
    grades_offered
        Bit mask of every listed school, index ``school_id``.
    served
        Of :func:`catchments_by_grade`: the grades of schools that are not listed.

    Returns
    -------
    senders
        ``origin``, ``grade``, one row for each final grade up to 11, sorted; schools with catchments only. A school
        may have several (K-2 and 6-8), and a K-12 school has none: going on inside a school is no flow.
    """
    listed = grades_offered[grades_offered.fillna(0) != 0]
    unlisted = served[~served["school_id"].isin(listed.index)]
    offered = pd.concat(
        [
            _grade_table(listed[listed.index.isin(served["school_id"])]),
            pd.crosstab(unlisted["school_id"], unlisted["grade"]).reindex(columns=_GRADES, fill_value=0) > 0,
        ]
    )
    is_final = offered & ~offered.shift(-1, axis="columns", fill_value=False)
    rows, grades = np.nonzero(is_final.loc[:, :LAST_FEEDING_GRADE].to_numpy())
    senders = pd.DataFrame({"origin": offered.index.to_numpy()[rows], "grade": grades + PRESCHOOL})
    return senders.astype({"origin": "str", "grade": "int64"}).sort_values(["origin", "grade"], ignore_index=True)


def _grade_table(masks: pd.Series) -> pd.DataFrame:
    """Whether each bit mask has each grade; one column per grade."""
    values = masks.to_numpy(dtype="int64")[:, np.newaxis]
    bits = (values >> (np.array(_GRADES) - PRESCHOOL)) & 1
    return pd.DataFrame(bits == 1, index=masks.index, columns=list(_GRADES))


def _suited(levels: pd.Series) -> pd.DataFrame:
    """Whether the level of each polygon suits each grade; a polygon without level suits all."""
    texts = levels.astype("object")
    return pd.DataFrame(
        {
            grade: texts.isin([level for level, grades in _GRADES_OF_LAYER.items() if grade in grades])
            | ~texts.isin(list(_GRADES_OF_LAYER))
            for grade in _GRADES
        },
        index=levels.index,
    )
