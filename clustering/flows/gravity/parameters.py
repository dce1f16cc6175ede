"""What the gravity model assumes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import NUMBER, TruthValue

StudentsPerGrade = Annotated[float, Field(ge=0.001, le=100_000), NUMBER]


class GravityParameters(ParameterModel):
    """
    What the gravity model assumes.

    The defaults were chosen by ``bench/estimates.py`` on real promotions, an official feeder chain and generated states
    together. Students per grade are assumed for schools of which neither grade enrolment nor enrolment is known. They
    are round numbers, and every use is counted in the notes.
    """

    own_district_first: TruthValue = Field(
        default=True,
        description="If a school of the sender's own district offers the next grade within reach, only the schools of"
        " that district are considered.",
    )
    nearest_schools: Annotated[int, Field(ge=1, le=1_000), NUMBER] = Field(
        default=12,
        description="This many of the nearest schools are considered for each sender. Ties of distance are all"
        " considered.",
        json_schema_extra={"unit": "schools"},
    )
    maximum_km: Annotated[float, Field(ge=0.01, le=20_038), NUMBER] = Field(
        default=80.0,
        description="No student is expected to go farther, as the crow flies.",
        json_schema_extra={"unit": "km"},
    )
    exponent_per_school: Annotated[float, Field(ge=0.001, le=100), NUMBER] = Field(
        default=0.7,
        description="The pull of a school falls with this power of its distance, times the number of schools"
        " considered: where there are many schools, nearly everyone enters the nearest; where there are few, students"
        " are shared out.",
    )
    added_km: Annotated[float, Field(ge=0.001, le=100), NUMBER] = Field(
        default=0.3,
        description="Added to every distance: schools of one campus are not infinitely near, and geocoders put several"
        " schools on one point.",
        json_schema_extra={"unit": "km"},
    )
    crowding_limit: Annotated[float, Field(ge=0.01, le=1_000), NUMBER] = Field(
        default=1.5,
        description="A school is crowded if more students than this many times its places would enter it. It counts as"
        " farther away by the same factor: with twice the limit, as twice as far.",
    )
    elementary_students_per_grade: StudentsPerGrade = Field(
        default=70.0,
        description="Students assumed in each grade of a school of any level but those of the next two fields.",
        json_schema_extra={"unit": "students"},
    )
    middle_students_per_grade: StudentsPerGrade = Field(
        default=200.0,
        description="Students assumed in each grade of a school of level middle or middle-high.",
        json_schema_extra={"unit": "students"},
    )
    high_students_per_grade: StudentsPerGrade = Field(
        default=250.0,
        description="Students assumed in each grade of a school of level high.",
        json_schema_extra={"unit": "students"},
    )
    minimum_students: Annotated[float, Field(ge=0, le=1_000), NUMBER] = Field(
        default=0.5,
        description="A flow of fewer students is dropped, and its students are spread over the grade's other flows in"
        " proportion. The largest flow is always kept.",
        json_schema_extra={"unit": "students"},
    )
    minimum_share: Annotated[float, Field(ge=0, le=0.5), NUMBER] = Field(
        default=0.01,
        description="A flow of a smaller share of its grade is dropped in the same way.",
        json_schema_extra={"unit": "share of 1"},
    )
    tolerance: Annotated[float, Field(ge=1e-12, le=0.1), NUMBER] = Field(
        default=1e-3,
        description="The search for how crowded schools are ends when no school's crowding changes by a greater share.",
        json_schema_extra={"unit": "share of 1"},
    )
    maximum_iterations: Annotated[int, Field(ge=1, le=1_000_000), NUMBER] = Field(
        default=300,
        description="It ends after this many iterations at the latest.",
        json_schema_extra={"unit": "iterations"},
    )
