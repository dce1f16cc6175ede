"""What is asked of an evaluation of progress: protection, and how comparison schools are chosen."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from clustering.conditions.progress.catalogue import list_progress_indicators
from clustering.model.disclosure_setting import Disclosure
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import CHOICE, ENTRIES, LIST_LENGTH, NUMBER, Text
from clustering.model.validation_errors import Wording, fault

ENROLMENT = "enrolment"


class ProgressParameters(ParameterModel):
    """Parameters of :func:`evaluate_progress`. Each can be set by name in Python, over HTTP and on the command line."""

    wording: ClassVar[Wording] = Wording(table="progress", noun="parameter")

    disclosure: Annotated[Disclosure, CHOICE] = Field(
        default="protected",
        description="protected: computed on shares in the bands in which rates are shown. exact: on the values as they"
        " are, not for publication. public is refused: no release covers indicators.",
    )
    neighbours: Annotated[int, Field(ge=1, le=20), NUMBER] = Field(
        default=3, description="How many comparison schools each school of a Zone gets, at most."
    )
    caliper: Annotated[float, Field(gt=0, le=10), NUMBER] = Field(
        default=0.5,
        description="How far a comparison school may be: the root mean square of the differences of its entry values,"
        " in standard deviations of all schools of the level. A choice of ours.",
    )
    variables: Annotated[tuple[Text, ...], LIST_LENGTH, ENTRIES] = Field(
        default=(
            *("graduation", "proficiency_mathematics", "proficiency_reading", "chronic_absence", "attendance"),
            ENROLMENT,
        ),
        description="Entry values by which comparison schools are chosen: indicators, and enrolment. For each school,"
        " those that it has itself count.",
    )

    @field_validator("disclosure")
    @classmethod
    def _is_not_public(cls, disclosure: Disclosure) -> Disclosure:
        # Indicators come after the release, file by file; nobody has audited or released them.
        if disclosure == "public":
            raise fault(
                "Indicators of progress are not for the public: no release covers them.",
                "Give protected. What a state publishes of its indicators itself is public already.",
            )
        return disclosure

    @model_validator(mode="after")
    def _variables_are_known(self) -> Self:
        known = [*(each.indicator_id for each in list_progress_indicators()), ENROLMENT]
        if unknown := sorted(set(self.variables) - set(known)):
            raise fault(f"There is no entry value {unknown[0][:64]}.", f"Give some of {', '.join(known)}.")
        return self
