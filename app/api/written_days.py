"""Days in addresses: written as the year, the month and the day, and nothing else that a parser would guess at."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator


def _written(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("This is not a day such as 2027-08-31")
    return value


WrittenDay = Annotated[date, BeforeValidator(_written)]
