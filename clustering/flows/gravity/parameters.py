"""What the gravity model assumes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clustering.errors import InputError, Problem
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import NUMBER, TruthValue

DecayForm = Literal["exponential", "power"]
StudentsPerGrade = Annotated[float, Field(ge=0.001, le=100_000), NUMBER]


class GravityParameters(ParameterModel):
    """
    What the gravity model assumes.

    Students per grade are assumed for schools of which neither grade enrolment nor enrolment is known. They are round
    numbers, and every use is counted in the notes.
    """

    decay: DecayForm = Field(
        default="exponential",
        description="How the pull of a school falls with distance d: exponential is exp(-d / scale_km), power is"
        " d ** -exponent.",
    )
    scale_km: Annotated[float, Field(ge=0.01, le=10_000), NUMBER] = Field(
        default=1.0,
        description="Strength of the exponential decay, used where there are no known flows to fit it to. The default"
        " is near what fits the promotions between the schools of Washington, DC. Distances are longer in most other"
        " places: fit it, or give another, wherever anything is known.",
        json_schema_extra={"unit": "km"},
    )
    exponent: Annotated[float, Field(ge=0.01, le=20), NUMBER] = Field(
        default=2.0,
        description="Strength of the power decay, in the same way. Washington, DC, fits to 2.2.",
    )
    fit_to_known_flows: TruthValue = Field(
        default=True, description="Fit the strength of the decay to known flows where there are any."
    )
    minimum_km: Annotated[float, Field(ge=0.001, le=100), NUMBER] = Field(
        default=0.5,
        description="Distances below this count as this: schools of one campus, and geocoders that put several schools"
        " on one point.",
        json_schema_extra={"unit": "km"},
    )
    maximum_km: Annotated[float, Field(ge=0.01, le=20_038), NUMBER] = Field(
        default=80.0,
        description="No student is expected to go farther, as the crow flies.",
        json_schema_extra={"unit": "km"},
    )
    nearest_schools: Annotated[int, Field(ge=1, le=1_000), NUMBER] = Field(
        default=12,
        description="A pair of schools is considered if either is among the other's nearest this many that receive, or"
        " send, students of the grade. Ties of distance are all considered.",
        json_schema_extra={"unit": "schools"},
    )
    same_district_weight: Annotated[float, Field(ge=1e-6, le=1e6), NUMBER] = Field(
        default=1.0,
        description="How many times as much a school of the same district pulls as another at the same distance. 1"
        " leaves districts out of account.",
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
        default=1e-4,
        description="Balancing ends when at most this share of the students would have to enter another school to fill"
        " the receiving schools exactly.",
        json_schema_extra={"unit": "share of 1"},
    )
    maximum_iterations: Annotated[int, Field(ge=1, le=1_000_000), NUMBER] = Field(
        default=300,
        description="Balancing ends after this many iterations at the latest. Where the totals cannot all be met,"
        " further iterations gain little and only send students farther.",
        json_schema_extra={"unit": "iterations"},
    )

    @model_validator(mode="after")
    def _without_contradictions(self) -> Self:
        if self.minimum_km > self.maximum_km:
            message, remedy = "It is above maximum_km.", "Give a smaller distance."
            value = str(self.minimum_km)
            raise InputError(
                [Problem(table="parameters", column="minimum_km", value=value, message=message, remedy=remedy)]
            )
        return self
