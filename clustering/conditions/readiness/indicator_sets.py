"""Indicator sets: what a state or a district assesses, on which scale, and what counts as a strength or as a gap."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from clustering.errors import InputError, Problem
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import CHOICE, NUMBER, Text
from clustering.model.validation_errors import Wording, fault

SubjectKind = Literal["school", "district", "zone"]
SHIPPED_SETS = ("readiness_triangle", "district_self_assessment")
MAXIMUM_INDICATORS = 500

_WORDING = Wording(table="indicator set", noun="entry", numbers_entries=True)
_Name = Annotated[Text, Field(min_length=1, max_length=64)]
_Sentence = Annotated[Text, Field(min_length=1, max_length=500)]
_Step = Annotated[int, Field(ge=-100, le=100), NUMBER]
_Value = Annotated[float, Field(ge=-100, le=100), NUMBER]


class Indicator(ParameterModel):
    """One thing that is assessed."""

    wording: ClassVar[Wording] = _WORDING

    indicator_id: _Name = Field(description="Its identifier in the set.")
    title: _Sentence = Field(description="What is assessed, in words.")
    domain: Annotated[Text, Field(max_length=200)] = Field(default="", description="The part of the set it belongs to.")


class Band(ParameterModel):
    """A name for totals from a least one on, up to the next band."""

    wording: ClassVar[Wording] = _WORDING

    label: _Name = Field(description="What a total in the band is called.")
    least_total: Annotated[float, Field(ge=-100_000, le=100_000), NUMBER] = Field(description="The least such total.")


class IndicatorSet(ParameterModel):
    """Indicators that are assessed together on one scale, on which a greater value is better."""

    wording: ClassVar[Wording] = _WORDING

    set_id: _Name = Field(description="Its identifier.")
    title: _Sentence = Field(description="Its name.")
    source: Annotated[Text, Field(max_length=1_000)] = Field(default="", description="Where it comes from.")
    subject_kinds: Annotated[tuple[Annotated[SubjectKind, CHOICE], ...], Field(min_length=1, max_length=3)] = Field(
        default=("school", "district", "zone"), description="What it assesses: school, district, zone."
    )
    least: _Step = Field(default=1, description="Least value of the scale.")
    greatest: _Step = Field(default=4, description="Greatest value of the scale, the best.")
    labels: Annotated[tuple[_Name, ...], Field(max_length=201)] = Field(
        default=(), description="Words for the values from least to greatest, one for each whole number, or none."
    )
    strength_from: _Value = Field(default=3, description="A value from here on is a strength.")
    gap_to: _Value = Field(default=2, description="A value up to here is a gap.")
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1, max_length=MAXIMUM_INDICATORS)] = Field(
        description="What is assessed, in order."
    )
    bands: Annotated[tuple[Band, ...], Field(max_length=20)] = Field(
        default=(), description="Names for the total of all indicators, best first."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        """Refuse a scale, labels, marks or identifiers that contradict one another."""
        if self.least >= self.greatest:
            raise fault("The scale has no length.", "Give a greatest value above the least.")
        if not self.least <= self.gap_to < self.strength_from <= self.greatest:
            remedy = f"Give least <= gap_to < strength_from <= greatest, all from {self.least} to {self.greatest}."
            raise fault("The marks of a gap and of a strength do not fit the scale.", remedy)
        steps = self.greatest - self.least + 1
        if self.labels and len(self.labels) != steps:
            raise fault(f"There are {len(self.labels)} labels for {steps} values.", "Give one for each, or none.")
        for name, given in (
            ("label", [label.lower() for label in self.labels]),
            ("indicator_id", [each.indicator_id for each in self.indicators]),
        ):
            if twice := sorted({each for each in given if given.count(each) > 1}):
                raise fault(f"The same {name} stands twice: {', '.join(twice)[:200]}.", f"Give each {name} once.")
        totals = [band.least_total for band in self.bands]
        if totals != sorted(set(totals), reverse=True):
            raise fault("The bands are not in order.", "Give the best band first, each with a smaller least_total.")
        return self


def list_indicator_sets() -> tuple[IndicatorSet, ...]:
    """
    List the sets that ship, each with its source.

    Returns
    -------
    sets
        The nine elements of the readiness triangle, and the form of a district's self-assessment in 12 statements.
    """
    return _shipped()


@cache
def _shipped() -> tuple[IndicatorSet, ...]:
    folder = files("clustering.conditions.readiness").joinpath("sets")
    return tuple(
        parse_indicator_set(json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8")))
        for name in SHIPPED_SETS
    )


def parse_indicator_set(document: Any) -> IndicatorSet:
    """
    Build a set from plain values, as JSON has them.

    Parameters
    ----------
    document
        Fields of :class:`IndicatorSet` by name.

    Returns
    -------
    indicator_set
        Checked.

    Raises
    ------
    InputError
        Every field that cannot be used.
    """
    if not isinstance(document, dict) or not all(isinstance(name, str) for name in document):
        message, remedy = "This is no indicator set.", f"Give the fields {', '.join(IndicatorSet.model_fields)}."
        raise InputError([Problem(table=_WORDING.table, message=message, remedy=remedy)])
    return IndicatorSet(**document)


def indicator_set_document(indicator_set: IndicatorSet) -> dict[str, Any]:
    """
    Write a set as plain values; :func:`parse_indicator_set` makes the same set of them.

    Parameters
    ----------
    indicator_set
        Any.

    Returns
    -------
    document
        Its fields, ready for JSON.
    """
    document: dict[str, Any] = indicator_set.model_dump(mode="json")
    return document


def indicators_table(indicator_set: IndicatorSet) -> pd.DataFrame:
    """
    Write the indicators of a set as a table.

    Parameters
    ----------
    indicator_set
        Any.

    Returns
    -------
    table
        A row per indicator, in order: ``set_id``, ``indicator_id``, ``domain``, ``title``, ``least``, ``greatest``,
        ``strength_from``, ``gap_to``. :func:`read_indicator_sets` reads it.
    """
    rows = [each.model_dump() for each in indicator_set.indicators]
    table = pd.DataFrame(rows)[["indicator_id", "domain", "title"]]
    table.insert(0, "set_id", indicator_set.set_id)
    marks = {name: getattr(indicator_set, name) for name in ("least", "greatest", "strength_from", "gap_to")}
    return table.assign(**marks)
