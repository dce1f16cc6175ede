"""How a table of exact counts is protected before it is published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import CHOICE, NUMBER, TruthValue

HidingCost = Literal["students", "cells"]
HidingMethod = Literal["automatic", "optimal", "modular"]
Students = Annotated[int, Field(ge=2, le=1_000), NUMBER]
Values = Annotated[int, Field(ge=2, le=1_000), NUMBER]


class SuppressionParameters(ParameterModel):
    """How a table of exact counts is protected. Every field can be set by name in Python and on the command line."""

    minimum_students: Students = Field(
        default=10,
        description="Cells with fewer students, but at least one, are hidden. Ten is the minimum of 39 states (NCES"
        " 2011-603).",
        json_schema_extra={"unit": "students"},
    )
    least_possible_values: Values = Field(
        default=5,
        description="How many values each small cell must keep possible, to a reader who knows all totals. At most"
        " minimum_students.",
        json_schema_extra={"unit": "values"},
    )
    cost: Annotated[HidingCost, CHOICE] = Field(
        default="students",
        description="What is minimised: the students in the further cells that are hidden, or the number of them.",
    )
    method: Annotated[HidingMethod, CHOICE] = Field(
        default="automatic",
        description="optimal: the whole table at once, with a proof. modular: block by block, for a state. automatic:"
        " optimal up to 1,500 cells, else modular.",
    )
    list_further_pairs: TruthValue = Field(
        default=True,
        description="Where totals alone give a small cell away, add pairs of schools without students, which may be"
        " hidden like others. Otherwise such a table is refused.",
    )
    pool_years: TruthValue = Field(default=False, description="Add up the years of a file with several.")
    time_limit_s: Annotated[float, Field(ge=0.1, le=86_400), NUMBER] = Field(
        default=60.0,
        description="Time for choosing the cells. The best choice so far is taken, with the bound on its cost.",
        json_schema_extra={"unit": "seconds"},
    )
