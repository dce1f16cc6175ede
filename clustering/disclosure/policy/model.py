"""The fields of a disclosure policy, their limits, and which values contradict each other."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import plain_value, sound_characters, without_truth_values
from clustering.model.validation_errors import Wording, fault, unreadable

Method = Literal["single years", "pooled years", "coarser grades", "cell-key noise"]
CoarsenedRates = Literal["counted", "all"]
NOISE: Method = "cell-key noise"
NOISE_FIELDS = ("noise_most_students", "noise_variance")
POLICY_WORDING = Wording(table="disclosure policy", noun="field", numbers_entries=True, describes_fields=True)

_LEAST_MINIMUM, _GREATEST_MINIMUM = 5, 100
_POSSIBLE_VALUES, _CLASS_WIDTH = 5, 5
_NOISE_MOST, _NOISE_VARIANCE = 4, 2.0
_LADDER = ((300, 1), (100, 2), (40, 5), (20, 10), (10, 20))


def _number(value: object) -> object:
    """A number; in the document of a policy, text is no number."""
    if isinstance(value, str):
        raise unreadable()
    return without_truth_values(value)


def _text(value: object) -> object:
    """Text in one line, without invisible characters."""
    plain = " ".join(str(sound_characters(value)).split())
    if not plain.isprintable():
        raise fault("The text has invisible characters.", "Write it again, without control characters.")
    return plain


_NUMBER = BeforeValidator(_number)
_TEXT = BeforeValidator(_text)
_LIST = BeforeValidator(plain_value)
# Checked below: pydantic itself calls a list empty whose entries are all faulty.
_NOT_EMPTY: dict[str, Any] = {"minItems": 1}


class RateBand(ParameterModel):
    """One row of the ladder: the width of the bands in which rates of groups of a size are shown."""

    wording: ClassVar[Wording] = POLICY_WORDING

    students_from: Annotated[int, Field(ge=1, le=100_000), _NUMBER] = Field(
        description="The least number of students for which the row holds."
    )
    points_wide: Annotated[int, Field(ge=1, le=50), _NUMBER] = Field(
        description="Width of a band in percentage points, which divides 100: 1, 2, 4, 5, 10, 20, 25 or 50. The lowest"
        " and the highest band are the codes for few and for nearly all, such as under 5% and over 95%."
    )

    @field_validator("points_wide")
    @classmethod
    def _divides_a_hundred(cls, points: int) -> int:
        if 100 % points:
            raise fault("Bands of this width do not end at 100%.", "Give 1, 2, 4, 5, 10, 20, 25 or 50.")
        return points


def _default_possible_values(values: dict[str, Any]) -> int:
    """Five, but four with a minimum of 5: counts of 1 to 4 have four values."""
    return min(_POSSIBLE_VALUES, int(values.get("minimum_students", _POSSIBLE_VALUES + 1)) - 1)


def _default_width(values: dict[str, Any]) -> int:
    """Five, or ``least_possible_values`` where that is more."""
    return max(_CLASS_WIDTH, int(values.get("least_possible_values", 0)))


def _default_ladder(values: dict[str, Any]) -> tuple[RateBand, ...]:
    """The ladder of the states; it begins at the minimum where that is more than ten."""
    least = int(values.get("minimum_students", 0))
    above = [(size, points) for size, points in _LADDER if size > least]
    at_least = next(((max(size, least), points) for size, points in _LADDER if size <= least), None)
    rows = above if at_least is None else [*above, at_least]
    return tuple(RateBand(students_from=size, points_wide=points) for size, points in rows)


class DisclosurePolicy(ParameterModel):
    """Which counts are too small to be shown, how much of them must stay unknown, and by which methods."""

    wording: ClassVar[Wording] = POLICY_WORDING

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$"), _TEXT] = Field(
        default="own", description="Its name in files and addresses: lower-case letters, digits, - and _."
    )
    title: Annotated[str, Field(max_length=200), _TEXT] = Field(
        default="A policy of one's own", description="What people call it."
    )
    source: Annotated[str, Field(max_length=2_000), _TEXT] = Field(
        default="", description="Where the minimum comes from, and which of the other values are choices of your own."
    )
    minimum_students: Annotated[int, Field(ge=_LEAST_MINIMUM, le=_GREATEST_MINIMUM), _NUMBER] = Field(
        default=10,
        description="The least count that is shown. Counts of 1 to one less are suppressed. States have 5 to 30.",
    )
    least_possible_values: Annotated[int, Field(ge=3, le=_GREATEST_MINIMUM - 1), _NUMBER] = Field(
        default_factory=_default_possible_values,
        description="How many values a suppressed count keeps at least, even to one who knows the public grade sizes."
        " At most minimum_students - 1. Left out: 5, and 4 with a minimum of 5.",
    )
    rounding_students: Annotated[int, Field(ge=1, le=100), _NUMBER] = Field(
        default_factory=_default_width,
        validate_default=True,
        description="Width of the classes from the minimum on. With 5, counts are 10 to 14, 15 to 19, 20 to 24, ... At"
        " least least_possible_values. Left out: 5, or least_possible_values where that is more.",
    )
    methods: Annotated[tuple[Method, ...], Field(max_length=4, json_schema_extra=_NOT_EMPTY), _LIST] = Field(
        default=("single years", "pooled years", "coarser grades"),
        description="A list of the methods that are allowed, in the order in which they are preferred: single years,"
        " pooled years, coarser grades, cell-key noise.",
    )
    noise_most_students: Annotated[int, Field(ge=1, le=20), _NUMBER] = Field(
        default=_NOISE_MOST,
        validate_default=True,
        description="The most that cell-key noise adds to a count or takes from it.",
    )
    noise_variance: Annotated[float, Field(ge=0.5, le=140), _NUMBER] = Field(
        default=_NOISE_VARIANCE,
        validate_default=True,
        description="Variance of cell-key noise, in students squared.",
    )
    rate_bands: Annotated[tuple[RateBand, ...], Field(max_length=20, json_schema_extra=_NOT_EMPTY), _LIST] = Field(
        default_factory=_default_ladder,
        description="The ladder: a list of rows, each with students_from and points_wide, largest groups first. Rates"
        " of smaller groups than the last row's are not shown. Left out: 300 and 1, 100 and 2, 40 and 5, 20 and 10, 10"
        " and 20, from the minimum on.",
    )
    coarsen_rates: CoarsenedRates = Field(
        default="counted",
        description="counted: rates that a file gives with counts are shown in bands, and published rates as they are."
        " all: published rates too.",
    )

    @field_validator("least_possible_values")
    @classmethod
    def _fits_below_the_minimum(cls, least: int, info: ValidationInfo) -> int:
        minimum = info.data.get("minimum_students")
        if minimum is not None and least > minimum - 1:
            message = f"A suppressed count is 1 to {minimum - 1}, so it has no {least} values."
            raise fault(message, f"Give {minimum - 1} or fewer, or a greater minimum_students.")
        return least

    @field_validator("rounding_students")
    @classmethod
    def _hides_who_left(cls, width: int, info: ValidationInfo) -> int:
        # In a grade with one flow, the class of the flow tells within its width how many left.
        least = info.data.get("least_possible_values", 0)
        if width < least:
            message = f"A class of {width} counts leaves {width} values for how many left, and {least} must stay."
            raise fault(message, f"Give {least} or more, or a smaller least_possible_values.")
        return width

    @field_validator("methods")
    @classmethod
    def _names_each_once(cls, methods: tuple[Method, ...]) -> tuple[Method, ...]:
        if not methods:
            raise fault("There is no method.", "Name one at least, such as single years.")
        if len(set(methods)) < len(methods):
            raise fault("The list has a method twice.", "Name each method once, the preferred one first.")
        return methods

    @field_validator("noise_most_students")
    @classmethod
    def _hides_enough(cls, most: int, info: ValidationInfo) -> int:
        _refuse_unused(most, _NOISE_MOST, info)
        least = info.data.get("least_possible_values", 0)
        if NOISE in info.data.get("methods", ()) and most + 1 < least:
            # A count shown as 1 is at most the greatest change more than that.
            message = f"Noise of at most {most} leaves {most + 1} values of a count shown as 1, and {least} must stay."
            raise fault(message, f"Give {least - 1} or more.")
        return most

    @field_validator("noise_variance")
    @classmethod
    def _can_be_reached(cls, variance: float, info: ValidationInfo) -> float:
        _refuse_unused(variance, _NOISE_VARIANCE, info)
        most = info.data.get("noise_most_students")
        # Equally likely changes of -D to D have this variance; above it, the greatest changes are the likeliest.
        if NOISE in info.data.get("methods", ()) and most is not None and 3 * variance > most * (most + 1):
            message = f"With noise_most_students {most}, all changes are equally likely at {most * (most + 1) / 3:.3g}."
            raise fault(message, "Give that or less, or a greater noise_most_students.")
        return variance

    @field_validator("rate_bands")
    @classmethod
    def _is_a_ladder(cls, bands: tuple[RateBand, ...], info: ValidationInfo) -> tuple[RateBand, ...]:
        if not bands:
            raise fault("The ladder has no row.", "Give one at least, or leave rate_bands out.")
        sizes, points = [band.students_from for band in bands], [band.points_wide for band in bands]
        if sizes != sorted(set(sizes), reverse=True):
            message = "The rows are not in order, largest groups first."
            raise fault(message, "Give each row a smaller students_from than the row before it.")
        if points != sorted(set(points)):
            raise fault("A row of smaller groups has no wider bands.", "Give it more points_wide, or leave it out.")
        minimum = info.data.get("minimum_students")
        if minimum is not None and sizes[-1] < minimum:
            message = f"The last row holds from {sizes[-1]} students on, and minimum_students is {minimum}."
            raise fault(message, f"Let the last row begin at {minimum} or more.")
        return bands


def _refuse_unused(value: float, default: float, info: ValidationInfo) -> None:
    if value != default and NOISE not in info.data.get("methods", (NOISE,)):
        remedy = f'Add "{NOISE}" to methods, or leave {info.field_name} out.'
        raise fault("There is no noise among the methods.", remedy)
