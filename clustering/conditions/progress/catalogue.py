"""The indicators of progress as data: what each counts, of whom, which direction is better, and who publishes it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Literal

import pandas as pd
from pydantic import Field

from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import CHOICE, Text, TruthValue
from clustering.model.validation_errors import Wording

_Name = Annotated[Text, Field(min_length=1, max_length=64)]
_Headings = Annotated[tuple[_Name, ...], Field(max_length=50)]


class ProgressIndicator(ParameterModel):
    """What is followed of a school from year to year."""

    wording: ClassVar[Wording] = Wording(table="progress indicators", noun="entry", numbers_entries=True)

    indicator_id: _Name = Field(description="Its identifier.")
    title: _Name = Field(description="Its name.")
    unit: Annotated[Literal["share", "points"], CHOICE] = Field(
        description="share: a numerator of a denominator. points: a score on the state's own scale."
    )
    better: Annotated[Literal["higher", "lower"], CHOICE] = Field(description="Which direction is better.")
    timing: Annotated[Literal["leading", "lagging"], CHOICE] = Field(
        description="leading: moves within months. lagging: what schools are there for, and moves later."
    )
    counted: Annotated[Literal["students", "staff", "days"], CHOICE] = Field(
        default="students", description="What numerator and denominator count. Days are not people."
    )
    covers_all_students: TruthValue = Field(
        default=False, description="Whether the denominator is every student of the school."
    )
    numerator: Annotated[Text, Field(max_length=200)] = Field(default="", description="What is counted.")
    denominator: Annotated[Text, Field(max_length=200)] = Field(default="", description="Out of what.")
    source: Annotated[Text, Field(max_length=500)] = Field(default="", description="Who publishes or names it.")
    headings: _Headings = Field(default=(), description="Headings of its value in files with a column per indicator.")
    numerator_headings: _Headings = Field(default=(), description="Headings of its numerator.")
    denominator_headings: _Headings = Field(default=(), description="Headings of its denominator.")


def list_progress_indicators() -> tuple[ProgressIndicator, ...]:
    """
    List the indicators of progress that files may have.

    Returns
    -------
    indicators
        The catalogue that ships, leading ones first.
    """
    return _shipped()


@cache
def _shipped() -> tuple[ProgressIndicator, ...]:
    text = files("clustering.conditions.progress").joinpath("catalogue.json").read_text(encoding="utf-8")
    return tuple(ProgressIndicator(**fields) for fields in json.loads(text))


def progress_indicator_documents() -> list[dict[str, Any]]:
    """
    Write the catalogue as plain values.

    Returns
    -------
    documents
        Fields of :class:`ProgressIndicator`, ready for JSON.
    """
    return [each.model_dump(mode="json") for each in list_progress_indicators()]


def catalogue_table() -> pd.DataFrame:
    """The catalogue as a table, index ``indicator_id``, with the columns that evaluation needs."""
    names = ["indicator_id", "title", "unit", "better", "timing", "counted", "covers_all_students"]
    rows = [[getattr(each, name) for name in names] for each in list_progress_indicators()]
    return pd.DataFrame(rows, columns=names).set_index("indicator_id")
