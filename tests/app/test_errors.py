"""What is wrong with a request, in plain words: none of pydantic's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import explain_fault


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    whole: Annotated[int, Field(ge=1, le=1000)] = 1
    number: Annotated[float, Field(gt=0, lt=2.5)] = 1.0
    choice: Literal["json", "csv"] = "json"
    flag: bool = False
    text: Annotated[str, Field(max_length=3)] = ""
    texts: Annotated[list[str], Field(max_length=1)] = []
    names: dict[str, Any] = {}
    inner: Inner = Inner()


@pytest.mark.parametrize(
    ("given", "explanation"),
    [
        ({"whole": "many"}, ("This is not a whole number.", "Give a whole number.")),
        ({"whole": 2.5}, ("This is not a whole number.", "Give a whole number.")),
        ({"whole": None}, ("This is not a whole number.", "Give a whole number.")),
        ({"whole": 0}, ("The value is out of range.", "Give 1 or more.")),
        ({"whole": 1001}, ("The value is out of range.", "Give 1,000 or less.")),
        ({"number": "x"}, ("This is not a number.", "Give a number.")),
        ({"number": 0}, ("The value is out of range.", "Give more than 0.")),
        ({"number": 2.5}, ("The value is out of range.", "Give less than 2.5.")),
        ({"choice": "xml"}, ("There is no such choice.", "Give 'json' or 'csv'.")),
        ({"flag": "maybe"}, ("This is not true or false.", "Give true or false.")),
        ({"text": 1}, ("This is not a text.", "Give a text.")),
        ({"text": "long"}, ("The value is out of range.", "Give at most 3 entries or characters.")),
        ({"texts": "a"}, ("This is not a list.", "Give a list.")),
        ({"texts": ["a", "b"]}, ("The value is out of range.", "Give at most 1 entries or characters.")),
        ({"names": []}, ("This is not an object with names and values.", "Give an object with names and values.")),
        ({"inner": 1}, ("This is not an object with names and values.", "Give an object with names and values.")),
        (
            {"other": 1},
            ("There is no such field.", "Leave it out, or see /docs for the fields of this request."),
        ),
    ],
)
def test_a_fault_is_said_in_plain_words(given: dict[str, Any], explanation: tuple[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Form(**given)
    (fault,) = caught.value.errors()
    assert explain_fault(fault) == explanation
