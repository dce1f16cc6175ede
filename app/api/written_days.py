"""Days in addresses: written as the year, the month and the day, and nothing else that a parser would guess at."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _written(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:  # no such month or day
        pass
    raise PydanticCustomError("day", "This is not a day of the calendar")


WrittenDay = Annotated[date, BeforeValidator(_written)]
